"""CSV, Excel and the publisher's JSON as they stand: one `Raw` for each sheet."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from gis.base.errors import FileError, FormatError
from gis.base.hashing import of_path
from gis.base.messages import Text, listed
from gis.ingest.archive import refuse
from gis.ingest.blocks import blocks, stacked
from gis.ingest.delimited import page_of
from gis.ingest.group_rows import grouped
from gis.ingest.heads import recognised
from gis.ingest.layout import Arrangement
from gis.ingest.layout_sheet import layout_of, raw_of
from gis.ingest.looks import Seen, seen
from gis.ingest.mixed_encoding import garbled
from gis.ingest.model import Findings, Options, Raw, finding, source_of
from gis.ingest.odd_rows import parted
from gis.ingest.plain_text import text_of
from gis.ingest.published import in_parts
from gis.ingest.published import page_of as page_of_json
from gis.ingest.refusals import refusal
from gis.ingest.sheet_shape import Shape, shape_of, split_records
from gis.ingest.titles import date_from
from gis.ingest.workbook import (
    FETCH_AGAIN,
    MOST_BLANK_COLUMNS,
    WORKBOOKS,
    Page,
    lines_used,
    named_otherwise,
    workbook,
)

MOST_TURNED, LEAST_TURNED = 30, 3  # rows looked at, heads that make a first column one of heads
Encoding = tuple[str | None, str | None]  # and why it was chosen
LOST_SIGNS = ("\ufffd", "锟斤拷")
_LATIN_RUN = re.compile(r"[\u00a1-\u00ff]{4,}")  # Ã·ÀîÕò
SHEET_SUFFIXES = frozenset((".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls"))


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
    pages, encoding, findings = pages_of(path, options.encoding, options.part)
    return _raws(pages, path, options, encoding, findings)


def pages_of(
    path: Path, encoding: str | None = None, wanted: str | None = None
) -> tuple[list[Page], Encoding, Findings]:
    """Give the visible sheets of a file cell by cell, the encoding with its reason, and the findings.

    Raises
    ------
    FileError, EncodingError
        As `read_sheet`.
    """
    refuse(path)
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    findings: Findings = []
    if suffix in WORKBOOKS:
        if (book := workbook(path, wanted)) is not None:
            return book[0], (None, None), book[1]
        findings.append(named_otherwise(path, "CSV"))
    elif suffix not in (".csv", ".tsv", ".txt", ".json"):
        raise refusal(FormatError, "no_table", path, found=suffix, fix=".csv, .xlsx, .xls")
    page, codec, reason, told = _text_page(path, encoding, of_path(path))
    return [page], (codec, reason), [*findings, *told]


@lru_cache(maxsize=1)
def _text_page(
    path: Path, encoding: str | None, _digest: str
) -> tuple[Page, str, str, tuple[tuple[str, str], ...]]:
    """Read a text; the last one is kept, since a file whose kind is told from its heads is read at once again."""
    text, codec, reason = text_of(path, encoding)
    findings = [("encoding_mixed", reason)] if "+" in codec else []
    findings += _lost(text)
    if not text.strip():
        raise refusal(FileError, "text_empty", path, fix=FETCH_AGAIN)
    published = Path(path.name.removesuffix(".gz")).suffix.lower() == ".json"
    page = (page_of_json if published else page_of)(text, path.name)
    findings += in_parts(text) if published else []
    return _without_blank_runs(page), codec, reason, tuple(findings)


def _without_blank_runs(page: Page) -> Page:
    """Leave out the blank columns of a long run beyond the first ones, as in a workbook."""
    wide = len(page.grid[0]) if page.grid else 0
    if wide <= MOST_BLANK_COLUMNS:
        return page
    used = {at for row in page.grid for at, cell in enumerate(row, 1) if cell not in ("", None)}
    if page.rest is not None:
        used |= {at for at in range(1, wide + 1) if (page.rest.iloc[:, at - 1] != "").any()}
    kept = [at - 1 for at in lines_used(used, MOST_BLANK_COLUMNS)]
    if len(kept) == wide:
        return page
    rest = None if page.rest is None else page.rest.iloc[:, kept].set_axis(range(len(kept)), axis=1)
    return page._replace(grid=[[row[at] for at in kept] for row in page.grid], rest=rest)


def _lost(text: str) -> Findings:
    """Tell of characters that an earlier program lost."""
    rows = [text.count("\n", 0, text.index(sign)) + 1 for sign in LOST_SIGNS if sign in text]
    rows += [
        text.count("\n", 0, found.start()) + 1
        for found in itertools.islice(_LATIN_RUN.finditer(text), 1)
        if garbled(found[0])
    ]
    if not rows:
        return []
    return [finding("characters_lost", row=min(rows))]


def _raws(
    pages: list[Page], path: Path, options: Options, encoding: Encoding, findings: Findings
) -> list[Raw]:
    if options.part is not None:
        names: list[Text] = [page.name for page in pages]
        pages = [page for page in pages if page.name == options.part]
        if not pages:
            raise refusal(FileError, "book_no_part", path, found=listed(names), part=options.part)
    looked = [grouped(seen(page, path, options), path, options) for page in pages]
    findings = [*findings, *(finding for one in looked for finding in one.findings)]
    pages = [block for one in looked for block in blocks(one.page, path, options)]
    shapes = [shape_of(page.grid, options) for page in pages]
    layouts = [layout_of(page, path, options) for page in pages]
    best = max((shape.score for shape in shapes), default=0) or any(layouts)
    raws = []
    for page, shape, layout in zip(pages, shapes, layouts, strict=True):
        if layout is not None:
            raws.append(_laid_out(layout, page, path, options, encoding))
            continue
        if not shape.heads:
            continue
        _refuse_turned(page, shape, path, options.kind)
        if len(pages) > 1 and not shape.score and best:
            findings.append(finding("sheet_skipped", name=page.name))
            continue
        raws.append(_raw(page, shape, path, options, encoding))
    if not raws:
        raise refusal(FileError, "book_no_sheet", path)
    raws = _with_left_out(raws, looked)
    raws[0] = replace(raws[0], findings=(*findings, *raws[0].findings))
    return raws


def _refuse_turned(page: Page, shape: Shape, path: Path, kind: str) -> None:
    """Refuse a table whose heads stand in its first column, one below the other."""
    below = {recognised(row[0], kind) for row in page.grid[:MOST_TURNED] if row} - {None}
    if shape.score > 1 or len(below) < LEAST_TURNED or len(below) <= shape.score:
        return
    raise refusal(
        FileError,
        "table_turned",
        source_of(path, page.name),
        found=listed(row[0] for row in page.grid[:MOST_TURNED] if recognised(row[0], kind)),
    )


def _with_left_out(raws: list[Raw], looked: list[Seen]) -> list[Raw]:
    """Add the rows that are left out by their looks to those of the same sheet."""
    for one in looked:
        if len(one.rejects):
            at = next((at for at, raw in enumerate(raws) if raw.part.startswith(one.page.name)), 0)
            rejects = pd.concat([one.rejects, raws[at].rejects], ignore_index=True)
            read = raws[at].read
            read = None if read is None else read + len(one.rejects)
            raws[at] = replace(raws[at], rejects=rejects, read=read)
    return raws


def _raw(page: Page, shape: Shape, path: Path, options: Options, encoding: Encoding) -> Raw:
    source = source_of(path, page.name)
    whole, numbers, odd = parted(*_frame(page, shape), page, shape, (source, options.layer))
    frame, rows, beside = stacked(whole, numbers, options, source)
    kept, kept_rows, rejects = split_records(frame, rows, source, options.layer, options.kind)
    empty = [name for name in kept if str(name).startswith("列") and kept[name].isin(("", None)).all()]
    names = [shape.title, page.name, path.name, path.parent.name]
    date, parts = date_from(names) if options.date is None else (options.date, 3)
    return Raw(
        path=path, part=page.name, frame=kept.drop(columns=empty), rows=kept_rows,
        reader="sheet", encoding=encoding[0], encoding_reason=encoding[1], title=shape.title,
        date=date, date_parts=parts, findings=(*beside, *_of_the_heads(shape)),
        rejects=pd.concat([odd, rejects], ignore_index=True),
    )  # fmt: skip


def _laid_out(layout: Arrangement, page: Page, path: Path, options: Options, encoding: Encoding) -> Raw:
    heads = [f"{at}" for at in range(len(page.grid[0]))]
    shape = Shape(heads, layout.band.first, layout.band.top, layout.title, 0)
    source = source_of(path, page.name)
    frame, rows, odd = parted(*_frame(page, shape), page, shape, (source, options.layer))
    raw = raw_of(layout, frame, rows, page, path, options)
    rejects = pd.concat([odd, raw.rejects], ignore_index=True)
    read = len(odd) + (raw.read or 0)
    return replace(raw, encoding=encoding[0], encoding_reason=encoding[1], rejects=rejects, read=read)


def _of_the_heads(shape: Shape) -> Findings:
    findings = []
    if (n := shape.first - shape.top) > 1:
        findings.append(finding("two_row_head", n=n))
    if shape.title:
        findings.append(finding("title_rows", n=shape.top, title=shape.title))
    return findings


def _frame(page: Page, shape: Shape) -> tuple[pd.DataFrame, pd.Series]:
    top = pd.DataFrame(page.grid[shape.first :], columns=shape.heads, dtype="object")
    if page.rest is not None:
        top = pd.concat([top, page.rest.set_axis(shape.heads, axis=1)], ignore_index=True)
    numbers = page.numbers if page.numbers is not None else np.arange(1, len(top) + shape.first + 1)
    return top, pd.Series(numbers[shape.first :], dtype="int64")
