"""Count acceptances and reversals in the order of their dates; no ground is counted twice.

The one computation behind the figures, the pivot and the counted area of each parcel.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
from gis.land.area import legal_area, to_degrees, zone_of
from gis.land.events import EVENT_WORDS
from gis.land.sound import carefully, difference, united, valid_plane
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
        named = category.astype("object").map(dict(self.by_category)).astype("object")
        event = named if self.default is None else named.fillna(self.default)
        back = category.astype("str").str.contains(RECLAMATION, na=False)
        return event if self.reclamation else event.mask(back)


class Counted(NamedTuple):
    """Signed rows of what counts, overlapping pairs, and the area that stands by parcel position."""

    rows: pd.DataFrame
    overlaps: pd.DataFrame
    balance_m2: dict[int, float]


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


def count(parcels: gpd.GeoDataFrame, events: pd.DataFrame, counting: Counting, edition: Edition) -> Counted:
    """Walk the events by date: an acceptance adds, a reversal (核减) takes back, signed rows.

    Parameters
    ----------
    parcels
        parcel_id, place, category, area_legal_m2 (rounded as the database field), geometry EPSG:4490.
    events
        Dated, in order. An acceptance without area, or whose area agrees with the legal one within
        the tolerance of the edition, is of the whole parcel; another area is a part of it.
    counting
        The event that counts, by category.

    Returns
    -------
    counted
        rows: a row a counting event or reversal; area_m2 is signed, rounded to 0.01 m²; claimed_mu
        what the event itself says, document_mu the same signed, else declared_mu; overlap_m2 the ground
        that stays with earlier parcels; declared_mu the declared area in proportion. Ground belongs to
        the first parcel accepted on it until that is wholly reversed, also where only a part was
        accepted, since the ledger does not say which.
    """
    known = {str(one): at for at, one in enumerate(parcels["parcel_id"]) if isinstance(one, str)}
    wanted = counting.event_of(parcels["category"]).to_numpy()
    at = pd.Series(known, dtype="float64").reindex(events["parcel_id"]).set_axis(events.index)
    own = pd.Series(wanted[at.fillna(0).astype("int64")] if len(wanted) else None, index=events.index)
    counts = at.notna() & ((events["event"] == own) | ((events["event"] == REVERSED) & own.notna()))
    book = _Book.open(parcels, at[counts & (events["event"] != REVERSED)].astype("int64"), edition)
    chosen, of = events[counts], at[counts].astype("int64").tolist()
    reversals, said = (
        chosen["event"].eq(REVERSED).tolist(),
        to_m2(chosen["area_mu"].to_numpy(), "mu").tolist(),
    )
    areas, lost = [], []
    for parcel, reversal, area in zip(of, reversals, said, strict=True):
        areas.append((book.take_back if reversal else book.accept)(parcel, area))
        lost.append(book.lost.get(parcel, 0.0))
    rows = chosen.assign(area_m2=np.array(areas, "float64"), overlap_m2=np.array(lost, "float64"))
    return Counted(_table(rows, parcels.iloc[of]), book.overlaps(), book.balance)


def _by(event: str) -> Message:
    return Message("按{zh}", "by {en}", zh=EVENT_WORDS.get(event, event), en=event)


class _Share(NamedTuple):
    """The ground of a parcel, what takes from it, and the legal area left."""

    ground: shapely.Geometry
    taken: Shapes
    area: float


@dataclass
class _Book:
    """Who holds which ground, and how much of it is counted; m², by position of the parcel."""

    ids: npt.NDArray[np.object_]
    legal: npt.NDArray[np.float64]
    shapes: Shapes
    common: dict[int, dict[int, float]]
    planned: dict[int, _Share]
    zone: int
    edition: Edition
    held: dict[int, float] = field(default_factory=dict)
    ground: Shapes = field(default_factory=dict)
    lost: dict[int, float] = field(default_factory=dict)
    balance: dict[int, float] = field(default_factory=dict)
    met: dict[tuple[int, int], float] = field(default_factory=dict)

    @classmethod
    def open(cls, parcels: gpd.GeoDataFrame, counting: pd.Series, edition: Edition) -> _Book:
        at = counting.drop_duplicates().to_numpy(dtype="int64")
        usable = parcels.geometry.notna().to_numpy()[at] & ~parcels.geometry.is_empty.to_numpy()[at]
        at = at[usable]
        zone = zone_of(parcels)
        plane = valid_plane(parcels.geometry.to_numpy()[at], zone) if len(at) else np.array([], dtype=object)
        shapes, common = _pairs(at, plane, zone, edition)
        legal = parcels["area_legal_m2"].to_numpy(dtype="float64")
        planned = _planned(shapes, common, zone, edition)
        return cls(parcels["parcel_id"].to_numpy(), legal, shapes, common, planned, zone, edition)

    def accept(self, parcel: int, said: float) -> float:
        """Count an acceptance: what it says, at most the ground held and not yet counted."""
        if not np.isfinite(self.legal[parcel]):
            return 0.0
        if parcel not in self.held:
            self._claim(parcel)
        left = round(self.held[parcel] - self.balance.get(parcel, 0.0), self._decimals)
        area = max(min(left, self._whole(parcel, said)), 0.0)
        self.balance[parcel] = round(self.balance.get(parcel, 0.0) + area, self._decimals)
        return area

    def take_back(self, parcel: int, said: float) -> float:
        """Take back what a reversal says, at most what is counted; nothing left frees the ground."""
        standing = self.balance.get(parcel, 0.0)
        area = min(standing, self._whole(parcel, abs(said)))
        self.balance[parcel] = round(standing - area, self._decimals)
        if not self.balance[parcel]:
            for book in (self.held, self.ground, self.lost):
                book.pop(parcel, None)
        return 0.0 - area

    def overlaps(self) -> pd.DataFrame:
        rows = [(self.ids[a], self.ids[b], area, self.ids[b]) for (a, b), area in self.met.items()]
        return pd.DataFrame(rows, columns=OVERLAPS)

    @property
    def _decimals(self) -> int:
        return int(self.edition.data["method"]["decimals_m2"])

    def _whole(self, parcel: int, said: float) -> float:
        limits, legal = self.edition.data["tolerance"], self.legal[parcel]
        agrees = abs(said - legal) <= max(limits["check_m2"], limits["check_share"] * legal)
        return np.inf if np.isnan(said) or agrees else round(said, self._decimals)

    def _claim(self, parcel: int) -> None:
        """Hold the parcel's ground, less what parcels accepted earlier hold."""
        earlier = [other for other in self.common.get(parcel, {}) if other in self.held]
        self.met |= {(parcel, other): self.common[parcel][other] for other in earlier}
        area = self.legal[parcel]
        if parcel in self.shapes:
            self.ground[parcel] = self.shapes[parcel]
        if earlier:
            taken = {other: self.ground[other] for other in earlier}
            share = self.planned.get(parcel)
            if share is None or share.taken != taken:
                rest = _rest(self.shapes[parcel], taken)
                share = _Share(rest, taken, float(_legal([rest], self.zone, self.edition)[0]))
            self.ground[parcel], area = share.ground, share.area
        self.held[parcel] = round(float(min(area, self.legal[parcel])), self._decimals)
        self.lost[parcel] = round(float(self.legal[parcel] - self.held[parcel]), self._decimals)


def _pairs(
    at: npt.NDArray[np.int64], plane: npt.NDArray[np.object_], zone: int, edition: Edition
) -> tuple[Shapes, dict[int, dict[int, float]]]:
    """Find parcels with common ground: their shapes in the plane, and its legal area by pair."""
    one, two = shapely.STRtree(plane).query(plane)
    one, two = one[one < two], two[one < two]
    met = shapely.intersects(plane[one], plane[two])
    one, two = one[met], two[met]
    common = carefully(shapely.intersection, plane[one], plane[two])
    real = shapely.area(common) > edition.data["proof"]["tolerance_m2"]
    one, two, common = one[real], two[real], common[real]
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


def _table(rows: pd.DataFrame, mine: pd.DataFrame) -> pd.DataFrame:
    """Put beside each counting event what its parcel (`mine`, row for row) says."""
    if not len(rows):
        return pd.DataFrame({name: pd.Series(dtype=_DTYPES.get(name, "str")) for name in COUNTED})
    legal, declared = (mine[name].to_numpy(dtype="float64") for name in ("area_legal_m2", "area_declared_mu"))
    area = rows["area_m2"].to_numpy()
    share = np.divide(area, legal, out=np.zeros(len(area)), where=legal > 0)
    out = rows.reset_index(drop=True).rename(columns={"area_mu": "claimed_mu"})
    out = out.assign(
        place=mine["place"].to_numpy(),
        category=mine["category"].to_numpy(),
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
