"""The whole chain on the sample county: what one command makes, and that its parts agree."""

import csv
import datetime as dt
import json
from dataclasses import replace

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from unpacked import text_of

from gis import pipeline
from gis.base.tables import KEPT, LEFT, READ
from gis.maps import page
from gis.publication import answers_of, manifest
from gis.store.answers import trace

PAGES = ("planner.html", "water.html", "land.html", "air.html")


@pytest.fixture(scope="module")
def intake(sample_run, tmp_path_factory):
    return pipeline.take_in(sample_run.layers, sample_run.out / ".work")


@pytest.fixture(scope="module")
def book(intake):
    return pipeline.judge(intake)


def test_every_row_read_is_kept_superseded_or_quarantined(intake):
    sources, logs = intake.logs["sources"], intake.logs
    assert (sources[READ] == sources[[KEPT, *LEFT]].sum(axis=1)).all()
    gone = sources[["rows_set_aside", "rows_quarantined"]].sum().sum()
    assert gone == len(logs["rejects"])
    assert sources[["rows_equal", "rows_superseded"]].sum().sum() == len(logs["superseded"])
    vectors = [table for name, table in intake.tables.items() if name not in ("sample_marks", "source_items")]
    assert sources["records"].sum() == sum(map(len, vectors))


def test_known_defects_of_the_sample_are_in_quarantine(sample_run):
    with (sample_run.edition / "quarantine" / "renewal_parcels.csv").open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    assert all(row["reason"] and row["fix"] and row["source_row"] for row in rows)
    assert any("EPSG:4528" in row["reason"] for row in rows)
    assert all(row["data_note"] == "示例数据 sample data" for row in rows)


def test_every_figure_of_a_card_can_be_traced_to_rows(book):
    answers = answers_of(book)
    for figure_id in book.targets["figure_id"]:
        found = trace(figure_id, answers)
        assert found.figure["formula"]
        assert found.rows or found.components


def test_parts_of_the_evidence_make_the_value(book):
    figures = book.figures.set_index("figure_id")["value"]
    evidence = book.evidence.groupby("figure_id")["part"].sum()
    counted = "land.renewed_area.2021.320581"
    assert evidence[counted] == pytest.approx(figures[counted], abs=0.01)
    n = book.figures.set_index("figure_id")["n"]
    mean = "air.pm25_mean.2021.320581"
    assert evidence[mean] / n[mean] == pytest.approx(figures[mean])
    rate = "water.attainment_rate.2021.320581"
    assert 100 * evidence[rate] / n[rate] == pytest.approx(figures[rate])


def test_page_table_workbook_and_manifest_say_the_same(sample_run, book):
    tables = sample_run.edition / "tables"
    figure_id = "air.good_day_rate.2021.320581"
    value = book.figures.set_index("figure_id").loc[figure_id, "value"]
    written = sample_run.table("figures").set_index("figure_id").loc[figure_id, "value"]
    sheet = openpyxl.load_workbook(tables / "figures.xlsx").worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    rows = {row[0].value: row[heads.index("value")].value for row in sheet.iter_rows(min_row=2)}
    manifest = json.loads((sample_run.edition / "manifest.json").read_text("utf-8"))
    assert written == rows[figure_id] == manifest["figures"][figure_id] == pytest.approx(value)
    index = (sample_run.out / "index.html").read_text("utf-8")
    assert figure_id in index
    assert f"{value:.1f}" in index


def test_every_page_and_table_says_sample_data(sample_run):
    pages = [sample_run.out / "index.html", *(sample_run.edition / name for name in PAGES)]
    assert all("示例数据" in page.read_text("utf-8") for page in pages)
    for table in sample_run.tables:
        assert "data_note" in pd.read_csv(table, nrows=1), table


def test_pages_and_tables_of_internal_layers_are_stamped(sample_run):
    assert "内部资料" in (sample_run.edition / "planner.html").read_text("utf-8")
    pieces = gpd.read_file(sample_run.edition / "tables" / "pieces.gpkg")
    assert pieces["confidentiality"].str.contains("永久基本农田").all()
    air = sample_run.table("air_city_days")
    assert "confidentiality" not in air


def test_a_second_run_finds_nothing_to_do(sample_run):
    before = (sample_run.out / "index.html").stat().st_mtime_ns
    _, book, _ = pipeline.run(sample_run.layers, sample_run.out)
    assert book is None
    assert (sample_run.out / "index.html").stat().st_mtime_ns == before


@pytest.mark.full
def test_a_public_run_leaves_nothing_of_an_internal_layer(sample_run, intake, tmp_path):
    index, book, _ = pipeline.run(sample_run.layers, tmp_path / "public", public=True)
    assert set(book.withheld) == {"basic_farmland", "industrial_tax", "renewal_ledger"}
    lines = intake.tables["control_lines"]
    secrets = set(lines.loc[lines["line_type"] == "basic_farmland", "line_id"])
    events = intake.tables["ledger_events"]
    secrets |= set(events.loc[events["event"] == "accepted", "document_no"].dropna())
    secrets |= set(intake.tables["tax"]["payer_id"])
    written = [
        path for path in (tmp_path / "public").rglob("*") if path.suffix in (".html", ".csv", ".json", ".zip")
    ]
    for path in written:
        text = text_of(path)
        assert not any(secret in text for secret in secrets), path.name
        assert "内部资料" not in text or path.suffix == ".json"
    assert "永久基本农田" in index.read_text("utf-8")


def test_before_the_year_ends_a_mean_is_never_met_or_missed(intake):
    book = pipeline.judge(intake, dt.date(2021, 8, 31))
    targets = book.targets.set_index("target_id")
    means = targets.loc[["good_day_rate_2021", "pm25_2021", "attainment_2021", "kuncheng_lake_2021"]]
    assert means["provisional"].all()
    assert set(means["state"]) <= {"on_track", "behind"}
    count = targets.loc["renewal_2021"]
    assert count["expected"] == pytest.approx(10_000 * 243 / 365)
    assert book.figures["period"].str[:4].astype(int).max() == 2021


def test_a_target_without_data_is_not_a_zero(intake):
    book = pipeline.judge(intake, dt.date(2020, 6, 30))
    none = book.targets[book.targets["state"] == "no_data"]
    assert len(none)
    assert none["value"].isna().all()


@pytest.mark.full
def test_one_switch_judges_the_whole_series_under_one_edition_and_says_so(sample_run, intake, book):
    forced = ("hj633-2026", "gb3095-2026-transition")
    chosen = pipeline.take_in(sample_run.layers, sample_run.out / ".work", forced=forced)
    other = pipeline.judge(chosen)
    assert other.edition != book.edition
    assert set(other.tables["air_city_days"]["edition"].dropna()) == {"hj633-2026"}
    rates = other.figures.set_index("figure_id")["value"]
    strict, plain = (rates[f"air.good_day_rate.2021.320581{end}"] for end in (".hj633-2026", ""))
    assert strict < plain  # the same air: PM2.5 60 to 75 is a bad day only under the text of 2026
    card = other.targets.set_index("target_id").loc["good_day_rate_2021"]
    assert (card["edition"], card["value"]) == ("hj633-2012", plain)
    assert (card["edition_in_force"], card["value_in_force"]) == ("hj633-2026", strict)
    told = manifest(other, chosen.inputs)
    assert told["parameters"]["editions"] == {"aqi": "hj633-2026", "air_limits": "gb3095-2026-transition"}
    assert {"county.toml", "targets.toml"} <= told["rules"].keys()
    assert told["run"].keys() == {"at", "by"}
    assert manifest(replace(other, public=True), chosen.inputs)["run"].keys() == {"at"}
    assert "全序列按指定版本评价：HJ 633-2026" in page.stamps(other)
