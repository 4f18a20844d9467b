"""Pages: offline HTML of one edition of the monitor."""

from gis.maps.atlas import render

__all__ = ["render"]
