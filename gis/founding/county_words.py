"""The county that a folder of files is about: code, name, towns, extent and years, as far as they say."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from gis.base.tables import stacked
from gis.founding.phrases import phrase
from gis.founding.survey import Ask, Asked, Part, is_raster

CHINA = (73.0, 3.0, 136.0, 54.0)
MARGIN = 0.02
CODE, TOWN_CODE = re.compile(r"\d{6}"), re.compile(r"\d{9,12}")
ADCODE, NAME, STATIONS = "county:adcode", "county:name", "county:air_stations"
FIVE = 5
AIR = ("stations", "air_hours", "air_days")


@dataclass(frozen=True)
class County:
    """What county.toml says; a place is its code and its name."""

    adcode: str
    name: str
    extent: tuple[float, float, float, float]
    years: tuple[int, int]
    towns: Sequence[tuple[str, str]] = ()
    zones: Sequence[tuple[str, str]] = ()
    stations: Sequence[str] = ()


def county_of(parts: Sequence[Part], answers: Mapping[str, str], ask: Ask) -> tuple[County, list[Asked]]:
    """Tell the county from its files, and ask its code and its name where they do not say.

    Returns
    -------
    county, open
        `open` holds the questions that nobody answered; the county is none then.
    """
    places = _places(parts)
    own = places[places["level"] == "county"]
    told = {ADCODE: _code(places), NAME: str(own["name"].iloc[0]) if len(own) == 1 else None}
    asked = (
        Asked(ADCODE, phrase("adcode"), example="320581"),
        Asked(NAME, phrase("name_of_county"), example="常熟市"),
    )
    open_: list[Asked] = []
    for one in asked:
        value = answers.get(one.key) or told[one.key] or ask(one)
        if not value or (one.key == ADCODE and not CODE.fullmatch(value)):
            open_.append(one)
        told[one.key] = value
    stations, unsure = _stations(parts, answers, ask)
    open_ += unsure
    county = County(
        adcode=told[ADCODE] or "", name=told[NAME] or "", extent=_extent(parts), years=_years(parts),
        towns=_named(places, "town") or [(name, name) for name in _distinct(parts, ("parcels", "sections"), ("town",))],
        zones=_named(places, "zone"), stations=stations,
    )  # fmt: skip
    return county, open_


def _stations(parts: Sequence[Part], answers: Mapping[str, str], ask: Ask) -> tuple[list[str], list[Asked]]:
    """Give the stations of the county's mean: the national ones where the list says so, else ask which."""
    listed = [part.read.table for part in parts if part.kind == "stations"]
    national = [name for table in listed for name in table.loc[table["level"] == "national", "name"].dropna()]
    names = list(dict.fromkeys(map(str, national))) or _distinct(parts, AIR, ("name", "station"))
    if national or len(names) <= 1:
        return names, []
    asked = Asked(STATIONS, phrase("stations_of_mean"), example="、".join(names))
    told = [one.strip() for one in (answers.get(STATIONS) or ask(asked) or "").split("、") if one.strip()]
    return told, [] if told and not {*told} - {*names} else [asked]


def _places(parts: Sequence[Part]) -> pd.DataFrame:
    tables = [part.read.table[["place_code", "name", "level"]] for part in parts if part.kind == "boundaries"]
    nothing = pd.DataFrame(columns=["place_code", "name", "level"], dtype="object")
    return stacked([nothing, *tables]).dropna(subset="name").astype("object")


def _code(places: pd.DataFrame) -> str | None:
    codes = {str(code)[:6] for code in places["place_code"].dropna() if CODE.match(str(code))}
    return codes.pop() if len(codes) == 1 else None


def _named(places: pd.DataFrame, level: str) -> list[tuple[str, str]]:
    rows = places[places["level"] == level].drop_duplicates("name")
    return [(str(code) if pd.notna(code) else str(name), str(name)) for code, name, _ in rows.to_numpy()]


def _distinct(parts: Iterable[Part], kinds: Sequence[str], columns: Sequence[str]) -> list[str]:
    found: dict[str, None] = {}
    for part in parts:
        for column in columns if part.kind in kinds else ():
            if column in part.read.table:
                texts = part.read.table[column].dropna().astype(str)
                found.update(dict.fromkeys("".join(text.split()) for text in texts.unique()))
    return list(found)


def _extent(parts: Iterable[Part]) -> tuple[float, float, float, float]:
    """Give the box round the boundaries, else round all shapes, a little wider; all China where none has any."""
    shaped = [
        part for part in parts if not is_raster(part.kind) and isinstance(part.read.table, gpd.GeoDataFrame)
    ]
    chosen = [part for part in shaped if part.kind == "boundaries"] or shaped
    boxes = [part.read.table.total_bounds for part in chosen if len(part.read.table)]
    boxes = [box for box in boxes if all(map(math.isfinite, box))]
    if not boxes:
        return CHINA
    west, south, east, north = (tuple(map(float, side)) for side in zip(*boxes, strict=True))
    return (
        round(min(west) - MARGIN, 2), round(min(south) - MARGIN, 2),
        round(max(east) + MARGIN, 2), round(max(north) + MARGIN, 2),
    )  # fmt: skip


def _years(parts: Iterable[Part]) -> tuple[int, int]:
    """Give the five-year plan that the last date of the data lies in; today's without one."""
    last = max((day for part in parts if (day := last_day(part)) is not None), default=dt.date.today())  # noqa: DTZ011
    first = last.year - (last.year - 1) % FIVE
    return first, first + FIVE - 1


def last_day(part: Part) -> dt.date | None:
    """Give the last day of a part, None where it has none."""
    days = span(part)
    return days[1] if days else None


def span(part: Part) -> tuple[dt.date, dt.date] | None:
    """Give the first and the last day of a part, None where it has none."""
    if is_raster(part.kind):
        return None
    for column in ("sampled_at", "time", "date"):
        if column in part.read.table:
            times = pd.to_datetime(part.read.table[column], errors="coerce").dropna()
            if len(times):
                return times.min().date(), times.max().date()
    return None
