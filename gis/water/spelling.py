"""Usual spellings of the name of a section: what a person takes for the same name."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from gis.base.package_files import toml_of

BLANKS = re.compile(r"[\s\u3000\u200b-\u200f\u2060\ufeff]+")
BRACKETS = re.compile(r"[(\[【〔{][^()\[\]【】〔〕{}]*[)\]】〕}]")


@cache
def _variants() -> tuple[dict[int, str], tuple[str, ...]]:
    known = toml_of("catalogue/variants.toml")
    pairs = known["traditional"]
    return str.maketrans(dict(zip(pairs[::2], pairs[1::2], strict=True))), tuple(known["endings"])


def spelled(name: str) -> str:
    """Bring a name to its plainest spelling; empty where nothing is left.

    Blanks, width, case, traditional characters, brackets (国考) and endings such as 断面 do not count.

    Examples
    --------
    >>> spelled("張橋 断面（国考）")
    '张桥'
    """
    simplified, endings = _variants()
    flat = BLANKS.sub("", unicodedata.normalize("NFKC", name)).casefold().translate(simplified)
    bare = BRACKETS.sub("", flat) or flat
    ending = next((one for one in endings if bare.endswith(one) and bare != one), "")
    return bare.removesuffix(ending)
