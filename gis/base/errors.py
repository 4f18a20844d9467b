"""Every error a person can meet, each with the file, the row and the fix.

GisError
├── UsageError        the command line asks for something impossible
├── CatalogueError    layers/*.toml: unknown key, missing file, wrong field name
├── StandardError     gis/standards/*.toml or layers/standards/*.toml
│   └── EditionError  no edition of a family is in force on a date
├── FileError         a file cannot be read at all
│   ├── EncodingError no encoding fits the bytes
│   ├── FormatError   a format that must be exported to another one first
│   └── ColumnError   a needed column is not there
├── CrsError          the CRS is missing or contradicts the coordinates
├── GeometryError     a geometry cannot be measured
├── ProofError        pieces and remainder do not add up to the whole
├── FigureError       an unknown figure or indicator
└── AssetError        a page would need something from the network
"""

from __future__ import annotations

from typing import ClassVar


class GisError(Exception):
    """A fault that a person can mend; it names the place, what was found and the fix.

    Parameters
    ----------
    what
        One sentence: what is wrong.
    file
        The file, as the user knows it.
    row
        Row or line number as the user sees it (Excel's row, feature from 1, TOML line).
    found
        What was there instead.
    fix
        What to write or to do.
    """

    row_word: ClassVar[str] = "row"

    def __init__(
        self,
        what: str,
        *,
        file: str | None = None,
        row: int | str | None = None,
        found: str | None = None,
        fix: str | None = None,
    ) -> None:
        self.what, self.file, self.row, self.found, self.fix = what, file, row, found, fix
        super().__init__(self.message())

    def message(self) -> str:
        """Give the whole text: place, what, then `found` and `fix` on lines of their own."""
        place = self.file or ""
        if self.row is not None:
            place = f"{place}, {self.row_word} {self.row}" if place else f"{self.row_word} {self.row}"
        lines = [f"{place}: {self.what}" if place else self.what]
        if self.found is not None:
            lines.append(f"  found  {self.found}")
        if self.fix is not None:
            lines.append(f"  fix    {self.fix}")
        return "\n".join(lines)


class UsageError(GisError):
    """The command line asks for something impossible."""


class CatalogueError(GisError):
    """A file of the catalogue is wrong; `row` is the line in the TOML file."""

    row_word = "line"


class StandardError(GisError):
    """A data file of a standard is wrong."""


class EditionError(StandardError):
    """No edition of a family is in force on the date, or the id is unknown."""


class FileError(GisError):
    """A file cannot be read at all."""


class EncodingError(FileError):
    """No encoding fits the bytes of a text file."""


class FormatError(FileError):
    """The format is not read here; the fix says what to export instead."""


class ColumnError(FileError):
    """A needed column was not recognised."""


class CrsError(GisError):
    """The CRS is missing or contradicts the coordinates."""


class GeometryError(GisError):
    """A geometry cannot be measured."""


class ProofError(GisError):
    """Pieces and remainder do not add up to the whole."""


class FigureError(GisError):
    """An unknown figure or indicator."""


class AssetError(GisError):
    """A page would need something from the network, or a pinned asset is not what it was."""
