"""Readings above the range of a method (>2.0, 超量程): a lower bound; the class is open where more is worse."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.messages import Message, keys_of, listed, of_text, ready
from gis.base.stored_words import numeral, stored_items
from gis.base.tables import TABLES
from gis.standards.editions import Edition
from gis.water.averages import PH
from gis.water.classes import classify
from gis.water.means import MONTH, in_periods
from gis.water.non_detects import at_records
from gis.water.phrases import phrase
from gis.water.published import differs

ABOVE, BOUNDED = "above_range", "lower_bounds"
COLUMNS = ["at", "indicator", "strict"]
REASON = phrase("above_range")
OPEN = ["water_class", "deciding_indicators", "main_pollutants", "class_as_river", "class_as_lake"]
ABOVE_ALL, MOST_PH = 1e6, 14.0
JUST_ABOVE = 1.005  # a printed reading above 2.0 is 2.01 at least, which rounding leaves above the limit
_NOT_STRICT = re.compile(r"[≥=]|以上|不小于|不低于|不少于|等于")


def above_range(samples: pd.DataFrame, marks: pd.DataFrame) -> pd.DataFrame:
    """Find the readings that are a lower bound, or above a range whose end nobody wrote.

    Parameters
    ----------
    samples
        Canonical records, index 0 to n - 1.
    marks
        Canonical `sample_marks`.

    Returns
    -------
    above
        COLUMNS: `at` (index of `samples`), `indicator`, and whether the reading is truly above its bound.
    """
    wanted = marks.loc[marks["mark"] == ABOVE, ["source", "source_row", "indicator", "text"]]
    wanted = wanted[wanted["indicator"].isin(list(samples.columns))]
    if not len(wanted):
        return nothing()
    found = at_records(wanted, samples)
    return found.assign(strict=[_NOT_STRICT.search(str(text)) is None for text in found["text"]])[COLUMNS]


def nothing() -> pd.DataFrame:
    """Give the table of no such reading."""
    return pd.DataFrame(
        {"at": np.array([], "int64"), "indicator": np.array([], "object"), "strict": np.array([], "bool")}
    )


def at_their_most(samples: pd.DataFrame, above: pd.DataFrame) -> pd.DataFrame:
    """Let such readings be as large as can be."""
    return _put(samples, above, lambda name, _: MOST_PH if name == PH else ABOVE_ALL)


def at_their_least(samples: pd.DataFrame, above: pd.DataFrame) -> pd.DataFrame:
    """Let such readings be just above their bound."""
    return _put(samples, above[above["strict"].astype(bool)], lambda _, values: values * JUST_ABOVE)


def bounded_means(
    counted: pd.DataFrame, highest: pd.DataFrame, calendar: pd.DataFrame, names: list[str]
) -> pd.DataFrame:
    """Name the indicators of each section and period whose mean holds such a reading: a lower bound too.

    Parameters
    ----------
    counted, highest
        Months with the readings at their least and at their most.
    calendar
        The periods.

    Returns
    -------
    bounded
        key, period, `lower_bounds` (keys of indicators); periods without one are left out.
    """
    columns = ["key", "period", BOUNDED]
    if not len(highest):
        return pd.DataFrame(columns=columns)
    pair = highest[MONTH].merge(counted, on=MONTH, how="left")
    gap = highest[names].reset_index(drop=True).sub(pair[names]).abs().gt(0)
    rows = in_periods(pd.concat([highest[MONTH].reset_index(drop=True), gap], axis=1), calendar)
    held = rows.groupby(["key", "period"])[names].any()
    held = held[held.any(axis=1)]
    told = [stored_items(np.array(names)[one]) for one in held.to_numpy(dtype=bool)]
    return held.index.to_frame(index=False).assign(**{BOUNDED: pd.Series(told, dtype="object")})[columns]


def are_bounds(rows: pd.DataFrame, name: str) -> npt.NDArray[np.bool_]:
    """Tell the rows of periods whose mean of an indicator is only known to be at least what stands there."""
    if BOUNDED not in rows:
        return np.zeros(len(rows), dtype=bool)
    told = rows[BOUNDED].astype("object").to_numpy()
    return np.array([name in keys_of(one) for one in told], dtype=bool)


def bound_notes(rows: pd.DataFrame, names: Sequence[str], by: Sequence[str] = ()) -> pd.Series:
    """Say of each row, or of each group of rows, which of its means stand there as a bound; null where none does.

    Returns
    -------
    notes
        Stored notes, index of `rows` or of the groups `by`.
    """
    held = pd.DataFrame({name: are_bounds(rows, name) for name in names}, index=rows.index)
    held = held.groupby([rows[one] for one in by]).any() if by else held
    items = [ready(item.zh, item.en) for item in map(TABLES["samples"].__getitem__, names)]
    notes = []
    for row in held.to_numpy():
        named = [item for item, here in zip(items, row, strict=True) if here]
        notes.append(phrase("by_bound", names=listed(named)).stored if named else None)
    return pd.Series(notes, held.index, dtype="object")


def open_classes(
    judged: pd.DataFrame, samples: pd.DataFrame, edition: Edition, kind: pd.Series, above: pd.DataFrame
) -> pd.DataFrame:
    """Take the class away from records that such a reading may put into a worse one, and say so.

    Parameters
    ----------
    judged
        From `judging.judge_records`, index of `samples`.
    above
        From `above_range`.

    Returns
    -------
    judged
        With the class and names OPEN null and `undecidable` telling the least class where the bound does not
        decide; where it does, the class is of a reading just above the bound.
    """
    here = above[above["at"].isin(samples.index)]
    if not len(here):
        return judged
    rows = samples.loc[np.unique(here["at"])]
    least = classify(at_their_least(rows, here), edition, kind.loc[rows.index])
    most = classify(at_their_most(rows, here), edition, kind.loc[rows.index])
    classes = [one[OPEN[:1] + OPEN[3:]].fillna(0).to_numpy("int64") for one in (least, most)]
    open_rows = rows.index[(classes[0] != classes[1]).any(axis=1)]
    out = judged.copy()
    out.loc[rows.index, OPEN] = least[OPEN]
    names = here["indicator"].groupby(here["at"]).agg(stored_items)
    numerals: list[str] = edition.data["evaluation"]["numerals"]
    told = [
        Message("", "")
        if pd.isna(code)
        else Message("，不优于{n}", ", no better than {n}", n=numeral(numerals[int(code) - 1]))
        for code in least.loc[open_rows, ["water_class", "class_as_river"]].bfill(axis=1).iloc[:, 0]
    ]
    out.loc[open_rows, OPEN] = None
    out["undecidable"] = out["undecidable"].astype("object")
    out.loc[open_rows, "undecidable"] = [
        phrase("above_range_items", names=of_text(name), least=least).stored
        for name, least in zip(names.loc[open_rows], told, strict=True)
    ]
    return out.assign(
        undecidable=out["undecidable"].astype("str"),
        published_differs=differs(samples["published_class"], out)
        if "published_class" in samples
        else out["published_differs"],
    )


def _put(
    samples: pd.DataFrame, above: pd.DataFrame, value: Callable[[str, pd.Series], pd.Series | float]
) -> pd.DataFrame:
    """Put other values where a reading is above its range."""
    columns = {}
    for name, own in above[above["at"].isin(samples.index)].groupby("indicator"):
        values = samples[str(name)].astype("float64").copy()
        at = own["at"].unique()
        values.loc[at] = value(str(name), values.loc[at])
        columns[str(name)] = values
    return samples.assign(**columns)
