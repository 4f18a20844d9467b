"""What was counted and how declared areas stand beside the legal ones, as layers of the land page."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd

from gis import look
from gis.base.tables import SOURCE_COLUMNS
from gis.maps.book import Book, files_with, held
from gis.maps.layers import Drawn, Pair, Popup, draw, whole
from gis.maps.pages.cells import place_words
from gis.maps.pages.land_tables import event_words
from gis.maps.wording import categories

GROUP: Pair = ("更新地块", "Renewal parcels")
PARCEL: Pair = ("图斑编号", "Parcel")
COUNTED: dict[str, Pair] = {
    "date": ("日期", "Date"), "place": ("乡镇", "Town"), "category": ("类型", "Category"), "event": ("事件", "Event"),
    "claimed_mu": ("台账(亩)", "Ledger (mu)"), "overlap_m2": ("重叠扣除(m²)", "Overlap off (m²)"),
    "area_mu": ("计入(亩)", "Counted (mu)"), "declared_mu": ("申报(亩)", "Declared (mu)"),
    "document_no": ("文号", "Document"),
}  # fmt: skip
AREAS: dict[str, Pair] = {
    "area_declared_mu": ("申报(亩)", "Declared (mu)"), "area_legal_mu": ("椭球(亩)", "Legal (mu)"),
    "difference_mu": ("差(亩)", "Difference (mu)"), "area_legal_m2": ("椭球(m²)", "Legal (m²)"),
    "area_planar_m2": ("平面(m²)", "Plane (m²)"), "area_geodesic_m2": ("测地(m²)", "Geodesic (m²)"),
}  # fmt: skip
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
        "event": frame["event"].map(lambda one: list(event_words(one))),
    }
    fields = {name: told.get(name, frame[name]) for name in COUNTED if name in frame}
    shown = Popup(
        frame["parcel_id"],
        [(COUNTED[name], column) for name, column in fields.items()],
        year=frame["date"].dt.year,
        added_m2=frame.get("area_m2"),
        town=fields["place"],
        category=fields.get("category"),
    )
    marks = look.marks(look.colours(book.editions, book.as_of), "parcel_state")
    named = {event: replace(marks[event], zh=event_words(event)[0], en=event_words(event)[1])
             for event in marks if event in set(frame["event"])}  # fmt: skip
    return [
        draw(
            frame, "counted", ("逐项计入", "What was counted"), GROUP, list(named.values()), frame["event"], shown,
            pane="parcels", search=True, head=PARCEL, state=("事件", "Event"), means=("计入年度", "year counted"),
            files=() if few else files_with(book, "counted"), note=few,
        )
    ]  # fmt: skip


def _tolerance(book: Book, parcels: gpd.GeoDataFrame) -> list[Drawn]:
    if "difference_mu" not in parcels:
        return []
    frame = parcels[parcels["difference_mu"].notna()].reset_index(drop=True)
    town, nothing = _towns(book, frame["town"]), pd.Series(float("nan"), index=frame.index)
    shown = Popup(
        frame["parcel_id"],
        [(("乡镇", "Town"), town), *((head, frame.get(name, nothing)) for name, head in AREAS.items())],
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
            show=False, head=PARCEL, state=("限差", "Tolerance"), means=("计划年度", "plan year"),
            files=files_with(book, "parcels"),
        )
    ]  # fmt: skip


def _towns(book: Book, places: pd.Series) -> pd.Series:
    """Name towns as they are drawn, found by code or name."""
    return places.map({one: place_words(book, one)[0] for one in places.dropna().unique()}).astype("object")
