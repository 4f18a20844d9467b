"""Shapes and columns → one short text that a page carries and unpacks into typed arrays (`web/pack.js`).

Coordinates are steps of a grid of 2^28 over the Mercator square, at most 0.15 m a step: for display only, never for
a figure. A number is a whole count of its last digit, a text an entry of a dictionary; both come back as they were.
`Shapes` puts such a text on a Folium map.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from branca.element import Element, Figure, MacroElement

from gis.maps.offline import script, sources

GRID_BITS = 28
PRECISION_M = 0.11  # most that a corner moves on the ground: half a step each way at the equator
NORTHMOST = 85.05
SPATIAL_FROM = 5_000
LEVEL, MEMORY = 8, 5  # little memory makes short blocks, which fit planes of bytes better
MOST_DIGITS_VALUE = 2**46
TIE = 1e-6
ALPHABET = bytes(one for one in range(33, 127) if one not in b"<>&\"'\\`()")
POINT, LINE, SHELL, HOLE = range(4)
Ints = npt.NDArray[np.int64]
HEADER = "gis_shapes"


@dataclass(frozen=True)
class Packed:
    """What `pack` made of a table.

    Attributes
    ----------
    text
        ASCII without `<`, `&`, quotes, backslash or brackets: it can stand in any element of a page.
    rows
        Position in the table of each shape packed, in the order on the page.
    left_out
        Positions of the rows that have no shape: none, an empty one, or one that is not finite.
    """

    text: str
    rows: Ints
    left_out: Ints


def pack(
    shapes: npt.NDArray[np.object_],
    columns: Mapping[str, pd.Series],
    digits: Mapping[str, int] | None = None,
    *,
    shapeless: bool = False,
) -> Packed:
    """Pack shapes and the columns beside them.

    Parameters
    ----------
    shapes
        Points, lines and polygons in degrees, of one or many parts.
    columns
        Values of each row: numbers, texts, dates, or anything JSON writes; missing stays missing.
    digits
        Decimals that a column is rounded to, as Python's format rounds; others keep every bit.
    shapeless
        Keep rows without a shape: a table lists them, no map draws them.

    Returns
    -------
    packed
        Above 5,000 shapes in the order of a Hilbert curve, below in that of the table.
    """
    good = _drawable(shapes)
    rows = np.arange(len(shapes)) if shapeless else np.flatnonzero(good)
    shapes = shapes.copy()
    shapes[~good] = None
    kept, of = _once(shapes[rows])
    if len(kept) > SPATIAL_FROM:
        rows = rows[np.argsort(_along_curve(shapes[rows]), kind="stable")]
        kept, of = _once(shapes[rows])
    blocks = _Blocks()
    shape = _outlines(kept, blocks) | {"of": blocks.whole(of) if len(kept) < len(of) else None}
    told = {
        name: _column(values.iloc[rows], (digits or {}).get(name), blocks) for name, values in columns.items()
    }
    head = json.dumps(
        {"n": len(rows), "shape": shape, "columns": told}, ensure_ascii=False, separators=(",", ":")
    ).encode()
    raw = len(head).to_bytes(4, "little") + head + blocks.joined()
    return Packed(_as_text(raw), rows, np.flatnonzero(~good))


class _Blocks:
    """Whole numbers as planes of bytes: all lowest bytes, then all second ones; equal blocks are kept once."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._known: dict[bytes, int] = {}
        self._size = 0

    def joined(self) -> bytes:
        """Give all blocks, one after the other."""
        return b"".join(self._parts)

    def raw(self, data: bytes) -> int:
        """Keep some bytes and say where they stand."""
        if data not in self._known:
            self._known[data] = self._size
            self._parts.append(data)
            self._size += len(data)
        return self._known[data]

    def whole(self, values: Ints) -> list[int]:
        """Keep numbers from 0 up: [place, planes], or [value] where all are the same."""
        if not len(values) or (values == values[0]).all():
            return [int(values[0]) if len(values) else 0]
        planes = max(1, (int(values.max()).bit_length() + 7) // 8)
        octets = np.ascontiguousarray(values, dtype="<i8").view(np.uint8).reshape(-1, 8)
        return [self.raw(octets[:, :planes].T.tobytes()), planes]


def signless(values: Ints) -> Ints:
    """Fold the sign into the lowest bit: 0, -1, 1, -2 → 0, 1, 2, 3."""
    return np.where(values < 0, -2 * values - 1, 2 * values)


def _drawable(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    bounds = shapely.bounds(shapes)
    return np.asarray(there & np.isfinite(bounds).all(axis=1))


def _once(shapes: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.object_], Ints]:
    """Keep a shape that several rows have, as one object, once: the shapes in their order, and that of each row."""
    _, first, of = np.unique([id(one) for one in shapes], return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    return shapes[first[order]], np.argsort(order, kind="stable")[of].astype(np.int64)


def _along_curve(shapes: npt.NDArray[np.object_]) -> Ints:
    import geopandas as gpd

    return np.asarray(gpd.GeoSeries(shapes).hilbert_distance().to_numpy(), dtype=np.int64)


def on_grid(degrees: npt.NDArray[np.float64]) -> Ints:
    """Give the steps of the grid: x from -180° to the east, y from the top of the square to the south."""
    lon, lat = degrees[:, 0], np.radians(np.clip(degrees[:, 1], -NORTHMOST, NORTHMOST))
    down = 0.5 - np.log(np.tan(np.pi / 4 + lat / 2)) / (2 * np.pi)
    steps: Ints = np.rint(np.column_stack([lon / 360 + 0.5, down]) * 2**GRID_BITS).astype(np.int64)
    return steps


def _outlines(shapes: npt.NDArray[np.object_], blocks: _Blocks) -> dict[str, Any]:
    """Keep points, lines and rings of each shape: how many, of how many corners and of what kind, and the steps."""
    strings, owner, kind = _strings(shapes)
    points, string = shapely.get_coordinates(strings, return_index=True)
    steps = on_grid(points)
    first = np.ones(len(steps), dtype=bool)
    first[1:] = string[1:] != string[:-1]
    kept = first.copy()
    kept[1:] |= (steps[1:] != steps[:-1]).any(axis=1)
    closing = np.zeros(len(steps), dtype=bool)
    last = np.append(np.flatnonzero(first)[1:], len(steps)) - 1 if len(steps) else np.zeros(0, dtype=int)
    closing[last[np.isin(kind, (SHELL, HOLE))]] = True
    kept &= ~closing | first
    steps, string, first = steps[kept], string[kept], first[kept]
    starts, inner = np.diff(steps[first], axis=0, prepend=0), np.diff(steps, axis=0, prepend=0)[~first]
    return {
        "shapes": len(shapes),
        "strings": len(strings),
        "corners": len(steps),
        "per_shape": blocks.whole(np.bincount(owner, minlength=len(shapes))),
        "per_string": blocks.whole(np.bincount(string, minlength=len(strings)) * 4 + kind),
        **{f"{axis}_starts": blocks.whole(signless(starts[:, at])) for at, axis in enumerate("xy")},
        **{axis: blocks.whole(signless(inner[:, at])) for at, axis in enumerate("xy")},
    }


def _strings(shapes: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.object_], Ints, Ints]:
    """Take shapes apart: points, lines, shells counter-clockwise and holes clockwise; owner and kind of each."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)  # a collection holds multiparts
    full = ~shapely.is_empty(parts)
    parts, owner = parts[full], owner[inner][full]
    areal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    areas = np.flatnonzero(areal)
    rings, of = shapely.get_rings(shapely.orient_polygons(parts[areas]), return_index=True)
    hole = np.zeros(len(rings), dtype=bool)
    hole[1:] = of[1:] == of[:-1]
    others = np.flatnonzero(~areal)
    part = np.concatenate([areas[of], others])
    single = shapely.get_type_id(parts[others]) == shapely.GeometryType.POINT
    kind = np.concatenate([np.where(hole, HOLE, SHELL), np.where(single, POINT, LINE)])
    order = np.argsort(part, kind="stable")
    strings = np.concatenate([rings, parts[others]])[order]
    return strings, owner[part[order]], kind[order].astype(np.int64)


def _column(values: pd.Series, digits: int | None, blocks: _Blocks) -> dict[str, Any]:
    kind = values.dtype.kind
    if kind in "iu" or (kind == "f" and digits is not None):
        whole = _whole(values, digits or 0)
        if whole is not None:
            return {"kind": "number", "digits": digits or 0, "block": blocks.whole(whole)}
    if kind == "f":
        octets = (
            np.ascontiguousarray(values.to_numpy(dtype="<f8", na_value=np.nan)).view(np.uint8).reshape(-1, 8)
        )
        return {"kind": "float", "at": blocks.raw(octets.T.tobytes())}
    if str(values.dtype).startswith("datetime64"):
        values = values.dt.strftime("%Y-%m-%d").where(values.notna(), None).astype("object")
    return _code(values, blocks) or _dictionary(values, blocks)


def _whole(values: pd.Series, digits: int) -> Ints | None:
    """Count the last digit of numbers, 0 for a missing one; None where they are too large to count."""
    number = values.to_numpy(dtype=np.float64, na_value=np.nan)
    known = np.isfinite(number)
    scaled = np.where(known, number, 0.0) * 10.0**digits
    if (np.abs(scaled) > MOST_DIGITS_VALUE).any():
        return None
    whole = np.rint(scaled).astype(np.int64)
    for at in np.flatnonzero(known & (np.abs(np.abs(scaled - np.trunc(scaled)) - 0.5) < TIE)):
        whole[at] = int(f"{number[at]:.{digits}f}".replace(".", ""))
    return np.where(known, signless(whole) + 1, 0)


def _code(values: pd.Series, blocks: _Blocks) -> dict[str, Any] | None:
    """Keep codes of one length, nearly each its own, letter by letter; None where they are no such codes."""
    if not len(values) or str(values.dtype) != "str" or values.isna().any():
        return None
    width = values.str.len()
    if not width.iloc[0] or width.min() != width.max() or values.nunique() < len(values) / 2:
        return None
    try:
        letters = np.array(values.to_list(), dtype=f"S{int(width.iloc[0])}")
    except UnicodeEncodeError:
        return None
    if (np.char.str_len(letters) != width.iloc[0]).any():
        return None  # a text that ends in a zero byte
    octets = letters.view(np.uint8).reshape(len(values), -1)
    return {"kind": "code", "width": octets.shape[1], "at": blocks.raw(octets.T.tobytes())}


def _dictionary(values: pd.Series, blocks: _Blocks) -> dict[str, Any]:
    if str(values.dtype) == "str":
        codes, known = pd.factorize(values)
        entries = known.tolist()
    else:
        written = [None if _missing(one) else json.dumps(_plain(one), ensure_ascii=False) for one in values]
        codes, texts = pd.factorize(pd.Series(written, dtype="object"))
        entries = [json.loads(one) for one in texts]
    return {"kind": "text", "entries": entries, "block": blocks.whole(codes.astype(np.int64) + 1)}


def _missing(value: Any) -> bool:
    return value is None or (not isinstance(value, list | dict | tuple) and bool(pd.isna(value)))


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _as_text(raw: bytes) -> str:
    """Deflate, and write four bytes as five letters; the size before and after stands first."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, MEMORY)
    packed = packer.compress(raw) + packer.flush()
    sizes = len(raw).to_bytes(4, "little") + len(packed).to_bytes(4, "little")
    padded = sizes + packed + b"\0" * (-len(packed) % 4)
    words = np.frombuffer(padded, dtype="<u4").astype(np.uint64)
    letters = np.empty((len(words), 5), dtype=np.uint8)
    for place in range(5):
        letters[:, place] = words % 85
        words //= 85
    return np.frombuffer(ALPHABET, dtype=np.uint8)[letters].tobytes().decode("ascii")


def as_json(value: Any) -> str:
    """Write a value as JSON that can stand inside a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


class Shapes(MacroElement):
    """Polygons, lines and points of one layer, see `gis.maps.packing`.

    Parameters
    ----------
    shapes
        In degrees; rows without a shape are left out, see `left_out`.
    columns
        What each row says: the title, what a style goes by, what a filter asks.
    by, styles
        Column whose value is a key of `styles`; each style is a mapping with `line`, `weight`, `dash`, `fill`,
        `opacity`, a pattern (`tile`, an SVG of `side` pixels) and for points `icon` (SVG) and `size`. Rows of
        another value are not drawn; styles that stand first are drawn uppermost.
    digits, shapeless
        Decimals that a column is rounded to; whether rows without a shape stay, see `pack`.
    options
        Further words for the page: `title` (column), `totals` (column of groups that are summed where shapes are
        smaller than a pixel), `pane`, `level`, `show`, `still` (answers no pointer).
    """

    def __init__(
        self,
        shapes: npt.NDArray[np.object_],
        columns: Mapping[str, pd.Series],
        by: str,
        styles: Mapping[str, Mapping[str, Any]],
        *,
        digits: Mapping[str, int] | None = None,
        shapeless: bool = False,
        **options: Any,
    ) -> None:
        super().__init__()
        self._name = "shapes"
        self.packed: Packed = pack(shapes, columns, digits, shapeless=shapeless)
        self.spec: dict[str, Any] = {
            "by": by,
            "keys": list(styles),
            "styles": [_drawn(one) for one in styles.values()],
            **options,
            "packed": self.packed.text,
        }

    @property
    def told(self) -> str:
        """What the page's script is told of it."""
        return as_json({"id": self.spec.get("id", self.get_name()), **self.spec})

    @property
    def left_out(self) -> Sequence[int]:
        """Positions of rows that have no shape to draw."""
        return [int(one) for one in self.packed.left_out]

    def render(self, **kwargs: Any) -> str:  # noqa: ARG002  the signature is branca's
        """Put the script of the element into the head of the figure, once for all layers, and this layer below."""
        figure, above = self.get_root(), self._parent
        if not isinstance(figure, Figure) or above is None:
            raise TypeError("a layer of shapes stands on a folium.Map")
        figure.header.add_child(_Plain(script(sources())), name=HEADER)
        told = f"var {self.get_name()} = gisShapes.board({above.get_name()}).add({self.told});"
        figure.script.add_child(_Plain(told), name=self.get_name())
        return ""


class _Plain(Element):
    """A text as it is: branca would read one as a template, and what people write may look like one."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def render(self, **kwargs: Any) -> str:  # noqa: ARG002  the signature is branca's
        return self._text


def _drawn(style: Mapping[str, Any]) -> dict[str, Any]:
    """Give a style as the page's script takes it: nothing that is empty, a dash as numbers."""
    told = {name: value for name, value in style.items() if value is not None}
    if "dash" in told:
        told["dash"] = [float(one) for one in str(told["dash"]).split()]
    return {"weight": 1.0, "opacity": 1.0, **told}
