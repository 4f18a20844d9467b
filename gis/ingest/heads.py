"""Heads of a file → canonical columns, with the unit that stands in them."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from gis.base.errors import ColumnError
from gis.base.tables import TABLES
from gis.ingest.measures import canonical_unit, comparable, factor, is_unit
from gis.ingest.model import Options

_BRACKETS = re.compile(r"[(\[{【〔]([^()\[\]{}【】〔〕]*)[)\]}】〕]\s*$")
_COUNTED_AS = re.compile(r"\(以[^()]{1,8}计\)")
_GLUED = re.compile(
    r"(?<=[\u4e00-\u9fff)\]])[/,、:]?((?:[mμµun]?g/(?:l|m3)|[μµu]s/cm|m[sS]/m|万?个/l|毫克/升|微克/升|公顷|平方米|亩|万?元|hm2|m2))$",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[\s_\-.·:*'\"()\[\]{}【】〔〕/,、]+")
_TITLE_UNITS = re.compile(r"单位:\s*([^()\s]+)")
_RAW = "原始值"
TIMES = frozenset(("sampled_at", "time"))
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "ledger_events": (("parcel_id",), ("event",)),
    "farmland_cases": (),
    "sections": (("section_id", "name"),),
    "samples": (("section", "section_id"), ("sampled_at", "_month")),
    "outfalls": (("outfall_id", "name"),),
    "stations": (("station_id", "name"),),
    "air_hours": (("station_id", "station"), ("time", "_day")),
    "air_days": (("station_id", "station"), ("date",)),
    "tax": (("payer_id", "payer"), ("year",), ("tax_yuan",)),
    "statistics": (("indicator",), ("year",), ("value",)),
    "actions": (("kind",),),
    "water_bank": (("kind",), ("area_m2",)),
    "boundaries": (("name", "place_code"),),
}


class Head(NamedTuple):
    """A head taken apart: its names from the most to the least exact, its unit, unrounded twin or not."""

    keys: tuple[str, ...]
    unit: str | None
    raw: bool


class Taken(NamedTuple):
    """Where a canonical column comes from; `rounded` is the head to fall back on where `head` is empty."""

    head: str
    unit: str | None
    how: str
    rounded: str | None = None


@dataclass(frozen=True)
class Match:
    """Canonical column → where it comes from, the heads that also fit it, and what is to be reported."""

    columns: dict[str, Taken]
    findings: tuple[tuple[str, str], ...] = field(default=())
    others: dict[str, tuple[str, ...]] = field(default_factory=dict)


def plain(text: str) -> str:
    """Spell a head in one way: half-width, lower case, without spaces, brackets and signs."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text).lower())


@cache
def take_apart(text: str) -> Head:
    """Take a head apart into name and unit.

    Examples
    --------
    >>> take_apart("PM2.5（μg/m³）")
    Head(keys=('pm25μgm3', 'pm25'), unit='μg/m3', raw=False)
    """
    flat = _COUNTED_AS.sub("", unicodedata.normalize("NFKC", str(text))).strip()
    unit, base = None, flat
    if found := _BRACKETS.search(flat):
        base, unit = flat[: found.start()], found[1].strip() or None
    elif len(parts := flat.rsplit(None, 1)) > 1 and is_unit(parts[1]):
        base, unit = parts
    elif glued := _GLUED.search(flat):
        base, unit = flat[: glued.start()], glued[1]
    keys = [plain(flat), plain(base)]
    raw = any(key.endswith(_RAW) for key in keys)
    keys = [key.removesuffix(_RAW) for key in keys]
    return Head(tuple(dict.fromkeys(key for key in keys if key)), unit, raw)


@cache
def aliases(kind: str) -> dict[str, tuple[str, int]]:
    """Give the names known for the columns of a kind: plain name → (canonical column, preference)."""
    text = files("gis.catalogue").joinpath("aliases.toml").read_text(encoding="utf-8")
    seen: dict[str, list[str]] = tomllib.loads(text).get(kind, {})
    known: dict[str, tuple[str, int]] = {}
    for name, column in TABLES.get(kind, {}).items():
        for title in (name, column.zh, column.en):
            for key in take_apart(title).keys:
                known.setdefault(key, (name, 0))
    for name, words in seen.items():
        for at, word in enumerate(words, start=1):
            for key in take_apart(word).keys[:1]:
                known.setdefault(key, (name, at))
    return {key: found for key, found in known.items() if found[0] != "geometry"}


def recognised(text: object, kind: str) -> str | None:
    """Give the canonical column that a head stands for, or None."""
    if not isinstance(text, str):
        return None
    known = aliases(kind)
    return next((known[key][0] for key in take_apart(text).keys if key in known), None)


def match(heads: Sequence[str], options: Options, file: str = "") -> Match:
    """Find the canonical column of each head.

    Parameters
    ----------
    heads
        The heads of the file, in order.
    options
        `kind` selects the names known; `columns` says otherwise for single columns and wins.
    file
        The name of the file for the messages.

    Returns
    -------
    match
        Each canonical column once. Of several heads for one column the better known name wins, then
        the first in the file; the others stay own columns and are reported.

    Raises
    ------
    ColumnError
        A head named in `columns` is not there, or a unit cannot be converted.
    """
    taken, findings = _said(heads, options, file), []
    others: dict[str, tuple[str, ...]] = {}
    found = _candidates(heads, options.kind, {one.head for one in taken.values()})
    for name, candidates in found.items():
        if name in taken:
            continue
        candidates.sort()
        best = candidates[0][-1]
        twins = [one[-1] for one in candidates if one[0]] if take_apart(best).raw else []
        unit = take_apart(best).unit or (take_apart(twins[0]).unit if twins else None)
        taken[name] = Taken(best, unit, "alias", twins[0] if twins else None)
        others[name] = tuple(one[-1] for one in candidates[1:] if one[-1] not in twins[:1])
        if others[name] and name not in TIMES:
            findings.append(several(name, best, others[name]))
    checked = {name: _checked(name, one, options.kind, file, findings) for name, one in taken.items()}
    return Match(checked, tuple(findings), others)


def _candidates(
    heads: Sequence[str], kind: str, used: set[str]
) -> dict[str, list[tuple[bool, int, int, int, str]]]:
    known = aliases(kind)
    found: dict[str, list[tuple[bool, int, int, int, str]]] = {}
    for place, text in enumerate(heads):
        head = take_apart(text)
        for exact, key in enumerate(head.keys):
            if key in known and text not in used:
                name, rank = known[key]
                found.setdefault(name, []).append((not head.raw, exact if rank else 0, rank, place, text))
                break
    return found


def several(name: str, best: str, others: Sequence[str]) -> tuple[str, str]:
    """Tell which of several heads for one column was taken."""
    message = f"{name}: 采用“{best}”，未用 {'、'.join(others)} · took {best}, not {', '.join(others)}"
    return "several_heads", message


def missing(match_: Match, kind: str, given: Sequence[str] = ()) -> list[str]:
    """List the needed columns that neither a head nor `given` (constants, a date found) supplies."""
    have = {*match_.columns, *given}
    return [
        " | ".join(one for one in group if not one.startswith("_"))
        for group in NEEDED.get(kind, ())
        if not have & set(group)
    ]


def refuse_missing(lacking: Sequence[str], heads: Sequence[str], kind: str, file: str) -> ColumnError:
    """Make the error for needed columns that were not recognised; it lists the heads that are there."""
    first = lacking[0].split(" | ")[0]
    title = TABLES[kind][first].zh
    return ColumnError(
        f"no column was recognised as {', '.join(lacking)} ({title}) of {kind}",
        file=file,
        found=", ".join(head for head in heads if head) or "no heads",
        fix=f'--column {first}=HEAD, or in the catalogue  fields = {{ {first} = "HEAD" }};'
        " --head-row N where the heads stand in another row",
    )


def nothing_measured(heads: Sequence[str], kind: str, file: str) -> ColumnError:
    """Make the error for a table of measurements in which no head is a measured thing."""
    some = next(name for name in ("nh3n", "pm25") if name in TABLES[kind])
    return ColumnError(
        f"no head was recognised as something measured ({TABLES[kind][some].zh} …) in {kind}",
        file=file,
        found=", ".join(head for head in heads if head) or "no heads",
        fix=f"--column {some}=HEAD; a table with places, hours or months as heads must first be brought to one row"
        " for each place and time (Excel: 逆透视), with a column for each indicator, or the columns 指标 and 数值",
    )


def units_from(title: str, match_: Match, kind: str) -> Match:
    """Give columns whose heads have no unit the one that the title states (单位：万元、亩), and tell it.

    A unit of the title counts for a column where it alone of them converts into the column's unit.
    """
    words = [word for found in _TITLE_UNITS.findall(unicodedata.normalize("NFKC", title))
             for word in re.split(r"[、,;]", found) if is_unit(word)]  # fmt: skip
    columns, findings = dict(match_.columns), list(match_.findings)
    for name, one in match_.columns.items():
        into = canonical_unit(kind, name) if name in TABLES[kind] and TABLES[kind][name].kind == "f" else None
        fit = [word for word in words if into and factor(word, into) is not None]
        if one.unit is None and len(fit) == 1:
            columns[name] = one._replace(unit=fit[0])
            assumed = f"“{one.head}”没有单位"
            findings = [finding for finding in findings if not finding[1].startswith(assumed)]
            message = f"“{one.head}”的单位 {fit[0]} 取自标题 · the unit of {one.head}, {fit[0]}, comes from the title"
            findings.append(("unit_from_title", message))
    return Match(columns, tuple(findings), match_.others)


def _said(heads: Sequence[str], options: Options, file: str) -> dict[str, Taken]:
    taken: dict[str, Taken] = {}
    by_plain = {plain(head): head for head in reversed(heads)}
    for name, (wanted, unit) in options.columns.items():
        head = wanted if wanted in heads else by_plain.get(plain(wanted))
        if head is None:
            head = next((one for one in heads if plain(wanted) in take_apart(one).keys), None)
        if head is None:
            raise ColumnError(
                f'has no column "{wanted}", which was named for {name}',
                file=file,
                found=", ".join(heads),
                fix=f"--column {name}=HEAD with one of the heads found",
            )
        taken[name] = Taken(head, unit or take_apart(head).unit, "said")
    return taken


def _checked(name: str, one: Taken, kind: str, file: str, findings: list[tuple[str, str]]) -> Taken:
    column = TABLES[kind].get(name)
    into = canonical_unit(kind, name) if column else None
    if into is None or column is None or column.kind not in "fi":
        return one
    if one.unit is None:
        if into and name.endswith(("_mu", "_m2", "_yuan")):
            message = (
                f"“{one.head}”没有单位，按{into}读取 · {one.head} has no unit and is taken to be in {into}"
            )
            findings.append(("unit_assumed", message))
        return one
    if factor(one.unit, into) is not None:
        return one
    if is_unit(one.unit) or "/" in one.unit or one.how == "said":
        raise ColumnError(
            f'the unit "{one.unit}" of "{one.head}" does not convert to {into or "a number without unit"}',
            file=file,
            found=one.unit,
            fix=f"one of {', '.join(comparable(into)) or 'none'}; or mend the head in the file",
        )
    message = (
        f"“{one.head}”括号内不是单位，按{into or '无量纲'}读取"
        f" · {one.unit} is not a unit, {one.head} is taken to be in {into or 'no unit'}"
    )
    findings.append(("unit_assumed", message))
    return one._replace(unit=None)
