# ruff: noqa: DTZ001  times are Beijing time without a zone
import datetime as dt

import openpyxl
import xlwt

from gis.ingest.model import Options
from gis.ingest.sheet import read_sheet
from gis.ingest.titles import date_in

SAMPLES = Options(kind="samples", layer="x")


def office_book(path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "1月"
    rows = [
        ["常熟市2021年1月地表水手工监测结果", None, None, None],
        ["断面名称", "采样日期", "氨氮", "总磷"],
        [None, None, "mg/L", "mg/L"],
        ["沈家市", "2021.1.5", "<0.025", "0.1"],
        [None, "2021.1.6", "0.3", "--"],
        [None, None, None, None],
        ["平均值", None, "0.2", "0.1"],
        ["Ⅲ类标准", None, "1.0", "0.2"],
        ["注：未检出按检出限一半计", None, None, None],
    ]
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:B3")
    sheet.merge_cells("A4:A5")
    book.create_sheet("旧").sheet_state = "hidden"
    book.save(path)
    return path


def test_a_sheet_as_an_office_makes_it(tmp_path):
    (raw,) = read_sheet(office_book(tmp_path / "手工监测.xlsx"), SAMPLES)
    assert list(raw.frame.columns) == ["断面名称", "采样日期", "氨氮(mg/L)", "总磷(mg/L)"]
    assert raw.frame["断面名称"].tolist() == ["沈家市", "沈家市"]
    assert raw.rows.tolist() == [4, 5]
    assert raw.rejects["source_row"].tolist() == [7, 8, 9]
    assert (raw.date, raw.date_parts) == (dt.date(2021, 1, 1), 2)
    assert {code for code, _ in raw.findings} == {"hidden_sheet", "two_row_head", "title_rows"}


def test_gbk_csv_says_why_gbk(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("断面名称,监测时间,氨氮(mg/L)\r\n沈家市,2021-01-05,0.3\r\n".encode("gbk"))
    (raw,) = read_sheet(path, SAMPLES)
    assert raw.frame.iloc[0].tolist() == ["沈家市", "2021-01-05", "0.3"]
    assert raw.encoding.startswith("gb")
    assert raw.encoding_reason


def test_quoted_line_breaks_keep_the_line_numbers(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('断面名称,监测时间,备注\n甲,2021-01-05,"a\nb"\n乙,2021-01-05,c\n', encoding="utf-8")
    (raw,) = read_sheet(path, SAMPLES)
    assert raw.rows.tolist() == [2, 4]


def test_old_excel_is_read_with_its_dates(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for at, head in enumerate(["断面名称", "采样日期", "氨氮"]):
        sheet.write(0, at, head)
    sheet.write(1, 0, "沈家市")
    sheet.write(1, 1, dt.datetime(2021, 1, 5), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    sheet.write(1, 2, 0.3)
    book.save(str(tmp_path / "a.xls"))
    (raw,) = read_sheet(tmp_path / "a.xls", SAMPLES)
    assert raw.frame.iloc[0].tolist() == ["沈家市", dt.datetime(2021, 1, 5), 0.3]


def test_dates_in_titles_and_names():
    assert date_in("water_xlsx_20260204") == (2026, 2, 4)
    assert date_in("手工监测_2021") == (2021, None, None)
    assert date_in("1月") == (None, 1, None)
