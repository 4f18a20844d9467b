"""Editions and their history: whole, in a chain that only grows, and nothing foreign is touched."""

import json
import os
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from fake_edition import A, B, C, publish, verify

from gis.base.tables import LONG, files_of
from gis.store import edition as shelf
from gis.store.chain import chain


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_edition_appears_whole_and_the_index_prints_the_newest_link(tmp_path):
    for name in (A, B):
        index = publish(tmp_path, name)
        assert shelf.stands(tmp_path, name)
        assert chain(tmp_path)[-1].sha256 in index.read_text("utf-8")
    assert not shelf.stands(tmp_path, A)
    assert verify(tmp_path) == [A, B]
    assert names(tmp_path) == [".work", A, B, "history", "index.html"]
    assert not names(tmp_path / ".work")


def test_an_edition_that_comes_back_adds_a_link(tmp_path):
    for name in (A, B, A, A, C):
        publish(tmp_path, name)
    assert verify(tmp_path) == [A, B, A, A, C]
    assert sorted(path.name for path in tmp_path.glob("2021*")) == [A, C]


def test_links_follow_each_other_by_number_and_not_by_date_of_file(tmp_path):
    for name in (A, B, C):
        publish(tmp_path, name)
    os.utime(next((tmp_path / "history").glob(f"*{A}*")), (2e9, 2e9))
    publish(tmp_path, B)
    assert verify(tmp_path) == [A, B, C, B]


def test_a_history_without_numbers_is_carried_on(tmp_path):
    for name in (C, A, B):
        publish(tmp_path, name)
    for path in (tmp_path / "history").iterdir():
        path.rename(path.with_name(path.name[6:]))
    assert [link.edition for link in chain(tmp_path)] == [C, A, B]
    newest = chain(tmp_path)[-1].sha256
    publish(tmp_path, A)
    assert chain(tmp_path)[-1].number == 4
    manifest = json.loads((tmp_path / A / "manifest.json").read_text("utf-8"))
    assert manifest["previous"] == newest


@pytest.mark.parametrize("at", range(4))
def test_a_stop_between_any_two_steps_keeps_index_and_chain(tmp_path, monkeypatch, at):
    publish(tmp_path, A)
    publish(tmp_path, B)
    before = (tmp_path / "index.html").read_bytes()
    steps = {"left": at}

    def stopping(original):
        def step(self, target):
            if ".writing-" not in str(self):
                if not steps["left"]:
                    raise KeyboardInterrupt
                steps["left"] -= 1
            return original(self, target)

        return step

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", stopping(Path.rename))
        patched.setattr(Path, "replace", stopping(Path.replace))
        with pytest.raises(KeyboardInterrupt):
            publish(tmp_path, A)
    assert (tmp_path / "index.html").read_bytes() == before
    assert verify(tmp_path) == [A, B] + [A] * (at > 0)
    publish(tmp_path, A)
    assert verify(tmp_path) == [A, B] + [A] * (at > 0) + [A]
    publish(tmp_path, C)
    assert sorted(path.name for path in tmp_path.glob("2021*")) == [A, C]


def test_a_run_that_fails_changes_nothing(tmp_path):
    publish(tmp_path, A)
    before = (tmp_path / "index.html").read_bytes()

    def fail(folder):
        (folder / "half.csv").write_text("x")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        shelf.publish(tmp_path, B, {}, {}, fail, lambda link: "")
    assert (tmp_path / "index.html").read_bytes() == before
    assert names(tmp_path) == sorted([".work", A, "history", "index.html"])
    assert not names(tmp_path / ".work")


def test_a_file_of_an_edition_that_was_changed_is_made_again_and_the_changed_one_kept(tmp_path):
    publish(tmp_path, A)
    (tmp_path / A / "tables" / "figures.csv").write_text("批注")
    (tmp_path / A / "笔记.txt").write_text("mine")
    assert not shelf.stands(tmp_path, A)
    publish(tmp_path, A)
    assert shelf.stands(tmp_path, A)
    kept = tmp_path / f"{A}-aside"
    assert (kept / "tables" / "figures.csv").read_text() == "批注"
    assert names(kept) == ["tables", "笔记.txt"]
    assert verify(tmp_path) == [A, A]


def test_only_unchanged_files_of_our_own_old_editions_go(tmp_path):
    publish(tmp_path, A)
    (tmp_path / A / "tables" / "figures.csv").write_text("批注")
    for folder in ("论文", "2020-12-31-0123abcd"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "manifest.json").write_text(json.dumps({"edition": folder, "files": {}}))
    for name in (B, C):
        publish(tmp_path, name)
    assert (tmp_path / "论文" / "manifest.json").exists()
    assert (tmp_path / "2020-12-31-0123abcd" / "manifest.json").exists()
    assert [path.relative_to(tmp_path / A).as_posix() for path in (tmp_path / A).rglob("*")] == [
        "tables", "tables/figures.csv",
    ]  # fmt: skip


def test_nothing_is_removed_through_a_link(tmp_path):
    out, theirs = tmp_path / "out", tmp_path / "theirs"
    publish(out, A)
    (out / A).rename(theirs)
    (out / A).symlink_to(theirs, target_is_directory=True)
    for name in (B, C):
        publish(out, name)
    assert names(theirs) == ["manifest.json", "tables", "water.html"]
    publish(out, A)
    assert names(theirs) == ["manifest.json", "tables", "water.html"]
    assert not (out / A).is_symlink()


def test_a_manifest_that_was_changed_protects_its_folder(tmp_path):
    publish(tmp_path, A)
    manifest = tmp_path / A / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace("water.html", "../index.html"), "utf-8")
    for name in (B, C):
        publish(tmp_path, name)
    assert names(tmp_path / A) == ["manifest.json", "tables", "water.html"]
    assert (tmp_path / "index.html").exists()


def test_a_plain_table_with_a_column_of_shapes_has_no_file_of_shapes():
    shaped = gpd.GeoDataFrame({"a": [1]}, geometry=[None], crs=4490)
    assert files_of("parcels", shaped) == ("parcels.csv", "parcels.gpkg")
    assert files_of("parcels", pd.DataFrame(shaped)) == ("parcels.csv",)
    assert files_of("parcels", pd.DataFrame({"a": range(LONG + 1)})) == ("parcels.csv.zip",)
