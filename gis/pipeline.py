"""The steps in order: catalogue → ingest → assess → scorecard → maps and tables.

The only module that knows every room. A file whose content did not change is not read again; an
edition that stands already is not built again.
"""

from __future__ import annotations

import datetime as dt
import platform
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, get_args

import geopandas as gpd
import pandas as pd
import pyogrio
import pyproj
import shapely

import gis
from gis import actions, air, ingest, land, maps, scorecard, standards, water
from gis.air.surface_tables import grid_and_values
from gis.base.errors import UsageError
from gis.base.hashing import of_bytes
from gis.base.tables import Assessment, Tables, empty, join
from gis.catalogue import Catalogue, layer_files, load, oldest_and_newest, stamps
from gis.catalogue.model import Kind
from gis.engine import Threads
from gis.ingest import RASTER_KINDS, Ingested
from gis.maps.book import Book
from gis.maps.pages import section
from gis.standards import Editions
from gis.store import alerts as acknowledged
from gis.store import edition as shelf
from gis.store import workspace
from gis.store.hashing import Hashes, of_source
from gis.store.raster import write_geotiff
from gis.store.write import write

Progress = Callable[[str, str], None]
LOGS = ("sources", "rejects", "superseded", "repairs", "findings", "taken")
LAND_KINDS = ("parcels", "ledger_events", "control_lines", "farmland_cases", "tax", "water_bank")
IMAGE_TABLES = ("land_cover_parcels", "land_cover_patches")
LAND_TABLES = {
    "parcels", "ledger", "counted", "overlaps", "pieces", "contacts", "area_proof", "tax_by_place", "tax_left_out",
    "undated", "unmatched_events", "renewal_pace", "renewal_curve", "renewal_areas", "out_of_tolerance",
    *IMAGE_TABLES,
}  # fmt: skip
MARKS = ("sample_marks", "source_items")
READING = ("base", "catalogue", "ingest")
ALERT_KINDS = ("sections", "samples", "stations", "air_hours", "air_days")
NETWORK_TABLES = {"reaches", "section_network"}
PLAIN_TABLES = ("section_", "sample_", "source_", "water_", "lake_", "air_", "actions_")
DATES = {
    "samples": "sampled_at",
    "air_days": "date",
    "air_hours": "time",
    "ledger_events": "date",
}


@dataclass(frozen=True)
class Intake:
    """Everything read: the catalogue, the tables by kind, and the logs of the reading.

    Attributes
    ----------
    logs
        Canonical frames `sources`, `rejects`, `superseded`, `repairs`, `findings`, `taken`.
    inputs
        Layer id → file → SHA-256.
    """

    catalogue: Catalogue
    editions: Editions
    tables: Tables
    logs: Tables
    inputs: dict[str, dict[str, str]]
    public: bool
    withheld: tuple[str, ...]


def quiet(_step: str, _what: str) -> None:
    """Report no progress."""


def take_in(
    layers: Path,
    work: Path,
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
        Folder of accepted data by content hash; safe to delete.
    public
        Leave out layers that are not public: geometry, rows and tooltips alike.
    forced
        Ids of editions that judge the whole series, whatever the date.

    Raises
    ------
    CatalogueError, StandardError, FileError, CrsError
        A file cannot be used; a bad row is a row of `logs["rejects"]` instead.
    """
    catalogue = load(layers)
    editions = standards.load([layers / "standards"]).force_all(forced)
    hashes = Hashes(work / "hashes.json")
    keep = workspace.Shelf(work / "layers", of_source(Path(gis.__file__).parent, READING), hashes)
    shown = [layer for layer in catalogue.layers if not public or layer.about.confidentiality == "public"]
    found: list[Ingested] = []
    inputs: dict[str, dict[str, str]] = {}
    for layer in shown:
        progress("ingest", layer.id)
        paths = layer_files(layer, layers)
        inputs[layer.id] = {path.relative_to(layers).as_posix(): hashes.of(path) for path in paths}
        found.append(ingest.read_layer(layer, catalogue, keep))
    found = ingest.offsets_told(found)
    hashes.save()
    if not public:
        keep.sweep()
    withheld = tuple(layer.id for layer in catalogue.layers if layer not in shown)
    return Intake(catalogue, editions, _tables(found), _logs(found), inputs, public, withheld)


def judge(
    intake: Intake, as_of: dt.date | None = None, progress: Progress = quiet, seen: Collection[str] = ()
) -> Book:
    """Assess every subject, judge the targets and look for alerts.

    Parameters
    ----------
    as_of
        Rows dated later are left aside; default the last date in the data.
    seen
        Ids of the alerts that were acknowledged last.
    """
    day = as_of or last_date(intake.tables)
    image = intake.editions.in_force(land.IMAGE, day)
    changes = ingest.read_changes(intake.catalogue, intake.tables, intake.withheld, day, image)
    looked = replace(intake, tables={**intake.tables, **changes})
    made = join([_assess(looked, intake.editions, day, progress), *_other_editions(looked, day)])
    progress("scorecard", "")
    targets = scorecard.judge(intake.catalogue, intake.editions, made.figures, day)
    made = join([made, scorecard.absent(intake.catalogue, targets, made.figures)])
    everything = replace(made, tables={**intake.tables, **made.tables})
    made = join([made, scorecard.alerts(intake.catalogue, intake.editions, everything, day, seen)])
    first = intake.catalogue.county.plan_years[0]
    years = sorted(
        {int(period) for period in made.figures["period"] if period.isdigit() and int(period) >= first}
    )
    return Book(
        catalogue=intake.catalogue,
        editions=intake.editions,
        tables={**intake.tables, **made.tables},
        figures=made.figures,
        evidence=made.evidence,
        targets=targets,
        sources=intake.logs["sources"],
        findings=intake.logs["findings"],
        as_of=day,
        edition=_edition(intake, day),
        years=tuple(years),
        public=intake.public,
        withheld=intake.withheld,
    )


def pictured(book: Book) -> Book:
    """Read the oldest and the newest imagery and land cover round what the pages show of them.

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
    return replace(book, pictures=ingest.read_pictures(ends, book.catalogue, maps.windows(book)))


def run(
    layers: Path,
    out: Path,
    *,
    as_of: dt.date | None = None,
    public: bool = False,
    forced: Sequence[str] = (),
    progress: Progress = quiet,
) -> tuple[Path, Book | None, Intake]:
    """Do everything: read, assess, judge, draw and publish one edition in `out`.

    Returns
    -------
    index, book, intake
        The page to open; what it shows, or None where the same edition stands already; what was read.
    """
    intake = take_in(layers, out / shelf.WORK, public=public, forced=forced, progress=progress)
    day = as_of or last_date(intake.tables)
    name = _edition(intake, day)
    if shelf.stands(out, name):
        return out / shelf.INDEX, None, intake
    book = pictured(judge(intake, day, progress, acknowledged.seen(out)))
    progress("maps", "")
    pages = maps.render(book)
    progress("tables", "")
    index = shelf.publish(
        out, name, pages, _manifest(intake, book), lambda folder: _write(intake, book, folder)
    )
    return index, book, intake


def last_date(tables: Tables) -> dt.date:
    """Give the last date in the data: the day that figures are about when nobody names one.

    Raises
    ------
    UsageError
        No table holds a date.
    """
    last = [
        (tables[table][column] - pd.Timedelta(minutes=1 if column == "time" else 0)).max()
        for table, column in DATES.items()
        if table in tables and len(tables[table])
    ]
    known = [one for one in last if not pd.isna(one)]
    if not known:
        raise UsageError("no record has a date", fix="give --as-of DATE")
    return max(known).date()


def stamps_of(book: Book, kinds: Iterable[str] | None = None) -> dict[str, str]:
    """Give what every row of a table must carry: sample data, layers in it that are not public.

    Parameters
    ----------
    kinds
        Canonical tables that the table is made of; all when None.
    """
    among = None if kinds is None else set(kinds)
    shown = [layer for layer in book.catalogue.layers if layer.id not in book.withheld]
    used = [layer for layer in shown if among is None or layer.kind in among]
    return stamps(book.catalogue.county, used)


def _tables(found: Iterable[Ingested]) -> dict[str, pd.DataFrame]:
    by_kind: dict[str, list[pd.DataFrame]] = {}
    for one in found:
        by_kind.setdefault(one.kind, []).append(one.table.assign(layer=one.layer))
        by_kind.setdefault("sample_marks", []).append(one.marks)
        by_kind.setdefault("source_items", []).append(one.source_items)
    return {kind: _stack(frames) for kind, frames in by_kind.items()}


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


def _assess(intake: Intake, editions: Editions, day: dt.date, progress: Progress = quiet) -> Assessment:
    made = []
    for subject in (land, water, air, actions):
        progress("assess", subject.__name__.removeprefix("gis."))
        made.append(subject.assess(intake.tables, intake.catalogue, editions, day, Threads()))
    return join(made)


def _other_editions(intake: Intake, day: dt.date) -> list[Assessment]:
    """Judge again under the editions that targets name, where another one was in force."""
    wanted = set()
    for target in intake.catalogue.targets:
        last = day if target.carried_forward else min(day, dt.date(int(target.period), 12, 31))
        for family, id_ in target.editions.items():
            if intake.editions.in_force(family, last).id != id_:
                wanted.add((family, id_))
    return [
        Assessment({}, made.figures, made.evidence)
        for family, id_ in sorted(wanted)
        for made in [_assess(intake, intake.editions.force(family, id_), day)]
    ]


def _edition(intake: Intake, day: dt.date) -> str:
    catalogue = intake.catalogue.model_dump_json(exclude={"folder"})
    code = of_source(Path(gis.__file__).parent)
    editions = repr(intake.editions)
    mark = of_bytes(f"{catalogue} {editions} {intake.inputs} {code} {day} {intake.public}".encode())
    return f"{day}-{mark[:8]}"


def _manifest(intake: Intake, book: Book) -> dict[str, Any]:
    return {
        "edition": book.edition,
        "as_of": str(book.as_of),
        "county": intake.catalogue.county.adcode,
        "sample": intake.catalogue.county.sample,
        "parameters": {
            "as_of": str(book.as_of),
            "public": intake.public,
            "editions": dict(intake.editions.forced),
        },
        "withheld": list(intake.withheld),
        "inputs": intake.inputs,
        "versions": versions(),
        "standards": [
            {
                "id": one.id,
                "standard": one.standard,
                "from": one.start,
                "to": one.end,
                "verified": one.verified,
            }
            for one in intake.editions.all
        ],
        "rows": {
            name: int(intake.logs["sources"][name].sum())
            for name in ("rows_read", "rows_kept", "rows_superseded", "rows_quarantined")
        },
        "figures": {row.figure_id: row.value for row in book.figures.itertuples()},
    }


def versions() -> dict[str, str]:
    """List the versions that a result depends on."""
    packages = ("geopandas", "shapely", "pyogrio", "pyproj", "rasterio", "pandas", "numpy", "folium")
    return {
        "gis": gis.__version__,
        "python": platform.python_version(),
        **{name: version(name) for name in packages},
        "GEOS": shapely.geos_version_string,
        "GDAL": pyogrio.__gdal_version_string__,
        "PROJ": pyproj.proj_version_str,
    }


def _write(intake: Intake, book: Book, folder: Path) -> None:
    tables = {"figures": book.figures, "evidence": book.evidence, "targets": book.targets}
    tables |= {name: frame for name, frame in book.tables.items() if len(frame) and name not in MARKS}
    for name, frame in tables.items():
        notes = stamps_of(book, _kinds(name))
        write(frame, folder / "tables" / f"{name}.csv", title=name, stamps=notes)
        if isinstance(frame, gpd.GeoDataFrame):
            write(frame, folder / "tables" / f"{name}.gpkg", title=name, stamps=notes)
    if "air_surface_cells" in tables:
        grid, values = grid_and_values(tables["air_surface"], tables["air_surface_cells"])
        told = {str(name): str(value) for name, value in tables["air_surface"].iloc[0].items()}
        told |= stamps_of(book, ["stations", "boundaries"])
        path = folder / "tables" / "air_surface.tif"
        write_geotiff(values, path, transform=grid.transform, epsg=grid.epsg, tags=told)
    tables["alerts"] = book.tables["alerts"]
    for name in ("figures", "targets", "alerts"):
        notes = stamps_of(book, _kinds(name))
        write(tables[name], folder / "tables" / f"{name}.xlsx", title=name, stamps=notes)
    for name in LOGS:
        write(intake.logs[name], folder / "tables" / f"{name}.csv", title=name, stamps=stamps_of(book))
    for name, frame in section.records_of(book).items():
        write(frame, folder / name, title="samples", stamps=stamps_of(book, ["samples"]))
    for layer, rows in intake.logs["rejects"].groupby("layer"):
        notes = stamps_of(book, [intake.catalogue.layer(str(layer)).kind])
        write(rows, folder / "quarantine" / f"{layer}.csv", title=str(layer), stamps=notes)


def _kinds(table: str) -> list[str] | None:
    if table in LAND_TABLES:
        return [*LAND_KINDS, *(["land_cover"] if table in IMAGE_TABLES else [])]
    if table == "alerts":
        return list(ALERT_KINDS)
    if table in NETWORK_TABLES:
        return ["waters", "sections"]
    return [table] if table in get_args(Kind) else [] if table.startswith(PLAIN_TABLES) else None
