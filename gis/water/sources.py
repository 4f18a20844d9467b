"""Single limits of drinking-water sources (GB 3838-2002 tables 2 and 3): met or not met, no class."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gis.base.messages import Message, joined
from gis.standards.editions import Edition, Editions, by_edition
from gis.water.phrases import phrase
from gis.water.sections import newest

SOURCES = "drinking_water_sources"
COLUMNS = [
    "section_id", "section", "sampled_at", "item", "indicator", "value", "limit", "met", "multiple", "applies",
    "verified", "note", "edition", "source", "source_row",
]  # fmt: skip
NOT_SOURCE = phrase("no_source")
UNKNOWN = phrase("source_unknown")
UNCHECKED = Message("限值未核对原文", "the limit was not checked against the text")
HALF = phrase("source_undecidable")


def source_limits(
    items: pd.DataFrame, samples: pd.DataFrame, sections: pd.DataFrame, editions: Editions
) -> pd.DataFrame:
    """Judge each further item of the records that carry them against its one limit (表2, 表3).

    Parameters
    ----------
    items
        Canonical `source_items`: concentration in mg/L, half the detection limit where not detected.
    samples
        Canonical records with `key`; items of other records are left aside.
    sections
        From `keyed_sections`; drinking_source tells whether the limits apply.

    Returns
    -------
    source_limits
        COLUMNS, in the order of the records. met is null where the limit does not apply or half a
        detection limit is above it; multiple = (C − limit) / limit where not met.
    """
    about = samples[["source", "source_row", "section_id", "section", "sampled_at", "key"]]
    rows = items.merge(about, on=["source", "source_row"]).sort_values(
        ["sampled_at", "source_row"], kind="stable"
    )
    rows = rows.assign(applies=_applies(rows, sections)).reset_index(drop=True)
    parts = [
        _judged(rows[here], edition)
        for edition, here in by_edition(rows["sampled_at"].dt.normalize(), SOURCES, editions)
    ]
    return pd.concat(parts).sort_index()[COLUMNS] if parts else pd.DataFrame(columns=COLUMNS)


def _applies(rows: pd.DataFrame, sections: pd.DataFrame) -> pd.Series:
    said = newest(sections[sections["drinking_source"].notna()]).set_index("key")["drinking_source"]
    return rows["key"].map(said).astype("boolean")


def _judged(rows: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    known = edition.data["item"]
    rows = rows[rows["item"].isin(list(known)) & rows["concentration"].notna()]
    specs = [known[item] for item in rows["item"]]
    limit = np.array([spec["limit"] for spec in specs], dtype="float64")
    value = rows["concentration"].to_numpy("float64")
    verified = np.array([spec.get("verified", True) for spec in specs], dtype=bool)
    half = rows["mark"].eq("non_detect").to_numpy(bool, na_value=False) & (value > limit)
    half |= rows["mark"].eq("above_range").to_numpy(bool, na_value=False) & (value <= limit)
    applies = rows["applies"].fillna(value=True).to_numpy(bool)
    decided = applies & ~half
    over = np.where(decided & (value > limit), (value - limit) / limit, np.nan)
    notes = [
        joined(text for text, said in zip((NOT_SOURCE, UNKNOWN, HALF, UNCHECKED), four, strict=True) if said)
        for four in zip(~applies, rows["applies"].isna(), half, ~verified, strict=True)
    ]
    return rows.assign(
        indicator=[Message(spec["zh"], spec["en"]).stored for spec in specs],
        value=value,
        limit=limit,
        met=pd.arrays.BooleanArray(value <= limit, ~decided),
        multiple=over,
        verified=verified,
        note=pd.Series(notes, rows.index, dtype="str"),
        edition=edition.id,
    )
