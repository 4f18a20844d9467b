"""Count acceptances and reversals in the order of their dates; no ground is counted twice.

The one computation behind the figures, the pivot and the counted area of each parcel.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis.base.messages import Message
from gis.base.units import to_m2, to_mu
from gis.catalogue.model import Target
from gis.land.area import Floats, Ints, legal_area, to_degrees
from gis.land.events import EVENT_WORDS
from gis.land.sound import ROUND, carefully, difference, strayed, united, valid_plane
from gis.standards.editions import Edition

INDICATOR = "land.renewed_area"
REVERSED = "reversed"
ACCEPTED = "accepted"
RECLAMATION = "复垦|增减挂钩"
Shapes = dict[int, shapely.Geometry]
OVERLAPS = ["parcel_id", "other_id", "area_m2", "counted_for"]
COUNTED = [
    "parcel_id", "place", "category", "event", "date", "year", "area_mu", "area_m2", "claimed_mu", "overlap_m2",
    "declared_mu", "document_mu", "measured", "document_no", "table", "source", "source_row",
]  # fmt: skip


class Counting(NamedTuple):
    """Which event counts: `default` for a category not named (None: it does not count).

    Where no target says otherwise, every category counts when it is accepted (验收). `reclamation`:
    whether reclamation to farmland counts.
    """

    default: str | None = ACCEPTED
    by_category: Mapping[str, str] = MappingProxyType({})
    reclamation: bool = True

    @property
    def events(self) -> frozenset[str]:
        """Give every event that counts for some category."""
        return frozenset({*self.by_category.values(), *([self.default] if self.default else [])})

    @property
    def words(self) -> Message:
        """Name the rule as a reader of its figures must know it: 按验收，批而未供按供地."""
        usual = _by(self.default) if self.default else Message("其他类别不计", "no other category")
        parts = [usual, *(
            Message("{category}{by}", "{category} {by}", category=category, by=_by(event))
            for category, event in self.by_category.items() if event != self.default
        )]  # fmt: skip
        if not self.reclamation:
            parts.append(Message("复垦不计", "no reclamation"))
        out = parts[0]
        for part in parts[1:]:
            out = Message("{out}，{part}", "{out}, {part}", out=out, part=part)
        return out

    def event_of(self, category: pd.Series) -> pd.Series:
        """Give the counting event of each category; null where it does not count."""
        codes, names = pd.factorize(category)
        events = [self._event_of(str(name)) for name in names]
        return pd.Series(np.array([*events, self.default], dtype="object")[codes], index=category.index)

    def _event_of(self, category: str) -> str | None:
        back = not self.reclamation and re.search(RECLAMATION, category)
        return None if back else self.by_category.get(category, self.default)


class Counted(NamedTuple):
    """Signed rows of what counts with the position of their parcel, overlapping pairs, and the area that stands.

    `balance_m2` has shape (parcels,), null where no event counted.
    """

    rows: pd.DataFrame
    parcel: Ints
    overlaps: pd.DataFrame
    balance_m2: Floats


def counting_of(targets: Iterable[Target]) -> Counting:
    """Read from the targets of land.renewed_area which categories count, and on which event.

    A target that names categories speaks for those alone; one that names none for all the others.
    Where every target names categories, the others do not count. The first target to speak wins. The
    event is that of `counting_events` for the category, else `counting_event`, else acceptance.
    Reclamation to farmland counts unless a target says it does not.
    """
    asked = [target for target in targets if target.indicator == INDICATOR]
    default: str | None = None if asked else ACCEPTED
    named: dict[str, str] = {}
    for target in asked:
        event = str(target.counting_event or ACCEPTED)
        if not target.categories:
            default = default or event
        for category in target.categories or target.counting_events:
            named.setdefault(category, target.counting_events.get(category, event))
    return Counting(default, named, all(target.reclamation_counts for target in asked))


def count(
    parcels: gpd.GeoDataFrame, events: pd.DataFrame, at: Ints, counting: Counting, edition: Edition, zone: int
) -> Counted:
    """Walk the events by date: an acceptance adds, a reversal (核减) takes back, signed rows.

    Parameters
    ----------
    parcels
        parcel_id, place, category, area_legal_m2 (rounded as the database field), geometry EPSG:4490.
    events
        Dated, in order. An acceptance without area, or whose area agrees with the legal one within
        the tolerance of the edition, is of the whole parcel; another area is a part of it.
    at
        The position of the parcel of each event, -1 where there is none.
    counting
        The event that counts, by category.
    zone
        The 3-degree zone in whose plane common ground is found; that of the whole layer.

    Returns
    -------
    counted
        rows: a row a counting event or reversal, by its label in `events`; area_m2 is signed, rounded to
        0.01 m²; claimed_mu what the event itself says, document_mu the same signed, else declared_mu;
        overlap_m2 the ground that stays with earlier parcels; declared_mu the declared area in proportion.
        Ground belongs to the first parcel accepted on it until that is wholly reversed, also where only a part was
        accepted, since the ledger does not say which.
    """
    wanted = counting.event_of(parcels["category"]).to_numpy()
    back, counts = (events["event"] == REVERSED).to_numpy(), np.zeros(len(events), dtype=bool)
    for event in set(wanted) - {None}:
        own = (at >= 0) & (wanted == event)[at] if len(wanted) else counts
        counts |= own & (back | (events["event"] == event).to_numpy())
    of, back, rows = at[counts], back[counts], events[counts]
    book = _Book.open(parcels, of[~back], edition, zone)
    said, order = to_m2(rows["area_mu"].to_numpy(), "mu"), _turns(of.tolist(), book.common)
    area, lost = np.zeros(len(of)), np.zeros(len(of))
    for some in np.split(np.argsort(order, kind="stable"), np.cumsum(np.bincount(order))[:-1]):
        for which, act in ((some[~back[some]], book.accept), (some[back[some]], book.take_back)):
            area[which] = act(of[which], said[which], which)
        lost[some] = book.lost[of[some]]
    rows = rows.assign(area_m2=area, overlap_m2=lost)
    return Counted(_table(rows, parcels, of), of, book.overlaps(rows.index), book.balance)


def _turns(of: list[int], common: Mapping[int, Collection[int]]) -> Ints:
    """Give the turn of each event: after the earlier ones of its parcel and of those that share its ground."""
    last: dict[int, int] = {}
    turns = []
    for parcel in of:
        turn = last.get(parcel, -1) + 1
        for other in common.get(parcel, ()):
            turn = max(turn, last.get(other, -1) + 1)
        last[parcel] = turn
        turns.append(turn)
    return np.array(turns, dtype="int64")


def _by(event: str) -> Message:
    return Message("按{zh}", "by {en}", zh=EVENT_WORDS.get(event, event), en=event)


class _Share(NamedTuple):
    """The ground of a parcel, what takes from it, and the legal area left."""

    ground: shapely.Geometry
    taken: Shapes
    area: float


@dataclass
class _Book:
    """Who holds which ground, and how much of it is counted; m², by position of the parcel.

    `held` is null where nobody holds it, `balance` where nothing was ever counted. What is done at
    once is of parcels that share no ground.
    """

    ids: npt.NDArray[np.object_]
    legal: Floats
    shapes: Shapes
    common: dict[int, dict[int, float]]
    planned: dict[int, _Share]
    zone: int
    edition: Edition
    held: Floats
    lost: Floats
    balance: Floats
    ground: Shapes = field(default_factory=dict)
    met: dict[tuple[int, int], tuple[int, float]] = field(default_factory=dict)

    @classmethod
    def open(cls, parcels: gpd.GeoDataFrame, accepted: Ints, edition: Edition, zone: int) -> _Book:
        at = pd.unique(accepted)
        shapes = parcels.geometry.to_numpy()
        at = at[~(shapely.is_missing(shapes[at]) | shapely.is_empty(shapes[at]))]
        at = at[np.unique(near_pairs(shapes[at]))]
        plane = valid_plane(shapes[at], zone)
        ground, common = _pairs(at, plane, zone, edition)
        legal = parcels["area_legal_m2"].to_numpy(dtype="float64")
        planned = _planned(ground, common, zone, edition)
        nothing = np.full(len(parcels), np.nan)
        ids = parcels["parcel_id"].to_numpy()
        return cls(
            ids, legal, ground, common, planned, zone, edition, nothing, np.zeros(len(parcels)),
            nothing.copy(),
        )  # fmt: skip

    def accept(self, parcel: Ints, said: Floats, event: Ints) -> Floats:
        """Count acceptances: what they say, at most the ground held and not yet counted."""
        measured = np.isfinite(self.legal[parcel])
        out, own = np.zeros(len(parcel)), parcel[measured]
        self._claim(own, event[measured])
        standing = np.nan_to_num(self.balance[own])
        left = (self.held[own] - standing).round(self._decimals)
        area = np.maximum(np.minimum(left, self._whole(own, said[measured])), 0.0)
        self.balance[own] = (standing + area).round(self._decimals)
        out[measured] = area
        return out

    def take_back(self, parcel: Ints, said: Floats, _event: Ints) -> Floats:
        """Take back what reversals say, at most what is counted; nothing left frees the ground."""
        standing = np.nan_to_num(self.balance[parcel])
        area = np.minimum(standing, self._whole(parcel, np.abs(said)))
        self.balance[parcel] = (standing - area).round(self._decimals)
        free = parcel[self.balance[parcel] == 0]
        self.held[free], self.lost[free] = np.nan, 0.0
        return 0.0 - area

    def overlaps(self, labels: pd.Index) -> pd.DataFrame:
        met = sorted(self.met.items(), key=lambda one: one[1][0])
        rows = [(self.ids[a], self.ids[b], area, self.ids[b]) for (a, b), (_, area) in met]
        return pd.DataFrame(rows, labels[[event for _, (event, _) in met]], OVERLAPS)

    @property
    def _decimals(self) -> int:
        return int(self.edition.data["method"]["decimals_m2"])

    def _whole(self, parcel: Ints, said: Floats) -> Floats:
        limits, legal = self.edition.data["tolerance"], self.legal[parcel]
        agrees = np.abs(said - legal) <= np.maximum(limits["check_m2"], limits["check_share"] * legal)
        return np.where(np.isnan(said) | agrees, np.inf, said.round(self._decimals))

    def _claim(self, parcel: Ints, event: Ints) -> None:
        """Hold the ground of parcels that nobody holds, less what parcels accepted earlier hold."""
        free = np.isnan(self.held[parcel])
        own, area = parcel[free], self.legal[parcel[free]]
        for at in np.flatnonzero(np.isin(own, [*self.shapes])).tolist() if self.shapes else []:
            area[at] = min(area[at], self._share(int(own[at]), int(event[free][at])))
        self.held[own] = area.round(self._decimals)
        self.lost[own] = (self.legal[own] - self.held[own]).round(self._decimals)

    def _share(self, parcel: int, event: int) -> float:
        """Take the ground of a parcel that others do not hold yet; give its legal area."""
        earlier = [other for other in self.common[parcel] if np.isfinite(self.held[other])]
        for other in earlier:
            self.met.setdefault((parcel, other), (event, self.common[parcel][other]))
        self.ground[parcel] = self.shapes[parcel]
        if not earlier:
            return np.inf
        taken = {other: self.ground[other] for other in earlier}
        share = self.planned.get(parcel)
        if share is None or share.taken != taken:
            rest = _rest(self.shapes[parcel], taken)
            share = _Share(rest, taken, float(_legal([rest], self.zone, self.edition)[0]))
        self.ground[parcel] = share.ground
        return share.area


def near_pairs(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.int64]:
    """Give the pairs of shapes in degrees that may share ground in the plane, (2, n): their boxes, widened, meet."""
    boxes = shapely.bounds(shapes)
    boxes += (strayed(boxes) + ROUND)[:, None] * np.array([-1, -1, 1, 1])
    drawn = np.asarray(shapely.box(*boxes.T), dtype=object)
    pairs = shapely.STRtree(drawn).query(drawn)
    return np.asarray(pairs[:, pairs[0] < pairs[1]])


def common_ground(
    first: npt.NDArray[np.object_], second: npt.NDArray[np.object_], least: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
    """Give which pairs of shapes of one plane share more than `least` m², and that ground."""
    met = np.flatnonzero(shapely.intersects(first, second))
    common = carefully(shapely.intersection, first[met], second[met])
    real = shapely.area(common) > least
    return met[real], common[real]


def _pairs(
    at: npt.NDArray[np.int64], plane: npt.NDArray[np.object_], zone: int, edition: Edition
) -> tuple[Shapes, dict[int, dict[int, float]]]:
    """Find parcels with common ground: their shapes in the plane, and its legal area by pair."""
    one, two = shapely.STRtree(plane).query(plane)
    one, two = one[one < two], two[one < two]
    order = np.lexsort((two, one))
    one, two = one[order], two[order]
    real, common = common_ground(plane[one], plane[two], edition.data["proof"]["tolerance_m2"])
    one, two = one[real], two[real]
    found: dict[int, dict[int, float]] = {}
    for a, b, area in zip(at[one], at[two], _legal(common, zone, edition), strict=True):
        found.setdefault(int(a), {})[int(b)] = float(area)
        found.setdefault(int(b), {})[int(a)] = float(area)
    return {int(at[i]): plane[i] for i in np.union1d(one, two)}, found


def _planned(
    shapes: Shapes, common: dict[int, dict[int, float]], zone: int, edition: Edition
) -> dict[int, _Share]:
    """Share the ground in the order of first acceptance, as it stands unless a reversal frees some."""
    ground: Shapes = {}
    taken: dict[int, Shapes] = {}
    for parcel, shape in shapes.items():
        taken[parcel] = {other: ground[other] for other in common[parcel] if other in ground}
        ground[parcel] = _rest(shape, taken[parcel]) if taken[parcel] else shape
    short = [parcel for parcel in shapes if taken[parcel]]
    areas = _legal([ground[parcel] for parcel in short], zone, edition)
    return {
        parcel: _Share(ground[parcel], taken[parcel], float(area))
        for parcel, area in zip(short, areas, strict=True)
    }


def _rest(shape: shapely.Geometry, taken: Shapes) -> shapely.Geometry:
    taken_ground = united(list(taken.values()))
    rest: shapely.Geometry = difference(*(np.array([one], dtype=object) for one in (shape, taken_ground)))[0]
    return rest


def _legal(shapes: Any, zone: int, edition: Edition) -> npt.NDArray[np.float64]:
    if not len(shapes):
        return np.array([], dtype="float64")
    polygons = [united([part for part in shapely.get_parts(one) if part.area > 0]) for one in shapes]
    made = np.empty(len(polygons), dtype=object)
    made[:] = polygons
    return legal_area(gpd.GeoSeries(to_degrees(made, zone), crs="EPSG:4490"), edition).to_numpy()


def _table(rows: pd.DataFrame, parcels: pd.DataFrame, of: Ints) -> pd.DataFrame:
    """Put beside each counting event what its parcel says."""
    if not len(rows):
        return pd.DataFrame({name: pd.Series(dtype=_DTYPES.get(name, "str")) for name in COUNTED})
    legal, declared = (
        parcels[name].to_numpy(dtype="float64")[of] for name in ("area_legal_m2", "area_declared_mu")
    )
    area = rows["area_m2"].to_numpy()
    share = np.divide(area, legal, out=np.zeros(len(area)), where=legal > 0)
    out = rows.rename(columns={"area_mu": "claimed_mu"})
    out = out.assign(
        place=parcels["place"].array.take(of),
        category=parcels["category"].array.take(of),
        year=out["date"].dt.year.astype("Int64"),
        area_mu=to_mu(area),
        declared_mu=declared * share,
        measured=np.isfinite(legal),
    )
    stated = out["claimed_mu"].abs() * np.where(out["event"] == REVERSED, -1.0, 1.0)
    return out.assign(document_mu=stated.fillna(out["declared_mu"]))[COUNTED]


_DTYPES = {
    "date": "datetime64[us]", "year": "Int64", "area_mu": "float64", "area_m2": "float64", "claimed_mu": "float64",
    "overlap_m2": "float64", "declared_mu": "float64", "document_mu": "float64", "measured": "bool",
    "source_row": "Int64",
}  # fmt: skip
