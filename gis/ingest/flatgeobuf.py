"""How many features a FlatGeobuf file says it has, and how many of them are whole."""

from __future__ import annotations

import math
import struct
from pathlib import Path

from gis.base.errors import FileError
from gis.ingest.guard import MAX_ROWS, cut, too_many
from gis.ingest.refusals import refusal

MAGIC = 8
MAX_HEAD = 2**24
COUNT_FIELD, NODE_FIELD = 8, 9  # of the table `Header` in header.fbs
NODE = 40
AT_ONCE = 2**24


def check_flatgeobuf(path: Path) -> int:
    """Count the whole features of a file, which must be as many as its head says.

    Returns
    -------
    rows
        Features in the file.

    Raises
    ------
    FileError
        The head cannot be read, or the features are fewer or more than it says.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(MAGIC + 4)
        length = struct.unpack_from("<I", start, MAGIC)[0] if len(start) == MAGIC + 4 else 0
        if not 8 <= length <= MAX_HEAD:  # noqa: PLR2004  an offset and an empty table
            raise refusal(FileError, "fgb_head", path)
        try:
            said, width = _declared(file.read(length))
        except struct.error as error:
            raise refusal(FileError, "fgb_head", path) from error
        body = MAGIC + 4 + length + _index(said, width)
        if said > MAX_ROWS:
            raise too_many(path, said)
        whole, rest = _whole(path, body, size) if body <= size else (0, True)
    if rest or (said and whole < said):
        raise cut(path, max(said, whole + 1), whole)
    if said and whole > said:
        raise refusal(FileError, "fgb_count", path, said=said, whole=whole)
    return whole


def _declared(head: bytes) -> tuple[int, int]:
    """Take the number of features and the width of a node of the index out of the flatbuffer."""
    table = struct.unpack_from("<I", head, 0)[0]
    fields = table - struct.unpack_from("<i", head, table)[0]
    size = struct.unpack_from("<H", head, fields)[0]

    def at(field: int) -> int:
        place = 4 + 2 * field
        return struct.unpack_from("<H", head, fields + place)[0] if place + 2 <= size else 0

    count, node = at(COUNT_FIELD), at(NODE_FIELD)
    said = struct.unpack_from("<Q", head, table + count)[0] if count else 0
    width = struct.unpack_from("<H", head, table + node)[0] if node else 16
    return int(said), int(width)


def _index(features: int, width: int) -> int:
    """Give the bytes of the packed R-tree, which stands between the head and the features."""
    if not features or width < 2:  # noqa: PLR2004  0: no index
        return 0
    level, nodes = features, features
    while level > 1:
        level = math.ceil(level / width)
        nodes += level
    return nodes * NODE


def _whole(path: Path, body: int, size: int) -> tuple[int, bool]:
    """Walk from feature to feature; say how many are whole and whether a piece of one is left."""
    whole, at, first, block = 0, body, body, b""
    with path.open("rb") as file:
        while at + 4 <= size:
            if at + 4 > first + len(block) or at < first:
                file.seek(at)
                first, block = at, file.read(AT_ONCE)
            at += 4 + int.from_bytes(block[at - first : at - first + 4], "little")
            if at > size:
                return whole, True
            whole += 1
    return whole, at < size
