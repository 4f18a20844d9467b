"""Workbooks as offices make them: title rows, unit rows, merged heads, totals, means and limits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from gis.sample.county import drawing

CREATED = dt.datetime(2025, 11, 3, tzinfo=dt.UTC).replace(tzinfo=None)
NOTE = "示例数据"
ID_HEADS = {"断面编码": 0, "断面名称": 1, "采样日期": 2}


class Book(xlsxwriter.Workbook):
    """A workbook whose bytes depend on its content only."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
        self.set_properties({"created": CREATED, "author": NOTE, "comments": NOTE})
        edge = {"align": "center", "valign": "vcenter", "border": 1}
        self.title = self.add_format({"bold": True, "font_size": 14, "align": "center"})
        self.head = self.add_format({**edge, "bold": True, "text_wrap": True, "bg_color": "#DDEBF7"})
        self.day = self.add_format({"num_format": "yyyy-mm-dd", "border": 1})
        self.cell = self.add_format({"border": 1})


def write_sheets(
    path: Path, sheets: Mapping[str, tuple[str, pd.DataFrame]], *, unit_row: str = "", total: str = ""
) -> None:
    """Write sheets with a merged title row and a head row each.

    Parameters
    ----------
    sheets
        Sheet name → (title, frame); the frame's columns are the heads.
    unit_row
        A text for a second row of its own, such as "单位：亩".
    total
        A column to add up in a last row "合计".
    """
    with Book(path) as book:
        for name, (title, frame) in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.merge_range(0, 0, 0, len(frame.columns) - 1, f"{title}（{NOTE}）", book.title)
            row = 1
            if unit_row:
                sheet.write_string(1, len(frame.columns) - 1, unit_row)
                row = 2
            sheet.set_column(0, len(frame.columns) - 1, 15)
            for column, head in enumerate(frame.columns):
                sheet.write_string(row, column, head, book.head)
            _rows(sheet, book, row + 1, frame)
            if total:
                last = row + 1 + len(frame)
                sheet.write_string(last, 0, "合计", book.head)
                amount = pd.to_numeric(frame[total]).sum()
                sheet.write_number(last, list(frame.columns).index(total), round(float(amount), 2), book.cell)


def write_months(path: Path, year: int, sheets: Mapping[int, pd.DataFrame]) -> None:
    """Write a year's laboratory records: a sheet a month, two-row head, mean row and limit row."""
    indicators: dict[str, dict[str, Any]] = drawing("sections.toml")["indicator"]
    with Book(path) as book:
        for month, frame in sheets.items():
            sheet = book.add_worksheet(f"{month}月")
            title = f"常熟市{year}年{month}月地表水手工监测结果（{NOTE}）"
            sheet.merge_range(0, 0, 0, len(frame.columns) - 1, title, book.title)
            sheet.set_column(0, len(frame.columns) - 1, 11)
            for column, head in enumerate(frame.columns):
                spec = indicators.get(head)
                if spec is None:
                    sheet.merge_range(1, column, 2, column, head, book.head)
                else:
                    sheet.write_string(1, column, spec["head"], book.head)
                    sheet.write_string(2, column, spec["unit"], book.head)
            _rows(sheet, book, 3, frame)
            _foot(sheet, book, 3 + len(frame), frame, indicators)


def _foot(
    sheet: Worksheet, book: Book, row: int, frame: pd.DataFrame, indicators: Mapping[str, Mapping[str, Any]]
) -> None:
    firsts = [head for head in frame.columns if head in ID_HEADS]
    for offset, label in enumerate(("平均值", "Ⅲ类标准")):
        sheet.merge_range(row + offset, 0, row + offset, len(firsts) - 1, label, book.head)
    for column, head in enumerate(frame.columns):
        if head in indicators:
            mean = pd.to_numeric(frame[head], errors="coerce").mean()
            _write(sheet, row, column, round(float(mean), 4), book.cell, book.day)
            _write(sheet, row + 1, column, indicators[head].get("third", "/"), book.cell, book.day)


def _rows(sheet: Worksheet, book: Book, first: int, frame: pd.DataFrame) -> None:
    for row, record in enumerate(frame.itertuples(index=False), start=first):
        for column, value in enumerate(record):
            _write(sheet, row, column, value, book.cell, book.day)


def _write(sheet: Worksheet, row: int, column: int, value: Any, plain: Format, day: Format) -> None:
    if value is None or pd.isna(value):
        sheet.write_blank(row, column, None, plain)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, value, day)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, plain)
    else:
        sheet.write_number(row, column, float(value), plain)
