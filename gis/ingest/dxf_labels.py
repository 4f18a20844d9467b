"""The texts that stand in the figures of a drawing: which is the number of a parcel, which its area."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import shapely

from gis.base.units import M2_PER, UNIT_WORDS
from gis.ingest.model import Findings, finding

PARCEL, AREA, TEXTS = "图斑编号", "面积(平方米)", "文字"
_AREA = re.compile(
    r"(?:面积|S|A)?\s*[:=]?\s*(\d[\d,]*(?:\.\d+)?)\s*(亩|公顷|hm2|ha|平方米|平米|m2)", re.IGNORECASE
)
_NAMED = re.compile(r"(?:地块编号|地块号|宗地编号|宗地代码|宗地号|图斑编号|图斑号|编号)\s*[:=]?\s*(\S+)")
_NO_NAME = re.compile(r"(?:J[ZD]?\d+|[+-]?\d+\.\d+|面积.*|S=.*)", re.IGNORECASE)

Label = tuple[shapely.Geometry, str, str]
Lines = list[tuple[tuple[str, int], str]]  # layer and number of each line of a text, and the line
Columns = dict[str, list[str | None] | list[float | None]]


def labelled(shapes: npt.NDArray[np.object_], texts: Sequence[Label]) -> tuple[Columns, Findings]:
    """Give the columns that the texts inside figures make.

    Parameters
    ----------
    shapes
        Polygons that do not overlap.
    texts
        Point, layer and text of each; a text may have several lines.

    Returns
    -------
    columns, findings
        图斑编号 where one line of one layer of texts gives each figure a name of its own; 面积(平方米)
        where texts hold an area with its unit; 文字, all lines joined, where there are any.
    """
    inside = _inside(shapes, texts)
    columns: Columns = {}
    names = _names(inside)
    if names:
        columns[PARCEL] = names
    areas = [_area(lines) for lines in inside]
    if any(one is not None for one in areas):
        columns[AREA] = areas
    if any(inside):
        columns[TEXTS] = [" / ".join(text for _, text in lines) or None for lines in inside]
    if not any(inside) or names:
        return columns, []
    return columns, [finding("dxf_no_number")]


def _inside(shapes: npt.NDArray[np.object_], texts: Sequence[Label]) -> list[Lines]:
    out: list[Lines] = [[] for _ in shapes]
    if not texts:
        return out
    spots = np.array([point for point, _, _ in texts], dtype=object)
    for text, at in zip(*shapely.STRtree(shapes).query(spots, predicate="intersects"), strict=True):
        _, layer, written = texts[text]
        lines = [unicodedata.normalize("NFKC", line).strip() for line in written.splitlines()]
        out[at] += [((layer, number), line) for number, line in enumerate(lines) if line]
    return out


def _names(inside: list[Lines]) -> list[str | None]:
    """Choose the line of the layer that names most figures, each otherwise; one that says 编号 goes first."""
    said = [[found[1] for _, text in lines if (found := _NAMED.search(text))] for lines in inside]
    once = [names[0] if len(set(names)) == 1 else None for names in said]
    given = [*filter(None, once)]
    if given and len(set(given)) == len(given):
        return once
    best: list[str | None] = []
    for key in dict.fromkeys(key for lines in inside for key, _ in lines):
        mine = [
            [text for own, text in lines if own == key and not _NO_NAME.fullmatch(text) and not _AREA.fullmatch(text)]
            for lines in inside
        ]  # fmt: skip
        names = [texts[0] if len(texts) == 1 else None for texts in mine]
        given = [*filter(None, names)]
        distinct = len(set(given)) == len(given) and all(re.search(r"\d", name) for name in given)
        if given and distinct and len(given) > len([*filter(None, best)]):
            best = names
    return best


def _area(lines: Lines) -> float | None:
    found = {
        Fraction(one[1].replace(",", "")) * M2_PER[UNIT_WORDS[one[2].lower().replace("平米", "平方米")]]
        for _, text in lines
        if (one := _AREA.search(text.replace("㎡", "m2").replace("²", "2")))
    }
    return float(found.pop()) if len(found) == 1 else None
