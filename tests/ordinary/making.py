"""How ordinary files are written, and what must come out of each: the right numbers are worked out here, not by gis."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import shapely
import xlwt
from openpyxl.styles import Alignment, Font
from pyproj import Geod, Transformer

MU = 10_000 / 15
EAST, NORTH = 40_571_000, 3_503_000
TOWNS = ("梅李镇", "海虞镇", "支塘镇", "古里镇", "沙家浜镇")
CGCS2000 = Geod(a=6378137.0, rf=298.257222101)
TO_DEGREES = Transformer.from_crs("EPSG:4528", "EPSG:4490", always_xy=True)


class Total(NamedTuple):
    """The sum of a column of what was written, over the rows where other columns have a value."""

    column: str
    value: float
    where: dict[str, Any] = {}  # noqa: RUF012  a tuple's default
    tol: float = 0.02


class Values(NamedTuple):
    """The values of a column, in order."""

    column: str
    values: Sequence[Any]
    where: dict[str, Any] = {}  # noqa: RUF012  a tuple's default


class Count(NamedTuple):
    """How many rows were written."""

    n: int
    where: dict[str, Any] = {}  # noqa: RUF012  a tuple's default


class Said(NamedTuple):
    """A text of the console."""

    text: str


@dataclass
class Asked:
    """What a person types after `gis`, and what must come of it."""

    words: list[Any]
    right: list[Total | Values | Count | Said] = field(default_factory=list)
    writes: bool = True


FILES: dict[str, Callable[[Path], Asked]] = {}


def ordinary(make: Callable[[Path], Asked]) -> Callable[[Path], Asked]:
    """List an ordinary file by the name of what makes it."""
    FILES[make.__name__] = make
    return make


def sheet(
    path: Path,
    rows: Sequence[Sequence[Any]],
    *,
    title: str | None = None,
    under: Sequence[Any] | None = None,
    notes: Sequence[str] = (),
    merges: Sequence[str] = (),
    of: tuple[openpyxl.Workbook, str] | None = None,
) -> Path:
    """Write one sheet as an office does: a merged title, a line of unit and date, heads, rows, notes.

    `of` is the book that the sheet is added to, and the name of the sheet.
    """
    made, name = of or (openpyxl.Workbook(), "Sheet1")
    page = made.active if of is None else made.create_sheet()
    page.title = name
    width = max(map(len, rows))
    if title:
        page.append([title])
        page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
        page["A1"].font = Font(bold=True, size=16)
        page["A1"].alignment = Alignment(horizontal="center")
    if under:
        page.append(list(under))
    for row in rows:
        page.append(list(row))
    for note in notes:
        page.append([note])
    for merge in merges:
        page.merge_cells(merge)
    made.save(path)
    return path


def old_sheet(path: Path, rows: Sequence[Sequence[Any]], title: str | None = None) -> Path:
    """Write an .xls of Excel 97."""
    made = xlwt.Workbook(encoding="utf-8")
    page = made.add_sheet("Sheet1")
    top = 0
    if title:
        page.write_merge(0, 0, 0, len(rows[0]) - 1, title)
        top = 1
    style = xlwt.easyxf(num_format_str="yyyy/m/d")
    for at, row in enumerate(rows):
        for to, cell in enumerate(row):
            if cell is not None:
                page.write(top + at, to, cell, *([style] if hasattr(cell, "year") else []))
    made.save(str(path))
    return path


def text(path: Path, rows: Sequence[Sequence[Any]], codec: str = "gb18030", by: str = ",") -> Path:
    """Write a text with a sign between cells."""
    lines = [by.join("" if cell is None else str(cell) for cell in row) for row in rows]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(codec))
    return path


def box(x: float, y: float, wide: float, high: float) -> shapely.Polygon:
    """Give a rectangle in zone 40, in metres from a corner in the county."""
    return shapely.box(EAST + x, NORTH + y, EAST + x + wide, NORTH + y + high)


def legal_m2(shape: shapely.Geometry) -> float:
    """Give the area on the ellipsoid of CGCS2000, by geodesics between the corners."""
    ground = shapely.transform(shape, TO_DEGREES.transform, interleaved=False)
    return abs(CGCS2000.geometry_area_perimeter(shapely.orient_polygons(ground))[0])


def legal_mu(*shapes: shapely.Geometry) -> float:
    """Give the same in 亩, of all together."""
    return sum(map(legal_m2, shapes)) / MU


PLOTS = [
    box(0, 0, 100, 66.6667), box(300, 0, 120, 100), box(600, 0, 80, 90), box(0, 400, 150, 60), box(400, 400, 200, 110),
]  # fmt: skip


def parcels(**columns: Sequence[Any]) -> gpd.GeoDataFrame:
    """Give five parcels, with their columns."""
    return gpd.GeoDataFrame(
        pd.DataFrame(columns), geometry=PLOTS[: len(next(iter(columns.values())))], crs=4528
    )


def shapes(path: Path, frame: gpd.GeoDataFrame, codec: str = "gb18030", *, cpg: bool = True) -> Path:
    """Write a shapefile with its names in a code page, with or without the .cpg that says so."""
    pyogrio.write_dataframe(frame, path, driver="ESRI Shapefile", encoding=codec)
    if not cpg:
        path.with_suffix(".cpg").unlink(missing_ok=True)
        raw = bytearray(path.with_suffix(".dbf").read_bytes())
        raw[29] = 0
        path.with_suffix(".dbf").write_bytes(bytes(raw))
    return path


def layer(path: Path, frame: gpd.GeoDataFrame, name: str | None = None, driver: str = "GPKG") -> Path:
    """Write a layer of a GeoPackage or a geodatabase."""
    pyogrio.write_dataframe(frame, path, driver=driver, layer=name or path.stem)
    return path
