"""One raw part of a file → rows of its canonical table, cell by cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from gis.base.messages import Message, listed, restored
from gis.base.tables import TABLES, empty
from gis.ingest.amounts import Mark, amounts
from gis.ingest.blank_down import lent
from gis.ingest.heads import NEEDED, Match, Taken
from gis.ingest.model import Options, Raw, finding
from gis.ingest.named_items import named_items
from gis.ingest.nothing_codes import CODE, STAND_IN, readings
from gis.ingest.phrases import TEXTS, phrase
from gis.ingest.questions import ask, question
from gis.ingest.sheet_shape import set_aside
from gis.ingest.times import FIRST_DAY, times
from gis.ingest.titles import date_in, place_in, water_kind_in
from gis.ingest.unlikely_dates import believable
from gis.ingest.values import chosen, is_missing, number, texts, words

X_ITEMS = "x_items"
WORD_LISTS = {"published_class": "water_class", "target_class": "water_class"}
SECTION = frozenset(("section", "section_id"))
STATION = frozenset(("station", "station_id"))
AIR = ("air_hours", "air_days")
BY_YEAR = frozenset(("tax", "statistics", "yearly_targets"))
PARTS_OF_A_RECORD, NEVER = {"samples": 2, "air_days": 3}, 4
COMMA = re.compile(r"\d{1,4},\d{1,4}")  # 8,2: thousands are read as such before
MARKS_TOLD = {"suspect": "suspect_cells", "above_range": "above_range", "flagged": "flagged_cells"}
METHOD_WORDS = re.compile("自动|在线|手工|人工")
MUST_BE_KNOWN = frozenset((("ledger_events", "event"), ("water_bank", "kind")))
LISTS_OF_ALL = frozenset(("bool", "water_class", "line_type", "water_kind", "method"))
FIXES = TEXTS.parts("fixes", day=FIRST_DAY)


@dataclass
class Rows:
    """Canonical columns of one raw part on its index, and what reading the cells showed."""

    columns: dict[str, pd.Series] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    bad: dict[str, tuple[pd.Series, Message]] = field(default_factory=dict)
    odd: dict[str, pd.Series] = field(default_factory=dict)
    findings: list[tuple[str, str]] = field(default_factory=list)


def canonical(raw: Raw, match: Match, options: Options) -> Rows:
    """Read every taken column of a raw part.

    Parameters
    ----------
    raw
        Shape (n,).
    match
        Where each canonical column comes from.
    options
        `constants` fill columns that are absent and cells that are empty.

    Returns
    -------
    rows
        Columns on the index of `raw.frame`, in the canonical units; marks for samples.
    """
    rows = Rows()
    raw, findings = lent(raw, match, options.kind)
    rows.findings += findings
    for name, taken in match.columns.items():
        if name.startswith("_"):
            continue
        cells, _ = _cells(raw.frame, taken)
        kind = TABLES[options.kind][name].kind
        if kind in "fi":
            _number(rows, name, taken, raw, options, _stations(raw, match, options))
        elif kind in "dt":
            _time(rows, name, raw, match, options)
        elif kind == "b":
            _word(rows, name, cells, "bool", options)
            rows.columns[name] = rows.columns[name].map({"true": True, "false": False}).astype("boolean")
        elif words(name, options.kind):
            _word(rows, name, cells, name, options)
        else:
            _text(rows, name, cells)
    for name, instead in (("time", "_day"), ("sampled_at", "_month")):
        if name in TABLES[options.kind] and name not in match.columns and instead in match.columns:
            _time(rows, name, raw, match, options)
    _from_title(rows, raw, options)
    for name, value in options.constants.items():
        have = rows.columns.get(name)
        fill = pd.Series([value] * len(raw.frame), index=raw.frame.index, dtype="object")
        rows.columns[name] = fill if have is None else have.astype("object").where(have.notna(), fill)
    return rows


def faults(rows: Rows, raw: Raw, options: Options, source: str) -> pd.DataFrame:
    """Give the rejects: rows without a cell that they need or with a date that cannot be.

    Returns
    -------
    rejects
        One row each, the first reason; index of `raw.frame` in the column `at`.
    """
    reasons = _reasons(rows, options.kind, raw.frame.index)
    bad = reasons[reasons["reason"].notna()]
    if bad.empty:
        return empty("rejects").assign(at=pd.Series(dtype="int64"))
    own = pd.DataFrame(raw.frame.loc[bad.index]).drop(columns="geometry", errors="ignore")
    columns = {name: bad[name].to_numpy() for name in bad.columns}
    at = {"source_row": raw.rows.loc[bad.index].to_numpy(), "at": bad.index}
    return set_aside(own, (source, options.layer), **at, **columns)


def _reasons(rows: Rows, kind: str, index: pd.Index) -> pd.DataFrame:
    reasons = pd.DataFrame(index=index, columns=["field", "text", "reason", "fix"], dtype="object")
    for group in NEEDED.get(kind, ()):
        have = np.zeros(len(index), dtype=bool)
        for name in group:
            if name in rows.columns:
                have |= rows.columns[name].notna().to_numpy()
        name = next((one for one in group if one in rows.columns), group[0])
        lacking = ~have & reasons["reason"].isna().to_numpy()
        if not lacking.any():
            continue
        title = TABLES[kind][name]
        cells, fix = rows.bad.get(name, (pd.Series(None, index=index, dtype="object"), FIXES["key"]))
        found = cells[lacking].map(lambda cell: None if is_missing(cell) else str(cell))
        written = found.notna().to_numpy()
        reasons.loc[lacking, "field"] = name
        reasons.loc[lacking, "text"] = found.to_numpy()
        reasons.loc[lacking, "reason"] = np.where(
            written,
            Message("{zh}读不懂", "{en} is not understood", zh=title.zh, en=title.en).stored,
            Message("{zh}为空", "{en} is empty", zh=title.zh, en=title.en).stored,
        )
        reasons.loc[lacking, "fix"] = np.where(written, fix.stored, FIXES["key"].stored)
    for name, odd in rows.odd.items():
        title, late = TABLES[kind][name], odd.to_numpy() & reasons["reason"].isna().to_numpy()
        reasons.loc[late, "field"] = name
        reasons.loc[late, "text"] = rows.columns[name][late].astype(str).to_numpy()
        odd_reason = Message("{zh}不合理", "{en} is not plausible", zh=title.zh, en=title.en)
        reasons.loc[late, "reason"] = odd_reason.stored
        reasons.loc[late, "fix"] = FIXES["odd"].stored
    return reasons


def _cells(frame: pd.DataFrame, taken: Taken) -> tuple[pd.Series, pd.Series | None]:
    """Give the cells of a column, and the unit of each where it is not one for all."""
    cells = frame[taken.head].astype("object")
    units = frame[taken.by_row].astype("object") if taken.by_row else None
    if taken.rounded is not None:
        cells = cells.where(~_blank(cells), frame[taken.rounded].astype("object"))
    for head, unit in taken.more:
        other = frame[head].astype("object")
        here = _blank(cells) & ~_blank(other)
        units = pd.Series(taken.unit, index=cells.index, dtype="object") if units is None else units
        cells, units = cells.where(~here, other), units.where(~here, unit)
    return cells, units


def _blank(cells: pd.Series) -> pd.Series:
    return cells.isna() | (cells.astype(str).str.strip() == "")


def _stations(raw: Raw, match: Match, options: Options) -> pd.Series | None:
    """Give the cells that name the station of each record of air."""
    heads = [match.columns[name].head for name in ("station_id", "station") if name in match.columns]
    return raw.frame[heads[0]] if options.kind in AIR and heads else None


def _number(
    rows: Rows, name: str, taken: Taken, raw: Raw, options: Options, stations: pd.Series | None
) -> None:
    cells, units = _cells(raw.frame, taken)
    if name in WORD_LISTS:
        _word(rows, name, cells, WORD_LISTS[name], options)
        rows.columns[name] = pd.to_numeric(rows.columns[name], errors="coerce").astype("Int64")
        return
    real = readings(cells, stations) if options.kind in AIR else np.zeros(len(cells), dtype=bool)
    read = amounts(name, cells.mask(real, STAND_IN) if real.any() else cells, taken, options.kind, units)
    if (commas := _with_comma(read.marks)) and _asked_comma(taken.head, commas, raw, options) == "decimal":
        cells = cells.map(lambda cell: cell.replace(",", ".") if COMMA.fullmatch(str(cell).strip()) else cell)
        read = amounts(name, cells, taken, options.kind, units)
    found = np.where(real, read.found * CODE / STAND_IN, read.found)
    rows.columns[name] = pd.Series(found, index=cells.index)
    for mark, code in MARKS_TOLD.items():
        if marked := [one for one in read.marks if one.mark == mark]:
            first, row = marked[0], raw.rows.iloc[marked[0].at]
            about = {"head": taken.head, "n": len(marked), "text": first.text, "row": row}
            rows.findings.append(finding(code, reason=restored(first.reason), **about))
    if any(one.mark == "suspect" for one in read.marks):
        rows.bad[name] = (cells, FIXES["number"])
    above = [one for one in read.marks if one.mark == "above_range"]
    if above and options.kind in AIR and _asked_above(taken.head, above, raw, options) == "empty":
        rows.columns[name] = rows.columns[name].mask(cells.index.isin(cells.index[[one.at for one in above]]))
    if len(read.converted):
        example = cells.iloc[read.converted[0]]
        rows.findings.append(finding("unit_in_cell", head=taken.head, n=len(read.converted), example=example))
    if options.kind == "samples":
        rows.marks += read.marks


def _with_comma(marks: Sequence[Mark]) -> list[Mark]:
    """Give the cells written 8,2 where no other cell of the column is odd."""
    odd = [one for one in marks if one.mark == "suspect"]
    return odd if odd and all(COMMA.fullmatch(one.text.strip()) for one in odd) else []


def _asked_comma(head: str, commas: list[Mark], raw: Raw, options: Options) -> str:
    """Ask what a comma between digits is, where thousands it cannot part."""
    shown = [f"第 {raw.rows.iloc[one.at]} 行 {one.text}" for one in commas[:2]]
    example = commas[0].text.strip()
    numbers = {"n": len(commas), "example": example, "point": example.replace(",", ".")}
    asked = question("comma", {"decimal": shown}, head=head, **numbers)
    return ask(options, "comma", *asked, file=raw.path.name, heads=raw.frame.columns)


def _asked_above(head: str, above: list[Mark], raw: Raw, options: Options) -> str:
    """Ask what becomes of readings of air above their range: an index of them would be a lower bound."""
    shown = [f"第 {raw.rows.iloc[one.at]} 行 {head} {one.text}" for one in above[:2]]
    what, choices = question("above_range_of_air", {"empty": shown}, head=head, n=len(above))
    bounds = all(np.isfinite(number(one.text).value) for one in above)
    choices = choices if bounds else choices[:1]
    return ask(options, f"above:{head}", what, choices, file=raw.path.name, heads=raw.frame.columns)


def marks(rows: Rows, raw: Raw, source: str) -> pd.DataFrame:
    """List the cells of samples that are no plain numbers, columns of `sample_marks`, index of `raw.frame`."""
    at = [one.at for one in rows.marks]
    listed = pd.DataFrame(rows.marks, columns=list(Mark._fields), index=raw.frame.index[at])
    return listed.assign(source=source, source_row=raw.rows.iloc[at].to_numpy()).drop(columns="at")


def _time(rows: Rows, name: str, raw: Raw, match: Match, options: Options) -> None:
    read = times(name, raw, match, options.kind)
    rows.columns[name], told = believable(read.found, name, raw, options)
    rows.findings += [*read.findings, *told]
    if read.wrong.any():
        rows.bad[name] = (read.cells, FIXES["year" if read.yearless else "time"])
    if read.odd.any():
        rows.odd[name] = read.odd


def _word(rows: Rows, name: str, cells: pd.Series, words_of: str, options: Options) -> None:
    if name == "method":
        cells = cells.map(_method, na_action="ignore")
    stored, strange = chosen(cells, words_of, options.kind)
    must = (options.kind, name) in MUST_BE_KNOWN or words_of in LISTS_OF_ALL
    if strange.any():
        said = listed(dict.fromkeys(map(str, cells[strange])), most=5)
        outcome = Message("按空值", "taken as empty") if must else Message("照录", "kept as found")
        code = "suspect_cells.words" if must and name != "published_class" else "unknown_words"
        rows.findings.append(finding(code, name=name, said=said, outcome=outcome))
        rows.bad[name] = (cells, _words_known(words(words_of, options.kind)))
    rows.columns[name] = stored.where(~strange, None) if must else stored


def _method(cell: object) -> object:
    """Take a word of automatic stations or of samples by hand out of a longer one: 水站自动监测."""
    found = {"自动" if word in ("自动", "在线") else "手工" for word in METHOD_WORDS.findall(str(cell))}
    return found.pop() if len(found) == 1 else cell


def _words_known(known: Mapping[str, str]) -> Message:
    """Name a word of each meaning first: that of an office in Chinese, the code in English."""
    spoken = dict.fromkeys(next((word for word, code in known.items() if code == one and word != one), one)
                           for one in dict.fromkeys(known.values()))  # fmt: skip
    return phrase("write_known_word", spoken=listed(spoken), codes=listed(dict.fromkeys(known.values())))


def _text(rows: Rows, name: str, cells: pd.Series) -> None:
    rows.columns[name], told = named_items(cells) if name == X_ITEMS else (texts(cells), [])
    rows.findings += told


def _from_title(rows: Rows, raw: Raw, options: Options) -> None:
    _place_from_title(rows, raw, options)
    _water_kind_from_title(rows, raw, options)
    if raw.date is None:
        return
    index = raw.frame.index
    name = {"samples": "sampled_at", "air_days": "date"}.get(options.kind)
    if name and name not in rows.columns and raw.date_parts >= PARTS_OF_A_RECORD[options.kind]:
        rows.columns[name] = pd.Series(pd.Timestamp(raw.date).as_unit("us"), index=index)
        said = raw.date.isoformat()[: (0, 4, 7, 10)[raw.date_parts]]
        rows.findings.append(finding("date_elsewhere", said=said))
    if options.kind in BY_YEAR and "year" not in rows.columns:
        rows.columns["year"] = pd.Series(raw.date.year, index=index)
        rows.findings.append(finding("date_elsewhere.year", said=raw.date.year))
    if options.kind == "sections" and "valid_from" not in rows.columns and raw.date_parts == 1:
        year = raw.date.year
        rows.columns["valid_from"] = pd.Series(pd.Timestamp(year, 1, 1).as_unit("us"), index=index)
        rows.columns["valid_to"] = pd.Series(pd.Timestamp(year, 12, 31).as_unit("us"), index=index)
        rows.findings.append(finding("date_elsewhere.sections", said=year))


def _water_kind_from_title(rows: Rows, raw: Raw, options: Options) -> None:
    if options.kind != "samples" or "water_kind" in rows.columns:
        return
    kind = water_kind_in(raw.title, raw.part, raw.path.stem)
    if kind is None:
        return
    rows.columns["water_kind"] = pd.Series(kind, index=raw.frame.index, dtype="object")
    said = Message("河流", "rivers") if kind == "river" else Message("湖库", "lakes")
    rows.findings.append(finding("water_kind_elsewhere", said=said))


def _place_from_title(rows: Rows, raw: Raw, options: Options) -> None:
    index = raw.frame.index
    if options.kind == "samples" and not SECTION & rows.columns.keys() and (section := section_of(raw)):
        rows.columns["section"] = pd.Series(section, index=index, dtype="object")
        rows.findings.append(finding("section_elsewhere", said=section))
    if options.kind in AIR and not STATION & rows.columns.keys():
        titled = place_in(raw.title, raw.part, raw.path.stem, options.kind)
        named = raw.part if raw.part and not raw.part.lower().startswith("sheet") else raw.path.stem
        station = titled or named
        rows.columns["station"] = pd.Series(station, index=index, dtype="object")
        rows.findings.append(finding("station_elsewhere", said=station))


def section_of(raw: Raw) -> str | None:
    """Give the name of a sheet that is of one section: it stands in the title too and is no date."""
    return (
        raw.part if raw.part and raw.part in raw.title and date_in(raw.part) == (None, None, None) else None
    )


def given(raw: Raw, options: Options) -> list[str]:
    """List the canonical columns that constants, a title or a name supply."""
    names: list[Any] = list(options.constants)
    names += ["section"] if options.kind == "samples" and section_of(raw) else []
    names += ["station"] if options.kind in AIR else []
    if raw.date is not None:
        names += ["year"] if options.kind in BY_YEAR else []
        dated = raw.date_parts >= PARTS_OF_A_RECORD.get(options.kind, NEVER)
        names += [{"samples": "sampled_at", "air_days": "date"}[options.kind]] if dated else []
    return names
