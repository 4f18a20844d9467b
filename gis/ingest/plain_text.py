"""The text of a file: unpacked, decoded, and within what a table of an office can be."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from pathlib import Path

from gis.base.errors import EncodingError, FileError
from gis.base.messages import Message
from gis.ingest.characters import visible
from gis.ingest.encoding import SNIFFED, text_encoding
from gis.ingest.guard import check_place
from gis.ingest.mixed_encoding import UTF8, mixed_text
from gis.ingest.refusals import refusal
from gis.ingest.workbook import FETCH_AGAIN, SPLIT

CHUNK = 2**20
MOST_BYTES = 2**31
UNPACKED_FREELY, MOST_TIMES = 100 * 2**20, 150  # hourly tables pack 5 to 60 times, a bomb 1,000 times
MOST_LINES, MOST_EMPTY_LINES = 20_000_000, 1_000_000
LONGEST_LINE = 64 * 2**20  # the outline of one polygon as WKT may have a million points
SAID = Message("目录或命令行指定", "as the catalogue or the command line says")


def text_of(path: Path, override: str | None) -> tuple[str, str, str]:
    """Read a text, packed with gzip or not.

    Parameters
    ----------
    override
        The encoding that a person or the catalogue names.

    Returns
    -------
    text, encoding, reason
        Without a byte order mark; the reason is a stored message.

    Raises
    ------
    FileError
        No file, damaged, or past a limit.
    EncodingError
        No encoding fits, or not the one named.
    """
    check_place(path)
    if path.stat().st_size > MOST_BYTES:
        raise refusal(FileError, "text_too_large", path, fix=SPLIT, gib=MOST_BYTES / 2**30)
    data = path.read_bytes()
    if path.suffix.lower() == ".gz":
        data = _unpacked(path, data)
    _check_lines(path, data)
    if not override and not _is_utf8(data) and (mixed := mixed_text(data)) is not None:
        return visible(mixed[0]), *mixed[1:]
    codec, reason = (override, SAID.stored) if override else text_encoding(data, path.name)
    try:
        return visible(data.decode(codec)), codec, reason
    except (UnicodeDecodeError, LookupError) as error:
        raise refusal(EncodingError, "codec_wrong", path, found=str(error), codec=codec) from error


def _is_utf8(data: bytes) -> bool:
    decoder = codecs.getincrementaldecoder(UTF8)()
    try:
        for at in range(0, len(data), CHUNK):
            decoder.decode(data[at : at + CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return b"\0" in data[:SNIFFED]  # UTF-16 is told by its own bytes
    return True


def _unpacked(path: Path, data: bytes) -> bytes:
    """Unpack a .gz, but no bomb."""
    most = min(MOST_BYTES, max(UNPACKED_FREELY, MOST_TIMES * len(data)))
    sink = io.BytesIO()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as source:
            while chunk := source.read(CHUNK):
                sink.write(chunk)
                if sink.tell() > most:
                    raise refusal(FileError, "gzip_bomb", path, mib=most // 2**20)
    except (OSError, EOFError, zlib.error) as error:
        raise refusal(FileError, "gzip_damaged", path, found=str(error), fix=FETCH_AGAIN) from error
    return sink.getvalue()


def _check_lines(path: Path, data: bytes) -> None:
    """Refuse a text of which a line is longer than any table has."""
    empty = sum(data.count(pair) for pair in (b"\n\n", b"\r\n\r\n", b"\n\0\n\0"))
    if empty > MOST_EMPTY_LINES or data.count(b"\n") > MOST_LINES:
        raise refusal(FileError, "lines_too_many", path, n=data.count(b"\n"))
    start = 0
    while len(data) - start > LONGEST_LINE:
        end = max(data.rfind(sign, start, start + LONGEST_LINE) for sign in (b"\n", b"\r"))
        if end < start:
            row, mib = data.count(b"\n", 0, start) + 1, LONGEST_LINE // 2**20
            raise refusal(FileError, "line_too_long", path, row=row, fix=FETCH_AGAIN, mib=mib)
        start = end + 1
