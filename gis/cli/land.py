"""`gis land`: legal area, the ledger and conflicts with control lines, from any file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gis.cli import desk
from gis.cli.console import guard, say, show
from gis.cli.options import AsOf, Columns, Crs, Dated, Encoding, File, HeadRow, Output, Part
from gis.engine import Threads

app = typer.Typer(help="土地 · Legal area, the ledger and conflicts of any file.", no_args_is_help=True)

FAMILY = "parcel_area"
AREAS = [
    "area_legal_m2", "area_legal_mu", "area_planar_m2", "area_geodesic_m2", "area_declared_mu", "difference_mu",
    "within_tolerance", "area_check",
]  # fmt: skip
LEDGER = ["place", "state", "area_legal_mu", "counted_on", "counted_year", "counted_mu"]
PIECES = [
    "parcel_id", "line_type", "line_id", "line_name", "area_m2", "area_mu", "share", "width_m", "sliver", "verdict",
    "severity", "clause", "rule_id",
]  # fmt: skip
Lines = Annotated[
    list[str], typer.Option("--lines", help="FILE, FILE:LAYER or FILE:LAYER=red_line; may be repeated.")
]


@app.command()
@guard
def area(
    file: File,
    output: Output = None,
    column: Columns = None,
    crs: Crs = None,
    encoding: Encoding = None,
    part: Part = None,
) -> None:
    """Legal ellipsoidal area of each polygon beside planar, geodesic and declared area."""
    measured, found, editions, _ = _measured(file, desk.Reading(column, None, None, crs, encoding, part))
    total = measured["area_legal_m2"].sum()
    added = measured[[name for name in AREAS if name in measured]]
    notes = [f"total {total:,.2f} m² = {total * 3 / 2000:,.2f} 亩", *desk.unsure(editions, _ids(measured))]
    desk.give(desk.beside(found, added.assign(edition=_ids(measured))), output, f"{file.stem} 面积", notes)


@app.command()
@guard
def ledger(
    file: File,
    events: Annotated[Path | None, typer.Option("--events", help="The long table of events of the parcels.")] = None,
    layers: Annotated[Path, typer.Option("--layers", help="A county's folder, for town names.")] = Path("layers"),
    as_of: AsOf = None,
    output: Output = None,
    column: Columns = None,
    head_row: HeadRow = None,
    date: Dated = None,
    crs: Crs = None,
    encoding: Encoding = None,
    part: Part = None,
) -> None:
    """State, town and counted 亩 of each parcel, nothing counted twice; totals by town, category and year."""
    from gis.land.ledger import ledger as count

    measured, found, editions, edition = _measured(
        file, desk.Reading(column, head_row, date, crs, encoding, part)
    )
    listed = desk.read(events, "ledger_events").table if events else None
    tables = {"parcels": measured} | ({"ledger_events": listed} if listed is not None else {})
    last = desk.last_day(tables, as_of)
    book = count(measured, listed, edition, last, towns=desk.towns(layers))
    show(book.pivot, f"ledger as of {last}")
    for name in ("overlaps", "undated"):
        rows = getattr(book, name)
        if len(rows):
            show(rows, name)
    added = book.parcels[[name for name in LEDGER if name in book.parcels]]
    desk.give(desk.beside(found, added), output, f"{file.stem} 台账", desk.unsure(editions, _ids(measured)))


@app.command()
@guard
def conflicts(
    file: File,
    lines: Lines,
    subject: Annotated[str | None, typer.Option("--subject", help="A subject of the rules; none: no verdict.")] = None,
    layers: Annotated[Path, typer.Option("--layers", help="A county's folder, for its rules.")] = Path("layers"),
    output: Output = None,
    column: Columns = None,
    crs: Crs = None,
    encoding: Encoding = None,
    part: Part = None,
) -> None:
    """Area, share and verdict (触碰, with the clause) of each parcel and line, with the proof of area."""
    from gis.land.conflicts import conflicts as judge
    from gis.land.overlay import overlay

    measured, _, editions, edition = _measured(file, desk.Reading(column, None, None, crs, encoding, part))
    cut = overlay(measured, desk.lines(lines), Threads(), edition)
    pieces = judge(cut.pieces, measured, desk.rules(layers, subject), subject)
    show(cut.proof, "proof: pieces + remainder = parcel")
    if len(cut.contacts):
        show(cut.contacts, "contact without area", most=10)
    if subject is None:
        say("areas without verdict: --subject names a subject of the rules", "yellow")
    out = pieces[[*PIECES, "geometry"]].set_crs(measured.crs)
    desk.give(out, output, f"{file.stem} 触碰", desk.unsure(editions, _ids(measured)))


def _measured(file: Path, how: desk.Reading) -> tuple:  # type: ignore[type-arg]
    from gis.land.area import measure

    found = desk.read(file, "parcels", how)
    editions = desk.editions(FAMILY, None)
    edition = editions.family(FAMILY)[-1]
    return measure(found.table, edition).assign(edition=edition.id), found, editions, edition


def _ids(measured):  # type: ignore[no-untyped-def]
    return measured["edition"]
