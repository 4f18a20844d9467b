"""What changed since last year: this year so far beside the same months of the year before."""

from __future__ import annotations

import pandas as pd

from gis.base.calendar import period_words
from gis.base.stored_words import word_of
from gis.base.text import both
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.pages.cells import figure_of, records, so_far
from gis.maps.pages.columns import Row, drawn, finder, shown

STATUS = ("accepted", "disposed", "recorded", "reversed")
COLUMNS = ["event", "parcel_id", "place", "date", "area_mu"]


def changes(book: Book) -> str:
    """Draw the sums by status of both spans, and the parcels of the as-of year with their 亩.

    An acceptance has the 亩 it counted; a record or a reversal the 亩 its line of the ledger says.
    """
    found = _events(book)
    if not len(found):
        return ""
    return f'<div class="pair">{_sums(book, found)}{_parcels(book, found)}</div>'


def _events(book: Book) -> pd.DataFrame:
    counted, listed = (book.tables.get(name) for name in ("counted", "ledger_events"))
    parts = []
    if counted is not None and len(counted):
        told = counted["event"].isin(["accepted", "disposed"] if listed is not None else list(STATUS))
        parts.append(counted.loc[told, COLUMNS])
    if listed is not None and len(listed):
        rows = listed[listed["event"].isin(["recorded", "reversed"])].drop_duplicates(["parcel_id", "event"])
        parts.append(rows.assign(place=rows["parcel_id"].map(_towns(book)))[COLUMNS])
    kept = [part for part in parts if len(part)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=COLUMNS)


def _towns(book: Book) -> dict[str, str]:
    found = book.tables.get("parcels")
    if found is None or "town" not in found:
        return {}
    known = found[found["parcel_id"].notna() & found["town"].notna()].drop_duplicates("parcel_id")
    return dict(zip(known["parcel_id"], known["town"], strict=True))


def _of_year(events: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    return events[(events["date"] <= until) & (events["date"].dt.year == until.year)]


def _spans(book: Book) -> tuple[str, str]:
    if not so_far(book, book.as_of.year):
        return str(book.as_of.year), str(book.as_of.year - 1)
    return f"{book.as_of.year}C{book.as_of.month:02d}", f"{book.as_of.year - 1}C{book.as_of.month:02d}"


def _sums(book: Book, found: pd.DataFrame) -> str:
    until = pd.Timestamp(book.as_of)
    spans = [_of_year(found, until), _of_year(found, until - pd.DateOffset(years=1))]
    rows = []
    for status in STATUS:
        if status == "disposed" and status not in set(found["event"]):
            continue
        chosen = [span[span["event"] == status] for span in spans]
        counts: list[float | None] = [one["parcel_id"].nunique() for one in chosen]
        areas: list[float | None] = [float(one["area_mu"].sum()) for one in chosen]
        rows.append(_beside(word_of(status, "event"), counts, areas))
    periods = _spans(book)
    areas = [figure_of(book, "land.renewed_area", period) for period in periods]
    counts = [figure_of(book, "land.renewal_parcels", period) for period in periods]
    rows.append(_beside(("净计入", "counted, net"), counts, areas))
    (zh, en), (past_zh, past_en) = (period_words(period) for period in periods)
    columns = shown(
        book, "changes", "status n mu n_before mu_before change_mu", status=lambda row: both(*row["status"])
    )
    title = (
        f"比上年同期变化：{zh}与{past_zh}（个，亩，截至同日）",
        f"Change on the same months: {en} beside {past_en} (parcels, mu, to the same day)",
    )
    return drawn("changes", title, columns, rows)


def _beside(status: Pair, counts: list[float | None], areas: list[float | None]) -> Row:
    """Put this span beside the same of last year."""
    now, then = areas
    change = None if now is None or then is None else now - then
    return {
        "status": status, "n": counts[0], "mu": now, "n_before": counts[1], "mu_before": then, "change_mu": change,
    }  # fmt: skip


def _parcels(book: Book, found: pd.DataFrame) -> str:
    rows = _of_year(found, pd.Timestamp(book.as_of)).sort_values(["event", "date"], ascending=[True, False])
    columns = shown(book, "changes", "event parcel_id place date area_mu", parcel_id=finder("parcel_id"))
    zh, en = period_words(_spans(book)[0])
    title = (f"{zh}变化的图斑（亩，点编号定位）", f"Parcels that changed, {en} (mu; choose one to see it)")
    return drawn("changed-parcels", title, columns, records(rows))
