"""Sections on their rivers: snapped, in order along the line, each with the reach it represents."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from gis.base.geo import STORED, ZONE_WIDTH, plane_of
from gis.base.messages import Message, enumerated, listed, restored
from gis.base.tables import Tables, conform, empty
from gis.water.phrases import phrase
from gis.water.sections import keyed_sections, newest, plain

DOWNSTREAM, UPSTREAM = "downstream", "upstream"
ONE_WAY = (DOWNSTREAM, UPSTREAM)
FAR_M = 500.0
# more than half the Yangtze before 常熟: no section stands so far from a river drawn as one line
LOST_M = 5000.0
NOT_TOLD = phrase("no_water_named")
NO_WATER = Message("没有水系图层", "there is no layer of waters")
NO_FLOW = Message("流向未知，只列相邻断面", "flow not known: neighbours only")
FAR_FROM_WATER, NOT_ON_MAP = "section_far_from_water", "water_not_drawn"
REACHES = [
    "water_id", "water", "section_id", "section", "flow", "length_m", "source", "source_row", "geometry",
]  # fmt: skip
NETWORK = [
    "section_id", "name", "water_id", "water", "own_water", "distance_m", "along_m", "upstream", "downstream",
    "neighbours", "note", "source", "source_row",
]  # fmt: skip


def network(
    sections: pd.DataFrame, waters: pd.DataFrame, as_of: dt.date
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Put each section on the water of its name and cut rivers into the reaches that sections represent.

    A river is all lines of one name, joined end to end; where it is in several pieces, each piece is cut
    by itself. The state rule: a reach ends half-way, along the river, between two sections.

    Parameters
    ----------
    sections
        Canonical `sections` with points in EPSG:4490; the newest row begun by `as_of` counts.
    waters
        Canonical `waters`, lines and polygons in EPSG:4490; `flow` says whether a line is drawn
        downstream or upstream.

    Returns
    -------
    reaches
        REACHES, LineStrings in EPSG:4490; section_id is null where no section stands on the piece.
    section_network
        NETWORK; distance_m to its water (0 inside a lake), along_m (null over 5 km away: such a section
        stands on no reach, and its neighbours are each other's) from the start of the line as
        drawn; upstream and downstream are the nearest sections on the same river, empty where the
        flow is not known; planar metres in the 3-degree zone that holds the middle one of all shapes.
    """
    points = _points(sections, as_of)
    known = waters[waters["geometry"].notna()] if "geometry" in waters else waters.assign(geometry=None)
    known = known.reset_index(drop=True)
    if not len(points) and not len(known):
        return _reaches([], STORED), pd.DataFrame(columns=NETWORK)
    shapes = gpd.GeoSeries(pd.concat([points["geometry"], known["geometry"]]), crs=STORED)
    crs = _plane(shapes)
    drawn = _drawn(known, crs)
    spots = gpd.GeoSeries(points["geometry"], crs=STORED).to_crs(crs)
    rows = [_placed(row, spot, drawn) for row, spot in zip(_records(points), spots, strict=True)]
    placed = pd.DataFrame(rows, columns=[*NETWORK, "piece", "key"])
    cut: list[dict[str, Any]] = []
    parts = [placed[placed["piece"].isna()]]
    for water in _records(drawn):
        here = placed[placed["own_water"].eq(other=True) & placed["water"].eq(water["water"])]
        for number, piece in enumerate(water["pieces"]):
            order = here[here["piece"] == number].sort_values("along_m", kind="stable")
            cut += _cut(water, piece, order)
            parts += [_linked(order, water["flow"])] if len(order) else []
    found = pd.concat([part for part in parts if len(part)] or parts[:1]).sort_index()
    notes = found["note"].map(lambda note: note.stored if isinstance(note, Message) else None)
    return _reaches(cut, crs), found.assign(note=notes.astype("object"))[NETWORK]


def misplaced(tables: Tables) -> pd.DataFrame:
    """Tell the sections that stand far from the water they name, and those whose water is not drawn.

    Returns
    -------
    findings
        As the canonical table; empty without sections or without waters.
    """
    sections, waters = (tables.get(name, empty(name)) for name in ("sections", "waters"))
    if not len(sections) or not len(waters):
        return empty("findings")
    found = network(sections, waters, dt.date.max)[1]
    named = found[found["water_id"].notna() | found["water"].notna()]
    far = named["own_water"].eq(other=True) & ~(named["distance_m"] <= FAR_M)
    lost = named["own_water"].eq(other=False) & (named["note"] != NOT_TOLD.stored)
    layers = dict(zip(sections["source"], sections["layer"], strict=True)) if "layer" in sections else {}
    rows = [
        {
            "layer": layers.get(row["source"]),
            "source": row["source"],
            "code": FAR_FROM_WATER if row["own_water"] else NOT_ON_MAP,
            "message": phrase(
                "section_note", name=row["name"], source=row["source"], row=row["source_row"],
                note=restored(row["note"]),
            ).stored,
        }
        for row in _records(named[far | lost])
    ]  # fmt: skip
    return conform(pd.DataFrame(rows), "findings")


def _plane(shapes: gpd.GeoSeries) -> str:
    """Give the plane of the zone where most shapes lie: one stray section moves nothing."""
    boxes = shapely.bounds(shapes.to_numpy())
    return plane_of(round(float(np.nanmedian((boxes[:, 0] + boxes[:, 2]) / 2)) / ZONE_WIDTH))


def _points(sections: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    rows = keyed_sections(sections)
    if "geometry" not in rows:
        return rows.iloc[:0].assign(geometry=None)
    begun = rows["valid_from"].isna() | (rows["valid_from"] <= pd.Timestamp(as_of))
    rows = pd.DataFrame(rows[begun & rows["geometry"].notna() & rows["key"].notna()])
    rows = newest(rows).sort_values("key", kind="stable", ignore_index=True)
    return rows.assign(
        section_id=rows["section_id"].fillna(rows["name"]), plain_body=plain(rows["water_body"])
    )


def _drawn(waters: pd.DataFrame, crs: str) -> pd.DataFrame:
    """Give one row a named water: its shape, and its pieces where it is a line."""
    flat = gpd.GeoSeries(waters["geometry"], crs=STORED).to_crs(crs)
    label = waters["name"].fillna(waters["water_id"])
    rows = []
    for name, index in label.groupby(plain(label), sort=False).groups.items():
        first, shapes = waters.loc[index[0]], flat.loc[index]
        shape = shapely.geometrycollections(shapes.to_numpy())
        lines = shapes[shapes.geom_type.str.endswith("LineString")]
        flows = waters.loc[index, "flow"].dropna().unique().tolist()
        flow = str(flows[0]) if len(flows) == 1 else None
        rows.append(
            {
                "name": name, "water": label[index[0]], "water_id": first["water_id"], "shape": shape,
                "pieces": _pieces(lines.to_numpy(), flow), "flow": flow,
                "source": first["source"], "source_row": first["source_row"],
            }
        )  # fmt: skip
    columns = ["name", "water", "water_id", "shape", "pieces", "flow", "source", "source_row"]
    return pd.DataFrame(rows, columns=columns)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _pieces(lines: npt.NDArray[np.object_], flow: str | None) -> list[shapely.LineString]:
    """Join lines end to end; where their direction means something, only those drawn the same way."""
    if not len(lines):
        return []
    parts = shapely.multilinestrings(shapely.get_parts(shapely.force_2d(lines)))
    return list(shapely.get_parts(shapely.line_merge(parts, directed=flow in ONE_WAY)))


def _placed(row: dict[str, Any], spot: BaseGeometry, drawn: pd.DataFrame) -> dict[str, Any]:
    told = {name: row[name] for name in ("key", "section_id", "name", "source", "source_row")}
    if not len(drawn):
        return {**told, "own_water": False, "note": NO_WATER}
    body = row["plain_body"]
    own = drawn.index[drawn["name"] == body] if isinstance(body, str) else drawn.index[:0]
    distances = np.nan_to_num(shapely.distance(drawn["shape"].to_numpy(), spot), nan=np.inf)
    at = own[0] if len(own) else drawn.index[int(distances.argmin())]
    water, distance = drawn.loc[at], float(distances[at])
    told |= {"water_id": water["water_id"], "water": water["water"], "distance_m": distance}
    if not len(own):
        return {**told, "own_water": False, "note": _not_drawn(body, row["water_body"], water["water"])}
    told |= {"own_water": True, "note": None if distance <= FAR_M else _far(distance)}
    if not water["pieces"] or distance > LOST_M:
        return told
    piece = int(np.argmin(shapely.distance(water["pieces"], spot)))
    return {**told, "piece": piece, "along_m": float(water["pieces"][piece].project(spot))}


def _far(metres: float) -> Message:
    if not np.isfinite(metres):
        return Message("远在本水体之外，请核对坐标", "very far from its water: check the coordinates")
    if metres > LOST_M:
        return phrase("off_reaches", metres=metres)
    return phrase("far_from_water", metres=metres)


def _not_drawn(plain_body: object, body: object, near: str) -> Message:
    if not isinstance(plain_body, str):
        return NOT_TOLD
    return phrase("water_not_drawn", body=body, near=near)


def _cut(water: dict[str, Any], piece: shapely.LineString, order: pd.DataFrame) -> list[dict[str, Any]]:
    """Cut one line half-way between its sections; a line without a section stays whole."""
    about = {name: water[name] for name in ("water_id", "water", "flow", "source", "source_row")}
    along = order["along_m"].to_numpy("float64")
    ends = [0.0, *((along[:-1] + along[1:]) / 2), piece.length]
    who = order[["section_id", "name"]].to_numpy().tolist() or [[None, None]]
    return [
        about | {"section_id": id_, "section": name, "length_m": to - start, "geometry": substring(piece, start, to)}
        for (id_, name), (start, to) in zip(who, pairwise(ends), strict=True)
    ]  # fmt: skip


def _linked(order: pd.DataFrame, flow: str | None) -> pd.DataFrame:
    """Name the neighbours of each section of one line, given in the order along it."""
    before, after = order["section_id"].shift(), order["section_id"].shift(-1)
    up, down = (after, before) if flow == UPSTREAM else (before, after)
    both = pd.Series(
        [enumerated((one, one) for one in pair if isinstance(one, str)) for pair in zip(before, after, strict=True)],
        order.index, dtype="object",
    )  # fmt: skip
    known = flow in ONE_WAY
    unsure = [] if known or len(order) == 1 else [NO_FLOW]
    notes = [[note, *unsure] if isinstance(note, Message) else unsure for note in order["note"]]
    note = pd.Series(
        [listed(some, "；", "; ") if some else None for some in notes], order.index, dtype="object"
    )
    return order.assign(
        upstream=up if known else None, downstream=down if known else None, neighbours=both, note=note
    )


def _reaches(rows: list[dict[str, Any]], crs: str) -> gpd.GeoDataFrame:
    frame = pd.DataFrame(rows, columns=REACHES)
    frame = frame.astype({"length_m": "float64", "section_id": "str", "section": "str", "flow": "str"})
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=crs).to_crs(STORED)
