"""What an edition holds beside its pages: every table with its stamps, the quarantine, the manifest."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from sqlite3 import Connection
from typing import Any, get_args

import geopandas as gpd
import pyogrio
import pyproj
import shapely

import gis
from gis.air.surface_tables import grid_and_values
from gis.base.messages import language, shown
from gis.base.tables import BALANCE, Tables
from gis.catalogue import stamps
from gis.catalogue.model import Kind
from gis.maps.book import Book
from gis.store.answers import NAME as ANSWERS
from gis.store.answers import write_answers
from gis.store.raster import write_geotiff
from gis.store.write import write

LOGS = ("sources", "rejects", "superseded", "repairs", "findings", "taken")
LAND_KINDS = ("parcels", "ledger_events", "control_lines", "farmland_cases", "tax", "water_bank")
IMAGE_TABLES = ("land_cover_parcels", "land_cover_patches")
LAND_TABLES = {
    "parcels", "ledger", "counted", "overlaps", "pieces", "contacts", "area_proof", "tax_by_place", "tax_left_out",
    "undated", "unmatched_events", "renewal_pace", "renewal_curve", "renewal_areas", "out_of_tolerance",
    *IMAGE_TABLES,
}  # fmt: skip
MARKS = ("sample_marks", "source_items")
ALERT_KINDS = ("sections", "samples", "stations", "air_hours", "air_days")
NETWORK_TABLES = {"reaches", "section_network"}
PLAIN_TABLES = ("section_", "sample_", "source_", "water_", "lake_", "air_", "actions_")


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


def manifest(book: Book, inputs: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Give what an edition was made of, and its figures.

    Parameters
    ----------
    inputs
        Layer id → file → SHA-256.
    """
    return {
        "edition": book.edition,
        "as_of": str(book.as_of),
        "as_of_by_subject": {subject: str(day) for subject, day in book.days.items()},
        "county": book.catalogue.county.adcode,
        "sample": book.catalogue.county.sample,
        "parameters": {
            "as_of": str(book.as_of),
            "public": book.public,
            "language": language(),
            "editions": dict(book.editions.forced),
        },
        "withheld": list(book.withheld),
        "inputs": dict(inputs),
        "versions": versions(),
        "standards": [
            {
                "id": one.id,
                "standard": one.standard,
                "from": one.start,
                "to": one.end,
                "verified": one.verified,
            }
            for one in book.editions.all
        ],
        "rows": {name: int(book.sources[name].sum()) for name in (*BALANCE, "records")},
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


def answers_of(book: Book, place: Path | None = None, files: Mapping[str, str] | None = None) -> Connection:
    """Write what `gis scorecard` and `gis trace` tell into a new file, or keep it in memory.

    Parameters
    ----------
    files
        The county's files and their hashes, to see what changed since.
    """
    county = book.catalogue.county
    about = {
        "edition": book.edition,
        "as_of": str(book.as_of),
        "public": book.public,
        "editions": sorted(book.editions.forced.values()),
        "towns": [one.code for one in (*county.towns, *county.zones)],
        "stamps": stamps_of(book),
        "files": dict(files or {}),
    }
    tables = {"figures": book.figures, "targets": book.targets, "tasks": book.tables["tasks"]}
    return write_answers(place, about, tables, book.evidence, book.tables)


def write_tables(book: Book, logs: Tables, folder: Path, files: Mapping[str, str]) -> None:
    """Write every table, the answers, the logs of the reading and the quarantined rows of each layer into a folder."""
    from gis.maps.pages import section

    (folder / ANSWERS).parent.mkdir(parents=True, exist_ok=True)
    answers_of(book, folder / ANSWERS, files).close()
    tables = {"figures": book.figures, "targets": book.targets}
    tables |= {name: frame for name, frame in book.tables.items() if len(frame) and name not in MARKS}
    for name, frame in tables.items():
        notes = stamps_of(book, _kinds(name))
        write(frame, folder / "tables" / f"{name}.csv", title=name, stamps=notes)
        if isinstance(frame, gpd.GeoDataFrame):
            write(frame, folder / "tables" / f"{name}.gpkg", title=name, stamps=notes)
    if "air_surface_cells" in tables:
        grid, values = grid_and_values(tables["air_surface"], tables["air_surface_cells"])
        told = {str(name): str(shown(value)) for name, value in tables["air_surface"].iloc[0].items()}
        told |= stamps_of(book, ["stations", "boundaries"])
        path = folder / "tables" / "air_surface.tif"
        write_geotiff(values, path, transform=grid.transform, epsg=grid.epsg, tags=told)
    tables["alerts"] = book.tables["alerts"]
    for name in ("figures", "targets", "alerts"):
        notes = stamps_of(book, _kinds(name))
        write(tables[name], folder / "tables" / f"{name}.xlsx", title=name, stamps=notes)
    for name in LOGS:
        write(logs[name], folder / "tables" / f"{name}.csv", title=name, stamps=stamps_of(book))
    for name, frame in section.records_of(book).items():
        write(frame, folder / name, title="samples", stamps=stamps_of(book, ["samples"]))
    for layer, rows in logs["rejects"].groupby("layer"):
        notes = stamps_of(book, [book.catalogue.layer(str(layer)).kind])
        write(rows, folder / "quarantine" / f"{layer}.csv", title=str(layer), stamps=notes)


def _kinds(table: str) -> list[str] | None:
    if table in LAND_TABLES:
        return [*LAND_KINDS, *(["land_cover"] if table in IMAGE_TABLES else [])]
    if table == "alerts":
        return list(ALERT_KINDS)
    if table in NETWORK_TABLES:
        return ["waters", "sections"]
    return [table] if table in get_args(Kind) else [] if table.startswith(PLAIN_TABLES) else None
