"""`gis land`: legal area, the ledger and conflicts with control lines, from any file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gis.base.messages import Message
from gis.cli import compare, conflict, cover, desk
from gis.cli.console import guard, say, show, written
from gis.cli.options import AsOf, Files, Layers, Output
from gis.cli.reading import Reading, reading

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from gis.catalogue import Catalogue
    from gis.desk.land import Touches
    from gis.desk.register import Register
    from gis.ingest import Ingested

app = typer.Typer(help="土地 · Legal area, the ledger and conflicts of any file.", no_args_is_help=True)

POINTS, PARCELS = ".txt", Message("宗地块", "parcels")
AREAS = [
    "area_legal_m2", "area_legal_mu", "area_planar_m2", "area_geodesic_m2", "area_declared_mu", "difference_mu",
    "within_tolerance", "area_check", "edition",
]  # fmt: skip
LEDGER = ["place", "state", "area_legal_m2", "area_legal_mu", "counted_on", "counted_year", "counted_mu"]
PIECES = [
    "parcel_id", "line_type", "line_id", "line_name", "area_m2", "area_mu", "own_mu", "share", "width_m", "sliver",
    "verdict", "severity", "clause", "rule_id", "approval_no", "edition", "judged_on", "judged_by",
    "verdict_now", "area_now_m2",
]  # fmt: skip
app.command()(compare.compare)
app.command()(cover.cover)
app.command()(conflict.conflict)

Lines = Annotated[
    list[str],
    typer.Option(
        "--lines",
        help="FILE (every layer whose name tells its kind), FILE:LAYER, FILE:LAYER=red_line or FILE=red_line;"
        " kinds: red_line, basic_farmland, growth_boundary, control_area; may be repeated.",
    ),
]
Events = Annotated[
    list[Path] | None,
    typer.Option(
        "--events", help="The long table of events: parcel, event, date, document, area; may be repeated."
    ),
]
Subject = Annotated[
    str | None,
    typer.Option(
        "--subject", help="What the parcels are by the county's rules (renewal_parcels …); none: no verdict."
    ),
]


@app.command()
@partial(guard, more=(POINTS,))
@reading
def area(
    files: Files, how: Reading, output: Output = None, layers: Layers = None, as_of: AsOf = None
) -> None:
    """Legal ellipsoidal area (椭球面积) of each polygon beside planar, geodesic and declared area.

    -o 界址点.txt writes the boundary points (报备坐标 TXT) with the legal area in 公顷.

    Example: gis land area 更新地块.shp -o 面积.xlsx --column area_declared_mu=面积
    """
    from gis.desk import county, land
    from gis.ingest.frames import behind_own
    from gis.store import points

    plots = land.plots_of(files, None, how.said(), county.catalogue_of(layers), desk.show_read(how))
    one = land.on_ground(plots, layers, as_of)
    desk.show_day(one.day)
    made = land.areas(one)
    added = one.parcels[[name for name in AREAS if name in one.parcels]]
    added = added.loc[:, [name for name in added if name != "area_declared_mu" or added[name].notna().any()]]
    found = plots.read.found
    title = Message("{name} 面积", "{name} area", name=desk.name_of(files))
    columns = desk.first_and(found, added)
    drawn = one.parcels[one.parcels.geometry.notna()]
    result = desk.answer(made, behind_own(found, added), title, columns)
    desk.give(result, output, {POINTS: partial(points.write, drawn)}, PARCELS)


@app.command()
@guard
@reading
def ledger(
    files: Files,
    how: Reading,
    events: Events = None,
    layers: Layers = None,
    as_of: AsOf = None,
    output: Output = None,
) -> None:
    """State, town and counted 亩 of each parcel, nothing counted twice; -o x.xlsx is the 台账 to print and sign.

    FILE may be a sheet without polygons: declared and accepted areas count, the legal area is unknown.

    Dates come from columns of FILE (验收日期, 入库日期 …) or from the table of --events.

    Example: gis land ledger 更新地块.shp --events 更新台账.xlsx --as-of 2021-12-31 -o 台账.xlsx
    """
    from gis.desk import behind, county, land, register
    from gis.ingest.frames import behind_own
    from gis.store.ledger_book import write_ledger

    known = county.catalogue_of(layers)
    plots = land.plots_of(files, events, how.said(), known, desk.show_read(how))
    desk.warn(plots.joined)
    one, made = land.counted(plots, known, layers, as_of)
    desk.show_day(one.day)
    say(made.headline, "bold")
    _show(made)
    found, parcels = plots.read.found, made.book.parcels
    added = parcels[[name for name in LEDGER if name in parcels]]
    columns = desk.first_and(found, added)
    stamps = register.stamps(made.known, files, events or [])
    for stamp in stamps.values():
        say(stamp, "bold yellow")
    title = Message("{name} 台账", "{name} ledger", name=desk.name_of(files))
    basis = partial(behind.ledger, made, plots.listed, one.edition)

    shown = [made.headline, *made.notes]
    result = desk.Result(behind_own(found, added), title, shown, columns, stamps, basis=basis)

    def write_book(path: Path) -> None:
        book_of = register.workbook(made, desk.name_of(files), [*map(written, desk.noted(shown))], stamps)
        write_ledger(replace(book_of, basis=desk.evidence_sheet(result)), path)

    desk.give(result, output, {".xlsx": write_book}, PARCELS)


def _show(made: Register) -> None:
    from gis.land import summary

    show(made.book.pivot, Message("台账，截至 {last}", "ledger as of {last}", last=made.last))
    lists = {
        Message("重叠", "overlaps"): made.book.overlaps,
        Message("未计入", "not counted"): made.not_counted,
        Message("没有图斑的事件", "events without a parcel"): summary.unmatched(
            made.book.unmatched, made.counting
        ),
    }
    for title, rows in lists.items():
        if len(rows):
            show(rows, title, most=10)


@app.command()
@guard
@reading
def conflicts(
    files: Files,
    how: Reading,
    lines: Lines,
    events: Events = None,
    subject: Subject = None,
    layers: Layers = None,
    as_of: AsOf = None,
    output: Output = None,
) -> None:
    """Area, share and verdict (涉及, with the clause) of each parcel and line, with the proof of area.

    For the growth boundary the piece is the part outside it. Each parcel is judged by the edition of
    a line in force on its approval date: that of --events, else the approval date of FILE.

    Example: gis land conflicts 地块.shp --lines 三条控制线.gdb --lines 管控.shp=control_area -o 涉及.gpkg
    """
    from gis.desk import county, land
    from gis.desk.lines import lines_of

    known = county.catalogue_of(layers)
    plots = land.plots_of(files, events, how.said(), known, desk.show_read(how))
    desk.warn(plots.joined)
    one = land.on_ground(plots, layers, as_of)
    desk.show_day(one.day)
    drawn = lines_of([(text, None) for text in lines], known, {})
    desk.show_drawn(drawn)
    judging = county.judging(known, subject, files)
    if judging.note is not None:
        say(judging.note, "dim" if judging.subject else "yellow")
    made = land.touches(one, drawn, judging)
    desk.warn(made.overlaps)
    for stamp in drawn.stamps.values():
        say(stamp, "bold yellow")
    _touches(made, files, drawn.stamps, known, output)
    show(made.cut.proof, Message("面积证明：各块与剩余之和 = 地块", "proof: pieces + remainder = parcel"))
    if len(made.cut.contacts):
        show(made.cut.contacts, Message("相接而无面积", "contact without area"), most=10)


def _touches(
    made: Touches, files: Sequence[Path], stamps: Mapping[str, str], known: Catalogue | None, output: Path | None
) -> None:  # fmt: skip
    """Show what touches, and write it: an .xlsx to print, a page with its ground, or the rows."""
    import geopandas as gpd

    from gis.desk import register

    one, pieces = made.one, made.cut.pieces
    rows = one.parcels.iloc[pieces["parcel"].astype("int64")]
    own = _with_own(pieces, one.plots.read.found, rows.index)
    frame = gpd.GeoDataFrame(own, geometry="geometry", crs=pieces.crs)
    title = Message("{name} 涉及", "{name} conflicts", name=desk.name_of(files))
    headline, *notes = made.notes
    result = desk.Result(frame, title, notes, PIECES, stamps, headline=headline, basis=made.basis)

    def write_page(path: Path) -> None:
        from gis.cli import line_page

        town, boundaries = register.towns_of(one.parcels, known)
        beside = {"town": town, "county": known.county.name.zh if known else None}
        grounds = {"lines": made.lines, "parcels": one.parcels, "boundaries": boundaries}
        line_page.write(result, line_page.Ground(pieces, beside, grounds), desk.noted(made.notes), path)

    def write_sheets(path: Path) -> None:
        from gis.cli import line_sheets
        from gis.store.printed import Heading

        town, _ = register.towns_of(one.parcels, known)
        under = "　　".join(["单位：亩", f"截至 {one.day.last:%Y-%m-%d}", *stamps.values()])
        touch = line_sheets.Touch(pieces, one.parcels, town, made.cut.proof, made.cut.contacts, one.edition)
        heading, told = Heading(f"{desk.name_of(files)}涉及控制线清单", under), desk.noted(made.notes)
        line_sheets.write_touches(touch, heading, [*map(written, told)], path, desk.evidence_sheet(result))

    desk.give(result, output, {".html": write_page, ".xlsx": write_sheets})


def _with_own(pieces: gpd.GeoDataFrame, found: Ingested, rows: pd.Index) -> pd.DataFrame:
    """Put the columns of a piece behind those of its parcel."""
    import pandas as pd

    from gis.ingest import Ingested
    from gis.ingest.frames import behind_own

    at = found.own.loc[rows].reset_index(drop=True)
    behind = behind_own(
        Ingested(found.layer, found.kind, pd.DataFrame(index=at.index), at, found.sources),
        pd.DataFrame(pieces[PIECES]).reset_index(drop=True),
    )
    return behind.assign(geometry=pieces.geometry.to_numpy())
