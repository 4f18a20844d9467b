"""Trophic state index TLI(Σ) of lakes and reservoirs, and its five parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gis.base.messages import joined
from gis.base.tables import TABLES
from gis.standards.editions import Edition
from gis.water.above_range import bound_notes
from gis.water.averages import averaged, plain_decimals
from gis.water.limits import LAKE, values_of
from gis.water.means import INDICATORS
from gis.water.naming import BETWEEN
from gis.water.phrases import phrase

TROPHIC = "trophic_state"
POINT = "section"
LAKE_COLUMNS = ["place_kind", "place", "name", "period", "period_kind", "year", "n_points", "lake", "key"]


def trophic_state(means: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    """Give TLI(Σ), its parts, their weights in it, and the grade (总站生字〔2001〕090号; 22号 二(二)).

    Parameters
    ----------
    means
        Shape (n, any); columns of `samples` in their units (chlorophyll a in mg/L), unrounded.
        A value that is missing or not above zero gives no part.
    edition
        Of the family `trophic_state`.

    Returns
    -------
    state
        Index of `means`: tli_chl, tli_tp, tli_tn, tli_sd, tli_codmn, tli, grade (Chinese word) and
        note where weights were renormalised or too few indicators are there.
    """
    parts = _parts(means, edition.data["item"])
    known = parts.notna()
    weight = known * _squares(edition)
    least = int(edition.data["index"]["least_items"])
    enough = known.sum(axis=1) >= least
    total = (parts.fillna(0.0) * weight).sum(axis=1) / weight.sum(axis=1).where(enough)
    total = plain_decimals(total.to_frame("tli"))["tli"]
    return parts.assign(tli=total, grade=_grades(total, edition), note=_notes(known, enough, edition, least))


def weights_of(state: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    """Give Wj of each part of each row of `trophic_state`, renormalised over the parts it has."""
    squares = _squares(edition)
    weight = state[list(squares.index)].notna() * squares
    return weight.div(weight.sum(axis=1), axis=0)


def _squares(edition: Edition) -> pd.Series:
    return pd.Series({spec["part"]: spec["r"] ** 2 for spec in edition.data["item"].values()})


def lake_states(section_periods: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    """Give the trophic state of each lake section and each lake in every period.

    Of a lake with several points the mean over time of each point comes first, then the mean over
    the points (环办〔2011〕22号 二(二)).

    Parameters
    ----------
    section_periods
        From `periods`.

    Returns
    -------
    lake_states
        LAKE_COLUMNS with place_kind section or lake, provisional, the columns of `trophic_state`
        and edition; n_points counts those with enough data, note says why there is none. Sections whose
        kind of water is unknown are left out.
    """
    rows = section_periods[section_periods["water_kind"].eq(LAKE)]
    valid = rows["not_assessed"].isna()
    rows = rows.assign(**rows[INDICATORS].where(valid), valid=valid)
    body = rows["water_body"].fillna(rows["name"])
    place = rows["section_id"].fillna(rows["name"])
    points = rows.assign(place_kind=POINT, place=place, n_points=valid.astype("int64"), lake=body)
    lakes = rows.assign(place=body)
    by = ["place", "period"]
    means = averaged(lakes, by, INDICATORS, sort=False)
    more = lakes.groupby(by, sort=False).agg(
        period_kind=("period_kind", "first"), year=("year", "first"), n_points=("valid", "sum"),
        provisional=("provisional", "any"), not_assessed=("not_assessed", "first"),
    )  # fmt: skip
    whole = means.join(more).reset_index()
    whole = whole.assign(place_kind=LAKE, name=whole["place"], lake=whole["place"])
    both = pd.concat([points, whole], ignore_index=True)
    state = trophic_state(both, edition)
    items = list(edition.data["item"])
    groups = pd.MultiIndex.from_frame(whole[by])
    bounds = pd.concat([bound_notes(points, items), bound_notes(lakes, items, by).reindex(groups)])
    notes = [
        joined([note, bound] if n else [why])
        for n, note, bound, why in zip(
            both["n_points"], state["note"], bounds, both["not_assessed"], strict=True
        )
    ]
    state = state.assign(note=pd.Series(notes, state.index, dtype="str"))
    return both[[*LAKE_COLUMNS, "provisional"]].join(state).assign(edition=edition.id)


def _parts(means: pd.DataFrame, items: Mapping[str, Any]) -> pd.DataFrame:
    parts = {}
    for key, spec in items.items():
        values = values_of(means, key) * spec["factor"]
        safe = np.where(values > 0, values, np.nan)
        parts[spec["part"]] = 10 * (spec["a"] + spec["b"] * np.log(safe))
    return pd.DataFrame(parts, index=means.index)


def _grades(total: pd.Series, edition: Edition) -> pd.Series:
    grades = edition.data["grade"]
    inside = [total < one["below"] if "below" in one else total <= one["up_to"] for one in grades]
    words = np.select(inside, [one["name"]["zh"] for one in grades], "")
    return pd.Series(words, total.index).where(total.notna()).astype("str")


def _notes(known: pd.DataFrame, enough: pd.Series, edition: Edition, least: int) -> pd.Series:
    columns = {spec["part"]: TABLES["samples"][key] for key, spec in edition.data["item"].items()}
    bits = (~known).to_numpy() @ (1 << np.arange(len(columns)))
    texts: dict[int, str | None] = {0: None}
    for code in np.unique(bits[bits > 0]):
        gone = [column for at, column in enumerate(columns.values()) if code >> at & 1]
        zh, en = BETWEEN.join(one.zh for one in gone), ", ".join(one.en for one in gone)
        texts[code] = phrase("renormalised", zh=zh, en=en).stored
    told = pd.Series([texts[code] for code in bits], known.index, dtype="object")
    return told.where(enough, phrase("few_indicators", least=least).stored).astype("str")
