"""A published class beside ours, and why the two differ."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.standards.editions import Edition
from gis.water.limits import LAKE, NOT_RATED, Classes, Limits, limits_of, values_of

AMMONIA = "nh3n"


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
        As given to `classify`.

    Returns
    -------
    rows
        The rows that differ with `cause`: whole_number_ammonia (without the whole-number ammonia the
        class is the published one: a collector's error), value_on_limit (a displayed value sits on a
        limit that the raw value may have exceeded), previous_reading (the published class is that of
        the section's reading before) or unexplained.
    """
    table = limits_of(limits)
    rows = samples[samples["published_differs"].fillna(value=False).astype(bool)]
    kind = None if water_kind is None else water_kind.loc[rows.index]
    lake = np.zeros(len(rows), dtype=bool) if kind is None else (kind == LAKE).to_numpy(bool, na_value=False)
    own = np.where(lake[:, None], table.matrix(rows, lake=True), table.matrix(rows, lake=False))
    told = rows["published_class"].to_numpy("int64")
    causes = {
        "whole_number_ammonia": _without_ammonia(rows, own, table.keys) == told,
        "value_on_limit": _over_the_limit(table, rows, lake) == told,
        "previous_reading": _class_before(samples).loc[rows.index].to_numpy("int64", na_value=0) == told,
    }
    return rows.assign(cause=np.select(list(causes.values()), list(causes), "unexplained"))


def _without_ammonia(rows: pd.DataFrame, own: Classes, keys: list[str]) -> npt.NDArray[np.int64]:
    ammonia = values_of(rows, AMMONIA)
    whole = (ammonia > 0) & (ammonia == np.round(ammonia))
    others = own * (np.array(keys) != AMMONIA)
    return np.where(whole, others.max(axis=1, initial=NOT_RATED), -1)


def _over_the_limit(table: Limits, rows: pd.DataFrame, lake: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    raised = np.zeros((len(rows), len(table.items)), dtype=np.int64)
    for at, item in enumerate(table.items):
        values = values_of(rows, item.key)
        nudged = item.sign * np.nextafter(item.sign * values, np.inf)
        pair = (item.classes(nudged, table.worst, lake=one) for one in (False, True))
        raised[:, at] = np.where(lake, *reversed(list(pair)))
    return raised.max(axis=1, initial=NOT_RATED)


def _class_before(samples: pd.DataFrame) -> pd.Series:
    by = [column for column in ("section_id", "section") if column in samples]
    ordered = samples.sort_values("sampled_at", kind="stable")
    return ordered.groupby(by, dropna=False, sort=False)["water_class"].shift().reindex(samples.index)
