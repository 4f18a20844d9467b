"""A surface of PM2.5 between the stations of any records, with its error and the means of towns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from gis.air.city import all_station_days, keyed, station_keys
from gis.air.days import station_days
from gis.air.surface import NOT_FOR_COMPLIANCE, Surface, town_means
from gis.air.surface import surface as interpolate
from gis.air.surface_tables import boundary_of, level_of, placed_stations
from gis.base.errors import UsageError
from gis.base.messages import Message
from gis.base.tables import table_of
from gis.desk import behind, county
from gis.desk.air import one_kind
from gis.desk.basis import Basis, text_of
from gis.desk.intake import taken_in
from gis.desk.judged import Day, day
from gis.desk.phrases import phrase, refusal
from gis.desk.sources import Read, Source, Tell
from gis.standards import Edition, Editions

FAMILY = "air_practice"
MARGIN = 0.1
NO_BOUNDARY = Message("没有 --boundary：取站点外围的矩形", "no --boundary: a rectangle round the stations")


class Places(NamedTuple):
    """Records, the stations with their places, and polygons of the county or its towns."""

    read: Read
    stations: pd.DataFrame
    shapes: pd.DataFrame | None


class Drawn(NamedTuple):
    """A surface with its error, and the means of towns where their polygons are known."""

    given: Places
    made: Surface
    towns: pd.DataFrame | None
    edition: Edition
    day: Day

    @property
    def item(self) -> str:
        """What is drawn."""
        return str(self.edition.data["surface"]["item"])

    @property
    def error(self) -> Message:
        """Say the error of leaving one station out."""
        return phrase("surface_error", rmse=self.made.rmse, bias=self.made.bias, n=len(self.made.checks))

    @property
    def headline(self) -> Message:
        """Say what is drawn, how, and its error."""
        return phrase(
            "surface_drawn", item=self.item, year=self.day.last.year, last=self.day.last,
            method=self.made.method, cell=self.made.grid.cell_m, error=self.error,
        )  # fmt: skip

    def basis(self) -> Basis:
        """Rest the surface on the records of the year."""
        found = self.given.read.found
        return behind.surface(
            self.made, (found.kind, found.table), self.item, text_of(self.edition), self.day.last
        )


def places_of(
    records: Source, stations: Source | None, boundary: Source | None, said: Mapping[str, Any], tell: Tell,
    kind: str | None = None,
) -> Places:  # fmt: skip
    """Read records, the places of their stations, and polygons.

    Parameters
    ----------
    tell
        Called with each source that was read.

    Raises
    ------
    UsageError
        The stations have no places.
    """
    if stations is None:
        raise refusal(UsageError, "stations_without_places")
    read = one_kind(records, said, tell, kind)
    listed = taken_in(stations, "stations", {})
    tell(listed)
    if boundary is None:
        return Places(read, listed.found.table, None)
    shapes = taken_in(boundary, "boundaries", {})
    tell(shapes)
    return Places(read, listed.found.table, shapes.found.table)


def drawn(
    given: Places, layers: Path | None, as_of: dt.date | str | None, method: str, cell: float | None
) -> Drawn:
    """Draw the surface of the year so far, as of the last record when nobody names a day.

    Parameters
    ----------
    method
        idw or kriging, which is refused and never replaced where stations are too few.
    cell
        Side of a cell in metres.

    Raises
    ------
    UsageError
        No station has both a value and a place, or the method is none or needs more stations.
    """
    found = given.read.found
    at = day({found.kind: found.table}, as_of)
    editions = county.editions(layers)
    edition = editions.in_force(FAMILY, at.last)
    rules = edition.data["surface"]
    placed = _placed({found.kind: found.table, "stations": given.stations}, editions, at.last, rules["item"])
    made = interpolate(placed, _outline(given.shapes, placed), method, rules, cell)
    towns = None
    if given.shapes is not None:
        towns = town_means(made, _towns(given.shapes)).assign(note=NOT_FOR_COMPLIANCE.stored)
    return Drawn(given, made, towns, edition, at)


def _placed(
    tables: dict[str, pd.DataFrame], editions: Editions, last: dt.date, item: str
) -> gpd.GeoDataFrame:
    """Give the stations that have a place, with their mean of the year up to `last`."""
    published, hours = (table_of(tables, kind) for kind in ("air_days", "air_hours"))
    keys = station_keys(tables["stations"], published, hours)
    made = station_days(hours.assign(station=keyed(hours, keys)), editions)
    days = all_station_days(published, made, keys, editions)
    year = days[(days["date"].dt.year == last.year) & (days["date"] <= pd.Timestamp(last))]
    means = year.groupby("station_key")[item].mean()
    if means.isna().all():
        raise refusal(UsageError, "no_valid_day", item=item, year=last.year)
    found = placed_stations(tables, means, keys)
    if found is None or not len(found):
        raise refusal(UsageError, "no_station_placed", found=", ".join(map(str, means.index[:6])))
    return found


def _outline(shapes: pd.DataFrame | None, placed: gpd.GeoDataFrame) -> BaseGeometry:
    if shapes is not None:
        own = boundary_of({"boundaries": shapes})
        return own if own is not None else gpd.GeoSeries(shapes["geometry"].dropna()).union_all()
    west, south, east, north = placed.total_bounds
    wide, high = MARGIN * (east - west), MARGIN * (north - south)
    return shapely.box(west - wide, south - high, east + wide, north + high)


def _towns(shapes: pd.DataFrame) -> gpd.GeoDataFrame:
    towns = level_of({"boundaries": shapes}, "town")
    whole = shapes[shapes["geometry"].notna()]
    return gpd.GeoDataFrame(whole, geometry="geometry", crs="EPSG:4490") if towns is None else towns
