"""What the number format of a cell shows beside the number: 0.06L, <0.06, 25 %, 00123, 12.5 mg/L.

A format that only rounds, colours or groups says nothing, and the number stands as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

MOST_LENGTH = 255
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|\[(?P<bracket>[^\]]*)\]|_.|\*.|(?P<general>General|G/通用格式)'
    r"|(?P<exponent>E[-+])|(?P<sign>[0#?.,%@])|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_MONEY = re.compile(r"[¥￥$€£\s()（）+,，'·]|人民币|rmb|cny")
_COUNTED = frozenset("个家人户项座条次天岁名件处宗块年月日时点期只位台套份组株棵间栋幢辆场")
_TESTS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b, "<>": lambda a, b: a != b,
}  # fmt: skip
DIGITS = frozenset("0#?")


class _Section(NamedTuple):
    """A part of a format: when it holds, its signs for digits, and texts by how many of these stand before."""

    test: tuple[str, float] | None
    signs: str
    texts: tuple[tuple[int, str], ...]
    plain: bool
    filled: bool = False  # up to the width of the cell, as accounts are: their "-" is a zero

    def says(self) -> str:
        """Give its own words, without money, brackets and blanks."""
        return "".join(_MONEY.sub("", text) for _, text in self.texts)


Shown = Callable[[float], str | None]


@cache
def shown_by(code: str) -> Shown | None:
    """Give what shows a number in a format as text; None where the format says no more than the number.

    Returns
    -------
    shown
        Gives None for a number that the format shows as it is, and "" for one that it hides.

    Examples
    --------
    >>> shown_by('0.00"L"')(0.06), shown_by('[<0.025]"<0.025";0.000')(0.01), shown_by("0%")(0.25)
    ('0.06L', '<0.025', '25%')
    >>> shown_by("#,##0.00_ ;[Red]-#,##0.00 ") is None
    True
    """
    if len(code) > MOST_LENGTH:
        return None
    sections = [_section(part) for part in _parts(code)]
    sections = [section for section in sections if "@" not in section.signs][:3]
    if not any(_matters(section, many=len(sections) > 1) for section in sections):
        return None
    return lambda number: _shown(sections, number)


def _parts(code: str) -> list[str]:
    """Part a format at its semicolons, quoted and escaped ones left out."""
    parts, last = [], 0
    for token in _TOKEN.finditer(code):
        if token["other"] == ";":
            parts.append(code[last : token.start()])
            last = token.end()
    return [*parts, code[last:]]


def _section(code: str) -> _Section:
    test, signs, plain = None, "", False
    texts: list[tuple[int, str]] = []
    for token in _TOKEN.finditer(code):
        text = token["quoted"] or token["escaped"] or token["other"] or ""
        if (bracket := token["bracket"]) is not None:
            condition = _CONDITION.fullmatch(bracket.strip())
            test = (condition[1], float(condition[2])) if condition else test
            text = bracket[1:].partition("-")[0] if bracket.startswith("$") else ""
        elif token["general"] or token["exponent"]:
            plain = plain or bool(token["exponent"])
            signs += "#" if token["general"] else ""
        elif token["sign"]:
            signs += token["sign"]
        if text:
            texts.append((len(signs), text))
    plain = plain or ("?" in signs and any(text == "/" for _, text in texts))
    return _Section(test, signs, tuple(texts), plain, "* " in code)


def _matters(section: _Section, *, many: bool) -> bool:
    if section.plain:
        return False
    says = section.says()
    if not section.signs and not section.texts:
        return many
    if not (set(section.signs) & DIGITS):
        return says != "" and not (says == "-" and (section.filled or "?" in section.signs))
    whole = section.signs.partition(".")[0].rstrip(",")
    padded = whole.replace(",", "").startswith("00") and set(whole) == {"0"}
    scaled = section.signs.rstrip("%").endswith(",") or ",." in section.signs
    return padded or scaled or "%" in section.signs or says.strip("-") not in ("", *_COUNTED)


def _shown(sections: list[_Section], number: float) -> str | None:
    at = _chosen(sections, number)
    section = sections[at]
    if not _matters(section, many=len(sections) > 1):
        return None
    own = at > 0 and section.test is None and number < 0
    if not set(section.signs) & DIGITS:
        return "".join(text for _, text in section.texts)
    return _written(section, abs(number) if own else number)


def _chosen(sections: list[_Section], number: float) -> int:
    if any(section.test for section in sections):
        fit = (
            at for at, (test, *_) in enumerate(sections) if test is None or _TESTS[test[0]](number, test[1])
        )
        return next(fit, len(sections) - 1)
    if number < 0 and len(sections) > 1:
        return 1
    return 2 if number == 0 and len(sections) > 2 else 0  # noqa: PLR2004


def _written(section: _Section, number: float) -> str:
    """Write the number at full precision between the words of the section, digit by digit where words part it."""
    signs = section.signs
    places = [at for at, sign in enumerate(signs) if sign in DIGITS]
    first, last = places[0], places[-1] + 1
    before = "".join(text for at, text in section.texts if at <= first)
    after = "".join(text for at, text in section.texts if at >= last)
    inside = [(at, text) for at, text in section.texts if first < at < last and text.strip()]
    thousands = len(signs[last:]) - len(signs[last:].lstrip(",")) + signs.count(",.")
    number = number / 1000**thousands * 100 ** signs.count("%")
    whole, _, decimals = signs[first:last].partition(".")
    if [text for _, text in inside] == ["."] and not decimals:
        behind = sum(sign in DIGITS for sign in signs[inside[0][0] : last])
        digits = f"{number / 10**behind:.12g}"
    elif inside:
        digits = _filled(signs[first:last], [(at - first, text) for at, text in inside], number)
    else:
        width = len(whole) if set(whole) == {"0"} else 0
        digits = f"{number:.15g}"
        digits = digits.zfill(width) if "." not in digits and "e" not in digits else digits
    return f"{before}{digits}{'%' * signs.count('%')}{after}"


def _filled(signs: str, inside: list[tuple[int, str]], number: float) -> str:
    """Fill digits in from the right between words: 1204236 in #"°"00"′"00"″" is 120°42′36."""
    point = signs.find(".")
    decimals = sum(sign in DIGITS for sign in signs[point:]) if point >= 0 else 0
    left, _, right = f"{abs(number):.{decimals}f}".partition(".")
    places = [at for at, sign in enumerate(signs) if sign in DIGITS and (point < 0 or at < point)]
    left = left.zfill(sum(signs[at] == "0" for at in places))
    cells = dict(zip(reversed(places), reversed(left[-len(places) :]), strict=False))
    cells[places[0]] = left[: max(len(left) - len(places), 0)] + cells.get(places[0], "")
    if point >= 0:
        cells |= {point: ".", **dict(zip(range(point + 1, len(signs)), right, strict=False))}
    words = dict(inside)
    text = "".join(words.get(at, "") + cells.get(at, "") for at in range(len(signs)))
    return f"-{text}" if number < 0 else text
