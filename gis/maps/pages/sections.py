"""Everything the tables know of each section, joined by one key, and its words: class, target, outlook."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd

from gis import look
from gis.base.forecast import AT_RISK, WORDS
from gis.base.messages import keys_of
from gis.base.stored_words import numeral, word_of, words_of
from gis.base.tables import TABLES, conform, empty
from gis.base.text import both, file_names, in_html
from gis.base.units import unit_words
from gis.look import Mark
from gis.maps.book import Book, Pair, missing
from gis.maps.page import Row, flagged, proof, records, remark, table, words
from gis.standards import Edition
from gis.water.limits import LAKE
from gis.water.sections import keyed_sections, plain
from gis.water.sections import keys_of as keys_of_samples

FOLDER = "sections"
ROW = ["source", "source_row"]
MORE = {
    "outlook": "water_outlook",
    "trends": "water_trends",
    "changes": "section_changes",
    "network": "section_network",
    "sources": "source_limits",
    "states": "lake_states",
}
UNKNOWN: Pair = ("未知", "unknown")
SAMPLES = TABLES["samples"]
BY_NAME = {column.zh: key for key, column in SAMPLES.items()}
SHOWN = {"reachable": "on_track", "made": "on_track", "at_risk": "behind", "lost": "missed"}
DIGITS = 3
ALL = "all"
PH = (0.0, 14.0)
SMALL_P = 0.001


@dataclass(frozen=True)
class Section:
    """One section as its page shows it.

    Attributes
    ----------
    key
        Its id, or its name without blanks where it has none.
    stem
        Safe name of its files in `sections/`.
    listed
        Its newest row of the list of sections; empty where it is in none.
    periods
        Rows of `section_periods` by period.
    samples
        Its records, oldest first.
    limits, flags
        Shape of `samples`, a column an indicator: detection limit of a value below it; why a value is flagged.
    more
        Rows of further tables by the names of MORE; a table that is not there has none.
    """

    key: str
    name: str
    stem: str
    listed: Row
    periods: dict[str, Row]
    samples: pd.DataFrame
    limits: pd.DataFrame
    flags: pd.DataFrame
    more: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def newest(self) -> Row:
        """Give its last row of `section_periods`: what the list says of it now."""
        return self.periods[max(self.periods)]


def addresses(book: Book) -> dict[str, str]:
    """Give the address of each section's page from a page of its edition: key → href."""
    return {key: f"{FOLDER}/{quote(stem)}.html" for key, stem in _stems(_periods(book)).items()}


def sections_of(book: Book) -> list[Section]:
    """Gather the sections that have a period, assessed levels first."""
    periods = _periods(book)
    if not len(periods):
        return []
    listed = keyed_sections(_table(book, "sections"))
    samples = _table(book, "samples")
    samples = samples.assign(key=_keys(samples, listed)).sort_values("sampled_at", kind="stable")
    limits = _wide(book.tables.get("sample_marks"), samples, "detection_limit")
    flags = _wide(book.tables.get("sample_flags"), samples, "reason")
    own = {str(key): rows for key, rows in samples.groupby("key")}
    by_period = {str(key): records(rows) for key, rows in periods.groupby("key")}
    newest = listed.sort_values("valid_from", kind="stable").drop_duplicates("key", keep="last")
    lists = {str(row["key"]): row for row in records(pd.DataFrame(newest))}
    more = {name: _grouped(book.tables.get(table)) for name, table in MORE.items()}
    found = []
    for key, stem in _stems(periods).items():
        rows = own.get(key, samples.iloc[:0])
        found.append(
            Section(
                key=key,
                name=str(by_period[key][-1]["name"]),
                stem=stem,
                listed=lists.get(key, {}),
                periods={str(row["period"]): row for row in by_period[key]},
                samples=rows,
                limits=limits.loc[rows.index],
                flags=flags.loc[rows.index],
                more={name: groups.get(key, []) for name, groups in more.items()},
            )
        )
    rank = {level: at for at, level in enumerate(words_of("level"))}
    return sorted(found, key=lambda one: (rank.get(str(one.newest.get("level")), len(rank)), one.key))


def _table(book: Book, name: str) -> pd.DataFrame:
    found = book.tables.get(name)
    return empty(name) if found is None else pd.DataFrame(conform(pd.DataFrame(found), name))


def _periods(book: Book) -> pd.DataFrame:
    found = book.tables.get("section_periods")
    if found is None or not len(found):
        return pd.DataFrame(columns=["key", "period"])
    rows = pd.DataFrame(found)
    return rows.assign(key=_own_key(rows)).dropna(subset=["key", "period"])


def _own_key(rows: pd.DataFrame) -> pd.Series:
    return rows["section_id"].astype("str").fillna(plain(rows["name"].astype("str")))


def _keys(samples: pd.DataFrame, listed: pd.DataFrame) -> pd.Series:
    return keys_of_samples(samples, listed) if len(samples) else pd.Series(dtype="str")


def _stems(periods: pd.DataFrame) -> dict[str, str]:
    keys = sorted(periods["key"].unique())
    return dict(zip(keys, file_names(keys), strict=True))


def _grouped(found: pd.DataFrame | None) -> dict[str, list[Row]]:
    if found is None:
        return {}
    name = "section_id" if "section_id" in found else "place"
    groups: dict[str, list[Row]] = {}
    for row in records(pd.DataFrame(found)):
        groups.setdefault(str(row[name]), []).append(row)
    return groups


def _wide(long: pd.DataFrame | None, samples: pd.DataFrame, value: str) -> pd.DataFrame:
    """Turn marks or flags, a row a value, into a column an indicator beside the records."""
    if long is None or value not in long:
        return pd.DataFrame(index=samples.index)
    rows = pd.DataFrame(long).dropna(subset=[value]).drop_duplicates([*ROW, "indicator"])
    table: Any = rows.pivot_table(index=ROW, columns="indicator", values=value, aggfunc="first")
    wide = table.reindex(pd.MultiIndex.from_frame(samples[ROW])).set_axis(samples.index)
    return pd.DataFrame(wide.rename(columns=lambda name: BY_NAME.get(name, name)))


@dataclass(frozen=True)
class WaterMarks:
    """Marks of classes 1 to 6, of states, and of no data."""

    classes: dict[int, Mark]
    states: dict[str, Mark]
    none: Mark

    @classmethod
    def of(cls, book: Book) -> WaterMarks:
        """Read them from the colours in force."""
        edition = look.colours(book.editions, book.as_of)
        return cls(look.water_classes(edition), look.marks(edition, "state"), look.no_data(edition))

    def of_class(self, value: Any) -> Mark:
        """Give the mark of a class; that of no data where it is missing."""
        return self.none if missing(value) else self.classes[int(value)]

    def sign(self, value: Any) -> str:
        """Give the numeral of a class that a target asks for; "–" where it is missing."""
        return "–" if missing(value) else self.classes[int(value)].sign

    def numeral(self, value: Any) -> str:
        """Show the numeral of a class; "–" where it is missing."""
        told = numeral(self.sign(value))
        return told.zh if told.zh == told.en else both(told.zh, told.en)


def class_cell(row: Row, marks: WaterMarks) -> str:
    """Give the class of a row with its symbol; both classes where the kind of water is unknown."""
    if not missing(row.get("water_class")):
        return flagged(marks.of_class(row["water_class"]))
    river, lake = row.get("class_as_river"), row.get("class_as_lake")
    if not missing(river) or not missing(lake):
        told = numeral(marks.sign(river)), numeral(marks.sign(lake))
        return both(
            f"河 {told[0].zh} / 湖 {told[1].zh}（不判定）",
            f"river {told[0].en} / lake {told[1].en} (no verdict)",
        )
    reason = row.get("not_assessed")
    return flagged(marks.none) + ("" if missing(reason) else f" <small>{words(reason)}</small>")


def state_of(row: Row) -> str | None:
    """Give the state of a section: what an ended period reached, or how a running one goes; None = no verdict."""
    value = row.get("at_target")
    if missing(value):
        return None
    reached, short = ("on_track", "behind") if row.get("provisional") is True else ("met", "missed")
    return reached if value else short


def verdict_cell(row: Row, marks: WaterMarks) -> str:
    """Give the verdict of a row against its target with its symbol; 待核 with the reason where it is open."""
    if not missing(row.get("to_check")) and not missing(row.get("target_class")):
        return remark(row["to_check"])
    state = state_of(row)
    return (
        flagged(marks.states["no_data"], ("不判定", "no verdict"))
        if state is None
        else flagged(marks.states[state])
    )


def indicator_words(value: Any) -> Pair:
    """Name an indicator given by its column or its Chinese name in both languages."""
    key = next(iter(keys_of(value)), BY_NAME.get(str(value), str(value)))
    column = SAMPLES.get(key)
    return (str(value), str(value)) if column is None else (column.zh, column.en)


def grade_words(value: Any, grades: Iterable[Mapping[str, Any]]) -> str:
    """Give a grade, known by its Chinese name in an edition, in both languages."""
    names = {one["name"]["zh"]: one["name"]["en"] for one in grades}
    return "" if missing(value) else both(str(value), names.get(str(value), str(value)))


def unit_of(value: Any) -> Pair:
    """Give the unit of an indicator given by its column or its Chinese name, in both languages."""
    column = SAMPLES.get(BY_NAME.get(str(value), str(value)))
    return unit_words("" if column is None else column.unit or "")


def reading(value: Any) -> str:
    """Write a measured value: at most four significant digits, no zeros behind; missing is "–"."""
    if missing(value):
        return "–"
    return np.format_float_positional(float(f"{float(value):.4g}"), trim="-")


def limit_of(edition: Edition, name: str, target: Any, *, lake: bool) -> tuple[float, str] | None:
    """Give the limit of a class of an indicator and its sign, ≤ or ≥; None where there is none."""
    spec = edition.data["item"].get(name)
    limits = [] if spec is None else _limits(spec, lake=lake)
    if spec is None or not limits or missing(target):
        return None
    return float(limits[int(target) - 1]), "≥" if spec["kind"] == "min" else "≤"


def _limits(spec: Row, *, lake: bool) -> list[float]:
    found: Any = spec.get("limits_lake" if lake else "limits", spec.get("limits", []))
    return list(found)


def deciding(row: Row, edition: Edition, *, limits: bool = True) -> Pair:
    """Say which indicators decide the class of a row: value, and with `limits` the limit of the target's class."""
    told: list[Pair] = []
    for key in keys_of(row.get("deciding_indicators")):
        zh, en = indicator_words(key)
        if missing(row.get(key)):
            told.append((zh, en))
            continue
        value, value_en = (f"{reading(row[key])} {unit}".strip() for unit in unit_of(key))
        limit = limit_of(edition, key, row.get("target_class"), lake=row.get("water_kind") == LAKE)
        beside = "" if limit is None or not limits else f"{limit[1]} {reading(limit[0])}"
        told.append((f"{zh} {value}{f'（目标 {beside}）' if beside else ''}",
                     f"{en} {value_en}{f' (target {beside})' if beside else ''}"))  # fmt: skip
    return "；".join(zh for zh, _ in told), "; ".join(en for _, en in told)


def gap(row: Row) -> Pair:
    """Say by how much a row misses its target; never called 超标倍数, which is against class Ⅲ."""
    value, name = row.get("gap_to_target"), row.get("gap_indicator")
    if missing(value) or missing(name) or not value:
        return "", ""
    zh, en = indicator_words(name)
    told = f"{100 * float(value):.1f} %"
    return f"{zh} 差 {told}", f"{en} off by {told}"


def tightest(section: Section, goal: str = "target") -> Row | None:
    """Give the row of the indicator that matters most for a goal: lost, then least likely, then least room."""
    rows = [row for row in section.more["outlook"] if str(row.get("goal", goal)) == goal and not _is_all(row)]
    return min(
        (row for row in rows if not missing(row.get("rank"))), key=lambda row: row["rank"], default=None
    )


def state_of_all(section: Section, goal: str = "target") -> Pair:
    """Give the word about all indicators at once, which is that of the goal."""
    rows = (row for row in section.more["outlook"] if str(row.get("goal", goal)) == goal and _is_all(row))
    return next((WORDS[str(row["state"])] for row in rows), ("–", "–"))


def _is_all(row: Row) -> bool:
    return str(row["indicator"]) == ALL


def bound_of(row: Row) -> str:
    """Tell whether the goal is an upper limit (max), a lower one (min) or a range."""
    if not missing(row.get("bound")):
        return str(row["bound"])
    return "min" if BY_NAME.get(str(row["indicator"]), str(row["indicator"])) == "dissolved_oxygen" else "max"


def needed(row: Row, marks: WaterMarks) -> Pair:
    """Say in one sentence what the remaining months must average for the year to reach its goal."""
    zh, en = indicator_words(row["indicator"])
    sign, left = marks.sign(row.get("goal_class")), int(row.get("months_left") or 0)
    if not row["possible"]:
        return f"今年{zh}已无法达到{sign}类。", f"{en} cannot reach class {sign} this year any more."
    if _open(row):
        return (
            f"今年{zh}有读数超出测定上限，能否达到{sign}类待核。",
            f"Readings of {en} this year are above their range: class {sign} is to be checked.",
        )
    value, name = _bound_words(row), en if en[1:2].isupper() else f"{en[0].lower()}{en[1:]}"
    if value is None:
        return (
            f"其余 {left} 个月{zh}对达到{sign}类不构成约束。",
            f"{name[0].upper()}{name[1:]} of the remaining {left} months is no constraint on class {sign}.",
        )
    zh_bound, en_bound = {
        "min": ("不得低于", "at least"), "max": ("不得超过", "at most"), "range": ("须在", "within"),
    }[bound_of(row)]  # fmt: skip
    return (
        f"其余 {left} 个月{zh}均值{zh_bound} {value}，全年才能达到{sign}类。",
        f"The remaining {left} months must average {en_bound} {value} of {name} for the year to reach class {sign}.",
    )


def needed_short(row: Row) -> Pair:
    """Say the same in a cell: the indicator and its limit."""
    zh, en = indicator_words(row["indicator"])
    if not row["possible"]:
        return f"{zh} {WORDS['lost'][0]}", f"{en}: {WORDS['lost'][1]}"
    value = _bound_words(row)
    if _open(row):
        return f"{zh} 待核", f"{en}: to be checked"
    if value is None:
        return f"{zh} 不构成约束", f"{en}: no constraint"
    sign = {"min": "≥ ", "max": "≤ ", "range": ""}[bound_of(row)]
    return f"{zh} {sign}{value}", f"{en} {sign}{value}"


def _open(row: Row) -> bool:
    """Tell where readings above their range leave no control value: at risk, yet nothing binds."""
    return row.get("state") == AT_RISK and not row.get("binds") and bool(row.get("months_left"))


def _bound_words(row: Row) -> str | None:
    """Write the needed mean with its unit, mg/L where it has one; None where it is no constraint."""
    if not row.get("binds"):
        return None
    bound, ends = bound_of(row), (row.get("needed_low"), row.get("needed"))
    if missing(ends[1]) and missing(ends[0]):
        return None
    low, high = (None if missing(one) else float(one or 0) for one in ends)
    if bound == "range":
        low, high = max(low or PH[0], PH[0]), min(high or PH[1], PH[1])
        return f"{_safe(low, up=True)}–{_safe(high, up=False)}"
    if high is None:
        return None
    return f"{_safe(high, up=bound == 'min')} {unit_of(row['indicator'])[0]}".strip()


def _safe(value: float, *, up: bool) -> str:
    """Round towards the side on which the goal is still reached."""
    if not value or not math.isfinite(value):
        return reading(value)
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - DIGITS + 1)
    steps = round(value / unit, 6)
    return reading((math.ceil if up else math.floor)(steps) * unit)


def outlook(section: Section, marks: WaterMarks, year: int) -> str:
    """List what the remaining months must bring, indicator by indicator; empty where there is no outlook."""
    rows = sorted(once(section.more["outlook"]), key=_order)
    how = proof("section-chances", ("概率与可靠性", "Probabilities and reliability"), "../")
    return table(
        None, "outlook", rows, {"year": year}, goal=lambda row: _goal(row, marks), indicator=_named,
        mean_so_far=lambda row: _value(row.get("mean_so_far"), row),
        needed=lambda row: "–" if _is_all(row) else both(*needed_short(row)),
        state=lambda row: _word(row, marks),
    ) + how if rows else ""  # fmt: skip


def _goal(row: Row, marks: WaterMarks) -> str:
    told = word_of(row.get("goal"), "goal", "water_outlook")
    return f'<span class="cell">{both(*told)} {marks.sign(row.get("goal_class"))}</span>'


def once(rows: list[Row]) -> list[Row]:
    """Leave class Ⅲ out where it is the target itself."""
    told = [(str(row.get("name")), row.get("indicator"), row.get("goal_class")) for row in rows]
    targets = {key for key, row in zip(told, rows, strict=True) if str(row.get("goal")) == "target"}
    return [
        row
        for key, row in zip(told, rows, strict=True)
        if str(row.get("goal")) == "target" or key not in targets
    ]


def _order(row: Row) -> tuple[bool, bool, float]:
    return (
        str(row.get("goal")) != "target",
        not _is_all(row),
        math.inf if missing(row.get("rank")) else float(row["rank"]),
    )


def _named(row: Row) -> str:
    return (
        f"<b>{both('全部参评指标', 'all rated indicators')}</b>"
        if _is_all(row)
        else both(*indicator_words(row["indicator"]))
    )


def _value(value: Any, row: Row) -> str:
    told = (f"{reading(value)} {unit}".strip() for unit in unit_of(row["indicator"]))
    return "–" if missing(value) else both(*told)


def _word(row: Row, marks: WaterMarks) -> str:
    state = str(row["state"])
    return flagged(marks.states[SHOWN[state]], WORDS[state])


def trends(section: Section) -> str:
    """List the trend of each indicator; empty where none was computed."""
    rows = section.more["trends"]
    return table(
        None, "section-trends", rows, indicator=lambda row: both(*indicator_words(row["indicator"])),
        direction=_direction, mk_slope=_slope, mk_p=lambda row: chance(row.get("mk_p")),
    ) if rows else ""  # fmt: skip


def _direction(row: Row) -> str:
    """Say where an indicator goes and whether that is better; a direction that counts is set in bold."""
    said, meaning = row.get("direction"), row.get("meaning")
    if missing(said):
        return "–"
    told = both(*word_of(said, "direction"))
    if not missing(meaning):
        zh, en = word_of(meaning, "meaning")
        told += both(f"（{zh}）", f" ({en})")
    return f"<b>{told}</b>" if row.get("spearman_significant") is True else told


def chance(value: Any) -> str:
    """Write a p value; below a thousandth it is said as such."""
    return "–" if missing(value) else f"&lt; {SMALL_P}" if float(value) < SMALL_P else f"{float(value):.3f}"


def _slope(row: Row) -> str:
    if missing(row.get("mk_slope")):
        return "–"
    ends = "" if missing(row.get("mk_low")) else f" [{reading(row['mk_low'])}, {reading(row.get('mk_high'))}]"
    return in_html(f"{reading(row['mk_slope'])}{ends}")
