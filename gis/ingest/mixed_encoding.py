"""Texts of two encodings: rows and cells of UTF-8 among GB18030 and the other way, each decoded by its own bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gis.base.messages import Message, listed
from gis.ingest.phrases import phrase

GBK, UTF8 = "gb18030", "utf-8"
SINGLE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef\u2160-\u217f\u2460-\u2473\u33a0-\u33df]")
NAMED_ROWS = 8
FIRST_COMMON, LAST_COMMON = 0xB0, 0xD7  # rows of GB 2312 with the most used characters
BIG5, FIRST_BIG5, LAST_BIG5 = "cp950", 0xA4, 0xC6  # rows of Big5 with the most used characters
LEAST_GARBLED, LEAST_BIG5, MOSTLY, MORE = 4, 6, 0.95, 0.15
_LATIN = frozenset(map(chr, range(0xA1, 0x100)))
_CELL_ENDS = re.compile(rb"([,;\t\"\r\n])")  # no | : it may end a character of GB18030


class Cell(NamedTuple):
    """A text decoded, whether its last character was cut off, and whether it is in another codec than its file."""

    text: str
    cut: bool
    other: bool = False


def mixed_text(data: bytes) -> tuple[str, str, str] | None:
    """Decode a text of which some lines or cells are UTF-8 and the others GB18030, each by its own bytes.

    Returns
    -------
    text, codecs, reason
        The reason names the lines of the codec that fewer have; None where the text is of one codec, or a
        cell fits neither.
    """
    lines: list[str] = []
    others: list[int] = []
    for at, line in enumerate(data.splitlines(keepends=True), start=1):
        read = _mixed_line(line)
        if read is None:
            return None
        lines.append(read[0])
        others += [at] if read[1] else []
    if not others:
        return None
    codec, other, rows = GBK, UTF8, others
    beyond = [at for at, line in enumerate(lines, start=1) if not line.isascii()]
    if 2 * len(others) > len(beyond):
        codec, other, rows = UTF8, GBK, sorted({*beyond} - {*others})
    return "".join(lines), f"{codec}+{other}", mixed_reason(other, codec, rows).stored


def mixed_reason(codec: str, others: str, rows: Sequence[int]) -> Message:
    """Say which rows are in another codec than the rest."""
    if not rows:
        return phrase("mixed_in_line", codec=codec, others=others)
    named = listed(rows, most=NAMED_ROWS)
    return phrase("mixed_rows", rows=named, codec=codec.upper(), others=others.upper())


def _mixed_line(line: bytes) -> tuple[str, bool] | None:
    """Decode a line, cell by cell where it is not of one codec; the second value says that some of it is UTF-8."""
    if line.isascii():
        return line.decode("ascii"), False
    if fits([line], "gb2312") and not is_utf8(line):
        return line.decode("gb2312", errors="replace"), False
    if is_utf8(line):
        return line.decode(UTF8, errors="replace"), True
    cells = [cell_text(cell, GBK) for cell in _CELL_ENDS.split(line)]
    if any("\ufffd" in cell.text for cell in cells):
        return None
    return "".join(cell.text for cell in cells), any(cell.other for cell in cells)


def field_name(raw: bytes, codec: str) -> tuple[str, bool]:
    """Decode a head or a cell; the second value says that its last character was cut off."""
    try:
        return raw.decode(codec), False
    except UnicodeDecodeError as error:
        if _cut(raw, error):
            return raw[: error.start].decode(codec), True
        return raw.decode(codec, errors="replace"), False


def _cut(raw: bytes, error: UnicodeDecodeError) -> bool:
    return error.end >= len(raw) and error.reason in (
        "unexpected end of data",
        "incomplete multibyte sequence",
    )


def cell_text(raw: bytes, codec: str) -> Cell:
    """Decode a cell by the codec of its file, or by the other one of UTF-8 and GB18030 where its bytes are of that.

    Examples
    --------
    >>> cell_text("支塘镇".encode(), "gb18030").text, cell_text("联通".encode("gbk"), "gb18030").text
    ('支塘镇', '联通')
    """
    text, was_cut = field_name(raw, codec)
    if raw.isascii() or codec not in (UTF8, GBK):
        return Cell(text, was_cut)
    whole = "\ufffd" not in text
    if codec == UTF8 and whole:
        again = garbled(text)
        return Cell(text, was_cut) if again is None else Cell(again, was_cut, other=True)
    other, other_cut = field_name(raw, GBK if codec == UTF8 else UTF8)
    likely = "\ufffd" not in other and any(map(SINGLE.match, other))
    if likely and (not whole or (codec == GBK and _common(other) > _common(text))):
        return Cell(other, other_cut, other=True)
    return Cell(text, was_cut)


def garbled(text: str) -> str | None:
    """Read a text of GBK again that a program took for Latin-1 (Ã·ÀîÕò); None where it is none.

    Examples
    --------
    >>> garbled("Ã·ÀîÕò"), garbled("Müller")
    ('梅李镇', None)
    """
    if sum(sign in _LATIN for sign in text) < LEAST_GARBLED:
        return None
    try:
        return text.encode("latin-1").decode("gb2312")
    except UnicodeError:
        return None


def is_big5(raw: bytes) -> bool:
    """Say whether bytes are Big5: GB18030 makes rare characters of them, Big5 its most used ones."""
    try:
        text = raw.decode(BIG5)
    except UnicodeDecodeError:
        return False
    leads = [sign.encode(BIG5)[0] for sign in text if not sign.isascii()]
    used = sum(FIRST_BIG5 <= lead <= LAST_BIG5 or lead < FIRST_BIG5 for lead in leads)
    if len(leads) < LEAST_BIG5 or MOSTLY * len(leads) > used:
        return False
    return used / len(leads) - _common(field_name(raw, GBK)[0]) > MORE


def _common(text: str) -> float:
    """Give the share of the characters beyond ASCII that are among the 3,755 most used ones of GB 2312."""
    beyond = [sign for sign in text if not sign.isascii()]
    return sum(_is_common(sign) for sign in beyond) / max(len(beyond), 1)


def _is_common(sign: str) -> bool:
    try:
        code = sign.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return FIRST_COMMON <= code[0] <= LAST_COMMON or code[0] < FIRST_COMMON


def is_utf8(raw: bytes) -> bool:
    """Say whether bytes are UTF-8 of Chinese and not by chance: GB18030 makes rarer characters of them."""
    text, _ = field_name(raw, UTF8)
    if raw.isascii() or "\ufffd" in text or not any(map(SINGLE.match, text)):
        return False
    return _common(text) > _common(field_name(raw, GBK)[0])


def fits(texts: Iterable[bytes], codec: str) -> bool:
    """Say whether all texts are of a codec; a character cut at the end of one is allowed."""
    for text in texts:
        try:
            text.decode(codec)
        except UnicodeDecodeError as error:
            if not _cut(text, error):
                return False
    return True
