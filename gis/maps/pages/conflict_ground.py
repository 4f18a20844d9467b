"""What the pages of conflicts share: rows by key, drawn tables with their index, marks and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis import look
from gis.catalogue.model import Rule
from gis.land.line_editions import edition_names
from gis.look import Mark
from gis.maps.book import Book
from gis.maps.layers import Pair, placed
from gis.maps.pages.cells import records, unsure_of
from gis.maps.pages.extract import Placed

OUTSIDE = "growth_boundary"
Row = dict[str, Any]
Rows = list[Row]


@dataclass(frozen=True)
class Ground:
    """What the pages share: rows by key, drawn tables with their spatial index, and the marks."""

    book: Book
    parcels: Placed
    lines: dict[str, Placed]
    line_rows: dict[str, Rows]
    waters: tuple[Placed, Placed]
    events: dict[str, Rows]
    marks: dict[str, dict[str, Mark]]
    verdicts: dict[str, Pair]
    rules: dict[str, Rule]
    notes: tuple[str, ...]

    def line_words(self, kind: str) -> Pair:
        """Name a type of line, or the ground outside it where that is the conflict."""
        mark = self.marks["line"][kind]
        return (
            (f"{mark.zh}外", f"outside the {mark.en[0].lower()}{mark.en[1:]}")
            if kind == OUTSIDE
            else (mark.zh, mark.en)
        )

    def verdict_words(self, verdict: Any) -> Pair | None:
        """Give the words of a verdict; None where there is none."""
        return None if pd.isna(verdict) else self.verdicts.get(str(verdict), (str(verdict), str(verdict)))


def ground_of(book: Book, parcels: gpd.GeoDataFrame) -> Ground:
    """Collect what every page of a conflict draws from.

    Parameters
    ----------
    parcels
        Those of the book that have a geometry.
    """
    colours = look.colours(book.editions, book.as_of)
    lines, waters = placed(book.tables.get("control_lines")), placed(book.tables.get("waters"))
    by_type: dict[str, Placed] = {}
    rows: dict[str, Rows] = {}
    if lines is not None:
        named_ = lines.assign(edition_name=edition_names(lines))
        by_type = {
            str(kind): Placed.of(some.geometry.to_numpy()) for kind, some in named_.groupby("line_type")
        }
        rows = grouped(pd.DataFrame(named_), "line_type")
    wet = waters.geometry.to_numpy() if waters is not None else np.array([], dtype=object)
    wide = shapely.get_dimensions(wet) > 1
    listed = book.tables.get("ledger_events")
    events: dict[str, Rows] = {}
    if listed is not None and len(listed):
        events = grouped(pd.DataFrame(listed).sort_values("date", kind="stable"), "parcel_id")
    return Ground(
        book=book,
        parcels=Placed.of(parcels.geometry.to_numpy()),
        lines=by_type,
        line_rows=rows,
        waters=(Placed.of(wet[wide]), Placed.of(wet[~wide])),
        events=events,
        marks={group: look.marks(colours, group) for group in ("line", "severity", "base")},
        verdicts=look.verdict_words(colours),
        rules={rule.id: rule for rule in book.catalogue.rules},
        notes=tuple(unsure_of(book, {look.FAMILY, "parcel_area"})),
    )


def grouped(frame: pd.DataFrame, *keys: str) -> dict[Any, Rows]:
    """Give the rows of a frame as dictionaries, by the text of one or more columns."""
    found: dict[Any, Rows] = {}
    for row in records(frame):
        key = tuple(str(row[name]) for name in keys)
        found.setdefault(key if len(keys) > 1 else key[0], []).append(row)
    return found


def is_sliver(row: Row) -> bool:
    """Tell whether a piece is listed apart as a sliver."""
    return not pd.isna(row["sliver"]) and bool(row["sliver"])
