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
from gis.ingest.encoding import SNIFFED, encoding_of
from gis.ingest.guard import check_place
from gis.ingest.mixed_encoding import UTF8, mixed_text
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
        raise FileError(
            Message("大于 {gib:g} GiB", "is larger than {gib:g} GiB", gib=MOST_BYTES / 2**30), file=path.name, fix=SPLIT
        )  # fmt: skip
    data = path.read_bytes()
    if path.suffix.lower() == ".gz":
        data = _unpacked(path, data)
    _check_lines(path, data)
    if not override and not _is_utf8(data) and (mixed := mixed_text(data)) is not None:
        return visible(mixed[0]), *mixed[1:]
    codec, reason = (override, SAID.stored) if override else encoding_of(data, path.name)
    try:
        return visible(data.decode(codec)), codec, reason
    except (UnicodeDecodeError, LookupError) as error:
        raise EncodingError(
            Message("不是 {codec} 编码", "is not {codec}", codec=codec), file=path.name, found=str(error),
            fix=Message(
                "去掉 --encoding，或写 GB18030 或 UTF-8", "leave --encoding away, or GB18030 or UTF-8"
            ),
        ) from error  # fmt: skip


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
                    raise FileError(
                        Message("解压后大得不合情理", "unpacks to far more than a table"), file=path.name,
                        found=Message("超过 {mib:,} MiB", "more than {mib:,} MiB", mib=most // 2**20),
                        fix=Message(
                            "自行解压并核对内容后再读", "unpack it yourself, look at it, and give what is in it"
                        ),
                    )  # fmt: skip
    except (OSError, EOFError, zlib.error) as error:
        raise FileError(
            Message("不能解压", "cannot be unpacked"), file=path.name, found=str(error), fix=FETCH_AGAIN
        ) from error
    return sink.getvalue()


def _check_lines(path: Path, data: bytes) -> None:
    """Refuse a text of which a line is longer than any table has."""
    empty = sum(data.count(pair) for pair in (b"\n\n", b"\r\n\r\n", b"\n\0\n\0"))
    if empty > MOST_EMPTY_LINES or data.count(b"\n") > MOST_LINES:
        raise FileError(
            Message("行数过多，多为空行", "has too many lines, most of them empty"), file=path.name,
            found=Message("{n:,} 行", "{n:,} lines", n=data.count(b"\n")),
            fix=Message("删去空行，或按年拆成几个文件", "delete the empty lines, or split it into files of a year"),
        )  # fmt: skip
    start = 0
    while len(data) - start > LONGEST_LINE:
        end = max(data.rfind(sign, start, start + LONGEST_LINE) for sign in (b"\n", b"\r"))
        if end < start:
            raise FileError(
                Message("有一行过长", "has a line that is too long"), file=path.name,
                row=data.count(b"\n", 0, start) + 1,
                found=Message("超过 {mib} MiB", "more than {mib} MiB", mib=LONGEST_LINE // 2**20),
                fix=FETCH_AGAIN,
            )  # fmt: skip
        start = end + 1
