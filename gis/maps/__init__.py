"""Pages: offline HTML of one edition of the monitor."""

from gis.maps.atlas import render, windows
from gis.maps.pages.index import with_link

__all__ = ["render", "windows", "with_link"]
