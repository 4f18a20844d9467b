"""CSV, Excel and the publisher's JSON as they stand: one `Raw` for each sheet."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from gis.base.errors import EncodingError, FileError, FormatError
from gis.ingest.archive import refuse
from gis.ingest.blocks import blocks, stacked, upright
from gis.ingest.encoding import text_encoding
from gis.ingest.model import Options, Raw
from gis.ingest.published import grid_of
from gis.ingest.sheet_shape import Shape, date_from, shape_of, split_records
from gis.ingest.workbook import WORKBOOKS, Page, even, named_otherwise, workbook

SHEET_SUFFIXES = frozenset((".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls"))
SAMPLE_LINES = 40
LONGEST_CELL = 2**31 - 1


def read_sheet(path: Path, options: Options) -> list[Raw]:
    """Read every sheet of a file.

    Parameters
    ----------
    path
        .csv .tsv .txt (any delimiter of , ; | tab), .xlsx .xlsm .xls, the publisher's .json, and .gz of
        the texts.
    options
        `part` selects a sheet; `encoding`, `head_row` and `date` override what is recognised.

    Returns
    -------
    raws
        One for each visible sheet with rows; rows of means, limits and totals are in `rejects`.

    Raises
    ------
    FileError
        The file is damaged, is a password-protected workbook, or has no such sheet.
    EncodingError
        No encoding fits the text.
    """
    pages, encoding, findings = pages_of(path, options.encoding)
    return _raws(pages, path, options, encoding, findings)


def pages_of(
    path: Path, encoding: str | None = None
) -> tuple[list[Page], tuple[str | None, str | None], list[tuple[str, str]]]:
    """Give the visible sheets of a file cell by cell, the encoding with its reason, and the findings.

    Raises
    ------
    FileError, EncodingError
        As `read_sheet`.
    """
    refuse(path)
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    findings: list[tuple[str, str]] = []
    if suffix in WORKBOOKS:
        if (book := workbook(path)) is not None:
            return book[0], (None, None), book[1]
        findings.append(named_otherwise(path, "CSV"))
    elif suffix not in (".csv", ".tsv", ".txt", ".json"):
        raise FormatError(
            f"{suffix or 'a file without suffix'} is not a table that is read here",
            file=path.name,
            fix=".csv, .xlsx or .xls",
        )
    text, codec, reason = _text(path, encoding)
    if not text.strip():
        raise FileError("holds no text", file=path.name, fix="fetch or export the file again")
    page = Page("", grid_of(text, path.name)) if suffix == ".json" else _csv(text)
    return [page], (codec, reason), findings


def _text(path: Path, override: str | None) -> tuple[str, str, str]:
    data = path.read_bytes()
    if path.suffix.lower() == ".gz":
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise FileError(
                "cannot be unpacked", file=path.name, found=str(error), fix="fetch it again"
            ) from error
    if override:
        codec, reason = override, "目录或命令行指定 · as the catalogue or the command line says"
    else:
        try:
            codec, reason = text_encoding(data)
        except EncodingError as error:
            raise EncodingError(error.what, file=path.name, found=error.found, fix=error.fix) from error
    try:
        return data.decode(codec).removeprefix("\ufeff"), codec, reason
    except (UnicodeDecodeError, LookupError) as error:
        raise EncodingError(
            f"is not {codec}",
            file=path.name,
            found=str(error),
            fix="leave --encoding away, or GB18030 or UTF-8",
        ) from error


def _csv(text: str) -> Page:
    sample = text.splitlines()[:SAMPLE_LINES]
    delimiter = max(",\t;|", key=lambda sign: sum(line.count(sign) for line in sample))
    if '"' in text:
        csv.field_size_limit(LONGEST_CELL)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows, numbers, start = [], [], 1
        for row in reader:
            rows.append(row)
            numbers.append(start)
            start = reader.line_num + 1
        return Page("", even(rows), np.array(numbers))
    cut = text.splitlines(keepends=True)
    width = max((line.count(delimiter) for line in cut), default=0) + 1
    top = [(line.rstrip("\r\n").split(delimiter) + [""] * width)[:width] for line in cut[:SAMPLE_LINES]]
    return Page("", top, None, "".join(cut[SAMPLE_LINES:]), delimiter)


def _raws(
    pages: list[Page],
    path: Path,
    options: Options,
    encoding: tuple[str | None, str | None],
    findings: list[tuple[str, str]],
) -> list[Raw]:
    if options.part is not None:
        names = [page.name for page in pages]
        pages = [page for page in pages if page.name == options.part]
        if not pages:
            raise FileError(
                f'has no sheet "{options.part}"',
                file=path.name,
                found=", ".join(names),
                fix="one of these names",
            )
    turned = [upright(page, options.kind) for page in pages]
    findings = [*findings, *(finding for _, told in turned for finding in told)]
    pages = [block for page, _ in turned for block in blocks(page, options)]
    shapes = [shape_of(page.grid, options) for page in pages]
    best = max((shape.score for shape in shapes), default=0)
    raws = []
    for page, shape in zip(pages, shapes, strict=True):
        if len(pages) > 1 and not shape.score and best:
            findings.append(
                ("sheet_skipped", f"工作表“{page.name}”没有可识别的表头，未读 · no heads known, not read")
            )
            continue
        raws.append(_raw(page, shape, path, options, encoding))
    if not raws:
        raise FileError(
            "has no visible sheet with rows", file=path.name, fix="unhide the sheet with the data"
        )
    raws[0] = Raw(**{**vars(raws[0]), "findings": (*findings, *raws[0].findings)})
    return raws


def _raw(
    page: Page, shape: Shape, path: Path, options: Options, encoding: tuple[str | None, str | None]
) -> Raw:
    frame, rows, beside = stacked(*_frame(page, shape), options.kind)
    source = f"{path.name}#{page.name}" if page.name else path.name
    kept, kept_rows, rejects = split_records(frame, rows, source, options.layer, options.kind)
    empty = [name for name in kept if str(name).startswith("列") and kept[name].isin(("", None)).all()]
    folder = path.absolute().parent.name
    date, parts = date_from([shape.title, page.name, path.name, folder])
    if options.date is not None:
        date, parts = options.date, 3
    findings = beside
    if shape.first - shape.top > 1:
        findings.append(
            ("two_row_head", f"表头为 {shape.first - shape.top} 行 · heads of {shape.first - shape.top} rows")
        )
    if shape.title:
        findings.append(
            ("title_rows", f"表头上方有 {shape.top} 行标题：{shape.title} · title rows above the heads")
        )
    return Raw(
        path=path, part=page.name, frame=kept.drop(columns=empty), rows=kept_rows,
        reader="sheet", encoding=encoding[0], encoding_reason=encoding[1], title=shape.title,
        date=date, date_parts=parts, findings=tuple(findings), rejects=rejects,
    )  # fmt: skip


def _frame(page: Page, shape: Shape) -> tuple[pd.DataFrame, pd.Series]:
    top = pd.DataFrame(page.grid[shape.first :], columns=shape.heads, dtype="object")
    if page.rest:
        rest = pd.read_csv(
            io.StringIO(page.rest), header=None, names=shape.heads, dtype="str", keep_default_na=False,
            sep=page.delimiter, quoting=csv.QUOTE_NONE, skip_blank_lines=False, index_col=False,
        )  # fmt: skip
        top = pd.concat([top, rest.astype("object")], ignore_index=True)
    numbers = page.numbers if page.numbers is not None else np.arange(1, len(top) + shape.first + 1)
    return top, pd.Series(numbers[shape.first :], dtype="int64")
