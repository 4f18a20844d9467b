"""`gis run | check | scorecard | trace | sample` on the sample county."""

import re
import shutil

import pandas as pd
import pytest

from gis import pipeline


@pytest.fixture(scope="module")
def book(sample_layers, sample_run):
    """The sample county as read and judged once for the commands that only look at it."""
    intake = pipeline.take_in(sample_layers, sample_run.out / ".work")
    return pipeline.judge(intake)


@pytest.fixture
def judged(book, monkeypatch):
    monkeypatch.setattr(pipeline, "take_in", lambda *_, **__: None)
    monkeypatch.setattr(pipeline, "judge", lambda *_, **__: book)


@pytest.fixture
def county(sample_layers, sample_run):
    return ["--layers", sample_layers, "--out", sample_run.out]


def test_check_prints_that_the_counts_add_up_and_writes_the_quarantine(gis, county):
    result = gis("check", *county, "-o", "隔离.csv")
    assert result.exit_code == 0, result.output
    line = next(one for one in result.stdout.splitlines() if one.startswith("read ") and one[5].isdigit())
    line = re.sub(r" \([\d,]+ records\)", "", line)
    read, *parts = (int(one.replace(",", "")) for one in line.split() if one[0].isdigit())
    assert read == sum(parts)
    assert all(name in line for name in ("kept", "superseded", "set aside", "quarantined"))
    assert {"reason", "fix", "source_row"} <= set(pd.read_csv("隔离.csv").columns)


def test_check_tells_the_kind_of_each_layer_of_a_file(gis, sample_layers):
    data = sample_layers / "data"
    result = gis("check", data / "基础地理.gpkg", data / "三条控制线.gdb")
    assert result.exit_code == 0, result.output
    for column in ("place_code", "water_id", "line_id"):
        assert column in result.stdout


def test_check_reads_the_other_files_when_one_is_bad(gis, records, tmp_path):
    (tmp_path / "x.rar").write_bytes(b"Rar!")
    result = gis("check", tmp_path / "x.rar", records)
    assert result.exit_code == 2
    assert "x.rar: .rar is not read here" in result.stderr
    assert "read 3 = kept 3" in result.stdout


def test_scorecard_writes_the_figures_with_ids_and_trace_follows_one(gis, judged):
    result = gis("scorecard", "-o", "out/figures.xlsx")
    assert result.exit_code == 0, result.output
    assert "scorecard as of 2025-10-31" in result.stdout
    figures = pd.read_excel("out/figures.xlsx")
    row = figures.set_index("figure_id").loc["air.good_day_rate.2021.320581"]
    assert "示例数据" in row["data_note"]
    traced = gis("trace", row.name, "-o", "rows.csv")
    assert traced.exit_code == 0, traced.output
    assert f"{row.name} = {row['value']:,.4f} %" in traced.stdout
    assert "as of 2025-10-31" in traced.stdout
    assert "空气日均值_2021.xlsx" in traced.stdout
    rows = pd.read_csv("rows.csv")
    assert rows["part"].sum() == pytest.approx(row["value"] / 100 * row["n"], abs=1e-6)


def test_trace_of_an_unknown_figure_is_an_error(gis, judged):
    result = gis("trace", "air.good_days.2021.320581")
    assert result.exit_code == 2
    assert 'no figure "air.good_days.2021.320581"' in result.stderr


def test_run_names_the_page_to_open_and_a_second_run_changes_nothing(gis, sample_layers, sample_run):
    before = (sample_run.out / "index.html").read_bytes()
    result = gis("run", "--layers", sample_layers, "--out", sample_run.out)
    assert result.exit_code == 0, result.output
    assert "nothing changed" in result.stdout
    assert "open" in result.stdout.splitlines()[-1]
    assert (sample_run.out / "index.html").read_bytes() == before


def test_sample_says_that_it_is_sample_data(gis, sample_layers, tmp_path):
    shutil.copytree(sample_layers, tmp_path / "layers", ignore=shutil.ignore_patterns("data"))
    result = gis("sample")
    assert result.exit_code == 0, result.output
    assert "sample data: 43 files" in result.stdout


def test_a_folder_that_is_no_county_says_what_is_missing(gis, tmp_path):
    result = gis("run", "--layers", tmp_path)
    assert result.exit_code == 2
    assert "no county is described" in result.stderr
    assert "add county.toml" in result.stderr
