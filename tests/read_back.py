"""Reading the tables of a page back and holding each cell against the frame it is of, without the page's code."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
from unpacked import specs, unpack

from gis import standards
from gis.base.columns import SHOWN, described
from gis.base.messages import parts
from gis.base.stored_words import words_of

MEANINGS: dict[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("meanings.toml").read_text(encoding="utf-8")
)
LIST = re.compile(r'<(dl class="facts-list"|div class="now") id="([^"]+)">(.*?)</(?:dl|section)>', re.DOTALL)
FACT = re.compile(r'<(?:dt|p class="k")>(.*?)</(?:dt|p)><(?:dd|p class="v")>(.*?)</(?:dd|p)>', re.DOTALL)
TABLE = re.compile(r'<table id="([^"]+)"><thead><tr>(.*?)</tr></thead><tbody>(.*?)</tbody>', re.DOTALL)
NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]\d+)?")
BELOW = re.compile(r"< ?[\d.]+")
MISSING = {"", "–"}
OF_ROUNDING = "各行所示之和"  # the sum of the lines of a table as they are shown
PER = {"%": "0.01", "w": "10000"}
SEPARATED = re.compile(r"[；;、,\s]+")
EXACT = (
    "year",
    "plan_year",
    "source_row",
    "source",
    "name",
    "station",
    "section",
    "line_name",
    "document_no",
)
LINES = {
    "red_line": "生态保护红线", "basic_farmland": "永久基本农田", "growth_boundary": "城镇开发边界",
    "control_area": "生态空间管控区域",
}  # fmt: skip


class Cell(str):
    """A cell in Chinese, with its English beside it: a run writes its tables in one of them."""

    en: str

    def __new__(cls, zh: str, en: str) -> "Cell":
        made = super().__new__(cls, zh)
        made.en = en
        return made


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


def lists_of(page: str) -> Iterator[Shown]:
    """Give the lists of facts of a page, each as a table of one row."""
    for _, id_, body in LIST.findall(page):
        told = {str(_text(head)): _text(value) for head, value in FACT.findall(body)}
        yield Shown(unescape(id_), tuple(told), frozenset(), [told] if told else [])


def layers_of(page: str) -> Iterator[Shown]:
    """Give the tables that a workspace draws of its packed layers: what a reader sees in each, in Chinese."""
    for spec in specs(page):
        if not spec.get("listed"):
            continue
        told = unpack(spec["packed"])
        names = {"t": spec["head"][0], **{f"v{at}": head[0] for at, head in enumerate(spec["fields"])}}
        names |= {"f": described("source").zh, "r": described("source_row").zh}
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
        return Cell(*map(str, value[:2]))
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return ""
    if digits is None:
        return str(value).strip()
    return f"{value:,.{digits}f}" if digits else str(int(value))


def meaning_of(table: str) -> dict[str, Any] | None:
    """Give what a table says, found by its id or by the part before its last or its first dash."""
    tails = (table, f"{table.rpartition('-')[0]}-*", f"{table.partition('-')[0]}-*")
    return next((MEANINGS[one] for one in tails if one in MEANINGS), GENERIC.get(table))


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
        layer: {"frame": kind, "where": f"layer == '{layer}'"}
        for kind, layers in kinds.items()
        for layer in layers
    }


GENERIC = _generic()


def wanted(shown: Shown, meaning: Mapping[str, Any], frame: pd.DataFrame) -> dict[str, str]:
    """Give how the cells below each head are read: by its description, or as the meaning of the table says.

    Heads are found among the descriptions of the columns of the frame, so that a cell is held against the very
    column that its head names.
    """
    table, own = meaning.get("table", meaning["frame"]), meaning.get("columns", {})
    names = [*map(str, own), *SHOWN.get(table, {}), *map(str, frame.columns)]
    by_head: dict[str, str] = {}
    for name in names:
        told = described(name, table)
        by_head.setdefault(told.head[0], name)
        by_head.setdefault(told.zh, name)
    out = {}
    for head in shown.heads:
        name = by_head.get(head, head)
        rule = own.get(head, own.get(name, _by_default(name, table) if name in frame.columns else ""))
        if rule:
            out[head] = rule
    return out


def _by_default(name: str, table: str) -> str:
    column = described(name, table)
    if name in ("period", "edition"):
        return f"{name} {name}"
    if column.kind in "if" and name not in ("year", "plan_year", "source_row"):
        return f"{name} #{PER.get(column.show[1:], '')}"
    if words_of(name, table) or name == "line_type":
        return f"{name} code:{table}"
    if column.kind == "b":
        return f"{name} yes"
    exact = column.kind in "dt" or name.endswith("_id") or name in EXACT
    return name if exact else f"{name} note"


def faults(shown: Shown, frames: Mapping[str, pd.DataFrame], towns: Mapping[str, str]) -> list[str]:
    """Name each row of a table that no row of its frame has, and each row of the frame that is not there."""
    meaning = meaning_of(shown.id)
    if meaning is None or meaning["frame"] not in frames:
        return []
    shown = _whole(shown, meaning)
    beside = [fault for other in meaning.get("beside", []) for fault in _beside(shown, other, frames)]
    if meaning.get("only_beside"):
        return beside
    frame = frames[meaning["frame"]]
    tail = (
        shown.id.partition("-")[2]
        if meaning.keys() & {"whole_tail", "facts"}
        else shown.id.rpartition("-")[2]
    )
    rows, told = _rows(meaning, frame, tail, towns), wanted(shown, meaning, frame)
    plain = {head: rule.partition(" ") for head, rule in told.items() if _is_exact(rule)}
    kept: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        key = tuple(_plain(row.get(name), kind, name, towns) for name, _, kind in plain.values())
        kept.setdefault(key, []).append(row)
    out = []
    known = meaning.get("known")
    for cells in shown.rows:
        if next(iter(cells.values())).startswith(OF_ROUNDING):
            continue
        if known and not cells[described(known, meaning.get("table", meaning["frame"])).head[0]]:
            continue
        left = kept.get(tuple("" if cells[head] in MISSING else cells[head] for head in plain), [])
        agreeing = (
            at
            for at, row in enumerate(left)
            if all(_agrees(cells[head], row, rule, towns) for head, rule in told.items())
        )
        found = next(agreeing, None)
        if found is None:
            out.append(f"{shown.id}: {cells}")
        else:
            left.pop(found)
    lacking = [row for left in kept.values() for row in left]
    return beside + out + ([] if meaning.get("least") else [f"{shown.id} lacks {row}" for row in lacking])


def _whole(shown: Shown, meaning: Mapping[str, Any]) -> Shown:
    """Give a list of facts with those that are left out, as empty cells: a fact may lack only where it is missing."""
    names = meaning.get("facts", "").split()
    heads = [described(name, meaning.get("table", meaning["frame"])).head[0] for name in names]
    rows = [dict.fromkeys(heads, Cell("", "")) | row for row in shown.rows]
    return replace(shown, heads=tuple(dict.fromkeys([*shown.heads, *heads])), rows=rows)


def _is_exact(rule: str) -> bool:
    return not rule.startswith("~") and "#" not in rule and not rule.endswith(" note")


def _plain(value: Any, kind: str, name: str, towns: Mapping[str, str]) -> str:
    text = "" if value is None or bool(pd.isna(value)) else _in_words(value, kind, name, towns).strip()
    return "" if text in MISSING else text


def columns_of(shown: Shown, frames: Mapping[str, pd.DataFrame]) -> set[str]:
    """Give the heads of a table that are read back."""
    meaning = meaning_of(shown.id)
    if meaning is None or meaning["frame"] not in frames:
        return set()
    many = [*meaning.get("beside", []), *([] if meaning.get("only_beside") else [meaning])]
    return {head for one in many for head in wanted(shown, one, frames[one["frame"]])}


def _beside(shown: Shown, meaning: dict[str, Any], frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """Name each row that agrees with no row of a second frame, which many rows may share."""
    if meaning["frame"] not in frames:
        return []
    rows = _rows(meaning, frames[meaning["frame"]], "", {})
    told = wanted(shown, meaning, frames[meaning["frame"]])
    return [
        f"{shown.id}: {cells}"
        for cells in shown.rows
        if not all(cells[head] in MISSING for head in told)
        and not any(all(_agrees(cells[head], row, rule, {}) for head, rule in told.items()) for row in rows)
    ]


def _rows(
    meaning: dict[str, Any], frame: pd.DataFrame, tail: str, towns: Mapping[str, str]
) -> list[dict[str, Any]]:
    where = meaning.get("where", "").format(tail=tail, towns=list(towns))
    kept = frame.query(where, engine="python") if where else frame
    if by := meaning.get("sums", "").split():
        names = [name for name in kept.select_dtypes("number") if name not in by]
        kept = kept.groupby(by, dropna=False)[names].sum(min_count=1).reset_index()
    return [{str(name): value for name, value in row.items()} for row in kept.to_dict("records")]


def _agrees(cell: str, row: dict[str, Any], told: str, towns: Mapping[str, str]) -> bool:
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
    text = "" if missing else _in_words(value, kind, name.lstrip("~"), towns)
    if name.startswith("~"):
        return text in cell
    either = {SEPARATED.sub("", one) for one in (cell, getattr(cell, "en", cell))}
    return (not text and cell in MISSING) or SEPARATED.sub("", text) in either


def _in_words(value: Any, kind: str, name: str, towns: Mapping[str, str]) -> str:
    """Write a value as a page does, by what kind of value it is."""
    kind, _, table = kind.partition(":")
    if kind == "code":
        known = {code: zh for code, (zh, _) in words_of(name, table).items()} | LINES | {**towns}
        return known.get(str(value), str(value))
    if kind == "note":
        return "；".join(one.zh for one in parts(towns.get(str(value), _written(value))))
    return KINDS.get(kind, _written)(value)


def _editions(value: Any) -> str:
    ids = [one for one in re.split(r"[\s+、,;；]+", str(value)) if one]
    return "、".join(dict.fromkeys(_standards().get(one, one) for one in ids))


@cache
def _standards() -> dict[str, str]:
    return {one.id: one.name.zh for one in standards.load().all}


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


def _text(html: str) -> Cell:
    """Give the words of a cell."""
    plain = re.sub(r'<span class="tag quiet">.*?</span></span>', "", html)
    told = [re.sub(rf'<span class="{other}"[^>]*>.*?</span>', "", plain) for other in ("en", "zh")]
    return Cell(*(
        unescape(re.sub(r"<[^>]+>", "", one.replace("<br>", " "))).replace("\u2212", "-").strip() for one in told
    ))  # fmt: skip


KINDS = {
    "period": lambda value: _period(str(value)),
    "edition": _editions,
    "item": lambda value: described(str(value), "samples").zh,
    "class": lambda value: ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ")[int(value) - 1],
    "yes": lambda value: "是" if str(value) in ("True", "1", "1.0") else "否",
}
