"""Units of area and rounding as the standards print it."""

from __future__ import annotations

import math
import unicodedata
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

GUARD_DIGITS = 8
M2_PER_MU = Fraction(2000, 3)
M2_PER: dict[str, Fraction] = {
    "m2": Fraction(1),
    "mu": M2_PER_MU,
    "ha": Fraction(10_000),
    "km2": Fraction(1_000_000),
}
UNIT_WORDS: dict[str, str] = {
    "m2": "m2", "m²": "m2", "㎡": "m2", "平方米": "m2",
    "mu": "mu", "亩": "mu",
    "ha": "ha", "hm2": "ha", "hm²": "ha", "公顷": "ha",
    "km2": "km2", "km²": "km2", "平方公里": "km2", "平方千米": "km2",
}  # fmt: skip

TEN_THOUSAND, POINTS, YES = "万", "个百分点", "是=1"

ENGLISH: dict[str, str] = {
    "亩": "mu", "个": "", "条": "", "户": "households", "类": "", "天": "days", "小时": "hours", "件": "cases",
    "个百分点": "points", "百分点": "points", "万元/亩": "10,000 yuan/mu", "万元": "10,000 yuan", "台": "", "级": "",
    "宗": "", "块": "", "处": "", "公里": "km", "万平方米": "10,000 m²", "个/L": "/L", "公顷": "ha",
    "年": "years", "月": "months", "吨": "t", "家": "", "项": "", "次": "times", "元": "yuan", "元/亩": "yuan/mu",
    "是=1": "yes = 1", "分": "points", "平方米": "m²", "微克/立方米": "µg/m³",
}  # fmt: skip


def unit_words(unit: str) -> tuple[str, str]:
    """Give a unit in Chinese and in English; a symbol is the same in both."""
    return unit, ENGLISH.get(unit, unit)


def plain_unit(unit: str) -> str:
    """Spell a unit without blanks, half width, so that units as people write them can be compared."""
    return unicodedata.normalize("NFKC", unit).replace(" ", "")


def to_mu(area_m2: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Convert m² to 亩 (1 亩 is exactly 2000/3 m²); same shape, unrounded."""
    import numpy as np

    return np.asarray(area_m2, dtype="float64") * 3.0 / 2000.0


def to_m2(area: npt.ArrayLike, unit: str) -> npt.NDArray[np.float64]:
    """Convert an area in `unit` (m2, mu, ha, km2 or the Chinese word) to m².

    Raises
    ------
    KeyError
        The unit is not an area.
    """
    import numpy as np

    factor = M2_PER[UNIT_WORDS[unit.strip().lower()]]
    return np.asarray(area, dtype="float64") * factor.numerator / factor.denominator


def round_half_even(values: npt.ArrayLike, digits: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Round half to even in decimal (GB/T 8170-2008), free of the binary residue of a mean.

    Parameters
    ----------
    values
        Shape (n,).
    digits
        Decimals to keep: one number, or one for each value.
    """
    import numpy as np

    scale = 10.0 ** np.asarray(digits, dtype="float64")
    scaled = np.round(np.asarray(values, dtype="float64") * scale, GUARD_DIGITS)
    return np.rint(scaled) / scale


def round_significant(values: npt.ArrayLike, digits: int) -> npt.NDArray[np.float64]:
    """Round half to even to significant digits; zero stays zero, same shape."""
    import numpy as np

    plain = np.asarray(values, dtype="float64")
    size = np.abs(np.where((plain == 0) | ~np.isfinite(plain), 1.0, plain))
    return round_half_even(plain, digits - 1 - np.floor(np.log10(size)))


def rounded(value: float, digits: int) -> Decimal:
    """Round half to even on the shortest decimal form of `value` (GB/T 8170-2008)."""
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)


def shown(value: float | None, digits: int) -> str:
    """Write a number as tables and cards show it: grouped, rounded half to even; missing is "–"."""
    if value is None or math.isnan(value):
        return "–"
    told = rounded(value, digits)
    return f"{told or abs(told):,}"


def shown_sum(values: npt.ArrayLike, digits: int) -> float:
    """Add numbers as they are shown, each rounded: what a reader gets who adds a printed column."""
    import numpy as np

    known = np.asarray(values, dtype="float64")
    return float(sum(rounded(value, digits) for value in known[np.isfinite(known)]))


def shown_shortest(value: float) -> str:
    """Write a number in its shortest decimal form, without an exponent: 0.0004, 7."""
    return f"{Decimal(repr(float(value))):f}".removesuffix(".0")
