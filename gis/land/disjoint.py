"""Control lines of one type over the same ground: found, told, and cut so that ground counts once.

Lines of different editions never cut each other. Control areas of different kinds overlap by law:
each keeps its shape, and only sums count the common ground once.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from geopandas.array import from_shapely

from gis.base.messages import Message
from gis.base.tables import Tables, conform, empty
from gis.base.units import to_mu
from gis.engine import Engine, in_blocks
from gis.land.area import Floats, Ints, legal_areas, round_parcels, to_degrees, zones_of
from gis.land.line_editions import FIRST_DAY, edition_names
from gis.land.overlay import NOTICED
from gis.land.phrases import phrase
from gis.land.sound import Shapes, areal, carefully, difference, united, valid_degrees, valid_plane
from gis.standards.editions import Edition

BY_LAW = "control_area"
CUT, LAWFUL = "lines_overlap", "lines_overlap_by_law"
INSIDE = "T********"  # DE-9IM: the interiors meet
MOST_TOLD = 100  # overlaps of one type told one by one, the largest first
LEAST_MU = 0.01
KINDS = {
    "red_line": Message("生态保护红线", "ecological red line"),
    "basic_farmland": Message("永久基本农田", "permanent basic farmland"),
    "growth_boundary": Message("城镇开发边界", "urban growth boundary"),
    "control_area": Message("生态空间管控区域", "ecological-space control area"),
}


class Disjoint(NamedTuple):
    """Lines that share no ground but by law, and the overlaps that there were.

    Attributes
    ----------
    lines
        As they came; where two overlapped, the later one has what is left of it, null if nothing is.
    overlaps
        first, later (positions), line_type, lawful, area_m2 (legal), the largest first.
    """

    lines: gpd.GeoDataFrame
    overlaps: pd.DataFrame


class _Pairs(NamedTuple):
    """Two lines on the same ground, by position, whether the law knows that, and how much, m².

    `before` and `after` are their shapes in the plane of the zone of the later one.
    """

    first: Ints
    later: Ints
    lawful: npt.NDArray[np.bool_]
    area: Floats
    zone: Ints
    before: Shapes
    after: Shapes

    def among(self, which: npt.NDArray[np.bool_]) -> _Pairs:
        """Keep some of the pairs."""
        sides: list[Any] = [side[which] for side in self]
        return _Pairs(*sides)


def disjoint(lines: gpd.GeoDataFrame, edition: Edition, engine: Engine) -> Disjoint:
    """Give each spot of ground to one line of its type and edition.

    Parameters
    ----------
    lines
        Canonical control lines, polygons in EPSG:4490. The common ground stays with the line in force
        first, then with the first in the file; one without an edition belongs to every edition and
        goes before those with one.
    edition
        Of the family `parcel_area`.

    Returns
    -------
    disjoint
        An overlap that an area to 0.01 m² would not show is left as it is.
    """
    pairs = _pairs(lines, edition, engine)
    at, rest = _rests(pairs.among(~pairs.lawful), engine)
    shapes = lines.geometry.to_numpy().copy()
    rest[shapely.is_empty(rest)] = None
    shapes[at] = rest
    out = lines
    if len(at):
        out = gpd.GeoDataFrame(lines.assign(geometry=from_shapely(shapes, crs=lines.crs)), crs=lines.crs)
    overlaps = pd.DataFrame({
        "first": pairs.first, "later": pairs.later, "line_type": lines["line_type"].to_numpy()[pairs.later],
        "lawful": pairs.lawful, "area_m2": pairs.area,
    })  # fmt: skip
    return Disjoint(out, overlaps.sort_values("area_m2", ascending=False, kind="stable", ignore_index=True))


def own_area(lines: gpd.GeoDataFrame, edition: Edition, engine: Engine) -> pd.Series:
    """Measure the ground of each line that no line before it has, m²: what a sum of lines may add.

    Parameters
    ----------
    lines, edition, engine
        As `disjoint` takes them; control areas of different kinds too count their common ground once.

    Returns
    -------
    area
        Shape (n,), legal, rounded as the database field; 0 where nothing is drawn.
    """
    shapes = lines.geometry.to_numpy().copy()
    at, rest = _rests(_pairs(lines, edition, engine), engine)
    shapes[at] = rest
    area = pd.Series(legal_areas(shapes, edition), index=lines.index).fillna(0.0)
    return round_parcels(area, edition)


def lines_apart(
    tables: Tables, edition: Edition, engine: Engine
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Make the control lines among the tables disjoint, and tell their overlaps.

    Returns
    -------
    tables, findings
        `findings` as the canonical table, a row an overlap, the `MOST_TOLD` largest of each type.
    """
    lines = tables.get("control_lines")
    if not isinstance(lines, gpd.GeoDataFrame) or not len(lines):
        return dict(tables), empty("findings")
    made = disjoint(lines, edition, engine)
    rows = [
        {"layer": lines["layer"].iloc[at], "source": lines["source"].iloc[at], "code": code, "message": message.stored}
        for code, at, message in told(lines, made.overlaps)
    ]  # fmt: skip
    return {**tables, "control_lines": made.lines}, conform(pd.DataFrame(rows), "findings")


def told(lines: pd.DataFrame, overlaps: pd.DataFrame) -> list[tuple[str, int, Message]]:
    """Say which lines overlap, by how much and what was done: kind of finding, position of the later line, message.

    Parameters
    ----------
    lines
        With line_id, name, source, source_row.
    overlaps
        As `disjoint` gives them.
    """
    found = []
    for (kind, lawful), some in overlaps.groupby(["line_type", "lawful"], sort=False):
        code = LAWFUL if lawful else CUT
        most = some.head(MOST_TOLD)
        found += [
            (code, later, _of_pair(lines, str(kind), (first, later, area), lawful=bool(lawful)))
            for first, later, area in zip(most["first"].tolist(), most["later"].tolist(), most["area_m2"], strict=True)
        ]  # fmt: skip
        more = some.iloc[MOST_TOLD:]
        if len(more):
            message = phrase(
                "more_overlaps", kind=_kind(str(kind)), n=len(more), area=_area(float(more["area_m2"].sum()))
            )
            found.append((code, int(more["later"].iloc[0]), message))
    return found


def _of_pair(lines: pd.DataFrame, kind: str, pair: tuple[int, int, float], *, lawful: bool) -> Message:
    end = (
        phrase("kinds_may_overlap") if lawful else Message("只计一次，归前者", "counted once, for the former")
    )
    return phrase(
        "lines_overlap", kind=_kind(kind), one=_named(lines, pair[0]), other=_named(lines, pair[1]),
        area=_area(pair[2]), end=end,
    )  # fmt: skip


def _kind(kind: str) -> Message:
    return KINDS.get(kind, Message("图层", "layer"))


def _named(lines: pd.DataFrame, at: int) -> Message:
    """Name a line by its id, else its name, with its file and row."""
    line = lines.iloc[at]
    known = [line[name] for name in ("line_id", "name") if name in lines and pd.notna(line[name])]
    place = {"source": line["source"], "row": line["source_row"]}
    if not known:
        return Message("{source} 第 {row} 行", "{source}, row {row}", **place)
    return Message("{id}（{source} 第 {row} 行）", "{id} ({source}, row {row})", id=known[0], **place)


def _area(m2: float) -> Message:
    mu = float(to_mu(m2))
    if mu < LEAST_MU:
        return Message("{m2:.2f} m²", "{m2:.2f} m²", m2=m2)
    return Message("{mu:,.2f} 亩", "{mu:,.2f} mu", mu=mu)


def _pairs(lines: gpd.GeoDataFrame, edition: Edition, engine: Engine) -> _Pairs:
    """Find the lines of one type and edition with common ground that an area would show, the earlier first."""
    first, later = _candidates(lines)
    least = NOTICED * 10.0 ** -edition.data["method"]["decimals_m2"]
    used, at = np.unique(np.concatenate([first, later]), return_inverse=True)
    shapes = lines.geometry.to_numpy()[used]
    zones = zones_of(shapes)
    plane = in_blocks(engine, valid_plane, shapely.force_2d(shapes), zones)
    one, two = at[: len(first)], at[len(first) :]
    before, after, zone = plane[one], plane[two], zones[two]
    other = zones[one] != zone
    before[other] = valid_plane(shapely.force_2d(shapes[one[other]]), zone[other])
    met = in_blocks(engine, partial(shapely.relate_pattern, pattern=INSIDE), before, after)
    pairs = _Pairs(first, later, _lawful(lines, first, later), np.zeros(len(first)), zone, before, after)
    pairs = pairs.among(met)
    common = in_blocks(engine, partial(carefully, shapely.intersection), pairs.before, pairs.after)
    common[:] = [areal(one) for one in common]
    area = legal_areas(to_degrees(common, pairs.zone), edition)
    return pairs._replace(area=area).among(area >= least)


def _candidates(lines: gpd.GeoDataFrame) -> tuple[Ints, Ints]:
    """Give the pairs of one type and edition whose boxes meet, each as earlier and later line."""
    shapes = lines.geometry.to_numpy()
    names = edition_names(lines).to_numpy(dtype="object")
    kind = pd.factorize(lines["line_type"])[0]
    start = lines["effective_from"].fillna(FIRST_DAY).to_numpy()
    rank = np.empty(len(lines), dtype="int64")
    rank[np.lexsort((np.arange(len(lines)), start, names != ""))] = np.arange(len(lines))
    one, two = shapely.STRtree(shapes).query(shapes)
    same = (rank[one] < rank[two]) & (kind[one] == kind[two])
    one, two = one[same], two[same]
    same = (names[one] == names[two]) | (names[one] == "") | (names[two] == "")
    order = np.argsort(rank[two][same], kind="stable")
    return one[same][order], two[same][order]


def _lawful(lines: pd.DataFrame, first: Ints, later: Ints) -> npt.NDArray[np.bool_]:
    """Tell which overlaps are of control areas of different kinds or names, which the law knows."""
    out = np.zeros(len(first), dtype=bool)
    for name in ("category", "name"):
        cells = lines[name].to_numpy(dtype="object")
        one, other = cells[first], cells[later]
        out |= (one != other) & pd.notna(one) & pd.notna(other)
    return out & (lines["line_type"].to_numpy()[later] == BY_LAW)


def _rests(pairs: _Pairs, engine: Engine) -> tuple[Ints, Shapes]:
    """Give the positions of the later lines and what is left of each, in degrees."""
    order = np.argsort(pairs.later, kind="stable")
    later = pairs.later[order]
    start = np.flatnonzero(np.diff(later, prepend=-1))
    before = np.empty(len(start), dtype=object)
    before[:] = [united(some) for some in np.split(pairs.before[order], start[1:])][: len(start)]
    left = in_blocks(engine, difference, pairs.after[order][start], before)
    left[:] = [areal(one) for one in left]
    return later[start], in_blocks(engine, valid_degrees, left, pairs.zone[order][start])
