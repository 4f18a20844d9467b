"""A published class beside ours, and why the two differ."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.agreement import UNEXPLAINED
from gis.standards.editions import Edition
from gis.water.limits import LAKE, NOT_RATED, RIVER, Classes, Limits, limits_of, values_of
from gis.water.phrases import TEXTS

AMMONIA = "nh3n"
PLACE = ("section_id", "section", "省份")
DIGIT = 9
CAUSES = TEXTS.parts("causes")
Rows = npt.NDArray[np.bool_]


def differs(published: pd.Series, ours: pd.DataFrame) -> pd.Series:
    """Tell where a published class is not ours.

    Parameters
    ----------
    published
        1–6, null where none was published.
    ours
        Columns water_class, class_as_river and class_as_lake of `classify`.

    Returns
    -------
    differs
        Boolean; null where there is nothing to compare, and where the kind of water is unknown and
        the published class is one of the two possible.
    """
    told = published.astype("Int64")
    own = (told != ours["water_class"]).astype("boolean")
    neither = (told != ours["class_as_river"]) & (told != ours["class_as_lake"])
    return own.mask(ours["water_class"].isna(), neither.mask(~neither.fillna(value=False)))


def disagreements(
    samples: pd.DataFrame, limits: Edition, water_kind: pd.Series | None = None
) -> pd.DataFrame:
    """List the records whose published class is not ours, each with its likely cause.

    Parameters
    ----------
    samples
        Canonical `samples` with the columns of `classify`, in any order.
    water_kind
        As given to `classify`; where it is unknown a cause may hold for a river or for a lake.

    Returns
    -------
    rows
        The rows that differ with `cause`, the first that holds: truncated_exponent (the published class is
        that without the ammonia, a single digit between readings of class Ⅰ: 6.000 stands for 6e-05),
        whole_number_ammonia (the same, with other neighbours), value_on_limit (a displayed value sits on a
        limit that the raw value may have exceeded), previous_reading (the class of the section's reading
        before, ours or as published), part_of_previous_reading (each item is of this reading or of the one
        before), or unexplained.
    """
    table = limits_of(limits)
    rows = samples[samples["published_differs"].fillna(value=False).astype(bool)]
    kind = pd.Series(None, rows.index, dtype="str") if water_kind is None else water_kind.loc[rows.index]
    before = _before(samples, table.keys).loc[rows.index]
    small = _among_small(samples, table).loc[rows.index].to_numpy()
    held = {name: np.zeros(len(rows), dtype=bool) for name in CAUSES if name != UNEXPLAINED}
    for lake, other in ((False, LAKE), (True, RIVER)):
        possible = (kind != other).fillna(value=True).to_numpy(bool)
        for name, holds in _tests(table, rows, before, small, lake=lake).items():
            held[name] |= holds & possible
    return rows.assign(cause=np.select(list(held.values()), list(held), UNEXPLAINED))


def _tests(
    table: Limits, rows: pd.DataFrame, before: pd.DataFrame, small: Rows, *, lake: bool
) -> dict[str, Rows]:
    told = rows["published_class"].to_numpy("int64")
    own, old = table.matrix(rows, lake=lake), table.matrix(before, lake=lake)
    raised = _over_the_limit(table, rows, lake=lake)
    published_before = before["published_class"].to_numpy("float64", na_value=np.nan)
    without = _whole(rows) & (_worst(own * (np.array(table.keys) != AMMONIA)) == told)
    old = np.where(old == NOT_RATED, own, old)
    mixed = ((own == told[:, None]) | (old == told[:, None])).any(axis=1)
    return {
        "truncated_exponent": without & small,
        "whole_number_ammonia": without,
        "value_on_limit": (raised == told[:, None]).any(axis=1) & (_worst(own) < told),
        "previous_reading": (_worst(table.matrix(before, lake=lake)) == told) | (published_before == told),
        "part_of_previous_reading": mixed & (_worst(np.minimum(own, old)) <= told),
    }


def _worst(classes: Classes) -> Classes:
    return classes.max(axis=1, initial=NOT_RATED)


def _whole(rows: pd.DataFrame) -> Rows:
    ammonia = values_of(rows, AMMONIA)
    return np.asarray((ammonia > 0) & (ammonia == np.round(ammonia)))


def _among_small(samples: pd.DataFrame, table: Limits) -> pd.Series:
    """Tell where ammonia is a single digit and the section's readings around it meet class Ⅰ."""
    item = next((one for one in table.items if one.key == AMMONIA), None)
    if item is None:
        return pd.Series(data=False, index=samples.index)
    value = pd.Series(values_of(samples, AMMONIA), samples.index)
    whole = pd.Series(_whole(samples), samples.index)
    plain = value.mask(whole)[samples.sort_values("sampled_at", kind="stable").index]
    by = [samples[name] for name in PLACE if name in samples]
    around = [plain.groupby(by, dropna=False, sort=False).ffill(), plain.groupby(by, dropna=False).bfill()]
    most = pd.concat(around, axis=1).max(axis=1).reindex(samples.index)
    return whole & (value <= DIGIT) & (most <= item.river[0])


def _over_the_limit(table: Limits, rows: pd.DataFrame, *, lake: bool) -> Classes:
    raised = np.zeros((len(rows), len(table.items)), dtype=np.int8)
    for at, item in enumerate(table.items):
        values = values_of(rows, item.key)
        nudged = item.sign * np.nextafter(item.sign * values, np.inf)
        raised[:, at] = item.classes(nudged, table.worst, lake=lake)
    return raised


def _before(samples: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    by = [name for name in PLACE if name in samples]
    wanted = ["published_class", *(key for key in keys if key in samples)]
    ordered = samples.sort_values("sampled_at", kind="stable")
    return ordered.groupby(by, dropna=False, sort=False)[wanted].shift().reindex(samples.index)
