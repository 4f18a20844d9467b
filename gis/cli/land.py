"""`gis land`: legal area, the ledger and conflicts with control lines, from any file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
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

    from gis.cli.register import Register
    from gis.ingest import Ingested
    from gis.land.overlay import Overlay
    from gis.standards import Edition, Editions

app = typer.Typer(help="土地 · Legal area, the ledger and conflicts of any file.", no_args_is_help=True)

FAMILY = "parcel_area"
MU_DIGITS = 2
NAMED = 5
LEAST_M2 = 0.01
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


def _union(one: Measured) -> tuple[float, list[Message]]:
    """Add up the ground of all parcels, each spot once, m²; say what the rows add up to where that is more."""
    import pandas as pd

    from gis.base.units import to_mu
    from gis.engine import Threads
    from gis.land.disjoint import own_area

    plain = one.parcels.assign(line_type="", edition=None, effective_from=pd.NaT, category=None)
    rows, total = (
        float(one.parcels["area_legal_m2"].sum()),
        float(own_area(plain, one.edition, Threads()).sum()),
    )
    if rows - total < LEAST_M2:
        return rows, []
    twice = Message(
        "各块之和 {mu:,.2f} 亩；图斑互相重叠 {over:,.2f} 亩，合计只计一次",
        "the rows add up to {mu:,.2f} 亩; parcels overlap by {over:,.2f} 亩, which the total counts once",
        mu=float(to_mu(rows)), over=float(to_mu(rows - total)),
    )  # fmt: skip
    return total, [twice]


class Found(NamedTuple):
    """What `gis land conflicts` found: the parcels, the lines and the pieces, and what they must carry."""

    files: Sequence[Path]
    one: Measured
    lines: gpd.GeoDataFrame
    cut: Overlay
    stamps: dict[str, str]
    layers: Path | None


def _declared(parcels: pd.DataFrame) -> list[Message]:
    """Say how the declared areas agree with the measured ones, and which do not."""
    checks = parcels.get("area_check")
    if checks is None or not checks.notna().any():
        return []
    counts = checks.value_counts()
    off = parcels.loc[checks.eq("reject"), "parcel_id"].astype("str").dropna()
    named = "、".join(off.iloc[:NAMED]) + ("…" if len(off) > NAMED else "")
    return [
        Message(
            "申报与椭球面积：相符 {agree:,}，核对 {check:,}，超出 {reject:,}{which}",
            "declared against legal area: agree {agree:,}, check {check:,}, reject {reject:,}{which}",
            **{name: int(counts.get(name, 0)) for name in ("agree", "check", "reject")},
            which=Message("（{named}）", " ({named})", named=named) if named else "",
        )
    ]


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
    from gis.cli import behind

    one = _measured(files, how, layers, as_of)
    added = one.parcels[[name for name in AREAS if name in one.parcels]]
    added = added.loc[:, [name for name in added if name != "area_declared_mu" or added[name].notna().any()]]
    total, twice = _union(one)
    headline = Message("合计 {m2:,.2f} m² = {mu:,.2f} 亩", "total {m2:,.2f} m² = {mu:,.2f} 亩",
                       m2=total, mu=float(to_mu(total)))  # fmt: skip
    compared = _declared(one.parcels)
    notes = [
        *compared,
        *(twice or _of_rounding(one.parcels["area_legal_mu"], float(to_mu(total)))),
        *one.notes,
    ]
    made = desk.beside(one.found, pd.DataFrame(added))
    columns = desk.first_and(one.found, pd.DataFrame(added))
    title = Message("{name} 面积", "{name} area", name=desk.name_of(files))
    basis = partial(behind.area, one.parcels, total, one.edition, one.last)

    result = desk.Result(made, title, notes, columns, headline=headline, basis=basis)
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

    from gis.cli import behind, own_book, register
    from gis.land.events import events_of
    from gis.store.ledger_book import write_ledger

    listed: pd.DataFrame | None
    own = own_book.is_own(files) and not events
    if own:
        found, listed = own_book.read(files[0], how)
    else:
        found = _parcels(files, how, layers)
        listed = _events(events, found, how)
    last = desk.last_day({"ledger_events": events_of(found.table, listed)}, as_of)
    one = _under(found, layers, last)
    measured = one.parcels.assign(filing_no=register.filed(found.own))
    made = register.counted(measured, listed, one.edition, last, layers, own=own)
    book = made.book
    counted = float(book.parcels["counted_mu"].sum())
    known = [*made.notes, *_of_rounding(book.parcels["counted_mu"], counted), *one.notes]
    say(made.headline, "bold")
    _show(made)
    added = pd.DataFrame(book.parcels[[name for name in LEDGER if name in book.parcels]])
    columns = desk.first_and(found, added)
    stamps = register.stamps(made.known, files, events or [])
    for stamp in stamps.values():
        say(stamp, "bold yellow")
    title = Message("{name} 台账", "{name} ledger", name=desk.name_of(files))
    basis = partial(behind.ledger, made, listed, one.edition)

    shown = [made.headline, *known]
    result = desk.Result(desk.beside(found, added), title, shown, columns, stamps, basis=basis)
    if output is None or output.suffix.lower() != ".xlsx":
        return desk.give(result, output)
    desk.give(result, None)
    book_of = register.workbook(made, desk.name_of(files), [*map(written, desk.noted(shown))], stamps)
    write_ledger(replace(book_of, basis=desk.evidence_sheet(result)), output)
    desk.say_written(output, len(book.parcels), Message("宗地块", "parcels"))
    return None


def _show(made: Register) -> None:
    from gis.land import summary

    show(made.book.pivot, Message("台账，截至 {last}", "ledger as of {last}", last=made.last))
    for name, rows in (
        (Message("重叠", "overlaps"), made.book.overlaps),
        (Message("未计入", "not counted"), made.not_counted),
        (
            Message("没有图斑的事件", "events without a parcel"),
            summary.unmatched(made.book.unmatched, made.counting),
        ),
    ):
        if len(rows):
            show(rows, name, most=10)


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
    import pandas as pd

    from gis.cli import ground, project
    from gis.engine import Threads
    from gis.land.line_editions import approvals, judged

    one = _measured(files, how, layers, as_of, events)
    known, stamps = project.lines(lines, layers)
    known = known[~(known["effective_from"] > pd.Timestamp(one.last))].reset_index(drop=True)
    known = ground.parted(known, one.edition)
    dates = approvals(one.parcels, one.listed, one.last)
    rules, subject = project.rules(layers, subject, files)
    cut = judged(one.parcels, known, dates, rules, Threads(), one.edition, subject)
    notes = [
        *ground.touched(cut.pieces, one.edition),
        *ground.unsaid(cut.pieces, one.parcels, rules, subject),
    ]
    if cut.pieces["sliver"].any():
        notes.append(
            Message(
                "{n:,} 个碎屑面列出（sliver = true）而不计",
                "{n:,} slivers are listed (sliver = true) and not counted",
                n=int(cut.pieces["sliver"].sum()),
            )
        )
    for stamp in stamps.values():
        say(stamp, "bold yellow")
    _touches(Found(files, one, known, cut, stamps, layers), notes, output)
    show(cut.proof, Message("面积证明：各块与剩余之和 = 地块", "proof: pieces + remainder = parcel"))
    if len(cut.contacts):
        show(cut.contacts, Message("相接而无面积", "contact without area"), most=10)


def _touches(found: Found, notes: Sequence[Message], output: Path | None) -> None:
    """Show what touches, and write it: an .xlsx to print, a page with its ground, or the rows."""
    import geopandas as gpd

    from gis.cli import behind

    one, pieces = found.one, found.cut.pieces
    rows = one.parcels.iloc[pieces["parcel"].astype("int64")]
    made = gpd.GeoDataFrame(_with_own(pieces, one.found, rows.index), geometry="geometry", crs=pieces.crs)
    first, *others = notes
    title = Message("{name} 涉及", "{name} conflicts", name=desk.name_of(found.files))
    basis = partial(behind.touches, found.cut, one.parcels, found.lines, one.edition, one.last)

    shown = [*others, *one.notes]
    result = desk.Result(made, title, shown, PIECES, found.stamps, headline=first, basis=basis)
    suffix = output.suffix.lower() if output is not None else ""
    desk.give(result, None if suffix in (".xlsx", ".html") else output)
    if output is None or suffix not in (".xlsx", ".html"):
        return
    from gis.cli import line_page, line_sheets, project, register
    from gis.store.printed import Heading

    county = project.catalogue_of(found.layers)
    town, boundaries = register.towns_of(one.parcels, county)
    told = desk.noted([*notes, *one.notes])
    if suffix == ".html":
        beside = {"town": town, "county": county.county.name.zh if county else None}
        grounds = {"lines": found.lines, "parcels": one.parcels, "boundaries": boundaries}
        line_page.write(result, line_page.Ground(pieces, beside, grounds), told, output)
    else:
        under = "　　".join(["单位：亩", f"截至 {one.last:%Y-%m-%d}", *found.stamps.values()])
        touch = line_sheets.Touch(pieces, one.parcels, town, found.cut.proof, found.cut.contacts, one.edition)
        heading = Heading(f"{desk.name_of(found.files)}涉及控制线清单", under)
        line_sheets.write_touches(touch, heading, [*map(written, told)], output, desk.evidence_sheet(result))
    desk.say_written(output, len(pieces), Message("行", "rows"))


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


def _events(events: Sequence[Path] | None, found: Ingested, how: Reading) -> pd.DataFrame | None:
    """Read the long table of events, each joined to the parcel that it means."""
    from gis.land.links import linked

    if not events:
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
    events: Sequence[Path] | None = None,
) -> Measured:
    from gis.land.events import events_of

    found = _polygons(files, how, layers)
    listed = _events(events, found, how)
    dated = {"ledger_events": events_of(found.table, listed)}
    return _under(found, layers, desk.last_day(dated, as_of, or_today=True), listed)


def _parcels(files: Sequence[Path], how: Reading, layers: Path | None) -> Ingested:
    """Read parcels; of a county that is known, ground outside its extent is quarantined as in a run."""
    from gis.cli import project

    known = project.catalogue_of(layers)
    more = {"extent": known.county.extent} if known else {}
    return desk.read(files, "parcels", how, **more)


def _polygons(files: Sequence[Path], how: Reading, layers: Path | None) -> Ingested:
    found = _parcels(files, how, layers)
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
