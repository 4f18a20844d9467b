"""The ledger as an office reads it: a row a parcel, sums by place and category, what is not counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from gis.base.messages import Message
from gis.base.units import to_m2, to_mu
from gis.land.counting import Counting
from gis.land.events import EVENT_WORDS
from gis.land.ledger import Ledger
from gis.land.places import UNKNOWN

REGISTER = [
    "parcel_id", "town", "zone", "category", "owner_unit", "state", "approval_no", "accepted_on", "accepted_no",
    "area_declared_mu", "area_legal_mu", "accepted_mu", "counted_mu", "remark",
]  # fmt: skip
UNKNOWN_ZH = "未知"
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
        accepted_on is the latest acceptance, accepted_no their numbers, accepted_mu (亩) the sum of
        what they say (null: none says any); a parcel in several towns has its parts in remark.
    """
    parcels = pd.DataFrame(book.parcels.drop(columns="geometry", errors="ignore"))
    accepted = book.events[book.events["event"] == "accepted"].groupby("parcel_id")
    numbers = accepted["document_no"].agg(lambda cells: "、".join(dict.fromkeys(cells.dropna())))
    ids = parcels["parcel_id"]
    out = parcels.assign(
        town=_named(parcels["place"], names),
        category=parcels["category"].fillna(NO_CATEGORY),
        accepted_on=pd.to_datetime(accepted["date"].max().reindex(ids).to_numpy()),
        accepted_no=numbers.replace("", None).reindex(ids).to_numpy(),
        accepted_mu=accepted["area_mu"].sum(min_count=1).reindex(ids).to_numpy(),
        remark=_remarks(book, parcels, names),
    )
    last = out["town"] == UNKNOWN_ZH
    return out.assign(last=last).sort_values(["last", "town", "category", "parcel_id"])[REGISTER]


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
    outside = parcels[parcels["within_tolerance"].eq(False).fillna(False)]
    columns = [
        "parcel_id",
        "place",
        "category",
        "owner_unit",
        "area_declared_mu",
        "area_legal_mu",
        "difference_mu",
    ]
    listed = pd.DataFrame(outside[[*columns, "source", "source_row"]])
    order = listed["difference_mu"].abs().sort_values(ascending=False, kind="stable").index
    return listed.loc[order].reset_index(drop=True)


def not_counted(book: Ledger, counting: Counting) -> pd.DataFrame:
    """List events that count nothing, with the reason.

    Undated ones, those of no parcel, those of a parcel that nobody measured, and acceptances of a
    category that counts on another event.
    """
    known = book.parcels.drop_duplicates("parcel_id", keep="last").set_index("parcel_id")
    wanted = counting.event_of(known["category"]).reindex(book.events["parcel_id"]).to_numpy()
    bare = known["area_legal_m2"].isna().reindex(book.events["parcel_id"], fill_value=False).to_numpy()
    mine = book.events["parcel_id"].isin(known.index).to_numpy()
    same = book.events["event"].to_numpy() == wanted
    other = mine & (book.events["event"] == "accepted").to_numpy() & ~same & pd.notna(wanted)
    frames = [
        book.undated.assign(reason=REASONS["undated"]),
        book.unmatched[book.unmatched["date"].notna()].assign(reason=REASONS["unmatched"]),
        book.events[same & bare].assign(reason=REASONS["unmeasured"]),
        book.events[other].assign(reason=[_on_another(str(one)) for one in wanted[other]]),
    ]
    filled = [frame for frame in frames if len(frame)] or frames[:1]
    return pd.concat(filled, ignore_index=True).drop(columns="table")


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
