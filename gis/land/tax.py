"""Industrial tax per 亩 of occupied land (own + rented - let), by county, town and zone."""

from __future__ import annotations

import pandas as pd

COLUMNS = ["place", "level", "year", "tax_yuan", "land_mu", "tax_per_mu"]


def occupied(tax: pd.DataFrame) -> pd.Series:
    """Give the land each payer occupies, 亩: the given one, else own + rented - let."""
    parts = tax["land_own_mu"].fillna(0) + tax["land_rented_mu"].fillna(0) - tax["land_let_mu"].fillna(0)
    named = tax[["land_own_mu", "land_rented_mu", "land_let_mu"]].notna().any(axis=1)
    return tax["land_mu"].fillna(parts.where(named))


def tax_by_place(tax: pd.DataFrame, county: str) -> pd.DataFrame:
    """Sum tax and land, then divide: place, level, year, tax_yuan, land_mu, tax_per_mu (yuan/亩).

    Payers without tax or without land are left out of both sums.
    """
    used = tax.assign(land_mu=occupied(tax), county=county)
    used = used[used["tax_yuan"].notna() & (used["land_mu"] > 0) & used["year"].notna()]
    frames = []
    for level in ("county", "town", "zone"):
        sums = used.groupby([level, "year"], as_index=False)[["tax_yuan", "land_mu"]].sum()
        frames.append(sums.rename(columns={level: "place"}).assign(level=level))
    out = pd.concat(frames, ignore_index=True)
    return out.assign(tax_per_mu=out["tax_yuan"] / out["land_mu"])[COLUMNS]
