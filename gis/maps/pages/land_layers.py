"""What was counted and how declared areas stand beside the legal ones, as layers of the land page."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd

from gis import look
from gis.base.columns import described
from gis.base.stored_words import word_of
from gis.base.tables import SOURCE_COLUMNS
from gis.maps.book import Book, files_with, held
from gis.maps.layers import Drawn, Pair, Popup, draw, whole
from gis.maps.pages.cells import place_words
from gis.maps.wording import categories, fields, headed, paired

GROUP: Pair = ("更新地块", "Renewal parcels")
PARCEL = described("parcel_id").head
COUNTED = "date place category event claimed_mu overlap_m2 area_mu declared_mu document_no"
AREAS = "town area_declared_mu area_legal_mu difference_mu area_legal_m2 area_planar_m2 area_geodesic_m2"
WITHIN: dict[bool, tuple[str, Pair]] = {
    True: ("met", ("限差内", "within")),
    False: ("missed", ("超限差", "outside")),
}


def land_layers(book: Book) -> list[Drawn]:
    """Draw the parcels that were counted and the tolerance of every parcel; nothing where there are none."""
    parcels = whole(book.tables.get("parcels"))
    return [] if parcels is None else [*_counted(book, parcels), *_tolerance(book, parcels)]


def _counted(book: Book, parcels: gpd.GeoDataFrame) -> list[Drawn]:
    found = book.tables.get("counted")
    if found is None or not len(found):
        return []
    few = next(iter(held(book, "ledger_events").values()), None)
    if few:
        found = found.drop(columns=["document_no", *SOURCE_COLUMNS], errors="ignore")
    shapes = parcels.drop_duplicates("parcel_id").set_index("parcel_id").geometry
    rows = found.sort_values("date", kind="stable").reset_index(drop=True)
    frame = gpd.GeoDataFrame(
        rows, geometry=shapes.reindex(rows["parcel_id"]).to_numpy(), crs=parcels.crs or "EPSG:4490"
    )
    told = {
        "category": categories(frame),
        "date": frame["date"],
        "place": _towns(book, frame["place"]),
        "event": paired(frame["event"], "ledger_events", "event"),
    }
    told_ = fields(frame, "counted", COUNTED, told)
    shown = Popup(
        frame["parcel_id"],
        headed("counted", told_),
        year=frame["date"].dt.year,
        added_m2=frame.get("area_m2"),
        town=told_["place"],
        category=told_.get("category"),
    )
    marks = look.marks(look.colours(book.editions, book.as_of), "parcel_state")
    named = {event: replace(marks[event], zh=word_of(event, "event")[0], en=word_of(event, "event")[1])
             for event in marks if event in set(frame["event"])}  # fmt: skip
    return [
        draw(
            frame, "counted", ("逐项计入", "What was counted"), GROUP, list(named.values()), frame["event"], shown,
            pane="parcels", search=True, head=PARCEL, state=described("event").head, means=("计入年度", "year counted"),
            files=() if few else files_with(book, "counted"), note=few,
        )
    ]  # fmt: skip


def _tolerance(book: Book, parcels: gpd.GeoDataFrame) -> list[Drawn]:
    if "difference_mu" not in parcels:
        return []
    frame = parcels[parcels["difference_mu"].notna()].reset_index(drop=True)
    town, nothing = _towns(book, frame["town"]), pd.Series(float("nan"), index=frame.index)
    told = fields(frame, "parcels", AREAS, {"town": town})
    shown = Popup(
        frame["parcel_id"],
        headed("parcels", {name: told.get(name, nothing) for name in AREAS.split()}),
        year=frame["plan_year"],
        town=town,
        category=categories(frame),
    )
    edition = look.colours(book.editions, book.as_of)
    states = look.marks(edition, "state")
    marks = [replace(states[key], zh=told[0], en=told[1]) for key, told in WITHIN.values()]
    key = frame["within_tolerance"].map({one: states[key].key for one, (key, _) in WITHIN.items()})
    return [
        draw(
            frame, "tolerance", ("申报与实测面积", "Declared beside legal area"), GROUP,
            [*marks, look.no_data(edition)], key.astype("object").fillna(look.NO_DATA), shown, pane="parcels",
            show=False, head=PARCEL, state=described("within_tolerance").head, means=("计划年度", "plan year"),
            files=files_with(book, "parcels"),
        )
    ]  # fmt: skip


def _towns(book: Book, places: pd.Series) -> pd.Series:
    """Name towns as they are drawn, found by code or name."""
    return places.map({one: place_words(book, one)[0] for one in places.dropna().unique()}).astype("object")
