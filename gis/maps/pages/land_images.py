"""What land cover before and after says on the land page: verdicts, contradicted parcels, new built-up ground."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gis import look
from gis.base.stored_words import words_of
from gis.base.text import both
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.pages.cells import figure_of, records
from gis.maps.pages.columns import Row, drawn, origin, shown

LISTED = 300
AGAINST = "not_supported"


def image_tables(book: Book) -> str:
    """Draw the counts, the parcels whose image contradicts the declaration, and the new built-up patches."""
    found = book.tables.get("land_cover_parcels")
    if found is None or not len(found):
        return ""
    return f'<div class="pair">{_counts(book)}{_built(book)}</div>{_patches(book)}{_against(book, found)}'


def _dates(book: Book) -> Pair:
    """Name the two days that the rasters are of."""
    covers = [one for one in book.catalogue.of_kind("land_cover") if one.id not in book.withheld]
    days = sorted(day for one in covers if (day := one.date or one.about.date) and day <= book.as_of)
    return (f"{days[0]} 与 {days[-1]}", f"{days[0]} and {days[-1]}") if days else ("前后", "before and after")


def _counts(book: Book) -> str:
    year = str(book.as_of.year)
    rows = [
        {"told": told, "count": figure_of(book, f"land.image_parcels.{key}", year)}
        for key, told in words_of("image_verdict").items()
    ]
    columns = shown(book, "land_cover_verdicts", "told count", told=_told)
    zh, en = _dates(book)
    title = (f"影像佐证：土地覆盖 {zh}（图斑个数）", f"Land cover of {en} beside the declaration (parcels)")
    return drawn("image-verdicts", title, columns, rows)


def _built(book: Book) -> str:
    year = str(book.as_of.year)
    lines = look.marks(look.colours(book.editions, book.as_of), "line")
    rows: list[dict[str, Any]] = [
        {
            "told": (mark.zh, mark.en),
            "count": count,
            "mu": figure_of(book, f"land.new_built_area.{key}", year),
        }
        for key, mark in lines.items()
        if (count := figure_of(book, f"land.new_built_patches.{key}", year)) is not None
    ]
    if not rows:
        return ""
    columns = shown(book, "new_built", "told count mu", told=_told)
    zh, en = _dates(book)
    title = (f"控制线内新增建设（{zh}之间，亩）", f"New built-up ground inside lines, between {en} (mu)")
    return drawn("new-built", title, columns, rows)


def _patches(book: Book) -> str:
    found = book.tables.get("land_cover_patches")
    if found is None or not len(found):
        return ""
    lines = look.marks(look.colours(book.editions, book.as_of), "line")
    columns = shown(
        book, "land_cover_patches", "line_type line_name town area_mu width_m source", source=origin,
        line_type=lambda row: both(lines[row["line_type"]].zh, lines[row["line_type"]].en),
    )  # fmt: skip
    rows = records(pd.DataFrame(found.drop(columns="geometry")).head(LISTED))
    title = (
        f"新增建设图斑（亩，面积大者在前，列 {len(rows):,} / {len(found):,}）",
        f"New built-up patches (mu, largest first, {len(rows):,} of {len(found):,})",
    )
    return drawn("new-built-patches", title, columns, rows)


def _against(book: Book, found: pd.DataFrame) -> str:
    rows = found[found["image_verdict"] == AGAINST].sort_values(
        ["area_declared_mu", "parcel_id"], ascending=[False, True], kind="stable"
    )
    columns = shown(
        book, "land_cover_parcels",
        "parcel_id town category declared area_declared_mu built_before built_after bare_after cropland_after "
        "vegetation_after image_reason source",
        source=origin,
    )  # fmt: skip
    listed = records(rows.head(LISTED))
    told = f"{len(listed):,} / {len(rows):,}"
    title = (
        f"影像与申报不符的图斑（占地块 %，申报亩大者在前，列 {told}）",
        f"Parcels whose image contradicts the declaration (% of the parcel, largest first, {told})",
    )
    return drawn("image-against", title, columns, listed)


def _told(row: Row) -> str:
    return both(*row["told"])
