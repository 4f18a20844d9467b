"""The unit of each column of a part: where it is written, what the ground and the size say, else a question."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from gis.base.messages import listed
from gis.base.tables import TABLES
from gis.ingest.area_units import areas
from gis.ingest.heads import Match, Taken, plain, recognised, take_apart
from gis.ingest.measured_units import air, money, water
from gis.ingest.measures import canonical_unit, factor, is_unit, plain_unit
from gis.ingest.model import Findings, Options, Raw, finding
from gis.ingest.official import official
from gis.ingest.unit_questions import Place, shown_unit
from gis.ingest.values import is_blank, is_missing

_SAID = re.compile(r"单位(?:均?为|是|[:为]|\s)\s*([^()\s。]+)")
_BRACKETED = re.compile(r"\(([^()]+)\)")
_BETWEEN = re.compile(r"[、,;/]|\s+")
UNIT_HEADS = frozenset(map(plain, ("单位", "计量单位", "面积单位", "单位名称", "数量单位", "unit", "units")))


def with_units(raw: Raw, match: Match, options: Options, file: str) -> Match:
    """Settle the unit of every column of numbers.

    Parameters
    ----------
    raw
        Shape (n,); its title and notes may state units, its polygons are what areas are compared with.
    match
        From `gis.ingest.heads.match`: the units that stand in heads.
    options
        A unit named in `columns` goes before everything, an answer before a question.

    Returns
    -------
    match
        Columns with their units: of the head, a column of units, the title, the official name, the
        ground, the size; findings say which was not written in the head.

    Raises
    ------
    Question
        Two units are possible and give different numbers.
    """
    place = Place(raw, options, file, tuple(map(str, raw.frame.columns)))
    findings = list(match.findings)
    columns = _by_row(raw, match, options.kind, findings)
    columns = _merged(raw, replace(match, columns=columns), findings)
    columns = _from_title(raw, columns, options.kind, findings)
    columns = {name: _official(name, column, options.kind, findings) for name, column in columns.items()}
    for settled in (areas, money, air, water):
        columns = settled(place, columns, findings)
    return Match(columns, tuple(findings), match.others)


def _converts(word: str, name: str, kind: str) -> bool:
    """Say whether a column holds numbers and a unit is one that they may be in."""
    into = canonical_unit(kind, name) if name in TABLES[kind] and TABLES[kind][name].kind == "f" else None
    return bool(into) and factor(word, into) is not None


def _by_row(raw: Raw, match: Match, kind: str, findings: Findings) -> dict[str, Taken]:
    """Give columns without a unit the column of units beside them."""
    used = {column.head for column in match.columns.values()}
    beside = [
        head for head in map(str, raw.frame.columns)
        if plain(head) in UNIT_HEADS and head not in used and recognised(head, kind) is None
        and (words := _unit_words(raw.frame[head])) and all(map(is_unit, words))
    ]  # fmt: skip
    columns = dict(match.columns)
    for head in beside:
        words = _unit_words(raw.frame[head])
        for name, column in columns.items():
            if column.unit is None and all(_converts(word, name, kind) for word in words):
                columns[name] = column._replace(by_row=head, how="unit_column")
                findings.append(finding("unit_by_row", head=column.head, unit=head, words=listed(words)))
    return columns


def _unit_words(cells: pd.Series) -> list[str]:
    return list(dict.fromkeys(str(cell).strip() for cell in cells.unique() if not is_missing(cell)))


def _merged(raw: Raw, match: Match, findings: Findings) -> dict[str, Taken]:
    """Take further heads of a column, in other units, for the rows where the first is empty."""
    columns = dict(match.columns)
    for name, others in match.others.items():
        column = columns.get(name)
        if column is None or column.unit is None or column.rounded is not None:
            continue
        base = take_apart(column.head).keys[-1]
        same = [(head, unit) for head in others
                if (unit := take_apart(head).unit) and take_apart(head).keys[-1] == base
                and factor(unit, column.unit) is not None]  # fmt: skip
        heads = [column.head, *(head for head, _ in same)]
        if (
            same
            and len(same) == len(others)
            and (raw.frame[heads].map(is_blank).sum(axis=1) >= len(same)).all()
        ):
            columns[name] = column._replace(more=tuple(same))
            findings[:] = [noted for noted in findings if not _names_several(noted, name, column.head)]
            findings.append(finding("unit_by_row.merged", name=name, heads=listed(heads)))
    return columns


def _names_several(noted: tuple[str, str], name: str, head: str) -> bool:
    return noted[0] == "several_heads" and f"{name}：" in noted[1] and head in noted[1]


def _from_title(raw: Raw, columns: Mapping[str, Taken], kind: str, findings: Findings) -> dict[str, Taken]:
    """Give columns without a unit the one that title or notes state, where it alone of them fits."""
    notes = " ".join(str(text) for text in raw.rejects["text"] if isinstance(text, str) and "单位" in text)
    words = _stated(f"{raw.title} {notes}")
    out = dict(columns)
    for name, column in columns.items():
        fit = [word for word in words if _converts(word, name, kind)]
        if column.unit is None and column.by_row is None and len({plain_unit(word) for word in fit}) == 1:
            out[name] = column._replace(unit=fit[0], how="title")
            findings.append(finding("unit_from_title", head=column.head, unit=fit[0]))
    return out


def _stated(text: str) -> list[str]:
    flat = unicodedata.normalize("NFKC", text)
    pieces = [*_SAID.findall(flat), *_BRACKETED.findall(flat)]
    words = [word for piece in pieces for word in (piece, *_BETWEEN.split(piece))]
    words = [word.removeprefix("单位").strip(":为 ") for word in words]
    return list(dict.fromkeys(word for word in words if word not in ("", "无", "度") and is_unit(word)))


def _official(name: str, column: Taken, kind: str, findings: Findings) -> Taken:
    """Give a column the unit of its official name (TBMJ: m²)."""
    known = official(column.head)
    if column.unit is not None or column.by_row or known is None or known.unit is None:
        return column
    if not _converts(known.unit, name, kind):
        return column
    named = {"meaning": known.meaning, "table": known.table, "unit": shown_unit(known.unit)}
    findings.append(finding("unit_official", head=column.head, **named))
    return column._replace(unit=known.unit, how="official")
