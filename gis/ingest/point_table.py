"""Sheets of boundary points (地块, 圈, 点号, X, Y) → the parcels that they bound."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.geo import STORED
from gis.base.messages import Message, listed
from gis.base.stored_words import toml_of
from gis.base.tables import conform, empty
from gis.ingest.angles import degrees
from gis.ingest.axes import HALF_TURN
from gis.ingest.heads import plain, recognised, take_apart
from gis.ingest.model import CELLS, Findings, Options, Raw, finding, read_of
from gis.ingest.phrases import fault
from gis.ingest.points import polygon_of, rings_of
from gis.ingest.points_text import Point
from gis.ingest.shapes import NEEDED, POLYGONS
from gis.ingest.survey import east_first, plane_crs, refuse_other_datum, told_turned
from gis.ingest.values import is_blank, numbers

_HEADS = {use: {*words} for use, words in toml_of("catalogue/readings.toml")["boundary_points"].items()}
NUMBER = "图斑编号"
CORNERS = 3
_NAMED = re.compile(
    r"(?:地块编号|地块号|宗地编号|宗地代码|宗地号|图斑编号|图斑号|地块名称)\s*[:：]\s*([^\s，,；;]+)"
)
_POINT_NAME = re.compile(r"[JZjz][A-Za-z]?\d+")


class Heads(NamedTuple):
    """Which columns hold the coordinates, the parcel, the ring and the number of the point."""

    first: Hashable
    second: Hashable
    parcel: Hashable | None
    ring: Hashable | None
    number: Hashable | None


def gathered(raw: Raw, options: Options) -> Raw:
    """Make polygons of a sheet whose rows are boundary points.

    Parameters
    ----------
    raw
        A part as read; only sheets for kinds of polygons are looked at.
    options
        `crs` is that of metres without a zone; without it a central meridian in a title says it.

    Returns
    -------
    raw
        As it came where its rows are no boundary points. Else a row a parcel, `rows` that of its first
        point: X may be the north or the east one, a further ring inside is a hole; columns that differ
        from point to point are left and named. Parcels that cannot be drawn are in `rejects`.

    Raises
    ------
    CrsError
        A title names another datum, or the eastings are of several zones.
    """
    if isinstance(raw.frame, gpd.GeoDataFrame) or NEEDED.get(options.kind) != POLYGONS:
        return raw
    heads = heads_of(raw.frame, options.kind)
    if heads is None:
        return raw
    texts = [raw.title, raw.part, raw.path.stem, *map(str, raw.frame.columns)]
    refuse_other_datum(texts, raw.path.name)
    groups = _groups(raw, heads)
    first, second = (_coordinates(raw.frame[name]) for name in (heads.first, heads.second))
    pairs = east_first(first, second)
    crs, plane = _crs(pairs.east, texts, raw, options)
    shapes, faults = _shapes(groups, pairs.east, pairs.north, raw, heads)
    frame, varying = _frame(raw, groups, heads)
    good = np.array([shape is not None for shape in shapes])
    points = pd.Series([len(at) for at in groups.values()], index=frame.index)
    geo = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, index=frame.index, crs=crs), crs=crs)
    rows = pd.Series([raw.rows.iloc[at[0]] for at in groups.values()], index=frame.index, dtype="Int64")
    findings = _told(raw, groups, heads, varying)
    findings += [told_turned(int(pairs.turned.sum()))] if pairs.turned.any() else []
    findings += plane
    return replace(
        raw, frame=geo[good], rows=rows[good], findings=(*raw.findings, *findings),
        cells=points[good], read=read_of(raw),
        rejects=pd.concat(
            [raw.rejects, _rejects(faults, raw, options).assign(**{CELLS: points[~good].to_numpy()})],
            ignore_index=True,
        ),
    )  # fmt: skip


def heads_of(frame: pd.DataFrame, kind: str) -> Heads | None:
    """Find the columns of a table of boundary points, or None where it is none.

    Each parcel has three points or more, or, without a column of parcels, points have numbers or rings.
    """
    names = {name: set(take_apart(str(name)).keys) | {plain(str(name))} for name in frame.columns}

    def head_of(use: str) -> Hashable | None:
        return next((name for name, keys in names.items() if keys & _HEADS[use]), None)

    first, second, ring, number = map(head_of, ("first", "second", "ring", "number"))
    if first is None or second is None or len(frame) < CORNERS:
        return None
    east = east_first(*(_coordinates(frame[name]) for name in (first, second))).east
    if 2 * int(np.isfinite(east).sum()) < len(frame):
        return None
    ids = [name for name in frame.columns if recognised(str(name), kind) == "parcel_id" and name != number]
    candidates = [
        *ids,
        *(name for name, keys in names.items() if keys & _HEADS["parcel"] and name not in ids),
    ]
    for name in candidates:
        sizes = _filled(frame[name]).value_counts()
        if 2 * int(sizes[sizes >= CORNERS].sum()) > int(sizes.sum()):
            return Heads(first, second, name, ring, number)
    if candidates and not _are_points(frame[candidates[0]]):
        return None
    number = number or (candidates[0] if candidates else head_of("counter"))
    if number is None and ring is None:
        return None
    return Heads(first, second, None, ring, number)


def _coordinates(cells: pd.Series) -> npt.NDArray[np.float64]:
    """Read metres or degrees, those spelled with minutes and seconds too."""
    values = np.asarray(numbers(cells).value, dtype="float64")
    spelled = [at for at in np.flatnonzero(~np.isfinite(values)) if isinstance(cells.iloc[at], str)]
    values[spelled] = [degrees(cells.iloc[at]) for at in spelled]
    return values


def are_boundary_points(heads: Sequence[str], body: Sequence[Sequence[Any]], kind: str) -> bool:
    """Tell from the top of a sheet that its rows are boundary points of parcels or rings that it names."""
    frame = (
        pd.DataFrame([list(row) for row in body])
        .reindex(columns=range(len(heads)))
        .set_axis([*heads], axis=1)
    )
    found = None if frame.columns.has_duplicates else heads_of(frame, kind)
    return found is not None and (found.parcel is not None or found.ring is not None)


def _are_points(cells: pd.Series) -> bool:
    return bool(cells.map(lambda cell: _POINT_NAME.fullmatch(str(cell).strip()) is not None).mean() > 0.5)  # noqa: PLR2004


def _filled(cells: pd.Series) -> pd.Series:
    texts = cells.map(lambda cell: None if is_blank(cell) else _text(cell)).astype("object")
    return texts.ffill()


def _text(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _groups(raw: Raw, heads: Heads) -> dict[str, list[int]]:
    """Give the positions of the points of each parcel; without a column of parcels the sheet is one."""
    if heads.parcel is None:
        return {_name_of(raw): list(range(len(raw.frame)))}
    groups: dict[str, list[int]] = {}
    for at, name in enumerate(_filled(raw.frame[heads.parcel]).fillna("").tolist()):
        groups.setdefault(name, []).append(at)
    return groups


def _name_of(raw: Raw) -> str:
    if found := _NAMED.search(raw.title):
        return found[1]
    return raw.part if raw.part and not raw.part.lower().startswith(("sheet", "工作表")) else raw.path.stem


def _crs(east: np.ndarray, texts: Sequence[str], raw: Raw, options: Options) -> tuple[str | None, Findings]:
    found = east[np.isfinite(east)]
    if not len(found) or np.abs(found).max() > HALF_TURN:
        return plane_crs(east, texts, raw.path.name, options.crs)
    return STORED, [finding("crs_assumed", crs=STORED)]


def _shapes(
    groups: dict[str, list[int]], east: np.ndarray, north: np.ndarray, raw: Raw, heads: Heads
) -> tuple[list[Any], list[tuple[int, str, Message, Message]]]:
    said = [""] * len(east) if heads.ring is None else _filled(raw.frame[heads.ring]).fillna("").tolist()
    cells = [raw.frame[name] for name in (heads.first, heads.second)]
    empty_row = np.logical_and(*(column.map(is_blank).to_numpy(bool) for column in cells))
    shapes: list[Any] = []
    faults: list[tuple[int, str, Message, Message]] = []
    for positions in groups.values():
        full = [at for at in positions if not empty_row[at]]
        bad = next((at for at in full if not np.isfinite(east[at])), None)
        rings, _ = rings_of(
            [Point(at, said[at], float(east[at]), float(north[at])) for at in full if bad is None]
        )
        short = not rings or min(len(np.unique(ring, axis=0)) for ring in rings) < CORNERS
        shapes.append(None if short else polygon_of(rings))
        if bad is not None:
            text = ", ".join(str(column.iloc[bad]) for column in cells)
            faults.append((bad, text, *fault("point_not_understood")))
        elif short:
            text = Message("{n} 点", "{n} points", n=len(full)).stored
            faults.append((positions[0], text, *fault("ring_short")))
    return shapes, faults


def _frame(raw: Raw, groups: dict[str, list[int]], heads: Heads) -> tuple[pd.DataFrame, list[str]]:
    """Give a row a parcel, of the columns that say one thing of it, and the names of the others."""
    code = np.empty(len(raw.frame), dtype=int)
    for number, positions in enumerate(groups.values()):
        code[positions] = number
    named = heads.parcel is not None and recognised(str(heads.parcel), "parcels") == "parcel_id"
    table: dict[Hashable, Any] = {heads.parcel if named else NUMBER: [name or None for name in groups]}
    varying = []
    for name in raw.frame.columns:
        if name in heads:
            continue
        cells = raw.frame[name].map(lambda cell: None if is_blank(cell) else cell).astype("object")
        by_parcel = cells.groupby(code)
        if cells.notna().any() and by_parcel.nunique().max() > 1:
            varying.append(str(name))
        else:
            table[name] = by_parcel.first().tolist()
    return pd.DataFrame(table, dtype="object"), varying


def _told(raw: Raw, groups: dict[str, list[int]], heads: Heads, varying: Sequence[str]) -> Findings:
    findings = [finding("point_table", points=len(raw.frame), parcels=len(groups))]
    if heads.parcel is None:
        findings.append(finding("one_parcel", name=next(iter(groups))))
    if varying:
        findings.append(finding("point_columns", names=listed(varying)))
    return findings


def _rejects(faults: Sequence[tuple[int, str, Message, Message]], raw: Raw, options: Options) -> pd.DataFrame:
    if not faults:
        return empty("rejects")
    source = raw.source
    lines = [
        {"layer": options.layer, "source": source, "source_row": raw.rows.iloc[at], "field": "coordinates",
         "text": text, "reason": reason.stored, "fix": fix.stored}
        for at, text, reason, fix in faults
    ]  # fmt: skip
    return conform(pd.DataFrame(lines), "rejects")
