"""The workspace: what is damaged is as not there, and is made again."""

import json
import shutil

import geopandas as gpd
import pandas as pd
import pytest
from damage import DAMAGE

from gis.ingest import Ingested
from gis.store import workspace
from gis.store.hashing import Hashes

PLAIN = pd.DataFrame({"名称": ["甲", "乙"], "value": [1.5, None]})


@pytest.fixture
def kept(tmp_path):
    workspace.save(tmp_path / "layers" / "key", {"table": PLAIN, "rejects": PLAIN})
    return tmp_path / "layers" / "key"


def test_workspace_gives_back_what_it_was_given(tmp_path):
    points = gpd.GeoDataFrame(PLAIN, geometry=gpd.points_from_xy([120.7] * 2, [31.6] * 2), crs="EPSG:4490")
    mixed = workspace.storable(pd.DataFrame({"cell": [1, "a", None]}, dtype="object"))
    workspace.save(tmp_path / "key", {"points": points, "mixed": mixed})
    found = workspace.load(tmp_path / "key")
    assert found["points"].crs == points.crs
    assert found["mixed"]["cell"].tolist()[:2] == ["1", "a"]
    assert workspace.load(tmp_path / "other") is None
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("file", ["frames.json", "table.parquet"])
def test_a_damaged_entry_is_as_none_and_made_again(kept, damage, file):
    damage(kept / file)
    assert workspace.load(kept) is None
    workspace.save(kept, {"table": PLAIN})
    pd.testing.assert_frame_equal(workspace.load(kept)["table"], workspace.storable(PLAIN))


def test_a_frame_left_out_of_the_list_is_noticed(kept):
    index = json.loads((kept / "frames.json").read_text("utf-8"))
    del index["frames"]["rejects"]
    (kept / "frames.json").write_text(json.dumps(index), "utf-8")
    assert workspace.load(kept) is None


def test_a_file_in_the_place_of_an_entry_or_of_the_shelf_gives_way(kept):
    for folder in (kept, kept.parent):
        shutil.rmtree(folder)
        folder.write_text("x")
        assert workspace.load(kept) is None
        workspace.save(kept, {"table": PLAIN})
        assert workspace.load(kept) is not None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"files": {"a": 1}, "sha256": ""}', "null", "\x00"])
def test_damaged_hashes_are_as_none(tmp_path, content):
    (tmp_path / "a.csv").write_text("1")
    before = Hashes(None).of(tmp_path / "a.csv")
    (tmp_path / "hashes.json").write_text(content)
    hashes = Hashes(tmp_path / "hashes.json")
    assert hashes.known == {}
    assert hashes.of(tmp_path / "a.csv") == before
    hashes.save()
    assert Hashes(tmp_path / "hashes.json").known


def test_a_hash_that_was_changed_is_not_believed(tmp_path):
    (tmp_path / "a.csv").write_text("1")
    hashes = Hashes(tmp_path / "hashes.json")
    digest = hashes.of(tmp_path / "a.csv")
    hashes.save()
    memory = tmp_path / "hashes.json"
    memory.write_text(memory.read_text("utf-8").replace(digest, "0" * 64), "utf-8")
    assert Hashes(memory).of(tmp_path / "a.csv") == digest


def test_a_folder_in_the_place_of_the_hashes_gives_way(tmp_path):
    (tmp_path / "hashes.json").mkdir()
    Hashes(tmp_path / "hashes.json").save()
    assert (tmp_path / "hashes.json").is_file()


def _read(digest):
    return Ingested("a", "features", PLAIN, PLAIN, pd.DataFrame({"source": ["a.csv"]}))


def test_what_cannot_be_kept_is_given_all_the_same(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text("1")
    shelf = workspace.Shelf(tmp_path / "layers", "code", Hashes(None))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(workspace, "save", full)
    first = shelf(tmp_path / "a.csv", "", _read)
    assert not shelf.writes
    monkeypatch.undo()
    again = workspace.Shelf(tmp_path / "layers", "code", Hashes(None))
    again(tmp_path / "a.csv", "", _read)
    pd.testing.assert_frame_equal(again(tmp_path / "a.csv", "", _read).table, first.table)


def test_a_file_that_changes_while_it_is_read_is_not_kept(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("1")
    shelf = workspace.Shelf(tmp_path / "layers", "code", Hashes(None))

    def read(digest):
        file.write_text("22")
        return _read(digest)

    with pytest.raises(workspace.FileError, match="changed while it was read"):
        shelf(file, "", read)
    assert not (tmp_path / "layers").exists()


def test_the_sweep_takes_only_what_is_a_key_of_ours(tmp_path):
    folder = tmp_path / "layers"
    for name in ("0" * 24, "1" * 24, "building-x", "照片"):
        (folder / name).mkdir(parents=True)
    shelf = workspace.Shelf(folder, "code", Hashes(None))
    shelf.used.add("1" * 24)
    shelf.sweep()
    assert sorted(path.name for path in folder.iterdir()) == ["1" * 24, "照片"]
