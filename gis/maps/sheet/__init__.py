"""A map sheet: one side of paper in the county's 3-degree zone, true to its ratio, as PDF or SVG."""

from pathlib import Path

from gis.maps.sheet.drawing import Sheet, svg
from gis.maps.sheet.layout import Ask, sheet
from gis.maps.sheet.pdf_file import cut, found, letters_of, pdf

__all__ = ["Ask", "cut", "found", "letters_of", "pdf", "sheet", "svg", "written"]


def written(drawn: Sheet, face: Path | None) -> tuple[bytes, str]:
    """Write a sheet as PDF with a font, else as SVG; the second are the letters that the font lacks."""
    if face is None:
        return svg(drawn).encode(), ""
    part = cut(face, letters_of(drawn))
    return pdf(drawn, part), " ".join(part.absent)
