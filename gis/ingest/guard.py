"""A file's name decides how it is read; its first bytes must agree before a library sees it."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gis.base.errors import FileError, FormatError
from gis.base.messages import Message
from gis.ingest.refusals import refusal

DRIVERS = {
    ".shp": "ESRI Shapefile", ".dbf": "ESRI Shapefile", ".gdb": "OpenFileGDB", ".gpkg": "GPKG",
    ".geojson": "GeoJSON", ".json": "GeoJSON", ".fgb": "FlatGeobuf",
    ".tif": "GTiff", ".tiff": "GTiff",
}  # fmt: skip
CATALOGUE = "a00000001.gdbtable"
FIRST = 64
DBF_VERSIONS = frozenset((0x02, 0x03, 0x04, 0x05, 0x07, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0xCB, 0xF5))
MAX_ROWS = 20_000_000


@dataclass(frozen=True)
class Rows:
    """What a container says of its rows before they are read.

    Attributes
    ----------
    said
        The number its head or its own list tells; None where it tells none.
    found
        The rows that are there; None where only reading can tell.
    fids
        The numbers by which each can be fetched alone, in order; None where none can.
    """

    said: int | None = None
    found: int | None = None
    fids: npt.NDArray[np.int64] | None = None


STARTS: dict[str, tuple[bytes, ...]] = {
    **dict.fromkeys((".shp", ".shx"), (b"\0\0\x27\x0a",)),
    ".dbf": tuple(bytes([version]) for version in DBF_VERSIONS),
    ".gpkg": (b"SQLite format 3\0",),
    **dict.fromkeys((".geojson", ".json"), (b"{", b"\xff\xfe", b"\xfe\xff")),
    ".fgb": (b"fgb\x03fgb",),
    **dict.fromkeys((".parquet", ".geoparquet"), (b"PAR1",)),
    **dict.fromkeys((".tif", ".tiff"), (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    ".gdbtable": (b"\3\0\0\0", b"\4\0\0\0"),
}


def check_place(path: Path) -> None:
    """Refuse what is no file: a pipe, a device, a socket, a folder that is no File Geodatabase.

    Raises
    ------
    FileError
        The fix says what to give instead.
    """
    kind = path.stat().st_mode
    if stat.S_ISREG(kind):
        return
    if not stat.S_ISDIR(kind):
        raise refusal(FileError, "no_regular_file", path)
    if path.suffix.lower() == ".gdb" or (path / CATALOGUE).is_file():
        return
    raise refusal(FileError, "folder", path)


def check_content(path: Path) -> None:
    """Refuse a file whose first bytes are not those of what its suffix says.

    Raises
    ------
    FormatError
        The file is not what it is named; no library has opened it.
    """
    suffix, data = path.suffix.lower(), path
    if suffix == ".gdb":
        suffix, data = ".gdbtable", path / CATALOGUE
        if not path.is_dir() or not data.is_file():
            raise refusal(FormatError, "gdb_none", path, name=CATALOGUE)
    if suffix in STARTS:
        with data.open("rb") as file:
            head = file.read(FIRST)
        if not begins_as(suffix, head):
            raise misnamed(path, _what(head))


def begins_as(suffix: str, head: bytes) -> bool:
    """Tell whether a file of a suffix may begin with these bytes; a text may begin with blanks."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n") if suffix in (".geojson", ".json") else head
    return text.startswith(STARTS[suffix])


def misnamed(path: Path, found: Message) -> FormatError:
    """Say that a file is not what its name says."""
    return refusal(FormatError, "misnamed", path, found=found, suffix=path.suffix.lower())


def _what(head: bytes) -> Message:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head:
        return Message("空文件", "an empty file")
    if text.startswith(b"<"):
        return Message("XML 文本", "a text in XML")
    if head.startswith(b"PK"):
        return Message("zip 压缩包", "a zip")
    if not head.strip(b"\0"):
        return Message("全是零字节", "only zero bytes")
    return Message("开头字节 {bytes}", "first bytes {bytes}", bytes=head[:8].hex(" "))


def too_many(path: Path, rows: int) -> FileError:
    """Say that a file declares more rows than are read at once."""
    return refusal(FileError, "rows_too_many", path, most=MAX_ROWS, rows=rows)


def cut(path: Path, said: int, whole: int) -> FileError:
    """Say that a file ends before its rows do."""
    return refusal(FileError, "rows_cut", path, said=said, whole=whole, lacking=said - whole)
