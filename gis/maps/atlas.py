"""Every page of an edition."""

from __future__ import annotations

from gis.base.pictures import Bounds
from gis.maps.book import Book
from gis.maps.pages import air, conflict, index, land, outlook, planner, section, water


def windows(book: Book) -> dict[str, Bounds]:
    """Give the ground of which the pages want land cover pictures: parcel_id → degrees."""
    return conflict.windows(book)


def render(book: Book) -> dict[str, str]:
    """Draw the pages of one edition: file name → HTML.

    `index.html` stands beside the folder of the edition, the others inside it.

    Raises
    ------
    AssetError
        A page would load something from elsewhere, or a pinned asset is not what it was.
    """
    return {
        "index.html": index.render(book),
        "planner.html": planner.render(book.of("land")),
        "land.html": land.render(book.of("land")),
        "water.html": water.render(book.of("water")),
        "air.html": air.render(book.of("air")),
        "outlook.html": outlook.render(book),
        **conflict.render(book.of("land")),
        **section.render(book.of("water")),
    }
