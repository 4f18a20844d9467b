"""`gis scorecard` and `gis trace` read the edition that stands, and judge the county only where none does."""

import shutil
import subprocess
import sys

import pytest

from gis import pipeline

FIGURE = "air.good_day_rate.2021.320581"
HEAVY = ("pandas", "numpy", "geopandas", "shapely", "rasterio", "pyogrio", "pyarrow")


class JudgedError(Exception):
    """The county was read."""


@pytest.fixture
def untouched(monkeypatch):
    """Make it an error to read a county."""

    def refuse(*_: object, **__: object) -> None:
        raise JudgedError

    monkeypatch.setattr(pipeline, "take_in", refuse)


@pytest.fixture
def county(sample_layers, sample_run, tmp_path):
    """A copy of the sample county and of its edition, to change."""
    shutil.copytree(sample_layers, tmp_path / "layers")
    shutil.copytree(sample_run.out, tmp_path / "maps")
    return tmp_path


def test_the_standing_edition_answers(gis, untouched, sample_layers, sample_run):
    where = ["--layers", sample_layers, "--out", sample_run.out]
    told = gis("scorecard", *where)
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith(f"from edition {sample_run.edition.name}\n")
    assert "scorecard as of 2025-10-31" in told.stdout
    traced = gis("trace", FIGURE, *where)
    assert traced.exit_code == 0, traced.output
    assert "空气日均值_2021.xlsx" in traced.stdout
    assert gis("scorecard", *where, "--as-of", "2025-10-31").exit_code == 0


def test_it_answers_without_a_table_library(sample_layers, sample_run):
    program = (
        "import sys\nfrom gis.cli.app import main\ntry:\n    main()\n"
        f"finally:\n    print([one for one in {HEAVY!r} if one in sys.modules], file=sys.stderr)"
    )
    for words in (["scorecard"], ["trace", FIGURE]):
        command = [sys.executable, "-c", program, *words, "--layers", sample_layers, "--out", sample_run.out]
        done = subprocess.run(
            list(map(str, command)), capture_output=True, text=True, encoding="utf-8", check=True
        )
        assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("change", ["new", "other", "gone", "rule"])
def test_what_changed_since_is_said(gis, untouched, county, change):
    layers = county / "layers"
    file = {
        "new": "data/新文件.xlsx", "other": "data/空气日均值_2021.xlsx", "gone": "data/空气日均值_2021.xlsx",
        "rule": "targets.toml",
    }[change]  # fmt: skip
    if change == "gone":
        (layers / file).unlink()
    else:
        with (layers / file).open("ab") as stream:
            stream.write(b"\n")
    told = gis("scorecard", "--layers", layers, "--out", county / "maps")
    assert told.exit_code == 0, told.output
    assert f"1 files changed since ({file}): gis run brings it up to date" in told.stdout


def test_what_people_leave_beside_data_is_no_change(gis, untouched, county):
    for name in ("~$空气.xlsx", ".DS_Store", "说明.md"):
        (county / "layers" / "data" / name).write_text("x", encoding="utf-8")
    assert "changed" not in gis("scorecard", "--layers", county / "layers", "--out", county / "maps").stdout


@pytest.mark.parametrize("why", ["day", "edition", "county", "damaged", "none"])
def test_what_the_standing_edition_does_not_answer_is_judged(gis, untouched, county, why):
    words: list[str] = []
    if why == "day":
        words = ["--as-of", "2021-12-31"]
    elif why == "edition":
        words = ["--edition", "hj633-2012"]
    elif why == "county":
        (county / "layers" / "county.toml").write_text('adcode = "320582"\n', encoding="utf-8")
    elif why == "damaged":
        for path in (county / "maps").glob("*/tables/answers.sqlite"):
            path.write_bytes(path.read_bytes()[:-1])
    else:
        shutil.rmtree(county / "maps")
    with pytest.raises(JudgedError):
        gis("scorecard", "--layers", county / "layers", "--out", county / "maps", *words)
