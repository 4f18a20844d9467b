"""Every page of an edition."""

from __future__ import annotations

from collections.abc import Callable, Collection

from gis.base.lineage import Lineage
from gis.base.pictures import Bounds
from gis.maps.book import Book, noted
from gis.maps.pages import air, conflict, evidence, index, land, method, planner, section, town, water

PAGES: tuple[tuple[str, str, Callable[[Book], str | dict[str, str]]], ...] = (
    ("index.html", "", index.render),
    ("planner.html", "land", planner.render),
    ("land.html", "land", land.render),
    ("water.html", "water", water.render),
    ("air.html", "air", air.render),
    ("method.html", "", method.render),
    ("conflicts", "land", conflict.render),
    ("sections", "water", section.render),
    ("towns", "", town.render),
    ("evidence", "", evidence.render),
)


MAPS = {"planner": planner, "land": land, "water": water, "air": air}  # whose layers a sheet draws too


def windows(book: Book, parcel_ids: Collection[str] | None = None) -> dict[str, Bounds]:
    """Give the ground of which the pages, or those of some parcels, want pictures: parcel_id → degrees."""
    return conflict.windows(book, parcel_ids)


def conflict_page(book: Book, parcel_id: str, line_type: str | None) -> str:
    """Draw the page of one conflict, whole in itself.

    Raises
    ------
    UsageError
        There is no such conflict, or several.
    """
    return conflict.page_of(book.of("land"), parcel_id, line_type)


def render(book: Book) -> dict[str, str]:
    """Draw the pages of one edition: file name → HTML.

    `index.html` stands beside the folder of the edition, the others inside it.

    Raises
    ------
    AssetError
        A page would load something from elsewhere, or a pinned asset is not what it was.
    """
    return drawn(book)[0]


def drawn(book: Book) -> tuple[dict[str, str], Lineage]:
    """Draw the pages, and say of each which layers it was drawn from: file name → ids.

    Raises
    ------
    AssetError
        As `render`.
    """
    pages: dict[str, str] = {}
    lineage: dict[str, frozenset[str]] = {}
    for name, subject, render_ in PAGES:
        view = noted(book.of(subject) if subject else book)
        made = render_(view)
        some = made if isinstance(made, dict) else {name: made}
        pages |= some
        lineage |= dict.fromkeys(some, view.layers_read)
    return pages, lineage
