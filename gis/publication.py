"""What an edition holds beside its pages: every table with its stamps, the quarantine, the manifest."""

from __future__ import annotations

import datetime as dt
import platform
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import pandas as pd
import pyogrio
import pyproj
import shapely

import gis
from gis.air.surface_tables import grid_and_values
from gis.base.errors import UsageError
from gis.base.hashing import of_file
from gis.base.lineage import FIGURES, Layers, Recorded, union
from gis.base.messages import language, shown
from gis.base.tables import BALANCE, Tables, files_of
from gis.catalogue import stamps
from gis.maps.book import TARGETS, Book, among, noted, points_of
from gis.store.answers import NAME as ANSWERS
from gis.store.answers import write_answers
from gis.store.hashing import of_source
from gis.store.lock import user
from gis.store.points import write as write_points
from gis.store.raster import write_geotiff
from gis.store.write import write

DECIMALS = (3, 4, 5, 6)  # of metres in a file of corners
LOGS = ("sources", "rejects", "superseded", "repairs", "findings", "taken")
MARKS = ("sample_marks", "source_items")


def stamps_of(book: Book, layers: Iterable[str]) -> dict[str, str]:
    """Give what every row made of these layers must carry: sample data, those of them that are not public."""
    return stamps(book.catalogue.county, among(book, layers))


def lineage_of(book: Book) -> dict[str, list[str]]:
    """Give the layers behind every table, the figures of each indicator, the targets and every page: name → ids."""
    names = [*book.tables, *book.lineage, *_WHOLE]
    found = {name: layers_of(book, name) for name in dict.fromkeys(names)} | dict(book.pages)
    return {name: sorted(layers) for name, layers in sorted(found.items())}


def layers_of(book: Book, name: str) -> Layers:
    """Give the layers behind a table, also behind those of all figures and all targets."""
    if name not in _WHOLE:
        return book.layers_of(name)
    return union(book.lineage, (one for one in book.lineage if one.startswith(_WHOLE[name])))


_WHOLE = {"figures": FIGURES, "targets": TARGETS, "evidence": FIGURES}


def manifest(book: Book, inputs: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Give what an edition was made of, and its figures; a public one without who made it.

    Parameters
    ----------
    inputs
        Layer id → file → SHA-256.
    """
    folder = book.catalogue.folder
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
        "run": {"at": f"{dt.datetime.now().astimezone():%Y-%m-%d %H:%M:%S%z}"}
        | ({} if book.public else {"by": user()}),
        "inputs": dict(inputs),
        "rules": {
            path.relative_to(folder).as_posix(): of_file(path)
            for path in sorted((*folder.glob("*.toml"), *folder.glob("standards/*.toml")))
        },
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
        "stamps": stamps_of(book, layers_of(book, "figures")),
        "lineage": lineage_of(book),
    }


def versions() -> dict[str, str]:
    """List the versions that a result depends on."""
    packages = (
        "geopandas", "shapely", "pyogrio", "pyproj", "rasterio", "pandas", "numpy", "folium",
        "openpyxl", "pyarrow", "pykrige", "pymannkendall", "scipy", "xlrd",
    )  # fmt: skip
    return {
        "gis": gis.__version__,
        "code": of_source(Path(gis.__file__).parent),
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
    read = Recorded(book.tables, book.layers_of)
    tables = {"figures": book.figures, "targets": book.targets, "tasks": read["tasks"]}
    told = {str(name) for name in book.evidence["table"].dropna().unique()} & {*book.tables}
    layers = read.notes.read.union(*(layers_of(book, name) for name in ("figures", "targets", *told)))
    about = {
        "edition": book.edition,
        "as_of": str(book.as_of),
        "public": book.public,
        "editions": sorted(book.editions.forced.values()),
        "towns": [one.code for one in (*county.towns, *county.zones)],
        "stamps": stamps_of(book, layers),
        "files": dict(files or {}),
    }
    return write_answers(place, about, tables, book.evidence, book.tables)


def write_tables(book: Book, logs: Tables, folder: Path, files: Mapping[str, str]) -> None:
    """Write every table, the answers, the logs of the reading and the quarantined rows of each layer into a folder."""
    from gis.maps.pages import section

    (folder / ANSWERS).parent.mkdir(parents=True, exist_ok=True)
    answers_of(book, folder / ANSWERS, files).close()
    tables = {"figures": book.figures, "targets": book.targets}
    tables |= {name: frame for name, frame in book.tables.items() if len(frame) and name not in MARKS}
    tables = {name: _public(book, name, frame) for name, frame in tables.items()}
    for name, frame in tables.items():
        notes = stamps_of(book, layers_of(book, name))
        own = files_of(name, frame)
        bare = frame.drop(columns=frame.active_geometry_name) if len(own) > 1 else frame
        for file in own:
            write(bare if ".csv" in file else frame, folder / "tables" / file, title=name, stamps=notes)
    _write_points(book, tables.get("parcels"), folder / "tables")
    if "air_surface_cells" in tables:
        grid, values = grid_and_values(tables["air_surface"], tables["air_surface_cells"])
        told = {str(name): str(shown(value)) for name, value in tables["air_surface"].iloc[0].items()}
        told |= stamps_of(book, layers_of(book, "air_surface") | layers_of(book, "air_surface_cells"))
        path = folder / "tables" / "air_surface.tif"
        write_geotiff(values, path, transform=grid.transform, epsg=grid.epsg, tags=told)
    tables["alerts"] = _public(book, "alerts", book.tables["alerts"])
    for name in ("figures", "targets", "alerts"):
        notes = stamps_of(book, layers_of(book, name))
        write(tables[name], folder / "tables" / f"{name}.xlsx", title=name, stamps=notes)
    for name in LOGS:
        write(
            logs[name],
            folder / "tables" / f"{name}.csv",
            title=name,
            stamps=stamps_of(book, book.every_layer),
        )
    read = noted(book.of("water"))
    for name, frame in section.records_of(read).items():
        write(
            _public(book, "samples", frame),
            folder / name,
            title="samples",
            stamps=stamps_of(book, read.layers_read),
        )
    for layer, rows in logs["rejects"].groupby("layer"):
        notes = stamps_of(book, [str(layer)])
        write(rows, folder / "quarantine" / f"{layer}.csv", title=str(layer), stamps=notes)


def _write_points(book: Book, parcels: pd.DataFrame | None, folder: Path) -> None:
    """Write the corners of the parcels (界址点) for a filing system, with the stamps where it says who made it.

    A file has the millimetres that its finest ring needs.
    """
    county = book.catalogue.county
    stamps_ = map(str, stamps_of(book, layers_of(book, "parcels")).values())
    producer = "；".join([(county.office or county.name).zh, *stamps_])
    for name, (some, zone) in points_of(book, parcels).items():
        for decimals in DECIMALS:
            with suppress(UsageError):  # a ring that vanishes at these decimals
                write_points(
                    some, folder / name, zone=zone, producer=producer, made_on=book.as_of, decimals=decimals
                )
                break


def _public(book: Book, name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out the columns that a public copy emptied."""
    return frame.drop(columns=list(book.emptied.get(name, ())), errors="ignore")
