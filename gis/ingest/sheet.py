"""CSV, Excel and the publisher's JSON as they stand: one `Raw` for each sheet."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import openpyxl
import pandas as pd
import xlrd

from gis.base.errors import EncodingError, FileError, FormatError
from gis.ingest.archive import refuse
from gis.ingest.encoding import text_encoding
from gis.ingest.model import Options, Raw
from gis.ingest.published import grid_of
from gis.ingest.sheet_shape import Shape, date_from, shape_of, split_records

SHEET_SUFFIXES = frozenset((".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls"))
SAMPLE_LINES = 40


class Page(NamedTuple):
    """One sheet: its name and its rows, merged cells filled; `rest` holds the rows below the first lines."""

    name: str
    grid: list[list[Any]]
    numbers: np.ndarray | None = None
    rest: str | None = None
    delimiter: str = ","


def read_sheet(path: Path, options: Options) -> list[Raw]:
    """Read every sheet of a file.

    Parameters
    ----------
    path
        .csv .tsv .txt (any delimiter of , ; tab), .xlsx .xlsm .xls, the publisher's .json, and .gz of
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
    if suffix in (".xlsx", ".xlsm", ".xls"):
        pages, findings = (_xls if suffix == ".xls" else _xlsx)(path)
        return pages, (None, None), findings
    if suffix not in (".csv", ".tsv", ".txt", ".json"):
        raise FormatError(
            f"{suffix or 'a file without suffix'} is not a table that is read here",
            file=path.name,
            fix=".csv, .xlsx or .xls",
        )
    text, codec, reason = _text(path, encoding)
    page = Page("", grid_of(text, path.name)) if suffix == ".json" else _csv(text)
    return [page], (codec, reason), []


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
    delimiter = max(",\t;", key=lambda sign: sum(line.count(sign) for line in sample))
    if '"' in text:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows, numbers, start = [], [], 1
        for row in reader:
            rows.append(row)
            numbers.append(start)
            start = reader.line_num + 1
        return Page("", _even(rows), np.array(numbers))
    cut = text.splitlines(keepends=True)
    width = max((line.count(delimiter) for line in cut), default=0) + 1
    top = [(line.rstrip("\r\n").split(delimiter) + [""] * width)[:width] for line in cut[:SAMPLE_LINES]]
    return Page("", top, None, "".join(cut[SAMPLE_LINES:]), delimiter)


def _even(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    width = max((len(row) for row in rows), default=0)
    return [[*row, *[None] * (width - len(row))] for row in rows]


def _xlsx(path: Path) -> tuple[list[Page], list[tuple[str, str]]]:
    try:
        book = openpyxl.load_workbook(path, data_only=True)
    except Exception as error:
        raise _broken(path, error) from error
    pages, findings = [], []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            findings.append(("hidden_sheet", f"隐藏工作表“{sheet.title}”未读 · hidden sheet not read"))
            continue
        grid = [list(row) for row in sheet.iter_rows(min_row=1, min_col=1, values_only=True)]
        for area in sheet.merged_cells.ranges:
            left, top, right, bottom = area.bounds
            _fill(grid, top - 1, bottom, left - 1, right)
        pages.append(Page(sheet.title, grid))
    return pages, findings


def _xls(path: Path) -> tuple[list[Page], list[tuple[str, str]]]:
    try:
        book = xlrd.open_workbook(path, formatting_info=True)
    except Exception as error:
        raise _broken(path, error) from error
    pages, findings = [], []
    for sheet in book.sheets():
        if sheet.visibility:
            findings.append(("hidden_sheet", f"隐藏工作表“{sheet.name}”未读 · hidden sheet not read"))
            continue
        grid = [[_xls_cell(cell, book.datemode) for cell in sheet.row(at)] for at in range(sheet.nrows)]
        for top, bottom, left, right in sheet.merged_cells:
            _fill(grid, top, bottom, left, right)
        pages.append(Page(sheet.name, _even(grid)))
    return pages, findings


def _xls_cell(cell: Any, datemode: int) -> Any:
    if cell.ctype == xlrd.XL_CELL_DATE:
        return xlrd.xldate_as_datetime(cell.value, datemode)
    return None if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) else cell.value


def _fill(grid: list[list[Any]], top: int, bottom: int, left: int, right: int) -> None:
    if top >= len(grid) or left >= len(grid[top]):
        return
    value = grid[top][left]
    for row in grid[top:bottom]:
        row[left:right] = [value] * len(row[left:right])


def _broken(path: Path, error: Exception) -> FileError:
    return FileError(
        "cannot be read as a workbook",
        file=path.name,
        found=str(error) or type(error).__name__,
        fix="open it in Excel or WPS, take off a password, and save it as .xlsx",
    )


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
    frame, rows = _frame(page, shape)
    source = f"{path.name}#{page.name}" if page.name else path.name
    kept, kept_rows, rejects = split_records(frame, rows, source, options.layer)
    empty = [name for name in kept if str(name).startswith("列") and kept[name].isin(("", None)).all()]
    folder = path.absolute().parent.name
    date, parts = date_from([shape.title, page.name, path.name, folder])
    if options.date is not None:
        date, parts = options.date, 3
    findings = []
    if shape.first - shape.top > 1:
        findings.append(
            ("two_row_head", f"表头为 {shape.first - shape.top} 行 · heads of {shape.first - shape.top} rows")
        )
    if shape.top:
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
