"""An office's yearly table (年度目标任务分解表): its indicators, goals, places and timetables as targets.

Names of indicators and units are data (`target_names.toml`); a row that cannot be a target says why.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import pandas as pd

from gis.base.figures import Indicator, indicator, indicators
from gis.base.messages import Message, listed
from gis.base.package_files import toml_of
from gis.base.plan_words import comparator, known_bounds, pledge_before
from gis.base.units import UNIT_WORDS, to_m2, to_mu, unit_words
from gis.catalogue.model import Catalogue, County, Goal, Plan, Words, YearlyTarget
from gis.catalogue.phrases import TEXTS, phrase
from gis.catalogue.timetable import DUE, number_in, timetable

TABLE = "yearly_targets"
COUNTY_WORDS = frozenset(("全市", "全县", "全区", "市级", "县级", "市本级", "本级", "全域"))
COUNTED_UNITS = ("", "个", "件", "条", "户", "项", "座", "处")
SIGNS = {"≥": ">=", ">=": ">=", "≧": ">=", ">": ">", "≤": "<=", "<=": "<=", "≦": "<=", "<": "<", "=": "="}
TEN_THOUSAND = "万"
NAMES_SHOWN = 6
_SIGN = re.compile(r"(≥|>=|≧|≤|<=|≦|>|<|=)")
_PART_OF = re.compile(r"^其中[:,、]?")
_APART = re.compile(r"[\s_\-.·:*'\"()\[\]{}【】〔〕“”/,、]+")


class Refused(NamedTuple):
    """Why a row is no target: its column, what stands there, the reason and what to write."""

    field: str
    text: str | None
    reason: Message
    fix: Message


class Asked(NamedTuple):
    """What a cell of a goal asks for: number, comparator and the word of it, the unit in the cell."""

    value: float
    comparator: str | None = None
    bound: str = ""
    unit: str = ""


def yearly_target(
    row: Mapping[str, Any], due: Mapping[int, Any], catalogue: Catalogue
) -> YearlyTarget | Refused:
    """Read one row of a yearly table.

    Parameters
    ----------
    row
        Columns of the canonical table `yearly_targets`; missing is null.
    due
        Month → cell of the timetable as written: sums so far, parts that add up to the goal, or %.

    Returns
    -------
    target
        Or why the row is none: unknown indicator or town, a goal that is no number, another unit, a
        timetable that does not lead to the goal.
    """
    word, name = named(_text(row["indicator"]))
    if name is None:
        return _unknown_indicator(_text(row["indicator"]))
    place = place_of(_text(row["town"]), catalogue.county)
    if place is None:
        return _unknown_town(_text(row["town"]), catalogue.county)
    asked = goal_in(_text(row["goal"]))
    if asked is None:
        return _refused("goal_no_number", "goal", _text(row["goal"]))
    goal = _in_unit(asked, _text(row["unit"]), indicator(name), name)
    if isinstance(goal, Refused):
        return goal
    dates = timetable(due, asked.value, sums=indicator(name).nature == "count")
    if dates is None:
        return _no_path(due, asked.value)
    times = goal.value / asked.value if asked.value else 1.0
    due_in_unit = {month: value * times for month, value in dates.items()}
    return _target(row, name, place, goal, due_in_unit, _plan(row, word, asked), catalogue)


def with_yearly_targets(catalogue: Catalogue, table: pd.DataFrame | None, last_year: int) -> Catalogue:
    """Put the targets of yearly tables behind those of the catalogue.

    Parameters
    ----------
    table
        Canonical table `yearly_targets`, checked: every row is a target, its timetable as written in due_01 … due_12.
    last_year
        Targets of later years are left out.
    """
    if table is None or not len(table):
        return catalogue
    made = []
    for row in table[table["year"] <= last_year].to_dict("records"):
        cells = {month: row[column] for month, column in DUE.items() if not pd.isna(row[column])}
        found = yearly_target({str(name): value for name, value in row.items()}, cells, catalogue)
        if isinstance(found, YearlyTarget):
            made.append(found)
    return catalogue.model_copy(update={"targets": (*catalogue.targets, *made)})


def named(text: str) -> tuple[str, str | None]:
    """Part the plan's word from the name of an indicator and find it: 力争盘活存量建设用地.

    Returns
    -------
    word, indicator
        The indicator is None where the name is not known.
    """
    flat = _flat(text)
    word = pledge_before(flat)
    return word, _names().get(_plain(flat)) or _names().get(_plain(flat.removeprefix(word)))


def _flat(text: str) -> str:
    return _PART_OF.sub("", unicodedata.normalize("NFKC", text).strip())


def place_of(text: str, county: County) -> str | None:
    """Give the code of a town, a zone or the county; empty is the county, None is not known."""
    flat = _flat(text)
    if flat in ("", county.name.zh, county.adcode, *COUNTY_WORDS):
        return county.adcode
    for place in (*county.towns, *county.zones):
        if flat in (place.code, place.name.zh, *place.aliases):
            return place.code
    return None


def goal_in(text: str) -> Asked | None:
    """Read the cell of a goal: 8500, ≥85%, 85%以上, 低于35, 1万; None where it is not one number.

    Examples
    --------
    >>> goal_in("≥85%"), goal_in("低于35")
    (Asked(value=85.0, comparator='>=', bound='', unit='%'), Asked(value=35.0, comparator='<', bound='低于', unit=''))
    """
    flat = "".join(unicodedata.normalize("NFKC", text).split())
    sign = _SIGN.match(flat)
    said = SIGNS[sign[1]] if sign else None
    flat = flat[sign.end() :] if sign else flat
    bound = max((one for one in known_bounds() if one in flat), key=len, default="")
    value, rest = number_in(flat.replace(bound, "", 1) if bound else flat)
    if value is None or any(sign.isdigit() for sign in rest):
        return None
    return Asked(value, said or comparator(bound), bound, rest)


def _names_in_file() -> dict[str, Any]:
    return toml_of("catalogue/target_names.toml")


@cache
def _names() -> dict[str, str]:
    """Give every name of an indicator, spelled in one way."""
    known = {_plain(one): one for one in indicators() if "*" not in one}
    known |= {_plain(one.title["zh"]): one.id for one in indicators().values() if "*" not in one.id}
    for name, spec in _names_in_file().items():
        if name != "units":
            known |= dict.fromkeys(map(_plain, (name, *spec["names"])), name)
    return known


@cache
def _usual() -> dict[str, str]:
    return {name: spec["comparator"] for name, spec in _names_in_file().items() if "comparator" in spec}


@cache
def _units() -> dict[str, str]:
    known = _names_in_file()["units"]
    return {_plain_unit(word): unit for unit, words in known.items() for word in (unit, *words)}


def _in_unit(asked: Asked, written: str, measured: Indicator, name: str) -> Goal | Refused:
    """Bring a goal into the unit that its indicator is measured in."""
    unit, times = _plain_unit(written or asked.unit), 1.0
    side: Any = asked.comparator or _usual().get(name, ">=")
    if unit.startswith(TEN_THOUSAND) and len(unit) > 1 and unit not in _units():
        unit, times = unit.removeprefix(TEN_THOUSAND), 10_000.0
    unit = _units().get(unit, unit)
    wanted = measured.unit
    if wanted in COUNTED_UNITS:
        if not unit and not wanted:
            return _refused("unit_empty", "unit", None)
        if unit.lower() in UNIT_WORDS and not wanted:
            return Goal(comparator=side, value=float(to_m2(asked.value * times, unit)), unit="m²")
        return Goal(comparator=side, value=asked.value * times, unit=unit or wanted)
    if unit.lower() in UNIT_WORDS and wanted.lower() in UNIT_WORDS:
        area = to_m2(asked.value * times, unit)
        return Goal(comparator=side, value=float(to_mu(area) if wanted == "亩" else area), unit=wanted)
    if unit == _plain_unit(wanted) or _units().get(_plain_unit(wanted), wanted) == unit:
        return Goal(comparator=side, value=asked.value * times, unit=wanted)
    return _refused("unit_differs", "unit", written or None, unit=unit or "–", wanted=wanted)


def _plan(row: Mapping[str, Any], word: str, asked: Asked) -> Plan:
    """Quote the row as it stands: indicator, goal, unit."""
    file = PurePosixPath(str(row["source"]).partition("#")[0]).stem
    title, unit = _text(row["document"]) or file, _text(row["unit"])
    sentence = " ".join(filter(None, (_text(row["indicator"]), _text(row["goal"]), unit)))
    return Plan(document=title, sentence=sentence, word=word, bound=asked.bound, verified=True)


def _target(
    row: Mapping[str, Any], name: str, place: str, goal: Goal, due: dict[int, float], plan: Plan,
    catalogue: Catalogue,
) -> YearlyTarget:  # fmt: skip
    county, year = catalogue.county, f"{int(row['year'])}"
    where = next((one.name for one in (*county.towns, *county.zones) if one.code == place), None)
    title, text = _english(name), _text(row["indicator"])
    asked = f"{_text(row['goal'])} {_text(row['unit'])}".strip()
    in_english = f"{goal.comparator} {goal.value:,g} {unit_words(goal.unit)[1]}".strip()
    zh = f"{text} {asked}" if where is None else f"{where.zh}：{text} {asked}"
    en = title if where is None else f"{where.en}: {title}"
    group: Any = name.split(".")[0]
    return YearlyTarget(
        id=f"{name.replace('.', '_')}_{place}_{year}", title=Words(zh=zh, en=f"{en} {in_english}"),
        group=group if group in ("land", "water", "air") else "actions",
        indicator=name, place=None if where is None else place, period=year, goal=goal, plan=plan, due=due,
        owner=_text(row["owner"]), source=str(row["source"]), source_row=int(row["source_row"]),
        **_like(name, catalogue),
    )  # fmt: skip


def _english(name: str) -> str:
    """Give the English title of an indicator, with the word that its id has for a "*"."""
    known = indicator(name)
    if "*" not in known.id:
        return known.title["en"]
    word = name.split(".")[known.id.split(".").index("*")].replace("_", " ")
    return f"{word.capitalize()}: {known.title['en'].lower()}"


def _like(name: str, catalogue: Catalogue) -> dict[str, Any]:
    """Count as the county's own target of the indicator does: its events, categories and area."""
    own = [one for one in catalogue.targets if one.indicator == name and not isinstance(one, YearlyTarget)]
    taken = ("counting_event", "counting_events", "categories", "reclamation_counts", "area")
    return {key: getattr(own[0], key) for key in taken} if own else {}


def _unknown_indicator(text: str) -> Refused:
    plain = {_plain(one): one for spec in _names_in_file().values() for one in spec.get("names", ())}
    close = difflib.get_close_matches(_plain(text), plain, n=1, cutoff=0.5)
    fix = phrase("is_it_indicator", name=plain[close[0]]) if close else None
    return _refused("indicator_unknown", "indicator", text, fix, text=text)


def _unknown_town(text: str, county: County) -> Refused:
    names = [name for one in (*county.towns, *county.zones) for name in (one.name.zh, *one.aliases)]
    close = difflib.get_close_matches(text, names, n=1, cutoff=0.5)
    some: list[str] = close or [one.name.zh for one in county.towns][:NAMES_SHOWN]
    return _refused("town_unknown", "town", text, text=text, names=listed(some))


def _no_path(due: Mapping[int, Any], goal: float) -> Refused:
    cells = "、".join(f"{month}月 {cell}" for month, cell in sorted(due.items()))
    return _refused("no_path", "timetable", cells, goal=goal)


def _refused(
    name: str, field: str, cell: str | None, fix: Message | None = None, /, **values: Any
) -> Refused:
    """Refuse a row by the name of the reason; a fix that is given goes before the one that always holds."""
    texts = TEXTS.parts(name, **values)
    return Refused(field, cell, texts["what"], fix or texts["fix"])


def _text(cell: Any) -> str:
    if cell is None or (not isinstance(cell, str) and pd.isna(cell)):
        return ""
    return str(cell).strip()


def _plain(text: str) -> str:
    return _APART.sub("", unicodedata.normalize("NFKC", text).lower())


def _plain_unit(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("μ", "µ").lower().replace("µ", "μ")
