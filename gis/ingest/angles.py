"""Angles as maps and tables write them → degrees."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Any

from gis.ingest.characters import visible

LONGEST = 40
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("´‵ʹ’‘＇`", "′"), **dict.fromkeys("¨〞〃“”ʺ＂\"", "″"), **dict.fromkeys("゜˚º∘", "°"),
    }
)  # fmt: skip
_DEGREES, _MINUTES, _SECONDS = r"(\d{1,3}(?:\.\d+)?)", r"(\d{1,2}(?:\.\d+)?)", r"(\d{1,2}(?:\.\d+)?)"
_NAMED = r"(?:(?:东经|北纬|经度|纬度|[en]):?)"
_ANGLE = re.compile(
    rf"{_NAMED}?{_DEGREES}[°度d](?:{_MINUTES}[′'分m])?(?:{_SECONDS}(?:″|''|′′|秒|s))?[en]?|{_NAMED}{_DEGREES}|{_DEGREES}[en]"
)
_PARTED = re.compile(rf"{_NAMED}?(\d{{1,3}})([:. \-])(\d{{1,2}})\2(\d{{1,2}}(?:\.\d+)?)[en]?")


def degrees(cell: Any) -> float:
    """Read an angle spelled in degrees, minutes and seconds (120°42′36″, 120:42:36); nan where it is none.

    Examples
    --------
    >>> degrees("120°42′36″"), degrees("N31.38.24")
    (120.71, 31.64)
    """
    text = visible(str(cell)).strip()
    if len(text) > LONGEST:
        return math.nan
    flat = unicodedata.normalize("NFKC", text.translate(_SIGNS)).lower()
    if found := _PARTED.fullmatch(" ".join(flat.split())):
        parts = [float(found[1]), float(found[3]), float(found[4])]
    elif found := _ANGLE.fullmatch("".join(flat.split())):
        parts = [float(part or 0) for part in found.groups()[:3]]
        parts[0] = parts[0] or float(found[4] or found[5] or 0)
    else:
        return math.nan
    return math.nan if max(parts[1:]) >= 60 else (parts[0] * 3600 + parts[1] * 60 + parts[2]) / 3600  # noqa: PLR2004
