"""The archive of an .xlsx: its parts, its XML, and the limits that no table of an office reaches.

Strict and transitional Open XML differ in their namespaces only, so names count without them.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, NamedTuple
from xml.parsers import expat

from gis.base.messages import Message
from gis.ingest.number_formats import Shown
from gis.ingest.phrases import phrase

CHUNK = 2**20
MOST_BYTES = 3 * 2**28  # unpacked, of one workbook: a million formatted rows of 20 columns are 460 MiB
MOST_HELD, HELD_FREELY, MOST_TIMES = 2**29, 2**24, 60  # of that without the cells that hold nothing
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

DAMAGED = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, expat.ExpatError, LookupError, ValueError, EOFError,
    NotImplementedError, RuntimeError, OSError, OverflowError, TypeError,
)  # fmt: skip
TOO_LARGE = phrase("unpacks_to", gib=MOST_BYTES / 2**30)
TOO_MUCH = Message("解压后的内容与文件大小不相称", "unpacks to far more than a file of its size can hold")
ENTITIES = Message("含有 XML 实体声明，工作簿里不应有", "declares XML entities, which no workbook does")


class DamagedError(Exception):
    """A workbook that cannot be read; the message says what is wrong."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class Limit:
    """Counts what was read of a workbook and refuses what is past it."""

    def __init__(self, most: int, told: Message) -> None:
        self.left, self.told = most, told

    def take(self, size: int) -> None:
        """Count bytes."""
        self.left -= size
        if self.left < 0:
            raise DamagedError(self.told)


class Styles(NamedTuple):
    """What the styles of cells mean, by their number: dates, durations, what a format shows, text struck out."""

    dates: frozenset[str] = frozenset()
    durations: frozenset[str] = frozenset()
    shown: Mapping[str, Shown] = MappingProxyType({})
    struck: frozenset[str] = frozenset()
    broken: bool = False


class Text(NamedTuple):
    """A text of the workbook without what is struck out, and whether all or a part of it was."""

    shown: str
    struck: Literal["", "all", "part"] = ""


class Book(NamedTuple):
    """What every sheet needs: the archive by plain name, limits, texts, styles, day 0."""

    archive: zipfile.ZipFile
    parts: dict[str, str]
    unpacked: Limit
    held: Limit
    texts: list[Text]
    styles: Styles
    epoch: Any


def plain_name(name: str) -> str:
    """Spell the name of a part in one way."""
    return name.replace("\\", "/").lstrip("/").lower()


def relations(book: Book, part: str) -> dict[str, tuple[str, str]]:
    """Give the parts that a part names: id → (kind, plain name); those outside the archive are left out."""
    folder, name = posixpath.split(part)
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, given: dict[str, str]) -> None:
        if local(tag) == "Relationship" and given.get("TargetMode", "") != "External":
            target = given.get("Target", "").replace("\\", "/")
            path = target if target.startswith("/") else posixpath.join(folder, target)
            kind = given.get("Type", "").rpartition("/")[2].lower()
            found[given.get("Id", "")] = (kind, plain_name(posixpath.normpath(path)))

    if (rels := plain_name(f"{folder}/_rels/{name}.rels")) in book.parts:
        parse(chunks_of(book, rels), start)
    return found


def unescaped(text: str) -> str:
    """Give back the signs that stand as _x000D_."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


@cache
def local(tag: str) -> str:
    """Give the name of an element without its namespace."""
    return tag.rpartition(":")[2]


def chunks_of(book: Book, part: str) -> Iterator[bytes]:
    """Unpack a part bit by bit, within the limit of the workbook."""
    with book.archive.open(book.parts[part]) as stream:
        while chunk := stream.read(CHUNK):
            book.unpacked.take(len(chunk))
            yield chunk


def counted(chunks: Iterable[bytes], limit: Limit) -> Iterator[bytes]:
    """Count what is held in memory."""
    for chunk in chunks:
        limit.take(len(chunk))
        yield chunk


def parse(
    chunks: Iterable[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Give the elements and texts of a part to the functions that take them.

    Raises
    ------
    DamagedError
        It declares entities.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_entities
    for chunk in chunks:
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _refuse_entities(*_: object) -> None:
    raise DamagedError(ENTITIES)
