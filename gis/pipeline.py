"""The steps in order: catalogue → ingest → assess → scorecard → maps and tables.

The only module that knows every room. A file whose content did not change is not read again; an
edition that stands already is not built again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import geopandas as gpd
import pandas as pd

import gis
from gis import actions, air, ingest, land, maps, scorecard, standards, water
from gis.base.address import is_address, name_in
from gis.base.hashing import SM3, of_bytes, require
from gis.base.last_day import SUBJECTS, days_of
from gis.base.lineage import FIGURES, Layers, Lineage, Recorded, carried, noted_tuple, union
from gis.base.messages import Message, language
from gis.base.tables import Assessment, Tables, conform, empty, join, table_of
from gis.catalogue import Catalogue, Layer, layer_files, load, oldest_and_newest
from gis.catalogue.model import Answer, Target, YearlyTarget, in_both
from gis.catalogue.targets_table import with_yearly_targets
from gis.engine import Engine, Threads
from gis.ingest import RASTER_KINDS, Ingested, Withheld
from gis.land.links import linked
from gis.maps.book import TARGETS, Book
from gis.publication import LOGS, manifest, versions, write_tables
from gis.standards import Editions
from gis.standards.editions import Edition
from gis.store import alerts as acknowledged
from gis.store import edition as shelf
from gis.store import lock, place, workspace
from gis.store.hashing import Hashes, of_source
from gis.store.kept import Kept
from gis.store.standing import files_of
from gis.water.doubtful_names import settled
from gis.water.methods import recognised, with_methods

Progress = Callable[[str, str], None]
READING = ("base", "catalogue", "ingest")
NOTHING_KEPT = Kept(None, "")
READ_WITH = (("ledger_events", "parcels"), ("samples", "sections"), ("land_cover", "boundaries"))


@dataclass(frozen=True)
class Intake:
    """Everything read: the catalogue, the tables by kind, and the logs of the reading.

    Attributes
    ----------
    logs
        Canonical frames `sources`, `rejects`, `superseded`, `repairs`, `findings`, `taken`.
    inputs
        Layer id → file → SHA-256.
    lineage
        Table → ids of the layers it is made of.
    hidden
        The columns that a public copy leaves out.
    steps
        What earlier runs made.
    """

    catalogue: Catalogue
    editions: Editions
    tables: Tables
    logs: Tables
    inputs: dict[str, dict[str, str]]
    public: bool
    withheld: tuple[str, ...]
    lineage: Lineage = field(default_factory=dict)
    hidden: tuple[Withheld, ...] = ()
    steps: Kept = NOTHING_KEPT

    def origin(self, name: str) -> Layers:
        """Give the layers that a table is made of."""
        return self.lineage.get(name, frozenset(self.inputs))

    def noted(self, read: Recorded, subject: str | None = None) -> Catalogue:
        """Give the catalogue to a step: who looks at its targets has read the tables they come from.

        With the targets of one subject only, where it is named.
        """
        tabled = self.lineage.get("yearly_targets", frozenset())
        targets = noted_tuple(self.targets_of(subject), lambda: read.notes.add(tabled))
        return self.catalogue.model_copy(update={"targets": targets})

    def targets_of(self, subject: str | None) -> list[Target]:
        """Give the targets of land, water or air, those of neither with the actions; all where none is named."""
        given = self.catalogue.targets
        return list(given) if subject is None else [one for one in given if _subject(one) == subject]

    def said(self, subject: str) -> str:
        """Give all of the catalogue that a step of a subject can look at."""
        told = self.catalogue.model_dump_json(exclude={"folder", "targets", "tasks"})
        return f"{told} {self.targets_of(subject)}"


def quiet(_step: str, _what: str) -> None:
    """Report no progress."""


def untold(_what: Message) -> None:
    """Say nothing of who else is writing."""


def take_in(
    layers: Path,
    work: Path | None,
    *,
    public: bool = False,
    forced: Sequence[str] = (),
    progress: Progress = quiet,
) -> Intake:
    """Read the catalogue and every layer of it.

    Parameters
    ----------
    layers
        The county's folder.
    work
        Folder of accepted data by content hash; safe to delete. It is only looked at while another
        process writes there, or where it takes no file; without one everything is read.
    public
        Leave out layers that are not public: geometry, rows and tooltips alike.
    forced
        Ids of editions that judge the whole series, whatever the date.

    Raises
    ------
    CatalogueError, StandardError, FileError, CrsError
        A file cannot be used; a bad row is a row of `logs["rejects"]` instead.
    """
    if work is None:
        return _read(load(layers), forced, _shelf(None, writes=False), public=public, progress=progress)
    catalogue = load(layers)
    with lock.if_free(work) as writes:
        return _read(catalogue, forced, _shelf(work, writes=writes), public=public, progress=progress)


def _steps(work: Path) -> Kept:
    return Kept(work / "steps", f"{versions()} {language()}")


def _shelf(work: Path | None, *, writes: bool) -> workspace.Shelf:
    code = of_source(Path(gis.__file__).parent, READING)
    hashes = Hashes(None if work is None else work / "hashes.json")
    return workspace.Shelf(None if work is None else work / "layers", code, hashes, writes=writes)


def _read(
    catalogue: Catalogue,
    forced: Sequence[str],
    keep: workspace.Shelf,
    steps: Kept = NOTHING_KEPT,
    *,
    public: bool,
    progress: Progress,
) -> Intake:
    layers, hashes = catalogue.folder, keep.hashes
    editions = standards.load([layers / "standards"]).force_all(forced)
    shown = [layer for layer in catalogue.layers if not public or layer.about.is_public]
    read_from = catalogue.model_copy(update={"layers": tuple(shown)})  # one layer may be read inside another
    if public and any(layer.about.withheld_columns for layer in shown):
        keep = keep.unwritten()
    found: list[Ingested] = []
    inputs: dict[str, dict[str, str]] = {}
    for layer in shown:
        progress("ingest", layer.id)
        paths = layer_files(layer, layers)
        inputs[layer.id] = {
            path.name if public and is_address(path) else name_in(path, layers): hashes.of(path)
            for path in paths
        }
        found.append(ingest.read_layer(layer, read_from, keep))
    found = ingest.offsets_told(found, {layer.id: str(in_both(layer.about.source)) for layer in shown})
    if keep.writes:
        hashes.save()
    if not public:
        keep.sweep()
    withheld = tuple(layer.id for layer in catalogue.layers if layer not in shown)
    tables, lineage = _tables(found)
    tables, joined = _joined(tables, catalogue, lineage, steps)
    tables, overlaps = _apart(tables, lineage, editions, steps)
    hidden = _hidden(found, shown) if public else {}
    logs = _logs(
        [ingest.logs_without(one, hidden[one.layer]) if one.layer in hidden else one for one in found]
    )
    told = [one for one in (logs["findings"], *joined, overlaps, water.misplaced(tables)) if len(one)]
    findings = pd.concat(told, ignore_index=True) if told else logs["findings"]
    logs["findings"] = ingest.texts_without(findings, hidden.values())
    whole = (*hidden.values(),)
    return Intake(catalogue, editions, tables, logs, inputs, public, withheld, lineage, whole, steps)


def _hidden(found: Iterable[Ingested], layers: Iterable[Layer]) -> dict[str, Withheld]:
    declared = {layer.id: layer for layer in layers if layer.about.withheld_columns}
    return {one.layer: ingest.withheld_of(one, declared[one.layer]) for one in found if one.layer in declared}


def _joined(
    tables: dict[str, pd.DataFrame], catalogue: Catalogue, lineage: dict[str, Layers], steps: Kept
) -> tuple[dict[str, pd.DataFrame], list[pd.DataFrame]]:
    """Join events to the parcels and records to the sections that they name; what is in doubt is asked."""
    for table, to in READ_WITH:
        if table in tables:
            lineage[table] = union(lineage, [table, to])
    answers = {key: one for layer in catalogue.layers for key, one in layer.answers.items()}
    told = []
    for table, with_, join_ in (("ledger_events", "parcels", _linked), ("samples", "sections", _settled)):
        some = {name: tables[name] for name in (table, with_) if name in tables}
        if table in some:
            made = steps(f"{table} {answers!r}", some, lineage.__getitem__, partial(join_, answers)).tables
            tables |= {table: made[table]}
            told.append(made["findings"])
    return tables, told


def _linked(answers: Mapping[str, Answer], read: Recorded) -> Assessment:
    if "parcels" not in read:
        return Assessment({"ledger_events": read["ledger_events"], "findings": empty("findings")})
    events, findings = linked(read["ledger_events"], read["parcels"], answers)
    return Assessment({"ledger_events": events, "findings": _found("ledger_events", findings)})


def _settled(answers: Mapping[str, Answer], read: Recorded) -> Assessment:
    named = settled(read["samples"], table_of(read, "sections"), answers)
    judged = with_methods(named, answers)
    told = recognised(named, judged)
    findings = () if told is None else (("automatic_recognised", told.stored),)
    return Assessment({"samples": judged, "findings": _found("samples", findings)})


def _found(layer: str, findings: Iterable[tuple[str, str]]) -> pd.DataFrame:
    rows = [{"layer": layer, "code": code, "message": message} for code, message in findings]
    return conform(pd.DataFrame(rows), "findings")


def _apart(
    tables: dict[str, pd.DataFrame], lineage: Lineage, editions: Editions, steps: Kept
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Make the control lines disjoint."""
    if "control_lines" not in tables:
        return tables, empty("findings")
    edition = editions.family("parcel_area")[-1]

    def take(read: Recorded) -> Assessment:
        lines, findings = land.lines_apart(dict(read), edition, Threads())
        return Assessment({**lines, "findings": findings})

    lines = {"control_lines": tables["control_lines"]}
    made = steps(f"apart {edition!r}", lines, lineage.__getitem__, take).tables
    return {**tables, "control_lines": made["control_lines"]}, made["findings"]


def judge(
    intake: Intake,
    as_of: dt.date | None = None,
    progress: Progress = quiet,
    seen: Collection[str] = (),
    engine: Engine | None = None,
) -> Book:
    """Assess every subject, judge the targets and look for alerts.

    Parameters
    ----------
    as_of
        Rows dated later are left aside; default the last date in the data.
    seen
        Ids of the alerts that were acknowledged last.
    engine
        What the subjects are assessed on; the threads of this machine when None.
    """
    engine = engine or Threads()
    day, days = days_of(intake.tables, as_of)
    edition = _edition(intake, day, days)
    planned = with_yearly_targets(intake.catalogue, intake.tables.get("yearly_targets"), day.year)
    intake = replace(intake, catalogue=planned)
    image = intake.editions.in_force(land.IMAGE, day)
    changes = _changes(intake, day, image)
    looked = replace(
        intake,
        tables={**intake.tables, **changes.tables},
        lineage={**intake.lineage, **changes.lineage},
    )
    made = join([
        _assess(looked, intake.editions, days, engine, progress), *_other_editions(looked, day, days, engine)
    ])  # fmt: skip
    progress("scorecard", "")
    targets, judged = _judged_targets(intake, made, day, days)
    made = join([made, _absent(intake, made, targets, judged), _tasks(intake, made, day)])
    made = join([made, _alerts(intake, made, day, seen)])
    first = intake.catalogue.county.plan_years[0]
    years = sorted(
        {int(period) for period in made.figures["period"] if period.isdigit() and int(period) >= first}
    )
    book = Book(
        catalogue=intake.catalogue,
        editions=intake.editions,
        tables={**intake.tables, **made.tables},
        figures=made.figures,
        evidence=made.evidence,
        targets=targets,
        sources=intake.logs["sources"],
        findings=intake.logs["findings"],
        as_of=day,
        days=days,
        edition=edition,
        years=tuple(years),
        public=intake.public,
        withheld=intake.withheld,
        lineage={**intake.lineage, **made.lineage, **judged, "pictures": _pictured_from(intake, made)},
    )
    return _for_the_public(book, intake.hidden) if intake.hidden else book


def _changes(intake: Intake, day: dt.date, image: Edition) -> Assessment:
    """Read land cover under the parcels and inside the lines: of the layers of both and of the rasters."""
    behind = _rasters(intake)

    def take(read: Recorded) -> Assessment:
        found = ingest.read_changes(intake.catalogue, read, intake.withheld, day, image)
        return carried(Assessment(found), read.notes.read | behind)

    ends = oldest_and_newest(intake.catalogue, "land_cover", intake.withheld, day)
    rasters = {one.id: intake.inputs[one.id] for one in ends}
    tables = {name: intake.tables[name] for name in ("parcels", "control_lines") if name in intake.tables}
    said = f"changes {ends} {rasters} {sorted(behind)} {image!r}"
    return intake.steps(said, tables, intake.origin, take)


def _for_the_public(book: Book, hidden: Sequence[Withheld]) -> Book:
    """Take the columns that are not public out of everything that is judged: figures stay as they are."""
    beside = {"figures": book.figures, "targets": book.targets}
    made, emptied = ingest.tables_without({**book.tables, **beside}, book.lineage, hidden)
    return replace(
        book,
        tables={name: frame for name, frame in made.items() if name not in beside},
        figures=made["figures"],
        targets=made["targets"],
        evidence=ingest.evidence_without(book.evidence, hidden),
        emptied=emptied,
    )


def _judged_targets(
    intake: Intake, made: Assessment, day: dt.date, days: Mapping[str, dt.date]
) -> tuple[pd.DataFrame, Lineage]:
    """Judge the targets of each subject as of its own day, in the order of the files; and say of which layers.

    The lineage names `targets:<subject>`.
    """
    every = intake.catalogue.targets
    subjects = [target.measured_by.partition(".")[0] for target in every]
    if not every:
        return scorecard.judge(intake.catalogue, intake.editions, made.figures, day, made.tables), {}
    parts, lineage = [], {}
    for subject in dict.fromkeys(subjects):
        own = [one for one, of in zip(every, subjects, strict=True) if of == subject]
        catalogue = intake.catalogue.model_copy(update={"targets": tuple(own)})
        figures = made.figures[made.figures["indicator"].isin([one.measured_by for one in own])]
        read = Recorded(made.tables, lambda name: made.lineage[name])
        parts.append(scorecard.judge(catalogue, intake.editions, figures, days.get(subject, day), read))
        tabled = ["yearly_targets"] if any(isinstance(one, YearlyTarget) for one in own) else []
        of_figures = union(made.lineage, (f"{FIGURES}{one}" for one in figures["indicator"].unique()))
        lineage[f"{TARGETS}{subject}"] = read.notes.read | of_figures | union(intake.lineage, tabled)
    order = {target.id: at for at, target in enumerate(every)}
    judged = pd.concat(parts, ignore_index=True) if parts[1:] else parts[0]
    return judged.sort_values(
        "target_id", key=lambda ids: ids.map(order), kind="stable", ignore_index=True
    ), lineage


def _absent(intake: Intake, made: Assessment, targets: pd.DataFrame, judged: Lineage) -> Assessment:
    """Make the figures that targets ask for and nothing makes, of the layers that the targets are made of."""
    found = scorecard.absent(intake.catalogue, targets, made.figures, made.evidence)
    return carried(found, union({**judged, **intake.lineage}, [*judged, "yearly_targets"]))


def _tasks(intake: Intake, made: Assessment, day: dt.date) -> Assessment:
    counted = [f"{FIGURES}{one}" for task in intake.catalogue.tasks for one in task.indicators]
    found = scorecard.tasks(intake.catalogue, made.figures, day)
    return carried(Assessment({"tasks": found}), union(made.lineage, counted))


def _alerts(intake: Intake, made: Assessment, day: dt.date, seen: Collection[str]) -> Assessment:
    """Look for alerts; they are made of the tables that were looked at, and of the figures that they name."""
    lineage = {**intake.lineage, **made.lineage}
    read = Recorded({**intake.tables, **made.tables}, lambda name: lineage[name])
    found = scorecard.alerts(intake.noted(read), intake.editions, replace(made, tables=read), day, seen)
    ids = found.tables["alerts"]["figure_id"]
    named = made.figures.loc[made.figures["figure_id"].isin(ids), "indicator"].unique()
    return carried(found, read.notes.read | union(lineage, (f"{FIGURES}{one}" for one in named)))


def _rasters(intake: Intake, kinds: Collection[str] = ("land_cover",)) -> Layers:
    """Give the layers behind rasters: they are read inside the county's boundary."""
    return union(intake.lineage, kinds)


def _pictured_from(intake: Intake, made: Assessment) -> Layers:
    """Give the layers behind the pictures: the rasters, and what says round which parcels they are."""
    lineage = {**intake.lineage, **made.lineage}
    return _rasters(intake, RASTER_KINDS) | union(lineage, ["parcels", "pieces"])


def pictured(book: Book, parcel_ids: Collection[str] | None = None) -> Book:
    """Read the oldest and the newest imagery and land cover round what the pages, or those of some parcels, show.

    Raises
    ------
    FileError, CrsError
        A raster cannot be used.
    """
    ends = [
        one
        for kind in RASTER_KINDS
        for one in oldest_and_newest(book.catalogue, kind, book.withheld, book.as_of)
    ]
    return replace(book, pictures=ingest.read_pictures(ends, book.catalogue, maps.windows(book, parcel_ids)))


def run(  # noqa: PLR0913  what is said, and on what it is worked
    layers: Path,
    out: Path,
    *,
    as_of: dt.date | None = None,
    public: bool = False,
    forced: Sequence[str] = (),
    progress: Progress = quiet,
    tell: lock.Tell = untold,
    engine: Engine | None = None,
) -> tuple[Path, Book | None, Intake]:
    """Do everything: read, assess, judge, draw and publish one edition in `out`.

    Parameters
    ----------
    tell
        Called with who is writing to `out`, where this run must wait.
    engine
        As `judge` takes it.

    Returns
    -------
    index, book, intake
        The page to open; what it shows, or None where the same edition stands already; what was read.

    Raises
    ------
    UsageError
        `out` holds other things, lies in `layers`, or another run writes there for too long.
    """
    catalogue = load(layers)
    place.require_ours(out, layers)
    if catalogue.county.sm3:
        require(SM3)
    work = place.prepare(out)
    with lock.writer(work, tell):
        shelf.sweep(work)
        steps = NOTHING_KEPT if public else _steps(work)
        intake = _read(catalogue, forced, _shelf(work, writes=True), steps, public=public, progress=progress)
        name = _edition(intake, *days_of(intake.tables, as_of))
        if shelf.stands(out, name):
            return out / place.INDEX, None, intake
        book = pictured(judge(intake, as_of, progress, acknowledged.seen(out), engine))
        steps.sweep()
        progress("maps", "")
        pages, drawn = maps.drawn(book)
        book = replace(book, pages=drawn)
        progress("tables", "")
        index = _publish(out, intake, book, pages)
    return index, book, intake


def _publish(out: Path, intake: Intake, book: Book, pages: dict[str, str]) -> Path:
    index = pages.pop(place.INDEX)
    files = files_of(intake.catalogue.folder, intake.inputs, Hashes(out / place.WORK / "hashes.json"))
    return shelf.publish(
        out,
        book.edition,
        pages,
        manifest(book, intake.inputs),
        tables=lambda folder: write_tables(book, intake.logs, folder, files),
        index=lambda link: maps.with_link(index, link.number, link.sha256),
        sm3=book.catalogue.county.sm3,
    )


def _tables(found: Iterable[Ingested]) -> tuple[dict[str, pd.DataFrame], dict[str, Layers]]:
    """Stack what was read by kind, and say which layers each table is made of."""
    by_kind: dict[str, list[pd.DataFrame]] = {}
    lineage: dict[str, Layers] = {}
    for one in found:
        beside = {"sample_marks": one.marks, "source_items": one.source_items}
        for kind, frame in {one.kind: one.table.assign(layer=one.layer), **beside}.items():
            by_kind.setdefault(kind, []).append(frame)
            own = {one.layer} if kind == one.kind or len(frame) else set()
            lineage[kind] = lineage.get(kind, frozenset()) | own
    return {kind: _stack(frames) for kind, frames in by_kind.items()}, lineage


def _stack(frames: list[pd.DataFrame]) -> pd.DataFrame:
    with_rows = [frame for frame in frames if len(frame)] or frames[:1]
    stacked = pd.concat(with_rows, ignore_index=True)
    placed = [frame for frame in with_rows if isinstance(frame, gpd.GeoDataFrame) and frame.crs is not None]
    if placed:
        return gpd.GeoDataFrame(stacked, geometry="geometry", crs=placed[0].crs)
    return stacked


def _logs(found: list[Ingested]) -> dict[str, pd.DataFrame]:
    return {
        log: pd.concat(
            [empty(log), *(frame for one in found if len(frame := getattr(one, log)))], ignore_index=True
        )
        for log in LOGS
    }


def _assess(
    intake: Intake,
    editions: Editions,
    days: Mapping[str, dt.date],
    engine: Engine,
    progress: Progress = quiet,
) -> Assessment:
    made = []
    for subject in (land, water, air, actions):
        name = subject.__name__.removeprefix("gis.")
        day = days.get(name, max(days.values()))
        take = partial(_taken, intake, subject.assess, name, (editions, day, engine, progress))
        said = f"{name} {day} {editions!r} {intake.said(name)}"
        made.append(intake.steps(said, intake.tables, intake.origin, take))
    return join(made)


def _taken(
    intake: Intake,
    assess: Callable[..., Assessment],
    name: str,
    how: tuple[Editions, dt.date, Engine, Progress],
    read: Recorded,
) -> Assessment:
    editions, day, engine, progress = how
    progress("assess", name)
    found = assess(read, intake.noted(read, name), editions, day, engine)
    return carried(found, read.notes.read)


def _subject(target: Target) -> str:
    """Name the room that makes what a target is measured by; actions make all that is no subject's."""
    first = target.measured_by.partition(".")[0]
    return first if first in SUBJECTS else "actions"


def _other_editions(
    intake: Intake, day: dt.date, days: Mapping[str, dt.date], engine: Engine
) -> list[Assessment]:
    """Judge again under the editions that targets name, where another one was in force."""
    wanted = set()
    for target in intake.catalogue.targets:
        last = day if target.carried_forward else min(day, dt.date(int(target.period), 12, 31))
        for family, id_ in target.editions.items():
            if intake.editions.in_force(family, last).id != id_:
                wanted.add((family, id_))
    return [
        Assessment({}, made.figures, made.evidence, _of_figures(made.lineage))
        for family, id_ in sorted(wanted)
        for made in [_assess(intake, intake.editions.force(family, id_), days, engine)]
    ]


def _of_figures(lineage: Lineage) -> Lineage:
    return {name: layers for name, layers in lineage.items() if name.startswith(FIGURES)}


def _edition(intake: Intake, day: dt.date, days: Mapping[str, dt.date]) -> str:
    catalogue = intake.catalogue.model_dump_json(exclude={"folder"})
    code = of_source(Path(gis.__file__).parent)
    editions = repr(intake.editions)
    mark = of_bytes(
        f"{catalogue} {editions} {intake.inputs} {code} {day} {days} {intake.public} {language()}".encode()
    )
    return f"{day}-{mark[:8]}"
