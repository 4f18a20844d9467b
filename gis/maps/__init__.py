"""Pages: offline HTML of one edition of the monitor."""

from gis.maps.atlas import render, windows

__all__ = ["render", "windows"]
