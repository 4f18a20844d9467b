"""City water quality index CWQI of sections, waters, towns and the county: an indicative use."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.messages import Message, joined
from gis.standards.editions import Edition, Editions, cell_of
from gis.water.above_range import are_bounds
from gis.water.averages import averaged
from gis.water.groups import COUNTY, PLACE
from gis.water.limits import LAKE, RIVER, Floats, Limits, limits_of, values_of
from gis.water.means import INDICATORS
from gis.water.phrases import phrase

RANKING = "city_water_ranking"
SECTION, TOWN, WATER = "section", "town", "water"
INDICATIVE = Message("指示性，不具排名效力", "indicative, not a ranking in law")
OTHER_ITEMS = Message("指标组不同，不参与排名", "another set of indicators: not ranked")
OPEN = phrase("index_open")
RANK_OPEN = phrase("rank_open")
COLUMNS = [
    "place_kind", "place", "name", "period", "period_kind", "year", "cwqi", "cwqi_river", "cwqi_lake",
    "n_river", "n_lake", "n_items", "rank", "n_ranked", "base_period", "change_percent", "provisional",
    "note", "edition",
]  # fmt: skip
INDEX = ["cwqi", "cwqi_river", "cwqi_lake"]


def indices(means: pd.DataFrame, table: Limits, rules: Edition, *, lake: bool) -> pd.DataFrame:
    """Give the sum of the ratios to class Ⅲ of each row (环办监测〔2017〕51号).

    CWQI(i) = C / S; for dissolved oxygen S / C; for pH (7 − pH) / (7 − low) or (pH − 7) / (high − 7).

    Parameters
    ----------
    means
        Shape (n, any), means of the places; a value that is missing, negative, or zero for oxygen and
        pH gives no ratio and is never filled.
    lake
        Whether the phosphorus limit of lakes holds.

    Returns
    -------
    index
        Index of `means`: cwqi, n_items, and items (bits of the indicators, in the table's order).
    """
    neutral = float(rules.data["index"]["neutral_ph"])
    ratios = np.column_stack(
        [
            _ratio(values_of(means, item.key), table, at, neutral, lake=lake)
            for at, item in enumerate(table.items)
        ]
    )
    known = np.isfinite(ratios)
    total = np.where(known, ratios, 0.0).sum(axis=1)
    made = pd.DataFrame({"cwqi": total, "n_items": known.sum(axis=1)}, means.index)
    made["items"] = known @ (1 << np.arange(len(table.items), dtype=np.int64))
    return made.assign(cwqi=made["cwqi"].where(made["n_items"] > 0))


def _ratio(values: Floats, table: Limits, at: int, neutral: float, *, lake: bool) -> npt.NDArray[np.float64]:
    item = table.items[at]
    if item.span:
        low, high = item.span
        acid = (neutral - values) / (neutral - low)
        ratio = np.where(values <= neutral, acid, (values - neutral) / (high - neutral))
        return np.where(values > 0, ratio, np.nan)
    limit = item.sign * (item.lake if lake else item.river)[table.rules["good_class"] - 1]
    if item.sign < 0:
        return limit / np.where(values > 0, values, np.nan)
    return np.where(values >= 0, values / limit, np.nan)


def places(inside: pd.DataFrame, sections: pd.DataFrame) -> pd.DataFrame:
    """Give each listed section once for itself, its water and its town, and once for the county.

    Parameters
    ----------
    inside
        From `groups.members`.
    sections
        From `keyed_sections`; names the towns.

    Returns
    -------
    inside
        With place_kind section, water, town or county.
    """
    own = inside.drop_duplicates(["key", "period"])
    own = own.assign(place_kind=SECTION, place=own["section_id"].fillna(own["name"]), place_name=own["name"])
    town = own["key"].map(sections.dropna(subset=["town"]).drop_duplicates("key").set_index("key")["town"])
    towns = own.assign(place_kind=TOWN, place=town, place_name=town)[town.notna()]
    waters = inside[inside["place_kind"] != COUNTY].assign(place_kind=WATER)
    return pd.concat([inside[inside["place_kind"] == COUNTY], waters, towns, own], ignore_index=True)


def water_index(inside: pd.DataFrame, editions: Editions, rules: Edition) -> pd.DataFrame:
    """Give CWQI of every place and period, its change on last year, and its rank.

    The mean over the sections comes first, rivers and lakes apart, then the ratio; both together
    weighted by their numbers of sections.

    Parameters
    ----------
    inside
        From `places`; sections not assessed in a period are left out of it.

    Returns
    -------
    water_index
        COLUMNS; rank 1 is the smallest (best) among places of its kind and period with the same set of
        indicators, the set that most of them have; change_percent against the same period of last
        year where both have the same set, negative is better; of a running year only January to the
        month is compared. A place with a reading above its range in the means has no index, and those
        whose index is not below its least one no rank: the note says so.
    """
    rows = inside[inside["not_assessed"].isna()]
    if not len(rows):
        return pd.DataFrame(columns=COLUMNS)
    parts = [_of_edition(part, editions.get(str(id_)), rules) for id_, part in rows.groupby("edition")]
    made = pd.concat(parts, ignore_index=True)
    made = made[made["cwqi"].notna()].reset_index(drop=True)
    ranks = _ranks(made)
    other = ranks["rank"].isna() & ~made["open"]
    ranks = ranks.assign(rank=ranks["rank"].mask(made["open"] | _after_open(made, ranks)))
    made = made.join(ranks).join(_changes(made))
    known = {OTHER_ITEMS: other, OPEN: made["open"], RANK_OPEN: made["rank"].isna() & ~other & ~made["open"]}
    notes = [
        joined([INDICATIVE, *(one for one, here in zip(known, row, strict=True) if here)])
        for row in zip(*known.values(), strict=True)
    ]
    made[INDEX] = made[INDEX].mask(made["open"])
    order = ["year", "period_kind", "period", "place_kind", "rank", "place"]
    made["note"] = pd.Series(notes, made.index, dtype="str")
    return made.sort_values(order, kind="stable", ignore_index=True)[COLUMNS]


def _after_open(made: pd.DataFrame, ranks: pd.DataFrame) -> pd.Series:
    """Tell the places that one whose index is open may stand before or behind: those from its least index on.

    An index that falls where more is better may be less than that: then no place of the period has a rank.
    """
    by = [made["place_kind"], made["period"]]
    least = made["least"].where(ranks["n_ranked"].notna()).groupby(by).transform("min")
    return made["cwqi"] >= least


def _of_edition(rows: pd.DataFrame, limits: Edition, rules: Edition) -> pd.DataFrame:
    table = limits_of(limits)
    wide = {}
    for kind in (RIVER, LAKE):
        here = rows[rows["water_kind"] == kind]
        grouped, means = here.groupby(PLACE), averaged(here, PLACE, INDICATORS)
        index = indices(means, table, rules, lake=kind == LAKE).join(_open(here, table))
        wide[kind] = index.assign(n=grouped.size()).add_suffix(f"_{kind}")
    first = rows.groupby(PLACE).agg(
        name=("place_name", "first"), period_kind=("period_kind", "first"), year=("year", "first"),
        provisional=("provisional", "any"),
    )  # fmt: skip
    made = first.join(wide[RIVER]).join(wide[LAKE])
    open_ = made[[f"open_{kind}" for kind in (RIVER, LAKE)]].eq(True).any(axis=1)
    falls = made[[f"falls_{kind}" for kind in (RIVER, LAKE)]].eq(True).any(axis=1)
    made = made.fillna({"n_river": 0, "n_lake": 0, "items_river": 0, "items_lake": 0})
    river, lake = (
        made["n_river"].where(made["cwqi_river"].notna(), 0),
        made["n_lake"].where(made["cwqi_lake"].notna(), 0),
    )
    total = made["cwqi_river"].fillna(0.0) * river + made["cwqi_lake"].fillna(0.0) * lake
    one = (river == 0) | (lake == 0) | (made["items_river"] == made["items_lake"])
    items = made[["items_river", "items_lake"]].max(axis=1).where(one, -1)
    whole = (total / (river + lake).where(river + lake > 0)).to_numpy()
    return made.reset_index().assign(
        cwqi=whole, open=open_.to_numpy(), least=np.where(open_, np.where(falls, 0.0, whole), np.nan),
        n_items=made[["n_items_river", "n_items_lake"]].min(axis=1).astype("Int64").to_numpy(),
        items=items.astype("int64").to_numpy(),
        n_river=river.astype("int64").to_numpy(), n_lake=lake.astype("int64").to_numpy(),
        edition=cell_of([limits.id, rules.id]),
    )  # fmt: skip


def _open(rows: pd.DataFrame, table: Limits) -> pd.DataFrame:
    """Tell the places with a reading above its range in a mean, and whether more of it lowers the index."""
    some = {item.key: are_bounds(rows, item.key) for item in table.items}
    falls = [
        found for item, found in zip(table.items, some.values(), strict=True) if item.sign < 0 or item.span
    ]
    told = pd.DataFrame(
        {"open": np.any([*some.values()], axis=0), "falls": np.any(falls, axis=0)}, rows.index
    )
    return told.groupby([rows[name] for name in PLACE]).any()


def _ranks(made: pd.DataFrame) -> pd.DataFrame:
    by = ["place_kind", "period"]
    sets = made[made["items"] > 0].groupby([*by, "items"], as_index=False).agg(
        size=("place", "size"), n_items=("n_items", "first")
    )  # fmt: skip
    chosen = sets.sort_values(["size", "n_items"], kind="stable").drop_duplicates(by, keep="last")
    most = made[by].merge(chosen, on=by, how="left")
    same = (made["items"] == most["items"]).to_numpy()
    ranked = made[same].groupby(by)["cwqi"].rank(method="min")
    return pd.DataFrame(
        {
            "rank": ranked.reindex(made.index).astype("Int64"),
            "n_ranked": most["size"].astype("Int64").where(same),
        }
    )


def _changes(made: pd.DataFrame) -> pd.DataFrame:
    base = made["year"].astype("int64").sub(1).astype("str") + made["period"].str.slice(4)
    before = made[["place_kind", "place", "period", "cwqi", "items", "open"]]
    names = {"period": "base_period", "cwqi": "cwqi_base", "items": "items_base", "open": "open_base"}
    before = before.rename(columns=names)
    keys = ["place_kind", "place", "base_period"]
    pairs = made.assign(base_period=base).merge(before, on=keys, how="left").set_axis(made.index)
    same = (pairs["items"] == pairs["items_base"]) & (pairs["items"] > 0)
    same &= ~made["open"] & ~pairs["open_base"].eq(True)
    same &= ~made["provisional"].astype(bool) | made["period_kind"].eq("cumulative")
    change = 100 * (pairs["cwqi"] - pairs["cwqi_base"]) / pairs["cwqi_base"]
    return pd.DataFrame({"base_period": base.where(same), "change_percent": change.where(same)})
