"""The page of `gis land conflicts -o x.html`: pieces, with the lines, parcels, towns and the county below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import pandas as pd

from gis.base.messages import Text
from gis.cli.desk import evidence, stored
from gis.maps.pages import desk as page
from gis.store.whole import write_text

if TYPE_CHECKING:
    from gis.cli.desk import Result


class Ground(NamedTuple):
    """The pieces of a result, the town of each parcel and the county, and the layers to draw below."""

    pieces: gpd.GeoDataFrame
    beside: Mapping[str, pd.Series | str | None]
    layers: Mapping[str, gpd.GeoDataFrame | None]


def write(result: Result, ground: Ground, notes: Sequence[Text], output: Path) -> None:
    """Write the page; its table begins with parcel, town, county and line."""
    at = ground.pieces["parcel"].to_numpy(dtype="int64")
    first = {
        name: cells.iloc[at].to_numpy() if isinstance(cells, pd.Series) else cells
        for name, cells in ground.beside.items() if cells is not None
    }  # fmt: skip
    lead = pd.DataFrame(
        {"parcel_id": ground.pieces["parcel_id"].to_numpy(), **first}, index=result.frame.index
    )
    names = ["line_type", "line_name", "verdict", "severity", "area_mu", "share"]
    lead = lead.join(result.frame[names])
    rest = result.frame.drop(columns=[name for name in lead.columns if name in result.frame])
    frame = gpd.GeoDataFrame(pd.concat([lead, rest], axis=1), geometry="geometry", crs=result.frame.crs)
    stamp = " · ".join(result.stamps.values())
    layers = {name: layer for name, layer in ground.layers.items() if layer is not None}
    write_text(
        page.render(result.title.stored, frame, stored(notes), stamp, layers, evidence(result)), output
    )


def write_changes(
    result: Result,
    rows: gpd.GeoDataFrame,
    towns: gpd.GeoDataFrame | None,
    notes: Sequence[Text],
    output: Path,
) -> None:
    """Write the page of two editions: every piece with its line and town, the towns below."""
    layers = {} if towns is None else {"boundaries": gpd.GeoDataFrame(towns.assign(level="town"))}
    write_text(page.render(result.title.stored, rows, stored(notes), "", layers, evidence(result)), output)
