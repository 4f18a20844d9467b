"""A verb for files of a desk gives the same numbers in every folder: a county is read only when it is named."""

import shutil

import pandas as pd
import pytest

COMMANDS = {
    "area": ("land", "area", "{rectangle}"),
    "ledger": ("land", "ledger", "{rectangle}"),
    "conflicts": ("land", "conflicts", "{rectangle}", "--lines", "{lines}:STBHHX"),
    "classify": ("water", "classify", "{records}"),
    "assess": ("water", "assess", "{records}"),
}


@pytest.fixture
def broken_layers(tmp_path):
    """A county that nobody could read without an error."""
    (tmp_path / "layers" / "standards").mkdir(parents=True)
    for name in ("county.toml", "standards/hj633-2099.toml"):
        (tmp_path / "layers" / name).write_text("[[[", "utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_county_in_the_folder_changes_nothing(gis, name, rectangle, lines, records, broken_layers):
    places = {"rectangle": rectangle, "lines": lines, "records": records}
    words = [word.format(**places) for word in COMMANDS[name]]
    result = gis(*words, "--as-of", "2021-12-31", "-o", "o.csv")
    assert result.exit_code == 0, result.output
    assert len(pd.read_csv("o.csv"))
    told = gis(*words, "--as-of", "2021-12-31", "--layers", "layers", "-o", "p.csv")
    assert told.exit_code == 2
    missing = gis(*words, "--as-of", "2021-12-31", "--layers", "没有", "-o", "p.csv")
    assert missing.exit_code == 2
    assert "没有" in missing.stderr


def test_the_towns_of_a_county_that_is_named_are_taken(gis, rectangle, sample_layers, tmp_path):
    shutil.copytree(sample_layers, tmp_path / "县", ignore=shutil.ignore_patterns("data"))
    words = ("land", "ledger", rectangle, "--as-of", "2021-12-31")
    assert gis(*words, "-o", "a.csv").exit_code == 0
    assert gis(*words, "--layers", "县", "-o", "b.csv").exit_code == 0
    assert (tmp_path / "a.csv").exists()
    assert (tmp_path / "b.csv").exists()


def test_what_a_county_says_of_judging_holds_at_the_desk_too(
    gis, records, sample_layers, tmp_path, monkeypatch
):
    from gis import water

    shutil.copytree(sample_layers, tmp_path / "县", ignore=shutil.ignore_patterns("data"))
    path = tmp_path / "县" / "county.toml"
    text = path.read_text("utf-8").replace("sw-statistics-2020-82", "sw-statistics-finer")
    path.write_text(text.replace('flagged_values = "count"', 'flagged_values = "leave_out"'), "utf-8")
    judged, assess = [], water.assess
    monkeypatch.setattr(
        water, "assess", lambda tables, county, *rest: judged.append(county) or assess(tables, county, *rest)
    )
    told = gis("water", "assess", records, "--layers", "县", "-o", "a.csv")
    assert told.exit_code == 0, told.output
    assert gis("water", "assess", records, "-o", "b.csv").exit_code == 0
    told = [(one.county.water_statistics, one.county.flagged_values) for one in judged]
    assert told == [("sw-statistics-finer", "leave_out"), (None, "count")]
