"""Boundaries that disagree as GCJ-02 maps and surveyed ones do; reported, never moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations

import geopandas as gpd
import pandas as pd

from gis.base.messages import Message
from gis.base.tables import conform
from gis.ingest.crs import gcj02_like
from gis.ingest.model import Ingested

CODE = "gcj02_offset"


def offsets_told(layers: Sequence[Ingested]) -> list[Ingested]:
    """Compare every two layers of boundaries that cover the county, and tell which seems shifted.

    Parameters
    ----------
    layers
        Counties are compared by code or name; a county and its towns as wholes.

    Returns
    -------
    layers
        As they came, a finding `gcj02_offset` added where a layer lies 300 to 600 m east to
        south-east of another on all sides.
    """
    found = list(layers)
    covers = [(at, one.table) for at, one in enumerate(found) if one.kind == "boundaries"]
    for at, other, message in _shifted([(at, cover) for at, cover in covers if _polygons(cover)]):
        layer = found[at]
        told = {
            "layer": layer.layer, "source": layer.table["source"].iloc[0], "code": CODE,
            "message": Message("{told}（{other}）", "{told} ({other})", told=message, other=found[other].layer).stored,
        }  # fmt: skip
        findings = pd.concat([layer.findings, conform(pd.DataFrame([told]), "findings")], ignore_index=True)
        found[at] = replace(layer, findings=findings)
    return found


def _shifted(covers: Sequence[tuple[int, pd.DataFrame]]) -> Iterator[tuple[int, int, Message]]:
    for (at, mine), (other, theirs) in permutations(covers, 2):
        if message := gcj02_like(gpd.GeoDataFrame(mine), gpd.GeoDataFrame(theirs)):
            yield at, other, message


def _polygons(cover: pd.DataFrame) -> bool:
    if not isinstance(cover, gpd.GeoDataFrame):
        return False
    types = cover.geometry.dropna().geom_type
    return len(types) > 0 and bool(types.str.contains("Polygon").all())
