"""A GeoPackage that is open elsewhere, or was: its rows are all read and nothing about it changes."""

import shutil
import sqlite3
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest

from gis.base.hashing import of_path
from gis.ingest.model import Options
from gis.ingest.readers import raws_of
from gis.ingest.vector import layers_of, read_vector
from tests import zoo

OPTIONS = Options(kind="parcels", layer="renewal_parcels")


def written(path: Path) -> Path:
    frame = gpd.GeoDataFrame({"TBBH": ["CS-1", "CS-2"]}, geometry=[zoo.box(), zoo.box(2)], crs=4490)
    pyogrio.write_dataframe(frame, path, layer="地块")
    return path


def left_open(folder: Path, mode: str = "wal") -> Path:
    """Copy a GeoPackage with what a program that has it open leaves beside it: one more row."""
    path = written(folder / "open.gpkg")
    base = sqlite3.connect(path)
    base.execute(f"PRAGMA journal_mode = {mode}")
    for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        base.execute(f'DROP TRIGGER "{name}"')
    base.commit()
    base.execute("INSERT INTO 地块(geom, TBBH) SELECT geom, 'CS-3' FROM 地块 WHERE fid = 1")
    base.commit()
    copy = folder / "copy"
    copy.mkdir()
    for one in folder.glob("open.gpkg*"):
        shutil.copy(one, copy / one.name.replace("open", "地块"))
    base.close()
    return copy / "地块.gpkg"


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {one.name: (one.read_bytes(), one.stat().st_mtime_ns) for one in folder.iterdir()}


@pytest.mark.parametrize("shm", [True, False])
def test_rows_in_the_wal_are_read_and_nothing_changes(tmp_path, shm):
    path = left_open(tmp_path)
    if not shm:
        path.with_name(path.name + "-shm").unlink()
    before = state(path.parent)
    assert layers_of(path) == ["地块"]
    (raw,) = read_vector(path, OPTIONS)
    assert raw.frame["TBBH"].tolist() == ["CS-1", "CS-2", "CS-3"]
    assert state(path.parent) == before


def test_a_wal_that_is_missing_is_told(tmp_path):
    path = left_open(tmp_path)
    path.with_name(path.name + "-wal").unlink()
    path.with_name(path.name + "-shm").unlink()
    before = state(path.parent)
    (raw,) = read_vector(path, OPTIONS)
    assert "wal_missing" in {code for code, _ in raw.findings}
    assert state(path.parent) == before


def test_a_folder_that_cannot_be_written_is_read(tmp_path):
    path = left_open(tmp_path)
    path.with_name(path.name + "-shm").unlink()
    for one in (path, path.parent):
        one.chmod(0o555 if one.is_dir() else 0o444)
    try:
        (raw,) = read_vector(path, OPTIONS)
        assert len(raw.frame) == 3
    finally:
        path.parent.chmod(0o755)


def test_an_ordinary_one_has_no_finding(tmp_path):
    (raw,) = read_vector(written(tmp_path / "a.gpkg"), OPTIONS)
    assert raw.findings == ()


def test_another_wal_is_another_content(tmp_path):
    path = left_open(tmp_path)
    before = of_path(path)
    path.with_name(path.name + "-wal").unlink()
    assert of_path(path) != before


def test_a_wal_in_a_zip_is_read_with_its_file(tmp_path):
    path = left_open(tmp_path)
    bundle = shutil.make_archive(str(tmp_path / "a"), "zip", path.parent)
    (raw,) = raws_of(Path(bundle), OPTIONS)
    assert raw.frame["TBBH"].tolist() == ["CS-1", "CS-2", "CS-3"]
    assert "member_skipped" not in {code for code, _ in raw.findings}
