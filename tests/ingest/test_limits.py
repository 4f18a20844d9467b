"""What no table of an office is: refused before it costs memory or time, or one row of quarantine."""

import gzip
import json
import os
import time
import zipfile

import openpyxl
import pytest

from gis.base.errors import FileError, FormatError
from gis.ingest import Options, read_file
from gis.ingest.workbook import workbook
from tests.ingest.accounts import adds_up

HEADS, ROW = ["断面名称", "采样日期", "氨氮", "总磷"], ["甲", "2021-01-05", 0.3, 0.1]
CSV = "断面名称,采样日期,氨氮,总磷\n甲,2021-01-05,0.3,0.1\n"
SECONDS = 8


def read(path):
    found = read_file(path, Options(kind="samples", layer="x"))
    assert adds_up(found)
    return found


def book(path, change=lambda sheet: None):
    file = openpyxl.Workbook()
    for row in (HEADS, ROW):
        file.active.append(row)
    change(file.active)
    file.save(path)
    return path


def with_part(path, name, change):
    with zipfile.ZipFile(path) as bundle:
        parts = {info.filename: bundle.read(info) for info in bundle.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for part, data in parts.items():
            bundle.writestr(part, change(data) if name in part else data)
    return path


def text(path, content):
    path.write_text(content, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def in_time():
    start = time.process_time()
    yield
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize(
    "areas",
    [["E1:E1048576"], [f"{letter}1:{letter}1048576" for letter in "EFGHIJKLMN"], ["A2:A1048576"], ["A4:XFD4"],
     [f"E{row}:F{row}" for row in range(1, 2000)]],
)  # fmt: skip
def test_whole_columns_may_be_merged(tmp_path, areas):
    path = book(tmp_path / "a.xlsx", lambda sheet: [sheet.merged_cells.add(area) for area in areas])
    assert read(path).table["section"].tolist() == ["甲"]


def test_a_merged_column_fills_the_rows_of_the_table_and_no_further(tmp_path):
    def change(sheet):
        sheet.append([None, "2021-02-05", 0.4, 0.1])
        sheet.merged_cells.add("A2:A1048576")

    assert read(book(tmp_path / "a.xlsx", change)).table["section"].tolist() == ["甲", "甲"]


@pytest.mark.parametrize("place", ["XFD1", "A1048576", "XFD1048576"])
def test_a_stray_cell_costs_nothing_and_keeps_its_row(tmp_path, place):
    path = book(tmp_path / "a.xlsx", lambda sheet: sheet.__setitem__(place, "备注"))
    found = read(path)
    assert found.table["section"].dropna().tolist() == ["甲"]
    assert found.table["source_row"].tolist() == [2]
    if place.endswith("1048576"):
        assert found.rejects["source_row"].tolist() == [1_048_576]


def test_a_million_formatted_rows_are_no_rows(tmp_path):
    empty = b"".join(
        b'<row r="%d"><c r="A%d" s="0"/><c r="B%d" s="0"></c></row>' % (at, at, at)
        for at in range(3, 200_000)
    )
    path = book(tmp_path / "a.xlsx")
    with_part(path, "sheet1", lambda data: data.replace(b"</sheetData>", empty + b"</sheetData>"))
    assert read(path).sources["rows_read"].tolist() == [1]


def junk(data):
    return data.replace(b"</sheetData>", b"<a/>" * 30_000_000 + b"</sheetData>")


def entities(data):
    declared = b'<!DOCTYPE z [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return b'<?xml version="1.0"?>' + declared + data.split(b"?>")[-1].replace(b"<v>", b"<v>&b;", 1)


def overlaps(data):
    areas = b'<mergeCell ref="A1:D2"/>' * 50
    return data.replace(b"</sheetData>", b"</sheetData><mergeCells>" + areas + b"</mergeCells>")


@pytest.mark.parametrize(
    ("change", "says"), [(junk, "far more"), (entities, "entities"), (overlaps, "overlap")]
)
def test_a_bomb_in_a_workbook_is_refused(tmp_path, change, says):
    path = with_part(book(tmp_path / "a.xlsx"), "sheet1", change)
    with pytest.raises(FileError, match=says) as error:
        read(path)
    assert "a.xlsx" in str(error.value)


def test_a_cell_that_says_a_huge_number_is_one_bad_cell(tmp_path):
    path = with_part(
        book(tmp_path / "a.xlsx"), "sheet1", lambda data: data.replace(b"<v>0.3</v>", b"<v>" + b"9" * 100_000 + b"</v>")
    )  # fmt: skip
    found = read(path)
    assert found.table["nh3n"].isna().tolist() == [True]
    assert found.table["tp"].tolist() == [0.1]
    assert "suspect_cells" in set(found.findings["code"])


def test_strict_open_xml_and_prefixes_are_read(tmp_path):
    def prefixed(data):
        return (
            data.replace(b"<c ", b"<x:c ")
            .replace(b"</c>", b"</x:c>")
            .replace(b"<worksheet ", b'<worksheet xmlns:x="u" ')
        )

    assert read(with_part(book(tmp_path / "a.xlsx"), "sheet1", prefixed)).table["nh3n"].tolist() == [0.3]


def test_broken_styles_cost_no_value(tmp_path):
    path = with_part(
        book(tmp_path / "a.xlsx"),
        "styles",
        lambda data: data.replace(b"<fonts", b"<fnts").replace(b"</fonts", b"</fnts"),
    )
    assert read(path).table["nh3n"].tolist() == [0.3]


def test_a_workbook_of_a_sheet_a_day_is_read_and_one_of_thousands_refused(tmp_path):
    def days(n):
        def change(sheet):
            for at in range(n):
                sheet.parent.create_sheet(f"{at}")

        return change

    assert len(workbook(book(tmp_path / "a.xlsx", days(366)))[0]) == 367
    with pytest.raises(FileError, match="too many"):
        read(book(tmp_path / "b.xlsx", days(1200)))


@pytest.mark.parametrize("unit", [b"\0", b"\n", b"1,", b",,,,\n"])
def test_a_bomb_of_gzip_is_refused(tmp_path, unit):
    path = tmp_path / "a.csv.gz"
    with gzip.open(path, "wb", 1) as sink:
        for _ in range(120):
            sink.write(unit * (2**20 // len(unit)))
    with pytest.raises(FileError, match=r"a\.csv\.gz"):
        read(path)


@pytest.mark.parametrize(
    "content", [CSV + "x" * (65 * 2**20), CSV + "\n" * 3_000_000, "a," * 9_000 + "a\n" + "1," * 9_000 + "1\n"]
)
def test_a_text_past_all_measure_is_refused(tmp_path, content):
    with pytest.raises(FileError, match=r"a\.csv"):
        read(text(tmp_path / "a.csv", content))


def test_empty_rows_at_the_end_of_a_text_are_none(tmp_path):
    assert read(text(tmp_path / "a.csv", CSV + ",,,\n" * 50_000)).sources["rows_read"].tolist() == [1]


@pytest.mark.parametrize(
    "line", ["乙," + "1," * 6_000, "乙,2021-01-05," + "9" * 1_000_000, "x" * 3_000_000, "年" * 40_000]
)
def test_one_line_past_all_measure_is_one_row(tmp_path, line):
    found = read(text(tmp_path / "a.csv", CSV + line + "\n丙,2021-01-05,0.2,0.1\n"))
    assert found.table["section"].tolist() == ["甲", "丙"]
    assert found.rejects["source_row"].tolist() == [3]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("乙,2021-01-05", "2 cells"),
        ("乙,2021-01-05,1,234,0.1", "5 cells"),
        ('乙,"2021-01-05,0.3,0.1', "quotes"),
        ("以上共1宗", "1 cells"),
    ],
)
def test_a_line_that_has_not_the_cells_of_its_heads_is_one_quarantined_row(tmp_path, line, why):
    rows = "".join(f"丙,2021-01-{day:02d},0.2,0.1\n" for day in range(1, 29))
    found = read(text(tmp_path / "a.csv", CSV + line + "\n" + rows))
    assert found.rejects["source_row"].tolist() == [3]
    assert why in found.rejects["reason"].iloc[0]
    assert len(found.table) == 29


def test_empty_cells_that_a_program_leaves_away_at_the_end_are_no_fault(tmp_path):
    heads = "断面名称,采样日期,氨氮,总磷,备注\n"
    rows = "".join(f"甲,2021-01-{day:02d},0.3,0.1\n" for day in range(1, 10))
    assert len(read(text(tmp_path / "a.csv", heads + rows + "乙,2021-01-01,0.3,0.1,晴\n")).table) == 10


def test_the_sign_between_cells_is_the_one_most_lines_agree_on(tmp_path):
    content = CSV.replace(",", "\t") + "乙\t2021-01-06\t" + "1," * 3000 + "\t0.1\n"
    assert read(text(tmp_path / "a.tsv", content)).table["section"].tolist() == ["甲", "乙"]


HEAD_OF_JSON = '{"thead":["断面名称","监测时间","氨氮"],"tbody":['
GOOD = '["甲","2025-07-01 08:00","0.31"]'


@pytest.mark.parametrize("row", ["null", "5", "{}", "[]", '["乙"]', '["乙","2025-07-01 08:00","0.3","4"]'])
def test_a_published_row_that_is_none_is_one_quarantined_row(tmp_path, row):
    found = read(text(tmp_path / "a.json", f"{HEAD_OF_JSON}{GOOD},{row}]}}"))
    assert found.table["nh3n"].tolist() == [0.31]
    assert found.rejects["source_row"].tolist() == [3]


def test_a_huge_number_in_json_is_one_bad_cell(tmp_path):
    bad = '["乙","2025-07-01 08:00",' + "9" * 30_000 + "]"
    assert read(text(tmp_path / "a.json", f"{HEAD_OF_JSON}{GOOD},{bad}]}}")).table[
        "nh3n"
    ].isna().tolist() == [False, True]


@pytest.mark.parametrize("content", ["[" * 200_000, '{"thead":5,"tbody":[]}', '{"thead":[],"tbody":{}}', "5"])
def test_json_that_is_no_table_is_refused(tmp_path, content):
    path = text(tmp_path / "a.json", f'{content} {{"thead" "tbody"}}' if content.startswith("[") else content)
    with pytest.raises((FileError, FormatError), match=r"a\.json"):
        read(path)


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.json", "a.txt", "a.csv.gz"])
@pytest.mark.parametrize("what", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_a_pipe_a_folder_and_a_device_are_no_files(tmp_path, name, what):
    what(tmp_path / name)
    with pytest.raises(FileError, match=name):
        read(tmp_path / name)


def test_json_of_many_heads_and_short_rows_costs_little(tmp_path):
    heads = ["断面名称", "监测时间", "氨氮", *["x"] * 4_000]
    rows = [["甲", "2025-07-01 08:00", 0.3]] * 5_000
    with pytest.raises(FileError, match=r"a\.json"):
        read(text(tmp_path / "a.json", json.dumps({"thead": heads, "tbody": rows})))
