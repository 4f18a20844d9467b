"""A map sheet: one side of paper in the county's 3-degree zone, true to its ratio, as PDF or SVG."""

from gis.maps.sheet.font import cut, found
from gis.maps.sheet.layout import Ask, sheet
from gis.maps.sheet.pdf import letters_of, pdf
from gis.maps.sheet.svg import svg

__all__ = ["Ask", "cut", "found", "letters_of", "pdf", "sheet", "svg"]
