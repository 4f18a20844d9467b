"""What a file from a desk holds, told from its heads, its geometry and its names."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, get_args

import geopandas as gpd
import numpy as np
import shapely

from gis.base.errors import FileError
from gis.base.tables import TABLES
from gis.catalogue.model import Kind, LineType
from gis.ingest.archive import is_database, members, refuse
from gis.ingest.geodatabase import layers_of_geodatabase
from gis.ingest.geotiff import opened
from gis.ingest.heads import NEEDED as COLUMNS_NEEDED
from gis.ingest.heads import recognised
from gis.ingest.layout import Arrangement, Outside, arrangement
from gis.ingest.layout_labels import MEASURED
from gis.ingest.layout_labels import measured as indicators
from gis.ingest.layout_sheet import around
from gis.ingest.model import Options
from gis.ingest.moments import moment
from gis.ingest.point_table import are_boundary_points
from gis.ingest.points import is_points, read_points
from gis.ingest.published import is_published
from gis.ingest.raster import COLOURS
from gis.ingest.readers import format_of, is_note, raws_of
from gis.ingest.refusals import refusal
from gis.ingest.shapes import NEEDED as SHAPES_NEEDED
from gis.ingest.shapes import POINTS
from gis.ingest.sheet import SHEET_SUFFIXES, pages_of
from gis.ingest.sheet_shape import shape_of
from gis.ingest.unforeseen import in_foreseen
from gis.ingest.values import plain, words
from gis.ingest.vector import LAYERED, layers_of
from gis.ingest.workbook import Page

RASTER_KINDS = ("land_cover", "imagery")
KINDS: tuple[str, ...] = tuple(kind for kind in get_args(Kind) if kind not in RASTER_KINDS)
LINE_TYPES: tuple[str, ...] = get_args(LineType)
RASTERS = frozenset((".tif", ".tiff"))
DATED = frozenset(("sampled_at", "date", "year"))
HOURS, DAYS = AIR = ("air_hours", "air_days")
LOOKED_AT = 40
LEAST_HEADS = 2
UNNAMED_LINE = 2
MARKS = {
    "parcels": frozenset(("area_declared_mu", "plan_year", "approval_no", "land_use_before")),
    "actions": frozenset(("status", "started", "finished", "quantity")),
}


class Look(NamedTuple):
    """Rows of one sheet or layer: the first (heads somewhere among them) and some of the others; types of shapes."""

    rows: list[list[Any]]
    shapes: frozenset[int] | None
    name: str
    outside: Outside = Outside()


@in_foreseen
def guess_kind(path: Path, among: Iterable[str] = KINDS, part: str | None = None) -> str:
    """Tell the canonical table that a file holds.

    Parameters
    ----------
    among
        The kinds that come into question; of two that fit alike the first wins.
    part
        One layer, sheet or member of the file; all when None.

    Returns
    -------
    kind
        The one with most heads recognised whose needed columns are there and whose geometry fits.

    Raises
    ------
    FileError
        The file cannot be read, or no kind fits; the fix lists the kinds.
    """
    refuse(path)
    kinds = list(among)
    if path.suffix.lower() in RASTERS:
        with opened(path) as raster:
            return "imagery" if raster.count >= len(COLOURS) else "land_cover"
    looks = _looks(path, part)
    laid = {kind: [_arranged(look, kind) if kind in MEASURED else None for look in looks] for kind in kinds}
    scores = {kind: max(map(partial(_score, kind=kind), looks, laid[kind]), default=0.0) for kind in kinds}
    if {*AIR} <= {*kinds} and (clocks := _clocks(laid)) is not None:
        scores = {kind: 0.0 if kind in AIR and kind != clocks else score for kind, score in scores.items()}
    best = max(kinds, key=lambda kind: scores[kind])
    if scores[best] <= 0:
        fullest = [max(look.rows, key=lambda row: len({*map(str, row)})) for look in looks if look.rows]
        heads = [str(cell) for row in fullest for cell in row if cell is not None][:LOOKED_AT]
        raise refusal(FileError, "kind_unknown", path, found=", ".join(heads), kinds=", ".join(kinds))
    return best


@in_foreseen
def parts_of(path: Path) -> list[str]:
    """List what `part` may name in a file of several layers: layers of a .gdb or .gpkg, members of a .zip.

    Raises
    ------
    FileError
        The file cannot be read.
    """
    refuse(path)
    suffix = path.suffix.lower()
    if is_database(path):
        return layers_of_geodatabase(path)
    if suffix in LAYERED:
        return layers_of(path)
    if suffix != ".zip":
        return []
    with tempfile.TemporaryDirectory(prefix="gis-") as scratch:
        into = Path(scratch)
        found: list[str] = []
        for one in members(path, into):
            if one.suffix.lower() in LAYERED:
                found += layers_of(one)
            elif (form := format_of(one)) is not None and form.shapes:
                found.append(one.relative_to(into).as_posix())
        return found


def line_type_of(name: str) -> str | None:
    """Tell the kind of control line from a layer's or a file's name; None where it does not say."""
    bare = plain(name)
    for word, kind in words("line_layer").items():
        if word in bare:
            return kind
    return None


def _looks(path: Path, part: str | None) -> list[Look]:
    name = path.name.lower()
    suffix = Path(name.removesuffix(".gz")).suffix
    published = (
        suffix == ".json" and path.is_file() and (name.endswith(".gz") or is_published(path.read_bytes()))
    )
    if path.suffix.lower() == ".txt" and is_points(path):
        return [_layer_look(read_points(path, Options(kind="parcels", layer=path.stem)).frame, path.stem)]
    if suffix in SHEET_SUFFIXES or published:
        pages = [page for page in pages_of(path)[0] if part in (None, page.name)]
        plain_options = Options(kind="samples", layer=path.stem)
        return [
            Look(_some(page), None, page.name or path.stem, around(page, path, plain_options))
            for page in pages if page.grid
        ]  # fmt: skip
    if suffix == ".zip" and part is None:
        with tempfile.TemporaryDirectory(prefix="gis-") as scratch:
            found = [one for one in members(path, Path(scratch)) if format_of(one) and not is_note(one)]
            if found:
                return [look for one in found for look in _looks(one, None)]
    raws = raws_of(path, Options(kind="features", layer=path.stem, part=part))
    return [_layer_look(raw.frame, f"{path.stem} {raw.part}") for raw in raws]


def _some(page: Page) -> list[list[Any]]:
    """Take the first rows and some of all others: the hours of a day may begin far below."""
    below = page.grid[LOOKED_AT:]
    rows = page.grid[:LOOKED_AT] + below[:: len(below) // LOOKED_AT + 1]
    if page.rest is None:
        return rows
    cut = page.rest.iloc[:: len(page.rest) // LOOKED_AT + 1]
    return rows + cut.to_numpy().tolist()


def _clocks(laid: Mapping[str, Sequence[Arrangement | None]]) -> str | None:
    """Say whether the times of air are hours or days: as more heads are known, then the upper; None where neither.

    Heads that stand below the values of the other arrangement of a sheet are another table's.
    """
    both = list(zip(*(laid[kind] for kind in AIR), strict=True))
    found = [
        (one.known, -one.band.top, kind)
        for pair in both
        for kind, one, other in zip(AIR, pair, reversed(pair), strict=True)
        if one is not None and (other is None or one.band.top < other.band.first)
    ]
    return max(found, key=lambda one: one[:2])[2] if found else None


def _arranged(look: Look, kind: str) -> Arrangement | None:
    if look.shapes is not None or not look.rows:
        return None
    return arrangement(_even(look.rows), kind, look.outside)


def _layer_look(frame: Any, name: str) -> Look:
    shapes = None
    if isinstance(frame, gpd.GeoDataFrame):
        types = shapely.get_type_id(frame.geometry.to_numpy())
        shapes = frozenset(int(one) for one in np.unique(types) if one >= 0)
        frame = frame.drop(columns="geometry")
    rows: list[list[Any]] = [[str(head) for head in frame.columns]]
    return Look(rows + frame.head(LOOKED_AT).astype("object").to_numpy().tolist(), shapes, name)


def _score(look: Look, laid: Arrangement | None, kind: str) -> float:
    if _of_points(look, kind):
        return float(LOOKED_AT)
    return laid.known + 1.0 if laid is not None and not laid.flat else _head_score(look, kind)


def _of_points(look: Look, kind: str) -> bool:
    """Tell a sheet whose rows are boundary points of parcels."""
    if kind != "parcels" or look.shapes is not None or not look.rows:
        return False
    heads, body, _ = _heads(look, kind)
    return are_boundary_points(heads, body, kind)


def _head_score(look: Look, kind: str) -> float:
    if not look.rows:
        return 0.0
    heads, body, title = _heads(look, kind)
    columns = [recognised(head, kind) for head in heads]
    known = {name for name in columns if name}
    measured = indicators(kind)
    if measured and not known & measured and not _in_rows(columns, body, kind, measured):
        return 0.0
    if kind == "samples" and known & measured and look.name in title:
        known.add("section")
    if kind in (HOURS, DAYS) and known & measured:
        known.add("station")
    lacking = [
        group for group in COLUMNS_NEEDED.get(kind, ()) if not known & {*group} and not DATED & {*group}
    ]
    if lacking or not _fits(look, kind):
        return 0.0
    score = float(len(known)) + bool(measured)
    if kind in (HOURS, DAYS):
        score += _clock_bonus(columns, body, kind)
    if kind == "control_lines" and "line_type" not in known:
        score += len(heads) if line_type_of(look.name) else -UNNAMED_LINE
    if kind in MARKS and not known & MARKS[kind]:
        score -= 1
    enough = len(known) >= LEAST_HEADS or (look.shapes and known)
    return score if enough else 0.0


def _heads(look: Look, kind: str) -> tuple[list[str], list[list[Any]], str]:
    if look.shapes is not None:
        return look.rows[0], look.rows[1:], ""
    rows = _even(look.rows)
    shape = shape_of(rows, Options(kind=kind, layer=""))
    return shape.heads, rows[shape.first :], shape.title


def _in_rows(
    columns: Sequence[str | None], body: Sequence[Sequence[Any]], kind: str, measured: frozenset[str]
) -> bool:
    if "_indicator" not in columns or "_value" not in columns:
        return False
    at = columns.index("_indicator")
    return any(recognised(row[at], kind) in measured for row in body if at < len(row))


def _fits(look: Look, kind: str) -> bool:
    needed = SHAPES_NEEDED.get(kind)
    if look.shapes is None:
        return needed is None or needed == POINTS or kind in ("parcels", "farmland_cases", "boundaries")
    if "geometry" not in TABLES[kind]:
        return False
    return needed is None or not look.shapes or bool(look.shapes & needed)


def _clock_bonus(columns: Sequence[str | None], body: Sequence[Sequence[Any]], kind: str) -> float:
    at = next((i for i, name in enumerate(columns) if name in ("time", "date")), None)
    if at is None:
        return -1.0
    times = [moment(row[at]) for row in body if at < len(row)]
    clocks = any(isinstance(one, dt.datetime) and (one.hour or one.minute) for one in times)
    return 1.0 if clocks == (kind == HOURS) else -1.0


def _even(rows: list[list[Any]]) -> list[list[Any]]:
    width = max(len(row) for row in rows)
    return [[*row, *[None] * (width - len(row))] for row in rows]
