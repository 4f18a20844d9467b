"""What people write into the columns of a sheet beyond one plain value a cell."""

import datetime as dt
import zipfile

import openpyxl
import pandas as pd
import pytest

from gis.ingest import Options, read_file
from gis.ingest.moments import clock

STAMP = "%Y-%m-%d %H:%M"


def read(folder, text, kind="samples", **more):
    path = folder / "a.csv"
    path.write_text(text, encoding="utf-8")
    return read_file(path, Options(kind=kind, layer="x", **more))


def book(path, rows, merged=()):
    file = openpyxl.Workbook()
    for row in rows:
        file.active.append(row)
    for area in merged:
        file.active.merge_cells(area)
    file.save(path)
    return path


@pytest.mark.parametrize(
    ("heads", "day", "time"),
    [
        ("采样日期,采样时间", "2021-01-05", "08:30"),
        ("采样时间,采样日期", "2021.1.5", "8时30分"),
        ("日期,时间", "2021年1月5日", "0.354166666666667"),
        ("监测日期,采样时刻", "20210105", "8:30:00"),
    ],
)
def test_a_day_and_a_time_of_day_in_two_columns_become_one_time(tmp_path, heads, day, time):
    first, second = (time, day) if heads.startswith("采样时间") else (day, time)
    found = read(tmp_path, f"断面名称,{heads},氨氮\n甲,{first},{second},1\n")
    assert found.table["sampled_at"].dt.strftime(STAMP).tolist() == ["2021-01-05 08:30"]
    assert "date_and_time" in found.findings["code"].tolist()


def test_hour_24_of_an_air_table_is_midnight_of_the_next_day(tmp_path):
    found = read(tmp_path, "站点名称,日期,小时,PM2.5\n甲,2025-10-31,1,20\n甲,2025-10-31,24,30\n", "air_hours")
    assert found.table["time"].dt.strftime(STAMP).tolist() == ["2025-10-31 01:00", "2025-11-01 00:00"]


def test_two_full_dates_are_not_added_up(tmp_path):
    found = read(tmp_path, "断面名称,采样日期,监测日期,氨氮\n甲,2021-01-05,2021-01-09,1\n")
    assert found.table["sampled_at"].dt.strftime(STAMP).tolist() == ["2021-01-05 00:00"]
    assert "several_heads" in found.findings["code"].tolist()


@pytest.mark.parametrize("cell", ["25:00", "见附件", "-", dt.date(2021, 1, 5), None])
def test_what_is_no_time_of_day_is_none(cell):
    assert clock(cell) is None


def test_a_reading_above_the_range_keeps_its_bound_and_is_listed(tmp_path):
    found = read(tmp_path, "断面名称,采样日期,粪大肠菌群(个/L)\n甲,2021-01-05,>24000\n乙,2021-01-05,≥16000\n")
    assert found.table["fecal_coliform"].tolist() == [24000, 16000]
    assert found.marks[["mark", "text"]].to_numpy().tolist() == [
        ["above_range", ">24000"],
        ["above_range", "≥16000"],
    ]


def test_a_unit_in_a_cell_goes_before_that_of_the_head(tmp_path):
    rows = "".join(
        f"{name},recorded,2021-01-05,{area}\n" for name, area in zip("ABC", ("3.5亩", 2, "7米"), strict=True)
    )
    found = read(tmp_path, "图斑编号,事件,日期,面积(公顷)\n" + rows, "ledger_events")
    assert found.table["area_mu"].tolist()[:2] == [3.5, 30.0]
    assert found.table["area_mu"].isna().tolist() == [False, False, True]
    assert {"unit_in_cell", "suspect_cells"} <= set(found.findings["code"])


def test_a_state_without_a_date_is_kept_without_one(tmp_path):
    found = read(tmp_path, "图斑编号,事件,日期\nA,recorded,\nB,recorded,待补\n", "ledger_events")
    assert found.table["date"].isna().tolist() == [True, True]
    assert not len(found.rejects)


@pytest.mark.parametrize("day", ["1900-01-01", "1979-12-31", "2099-01-01"])
def test_a_date_that_cannot_be_is_quarantined_with_its_reason(tmp_path, day):
    found = read(tmp_path, f"断面名称,采样日期,氨氮\n甲,{day},1\n乙,2021-01-05,1\n")
    assert found.table["section"].tolist() == ["乙"]
    (row,) = found.rejects.itertuples()
    assert (row.source_row, row.field, row.text) == (2, "sampled_at", day)
    assert "not plausible" in row.reason
    assert "check the date" in row.fix


def test_names_below_a_merged_head_are_the_heads(tmp_path):
    rows = [
        ["断面名称", "采样日期", "监测结果", None, None],
        [None, None, "氨氮(mg/L)", "总磷(mg/L)", "溶解氧"],
        ["甲", dt.date(2021, 1, 5), 0.5, "<0.02", 7.1],
    ]
    path = book(tmp_path / "a.xlsx", rows, ["A1:A2", "B1:B2", "C1:E1"])
    found = read_file(path, Options(kind="samples", layer="x"))
    assert found.table[["nh3n", "tp", "dissolved_oxygen"]].to_numpy().tolist() == [[0.5, 0.01, 7.1]]
    assert found.sources["rows_read"].tolist() == [1]


def test_day_and_area_below_a_head_of_the_acceptance_are_its(tmp_path):
    rows = [
        ["图斑编号", "验收情况", None, None],
        [None, "日期", "面积（公顷）", "负责人"],
        ["A", dt.date(2021, 1, 5), 2, "示例"],
    ]
    path = book(tmp_path / "a.xlsx", rows, ["A1:A2", "B1:D1"])
    found = read_file(path, Options(kind="parcels", layer="x"))
    assert found.table["accepted_on"].astype(str).tolist() == ["2021-01-05"]
    assert found.table["accepted_area_mu"].tolist() == [30]


def test_tables_in_a_zip_are_read_one_source_each(tmp_path):
    sheet = book(tmp_path / "二月.xlsx", [["断面名称", "采样日期", "氨氮"], ["甲", "2021-02-05", 2]])
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("一月.csv", "断面名称,采样日期,氨氮\n甲,2021-01-05,1\n".encode("gb18030"))
        archive.write(sheet, "二月.xlsx")
    found = read_file(tmp_path / "a.zip", Options(kind="samples", layer="x"))
    assert found.table.sort_values("sampled_at")["nh3n"].tolist() == [1, 2]
    assert set(found.sources["source"]) == {"a.zip#一月.csv", "a.zip#二月.xlsx/Sheet"}
    assert pd.isna(found.sources["encoding"]).sum() == 1
