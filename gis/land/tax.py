"""Industrial tax per 亩 of occupied land (own + rented - let), by county, town and zone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from gis.base.figures import Finding, figures_of, finding, rows_of
from gis.base.messages import Message
from gis.catalogue.model import County
from gis.land.places import UNKNOWN, UNKNOWN_ZH, codes_of

COLUMNS = [
    "place", "place_code", "level", "year", "tax_yuan", "land_mu", "tax_per_mu", "payers", "payers_used",
]  # fmt: skip
YUAN_PER_WAN = 10_000
REASONS = {
    "no_year": Message("没有年度", "no year").stored,
    "no_tax": Message("没有税收", "no tax").stored,
    "no_land": Message("没有占用土地", "no land occupied").stored,
}


class Taxed(NamedTuple):
    """Sums by place and year, the payers left out with the reason, and every row with its places."""

    by_place: pd.DataFrame
    left_out: pd.DataFrame
    rows: pd.DataFrame


def occupied(tax: pd.DataFrame) -> pd.Series:
    """Give the land each payer occupies, 亩: the given one, else own + rented - let; null if none is."""
    parts = tax["land_own_mu"].fillna(0) + tax["land_rented_mu"].fillna(0) - tax["land_let_mu"].fillna(0)
    named = tax[["land_own_mu", "land_rented_mu", "land_let_mu"]].notna().any(axis=1)
    return tax["land_mu"].fillna(parts.where(named))


def tax_by_place(tax: pd.DataFrame, county: County) -> Taxed:
    """Sum tax and land, then divide (江苏工业企业资源集约利用综合评价的通行口径).

    Payers without tax or without land are left out of both sums and listed. Names of towns and zones
    are brought to those of the county; the rest is a line of its own, so that towns sum to the county.

    Parameters
    ----------
    tax
        Canonical table.

    Returns
    -------
    taxed
        by_place: place (name), place_code, level county, town or zone, year, tax_yuan, land_mu,
        tax_per_mu (yuan/亩; null where every payer is left out), payers, payers_used.
    """
    zone = codes_of(tax["zone"], county.zones)
    reason = pd.Series(None, index=tax.index, dtype="object")
    land = occupied(tax)
    reason = reason.mask(~(land > 0), REASONS["no_land"]).mask(tax["tax_yuan"].isna(), REASONS["no_tax"])
    reason = reason.mask(tax["year"].isna(), REASONS["no_year"])
    rows = tax.assign(
        land_mu=land,
        county=county.adcode,
        town=codes_of(tax["town"], county.towns).fillna(UNKNOWN),
        zone=zone.where(zone.notna() | tax["zone"].isna(), UNKNOWN),
        reason=reason,
    )
    named = {one.code: one.name.zh for one in (*county.towns, *county.zones)}
    named |= {county.adcode: county.name.zh, UNKNOWN: UNKNOWN_ZH}
    frames = [_sums(rows, level) for level in ("county", "town", "zone")]
    made = pd.concat(frames, ignore_index=True)
    made = made.assign(place=made["place_code"].map(named), tax_per_mu=made["tax_yuan"] / made["land_mu"])
    out = tax.assign(land_mu=land, reason=reason)[reason.notna()]
    return Taxed(made[COLUMNS], out.reset_index(drop=True), rows[rows["year"].notna()])


def tax_figures(taxed: Taxed) -> Iterator[Finding]:
    """Make tax, land, their ratio (万元/亩) and its growth, by county, town and zone.

    The parts of the ratio are figures of their own; growth needs the year before.
    """
    ratios: dict[tuple[str, int], float] = {}
    lines = taxed.by_place.sort_values(["year", "level", "place_code"])
    years = lines["year"].astype("int64").tolist()
    for year, place, level in zip(years, lines["place_code"], lines["level"], strict=True):
        if place == UNKNOWN and level == "zone":
            continue
        rows = taxed.rows[(taxed.rows["year"] == year) & (taxed.rows[level] == place)]
        made = list(_of_place(rows, str(year), place))
        yield from made
        ratio = made[2].figure["value"]
        if ratio is None:
            continue
        before = ratios.get((place, year - 1))
        if before:
            ids = [f"land.tax_per_mu.{one}.{place}" for one in (year, year - 1)]
            yield finding("land.tax_per_mu_growth", str(year), place, (ratio / before - 1) * 100, n=made[2].figure["n"],
                          coverage=made[2].figure["coverage"], evidence=[figures_of(ids, [ratio, before])])  # fmt: skip
        ratios[place, year] = ratio


def _of_place(rows: pd.DataFrame, year: str, place: str) -> Iterator[Finding]:
    used = rows[rows["reason"].isna()]
    n, coverage = len(used), len(used) / len(rows)
    paid, land = used["tax_yuan"] / YUAN_PER_WAN, used["land_mu"]
    sums: list[float | None] = [float(paid.sum()), float(land.sum())] if n else [None, None]
    yield finding("land.industrial_tax", year, place, sums[0], n=n, coverage=coverage,
                  evidence=[rows_of("tax", used, paid)])  # fmt: skip
    yield finding("land.industrial_land", year, place, sums[1], n=n, coverage=coverage,
                  evidence=[rows_of("tax", used, land)])  # fmt: skip
    ratio = sums[0] / sums[1] if sums[0] is not None and sums[1] else None
    parts = figures_of([f"land.industrial_{one}.{year}.{place}" for one in ("tax", "land")], sums)
    yield finding("land.tax_per_mu", year, place, ratio, n=n, coverage=coverage, evidence=[parts])


def _sums(rows: pd.DataFrame, level: str) -> pd.DataFrame:
    dated = rows[rows["year"].notna() & rows[level].notna()]
    used = dated[dated["reason"].isna()]
    keys = [level, "year"]
    sums = used.groupby(keys)[["tax_yuan", "land_mu"]].sum()
    out = dated.groupby(keys).size().rename("payers").to_frame().join(sums)
    out["payers_used"] = used.groupby(keys).size().reindex(out.index, fill_value=0)
    return out.reset_index().rename(columns={level: "place_code"}).assign(level=level)
