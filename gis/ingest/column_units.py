"""The unit of each column of a part: where it is written, what the ground and the size say, else a question."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS, Geod

from gis.base.errors import Choice, ColumnError
from gis.base.messages import Message
from gis.base.tables import TABLES
from gis.ingest.axes import HALF_TURN
from gis.ingest.heads import OXYGEN, Match, Taken, no_such_unit, plain, recognised, take_apart
from gis.ingest.measures import canonical_unit, factor, is_area, is_share, is_unit, plain_unit
from gis.ingest.model import Options, Raw
from gis.ingest.official import official
from gis.ingest.questions import ask
from gis.ingest.values import is_blank, is_missing, numbers
from gis.standards import load

Floats = npt.NDArray[np.float64]
Findings = list[tuple[str, str]]

_SAID = re.compile(r"单位(?:均?为|是|[:为]|\s)\s*([^()\s。]+)")
_BRACKETED = re.compile(r"\(([^()]+)\)")
_BETWEEN = re.compile(r"[、,;/]|\s+")
UNIT_HEADS = frozenset(map(plain, ("单位", "计量单位", "面积单位", "单位名称", "数量单位", "unit", "units")))
AREA_UNITS = ("m2", "亩", "公顷", "km2", "万亩")
ASKED_AREAS = {"m2": "平方米", "mu": "亩", "ha": "公顷"}
ASKED_MONEY = {"yuan": "元", "wan": "万元"}
GEOD = Geod(a=6378137.0, rf=298.257222101)
LOOKED_AT = 500
CONSTANT, MOST_ROWS, FEW_ROWS, NEARLY_ALL = 0.02, 0.6, 0.1, 0.9
WHOLE, PART = (0.5, 2.0), (1 / 12, 1.25)  # what a declared area, and one of a part, can be of its ground
MOST_MU, MOST_WAN = 10_000.0, 100_000.0  # a parcel of 6.7 km², a firm that pays 1,000,000,000 yuan: none
AIR = ("air_hours", "air_days")
GASES = ("pm25", "pm10", "so2", "no2", "o3", "o3_8h")
AIR_RANGE = {"co": (0.02, 60.0)} | dict.fromkeys(GASES, (1.0, 5000.0))
TIMES_OVER = 10.0  # the limit of class Ⅴ; half of a column is not above that in mg/L
MOST_OXYGEN = 25.0
MOST_ELSE = {"chlorophyll_a": 1.0, "transparency": 30.0}


class _Place(NamedTuple):
    raw: Raw
    options: Options
    file: str
    heads: tuple[str, ...]


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
    place = _Place(raw, options, file, tuple(map(str, raw.frame.columns)))
    findings = list(match.findings)
    columns = _by_row(raw, match, options.kind, findings)
    columns = _merged(raw, replace(match, columns=columns), findings)
    columns = _from_title(raw, columns, options.kind, findings)
    columns = {name: _official(name, one, options.kind, findings) for name, one in columns.items()}
    columns = _areas(place, columns, findings)
    columns = _money(place, columns, findings)
    columns = _air(place, columns, findings)
    columns = _water(place, columns, findings)
    return Match(columns, tuple(findings), match.others)


def _told(code: str, zh: str, en: str, **values: Any) -> tuple[str, str]:
    return code, Message(zh, en, **values).stored


def _is_number(name: str, kind: str) -> bool:
    return name in TABLES[kind] and TABLES[kind][name].kind == "f" and canonical_unit(kind, name) is not None


def _by_row(raw: Raw, match: Match, kind: str, findings: Findings) -> dict[str, Taken]:
    """Give columns without a unit the column of units beside them."""
    used = {one.head for one in match.columns.values()}
    beside = [
        head for head in map(str, raw.frame.columns)
        if plain(head) in UNIT_HEADS and head not in used and recognised(head, kind) is None
        and (words := _unit_words(raw.frame[head])) and all(map(is_unit, words))
    ]  # fmt: skip
    columns = dict(match.columns)
    for head in beside:
        words = _unit_words(raw.frame[head])
        for name, one in columns.items():
            into = canonical_unit(kind, name) if _is_number(name, kind) else None
            if one.unit is None and into and all(factor(word, into) is not None for word in words):
                columns[name] = one._replace(by_row=head, how="unit_column")
                findings.append(_told(
                    "unit_by_row", "“{head}”的单位逐行取自“{unit}”列（{words}）",
                    "the unit of {head} is that of the row in {unit} ({words})",
                    head=one.head, unit=head, words="、".join(words),
                ))  # fmt: skip
    return columns


def _unit_words(cells: pd.Series) -> list[str]:
    return list(dict.fromkeys(str(cell).strip() for cell in cells.unique() if not is_missing(cell)))


def _merged(raw: Raw, match: Match, findings: Findings) -> dict[str, Taken]:
    """Take further heads of a column, in other units, for the rows where the first is empty."""
    columns = dict(match.columns)
    for name, others in match.others.items():
        one = columns.get(name)
        if one is None or one.unit is None or one.rounded is not None:
            continue
        base = take_apart(one.head).keys[-1]
        same = [(head, unit) for head in others
                if (unit := take_apart(head).unit) and take_apart(head).keys[-1] == base
                and factor(unit, one.unit) is not None]  # fmt: skip
        if (
            same
            and len(same) == len(others)
            and _never_both(raw.frame, [one.head, *(head for head, _ in same)])
        ):
            columns[name] = one._replace(more=tuple(same))
            findings[:] = [finding for finding in findings if not _names_several(finding, name, one.head)]
            findings.append(_told(
                "unit_by_row", "{name} 分列在几个单位下，已合并：{heads}",
                "{name} stands in several units, put together: {heads}",
                name=name, heads="、".join((one.head, *(head for head, _ in same))),
            ))  # fmt: skip
    return columns


def _names_several(finding: tuple[str, str], name: str, head: str) -> bool:
    return finding[0] == "several_heads" and f"{name}：" in finding[1] and head in finding[1]


def _never_both(frame: pd.DataFrame, heads: Sequence[str]) -> bool:
    filled = sum(frame[head].map(lambda cell: not is_blank(cell)).astype(int) for head in heads)
    return bool((filled <= 1).all())


def _from_title(raw: Raw, columns: Mapping[str, Taken], kind: str, findings: Findings) -> dict[str, Taken]:
    """Give columns without a unit the one that title or notes state, where it alone of them fits."""
    notes = " ".join(str(text) for text in raw.rejects["text"] if isinstance(text, str) and "单位" in text)
    words = _stated(f"{raw.title} {notes}")
    out = dict(columns)
    for name, one in columns.items():
        into = canonical_unit(kind, name) if _is_number(name, kind) else None
        fit = [word for word in words if into and factor(word, into) is not None]
        if one.unit is None and one.by_row is None and len({plain_unit(word) for word in fit}) == 1:
            out[name] = one._replace(unit=fit[0], how="title")
            findings.append(_told(
                "unit_from_title", "“{head}”的单位 {unit} 取自标题",
                "the unit of {head}, {unit}, comes from the title", head=one.head, unit=fit[0],
            ))  # fmt: skip
    return out


def _stated(text: str) -> list[str]:
    flat = unicodedata.normalize("NFKC", text)
    pieces = [*_SAID.findall(flat), *_BRACKETED.findall(flat)]
    words = [word for piece in pieces for word in (piece, *_BETWEEN.split(piece))]
    words = [word.removeprefix("单位").strip(":为 ") for word in words]
    return list(dict.fromkeys(word for word in words if word not in ("", "无", "度") and is_unit(word)))


def _official(name: str, one: Taken, kind: str, findings: Findings) -> Taken:
    """Give a column the unit of its official name (TBMJ: m²)."""
    known = official(one.head)
    if (
        one.unit is not None
        or one.by_row
        or known is None
        or known.unit is None
        or not _is_number(name, kind)
    ):
        return one
    if factor(known.unit, canonical_unit(kind, name) or "") is None:
        return one
    findings.append(_told(
        "unit_official", "“{head}”（{meaning}）按{table}以 {unit} 计",
        "{head} ({meaning}) is in {unit}, as its official table gives it",
        head=one.head, meaning=known.meaning, table=known.table, unit="m²" if known.unit == "m2" else known.unit,
    ))  # fmt: skip
    return one._replace(unit=known.unit, how="official")


def _areas(place: _Place, columns: Mapping[str, Taken], findings: Findings) -> dict[str, Taken]:
    """Settle areas: the ground decides, also against a unit that is written; else what stands beside."""
    kind, out = place.options.kind, dict(columns)
    names = [name for name, one in columns.items()
             if is_area(kind, name) and one.how != "said" and one.by_row is None and not one.more]  # fmt: skip
    if not names:
        return out
    at, ground = _ground(place.raw)
    for name in names:
        one = columns[name]
        value = numbers(place.raw.frame[one.head].iloc[at]).value
        said = _against(value, ground, name)
        if one.unit is not None:
            out[name] = _confirmed(place, name, one, said, findings)
        elif said is not None and said.several:
            raise _mixed(place, one, said.several)
        elif said is not None and said.unit is not None:
            out[name] = one._replace(unit=said.unit, how="ground")
            findings.append(_told(
                "unit_by_ground", "“{head}”没有单位，按 {unit} 与图形面积相符",
                "{head} has no unit; it agrees with the polygons in {unit}", head=one.head, unit=_shown(said.unit),
            ))  # fmt: skip
    for name in names:
        if out[name].unit is None:
            out[name] = _area_without(place, name, out, findings)
    return out


class _Ratio(NamedTuple):
    """The unit that the ground shows, whether it is one constant ratio, and units that each fit some rows."""

    unit: str | None
    constant: bool = False
    several: tuple[str, ...] = ()


def _ground(raw: Raw) -> tuple[npt.NDArray[np.intp], Floats]:
    """Give up to 500 positions spread over the rows and the area of their polygons, m²; nan without one."""
    size = len(raw.frame)
    at = np.unique(np.linspace(0, size - 1, min(size, LOOKED_AT)).astype(np.intp)) if size else np.arange(0)
    if not isinstance(raw.frame, gpd.GeoDataFrame):
        return at, np.full(len(at), np.nan)
    shapes = raw.frame.geometry.to_numpy()[at]
    area = np.array([_area(shape, raw.frame.crs) for shape in shapes], dtype="float64")
    return at, np.where(area > 0, area, np.nan)


def _area(shape: shapely.Geometry | None, crs: CRS | None) -> float:
    if shape is None or shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
        return np.nan
    bounds = np.abs(shape.bounds)
    if crs.is_projected if crs is not None else bounds.max() > HALF_TURN:
        metre = crs.axis_info[0].unit_conversion_factor if crs is not None and crs.axis_info else 1.0
        return float(shape.area) * metre**2
    if max(bounds[1], bounds[3]) > HALF_TURN / 2:
        shape = shapely.transform(shape, lambda points: points[:, ::-1])
    return abs(float(GEOD.geometry_area_perimeter(shape)[0]))


def _against(value: Floats, ground: Floats, name: str) -> _Ratio | None:
    """Compare declared areas with the ground in every unit; None where there is nothing to compare."""
    both = np.isfinite(value) & np.isfinite(ground) & (value > 0)
    if not both.any():
        return None
    ratio = {unit: value[both] * (factor(unit, "m2") or np.nan) / ground[both] for unit in AREA_UNITS}
    fits = {unit: int((abs(one - 1) <= CONSTANT).sum()) for unit, one in ratio.items()}
    best = max(fits, key=lambda unit: fits[unit])
    rest = sum(fits.values()) - fits[best]
    if fits[best] >= MOST_ROWS * both.sum() and rest <= max(1, FEW_ROWS * both.sum()):
        return _Ratio(best, constant=True)
    several = tuple(unit for unit, many in fits.items() if many > 1)
    if len(several) > 1 and sum(fits.values()) >= MOST_ROWS * both.sum():
        return _Ratio(None, several=several)
    low, high = WHOLE if name.endswith("declared_mu") else PART
    near = [unit for unit, one in ratio.items() if ((one >= low) & (one <= high)).mean() >= NEARLY_ALL]
    return _Ratio(near[0] if len(near) == 1 else None)


def _mixed(place: _Place, one: Taken, units: Sequence[str]) -> ColumnError:
    return ColumnError(
        Message(
            "“{head}”混有几种单位：与图形面积相比，有的行是 {units}",
            "{head} mixes units: beside their polygons some rows are in {units}, others not",
            head=one.head, units="、".join(map(_shown, units)),
        ),
        file=place.file,
        fix=Message(
            "统一单位，或另加一列“单位”逐行填写",
            "bring them to one unit, or add a column 单位 that names it row by row",
        ),
    )  # fmt: skip


def _shown(unit: str) -> str:
    return {"m2": "m²", "km2": "km²"}.get(unit, unit)


def _confirmed(place: _Place, name: str, one: Taken, said: _Ratio | None, findings: Findings) -> Taken:
    """Keep a unit that is written unless the whole column fits another one constantly: then ask."""
    unit = one.unit or ""
    if said is None or not said.constant or said.unit is None or factor(unit, said.unit) == 1:
        return one
    what = Message(
        "“{head}”的单位写作 {unit}，而整列按 {other} 才与图形面积相符：以哪个为准？",
        "{head} is in {unit} by its name, but the whole column agrees with its polygons in {other}: which is it?",
        head=one.head, unit=_shown(unit), other=_shown(said.unit),
    )  # fmt: skip
    chosen = _ask_unit(place, name, one, what, dict.fromkeys((said.unit, unit)))
    findings.append(_answered(one.head, chosen))
    return one._replace(unit=chosen, how="answer")


def _area_without(place: _Place, name: str, columns: Mapping[str, Taken], findings: Findings) -> Taken:
    """Settle an area that neither name nor ground tells: other areas of the table, the size, a question."""
    one, kind = columns[name], place.options.kind
    value = numbers(place.raw.frame[one.head]).value
    positive = value[np.isfinite(value) & (value > 0)]
    if not len(positive):
        return one
    units = {plain_unit(other.unit): other.unit for at, other in columns.items()
             if at != name and other.unit is not None and is_area(kind, at)}  # fmt: skip
    if len(units) == 1 and one.unit is None and not take_apart(one.head).cut:
        unit = next(iter(units.values()))
        findings.append(_told(
            "unit_beside", "“{head}”没有单位，按同表其他面积的{unit}读取",
            "{head} has no unit and is read in {unit} as the other areas of the table", head=one.head, unit=unit,
        ))  # fmt: skip
        return one._replace(unit=unit, how="beside")
    if kind != "control_lines" and float(np.median(positive)) > MOST_MU:
        findings.append(_by_size(one.head, "m2", "亩"))
        return one._replace(unit="m2", how="size")
    what = Message(
        "“{head}”没有单位，从表中也看不出：是平方米、亩还是公顷？",
        "{head} has no unit, and nothing in the table shows it: m², mu or hectares?", head=one.head,
    )  # fmt: skip
    chosen = _ask_unit(place, name, one, what, ASKED_AREAS)
    findings.append(_answered(one.head, chosen))
    return one._replace(unit=chosen, how="answer")


def _by_size(head: str, unit: str, instead: str) -> tuple[str, str]:
    return _told(
        "unit_by_size", "“{head}”按 {unit} 读取：以 {instead} 计，整列数值都不可能",
        "{head} is read in {unit}: in {instead} no value of the column is possible",
        head=head, unit=_shown(unit), instead=instead,
    )  # fmt: skip


def _answered(head: str, unit: str) -> tuple[str, str]:
    return _told(
        "unit_answered",
        "“{head}”按答复以 {unit} 计",
        "{head} is in {unit}, as answered",
        head=head,
        unit=unit,
    )


def _ask_unit(
    place: _Place, name: str, one: Taken, what: Message, units: Iterable[str] | Mapping[str, str]
) -> str:
    kind = place.options.kind
    into, title = canonical_unit(kind, name) or "", TABLES[kind][name].zh.partition("(")[0]
    named = dict(units) if isinstance(units, Mapping) else {unit: unit for unit in units}
    named = {value: unit or value for value, unit in named.items()}
    choices = [
        Choice(
            value,
            Message("单位是 {unit}", "the unit is {unit}", unit=unit),
            _examples(place, one, unit, into),
        )
        for value, unit in named.items()
    ]
    first = next(iter(named))
    return ask(
        place.options, f"unit:{one.head}", what, choices, file=place.file, heads=place.heads,
        option=f"--column {name}={one.head}[{first}]" if title else None,
    )  # fmt: skip


def _examples(place: _Place, one: Taken, unit: str, into: str) -> tuple[str, ...]:
    cells, rows = place.raw.frame[one.head], place.raw.rows
    value = numbers(cells).value
    times = factor(unit, into) or np.nan
    at = np.flatnonzero(np.isfinite(value) & (value > 0))[:2]
    return tuple(f"#{rows.iloc[i]}  {one.head} {cells.iloc[i]} → {value[i] * times:,.6g} {into}" for i in at)


def _money(place: _Place, columns: Mapping[str, Taken], findings: Findings) -> dict[str, Taken]:
    """Settle money without a unit: 元 where 万元 is impossible, else a question."""
    kind, out = place.options.kind, dict(columns)
    for name, one in columns.items():
        if not name.endswith("_yuan") or one.unit is not None or one.by_row or name not in TABLES[kind]:
            continue
        value = numbers(place.raw.frame[one.head]).value
        positive = value[np.isfinite(value) & (value > 0)]
        if not len(positive):
            continue
        if float(np.median(positive)) > MOST_WAN:
            findings.append(_by_size(one.head, "元", "万元"))
            out[name] = one._replace(unit="元", how="size")
            continue
        what = Message(
            "“{head}”没有单位：是元还是万元？", "{head} has no unit: yuan or 10,000 yuan?", head=one.head
        )
        chosen = ASKED_MONEY[_ask_unit(place, name, one, what, ASKED_MONEY)]
        findings.append(_answered(one.head, chosen))
        out[name] = one._replace(unit=chosen, how="answer")
    return out


def _air(place: _Place, columns: Mapping[str, Taken], findings: Findings) -> dict[str, Taken]:
    """Read air in the one of µg/m³ and mg/m³ that is possible; the other unit is 1,000 times off."""
    kind, out = place.options.kind, dict(columns)
    if kind not in AIR:
        return out
    for name, one in columns.items():
        if name not in AIR_RANGE or one.by_row or one.more or one.how in ("said", "answer"):
            continue
        value = numbers(place.raw.frame[one.head]).value
        into = canonical_unit(kind, name) or ""
        unit = one.unit or into
        middle = _middle(value)
        if np.isnan(middle) or _possible(middle, name, unit, into):
            continue
        other = [word for word in ("µg/m³", "mg/m³")
                 if factor(word, unit) != 1 and _possible(middle, name, word, into)]  # fmt: skip
        if other:
            findings.append(_by_size(one.head, other[0], unit))
            out[name] = one._replace(unit=other[0], how="size")
    return out


def _middle(value: Floats) -> float:
    positive = value[np.isfinite(value) & (value > 0)]
    return float(np.median(positive)) if len(positive) else np.nan


def _possible(middle: float, name: str, unit: str, into: str) -> bool:
    low, high = AIR_RANGE[name]
    times = factor(unit, into)
    return times is not None and low <= middle * times <= high


def _water(place: _Place, columns: Mapping[str, Taken], findings: Findings) -> dict[str, Taken]:
    """Ask where mg/L is not written and not possible, and what to do with oxygen in percent."""
    kind, out = place.options.kind, dict(columns)
    if kind != "samples":
        return out
    for name, one in columns.items():
        if one.by_row or one.more or one.how == "answer" or not _is_number(name, kind):
            continue
        middle = _middle(numbers(place.raw.frame[one.head]).value)
        if name == OXYGEN and (is_share(one.unit or "") or (one.unit is None and middle > MOST_OXYGEN)):
            kept = _oxygen(place, one, findings)
            out = {at: other for at, other in out.items() if at != name} | ({name: kept} if kept else {})
        elif one.unit is None and middle > _most(name):
            out[name] = _too_much(place, name, one, findings)
    return out


@cache
def _most(name: str) -> float:
    """Give what half of a column in the canonical unit cannot be above; infinite where nothing is known."""
    limits = load().get("gb3838-2002").data["item"].get(name, {})
    if name == "tn":
        return TIMES_OVER * 2.0
    if limits.get("kind") != "max" or "limits" not in limits or name == "fecal_coliform":
        return MOST_ELSE.get(name, np.inf)
    return TIMES_OVER * float(limits["limits"][-1])


def _oxygen(place: _Place, one: Taken, findings: Findings) -> Taken | None:
    what = Message(
        "“{head}”像是溶解氧饱和度（%），不是浓度：不参评，还是表头有误、实为 mg/L？",
        "{head} looks like dissolved oxygen in percent of saturation, which is no concentration:"
        " leave it unrated, or is it mg/L under a wrong head?",
        head=one.head,
    )
    choices = [
        Choice("skip", Message("饱和度，溶解氧不参评", "saturation; dissolved oxygen is not rated")),
        Choice("mg/L", Message("实为 mg/L", "it is mg/L"), _examples(place, one, "mg/L", "mg/L")),
    ]
    chosen = ask(place.options, f"unit:{one.head}", what, choices, file=place.file, heads=place.heads)
    if chosen == "skip":
        findings.append(no_such_unit(one.head, one.unit or "%", "mg/L"))
        return None
    findings.append(_answered(one.head, chosen))
    return one._replace(unit=chosen, how="answer")


def _too_much(place: _Place, name: str, one: Taken, findings: Findings) -> Taken:
    into = canonical_unit(place.options.kind, name) or ""
    smaller = {"m": "cm"}.get(into, "µg/L")
    if name in MOST_ELSE:
        findings.append(_by_size(one.head, smaller, into))
        return one._replace(unit=smaller, how="size")
    what = Message(
        "“{head}”没有单位，按 {into} 读取大得不合常理：是 {into} 还是 {smaller}？",
        "{head} has no unit, and in {into} it is implausibly large: {into} or {smaller}?",
        head=one.head, into=into, smaller=smaller,
    )  # fmt: skip
    chosen = _ask_unit(place, name, one, what, (smaller, into))
    findings.append(_answered(one.head, chosen))
    return one._replace(unit=chosen, how="answer")
