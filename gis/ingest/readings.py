"""A number as offices and laboratories write it → value, mark, limit of detection and its own unit.

What could be two readings is never joined into one number.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

from gis.base.stored_words import toml_of
from gis.ingest.characters import ALIKE, visible
from gis.ingest.measures import factor, is_unit

NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?"
_NUMBER = re.compile(NUMBER)
_PARTS = re.compile(rf"(?P<before>\D*?)(?P<number>{NUMBER})(?P<after>.*)")
_POWER = re.compile(rf"({NUMBER})[x×*·∙⋅]10\^?([-+]?\d{{1,3}})(?![\d.])")
_TIMES_TEN = re.compile(r"(\d)\s*[xX×✕✖*·∙⋅]\s*10\s*(\^?)\s*(?=[-+\d⁻⁰¹²³⁴-⁹])")
_NOTED = re.compile(
    r"[\u2460-\u24ff\u2776-\u2793]|(?<![xX×*·∙⋅]10)(?<![xX×*·∙⋅]10[⁻⁰¹²³⁴-⁹])(?<![mM])[⁰¹²³⁴-⁹₀-₉]"
)
_GROUPS = re.compile(r"(?<![\d.,])([1-9]\d{0,2})((?:(?:\s|[,，]\s*)\d{3})+)(\.\d+)?(?![\d.,])")
_TYPOGRAPHIC = re.compile("[\u00a0\u2007\u2009\u202f]")
LEAST_TIMES, LEAST_TIMES_BARE = 5, 20
_COMMA_OF_DECIMALS = re.compile(r"[-+]?0,\d+")
_DECIMAL_COMMA = re.compile(r"[-+]?(?:0,\d+|\d+,\d{1,2}|\d+,\d{4,})")
_ONE_COMMA = re.compile(r"[-+]?\d{1,3},\d{3}")
_QUOTED = re.compile(r"=?\"(.*)\"|['‘’`](.*)", re.DOTALL)
_TOLERANCE = re.compile(rf"({NUMBER})(?:±|\+/-)\d+(?:\.\d+)?")
_OWN = r"[^\d\s;,、/~—–-]*(?:/[a-z]+\d?)?"
_SEVERAL = re.compile(rf"{NUMBER}{_OWN}(?:(?:\s|[;,、/~—–]|至|到|和|-)+{NUMBER}{_OWN})+")
_SIGNS: dict[str, list[str]] = toml_of("catalogue/readings.toml")["number"]
_CLOSING = "。.;,、"
_NAME = re.compile(r"\d+#")  # 1# names a point or a house
_MU_FEN = re.compile(
    r"(?:(?P<mu>\d+(?:\.\d+)?)市?亩[零又]?)?(?:(?P<fen>\d+(?:\.\d+)?)分[地]?)?(?:(?P<li>\d+(?:\.\d+)?)厘)?"
)
TEN = 10
LONGEST, MOST = 100, 1e15  # characters; the earth has 5e14 m²


class Number(NamedTuple):
    """A cell read as a number; `mark` says why it is none, or that it is a bound only."""

    value: float
    mark: str | None = None
    limit: float = math.nan


SUSPECT = Number(math.nan, "suspect")


def _words(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted({*words}, key=len, reverse=True))))


_BELOW = _words(*_SIGNS["below"], *_SIGNS["not_detected"], *_SIGNS["limit"], *_SIGNS["above"])
_ABOVE = _words(*_SIGNS["above"], "(", ")")
_FLAGGED = _words(*_SIGNS["flags"])


def plain_reading(text: str) -> str:
    """Spell a cell in one way: half-width, lower case, without blanks but those that may part two readings."""
    seen = visible(text).strip()
    if quoted := _QUOTED.fullmatch(seen):
        seen = (quoted[1] if quoted[1] is not None else quoted[2]).strip()
    flat = unicodedata.normalize("NFKC", _GROUPS.sub(_joined, seen)).translate(ALIKE).lower()
    flat = re.sub(r"(?<!\d)\s+|\s+(?!\d)", "", re.sub(r"\s+", " ", flat))
    flat = re.sub(r"(?<=\d)。(?=\d)", ".", re.sub(r"^[–—](?=\.?\d)", "-", flat))
    return re.sub(rf"(?<=[^{_CLOSING}])[。;,、]+$", "", flat)


def _joined(found: re.Match[str]) -> str:
    """Join groups of three digits (1 234.5), unless each of them could be a reading like the first (120 135)."""
    first, parts, decimals = int(found[1]), re.findall(r"\d{3}", found[2]), found[3] or ""
    whole = found[1] + "".join(parts) + decimals
    typographic = _TYPOGRAPHIC.search(found[2]) is not None
    if any(part.startswith("0") for part in parts) or (typographic and decimals):
        return whole
    bare = len(parts) == 1 and not decimals and not typographic
    times = LEAST_TIMES_BARE if bare else LEAST_TIMES
    return whole if min(map(int, parts)) > times * first else re.sub(r"，|,\s+", "、", found[0])


def reading(text: str) -> tuple[Number, str | None]:
    """Read a text as one number.

    Parameters
    ----------
    text
        A cell that holds something.

    Returns
    -------
    number, unit
        The unit that the cell itself states (0.35mg/L), else None. Marks as `gis.ingest.values.number`;
        ``flagged`` where a sign or 约 stands beside the number, which counts as written.
    """
    text = _TIMES_TEN.sub(r"\1×10\2", text)
    if len(text) > LONGEST or _NOTED.search("".join(visible(text).split())):
        return SUSPECT, None
    flat = _POWER.sub(_power, plain_reading(text))
    if _NUMBER.fullmatch(flat):
        flat = flat.replace(",", ".") if _COMMA_OF_DECIMALS.fullmatch(flat) else flat
        return bounded(_float(flat)), None
    if _COMMA_OF_DECIMALS.fullmatch(flat):
        return bounded(_float(flat.replace(",", "."))), None
    if found := _TOLERANCE.fullmatch(flat):
        return bounded(_float(found[1]), "flagged"), None
    found = None if _NAME.fullmatch(flat) else _PARTS.fullmatch(flat)
    if found is None:
        return (Number(math.nan, "non_detect") if _says_not_detected(flat) else SUSPECT), None
    return _beside(found["before"], found["number"], found["after"], text)


def _power(found: re.Match[str]) -> str:
    return f"{found[1].replace(',', '')}e{found[2]}" if "e" not in found[1] else found[0]


def bounded(value: Any, mark: str | None = None) -> Number:
    """Take a number unless no amount of anything is that large: a broken formula left it."""
    return Number(float(value), mark) if abs(value) < MOST else SUSPECT


def _float(text: str) -> float:
    return float(text.replace(",", ""))


def _beside(before: str, number: str, after: str, text: str) -> tuple[Number, str | None]:
    """Read what stands before and after the number: words of a limit or a range, flags, a unit."""
    for unit, rest in _with_unit(after):
        kind = _kind(before, rest)
        if kind is None:
            continue
        if kind == "non_detect" and _mistyped(before, number, rest, text):
            return SUSPECT, None
        value = _float(number)
        if kind == "non_detect":
            return (Number(value / 2, kind, value) if 0 < value < MOST else SUSPECT), unit
        return bounded(value, None if kind == "plain" else kind), unit
    return SUSPECT, None


def _with_unit(after: str) -> list[tuple[str | None, str]]:
    """Part what follows a number into a unit and the rest, in every way that gives a unit; none goes first."""
    ways: list[tuple[str | None, str]] = [(None, after)]
    for cut in range(len(after), 0, -1):
        for unit, rest in ((after[:cut], after[cut:]), (after[-cut:], after[:-cut])):
            bare = unit.strip("()")
            if bare and bare != "*" and is_unit(bare):
                ways.append((bare, rest))
    return ways


def _kind(before: str, rest: str) -> str | None:
    """Say what the words beside a number make of it; None where they are not known."""
    if not before and not rest:
        return "plain"
    for pattern, kind, needed in (
        (_FLAGGED, "flagged", _SIGNS["flags"]), (_ABOVE, "above_range", _SIGNS["above"]),
        (_BELOW, "non_detect", (*_SIGNS["below"], *_SIGNS["not_detected"])),
    ):  # fmt: skip
        found = _taken(pattern, before), _taken(pattern, rest)
        if found[0] is None or found[1] is None:
            continue
        said = set(found[0] + found[1])
        if kind == "non_detect" and said & set(_SIGNS["above"]):
            return None
        if said & set(needed) - {"(", ")"}:
            return kind
    return None


def _taken(pattern: re.Pattern[str], text: str) -> list[str] | None:
    """Take a text apart into known words, or give None."""
    words = pattern.findall(text)
    return words if len("".join(words)) == len(text) else None


def _mistyped(before: str, number: str, rest: str, text: str) -> bool:
    """Tell an l that stands for a one (l.2, l2, 2.l) from the L of a laboratory."""
    if before == "l":
        return number.startswith(".") or "L" not in unicodedata.normalize("NFKC", text)
    return rest.startswith("l") and number.endswith(".")


def _says_not_detected(flat: str) -> bool:
    words = set(_taken(_BELOW, flat) or ())
    limits = {word for word in _SIGNS["limit"] if len(word) > 1}
    return bool(words & {*_SIGNS["not_detected"]} or (words & {*_SIGNS["below"]} and words & limits))


def in_unit(text: str, into: str | None) -> Number:
    """Read a cell that states its own unit (3.5亩, <25 µg/L) in the unit `into`; suspect where it is none.

    Examples
    --------
    >>> in_unit("<25 µg/L", "mg/L")
    Number(value=0.0125, mark='non_detect', limit=0.025)
    """
    if len(text) > LONGEST:
        return SUSPECT
    if into and (area := _mu_fen(plain_reading(text))) is not None and (times := factor("亩", into)):
        return bounded(_times(area, times))
    found, unit = reading(text)
    if _NAME.fullmatch(plain := plain_reading(text)):
        return bounded(_float(plain[:-1]), "flagged")
    times = factor(unit, into) if unit and into else None
    if times is None:
        return SUSPECT
    return Number(_times(found.value, times), found.mark, _times(found.limit, times))


def _mu_fen(flat: str) -> float | None:
    """Read 10亩5分3厘 in 亩: 分 is a tenth, 厘 a hundredth of it; None where a text is not written so."""
    found = _MU_FEN.fullmatch(flat)
    if found is None or not (found["fen"] or found["li"]):
        return None
    mu, fen, li = (float(found[name] or 0) for name in ("mu", "fen", "li"))
    return round(mu + fen / 10 + li / 100, 6) if fen < TEN and li < TEN else None


def _times(value: float, times: float) -> float:
    """Convert so that 700 µg/L is 0.7 mg/L and not the next number above it."""
    return value * times if times >= 1 else value / (1 / times)


def several(text: str) -> bool:
    r"""Say whether a cell holds more than one reading: two lines, a range, numbers side by side.

    Examples
    --------
    >>> several("18\n20"), several("7.2~7.5"), several("0.35mg/L")
    (True, True, False)
    """
    return len(text) <= LONGEST and _SEVERAL.fullmatch(plain_reading(text)) is not None


def commas_of_decimals(texts: Sequence[str]) -> set[str]:
    """Find texts like 1,234 in a column where other commas part decimals (0,35): they may be either."""
    with_comma = [text for text in texts if "," in text or "，" in text]
    plain = {text: "".join(unicodedata.normalize("NFKC", visible(text)).split()) for text in with_comma}
    if not any(_DECIMAL_COMMA.fullmatch(flat) for flat in plain.values()):
        return set()
    return {text for text, flat in plain.items() if _ONE_COMMA.fullmatch(flat)}
