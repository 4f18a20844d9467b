"""Pages: offline HTML of one edition of the monitor; what draws them is loaded when a page is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

DOORS = dict.fromkeys(("conflict_page", "drawn", "render", "windows"), "gis.maps.atlas")
DOORS |= {"with_link": "gis.maps.pages.index"}
__all__ = ["conflict_page", "drawn", "render", "windows", "with_link"]


def __getattr__(name: str) -> Any:
    """Give a function of the pages by the module that draws them."""
    if name in DOORS:
        return getattr(import_module(DOORS[name]), name)
    raise AttributeError(f"module 'gis.maps' has no attribute {name!r}")
