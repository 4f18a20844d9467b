"""The unit of areas: what the ground shows, the other areas of the table, the size, else a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Geod

from gis.base.errors import ColumnError
from gis.base.messages import listed
from gis.ingest.axes import HALF_TURN
from gis.ingest.heads import Taken, take_apart
from gis.ingest.measures import factor, is_area, plain_unit
from gis.ingest.model import Findings, Raw, finding
from gis.ingest.phrases import phrase
from gis.ingest.refusals import refusal
from gis.ingest.unit_questions import (
    Floats,
    Place,
    ask_unit,
    looked_at,
    middle_of,
    settled,
    shown_unit,
    sized,
)
from gis.ingest.values import numbers

UNITS = ("m2", "亩", "公顷", "km2", "万亩")
ASKED = {"m2": "平方米", "mu": "亩", "ha": "公顷"}
GEOD = Geod(a=6378137.0, rf=298.257222101)
LOOKED_AT = 500
CONSTANT, MOST_ROWS, FEW_ROWS, NEARLY_ALL = 0.02, 0.6, 0.1, 0.9
WHOLE, PART = (0.5, 2.0), (1 / 12, 1.25)  # what a declared area, and one of a part, can be of its ground
MOST_APART = 12.0  # less than hectares are from mu
MOST_MU = 10_000.0  # a parcel of 6.7 km²: none
POLYGONS = (3, 6)


def areas(place: Place, columns: Mapping[str, Taken], findings: Findings) -> dict[str, Taken]:
    """Settle areas: the ground decides, also against a unit that is written; else what stands beside.

    Raises
    ------
    Question
        Nothing shows the unit, or the ground shows another than is written.
    ColumnError
        Some rows agree with the ground in one unit, others in another.
    """
    kind, out = place.options.kind, dict(columns)
    names = [name for name, one in columns.items()
             if is_area(kind, name) and one.how != "said" and one.by_row is None and not one.more]  # fmt: skip
    if not names:
        return out
    at, ground = _ground(place.raw)
    for name in names:
        one = columns[name]
        value = numbers(place.raw.frame[one.head].iloc[at]).value
        said = _against(value, ground, name)
        if one.unit is not None:
            out[name] = _confirmed(place, name, one, said, findings)
        elif said is not None and said.several:
            units = listed(map(shown_unit, said.several))
            raise refusal(ColumnError, "units_mixed", place.file, head=one.head, units=units)
        elif said is not None and said.unit is not None:
            out[name] = one._replace(unit=said.unit, how="ground")
            findings.append(finding("unit_by_ground", head=one.head, unit=shown_unit(said.unit)))
    for name in names:
        if out[name].unit is None:
            out[name] = _area_without(place, name, out, findings)
    return out


class _Ratio(NamedTuple):
    """The unit that the ground shows, whether it is one constant ratio, and units that each fit some rows."""

    unit: str | None
    constant: bool = False
    several: tuple[str, ...] = ()


def _ground(raw: Raw) -> tuple[npt.NDArray[np.intp], Floats]:
    """Give up to 500 positions spread over the rows and the area of their polygons, m²; nan without one."""
    size = len(raw.frame)
    at = np.unique(np.linspace(0, size - 1, min(size, LOOKED_AT)).astype(np.intp)) if size else np.arange(0)
    if not isinstance(raw.frame, gpd.GeoDataFrame):
        return at, np.full(len(at), np.nan)
    shapes = raw.frame.geometry.to_numpy()[at]
    area = np.array([_area(shape, raw.frame.crs) for shape in shapes], dtype="float64")
    return at, np.where(area > 0, area, np.nan)


def _area(shape: shapely.Geometry | None, crs: CRS | None) -> float:
    if shape is None or shapely.get_type_id(shape) not in POLYGONS or shapely.is_empty(shape):
        return np.nan
    bounds = np.abs(shapely.bounds(shape))
    if crs.is_projected if crs is not None else bounds.max() > HALF_TURN:
        metre = crs.axis_info[0].unit_conversion_factor if crs is not None and crs.axis_info else 1.0
        return float(shapely.area(shape)) * metre**2
    if max(bounds[1], bounds[3]) > HALF_TURN / 2:
        shape = shapely.transform(shape, lambda points: points[:, ::-1])
    return abs(float(GEOD.geometry_area_perimeter(shape)[0]))


def _against(value: Floats, ground: Floats, name: str) -> _Ratio | None:
    """Compare declared areas with the ground in every unit; None where there is nothing to compare."""
    both = np.isfinite(value) & np.isfinite(ground) & (value > 0)
    if not both.any():
        return None
    ratio = {unit: value[both] * (factor(unit, "m2") or np.nan) / ground[both] for unit in UNITS}
    fits = {unit: int((abs(one - 1) <= CONSTANT).sum()) for unit, one in ratio.items()}
    best = max(fits, key=lambda unit: fits[unit])
    rest = sum(fits.values()) - fits[best]
    if fits[best] >= MOST_ROWS * both.sum() and rest <= max(1, FEW_ROWS * both.sum()):
        return _Ratio(best, constant=True)
    several = tuple(unit for unit, many in fits.items() if many > 1)
    if len(several) > 1 and sum(fits.values()) >= MOST_ROWS * both.sum():
        return _Ratio(None, several=several)
    low, high = WHOLE if name.endswith("declared_mu") else PART
    near = [unit for unit, one in ratio.items() if ((one >= low) & (one <= high)).mean() >= NEARLY_ALL]
    return _Ratio(near[0] if len(near) == 1 else None)


def _confirmed(place: Place, name: str, one: Taken, said: _Ratio | None, findings: Findings) -> Taken:
    """Keep a unit that is written unless the whole column fits another one constantly: then ask."""
    unit = one.unit or ""
    if said is None or not said.constant or said.unit is None or factor(unit, said.unit) == 1:
        return one
    what = phrase(
        "unit_contradicts_ground", head=one.head, unit=shown_unit(unit), other=shown_unit(said.unit)
    )
    chosen = ask_unit(place, name, one, what, dict.fromkeys((said.unit, unit)))
    return settled(one, chosen, findings)


def _area_without(place: Place, name: str, columns: Mapping[str, Taken], findings: Findings) -> Taken:
    """Settle an area that neither name nor ground tells: other areas of the table, the size, a question."""
    one, kind = columns[name], place.options.kind
    value = looked_at(place.raw.frame[one.head])
    positive = value[np.isfinite(value) & (value > 0)]
    if not len(positive):
        return one
    beside = [other for at, other in columns.items()
              if at != name and other.unit is not None and is_area(kind, at)]  # fmt: skip
    units = {plain_unit(other.unit or ""): other.unit for other in beside}
    if len(units) == 1 and not take_apart(one.head).cut and _alike(place.raw, positive, beside):
        unit = next(iter(units.values())) or ""
        findings.append(finding("unit_beside", head=one.head, unit=shown_unit(unit)))
        return one._replace(unit=unit, how="beside")
    if kind != "control_lines" and float(np.median(positive)) > MOST_MU:
        return sized(one, "m2", "亩", findings)
    what = phrase("unit_of_area", head=one.head)
    chosen = ask_unit(place, name, one, what, ASKED)
    return settled(one, chosen, findings)


def _alike(raw: Raw, value: Floats, beside: Sequence[Taken]) -> bool:
    """Say whether values are about as large as those of another column, so that they can be in its unit."""
    others = [middle_of(looked_at(raw.frame[other.head])) for other in beside]
    return all(
        np.isnan(other) or abs(np.log(np.median(value) / other)) < np.log(MOST_APART) for other in others
    )
