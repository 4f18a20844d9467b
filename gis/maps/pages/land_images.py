"""What land cover before and after says on the land page: verdicts, contradicted parcels, new built-up ground."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gis import look
from gis.base.text import both
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.pages.cells import figure_of, records
from gis.maps.pages.columns import Column, amount, drawn, origin, place, text, word

LISTED = 300
PERCENT = 100.0
AGAINST = "not_supported"
VERDICTS: dict[str, Pair] = {
    "supported": ("影像支持申报", "Image supports the declaration"),
    AGAINST: ("影像不支持申报", "Image contradicts the declaration"),
    "unclear": ("影像无法判断", "Image leaves it unclear"),
}
DECLARED: dict[str, Pair] = {"renewal": ("更新盘活", "renewal"), "reclamation": ("复垦", "reclamation")}
REASONS: dict[str, Pair] = {
    "not_built": ("前期几乎没有建设用地，后期也未拆除", "hardly any built-up ground before, none cleared"),
    "built_lost": ("建设用地减少，后期不是裸地", "built-up ground was lost, and it is not bare after"),
    "not_reclaimed": ("前期建设用地未变为耕地或植被", "built-up ground did not become cropland or vegetation"),
}  # fmt: skip


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
        for key, told in VERDICTS.items()
    ]
    columns = [
        Column(("判定", "Verdict"), lambda row: both(*row["told"])), amount(("图斑(个)", "Parcels"), "count", 0),
    ]  # fmt: skip
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
    columns = [
        Column(("控制线", "Line"), lambda row: both(*row["told"])), amount(("图斑(个)", "Patches"), "count", 0),
        amount(("面积(亩)", "Area (mu)"), "mu"),
    ]  # fmt: skip
    zh, en = _dates(book)
    title = (f"控制线内新增建设（{zh}之间，亩）", f"New built-up ground inside lines, between {en} (mu)")
    return drawn("new-built", title, columns, rows)


def _patches(book: Book) -> str:
    found = book.tables.get("land_cover_patches")
    if found is None or not len(found):
        return ""
    lines = look.marks(look.colours(book.editions, book.as_of), "line")
    columns = [
        Column(("控制线", "Line"), lambda row: both(lines[row["line_type"]].zh, lines[row["line_type"]].en)),
        text(("名称", "Name"), "line_name"), place(book, ("乡镇", "Town"), "town"),
        amount(("面积(亩)", "Area (mu)"), "area_mu"), amount(("宽度(m)", "Width (m)"), "width_m", 1),
        origin(("控制线来源 · 行", "Source of the line · row")),
    ]  # fmt: skip
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
    columns = [
        text(("图斑", "Parcel"), "parcel_id"), place(book, ("乡镇", "Town"), "town"),
        word(("类型", "Category"), "category"),
        Column(("申报为", "Declared as"), lambda row: both(*DECLARED[row["declared"]])),
        amount(("申报(亩)", "Declared (mu)"), "area_declared_mu"),
        *(amount(told, name, 0, 1 / PERCENT) for name, told in _SHARES.items()),
        Column(("影像所见", "What the image shows"), lambda row: both(*REASONS[row["image_reason"]])), origin(),
    ]  # fmt: skip
    listed = records(rows.head(LISTED))
    shown = f"{len(listed):,} / {len(rows):,}"
    title = (
        f"影像与申报不符的图斑（占地块 %，申报亩大者在前，列 {shown}）",
        f"Parcels whose image contradicts the declaration (% of the parcel, largest first, {shown})",
    )
    return drawn("image-against", title, columns, listed)


_SHARES: dict[str, Pair] = {
    "built_before": ("建设用地 前(%)", "Built before (%)"), "built_after": ("建设用地 后(%)", "Built after (%)"),
    "bare_after": ("裸地 后(%)", "Bare after (%)"), "cropland_after": ("耕地 后(%)", "Cropland after (%)"),
    "vegetation_after": ("植被 后(%)", "Vegetation after (%)"),
}  # fmt: skip
