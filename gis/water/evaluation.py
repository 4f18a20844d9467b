"""What is rated: the 21 indicators, or 5+X where a document names the X of a section (714号)."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pandas as pd

from gis.base.errors import EditionError
from gis.base.messages import Message, keys_of, of_text
from gis.base.stored_words import NO_ITEMS, stored_items
from gis.standards.editions import Edition, Editions
from gis.water.limits import LAKE, Limits, reference_of, values_of

PLAN = "national_water_plan"


def plans_of(rows: pd.DataFrame, editions: Editions) -> pd.Series:
    """Give the plan in force on `judged_on` of each row with x_items; null elsewhere and before any plan."""
    return _plans(rows, rows["x_items"].notna(), editions)


def five_of(rows: pd.DataFrame, editions: Editions) -> pd.Series:
    """Give the id of the plan in force of each row of which nobody names the X items; null elsewhere."""
    return _plans(rows, rows["x_items"].isna(), editions).map(lambda plan: plan.id, na_action="ignore")


def _plans(rows: pd.DataFrame, wanted: pd.Series, editions: Editions) -> pd.Series:
    plans: dict[pd.Timestamp, Edition] = {}
    for day in rows.loc[wanted, "judged_on"].unique():
        with suppress(EditionError):
            plans[day] = editions.in_force(PLAN, day.date())
    pairs = zip(rows["judged_on"], wanted, strict=True)
    return pd.Series([plans.get(day) if one else None for day, one in pairs], rows.index, dtype="object")


def only_evaluated(rows: pd.DataFrame, table: Limits, plans: pd.Series) -> pd.DataFrame:
    """Blank what is not rated: all but the plan's five and the section's X, where a plan applies.

    Parameters
    ----------
    rows
        Means with x_items (`stored_items`; NO_ITEMS where a document says there are none).
    plans
        From `plans_of`.

    Returns
    -------
    rows
        The same rows with `evaluated_by`: which indicators rate, in words.
    """
    words = pd.Series(_words(len(table.items)), rows.index, dtype="str")
    out = rows.copy()
    for text in rows.loc[plans.notna(), "x_items"].unique():
        here = plans.notna() & (rows["x_items"] == text)
        plan: Edition = plans[here].iloc[0]
        five, named = plan.data["indicators"]["evaluated"], keys_of(text)
        others = [key for key in table.keys if key not in (*five, *named) and key in out]
        out.loc[here, others] = np.nan
        x_items = stored_items(key for key in table.keys if key in named and key not in five)
        words[here] = _words(len(five), x_items or NO_ITEMS)
    return out.assign(evaluated_by=words)


def _words(count: int, x_items: str | None = None) -> str:
    if x_items is None:
        return Message("{n} 项", "{n} indicators", n=count).stored
    return Message("{n}+X（X：{items}）", "{n}+X (X: {items})", n=count, items=of_text(x_items)).stored


def reference_classes(rows: pd.DataFrame, edition: Edition, worst: int) -> pd.DataFrame:
    """Judge total nitrogen (lakes only) and faecal coliforms apart: for reference, never in the class.

    环办〔2011〕22号 一(一)1. Temperature is not judged: its limit is about a man-made change.

    Parameters
    ----------
    rows
        Readings or means with `lake` (boolean).

    Returns
    -------
    classes
        Index of `rows`: tn_class and coliform_class, 1 to `worst`, null where not measured or not judged.
    """
    lake, items = rows["lake"].to_numpy(bool), reference_of(edition)
    found = {}
    for name, key in (("tn_class", "tn"), ("coliform_class", "fecal_coliform")):
        item, values = items[key], values_of(rows, key)
        river = item.classes(values, worst, lake=False) if len(item.river) else np.zeros(len(rows), "int8")
        classes = np.where(lake, item.classes(values, worst, lake=True), river).astype("int64")
        found[name] = pd.arrays.IntegerArray(classes, classes == 0)
    return pd.DataFrame(found, index=rows.index)


def is_lake(kinds: pd.Series) -> pd.Series:
    """Tell lakes from rivers and from water of unknown kind."""
    return (kinds == LAKE).fillna(value=False).astype(bool)
