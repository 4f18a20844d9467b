"""Text that came from data is untrusted wherever it is shown."""

from __future__ import annotations

import html
import math
import re
import unicodedata
from collections.abc import Iterable

from gis.base.messages import shown

FORMULA_STARTS = tuple("=+-@＝＋－＠\t\r\n")  # Chinese Excel takes wide signs too
PACKED = ".zip"
_HARMLESS = re.compile(r"^[-+]?[\d.,]+%?$|^-+$")
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def in_html(text: object) -> str:
    """Escape a text for HTML, attributes included; missing is empty."""
    missing = text is None or (isinstance(text, float) and math.isnan(text))
    return "" if missing else html.escape(str(shown(text)), quote=True)


def in_cell(text: str) -> str:
    """Make a text safe for CSV: one that Excel would take for a formula gets a leading apostrophe."""
    if text.startswith(FORMULA_STARTS) and not _HARMLESS.match(unicodedata.normalize("NFKC", text)):
        return f"'{text}"
    return text


def in_file_name(text: str) -> str:
    """Make a text safe as a file name on Windows and elsewhere; at most 80 characters."""
    name = unicodedata.normalize("NFC", _FORBIDDEN.sub("_", text)).strip(" .")[:80] or "_"
    return f"_{name}" if _RESERVED.match(name) else name


def file_names(stems: Iterable[str]) -> list[str]:
    """Make file names of texts: each safe, no two alike even where case does not count, none with % or #."""
    taken: set[str] = set()
    names = []
    for stem in stems:
        plain = in_file_name(stem).replace("%", "_").replace("#", "_")
        tries = (plain, *(f"{plain}-{again}" for again in range(2, len(taken) + 3)))
        name = next(one for one in tries if one.lower() not in taken)
        taken.add(name.lower())
        names.append(name)
    return names


def both(zh: str, en: str) -> str:
    """Give a Chinese and an English wording as two spans, of which the page shows one; what is alike stands once."""
    if zh == en:
        return in_html(zh)
    return f'<span class="zh">{in_html(zh)}</span><span class="en" lang="en">{in_html(en)}</span>'
