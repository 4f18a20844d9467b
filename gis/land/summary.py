"""The ledger as an office reads it: a row a parcel, sums by place and category, what is not counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gis.base.messages import Message
from gis.base.tables import stacked
from gis.base.units import to_m2, to_mu
from gis.land.counting import REVERSED, Counting
from gis.land.events import EVENT_WORDS
from gis.land.ledger import Ledger
from gis.land.places import UNKNOWN, UNKNOWN_ZH

REGISTER = [
    "parcel_id", "name", "town", "zone", "category", "owner_unit", "state", "approved_on", "approval_no",
    "accepted_on", "accepted_no", "recorded_on", "filing_no", "area_declared_mu", "area_legal_mu", "accepted_mu",
    "counted_mu", "remark",
]  # fmt: skip
DETAIL = ["parcel_id", "event", "date", "area_mu", "document_no", "category", "year", "counted_mu"]
UNMATCHED = ["year", "event", "n", "area_mu"]
NO_ZONE = "非园区"
NO_CATEGORY = "未分类"
NOT_SAID = {"category": NO_CATEGORY, "owner_unit": "未填"}
BESIDE = {"area_mu": "legal", "declared_mu": "declared", "document_mu": "document"}
REASONS = {
    "undated": Message("没有日期，不计入任何时期", "no date: counts in no period").stored,
    "unmatched": Message("没有对应图斑", "no such parcel").stored,
    "unmeasured": Message("没有图形，椭球面积未知", "no geometry: legal area unknown").stored,
}


def register(book: Ledger, names: Mapping[str, str]) -> pd.DataFrame:
    """Give a row a parcel, sorted by town, category and id, each parcel in the town that holds most.

    Parameters
    ----------
    names
        The names of towns by code; others stand as they are.

    Returns
    -------
    register
        approved_on is the first approval, accepted_on the latest acceptance, accepted_no their
        numbers, accepted_mu (亩) the sum of what they say (null: none says any), recorded_on the latest
        entry of the account, filing_no the number of the parcel's filing (备案号), else of that entry; a
        parcel in several towns has its parts in remark.
    """
    parcels = pd.DataFrame(book.parcels.drop(columns="geometry", errors="ignore"))
    ids = parcels["parcel_id"]
    approved, accepted, recorded = (
        book.events[book.events["event"] == event].groupby("parcel_id")
        for event in ("approved", "accepted", "recorded")
    )
    filed = parcels["filing_no"] if "filing_no" in parcels else pd.Series(None, ids.index, dtype="object")
    out = parcels.assign(
        town=_named(parcels["place"], names),
        category=parcels["category"].fillna(NO_CATEGORY),
        approved_on=pd.to_datetime(approved["date"].min().reindex(ids).to_numpy()),
        approval_no=parcels["approval_no"].astype("object").fillna(_numbers(approved, ids)),
        accepted_on=pd.to_datetime(accepted["date"].max().reindex(ids).to_numpy()),
        accepted_no=_numbers(accepted, ids),
        accepted_mu=accepted["area_mu"].sum(min_count=1).reindex(ids).to_numpy(),
        recorded_on=pd.to_datetime(recorded["date"].max().reindex(ids).to_numpy()),
        filing_no=filed.astype("object").fillna(_numbers(recorded, ids)),
        remark=_remarks(book, parcels, names),
    )
    last = out["town"] == UNKNOWN_ZH
    return out.assign(last=last).sort_values(["last", "town", "category", "parcel_id"])[REGISTER]


def _numbers(events: Any, ids: pd.Series) -> pd.Series:
    """Give the document numbers of each parcel's events of one kind, grouped by parcel_id."""
    joined = events["document_no"].agg(lambda cells: "、".join(dict.fromkeys(cells.dropna())))
    known = joined.astype("object").replace("", None).reindex(ids)
    return known.set_axis(ids.index)


def detail(book: Ledger) -> pd.DataFrame:
    """Give every counted event with its 亩; counted_mu, negative for reversals, adds to what is counted."""
    keys = ["parcel_id", "event", "date", "document_no", "category", "year"]
    rows = book.counted[book.counted["area_m2"] != 0].sort_values(["date", "parcel_id"], kind="stable")
    sums = rows.groupby(keys, dropna=False, sort=False)["area_mu"].sum()
    out = sums.reset_index().rename(columns={"area_mu": "counted_mu"})
    return out.assign(area_mu=out["counted_mu"].abs())[DETAIL]


def by_town_and_category(book: Ledger, names: Mapping[str, str], year: int | None) -> pd.DataFrame:
    """Sum the counted 亩, a row a town and a column a category, of one year or (None) of all.

    Returns
    -------
    sums
        place, then a column a category; towns without any are lines of 0, the unknown town is the last.
    """
    rows = book.counted if year is None else book.counted[book.counted["year"] == year]
    every = sorted(set(book.parcels["category"].fillna(NO_CATEGORY)))
    place = _named(book.parcels["place"], names)
    line, kind = _named(rows["place"], names), rows["category"].fillna(NO_CATEGORY)
    sums = rows.assign(line=line, kind=kind).pivot_table(
        index="line", columns="kind", values="area_m2", aggfunc="sum"
    )
    towns = [
        *sorted({*place, *line} - {UNKNOWN_ZH}),
        *([UNKNOWN_ZH] if UNKNOWN_ZH in {*place, *line} else []),
    ]
    out = sums.reindex(index=towns, columns=every).fillna(0.0)
    return pd.DataFrame(to_mu(out), index=out.index, columns=every).rename_axis("place").reset_index()


def unmatched(events: pd.DataFrame, counting: Counting, *, year: int | None = None) -> pd.DataFrame:
    """Count the events that would count and have no parcel: year, event, n, area_mu (reversals negative).

    Parameters
    ----------
    events
        `Ledger.unmatched`.
    year
        Of this year alone; None: a row a year and event, the newest first, without a date last.
    """
    rows = events[events["event"].isin({*counting.events, REVERSED})]
    rows = rows.assign(year=rows["date"].dt.year.astype("Int64"))
    if year is not None:
        rows = rows[rows["year"] == year]
    signed = rows["area_mu"].abs() * np.where(rows["event"] == REVERSED, -1.0, 1.0)
    groups = rows.assign(area_mu=signed).groupby(["year", "event"], dropna=False)
    sums = groups.agg(n=("event", "size"), area_mu=("area_mu", "sum")).reset_index()
    return sums.sort_values(["year", "event"], ascending=[False, True], na_position="last")[UNMATCHED]


def by_place(book: Ledger, names: Mapping[str, str], as_of: dt.date, begun: int, level: str) -> pd.DataFrame:
    """Sum the counted 亩 by town or zone: this year to date, since the plan began, and by year.

    Returns
    -------
    sums
        place, this_year, since_begun, then a column a year; the lines add to the county. The unknown
        town, or what lies in no zone, is the last line.
    """
    rows, none = book.counted, (UNKNOWN_ZH if level == "town" else NO_ZONE)
    if level == "town":
        place = _named(rows["place"], names)
        every = _named(book.parcels["place"], names)
    else:
        known = book.parcels.drop_duplicates("parcel_id", keep="last").set_index("parcel_id")["zone_code"]
        place = _named(known.reindex(rows["parcel_id"]).set_axis(rows.index), names).fillna(none)
        every = _named(book.parcels["zone_code"], names).fillna(none)
    years = _years(rows, begun, as_of)
    areas = rows.assign(line=place).pivot_table(index="line", columns="year", values="area_m2", aggfunc="sum")
    listed = [*sorted({*every, *place} - {none}), none]
    sums = areas.reindex(index=listed, columns=years).fillna(0.0)
    out = pd.DataFrame(to_mu(sums), index=sums.index, columns=[str(year) for year in years])
    since = out[[str(year) for year in years if year >= begun]].sum(axis=1)
    out.insert(0, "this_year", out[str(as_of.year)])
    out.insert(1, "since_begun", since)
    return out.rename_axis("place").reset_index()


def by_key(book: Ledger, key: str, as_of: dt.date, begun: int) -> pd.DataFrame:
    """Sum the counted 亩, a row a category or owner unit (`key`) and a column a year; they add to the county."""
    rows, parcels = (
        book.counted,
        book.parcels.drop_duplicates("parcel_id", keep="last").set_index("parcel_id"),
    )
    known = parcels[key].astype("object").fillna(NOT_SAID[key])
    years = _years(rows, begun, as_of)
    lines = rows.assign(line=known.reindex(rows["parcel_id"]).to_numpy())
    areas = lines.pivot_table(index="line", columns="year", values="area_m2", aggfunc="sum")
    sums = areas.reindex(index=sorted(set(known)), columns=years).fillna(0.0)
    out = pd.DataFrame(to_mu(sums), index=sums.index, columns=[str(year) for year in years])
    return out.rename_axis(key).reset_index()


def areas_beside(book: Ledger) -> pd.DataFrame:
    """Set the legal, declared and document area of what counts side by side, a row a year and a total."""
    sums = book.counted.groupby("year")[list(BESIDE)].sum(min_count=1)
    total = pd.DataFrame([book.counted[list(BESIDE)].sum(min_count=1)], index=["total"])
    sums.index = sums.index.astype("str")
    both = pd.concat([sums, total]) if len(sums) else total
    named = both.rename(columns={name: f"area_{kind}_mu" for name, kind in BESIDE.items()})
    return named.rename_axis("year").reset_index()


def out_of_tolerance(parcels: pd.DataFrame) -> pd.DataFrame:
    """List the parcels whose declared area is outside the tolerance, the largest difference (亩) first."""
    outside = parcels["within_tolerance"].eq(False).fillna(False)
    columns = [
        "parcel_id",
        "place",
        "category",
        "owner_unit",
        "area_declared_mu",
        "area_legal_mu",
        "difference_mu",
    ]
    listed = pd.DataFrame(parcels[[*columns, "source", "source_row"]])[outside]
    order = listed["difference_mu"].abs().sort_values(ascending=False, kind="stable").index
    return listed.loc[order].reset_index(drop=True)


def not_counted(book: Ledger, counting: Counting, year: int) -> pd.DataFrame:
    """List events that count nothing, with the reason.

    Undated ones, those of `year` that would count and have no parcel (`unmatched` counts the others),
    those of a parcel that nobody measured, and acceptances of a category that counts on another event.
    """
    known = book.parcels.drop_duplicates("parcel_id", keep="last").set_index("parcel_id")
    wanted = counting.event_of(known["category"]).reindex(book.events["parcel_id"]).to_numpy()
    bare = known["area_legal_m2"].isna().reindex(book.events["parcel_id"], fill_value=False).to_numpy()
    mine = book.events["parcel_id"].isin(known.index).to_numpy()
    same = book.events["event"].to_numpy() == wanted
    other = mine & (book.events["event"] == "accepted").to_numpy() & ~same & pd.notna(wanted)
    lost = book.unmatched
    lost = lost[(lost["date"].dt.year == year) & lost["event"].isin({*counting.events, REVERSED})]
    undated = book.undated
    frames = [
        undated[undated["parcel_id"].isin(known.index)].assign(reason=REASONS["undated"]),
        lost.assign(reason=REASONS["unmatched"]),
        book.events[same & bare].assign(reason=REASONS["unmeasured"]),
        book.events[other].assign(reason=[_on_another(str(one)) for one in wanted[other]]),
    ]
    return stacked(frames).drop(columns="table")


def _on_another(event: str) -> str:
    word = Message(EVENT_WORDS.get(event, event), event)
    return Message("按另一事件（{event}）计入", "counts on another event: {event}", event=word).stored


def on_paper(parcels: pd.DataFrame, listed: pd.DataFrame) -> pd.Series:
    """Give the area to count of parcels without geometry, m²: declared, or what the acceptances say if more.

    Parameters
    ----------
    listed
        Events with parcel_id, event, date, area_mu.
    """
    accepted = listed[(listed["event"] != "reversed") & listed["date"].notna()]
    most = accepted.groupby(["parcel_id", "event"])["area_mu"].sum(min_count=1).groupby("parcel_id").max()
    said = most.reindex(parcels["parcel_id"]).to_numpy(dtype="float64")
    area = np.fmax(parcels["area_declared_mu"].to_numpy(dtype="float64"), said)
    return pd.Series(to_m2(area, "mu").round(2), index=parcels.index)


def _named(codes: pd.Series, names: Mapping[str, str]) -> pd.Series:
    every = {**names, UNKNOWN: UNKNOWN_ZH}
    return codes.map(lambda code: every.get(code, code), na_action="ignore").astype("object")


def _years(rows: pd.DataFrame, begun: int, as_of: dt.date) -> list[int]:
    found = rows["year"].dropna().astype("int64")
    return list(range(min([begun, *found]), as_of.year + 1))


def _remarks(book: Ledger, parcels: pd.DataFrame, names: Mapping[str, str]) -> pd.Series:
    if not len(book.shares):
        return parcels["remark"]
    shares = book.shares.assign(place=_named(book.shares["place"], names))
    parts = {
        str(parcel): "跨乡镇：" + "、".join(f"{one.place} {one.share:.1%}" for one in some.itertuples())
        for parcel, some in shares.groupby("parcel_id")
    }
    known = parcels["parcel_id"].astype("object").map(parts)
    own = parcels["remark"].astype("object").fillna("")
    both = own.where(known.isna(), (own + "；" + known.fillna("")).str.removeprefix("；"))
    return both.where(both != "", None)
