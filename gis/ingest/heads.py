"""Heads of a file → canonical columns, with the unit that stands in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from gis.base.errors import ColumnError
from gis.base.messages import Message
from gis.base.package_files import toml_of
from gis.base.tables import TABLES
from gis.ingest.measures import begun, canonical_unit, comparable, factor, is_share, is_unit
from gis.ingest.model import Findings, Options, finding
from gis.ingest.refusals import refusal

_BRACKETS = re.compile(r"[(\[{【〔]([^()\[\]{}【】〔〕]*)[)\]}】〕]\s*$")
_OPEN = re.compile(r"[(\[{【〔]([^()\[\]{}【】〔〕]*)$")
_COUNTED_AS = re.compile(r"\(以[^()]{1,8}计\)")
_AS_ANOTHER = re.compile(r"以\s*(?:NH[34]|NO[23]|PO4|P2O5|SO4)(?!\s*-?\s*N)[^计]{0,8}计", re.IGNORECASE)
_PHYSICAL = re.compile(r"[ρc]\((.+)\)/?")
_GLUED = re.compile(
    r"(?<=[\u4e00-\u9fff)\]\d])[/,、:_]?((?:[mμµun?\ufffd]?g/(?:l|m[3?\ufffd])|[μµu]s/cm|m[sS]/m|万?个/l|毫克/升|微克/升|公顷|"
    r"平方米|平方公里|平米|亩|(?<!\d)(?:万?元|hm2|ha|km2|m2|%)))$",
    re.IGNORECASE,
)
_WORDED = re.compile(r"(.+)_([a-zμµ%/]+[23]?)", re.IGNORECASE)
_APART = re.compile(r"[,，;；、:：\s]+")
_SIGNS = re.compile(r"[\s_\-.·:*'\"()\[\]{}【】〔〕/,、\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
_IN_BRACKETS = re.compile(r"(.+?)\s*[\[【]([^\[\]【】]+)[\]】]\s*")
_RAW = "原始值"
MOST_BYTES = 10  # of a head in a .dbf
LEAST_CUT = 3
LAST = 1_000  # a name with an ending comes after all names without one
APART_FROM_ITEMS = frozenset(("lon", "lat", "wind_dir", "wind_speed"))
TIMES = frozenset(("sampled_at", "time"))
OXYGEN = "dissolved_oxygen"
NEEDED: dict[str, list[list[str]]] = {
    kind: rule.get("needed", []) for kind, rule in toml_of("catalogue/kinds.toml").items()
}


class Head(NamedTuple):
    """A head taken apart: names from the most to the least exact, unit, unrounded twin or not, a unit cut short."""

    keys: tuple[str, ...]
    unit: str | None
    raw: bool
    cut: str | None = None


class Taken(NamedTuple):
    """Where a canonical column comes from.

    `rounded` is the head to fall back on where `head` is empty, `by_row` the head of a column of units,
    `more` are heads in other units that hold the column in the rows where `head` is empty.
    """

    head: str
    unit: str | None
    how: str
    rounded: str | None = None
    by_row: str | None = None
    more: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Match:
    """Canonical column → where it comes from, the heads that also fit it, and what is to be reported."""

    columns: dict[str, Taken]
    findings: tuple[tuple[str, str], ...] = field(default=())
    others: dict[str, tuple[str, ...]] = field(default_factory=dict)


def plain(text: str) -> str:
    """Spell a head in one way: half-width, lower case, simplified, without spaces, brackets and signs."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text).lower()).translate(_simplified())


@cache
def _simplified() -> dict[int, str]:
    pairs = toml_of("catalogue/variants.toml")["traditional"]
    return str.maketrans(dict(zip(pairs[::2], pairs[1::2], strict=True)))


@cache
def take_apart(text: str) -> Head:
    """Take a head apart into name and unit.

    Examples
    --------
    >>> take_apart("PM2.5（μg/m³）").keys, take_apart("PM2.5（μg/m³）").unit
    (('pm25μgm3', 'pm25'), 'μg/m3')
    >>> take_apart("TP（以P计，mg/L）").unit
    'mg/L'
    >>> take_apart("面积(平").cut
    '平'
    """
    flat = unicodedata.normalize("NFKC", str(text)).strip()
    if _AS_ANOTHER.search(flat):
        return Head((plain(flat),), None, raw=False)
    flat = _COUNTED_AS.sub("", flat).strip()
    base, unit, cut = _parted(flat)
    if found := _PHYSICAL.fullmatch(base):
        base = found[1]
    keys = [plain(flat), plain(base)]
    raw = any(key.endswith(_RAW) for key in keys)
    keys = [key.removesuffix(_RAW) for key in keys]
    return Head(tuple(dict.fromkeys(key for key in keys if key)), unit, raw, cut)


def _parted(flat: str) -> tuple[str, str | None, str | None]:
    """Give the name, the unit and the start of a unit that was cut."""
    if found := _BRACKETS.search(flat):
        return flat[: found.start()], _unit_in(found[1]), None
    if found := _OPEN.search(flat):
        return flat[: found.start()], None, found[1].strip()
    return *_trailing(flat), None


def _trailing(flat: str) -> tuple[str, str | None]:
    """Part a unit without brackets from the name before it: 氨氮 mg/L, 氨氮mg/L, area_ha, DO%."""
    for words in (1, 2):
        parts = flat.rsplit(None, words)
        if len(parts) > words and is_unit(" ".join(parts[1:])):
            return parts[0], " ".join(parts[1:])
    if glued := _GLUED.search(flat):
        return flat[: glued.start()], glued[1]
    if (worded := _WORDED.fullmatch(flat)) and is_unit(worded[2]):
        return worded[1], worded[2]
    return (flat[:-1], "%") if flat.endswith("%") and len(flat) > 1 else (flat, None)


def _unit_in(inner: str) -> str | None:
    """Give the unit among the words in brackets, else the words as they stand."""
    words = inner.strip()
    if not words or is_unit(words):
        return words or None
    found = [word for word in _APART.split(words) if word != "无" and is_unit(word.removeprefix("单位"))]
    return found[0].removeprefix("单位") if len(found) == 1 else words


@cache
def aliases(kind: str) -> dict[str, tuple[str, int]]:
    """Give the names known for the columns of a kind: plain name → (canonical column, preference)."""
    seen = toml_of("catalogue/aliases.toml").get(kind, {})
    known: dict[str, tuple[str, int]] = {}
    for name, column in TABLES.get(kind, {}).items():
        for title in (name, column.zh, column.en):
            for key in take_apart(title).keys:
                known.setdefault(key, (name, 0))
    for name, words in seen.items():
        for at, word in enumerate(words, start=1):
            for key in take_apart(word).keys[:1]:
                known.setdefault(key, (name, at))
    known = _ended(known, kind)
    return {key: found for key, found in known.items() if found[0] != "geometry"}


def _ended(known: dict[str, tuple[str, int]], kind: str) -> dict[str, tuple[str, int]]:
    """Add the names of what is measured with the words that may end them: 氨氮浓度, PM2.5日均浓度."""
    measured = {name for name, column in TABLES.get(kind, {}).items() if column.kind == "f"}
    names = [(key, *found) for key, found in known.items() if found[0] in measured - APART_FROM_ITEMS]
    endings = toml_of("catalogue/variants.toml")["head_endings"].get(kind, ())
    ended = {key + plain(ending): (name, LAST + rank) for ending in endings for key, name, rank in names}
    return {**ended, **known}


@cache
def cut_names(kind: str) -> dict[str, str]:
    """Give what is left of the names known for a kind in a .dbf, 10 bytes of UTF-8 or GBK → column."""
    found: dict[str, set[str]] = {}
    known, seen = aliases(kind), toml_of("catalogue/aliases.toml").get(kind, {})
    spelled = [(word, name) for name, column in TABLES.get(kind, {}).items() for word in (name, column.zh)]
    for word, name in [*spelled, *((word, name) for name, words in seen.items() for word in words)]:
        for codec in ("utf-8", "gb18030"):
            whole = word.encode(codec)
            key = plain(whole[:MOST_BYTES].decode(codec, "ignore"))
            if len(whole) > MOST_BYTES and len(key) >= LEAST_CUT and key not in known and name != "geometry":
                found.setdefault(key, set()).add(name)
    return {key: next(iter(names)) for key, names in found.items() if len(names) == 1}


def recognised(text: object, kind: str) -> str | None:
    """Give the canonical column that a head stands for, or None."""
    if not isinstance(text, str):
        return None
    known, keys = aliases(kind), take_apart(text).keys
    return next((known[key][0] for key in keys if key in known), None) or (
        cut_names(kind).get(keys[0]) if keys else None
    )


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
    taken: dict[str, Taken] = _said(heads, options, file)
    findings: Findings = []
    others: dict[str, tuple[str, ...]] = {}
    found = _candidates(heads, options.kind, {one.head for one in taken.values()})
    for name, candidates in found.items():
        if name in taken:
            continue
        candidates.sort()
        best = candidates[0][-1]
        twins = [one[-1] for one in candidates if one[1]] if take_apart(best).raw else []
        unit = take_apart(best).unit or (take_apart(twins[0]).unit if twins else None)
        taken[name] = Taken(best, unit, "alias", twins[0] if twins else None)
        if take_apart(best).keys[0] in cut_names(options.kind):
            column = TABLES[options.kind].get(name)
            findings.append(finding("head_cut", head=best, zh=column.zh if column else name, name=name))
        others[name] = tuple(one[-1] for one in candidates[1:] if one[-1] not in twins[:1])
        if others[name] and name not in TIMES:
            findings.append(several(name, best, others[name]))
    checked = {name: _checked(name, one, options.kind, file, findings) for name, one in taken.items()}
    kept = {name: one for name, one in checked.items() if one is not None}
    return Match(kept, tuple(findings), others)


def _candidates(
    heads: Sequence[str], kind: str, used: set[str]
) -> dict[str, list[tuple[bool, bool, int, int, int, str]]]:
    known, cut = aliases(kind), cut_names(kind)
    found: dict[str, list[tuple[bool, bool, int, int, int, str]]] = {}
    for place, text in enumerate(heads):
        head = take_apart(text)
        at = next((at for at, key in enumerate(head.keys) if key in known), None)
        name, rank = (
            known[head.keys[at]] if at is not None else (cut.get(next(iter(head.keys), "")), len(known))
        )
        if name is None or text in used:
            continue
        exact = (at or 0) if rank else 0
        found.setdefault(name, []).append(
            (_is_strange(name, head.unit, kind), not head.raw, exact, rank, place, text)
        )
    return found


def _is_strange(name: str, unit: str | None, kind: str) -> bool:
    """Say whether a head's unit is one that its column cannot be in (溶解氧 in %)."""
    into = canonical_unit(kind, name) if name in TABLES[kind] else None
    return unit is not None and into is not None and is_unit(unit) and factor(unit, into) is None


def several(name: str, best: str, others: Sequence[str]) -> tuple[str, str]:
    """Tell which of several heads for one column was taken."""
    return finding("several_heads", name=name, best=best, zh="、".join(others), en=", ".join(others))


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
    values: dict[str, Any] = {
        "kind": kind, "zh": TABLES[kind][first].zh, "names": ", ".join(lacking), "first": first,
    }  # fmt: skip
    return refusal(ColumnError, "column_missing", file, found=_listed(heads), **values)


def nothing_measured(heads: Sequence[str], kind: str, file: str) -> ColumnError:
    """Make the error for a table of measurements in which no head is a measured thing."""
    some = next(name for name in ("nh3n", "pm25") if name in TABLES[kind])
    values: dict[str, Any] = {"kind": kind, "zh": TABLES[kind][some].zh, "some": some}
    return refusal(ColumnError, "nothing_measured", file, found=_listed(heads), **values)


def _listed(heads: Sequence[str]) -> str | Message:
    return ", ".join(head for head in heads if head) or Message("没有表头", "no heads")


def _said(heads: Sequence[str], options: Options, file: str) -> dict[str, Taken]:
    taken: dict[str, Taken] = {}
    for name, (wanted, unit) in options.columns.items():
        head, written = _among(wanted, heads), None
        if head is None and (found := _IN_BRACKETS.fullmatch(wanted)):
            head, written = _among(found[1], heads), found[2]
        if head is None:
            there = ", ".join(heads)
            raise refusal(ColumnError, "column_named_missing", file, found=there, wanted=wanted, name=name)
        taken[name] = Taken(head, unit or written or take_apart(head).unit, "said")
    return taken


def _among(wanted: str, heads: Sequence[str]) -> str | None:
    if wanted in heads:
        return wanted
    by_plain = {plain(head): head for head in reversed(heads)}
    return by_plain.get(plain(wanted)) or next(
        (one for one in heads if plain(wanted) in take_apart(one).keys), None
    )


def _checked(name: str, one: Taken, kind: str, file: str, findings: Findings) -> Taken | None:
    """Check the unit of a head; None where its column cannot be in it at all (a share of something)."""
    column = TABLES[kind].get(name)
    into = canonical_unit(kind, name) if column else None
    if into is None or column is None or column.kind not in "fi":
        return one
    head = take_apart(one.head)
    if one.unit is None:
        return one._replace(unit=begun(head.cut, into)) if head.cut else one
    if factor(one.unit, into) is not None or (name == OXYGEN and is_share(one.unit)):
        return one
    if is_share(one.unit) and one.how != "said":
        findings.append(finding("unit_not_read", head=one.head, unit=one.unit, into=into))
        return None
    if is_unit(one.unit) or "/" in one.unit or one.how == "said":
        units = ", ".join(comparable(into)) or "–"
        wanted: dict[str, Any] = {"zh": into or "无量纲数", "en": into or "a number without unit"}
        about: dict[str, Any] = {"unit": one.unit, "head": one.head, "units": units}
        raise refusal(ColumnError, "unit_not_converted", file, found=one.unit, **about, **wanted)
    if head.keys[0] not in aliases(kind):
        findings.append(finding("unit_assumed", head=one.head, unit=one.unit))
    return one._replace(unit=None)
