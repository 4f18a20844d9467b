"""Names that stand as rows of their own: the place of the rows below, a question, or no record."""

import csv

import openpyxl
import pytest

from gis.base.errors import Question
from gis.base.messages import shown
from gis.catalogue.model import Answer
from gis.ingest import Options, read_file
from tests.ingest.accounts import adds_up

AIR = ["日期", "PM2.5", "PM10", "SO2", "NO2", "CO", "O3-8h"]


def day(date, pm25):
    return [date, pm25, 70, 8, 30, 0.8, 100]


def stand(folder, rows, form):
    width = max(map(len, rows))
    path = folder / f"a.{form}"
    if form == "csv":
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows([[*row, *[""] * (width - len(row))] for row in rows])
        return path
    file = openpyxl.Workbook()
    for row in rows:
        file.active.append(row)
        if form == "merged.xlsx" and len(row) == 1:
            last = file.active.max_row
            file.active.merge_cells(start_row=last, end_row=last, start_column=1, end_column=width)
    file.save(path)
    return path


def read(path, kind, **answers):
    given = {key: Answer(value=value) for key, value in answers.items()}
    found = read_file(path, Options(kind=kind, layer="x", answers=given))
    assert adds_up(found)
    return found


@pytest.mark.parametrize("form", ["xlsx", "merged.xlsx", "csv"])
@pytest.mark.parametrize("label", ["", "站点：", "一、"])
def test_a_name_above_its_days_is_their_station(tmp_path, form, label):
    rows = [
        AIR,
        [label + "甲站"],
        day("2025-05-03", 35),
        day("2025-05-04", 36),
        [label + "乙站"],
        day("2025-05-03", 55),
    ]
    found = read(stand(tmp_path, rows, form), "air_days")
    assert found.table[["station", "pm25", "source_row"]].to_numpy().tolist() == [
        ["甲站", 35.0, 3], ["甲站", 36.0, 4], ["乙站", 55.0, 6],
    ]  # fmt: skip
    assert found.sources[["rows_read", "rows_kept", "rows_set_aside"]].to_numpy().tolist() == [[5, 3, 2]]
    assert (
        "甲站, 乙站"
        in found.findings.loc[found.findings["code"] == "group_rows", "message"].map(shown).item()
    )


def test_a_name_above_a_matrix_of_hours_is_its_station(tmp_path):
    rows = [["PM2.5小时值（2025年）"], ["日期", *[f"{hour}时" for hour in range(1, 25)]]]
    rows += [
        row for name in ("甲站", "乙站") for row in ([name], ["5月3日", *range(24)], ["5月4日", *range(24)])
    ]
    found = read(stand(tmp_path, rows, "xlsx"), "air_hours")
    assert found.table.groupby("station").size().to_dict() == {"甲站": 48, "乙站": 48}


@pytest.mark.parametrize("lone", ["column", "no column"])
def test_a_name_above_its_samples_is_their_section(tmp_path, lone):
    heads, pad = (["断面名称"], [None]) if lone == "column" else ([], [])
    rows = [[*heads, "采样日期", "氨氮", "总磷"], ["东示例桥"], [*pad, "2025-01-05", 0.3, 0.05], ["西示例桥"],
            [*pad, "2025-01-05", 1.3, 0.15]]  # fmt: skip
    found = read(stand(tmp_path, rows, "xlsx"), "samples")
    assert found.table[["section", "nh3n"]].to_numpy().tolist() == [["东示例桥", 0.3], ["西示例桥", 1.3]]


def test_a_name_between_readings_of_no_place_is_asked_about(tmp_path):
    rows = [["2025年5月监测结果"], AIR, day("2025-05-03", 35), ["乙站"], day("2025-05-03", 55)]
    path = stand(tmp_path, rows, "xlsx")
    with pytest.raises(Question, match="hold a name alone"):
        read(path, "air_days")
    assert read(path, "air_days", **{"rows:名称": "places"}).table["station"].tolist() == ["乙站"]
    assert set(read(path, "air_days", **{"rows:名称": "notes"}).table["station"]) == {"a"}


def test_a_town_above_its_parcels_is_their_town_and_other_names_are_no_parcels(tmp_path):
    heads = ["序号", "图斑编号", "面积(亩)", "批准日期"]
    rows = [heads, ["海虞镇"], [1, "A1", 10, "2021-03-05"], ["梅李镇"], [1, "A2", 5, "2021-03-05"]]
    found = read(stand(tmp_path, rows, "xlsx"), "parcels")
    assert found.table[["parcel_id", "town"]].to_numpy().tolist() == [["A1", "海虞镇"], ["A2", "梅李镇"]]
    rows = [
        heads,
        ["一、批而未供"],
        [1, "A1", 10, "2021-03-05"],
        ["二、闲置土地"],
        [1, "A2", 5, "2021-03-05"],
    ]
    found = read(stand(tmp_path, rows, "xlsx"), "parcels")
    assert found.table["parcel_id"].tolist() == ["A1", "A2"]
    assert found.sources["rows_set_aside"].sum() == 2


def test_rows_below_a_heading_of_what_is_off_the_account_are_asked_about(tmp_path):
    rows = [
        ["图斑编号", "面积(亩)", "验收日期"],
        ["一、已验收地块"],
        ["A1", 10, "2021-03-05"],
        ["二、核减地块"],
        ["A2", 5, "2021-03-05"],
    ]
    path = stand(tmp_path, rows, "xlsx")
    with pytest.raises(Question, match="核减地块"):
        read(path, "parcels")
    found = read(path, "parcels", **{"rows:小标题": "leave_out"})
    assert found.table["parcel_id"].tolist() == ["A1"]
    assert read(path, "parcels", **{"rows:小标题": "count"}).table["parcel_id"].tolist() == ["A1", "A2"]


def test_a_row_of_an_id_alone_stays_a_record(tmp_path):
    rows = [["图斑编号", "面积(亩)", "批准日期"], ["甲地块"], ["乙地块", 10, "2021-03-05"]]
    assert read(stand(tmp_path, rows, "xlsx"), "parcels").table["parcel_id"].tolist() == ["甲地块", "乙地块"]


def test_a_table_with_its_places_in_a_column_is_left_alone(tmp_path):
    rows = [["断面名称", "采样日期", "氨氮", "总磷"], ["东示例桥"], ["西示例桥", "2025-01-05", 1.3, 0.15]]
    found = read(stand(tmp_path, rows, "xlsx"), "samples")
    assert found.table["section"].tolist() == ["西示例桥"]
    assert found.rejects["source_row"].tolist() == [2]
