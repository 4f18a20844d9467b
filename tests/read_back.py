"""Reading the tables of a page back and holding each number against the frame it is of, without the page's code."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
from unpacked import specs, unpack

from gis.base.tables import TABLES

MEANINGS: dict[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("meanings.toml").read_text(encoding="utf-8")
)
TABLE = re.compile(r'<table id="([^"]+)"><thead><tr>(.*?)</tr></thead><tbody>(.*?)</tbody>', re.DOTALL)
NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]\d+)?")
BELOW = re.compile(r"< ?[\d.]+")
MISSING = {"", "–"}
OF_ROUNDING = "各行所示之和"  # the sum of the lines of a table as they are shown


@dataclass(frozen=True)
class Shown:
    """A table as it stands in a page: Chinese heads, which of them stand flush right, and its cells."""

    id: str
    heads: tuple[str, ...]
    right: frozenset[str]
    rows: list[dict[str, str]]


def tables_of(page: str) -> Iterator[Shown]:
    """Give the tables of a page; a head that stands twice has `'` behind it the second time."""
    for id_, head, body in TABLE.findall(page):
        cells = re.findall(r'<th scope="col"( class="r")?>(.*?)</th>', head)
        names: list[str] = []
        for _, words in cells:
            told = _text(words)
            names.append(told + "'" * sum(name.rstrip("'") == told for name in names))
        rows = [
            re.findall(r"<td(?: class=\"r\")?>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", body)
        ]
        yield Shown(
            id_,
            tuple(names),
            frozenset(name for name, (right, _) in zip(names, cells, strict=True) if right),
            [dict(zip(names, map(_text, row), strict=True)) for row in rows if len(row) == len(names)],
        )


def layers_of(page: str) -> Iterator[Shown]:
    """Give the tables that a workspace draws of its packed layers: what a reader sees in each, in Chinese."""
    for spec in specs(page):
        if not spec.get("listed"):
            continue
        told = unpack(spec["packed"])
        names = {"t": spec["head"][0], **{f"v{at}": head[0] for at, head in enumerate(spec["fields"])}}
        names |= {"f": "来源", "r": "行"}
        shown = {name: head for name, head in names.items() if name in told["columns"]}
        cells = {
            head: [_shown(value, told["digits"].get(name)) for value in told["columns"][name]]
            for name, head in shown.items()
        }
        yield Shown(
            spec["id"],
            tuple(shown.values()),
            frozenset(head for name, head in shown.items() if name in told["digits"]),
            [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)],
        )


def _shown(value: Any, digits: int | None) -> str:
    if isinstance(value, list):
        value = value[0]
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return ""
    if digits is None:
        return str(value).strip()
    return f"{value:,.{digits}f}" if digits else str(int(value))


def meaning_of(table: str) -> dict[str, Any] | None:
    """Give what a table says, found by its id or by the part before the last dash."""
    return MEANINGS.get(table) or MEANINGS.get(f"{table.rpartition('-')[0]}-*") or GENERIC.get(table)


def _generic() -> dict[str, dict[str, Any]]:
    """Give what the table of a layer of the catalogue says that has no page of its own: its columns as they are."""
    kinds = {
        "control_lines": ("control_areas", "growth_boundary", "basic_farmland", "red_lines"),
        "farmland_cases": ("farmland_cases",),
        "outfalls": ("outfalls",),
        "features": ("air_demo_area",),
        "actions": ("action_points", "action_lines", "action_areas", "action_list"),
    }
    return {
        layer: {
            "frame": kind,
            "where": f"layer == '{layer}'",
            "columns": {
                column.zh: f"{name} #" for name, column in TABLES[kind].items() if column.kind in "if"
            }
            | {"行": "source_row #"},
        }
        for kind, layers in kinds.items()
        for layer in layers
    }


GENERIC = _generic()


def faults(shown: Shown, frames: Mapping[str, pd.DataFrame], towns: list[str]) -> list[str]:
    """Name each row of a table that no row of its frame has, and each row of the frame that is not there."""
    meaning = meaning_of(shown.id)
    if meaning is None or meaning["frame"] not in frames:
        return []
    beside = [fault for other in meaning.get("beside", []) for fault in _beside(shown, other, frames)]
    if not meaning["columns"]:
        return beside
    rows = _rows(meaning, frames[meaning["frame"]], shown.id.rpartition("-")[2], towns)
    wanted = {head: told for head, told in meaning["columns"].items() if head in shown.heads}
    out, plain = [], [head for head, told in wanted.items() if not told.startswith("~") and " " not in told]
    kept: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        kept.setdefault(tuple(_plain(row.get(wanted[head])) for head in plain), []).append(row)
    for cells in shown.rows:
        if next(iter(cells.values())).startswith(OF_ROUNDING):
            continue
        if meaning.get("known") and not cells[meaning["known"]]:
            continue
        left = kept.get(tuple("" if cells[head] in MISSING else cells[head] for head in plain), [])
        agreeing = (
            at
            for at, row in enumerate(left)
            if all(_agrees(cells[head], row, told) for head, told in wanted.items())
        )
        found = next(agreeing, None)
        if found is None:
            out.append(f"{shown.id}: {cells}")
        else:
            left.pop(found)
    lacking = [row for left in kept.values() for row in left]
    return beside + out + ([] if meaning.get("least") else [f"{shown.id} lacks {row}" for row in lacking])


def _plain(value: Any) -> str:
    text = "" if value is None or bool(pd.isna(value)) else _written(value).strip()
    return "" if text in MISSING else text


def columns_of(table: str) -> set[str]:
    """Give the heads of a table that are read back."""
    meaning = meaning_of(table) or {}
    return {
        *meaning.get("columns", {}),
        *(head for one in meaning.get("beside", []) for head in one["columns"]),
    }


def _beside(shown: Shown, meaning: dict[str, Any], frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """Name each row that agrees with no row of a second frame, which many rows may share."""
    if meaning["frame"] not in frames:
        return []
    rows = _rows(meaning, frames[meaning["frame"]], "", [])
    wanted = {head: told for head, told in meaning["columns"].items() if head in shown.heads}
    return [
        f"{shown.id}: {cells}"
        for cells in shown.rows
        if not all(cells[head] in MISSING for head in wanted)
        and not any(all(_agrees(cells[head], row, told) for head, told in wanted.items()) for row in rows)
    ]


def _rows(meaning: dict[str, Any], frame: pd.DataFrame, tail: str, towns: list[str]) -> list[dict[str, Any]]:
    where = meaning.get("where", "").format(tail=tail, towns=towns)
    kept = frame.query(where, engine="python") if where else frame
    if by := meaning.get("sums", "").split():
        names = [told.split()[0].lstrip("~") for told in meaning["columns"].values() if "#" in told]
        kept = kept.groupby(by, dropna=False)[names].sum(min_count=1).reset_index()
    return [{str(name): value for name, value in row.items()} for row in kept.to_dict("records")]


def _agrees(cell: str, row: dict[str, Any], told: str) -> bool:
    name, _, kind = told.partition(" ")
    value = row.get(name.lstrip("~"))
    missing = value is None or bool(pd.isna(value))
    if kind and BELOW.fullmatch(cell):
        return missing or float(cell[1:]) >= float(value)
    if kind.startswith("#"):
        numbers = NUMBER.findall(cell) if name.startswith("~") else NUMBER.fullmatch(cell) and [cell]
        if missing or not numbers:
            return bool(missing and cell in MISSING)
        near = kind.endswith("%")
        per = float(kind[1:].rstrip("%") or 1)
        return any(_is_number(one, float(value) / per, near=near) for one in numbers)
    text = "" if missing else _period(str(value)) if kind == "words" else _written(value)
    return text in cell if name.startswith("~") else cell == text or (not text and cell in MISSING)


def _is_number(shown: str, value: float, *, near: bool) -> bool:
    """Tell whether a number is shown rounded as it stands; `near`: to four significant digits."""
    mantissa, _, power = shown.replace(",", "").partition("e")
    step = 10.0 ** (int(power or 0) - len(mantissa.partition(".")[2]))
    least = 0.5 * step * (1 + 1e-9)
    return abs(float(shown.replace(",", "")) - value) <= (max(least, abs(value) * 5e-4) if near else least)


def _written(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    text = str(value)
    if isinstance(value, float) and value.is_integer():
        text = str(int(value))
    return text[:10] if re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", text) else text


def _period(period: str) -> str:
    year, kind, rest = period[:4], period[4:5], period[5:]
    words = {
        "": "{y}年",
        "M": "{y}年{n}月",
        "C": "{y}年1–{n}月累计",
        "Q": "{y}年{n}季度",
        "W": "{y}年第{n}周",
        "H": "{y}年半年",
    }
    return words[kind].format(y=year, n=int(rest or 0))


def _text(html: str) -> str:
    """Give the Chinese words of a cell."""
    chinese = re.sub(r'<span class="en"[^>]*>.*?</span>', "", html)
    return unescape(re.sub(r"<[^>]+>", "", chinese.replace("<br>", " "))).replace("\u2212", "-").strip()
