"""Pages: offline HTML of one edition of the monitor; what draws them is loaded when a page is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from gis.base.lineage import Lineage
    from gis.base.pictures import Bounds
    from gis.maps.book import Book

__all__ = ["conflict_page", "drawn", "render", "windows", "with_link"]


def render(book: Book) -> dict[str, str]:
    """Draw the pages of one edition, see `gis.maps.atlas.render`."""
    from gis.maps import atlas

    return atlas.render(book)


def drawn(book: Book) -> tuple[dict[str, str], Lineage]:
    """Draw the pages and say what each was drawn from, see `gis.maps.atlas.drawn`."""
    from gis.maps import atlas

    return atlas.drawn(book)


def windows(book: Book, parcel_ids: Collection[str] | None = None) -> dict[str, Bounds]:
    """Give the ground of which the pages want pictures, see `gis.maps.atlas.windows`."""
    from gis.maps import atlas

    return atlas.windows(book, parcel_ids)


def conflict_page(book: Book, parcel_id: str, line_type: str | None = None) -> str:
    """Draw the page of one conflict, see `gis.maps.atlas.conflict_page`."""
    from gis.maps import atlas

    return atlas.conflict_page(book, parcel_id, line_type)


def with_link(page: str, number: int, sha256: str) -> str:
    """Print the newest link of the history on a page, see `gis.maps.pages.index.with_link`."""
    from gis.maps.pages import index

    return index.with_link(page, number, sha256)
