"""Reading workbooks back and holding each cell against the frame it is of, without the code that writes them."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from gis.base.columns import described
from gis.base.messages import shown

Row = Sequence[Any]
EVENTS = {
    "identified": "认定", "approved": "批准", "cleared": "清理", "supplied": "供地", "accepted": "验收",
    "disposed": "处置", "recorded": "入库", "reversed": "核减",
}  # fmt: skip
AREAS = ("area_declared_mu", "area_legal_mu", "accepted_mu", "counted_mu")
SUM = "合计"


def wrong_in_table(path: Path, frame: pd.DataFrame) -> list[str]:
    """Name each cell of the first sheet that its frame has otherwise, and of the sheet that explains its heads."""
    first, *others = openpyxl.load_workbook(path)
    wanted = [[*frame.columns], *frame.itertuples(index=False, name=None)]
    out = [*_differing(first.title, [*first.iter_rows(values_only=True)], wanted)]
    fields = [
        row
        for sheet in others
        if sheet.title in ("字段", "fields")
        for row in sheet.iter_rows(values_only=True)
    ]
    known = [described(str(name), "computed") for name in frame.columns]
    explained = [(one.name, one.zh, one.en, one.unit or None) for one in known if one.zh != one.name]
    return [*out, *_differing("fields", fields[1:], explained)]


def wrong_in_ledger(path: Path, ledger: Any) -> list[str]:
    """Name each cell of a printed ledger that its frames have otherwise: rows, subtotals, sums, lists."""
    book = openpyxl.load_workbook(path, data_only=True)
    rows = {sheet.title: [*sheet.iter_rows(values_only=True)] for sheet in book}
    out = [*_differing("台账", rows["台账"][2:], [*_register(ledger.register)], most=False)]
    zones = ledger.by_zone.rename(columns={"place": "zone_name"})
    blocks = [
        *(("按乡镇和类型", _sums(frame, across=True), title) for title, frame in ledger.by_town_and_category.items()),
        ("按乡镇", _sums(ledger.by_town), None), ("按乡镇", _sums(zones), None),
        ("按类型", _sums(ledger.by_category, across=True), None), ("按类型", _listed(ledger.areas), None),
        ("按责任单位", _sums(ledger.by_owner, across=True), None), ("重叠", _listed(ledger.overlaps), None),
        ("未计入", _listed(ledger.not_counted), None), ("超限差", _listed(ledger.out_of_tolerance), None),
        ("计入明细", _listed(ledger.detail), None),
        *([("未计入", _listed(ledger.unmatched), "没有图斑的事件")] if len(ledger.unmatched) else []),
    ]  # fmt: skip
    for sheet, wanted, title in blocks:
        found = rows[sheet]
        start = next((at for at, row in enumerate(found) if row[0] == title), len(found)) if title else 0
        heads = [*wanted[0]]
        top = next((at for at in range(start, len(found)) if [*found[at][: len(heads)]] == heads), None)
        if top is None:
            out.append(f"{sheet}: no heads {heads}")
        else:
            out += _differing(sheet, found[top:], wanted, most=False)
    return out


def _differing(name: str, found: Sequence[Row], wanted: Sequence[Row], *, most: bool = True) -> Iterator[str]:
    """Name what differs; `most`: nothing stands below."""
    if len(found) < len(wanted) or (most and len(found) > len(wanted)):
        yield f"{name}: {len(found)} rows, not {len(wanted)}"
    for at, (cells, values) in enumerate(zip(found, wanted, strict=False)):
        for cell, value in zip(cells, values, strict=False):
            if not says(cell, value):
                yield f"{name} {at}: {cell!r} is {value!r}"
        if any(cell is not None for cell in cells[len(values) :]):
            yield f"{name} {at}: more cells"


def says(cell: Any, value: Any) -> bool:
    """Tell whether a cell holds a value of a frame: numbers whole, dates, words in the language of the run."""
    if pd.isna(value) or value == "":
        return pd.isna(cell) or cell == ""
    if isinstance(cell, dt.datetime):
        return pd.to_datetime(value, errors="coerce") == cell
    if isinstance(cell, bool):
        return str(cell) == str(value)
    if isinstance(cell, int | float):
        number = pd.to_numeric(value, errors="coerce")
        return cell == pytest.approx(float(number), rel=1e-12, abs=1e-12)
    return cell == shown(value) if isinstance(value, str) else str(cell) == str(value)


def _register(rows: pd.DataFrame) -> Iterator[Row]:
    """Give the lines of the first sheet: its heads, parcels by town and category, each with its subtotal."""
    names = [*dict.fromkeys(["number", *rows.columns])]
    yield [described(name, "ledger_register").zh for name in names]
    number = 0
    for town, of_town in rows.groupby("town", sort=False):
        for category, some in of_town.groupby("category", sort=False):
            for row in some.to_dict("records"):
                number += 1
                yield [EVENTS.get(one, one) for one in ({"number": number} | row).values()]
            yield _subtotal(names, f"{category} 小计", some)
        yield _subtotal(names, f"{town} 小计", of_town)
    yield _subtotal(names, SUM, rows)


def _subtotal(names: Sequence[str], word: str, rows: pd.DataFrame) -> Row:
    return [rows[name].sum() if name in AREAS else word if at == 1 else None for at, name in enumerate(names)]


def _head(name: object) -> str:
    return described(str(name), "ledger_book").zh


def _listed(frame: pd.DataFrame) -> list[Row]:
    words = EVENTS | {"total": SUM}
    rows = [
        [words.get(one, one) if isinstance(one, str) else one for one in row]
        for row in frame.to_numpy("object")
    ]
    return [[_head(name) for name in frame.columns], *rows]


def _sums(frame: pd.DataFrame, *, across: bool = False) -> list[Row]:
    """Give the lines of sums with their total below, and behind each where years stand across."""
    values = frame.iloc[:, 1:].astype("float64")
    values = values.assign(total=values.sum(axis=1)) if across else values
    lines = [[name, *line] for name, line in zip(frame.iloc[:, 0], values.to_numpy(), strict=True)]
    return [[_head(name) for name in (frame.columns[0], *values.columns)], *lines, [SUM, *values.sum()]]
