"""`gis land`: legal area, the ledger and conflicts with control lines, from any file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from gis.base.errors import UsageError
from gis.base.messages import Message
from gis.cli import cover, desk, land_more
from gis.cli.console import guard, say, show, written
from gis.cli.options import AsOf, Files, Layers, Output
from gis.cli.reading import Reading, answers_of, reading

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from gis.ingest import Ingested
    from gis.standards import Edition, Editions

app = typer.Typer(help="土地 · Legal area, the ledger and conflicts of any file.", no_args_is_help=True)

FAMILY = "parcel_area"
MU_DIGITS = 2
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
app.command()(land_more.compare)
app.command()(cover.cover)

Lines = Annotated[
    list[str],
    typer.Option(
        "--lines",
        help="FILE (every layer whose name tells its kind), FILE:LAYER, FILE:LAYER=red_line or FILE=red_line;"
        " kinds: red_line, basic_farmland, growth_boundary, control_area; may be repeated.",
    ),
]
Events = Annotated[
    Path | None,
    typer.Option("--events", help="The long table of events: parcel, event, date, document, area."),
]
Subject = Annotated[
    str | None,
    typer.Option(
        "--subject", help="What the parcels are by the county's rules (renewal_parcels …); none: no verdict."
    ),
]


class Measured(NamedTuple):
    """Parcels with their areas, the edition they are measured under, and the events listed apart."""

    found: Ingested
    parcels: gpd.GeoDataFrame
    editions: Editions
    edition: Edition
    last: dt.date
    listed: pd.DataFrame | None = None

    @property
    def notes(self) -> list[Message]:
        """The edition and what is not sure in it."""
        import pandas as pd

        return desk.unsure(self.editions, pd.Series([self.edition.id]))


@app.command()
@partial(guard, more=land_more.POINTS)
@reading
def area(
    files: Files,
    how: Reading,
    output: Output = None,
    layers: Layers = None,
    as_of: AsOf = None,
) -> None:
    """Legal ellipsoidal area (椭球面积) of each polygon beside planar, geodesic and declared area.

    -o 界址点.txt writes the boundary points (报备坐标 TXT) with the legal area in 公顷.

    Example: gis land area 更新地块.shp -o 面积.xlsx --column area_declared_mu=面积
    """
    import pandas as pd

    from gis.base.units import to_mu

    one = _measured(files, how, layers, as_of)
    total = float(one.parcels["area_legal_m2"].sum())
    added = one.parcels[[name for name in AREAS if name in one.parcels]]
    added = added.loc[:, [name for name in added if name != "area_declared_mu" or added[name].notna().any()]]
    headline = Message("合计 {m2:,.2f} m² = {mu:,.2f} 亩", "total {m2:,.2f} m² = {mu:,.2f} 亩",
                       m2=total, mu=float(to_mu(total)))  # fmt: skip
    notes = [*_of_rounding(one.parcels["area_legal_mu"], float(to_mu(total))), *one.notes]
    made = desk.beside(one.found, pd.DataFrame(added))
    columns = desk.first_and(one.found, pd.DataFrame(added))
    title = Message("{name} 面积", "{name} area", name=desk.name_of(files))
    result = desk.Result(made, title, notes, columns, headline=headline)
    land_more.give(result, one.parcels, output)


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
    import pandas as pd

    from gis.cli import register
    from gis.land.events import events_of
    from gis.store.ledger_book import write_ledger

    found = desk.read(files, "parcels", how)
    listed = _events(events, found, how)
    last = desk.last_day({"ledger_events": events_of(found.table, listed)}, as_of)
    one = _under(found, layers, last)
    made = register.counted(one.parcels, listed, one.edition, last, layers)
    book = made.book
    counted = float(book.parcels["counted_mu"].sum())
    known = [*_of_rounding(book.parcels["counted_mu"], counted), *made.notes, *one.notes]
    headline = Message("截至 {last}：计入 {mu:,.2f} 亩，重叠只计一次",
                       "as of {last}: {mu:,.2f} 亩 counted, overlaps once", last=last, mu=counted)  # fmt: skip
    say(headline, "bold")
    show(book.pivot, Message("台账，截至 {last}", "ledger as of {last}", last=last))
    for name, rows in (
        (Message("重叠", "overlaps"), book.overlaps),
        (Message("未计入", "not counted"), made.not_counted),
    ):
        if len(rows):
            show(rows, name, most=10)
    added = pd.DataFrame(book.parcels[[name for name in LEDGER if name in book.parcels]])
    columns = desk.first_and(found, added)
    stamps = register.stamps(made.known, files, events)
    for stamp in stamps.values():
        say(stamp, "bold yellow")
    result = desk.Result(
        desk.beside(found, added),
        Message("{name} 台账", "{name} ledger", name=desk.name_of(files)),
        [headline, *known],
        columns,
        stamps,
    )
    if output is None or output.suffix.lower() != ".xlsx":
        return desk.give(result, output)
    desk.give(result, None)
    write_ledger(
        register.workbook(made, desk.name_of(files), last, [*map(written, desk.noted(known))], stamps), output
    )
    desk.say_written(output, len(book.parcels), Message("宗地块", "parcels"))
    return None


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
    """Area, share and verdict (触碰, with the clause) of each parcel and line, with the proof of area.

    For the growth boundary the piece is the part outside it. Each parcel is judged by the edition of
    a line in force on its approval date: that of --events, else the approval date of FILE.

    Example: gis land conflicts 地块.shp --lines 三条控制线.gdb --lines 管控.shp=control_area -o 触碰.gpkg
    """
    import geopandas as gpd
    import pandas as pd

    from gis.cli import ground, project
    from gis.engine import Threads
    from gis.land.line_editions import approvals, judged

    one = _measured(files, how, layers, as_of, events)
    known, stamps = project.lines(lines, layers)
    known = known[~(known["effective_from"] > pd.Timestamp(one.last))].reset_index(drop=True)
    known = ground.parted(known, one.edition)
    rules, dates = project.rules(layers, subject), approvals(one.parcels, one.listed, one.last)
    cut = judged(one.parcels, known, dates, rules, Threads(), one.edition, subject)
    pieces = cut.pieces
    rows = one.parcels.iloc[pieces["parcel"].astype("int64")]
    made = gpd.GeoDataFrame(_with_own(pieces, one.found, rows.index), geometry="geometry", crs=pieces.crs)
    notes = ground.touched(pieces, one.edition)
    if pieces["sliver"].any():
        notes.append(
            Message(
                "{n:,} 个碎屑面列出（sliver = true）而不计",
                "{n:,} slivers are listed (sliver = true) and not counted",
                n=int(pieces["sliver"].sum()),
            )
        )
    first, *others = notes or [Message("没有地块触碰控制线", "no parcel meets a line")]
    sheets = {Message("证明", "proof"): cut.proof, Message("相接", "contacts"): cut.contacts}
    title = Message("{name} 触碰", "{name} conflicts", name=desk.name_of(files))
    result = desk.Result(made, title, [*others, *one.notes], PIECES, stamps, sheets, headline=first)
    for stamp in stamps.values():
        say(stamp, "bold yellow")
    desk.give(result, output)
    show(cut.proof, Message("面积证明：各块与剩余之和 = 地块", "proof: pieces + remainder = parcel"))
    if len(cut.contacts):
        show(cut.contacts, Message("相接而无面积", "contact without area"), most=10)


def _of_rounding(mu: pd.Series, total: float) -> list[Message]:
    """Say what the 亩 as shown add up to, where that is not the total, which is converted once."""
    from gis.base.units import rounded, shown_sum

    added = shown_sum(mu, MU_DIGITS)
    if rounded(added, MU_DIGITS) == rounded(total, MU_DIGITS):
        return []
    return [
        Message(
            "各行所示亩数之和 {added:,.2f}，合计按 m² 相加后一次换算",
            "the 亩 shown add up to {added:,.2f}; the total adds m² and is converted once",
            added=added,
        )
    ]


def _with_own(pieces: gpd.GeoDataFrame, found: Ingested, rows: pd.Index) -> pd.DataFrame:
    """Put the columns of a piece behind those of its parcel."""
    import pandas as pd

    from gis.ingest import Ingested

    at = found.own.loc[rows].reset_index(drop=True)
    behind = desk.beside(
        Ingested(found.layer, found.kind, pd.DataFrame(index=at.index), at, found.sources),
        pd.DataFrame(pieces[PIECES]).reset_index(drop=True),
    )
    return behind.assign(geometry=pieces.geometry.to_numpy())


def _events(events: Path | None, found: Ingested, how: Reading) -> pd.DataFrame | None:
    """Read the long table of events, each joined to the parcel that it means."""
    from gis.land.links import linked

    if events is None:
        return None
    read = desk.read(events, "ledger_events", Reading(answer=how.answer, suspects=how.suspects))
    listed, findings = linked(read.table, found.table, answers_of(how.answer))
    for _, message in findings:
        say(message, "yellow")
    return listed


def _measured(
    files: Sequence[Path],
    how: Reading,
    layers: Path | None,
    as_of: str | None,
    events: Path | None = None,
) -> Measured:
    from gis.land.events import events_of

    found = _polygons(files, how)
    listed = _events(events, found, how)
    dated = {"ledger_events": events_of(found.table, listed)}
    return _under(found, layers, desk.last_day(dated, as_of, or_today=True), listed)


def _polygons(files: Sequence[Path], how: Reading) -> Ingested:
    found = desk.read(files, "parcels", how)
    if found.table.geometry.isna().all():
        raise UsageError(
            Message("没有一行有面，无法量算", "no row has a polygon, so nothing can be measured"),
            file=files[0].name,
            fix=Message(
                "请给图层本身：.shp、.zip、.gdb、.gpkg、.geojson 或 .parquet",
                "give the layer itself: .shp, .zip, .gdb, .gpkg, .geojson or .parquet",
            ),
        )
    return found


def _under(
    found: Ingested, layers: Path | None, last: dt.date, listed: pd.DataFrame | None = None
) -> Measured:
    import geopandas as gpd

    from gis.land.area import measure

    editions = desk.editions(FAMILY, None, layers)
    edition = editions.in_force(FAMILY, last)
    parcels = gpd.GeoDataFrame(measure(found.table, edition).assign(edition=edition.id))
    return Measured(found, parcels, editions, edition, last, listed)
