"""A sheet that is no plain table of records → one `Raw` of records, wherever place, item and time stand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from gis.base.errors import Choice, ColumnError
from gis.base.messages import Message
from gis.ingest.layout import Arrangement, Outside, arrangement
from gis.ingest.layout_labels import MEASURED
from gis.ingest.layout_records import records_of
from gis.ingest.model import Options, Raw, source_of
from gis.ingest.moments import NO_PARTS, Parts
from gis.ingest.phrases import phrase
from gis.ingest.questions import ask
from gis.ingest.refusals import refusal
from gis.ingest.sheet_shape import distinct
from gis.ingest.times import last_day
from gis.ingest.titles import date_from, date_in, mean_in, period_in
from gis.ingest.workbook import Page

LOOKED_AT = 100
YEARS_OFFERED = 3


def layout_of(page: Page, path: Path, options: Options) -> Arrangement | None:
    """Find how a sheet is laid out; None where it is a plain table of records or nothing is known of it."""
    found = arranged(page, path, options)
    return None if found is None or found.flat else found


def arranged(page: Page, path: Path, options: Options) -> Arrangement | None:
    """Find how a sheet is laid out, a plain table of records too."""
    said = {name: head for name, (head, _) in options.columns.items()}
    return arrangement(
        page.grid[:LOOKED_AT], options.kind, around(page, path, options), said, options.head_row
    )


def around(page: Page, path: Path, options: Options) -> Outside:
    """Give what stands around a sheet: its name, those of its file and folder, the date that is said."""
    day = options.date
    said = NO_PARTS if day is None else Parts(day.year, day.month, day.day)
    return Outside("", _sheet(page), stem_of(path), path.parent.name, said)


def _sheet(page: Page) -> str:
    return page.name if page.sheet is None else page.sheet


def stem_of(path: Path) -> str:
    """Give a file's name without the endings of its format."""
    return Path(path.name.removesuffix(".gz")).stem


def refuse_period(raw: Raw, kind: str) -> None:
    """Refuse a table without times whose title tells a mean of several months or days: it is no record of one.

    Raises
    ------
    ColumnError
        The title, the sheet or the file is named for a period; the fix says how a date is given.
    """
    for text in (raw.title, raw.part, stem_of(raw.path)):
        _, month, day = date_in(text)
        known = day is not None or (month is not None and kind == "samples")
        period = period_in(text) or (mean_in(text) if not known else None)
        if period is not None:
            raise refusal(
                ColumnError,
                "values_of_period",
                raw.source,
                found=text,
                title=text,
                period=period,
            )


def raw_of(
    found: Arrangement, body: pd.DataFrame, rows: pd.Series, page: Page, path: Path, options: Options
) -> Raw:
    """Bring the values of a sheet to records.

    Parameters
    ----------
    body, rows
        The rows below the heads and their numbers.

    Raises
    ------
    Question
        Nothing tells the year, or values that differ stand for one item of one record in many rows.
    """
    source = source_of(path, page.name)
    found = _with_year(found, source, options)
    if found.band.pulled:
        numbers = range(1, len(page.grid) + 1) if page.numbers is None else page.numbers
        stand = ~rows.isin([int(numbers[at]) for at in found.band.pulled])
        body, rows = body[stand], rows[stand]
    read = records_of(body, rows, found, source, options)
    date, parts = date_from([found.title, _sheet(page), path.name, path.parent.name])
    if options.date is not None:
        date, parts = options.date, 3
    return Raw(
        path=path, part=page.name, frame=read.frame, rows=read.rows, reader="sheet", title=found.title,
        date=date, date_parts=parts,
        findings=tuple(read.findings), rejects=read.rejects, columns=read.columns, apart=_apart(found, read.frame),
        cells=read.cells, read=read.read,
    )  # fmt: skip


def _apart(found: Arrangement, frame: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    """Give the heads that became no column of the records, with what they are."""
    told = (*found.timing.columns, *(one.at for one in found.cells), found.item, found.unit, found.limit)
    use: dict[int | None, str] = dict.fromkeys(told, "taken")
    use.update(dict.fromkeys(found.aside, "other"))
    use.update(dict.fromkeys(found.unread, "suspect"))
    heads = distinct(found.band.heads)
    return tuple((head, use.get(at, "other")) for at, head in enumerate(heads) if head not in frame)


def rearranged(raw: Raw, options: Options) -> Raw:
    """Bring a table that came with its heads (a layer, a .dbf) to records; as it came where it is one of records."""
    if raw.reader == "sheet" or options.kind not in MEASURED or "geometry" in raw.frame:
        return raw
    body = raw.frame.head(LOOKED_AT).astype("object").to_numpy().tolist()
    said = {name: head for name, (head, _) in options.columns.items()}
    outside = Outside(raw.title, raw.part, stem_of(raw.path), raw.path.parent.name)
    found = arrangement([[str(head) for head in raw.frame.columns], *body], options.kind, outside, said, 1)
    if found is None or found.flat:
        return raw
    source = raw.source
    found = _with_year(found, source, options)
    read = records_of(raw.frame.astype("object"), raw.rows, found, source, options)
    return replace(
        raw, frame=read.frame, rows=read.rows, columns=read.columns, findings=(*raw.findings, *read.findings),
        cells=read.cells, read=len(raw.rejects) + read.read,
        rejects=pd.concat([raw.rejects, read.rejects], ignore_index=True),
    )  # fmt: skip


def _with_year(found: Arrangement, source: str, options: Options) -> Arrangement:
    """Ask for the year where months or days stand in the table and their year nowhere."""
    if not found.timing.year_lacking:
        return found
    last = last_day().year - 1
    year = ask(
        options, "year:年份",
        phrase("no_year"),
        [Choice(str(year), Message("{year} 年的数据", "data of {year}", year=year))
         for year in range(last, last - YEARS_OFFERED, -1)],
        file=source, heads=[*filter(None, found.band.heads)], option=f"--date {last}-12-31",
    )  # fmt: skip
    timing = found.timing._replace(outer=found.timing.outer._replace(year=int(year)), year_lacking=False)
    return replace(found, timing=timing)
