"""Signs that nobody sees, and signs that look alike: taken away or brought to one spelling."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

LONG, AT_ONCE = 10_000, 2**19
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffc\U000e0000-\U000e0fff]"
)
_EMPTY_SIGNS = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")  # wide as a letter and empty: blanks
ALIKE = str.maketrans(
    {
        **dict.fromkeys("\u2212\u2010\u2011\ufe63\uff0d\u2796", "-"),
        **dict.fromkeys("\u3008\u2039\ufe64\u2329\u300a", "<"), **dict.fromkeys("\u3009\u203a\ufe65\u232a", ">"),
        "≦": "≤", "⩽": "≤", "≧": "≥", "⩾": "≥", **dict.fromkeys("×✕✖⨯╳", "×"),
        **dict.fromkeys("【〔[{［｛〖", "("), **dict.fromkeys("】〕]}］｝〗", ")"),
    }
)  # fmt: skip


_RAISED, _LOWERED = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"), str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def beside(before: str, text: str, *, lowered: bool = False) -> str:
    """Write digits that stand raised or lowered behind a digit as such signs: 1.2 with a raised 2 is not 1.22.

    Examples
    --------
    >>> beside("2.4×10", "4"), beside("PM", "2.5")
    ('⁴', '2.5')
    """
    if not before.rstrip()[-1:].isdigit():
        return text
    return text.translate(_LOWERED if lowered else _RAISED)


@cache
def _odd_units() -> npt.NDArray[np.bool_]:
    """Say of every unit of UTF-16 whether it may be a sign to take away: a long text is looked through at once."""
    signs = "".join(map(chr, range(0xD800))) + "".join(map(chr, range(0xE000, 0x10000)))
    odd = np.zeros(2**16, dtype=bool)
    odd[[ord(sign) for sign in signs if _UNSEEN.match(sign) or _EMPTY_SIGNS.match(sign)]] = True
    odd[0xDB40] = True  # tags and variation selectors beyond the first plane
    return odd


def _is_odd(text: str) -> bool:
    return bool(_odd_units()[np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")].any())


def visible(text: str) -> str:
    r"""Take signs away that nobody sees: zero-width blanks, marks of order and direction, soft hyphens, controls.

    Examples
    --------
    >>> visible("示例桥\u200b"), visible("\u202d0.35\u202c")
    ('示例桥', '0.35')
    """
    if len(text) > LONG:
        if not any(_is_odd(text[at : at + AT_ONCE]) for at in range(0, len(text), AT_ONCE)):
            return text
    elif text.isascii() and text.isprintable():
        return text
    return _EMPTY_SIGNS.sub(" ", _UNSEEN.sub("", text))


def visible_texts(values: pd.Series) -> pd.Series:
    """Take signs that nobody sees away from a column; only the distinct texts beyond ASCII are looked at."""
    try:
        cells = pa.array(values, pa.string(), from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return values.map(lambda cell: visible(cell) if isinstance(cell, str) else cell)
    odd = pc.fill_null(pc.invert(pc.string_is_ascii(cells)), fill_value=False)
    coded = pc.filter(cells, odd).dictionary_encode()
    texts = coded.dictionary.to_pylist()
    cleared = [visible(text) for text in texts]
    if cleared == texts:
        return values
    rest = pc.replace_with_mask(cells, odd, pa.array(cleared, pa.string()).take(coded.indices))
    return pd.Series(rest.to_pandas().to_numpy(), index=values.index, dtype=values.dtype)
