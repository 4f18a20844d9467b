"""The outline of a GeoJSON text: what it is at the top, how deep, how many features; read before GDAL does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gis.base.errors import FileError, FormatError
from gis.base.messages import Message, Text
from gis.ingest.guard import misnamed
from gis.ingest.phrases import phrase
from gis.ingest.refusals import refusal

TYPES = frozenset(
    ("FeatureCollection", "Feature", "GeometryCollection", "Point", "LineString", "Polygon", "MultiPoint",
     "MultiLineString", "MultiPolygon")
)  # fmt: skip
BLOCK = 2**22
DEEPEST = 30  # GDAL stops at 32
MOST_MEMBERS = 1000
LONGEST_CRS = 2**16
ESCAPED = re.compile(rb"\\.", re.DOTALL)
STEPS = np.zeros(256, np.int8)
STEPS[[ord("{"), ord("[")]] = 1
STEPS[[ord("}"), ord("]")]] = -1
TOKENS = np.zeros(256, bool)
TOKENS[[ord(one) for one in "{}[],"]] = True


@dataclass
class Outline:
    """The brackets of a text: places of the containers in the outer object, and of the commas in each."""

    deepest: int = 0
    depth: int = 0
    outer: list[int] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    commas: list[npt.NDArray[np.int64]] = field(default_factory=list)


def check_geojson(path: Path, text: bytes) -> list[tuple[int, int]] | None:
    """Find the members of `features` of a text that must be GeoJSON.

    Parameters
    ----------
    text
        UTF-8.

    Returns
    -------
    places
        Start and end of each member; None where the text is one feature or one geometry.

    Raises
    ------
    FormatError
        Another JSON, as of a server or TopoJSON; or one whose CRS is a link.
    FileError
        The text ends before its brackets do, or is nested too deep.
    """
    found = outline(text)
    if found.deepest > DEEPEST:
        raise _broken(path, phrase("too_deep", most=DEEPEST))
    if found.depth != 0:
        raise _broken(path, _where(found))
    members = _members(path, text, found)
    kind = members.get("type")
    if kind not in TYPES:
        raise misnamed(path, Message("JSON，type = {kind}", "JSON of type = {kind}", kind=str(kind)[:40]))
    _check_crs(path, text, found, members.get("crs"))
    if kind != "FeatureCollection":
        return None
    at = members.get("features")
    return _places(text, found, at.at) if isinstance(at, _Container) else []


def not_features(text: bytes, places: list[tuple[int, int]]) -> list[int]:
    """Give the positions of the members of `features` that are none, as null."""
    return [at for at, (start, end) in enumerate(places) if not _is_feature(text[start:end])]


def _is_feature(member: bytes) -> bool:
    try:
        value = json.loads(member)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and value.get("type") == "Feature"


@dataclass(frozen=True)
class _Container:
    at: int


def outline(text: bytes) -> Outline:
    """Read the brackets of a JSON text in bounded memory."""
    found = Outline()
    opened = 0
    for places, tokens in _tokens(text):
        steps = STEPS[tokens]
        depths = found.depth + np.cumsum(steps, dtype=np.int64)
        if len(depths):
            found.deepest, found.depth = max(found.deepest, int(depths.max())), int(depths[-1])
        found.commas.append(places[(tokens == ord(",")) & (depths == 2)])  # noqa: PLR2004  in a container of the outer object
        edge = ((steps == 1) & (depths <= 2)) | ((steps == -1) & (depths <= 1))  # noqa: PLR2004
        for at, step, depth in zip(
            places[edge].tolist(), steps[edge].tolist(), depths[edge].tolist(), strict=True
        ):
            if depth == 0 or (depth == 1 and step == 1):
                found.outer.append(at)
            elif step == 1:
                opened = at
            else:
                found.spans.append((opened, at + 1))
        if found.deepest > DEEPEST or found.depth < 0 or len(found.spans) + len(found.outer) > MOST_MEMBERS:
            break
    return found


def _tokens(text: bytes) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]]:
    """Give the places of brackets and commas outside strings, block by block."""
    first, quoted = 0, 0
    while first < len(text):
        last = min(first + BLOCK, len(text))
        while last < len(text) and text[last - 1] == ord("\\"):
            last += 1
        block = text[first:last]
        if b"\\" in block:
            block = ESCAPED.sub(b"__", block)
        codes = np.frombuffer(block, np.uint8)
        inside = (np.cumsum(codes == ord('"'), dtype=np.int32) + quoted) % 2 == 1
        places = np.flatnonzero(TOKENS[codes] & ~inside)
        yield places + first, codes[places]
        quoted = int(quoted + np.count_nonzero(codes == ord('"'))) % 2
        first = last


def _members(path: Path, text: bytes, found: Outline) -> dict[str, Any]:
    """Read the outer object, each container in it as its number."""
    once = len(found.outer) == 2 and text[found.outer[0] : found.outer[0] + 1] == b"{"  # noqa: PLR2004
    if not once or len(found.spans) > MOST_MEMBERS:
        raise misnamed(path, Message("不是一个 JSON 对象", "not one object of JSON"))
    pieces, at = [], found.outer[0]
    for number, (start, end) in enumerate(found.spans):
        pieces += [text[at:start], b'{"@":%d}' % number]
        at = end
    pieces.append(text[at : found.outer[1] + 1])
    outside = text[: found.outer[0]] + text[found.outer[1] + 1 :]
    try:
        pairs = json.loads(b"".join(pieces), object_pairs_hook=_paired)
    except (ValueError, RecursionError) as error:
        raise _broken(path, str(error)) from error
    if outside.strip(b" \t\r\n\0"):
        raise misnamed(path, Message("不是一个 JSON 对象", "not one object of JSON"))
    names = [name for name, _ in pairs]
    if twice := [name for name in ("type", "features", "crs") if names.count(name) > 1]:
        raise _broken(path, Message("“{name}”出现两次", '"{name}" stands twice', name=twice[0]))
    return dict(pairs)


def _paired(pairs: list[tuple[str, Any]]) -> Any:
    return _Container(pairs[0][1]) if len(pairs) == 1 and pairs[0][0] == "@" else pairs


def _check_crs(path: Path, text: bytes, found: Outline, crs: Any) -> None:
    if crs is None:
        return
    start, end = found.spans[crs.at] if isinstance(crs, _Container) else (0, 0)
    try:
        own = json.loads(text[start:end]) if 0 < end - start < LONGEST_CRS else None
    except ValueError as error:
        raise _broken(path, str(error)) from error
    if not isinstance(own, dict) or str(own.get("type")).lower() not in ("name", "epsg"):
        raise refusal(FormatError, "geojson_crs_link", path)


def _places(text: bytes, found: Outline, number: int) -> list[tuple[int, int]]:
    start, end = found.spans[number]
    if not text[start + 1 : end - 1].strip():
        return []
    commas = np.concatenate([*found.commas, np.array([], np.int64)])
    commas = commas[(commas > start) & (commas < end)]
    return list(zip([start + 1, *(commas + 1).tolist()], [*commas.tolist(), end - 1], strict=True))


def _where(found: Outline) -> Message:
    features = sum(len(one) for one in found.commas)
    if found.depth < 0:
        return Message("括号不成对", "its brackets do not match")
    return phrase("cut_off", n=features + 1)


def _broken(path: Path, found: Text) -> FileError:
    return refusal(FileError, "geojson_broken", path, found=found)
