"""The 台账 as a workbook to print and sign: a row a parcel, subtotals, totals as formulas, pivots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from gis.base.columns import described, titles
from gis.base.errors import UsageError
from gis.land.events import EVENT_WORDS
from gis.store import printed
from gis.store.phrases import refusal
from gis.store.printed import HEAD_ROW, Forms, Heading, Listing, cell, places_to_sign, workbook
from gis.store.whole import atomically
from gis.store.write import EXCEL_ROWS, fields_of

HEADS = (
    "number", "parcel_id", "name", "town", "zone", "category", "owner_unit", "state", "approved_on", "approval_no",
    "accepted_on", "accepted_no", "recorded_on", "filing_no", "area_declared_mu", "area_legal_mu", "accepted_mu",
    "counted_mu", "remark",
)  # fmt: skip
WIDTHS = (6, 18, 24, 12, 16, 16, 18, 8, 12, 20, 12, 20, 12, 20, 11, 11, 11, 11, 24)
AREAS = ("area_declared_mu", "area_legal_mu", "accepted_mu", "counted_mu")


@dataclass(frozen=True)
class LedgerBook:
    """What the workbook shows; areas in 亩.

    Attributes
    ----------
    title
        Of the first sheet, without 台账.
    register
        A row a parcel in the order to be printed, columns of `HEADS`.
    rule
        By which event it counts, and whose rule that is.
    by_town_and_category
        Sums of towns and categories by the title of their block, this year's first.
    by_town, by_zone, by_category, by_owner
        Sums; the first column names the line.
    areas
        Legal, declared and document area by year.
    overlaps, not_counted, out_of_tolerance
        Lists of rows.
    unmatched
        Events that would count and have no parcel: year, event, n, area_mu.
    detail
        What each event counts; they add to the total, and a later reading of the workbook takes them.
    notes
        Lines of the sheet 说明: the answer, what is unsure, how files were read.
    stamps
        Sample data, 内部资料: printed on every sheet.
    basis
        The sheet of what the numbers rest on.
    """

    title: str
    as_of: dt.date
    rule: str
    register: pd.DataFrame
    by_town_and_category: Mapping[str, pd.DataFrame]
    by_town: pd.DataFrame
    by_zone: pd.DataFrame
    by_category: pd.DataFrame
    by_owner: pd.DataFrame
    areas: pd.DataFrame
    overlaps: pd.DataFrame
    not_counted: pd.DataFrame
    unmatched: pd.DataFrame
    out_of_tolerance: pd.DataFrame
    detail: pd.DataFrame
    notes: Sequence[str] = ()
    stamps: Mapping[str, str] = field(default_factory=dict)
    basis: Listing | None = None


def write_ledger(ledger: LedgerBook, path: Path) -> None:
    """Write the workbook, whole or not at all; the cached value of a formula is the computed one.

    Raises
    ------
    UsageError
        More rows than a sheet of Excel holds.
    """
    if len(ledger.register) * 3 > EXCEL_ROWS:
        raise refusal(UsageError, "too_many_parcels", path.name, n=len(ledger.register))
    atomically(path, lambda target: _write(ledger, target))


def _write(ledger: LedgerBook, target: Path) -> None:
    with workbook(target, f"{ledger.title}台账") as (book, forms):
        _register(ledger, _sheet(book, "台账", ledger, forms, len(HEADS)), forms)
        _blocks(ledger, book, forms)
        town = _sheet(book, "按乡镇", ledger, forms, len(ledger.by_town.columns))
        row = _sums(town, ledger.by_town, HEAD_ROW, forms, across=False)
        _sums(town, ledger.by_zone.rename(columns={"place": "zone_name"}), row + 2, forms, across=False)
        kind = _sheet(book, "按类型", ledger, forms, len(ledger.by_category.columns) + 1)
        row = _sums(kind, ledger.by_category, HEAD_ROW, forms, across=True)
        _listed(kind, ledger.areas, row + 2, forms)
        owner = _sheet(book, "按责任单位", ledger, forms, len(ledger.by_owner.columns) + 1)
        _sums(owner, ledger.by_owner, HEAD_ROW, forms, across=True)
        _lists(ledger, book, forms)
        printed.plain_sheet(book, Listing("字段", _explained(ledger)), forms)
        if ledger.basis is not None:
            printed.plain_sheet(book, ledger.basis, forms)


def _blocks(ledger: LedgerBook, book: xlsxwriter.Workbook, forms: Forms) -> None:
    """Write towns × categories, a block a year, this year's on top."""
    width = max(len(frame.columns) for frame in ledger.by_town_and_category.values()) + 1
    sheet, row = _sheet(book, "按乡镇和类型", ledger, forms, width), HEAD_ROW
    for title, frame in ledger.by_town_and_category.items():
        sheet.write_string(row, 0, title, forms["word"])
        row = _sums(sheet, frame, row + 1, forms, across=True) + 2


def _lists(ledger: LedgerBook, book: xlsxwriter.Workbook, forms: Forms) -> None:
    lists = {
        "重叠": ledger.overlaps, "未计入": ledger.not_counted, "超限差": ledger.out_of_tolerance,
        "计入明细": ledger.detail,
    }  # fmt: skip
    for name, frame in lists.items():
        sheet = _sheet(book, name, ledger, forms, len(frame.columns))
        row = _listed(sheet, frame, HEAD_ROW, forms)
        if name == "未计入" and len(ledger.unmatched):
            sheet.write_string(row + 2, 0, "没有图斑的事件", forms["word"])
            _listed(sheet, ledger.unmatched, row + 3, forms)
    title = f"{ledger.title}台账（说明）"
    printed.noted(book, Heading(title, "　　".join(ledger.stamps.values())), ledger.notes, forms)


def _sheet(book: xlsxwriter.Workbook, name: str, ledger: LedgerBook, forms: Forms, columns: int) -> Worksheet:
    title = f"{ledger.title}台账" + ("" if name == "台账" else f"（{name}）")
    under = f"单位：亩　　截至 {ledger.as_of:%Y-%m-%d}　　计入规则：{ledger.rule}"
    return printed.sheet_of(
        book, name, Heading(title, "　　".join([under, *ledger.stamps.values()])), forms, columns
    )


def _register(ledger: LedgerBook, sheet: Worksheet, forms: Forms) -> None:
    for at, (name, width) in enumerate(zip(HEADS, WIDTHS, strict=True)):
        sheet.write_string(HEAD_ROW, at, described(name, "ledger_register").zh, forms["head"])
        sheet.set_column(at, at, width)
    row, number = HEAD_ROW + 1, 0
    for town, of_town in ledger.register.groupby("town", sort=False):
        first = row
        for category, some in of_town.groupby("category", sort=False):
            begin = row
            for record in some.to_dict("records"):
                number += 1
                _parcel(sheet, row, {"number": number, **record}, forms)
                row += 1
            _subtotal(sheet, row, (begin, row - 1), f"{category} 小计", some, forms)
            row += 1
        _subtotal(sheet, row, (first, row - 1), f"{town} 小计", of_town, forms)
        row += 1
    _subtotal(sheet, row, (HEAD_ROW + 1, max(row - 1, HEAD_ROW + 1)), "合计", ledger.register, forms)
    places_to_sign(sheet, row + 2, forms)


def _parcel(sheet: Worksheet, row: int, record: Mapping[Any, Any], forms: Forms) -> None:
    for at, name in enumerate(HEADS):
        value = record[name]
        cell(sheet, row, at, EVENT_WORDS.get(value, value) if name == "state" else value, forms)


def _subtotal(
    sheet: Worksheet, row: int, rows: tuple[int, int], word: str, some: pd.DataFrame, forms: Forms
) -> None:
    for at, name in enumerate(HEADS):
        if name in AREAS:
            column = xl_col_to_name(at)
            formula = f"=SUBTOTAL(9,{column}{rows[0] + 1}:{column}{rows[1] + 1})"
            sheet.write_formula(row, at, formula, forms["sum"], float(some[name].sum()))
        else:
            sheet.write_string(row, at, word if at == 1 else "", forms["word"])


def _sums(sheet: Worksheet, frame: pd.DataFrame, top: int, forms: Forms, *, across: bool) -> int:
    """Write lines and their total below, and behind each line where years stand across; the last row."""
    names = [str(name) for name in frame.columns]
    heads = [*names, *(["total"] if across else [])]
    for at, name in enumerate(heads):
        sheet.write_string(top, at, _head(name), forms["head"])
    last, width = top + len(frame), len(names) - 1
    values = frame[names[1:]].to_numpy(dtype="float64")
    for row, line in enumerate(values, start=top + 1):
        sheet.write_string(row, 0, str(frame.iloc[row - top - 1, 0]), forms["text"])
        for at, value in enumerate(line, start=1):
            sheet.write_number(row, at, value, forms["area"])
        if across:
            total = f"=SUM(B{row + 1}:{xl_col_to_name(width)}{row + 1})"
            sheet.write_formula(row, width + 1, total, forms["sum"], float(line.sum()))
    sheet.write_string(last + 1, 0, "合计", forms["word"])
    columns = [*values.sum(axis=0), *([values.sum()] if across else [])]
    for at, value in enumerate(columns, start=1):
        column = xl_col_to_name(at)
        total = f"=SUM({column}{top + 2}:{column}{last + 1})" if len(frame) else "=0"
        sheet.write_formula(last + 1, at, total, forms["sum"], float(value))
    return last + 1


def _listed(sheet: Worksheet, frame: pd.DataFrame, top: int, forms: Forms) -> int:
    """Write rows under their heads; the last row."""
    for at, name in enumerate(frame.columns):
        sheet.write_string(top, at, _head(name), forms["head"])
    records: list[dict[Any, Any]] = frame.to_dict("records")
    for row, record in enumerate(records, start=top + 1):
        for at, (name, value) in enumerate(record.items()):
            cell(sheet, row, at, _word(str(name), value), forms)
    return top + len(records)


def _word(name: str, value: Any) -> Any:
    return EVENT_WORDS.get(value, value) if name == "event" else _head(value) if value == "total" else value


def _head(name: object) -> str:
    return described(str(name), "ledger_book").zh


def _explained(ledger: LedgerBook) -> pd.DataFrame:
    frames = (ledger.register, ledger.overlaps, ledger.not_counted, ledger.out_of_tolerance, ledger.detail)
    told = fields_of((str(name) for frame in frames for name in frame.columns), "parcels")
    return told.rename(columns=titles("fields", "zh"))
