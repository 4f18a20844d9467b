"""Every row or cell of a file is accounted for, however it is laid out; the right sums are counted in the file."""

import csv
import random
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from shapely.geometry import box

from gis.base.errors import GisError
from gis.base.tables import BALANCE, KEPT, LEFT, READ
from gis.catalogue.model import Answer
from gis.ingest import KINDS, Options, guess_kind, read_file
from gis.ingest.read import read_files
from tests.ingest.accounts import adds_up

CASES = Path(__file__).parents[3] / "shared" / "cases" / "files"
NOTE = ["注：“—”表示未监测"]
SECTIONS, ITEMS, MONTHS = ("甲桥", "乙桥", "丙桥"), ("氨氮", "总磷", "高锰酸盐指数"), (1, 2, 3, 4)


def value(at):
    return round(0.1 + 0.01 * at, 2)


def book(path, sheets):
    file = openpyxl.Workbook()
    file.remove(file.active)
    for name, rows in sheets.items():
        sheet = file.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file.save(path)
    return path


def text(path, rows):
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def read(paths, kind="samples", **answers):
    given = {key.replace("_", ":", 1): Answer(value=one) for key, one in answers.items()}
    files = paths if isinstance(paths, list) else [paths]
    found = read_files(files, Options(kind=kind, layer="x", answers=given))
    assert adds_up(found)
    return found


def counts(found):
    return {
        name: int(found.sources[name].sum()) for name in (*BALANCE, "records") if found.sources[name].sum()
    }


def values(found, *names):
    return int(found.table[list(names)].notna().sum().sum())


def test_rows_of_one_item_each_count_as_rows(tmp_path):
    rows = [["断面", "月份", "项目", "结果"]]
    rows += [[section, f"2025-{month:02}", item, value(month)]
             for section in SECTIONS for month in MONTHS for item in ITEMS]  # fmt: skip
    rows += [rows[1], [*rows[2][:3], 0.9], ["甲桥", "2025-05", "", 0.3], NOTE + [""] * 3]
    found = read(text(tmp_path / "a.csv", rows))
    assert counts(found) == {
        READ: 40, KEPT: 36, "rows_equal": 1, "rows_superseded": 1, "rows_set_aside": 1, "rows_quarantined": 1,
        "records": 12,
    }  # fmt: skip


def test_the_earlier_of_two_values_counts_where_it_is_so_answered(tmp_path):
    rows = [["断面", "月份", "项目", "结果"]]
    rows += [
        [section, "2025-01", item, value(at)] for at in (0, 40) for section in SECTIONS for item in ITEMS
    ]
    found = read(text(tmp_path / "a.csv", rows), twice_指标="earlier")
    assert found.table["nh3n"].tolist() == [0.1] * 3
    assert counts(found) == {READ: 18, KEPT: 9, "rows_superseded": 9, "records": 3}
    assert sorted(found.rejects["source_row"]) == list(range(11, 20))
    assert "按答复取前者" in found.rejects["reason"].iloc[0]


@pytest.mark.parametrize("seed", range(6))
def test_cells_of_months_as_heads_count_as_cells(tmp_path, seed):
    rng = random.Random(seed)
    rows = [["2025年断面监测结果"], ["断面", "项目", *[f"{month}月" for month in MONTHS]]]
    filled = 0
    for section in SECTIONS:
        for item in ITEMS:
            cells = [value(month) if rng.random() < 0.7 else None for month in MONTHS]
            rows.append([section, item, *cells])
            filled += sum(cell is not None for cell in cells)
    empty = sum(all(cell is None for cell in row[2:]) for row in rows[2:])
    means = [["平均值", None, 0.1, 0.2, 0.3, 0.4], NOTE]
    found = read(book(tmp_path / "a.xlsx", {"Sheet": [*rows, *means]}))
    assert values(found, "nh3n", "tp", "codmn") == filled
    assert counts(found)[KEPT] == filled
    assert counts(found)["rows_set_aside"] == empty + len(MONTHS) + 1
    assert counts(found)[READ] == filled + empty + len(MONTHS) + 1


def test_hours_as_heads_and_a_day_that_cannot_be(tmp_path):
    rows = [["站点", "日期", "项目", *range(1, 25)]]
    rows += [["甲站", day, "PM2.5", *range(24)] for day in ("2025-02-27", "2025-02-28", "2025-02-30")]
    found = read(book(tmp_path / "a.xlsx", {"Sheet": rows}), "air_hours")
    assert counts(found) == {READ: 72, KEPT: 48, "rows_quarantined": 24, "records": 48}


def test_a_record_of_several_sheets_counts_its_cells_in_each_and_itself_once(tmp_path):
    sheets = {
        item: [["日期", "甲站", "乙站"], ["2025-05-03", low, low + 1], ["2025-05-04", low, None]]
        for item, low in (("PM2.5", 10), ("PM10", 50))
    }
    found = read(book(tmp_path / "a.xlsx", sheets), "air_days")
    assert found.sources[[READ, KEPT, "records"]].to_numpy().tolist() == [[3, 3, 3], [3, 3, 0]]


def test_a_record_of_several_files_counts_its_row_in_each_and_itself_once(tmp_path):
    paths = [
        text(
            tmp_path / f"{item}.csv",
            [["断面名称", "采样日期", item], ["甲", "2025-01-05", 0.3], ["乙", "2025-01-05", 0.4]],
        )
        for item in ("氨氮", "总磷")
    ]
    found = read(paths)
    assert found.sources[[READ, KEPT, "records"]].to_numpy().tolist() == [[2, 2, 2], [2, 2, 0]]
    assert found.table[["nh3n", "tp"]].notna().all(axis=None)


def test_a_matrix_published_again_in_another_file_counts_its_cells_once(tmp_path):
    rows = [
        ["2025年断面氨氮"],
        ["断面", "1月", "2月", "3月"],
        ["甲桥", 0.3, 0.4, 0.5],
        ["乙桥", 0.3, None, 0.5],
    ]
    later = [*rows[:2], ["甲桥", 0.3, 0.4, 0.6]]
    found = read(
        [book(tmp_path / "2025-04-01.xlsx", {"S": rows}), book(tmp_path / "2025-05-01.xlsx", {"S": later})]
    )
    assert found.sources[list(BALANCE)].to_numpy().tolist() == [[5, 2, 2, 1, 0, 0], [3, 3, 0, 0, 0, 0]]


def test_points_that_make_a_parcel_count_as_rows(tmp_path):
    corners = [(3503000, 40571000), (3503000, 40571100), (3503100, 40571100), (3503100, 40571000)]
    rows = [["地块编号", "点号", "X", "Y"]]
    rows += [[name, f"J{at}", x, y + shift] for name, shift in (("A", 0), ("B", 500))
             for at, (x, y) in enumerate(corners, 1)]  # fmt: skip
    rows += [["C", "J1", 3503000, 40572000], ["C", "J2", 3503000, 40572100]]
    found = read(book(tmp_path / "a.xlsx", {"界址点": rows}), "parcels")
    assert counts(found) == {READ: 10, KEPT: 8, "rows_quarantined": 2, "records": 2}


def test_subtotals_hidden_rows_and_doubles_of_a_register(tmp_path):
    rows = [["图斑编号", "乡镇", "面积(亩)", "批准日期"], ["A1", "甲镇", 10, "2021-03-05"],
            ["A2", "甲镇", 20, "2021-03-05"],
            ["小计", None, 30, None], ["A3", "乙镇", 5, "2021-02-30"], ["A2", "甲镇", 20, "2021-03-05"],
            ["合计", None, 35, None]]  # fmt: skip
    path = book(tmp_path / "a.xlsx", {"台账": rows})
    file = openpyxl.load_workbook(path)
    file["台账"].row_dimensions[2].hidden = True
    file.save(path)
    found = read_file(path, Options(kind="parcels", layer="x", hidden="leave_out"))
    assert adds_up(found)
    assert counts(found) == {
        READ: 6, KEPT: 2, "rows_equal": 1, "rows_set_aside": 3, "records": 2,
    }  # fmt: skip


def test_shapes_that_are_nothing_are_in_quarantine(tmp_path):
    shapes = [box(120.7, 31.6, 120.701, 31.601), None, box(120.8, 31.6, 120.8, 31.601)]
    gpd.GeoDataFrame({"图斑编号": ["A", "B", "C"]}, geometry=shapes, crs=4490).to_file(tmp_path / "a.gpkg")
    found = read(tmp_path / "a.gpkg", "parcels")
    assert counts(found)[READ] == 3
    assert pd.Series(counts(found)).reindex([KEPT, *LEFT]).sum() == 3


@pytest.mark.real
@pytest.mark.skipif(not CASES.exists(), reason="no shared cases")
def test_every_file_of_an_office_that_reads_adds_up():
    read_of = 0
    for path in sorted(one for one in CASES.rglob("*") if one.is_file()):
        try:
            kind = guess_kind(path)
            if kind not in KINDS:
                continue
            found = read_file(path, Options(kind=kind, layer="x"))
        except GisError:
            continue
        assert adds_up(found), path
        read_of += 1
    assert read_of > 80


def test_a_row_with_a_column_for_each_item_is_a_row(tmp_path):
    rows = [["城市", "站点名称", "监测时间", "SO2", "PM2.5", "PM2.5_IAQI", "AQI"],
            ["苏州", "示例站", "2024-03-05", 8, 35, 50, 50], ["苏州", "示例站", "2024-03-06", None, 36, 51, 51],
            ["苏州", "示例站", "2024-03-07", None, None, None, None]]  # fmt: skip
    found = read(text(tmp_path / "a.csv", rows), "air_days")
    assert counts(found)[READ] == 3
