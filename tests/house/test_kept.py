"""A file whose content did not change is not read again."""

import json
import shutil

import pandas as pd
import pytest
from fake_edition import verify

from gis import pipeline
from gis.base.errors import UsageError
from gis.base.hashing import of_file
from gis.base.tables import BALANCE
from gis.ingest import read as reading
from gis.store import lock

COUNTY = """[county]
adcode = "320581"
name = { zh = "常熟市", en = "Changshu" }
extent = [120.55, 31.50, 121.05, 31.83]
plan_years = [2021, 2025]
"""
LAYERS = """[[layer]]
id = "manual"
kind = "samples"
title = { zh = "手工监测", en = "Manual" }
files = ["data/手工_*.csv"]
about = { source = "x" }
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "layers" / "data").mkdir(parents=True)
    (tmp_path / "layers" / "county.toml").write_text(COUNTY, encoding="utf-8")
    (tmp_path / "layers" / "water.toml").write_text(LAYERS, encoding="utf-8")
    for year in range(2021, 2026):
        write(tmp_path / "layers", year, 1)
    return tmp_path


@pytest.fixture
def read_names(monkeypatch):
    names = []
    once = reading.read_parts

    def counted(path, *more):
        names.append(path.name)
        return once(path, *more)

    monkeypatch.setattr(reading, "read_parts", counted)
    return names


def write(layers, year, value):
    rows = f"甲,{year}-01-05,{value},{value}\n甲,{year}-01-06,<0.1,续\n乙,{year}-02-30,1,\n"
    text = "断面名称,采样日期,氨氮,备注\n" + rows
    (layers / "data" / f"手工_{year}.csv").write_text(text, encoding="utf-8")


def take(folder):
    return pipeline.take_in(folder / "layers", folder / "work")


def test_nothing_changed_nothing_read(folder, read_names):
    first = take(folder)
    assert len(read_names) == 5
    again = take(folder)
    assert len(read_names) == 5
    for name, frame in (first.tables | first.logs).items():
        pd.testing.assert_frame_equal(frame, (again.tables | again.logs)[name])
    counts = again.logs["sources"]
    assert (counts[list(BALANCE[1:])].sum(axis=1) == 3).all()


def test_one_file_changed_one_file_read(folder, read_names):
    take(folder)
    read_names.clear()
    write(folder / "layers", 2023, 2)
    found = take(folder)
    assert read_names == ["手工_2023.csv"]
    assert len(list((folder / "work" / "layers").iterdir())) == 5
    shutil.rmtree(folder / "work")
    pd.testing.assert_frame_equal(found.tables["samples"], take(folder).tables["samples"])


def test_one_file_added_one_file_read_and_the_later_row_wins(folder, read_names):
    take(folder)
    read_names.clear()
    text = "断面名称,采样日期,氨氮\n甲,2021-01-05,9\n"
    (folder / "layers" / "data" / "手工_2026.csv").write_text(text, encoding="utf-8")
    found = take(folder)
    assert read_names == ["手工_2026.csv"]
    assert found.tables["samples"].query("nh3n == 9")["source"].tolist() == ["data/手工_2026.csv"]
    assert "data/手工_2026.csv" in found.logs["superseded"]["by_source"].tolist()


def test_new_code_of_the_readers_reads_again_and_that_of_pages_does_not(folder, read_names, monkeypatch):
    take(folder)
    asked = []
    of_source = pipeline.of_source
    monkeypatch.setattr(pipeline, "of_source", lambda *of: asked.append(of[1:]) or of_source(*of) + "changed")
    take(folder)
    assert asked == [(("base", "catalogue", "ingest"),)]
    assert len(read_names) == 10


def test_while_another_process_writes_the_workspace_is_only_looked_at(folder, read_names):
    first = take(folder)
    write(folder / "layers", 2023, 2)
    read_names.clear()
    before = sorted((folder / "work" / "layers").iterdir())
    with lock.writer(folder / "work", print):
        found = take(folder)
    assert read_names == ["手工_2023.csv"]
    assert sorted((folder / "work" / "layers").iterdir()) == before
    assert not found.tables["samples"].equals(first.tables["samples"])


def test_without_a_workspace_everything_is_read_and_nothing_is_written(folder, read_names):
    kept = take(folder)
    shutil.rmtree(folder / "work")
    found = pipeline.take_in(folder / "layers", None)
    assert len(read_names) == 10
    assert [path.name for path in folder.iterdir()] == ["layers"]
    for name, frame in (kept.tables | kept.logs).items():
        pd.testing.assert_frame_equal(frame, (found.tables | found.logs)[name])


@pytest.mark.parametrize("place", ["work", "work/layers", "work/hashes.json", "work/lock"])
def test_a_workspace_that_is_none_is_no_error(folder, place):
    kept = take(folder)
    path = folder / place
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    if place.endswith(("json", "lock")):
        (path / "x").mkdir(parents=True)
    else:
        path.write_text("x")
    found = take(folder)
    pd.testing.assert_frame_equal(kept.tables["samples"], found.tables["samples"])


def test_a_run_never_writes_into_a_folder_that_is_not_ours(folder):
    (folder / "网站" / "项目").mkdir(parents=True)
    for name in ("index.html", "项目/manifest.json"):
        (folder / "网站" / name).write_text("x")
    before = sorted(folder.rglob("*"))
    with pytest.raises(UsageError, match="holds other things"):
        pipeline.run(folder / "layers", folder / "网站")
    for inside in ("", "data", "data/out", "out"):
        with pytest.raises(UsageError, match="lies in the county's folder"):
            pipeline.run(folder / "layers", folder / "layers" / inside)
    assert sorted(folder.rglob("*")) == before


def test_a_run_adds_a_link_and_says_it_on_the_index(folder):
    for value in (1, 2, 1):
        write(folder / "layers", 2025, value)
        index, book, _ = pipeline.run(folder / "layers", folder / "out")
        assert book is not None
    editions = verify(folder / "out")
    assert len(editions) == 3
    assert editions[0] == editions[2] == book.edition
    link = of_file(folder / "out" / book.edition / "manifest.json")
    assert link in index.read_text("utf-8")
    assert json.loads((folder / "out" / book.edition / "manifest.json").read_text("utf-8"))["link"] == 3
    assert pipeline.run(folder / "layers", folder / "out")[1] is None
