"""What a container declares is compared with what was read; a broken row is one row, a cut file is none."""

import json
import shutil
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest

from gis.base.errors import FileError
from gis.base.messages import restored
from gis.ingest.model import Options
from gis.ingest.vector import read_vector
from tests import zoo

OPTIONS = Options(kind="parcels", layer="renewal_parcels")
N = 12
TABLE, INDEX = "a00000009.gdbtable", "a00000009.gdbtablx"
Change = Callable[[bytes], bytes]


def layer(rows: int = N) -> gpd.GeoDataFrame:
    names = [f"CS-{at}" for at in range(1, rows + 1)]
    return gpd.GeoDataFrame({"TBBH": names}, geometry=[zoo.box(at) for at in range(rows)], crs=4490)


def changed(path: Path, change: Change) -> None:
    path.write_bytes(change(path.read_bytes()))


def shapefile(folder: Path, suffix: str, change: Change) -> Path:
    pyogrio.write_dataframe(layer(), folder / "a.shp")
    changed(folder / f"a{suffix}", change)
    return folder / "a.shp"


def database(folder: Path, name: str, change: Change) -> Path:
    pyogrio.write_dataframe(layer(), folder / "a.gdb", layer="a", driver="OpenFileGDB")
    changed(folder / "a.gdb" / name, change)
    return folder / "a.gdb"


def package(folder: Path, statement: str) -> Path:
    pyogrio.write_dataframe(layer(), folder / "a.gpkg", layer="a")
    base = sqlite3.connect(folder / "a.gpkg")
    for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        base.execute(f'DROP TRIGGER "{name}"')
    base.execute(statement)
    base.commit()
    base.close()
    return folder / "a.gpkg"


def flat(folder: Path, change: Change, **how: str) -> Path:
    pyogrio.write_dataframe(layer(), folder / "a.fgb", **how)
    changed(folder / "a.fgb", change)
    return folder / "a.fgb"


def at(place: int, new: bytes) -> Change:
    return lambda data: data[:place] + new + data[place + len(new) :]


def cut(share: float) -> Change:
    return lambda data: data[: int(len(data) * share)]


def said(count: int) -> Change:
    """Have the head of a FlatGeobuf declare so many features."""
    return lambda data: data.replace(struct.pack("<Q", N), struct.pack("<Q", count), 1)


@pytest.mark.parametrize(
    ("make", "numbers"),
    [
        (lambda folder: shapefile(folder, ".shp", cut(0.4)), "12.*4"),
        (lambda folder: shapefile(folder, ".dbf", cut(0.5)), "12"),
        (lambda folder: database(folder, TABLE, cut(0.6)), "12.*4"),
        (lambda folder: database(folder, INDEX, cut(0.5)), "12"),
        (lambda folder: database(folder, TABLE, at(4, HUGE)), "2,147,483,647.*12"),
        (lambda folder: database(folder, INDEX, at(16 + 5 * 2, bytes(5))), "12.*11"),
        (lambda folder: flat(folder, cut(0.5)), "12.*1"),
        (lambda folder: flat(folder, lambda data: data[:-3]), "12.*11"),
        (lambda folder: flat(folder, cut(0.5), SPATIAL_INDEX="NO"), "12"),
        (lambda folder: flat(folder, said(5), SPATIAL_INDEX="NO"), "5.*12"),
        (lambda folder: flat(folder, said(500), SPATIAL_INDEX="NO"), "500.*12"),
        (lambda folder: flat(folder, said(2**40)), "more than 20,000,000"),
    ],
)
def test_a_file_that_is_cut_off_says_how_many_rows_are_missing(tmp_path, make, numbers):
    with pytest.raises(FileError, match=numbers):
        read_vector(make(tmp_path), OPTIONS)


@pytest.mark.parametrize("share", [0.9, 0.7, 0.4])
@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".parquet"])
def test_a_file_without_a_count_that_is_cut_off_is_not_read(tmp_path, suffix, share):
    path = tmp_path / f"a{suffix}"
    layer().to_parquet(path) if suffix == ".parquet" else pyogrio.write_dataframe(layer(), path)
    changed(path, cut(share))
    with pytest.raises(FileError, match=f"^a{suffix}: "):
        read_vector(path, OPTIONS)


@pytest.mark.parametrize("rows", [5, 13, 20])
def test_a_dbf_of_another_length_than_its_shp_is_not_read(tmp_path, rows):
    pyogrio.write_dataframe(layer(), tmp_path / "a.shp")
    pyogrio.write_dataframe(layer(rows), tmp_path / "b.shp")
    shutil.copy(tmp_path / "b.dbf", tmp_path / "a.dbf")
    with pytest.raises(FileError, match=f"12 shapes, the .dbf {rows} rows"):
        read_vector(tmp_path / "a.shp", OPTIONS)


FEWER = struct.pack("<I", 5)
HUGE = struct.pack("<I", 2**31 - 1)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda folder: shapefile(folder, ".dbf", at(4, FEWER)), "dbf_count"),
        (lambda folder: shapefile(folder, ".dbf", at(4, HUGE)), None),
        (
            lambda folder: shapefile(folder, ".shx", lambda data: at(24, struct.pack(">i", 70))(data[:140])),
            "shx_restored",
        ),
        (lambda folder: shapefile(folder, ".shx", lambda data: data[:140]), "shx_restored"),
        (lambda folder: database(folder, TABLE, at(4, FEWER)), "count_differs"),
        (lambda folder: package(folder, "UPDATE gpkg_ogr_contents SET feature_count = 5"), "count_differs"),
        (
            lambda folder: package(folder, "UPDATE gpkg_ogr_contents SET feature_count = 1000000000000"),
            "count_differs",
        ),
    ],
)
def test_a_head_that_tells_another_number_loses_no_row_and_is_told(tmp_path, make, code):
    (raw,) = read_vector(make(tmp_path), OPTIONS)
    assert raw.frame["TBBH"].tolist() == layer()["TBBH"].tolist()
    assert code is None or code in {one for one, _ in raw.findings}


GONE = bytes.fromhex("47500001EA110000010300000001000000FFFFFF7F")


@pytest.mark.parametrize(
    ("make", "row"),
    [
        (lambda folder: shapefile(folder, ".shp", at(100 + 2 * 136 + 8, bytes(128))), 3),
        (lambda folder: shapefile(folder, ".shp", at(100 + 2 * 136 + 8, struct.pack("<i", 77))), 3),
        (
            lambda folder: shapefile(
                folder, ".shp", at(100 + 2 * 136 + 44, struct.pack("<ii", 10**8, 10**9))
            ),
            3,
        ),
        (lambda folder: shapefile(folder, ".shp", lambda data: data[:-30]), 12),
        (lambda folder: shapefile(folder, ".dbf", lambda data: data[:-20]), 12),
        (lambda folder: package(folder, "UPDATE a SET geom = substr(geom, 1, 60) WHERE fid = 3"), 3),
        (lambda folder: package(folder, "UPDATE a SET geom = x'0011' WHERE fid = 3"), 3),
        (lambda folder: package(folder, f"UPDATE a SET geom = x'{GONE.hex()}' WHERE fid = 3"), 3),
        (lambda folder: package(folder, "UPDATE a SET TBBH = cast(x'ff00ff' AS TEXT) WHERE fid = 3"), 3),
        (lambda folder: database(folder, INDEX, at(16 + 5 * 2, b"\xff\xff\xff\0\0")), 3),
        (lambda folder: database(folder, TABLE, lambda data: data[:-20]), 12),
    ],
)
def test_a_broken_row_is_one_quarantined_row(tmp_path, make, row):
    (raw,) = read_vector(make(tmp_path), OPTIONS)
    assert raw.rejects["source_row"].tolist() == [row]
    assert restored(raw.rejects["reason"].iloc[0]) is not None
    assert raw.frame["TBBH"].tolist() == [name for name in layer()["TBBH"] if name != f"CS-{row}"]
    assert raw.rows.tolist() == [number for number in range(1, N + 1) if number != row]


@pytest.mark.parametrize("member", [None, 5, "x", {}, {"type": "Point", "coordinates": [1, 2]}])
def test_a_member_of_geojson_that_is_no_feature_is_one_quarantined_row(tmp_path, member):
    path = tmp_path / "a.geojson"
    pyogrio.write_dataframe(layer(), path)
    text = json.loads(path.read_text())
    text["features"].insert(2, member)
    path.write_text(json.dumps(text))
    (raw,) = read_vector(path, OPTIONS)
    assert raw.rejects["source_row"].tolist() == [3]
    assert raw.rows.tolist() == [1, 2, *range(4, N + 2)]


def test_a_row_that_was_deleted_is_not_missing(tmp_path):
    path = shapefile(
        tmp_path,
        ".dbf",
        lambda data: (
            data[: struct.unpack_from("<H", data, 8)[0]]
            + b"*"
            + data[struct.unpack_from("<H", data, 8)[0] + 1 :]
        ),
    )
    (raw,) = read_vector(path, OPTIONS)
    assert len(raw.frame) == N - 1
    (gone,) = raw.rejects.to_dict("records")
    assert "nothing to do" in gone["fix"]


def test_deleted_rows_of_databases_are_not_missing(tmp_path):
    (raw,) = read_vector(package(tmp_path, "DELETE FROM a WHERE fid IN (2, 12)"), OPTIONS)
    assert len(raw.frame) == N - 2
    assert raw.rejects.empty
