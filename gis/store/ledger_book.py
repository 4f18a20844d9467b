"""The 台账 as a workbook to print and sign: a row a parcel, subtotals, totals as formulas, pivots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.exceptions import XlsxFileError
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from gis.base.errors import UsageError
from gis.base.messages import Message, shown
from gis.land.events import EVENT_WORDS
from gis.store.whole import atomically, writing
from gis.store.write import EXCEL_ROWS, fields_of

HEADS = {
    "number": "序号", "parcel_id": "图斑编号", "town": "乡镇", "zone": "园区", "category": "盘活类型",
    "owner_unit": "责任单位", "state": "状态", "approval_no": "批准文号", "accepted_on": "验收日期",
    "accepted_no": "验收文号", "area_declared_mu": "申报面积", "area_legal_mu": "椭球面积", "accepted_mu": "验收面积",
    "counted_mu": "计入面积", "remark": "备注",
}  # fmt: skip
WIDTHS = (6, 18, 12, 16, 16, 18, 8, 20, 12, 20, 11, 11, 11, 11, 28)
WORDS = {
    "place": "乡镇", "zone_name": "园区", "category": "盘活类型", "this_year": "本年至今", "since_begun": "规划以来",
    "year": "年度", "total": "合计", "parcel_id": "图斑编号", "other_id": "另一图斑", "area_m2": "重叠面积(m²)",
    "counted_for": "计入图斑", "event": "事件", "date": "日期", "area_mu": "面积(亩)", "document_no": "文号",
    "source": "来源", "source_row": "来源行号", "reason": "原因", "area_legal_mu": "椭球面积(亩)",
    "area_declared_mu": "申报面积(亩)", "area_document_mu": "文件面积(亩)", "difference_mu": "申报减椭球(亩)",
    "owner_unit": "责任单位",
}  # fmt: skip
AREAS = ("area_declared_mu", "area_legal_mu", "accepted_mu", "counted_mu")
SIGNED = ("制表人", "审核人", "负责人", "日期")
A3 = 8
HEAD_ROW = 2
NOTE_WIDTH, NOTE_HEIGHT = 120, 15  # characters of a line, points


@dataclass(frozen=True)
class LedgerBook:
    """What the workbook shows; areas in 亩.

    Attributes
    ----------
    title
        Of the first sheet, without 台账.
    register
        A row a parcel in the order to be printed, columns of `HEADS`.
    by_town, by_zone, by_category, by_owner
        Sums; the first column names the line.
    areas
        Legal, declared and document area by year.
    overlaps, not_counted, out_of_tolerance
        Lists of rows.
    notes
        Lines under the title: what is unsure, what is unknown.
    stamps
        Sample data, 内部资料: printed on every sheet.
    """

    title: str
    as_of: dt.date
    register: pd.DataFrame
    by_town: pd.DataFrame
    by_zone: pd.DataFrame
    by_category: pd.DataFrame
    by_owner: pd.DataFrame
    areas: pd.DataFrame
    overlaps: pd.DataFrame
    not_counted: pd.DataFrame
    out_of_tolerance: pd.DataFrame
    notes: Sequence[str] = ()
    stamps: Mapping[str, str] = field(default_factory=dict)


def write_ledger(ledger: LedgerBook, path: Path) -> None:
    """Write the workbook, whole or not at all; the cached value of a formula is the computed one.

    Raises
    ------
    UsageError
        More rows than a sheet of Excel holds.
    """
    if len(ledger.register) * 3 > EXCEL_ROWS:
        raise UsageError(
            Message(
                "{n:,} 宗地块超出一张 Excel 表",
                "{n:,} parcels do not fit into one Excel sheet",
                n=len(ledger.register),
            ),
            file=path.name,
            fix=Message("改写 .parquet 或 .csv，或按乡镇分开", "write .parquet or .csv, or a town at a time"),
        )
    atomically(path, lambda target: _write(ledger, target))


def _write(ledger: LedgerBook, target: Path) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with writing(target, XlsxFileError), xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": f"{ledger.title}台账"})
        forms = {name: book.add_format(form) for name, form in _FORMS.items()}
        _register(ledger, _sheet(book, "台账", ledger, forms, len(HEADS)), forms)
        town = _sheet(book, "按乡镇", ledger, forms, len(ledger.by_town.columns))
        row = _sums(town, ledger.by_town, HEAD_ROW, forms, across=False)
        _sums(town, ledger.by_zone.rename(columns={"place": "zone_name"}), row + 2, forms, across=False)
        kind = _sheet(book, "按类型", ledger, forms, len(ledger.by_category.columns) + 1)
        row = _sums(kind, ledger.by_category, HEAD_ROW, forms, across=True)
        _listed(kind, ledger.areas, row + 2, forms)
        owner = _sheet(book, "按责任单位", ledger, forms, len(ledger.by_owner.columns) + 1)
        _sums(owner, ledger.by_owner, HEAD_ROW, forms, across=True)
        for name, frame in (
            ("重叠", ledger.overlaps),
            ("未计入", ledger.not_counted),
            ("超限差", ledger.out_of_tolerance),
        ):
            sheet = _sheet(book, name, ledger, forms, len(frame.columns))
            _listed(sheet, frame, HEAD_ROW, forms)
        _listed(book.add_worksheet("字段"), _explained(ledger), 0, forms)


_FORMS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 18, "align": "center", "valign": "vcenter"},
    "note": {"italic": True, "text_wrap": True, "valign": "top"},
    "head": {"bold": True, "border": 1, "bg_color": "#EEF2F5", "align": "center", "text_wrap": True},
    "text": {"border": 1, "text_wrap": True, "valign": "top"},
    "date": {"border": 1, "num_format": "yyyy-mm-dd", "valign": "top"},
    "area": {"border": 1, "num_format": "#,##0.00", "valign": "top"},
    "sum": {"border": 1, "bold": True, "num_format": "#,##0.00", "bg_color": "#F7F4E8"},
    "word": {"border": 1, "bold": True, "bg_color": "#F7F4E8"},
    "sign": {"align": "left"},
}
Forms = dict[str, Any]


def _sheet(book: xlsxwriter.Workbook, name: str, ledger: LedgerBook, forms: Forms, columns: int) -> Worksheet:
    sheet = book.add_worksheet(name)
    last = max(columns - 1, 3)
    title = f"{ledger.title}台账" + ("" if name == "台账" else f"（{name}）")
    sheet.merge_range(0, 0, 0, last, title, forms["title"])
    sheet.set_row(0, 30)
    under = f"单位：亩　　截至 {ledger.as_of:%Y-%m-%d}"
    sheet.merge_range(1, 0, 1, last, "　　".join([under, *ledger.stamps.values()]), forms["sign"])
    sheet.set_landscape()
    sheet.set_paper(A3)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, HEAD_ROW)
    sheet.freeze_panes(HEAD_ROW + 1, 0)
    sheet.set_column(0, last, 16)
    sheet.set_footer("&L" + title.replace("&", "&&") + "&R第 &P 页 / 共 &N 页")
    return sheet


def _register(ledger: LedgerBook, sheet: Worksheet, forms: Forms) -> None:
    for at, (head, width) in enumerate(zip(HEADS.values(), WIDTHS, strict=True)):
        sheet.write_string(HEAD_ROW, at, head, forms["head"])
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
    for at, word in enumerate(SIGNED):
        sheet.write_string(row + 2, 1 + 3 * at, f"{word}：", forms["sign"])
    for at, note in enumerate(ledger.notes):
        text = shown(note)
        sheet.merge_range(row + 4 + at, 0, row + 4 + at, len(HEADS) - 1, text, forms["note"])
        if len(text) > NOTE_WIDTH:
            sheet.set_row(row + 4 + at, NOTE_HEIGHT * (1 + len(text) // NOTE_WIDTH))


def _parcel(sheet: Worksheet, row: int, record: Mapping[Any, Any], forms: Forms) -> None:
    for at, name in enumerate(HEADS):
        value = record[name]
        _cell(sheet, row, at, EVENT_WORDS.get(value, value) if name == "state" else value, forms)


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
        sheet.write_string(top, at, WORDS.get(name, name), forms["head"])
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


def _listed(sheet: Worksheet, frame: pd.DataFrame, top: int, forms: Forms) -> None:
    for at, name in enumerate(frame.columns):
        sheet.write_string(top, at, WORDS.get(str(name), str(name)), forms["head"])
    records: list[dict[Any, Any]] = frame.to_dict("records")
    for row, record in enumerate(records, start=top + 1):
        for at, (name, value) in enumerate(record.items()):
            _cell(sheet, row, at, _word(str(name), value), forms)


def _word(name: str, value: Any) -> Any:
    return EVENT_WORDS.get(value, value) if name == "event" else WORDS["total"] if value == "total" else value


def _cell(sheet: Worksheet, row: int, at: int, value: Any, forms: Forms) -> None:
    if pd.isna(value):
        sheet.write_blank(row, at, None, forms["text"])
    elif isinstance(value, pd.Timestamp):
        sheet.write_datetime(row, at, value.to_pydatetime(), forms["date"])
    elif isinstance(value, float):
        sheet.write_number(row, at, value, forms["area"])
    elif isinstance(value, str):
        sheet.write_string(row, at, shown(value), forms["text"])
    else:
        sheet.write_number(row, at, int(value), forms["text"])


def _explained(ledger: LedgerBook) -> pd.DataFrame:
    frames = (ledger.register, ledger.overlaps, ledger.not_counted, ledger.out_of_tolerance)
    return fields_of((str(name) for frame in frames for name in frame.columns), "parcels")
