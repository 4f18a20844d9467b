"""One Folium element that draws any number of polygons, lines and points from a packed text, without a network."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from branca.element import Element, Figure, MacroElement

from gis.maps.offline import script, web
from gis.maps.packing import Packed, pack

SOURCES = ("pack.js", "shapes.js", "board.js")
HEADER = "gis_shapes"
_LEADING = re.compile(r"^[ \t]+|[ \t]+$", re.MULTILINE)
_REMARK = re.compile(r"/\*.*?\*/\n?", re.DOTALL)


def sources(*names: str) -> str:
    """Give scripts of ours, without remarks and indents; those of the element where none is named."""
    return _LEADING.sub("", _REMARK.sub("", "".join(web(name) for name in names or SOURCES)))


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
