"""Which encoding a text has: what is declared, then what the bytes allow, and why it was chosen."""

from __future__ import annotations

import codecs
import re
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gis.base.errors import EncodingError, FileError
from gis.base.messages import Message, Text
from gis.ingest.mixed_encoding import BIG5, GBK, SINGLE, UTF8, field_name, fits, is_big5, is_utf8
from gis.ingest.phrases import phrase
from gis.ingest.refusals import refusal

LDID_CODECS = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x13: "cp932", 0x4D: GBK, 0x4E: "cp949", 0x4F: "cp950",
    0x78: "cp950", 0x79: "cp949", 0x7A: GBK, 0x7B: "cp932", 0x86: "cp737", 0x87: "cp852",
}  # fmt: skip
CHINESE_PAGES = frozenset(("936", "cp936", "gbk", "gb2312", "gb18030", "ansi 936", "ansi936", "54936", "hz"))
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
ZIPPED = b"PK\x03\x04"
UTF8_PAGES = frozenset(("65001", "utf-8", "utf8", "utf 8"))
WESTERN = frozenset(("cp1252", "cp437", "cp850", "iso8859-1", "latin-1", "ascii"))
TEXT_TYPES = frozenset(b"C")
SNIFFED, ZEROS = 65_536, 50
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")
RECORDS_AT_ONCE = 50_000
PRINTABLE = bytes(range(0x20, 0x7F))
ASCII_ONLY = Message("只有 ASCII 字符", "ASCII only")


@dataclass(frozen=True)
class Choice:
    """The codec of a text, why, and what contradicted it (None where nothing did)."""

    codec: str
    reason: str
    contradiction: str | None = None


@dataclass(frozen=True)
class Heads:
    """The header of a dBASE file: raw names, types and widths of its fields, in order."""

    names: tuple[bytes, ...]
    types: bytes
    widths: tuple[int, ...]
    ldid: int
    records: int
    start: int
    stride: int


def text_encoding(data: bytes, file: str) -> tuple[str, str]:
    """Choose the codec of a text: byte order mark, then UTF-8, then GB18030, each strictly.

    Parameters
    ----------
    data
        The whole text.
    file
        The name for the error.

    Returns
    -------
    codec, reason
        A Python codec and why it was chosen, a stored message.

    Raises
    ------
    EncodingError
        Neither fits; `found` shows the first byte that does not.
    """
    if data.startswith(ZIPPED):
        raise refusal(EncodingError, "text_is_archive", file)
    if marked := next((codec for mark, codec in MARKS.items() if data.startswith(mark)), None):
        return marked, Message("字节顺序标记", "byte order mark").stored
    if wide := _utf16(data):
        return wide, Message("没有字节顺序标记的 UTF-16", "UTF-16 without a byte order mark").stored
    if data.isascii():
        return UTF8, ASCII_ONLY.stored
    try:
        data.decode(UTF8)
    except UnicodeDecodeError as first:
        try:
            data.decode(GBK)
        except UnicodeDecodeError as error:
            odd = data[first.start : first.start + 8].hex(" ")
            raise refusal(EncodingError, "text_encoding", file, at=first.start, bytes=odd) from error
        if is_big5(data):
            return BIG5, Message("不是 UTF-8，常用字合于 Big5", "not UTF-8, common characters of Big5").stored
        return GBK, Message("不是 UTF-8，GB18030 严格解码成功", "not UTF-8, strictly GB18030").stored
    return UTF8, Message("UTF-8 严格解码成功", "strictly UTF-8").stored


def _utf16(data: bytes) -> str | None:
    """Tell UTF-16 without a mark: signs, digits and line ends have a zero byte, and on one side (一 on the other)."""
    start = data[:SNIFFED]
    sides = start[::2].count(0), start[1::2].count(0)
    if len(data) % 2 or not any(sides) or min(sides) * 3 > max(sides) or max(sides) * ZEROS < len(start):
        return None
    codec = "utf-16-le" if sides[1] > sides[0] else "utf-16-be"
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return None
    return None if _CONTROLS.search(text) else codec


def dbf_encoding(path: Path, override: str | None = None) -> Choice:
    """Choose the codec of a Shapefile's attributes: override, .cpg, LDID byte, then strict trial.

    A declaration must agree with the bytes of all text fields and of the field names; one that does
    not is left aside and named in `contradiction`. A character cut at the end of a field is allowed.

    Parameters
    ----------
    path
        The .shp or .dbf.
    override
        What the catalogue or the user says; it wins.

    Raises
    ------
    EncodingError
        The override is unknown, or no encoding fits the bytes.
    FileError
        The .dbf has no readable header.
    """
    if override:
        given = Message("用户指定（{name}）", "given by the user ({name})", name=override)
        return Choice(_override(override, path), given.stored)
    dbf = companion(path, ".dbf")
    if dbf is None:
        return Choice(UTF8, Message("没有 .dbf", "no .dbf").stored)
    heads = dbf_heads(dbf)
    texts = _texts(dbf, heads)
    declared = _declared(path, heads)
    tried = _trial(texts)
    if not texts:
        return Choice(declared[0] if declared else UTF8, ASCII_ONLY.stored)
    if declared is None and (tried := tried or (GBK if fits(texts, GBK) else None)):
        tried = BIG5 if tried == GBK and is_big5(b"".join(texts)) else tried
        reason = phrase("bytes_are", tried=tried)
        return Choice(tried, reason.stored)
    if declared is None:
        raise _none_fits(dbf, texts, Message("没有 .cpg 和 LDID", "no .cpg, no LDID"))
    codec, how = declared
    trusted = tried is None or codec not in (UTF8, GBK, *WESTERN) or (codec in WESTERN and _european(texts))
    if codec == tried or (trusted and fits(texts, codec)):
        agrees = Message("{how}，与字节一致", "{how}, and the bytes agree", how=how)
        return Choice(codec, agrees.stored)
    if tried is None:
        raise _none_fits(dbf, texts, how)
    return Choice(
        tried,
        phrase("contradicts_bytes", how=how, tried=tried).stored,
        phrase("read_against_declared", how=how, tried=tried).stored,
    )


def companion(path: Path, suffix: str) -> Path | None:
    """Find the file that goes with a Shapefile, whatever the case of its suffix."""
    for found in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
        if found.exists():
            return found
    alike = (one for one in path.parent.iterdir() if one.stem == path.stem)
    return next((one for one in alike if one.suffix.lower() == suffix), None)


def dbf_heads(dbf: Path) -> Heads:
    """Read the header of a dBASE file.

    Raises
    ------
    FileError
        The file is shorter than its header says.
    """
    with dbf.open("rb") as file:
        first = file.read(32)
        if len(first) < 32:  # noqa: PLR2004  the fixed part of the header
            raise refusal(FileError, "dbf_no_header", dbf)
        records, start, stride = struct.unpack_from("<IHH", first, 4)
        body = first + file.read(max(start - 32, 0))
    names, types, widths = [], bytearray(), []
    for at in range(32, min(start, len(body)) - 31, 32):
        if body[at] == 0x0D:  # noqa: PLR2004  end of the field descriptors
            break
        names.append(body[at : at + 11].split(b"\0")[0])
        types.append(body[at + 11])
        widths.append(body[at + 16])
    return Heads(tuple(names), bytes(types), tuple(widths), first[29], records, start, stride)


def _override(name: str, path: Path) -> str:
    codec = _codec(name)
    if codec is None:
        raise refusal(EncodingError, "encoding_unknown", path, name=name)
    return codec


def _codec(name: str) -> str | None:
    plain = name.strip().lower().replace("_", "-")
    if plain in CHINESE_PAGES:
        return GBK
    if plain in UTF8_PAGES:
        return UTF8
    for spelling in (plain, plain.replace("ansi ", "cp"), f"cp{plain}", plain.replace("oem ", "cp")):
        try:
            if PRINTABLE.decode(spelling) == PRINTABLE.decode("ascii"):  # no base64, no escapes, no UTF-16
                return codecs.lookup(spelling).name
        except (LookupError, ValueError):
            continue
    return None


def _declared(path: Path, heads: Heads) -> tuple[str, str] | None:
    cpg = companion(path, ".cpg")
    if cpg is not None:
        text = cpg.read_bytes()[:64].decode("ascii", errors="replace").strip("\ufeff\ufffd \r\n\0")
        if codec := _codec(text):
            return codec, f".cpg {text}"
    codec = LDID_CODECS.get(heads.ldid)
    return (codec, f"LDID 0x{heads.ldid:02X}") if codec else None


def _texts(dbf: Path, heads: Heads) -> list[bytes]:
    found = {name for name in heads.names if not name.isascii()}
    offsets = np.cumsum([1, *heads.widths])
    fields = [
        (int(offsets[i]), width)
        for i, width in enumerate(heads.widths)
        if width and heads.types[i] in TEXT_TYPES and offsets[i] + width <= heads.stride
    ]
    available = (dbf.stat().st_size - heads.start) // heads.stride if heads.stride else 0
    records = max(min(heads.records, available), 0)
    if not records or not fields:
        return sorted(found)
    table = np.memmap(dbf, np.uint8, "r", heads.start, (records, heads.stride))
    for first in range(0, records, RECORDS_AT_ONCE):
        block = np.asarray(table[first : first + RECORDS_AT_ONCE])
        block = block[block[:, 0] != ord("*")]
        for at, width in fields:
            cells = block[:, at : at + width]
            cells = np.ascontiguousarray(cells[(cells > 0x7F).any(axis=1)])  # noqa: PLR2004  beyond ASCII
            found.update(cell.rstrip(b" \0") for cell in np.unique(cells.view(f"S{width}")).tolist())
    return sorted(found)


def _trial(texts: list[bytes]) -> str | None:
    utf8 = sum(map(is_utf8, texts))
    if 0 < utf8 < len(texts) and all(fits([text], UTF8) or fits([text], GBK) for text in texts):
        return UTF8 if 2 * utf8 > len(texts) else GBK
    if fits(texts, UTF8) and _chinese(texts, UTF8):
        return UTF8
    if fits(texts, "gb2312") or (fits(texts, GBK) and _chinese(texts, GBK)):
        return GBK
    return UTF8 if fits(texts, UTF8) else None


def _european(texts: list[bytes]) -> bool:
    """Accents stand alone between letters; both bytes of a common Chinese character are high."""
    return 5 * sum(fits([text], "gb2312") or fits([text], UTF8) for text in texts) < 4 * len(texts)


def _chinese(texts: list[bytes], codec: str) -> bool:
    beyond = [c for text in texts for c in field_name(text, codec)[0] if not c.isascii()]
    return 2 * sum(bool(SINGLE.match(c)) for c in beyond) > len(beyond)


def _none_fits(dbf: Path, texts: list[bytes], how: Text) -> EncodingError:
    return refusal(EncodingError, "dbf_encoding", dbf, how=how, bytes=texts[0][:12].hex(" "))
