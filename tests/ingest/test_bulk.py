"""What is read in bulk is what is read line by line and cell by cell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.ingest import blocks, delimited, read_file, sheet
from gis.ingest.model import Options

CELLS = [
    "1",
    "",
    " ",
    "0.5",
    "-",
    "断面",
    "氨氮",
    "合计",
    'a"b',
    "x,y",
    "2021-01-05",
    "年",
    "多\n行",
    "总磷 ",
]
HEADS = ["断面", "采样日期", "氨氮", "总磷", "备注"]


def written(cell, quotes):
    needs = any(sign in cell for sign in ',"\n')
    return '"' + cell.replace('"', '""') + '"' if needs or quotes else cell


@st.composite
def texts(draw):
    rows = draw(st.lists(st.lists(st.sampled_from(CELLS), max_size=6), max_size=30))
    rows = [HEADS, *rows, *([HEADS] if draw(st.booleans()) else []), *rows[:3]]
    quotes = draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    lines = [",".join(written(cell, q) for cell in row) for row, q in zip(rows, quotes, strict=True)]
    lone = draw(st.sampled_from(["", "", "", 'a"', '"b']))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    return "".join(f"{line}{end}" for line in [*lines, *([lone] if lone else [])])


def whole(page):
    rows = page.grid + ([] if page.rest is None else page.rest.to_numpy().tolist())
    numbers = np.arange(1, len(rows) + 1) if page.numbers is None else page.numbers
    filled = [
        [cell or "" for cell in row] for row in rows
    ]  # a short line is filled with blanks of either kind
    return filled, numbers.tolist(), page.widths.tolist()


@given(texts())
@settings(max_examples=300, deadline=None)
def test_quoted_cells_are_read_in_bulk_as_line_by_line(text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "FIRST_LINES", 4)
        fast = delimited.page_of(text, "a.csv")
        patch.setattr(delimited, "_unquoted", lambda *_: None)
        slow = delimited.page_of(text, "a.csv")
    assert whole(fast) == whole(slow)


@given(texts())
@settings(max_examples=100, deadline=None)
def test_heads_that_stand_again_are_found_as_row_by_row(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("bulk") / "2021年.csv"
    page = delimited.page_of(text, path.name)
    options = Options(kind="samples", layer="a")
    fast = blocks.blocks(page, path, options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "_first_like_heads", lambda _page, at, *_: at)
        slow = blocks.blocks(page, path, options)
    assert [whole(one) for one in fast] == [whole(one) for one in slow]


def test_a_long_text_with_quotes_gives_each_row_its_line(tmp_path):
    rows = [
        f'A,2021-{1 + at % 12:02d}-{1 + at % 28:02d} {at % 24:02d}:00,"{at % 7}.5","甲,乙"'
        for at in range(2000)
    ]
    path = tmp_path / "a.csv"
    path.write_text("\r\n".join(["站点,时间,PM2.5,备注", *rows]), encoding="gb18030")
    found = read_file(path, Options(kind="air_hours", layer="a", every_reading=True))
    assert set(found.table["source_row"]) | set(found.superseded["source_row"]) == set(range(2, 2002))
    assert found.own["备注"].eq("甲,乙").all()
    assert found.table["pm25"].tolist() == [(at - 2) % 7 + 0.5 for at in found.table["source_row"]]


def test_a_text_that_changed_in_place_is_read_again(tmp_path):
    path = tmp_path / "a.csv"
    for value in ("1", "2"):
        path.write_text(f"断面,采样日期,氨氮\nA,2021-01-05,{value}\n", encoding="utf-8")
        assert sheet.pages_of(path)[0][0].grid[1][2] == value
