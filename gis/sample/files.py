"""Write the sample county into the formats its users really have, each file in one atomic step.

The known faults in the files are listed in `DEFECTS`; the same list stands beside the data in
示例数据说明.txt.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from gis.sample import air, cover, doubts, economy, goals, lines, parcels, sheets, water
from gis.sample.county import STORED, County, county, drawing
from gis.sample.own import hash_of, record, require_own

Make = Callable[[Path], None]

LDID_GBK = 0x4D
LDID_AT, DATE_AT = 29, slice(1, 4)
DBF_DATE = bytes([125, 11, 3])
CURRENT_DATE = "2025-11-03T00:00:00Z"
SIDECARS = (".shp", ".shx", ".dbf", ".prj")
GDB_SYSTEM = tuple(f"a{i:08x}" for i in range(1, 9))
README = "示例数据说明.txt"


def write(folder: Path, progress: Callable[[str], None] | None = None) -> list[Path]:
    """Write the whole sample county, the same at every call.

    Parameters
    ----------
    folder
        The layers folder; the files go to `folder/data`, an earlier sample there is replaced.
    progress
        Called with the name of each file before it is written.

    Returns
    -------
    paths
        Every file (and the one .gdb folder) written, in order; a shapefile is one.

    Raises
    ------
    UsageError
        The data folder holds files that the sample did not write.
    """
    data = Path(folder) / "data"
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data, prefix=".writing-") as half, _fixed_date():
        staging = Path(half)
        for name, make in _makers(county()).items():
            if progress:
                progress(name)
            make(staging / name)
        _keep_same_tables(staging, data)
        made = {path.name: hash_of(path) for path in sorted(staging.iterdir())}
        require_own(data, made, README)
        for name in made:
            _publish(staging / name, data / name)
        record(data, made)
    return [data / name for name in made if Path(name).suffix not in SIDECARS[1:]]


def _makers(place: County) -> dict[str, Make]:
    tax = {f"{y}年": (f"常熟市{y}年工业企业税收与用地", rows) for y, rows in economy.tax(place).items()}
    covers = [cover.land_cover(place, year) for year in cover.VILLAGES]
    counted = {"统计": ("常熟市年度统计", economy.statistics())}
    return {
        "基础地理.gpkg": partial(_geopackage, _base(place)), "三条控制线.gdb": partial(_control_lines, place),
        "生态空间管控区域.zip": partial(_zipped_shapefile, lines.control_areas(place)),
        **_renewal_makers(place),
        "农村乱占耕地建房.geojson": partial(_geojson, economy.farmland_cases(place)),
        "大气管理示范区.geojson": partial(_geojson, lines.demo_area(place)), **_water_makers(place),
        **_air_makers(), **{f"土地覆盖_{one.year}.tif": partial(cover.write_cover, one) for one in covers},
        **{f"影像_{one.year}.tif": partial(cover.write_image, one) for one in covers},
        "工业企业税收.xlsx": partial(sheets.write_sheets, sheets=tax),
        "年度统计.xlsx": partial(sheets.write_sheets, sheets=counted), **_goal_makers(),
        "行动项目.gpkg": partial(_geopackage, economy.action_layers(place)),
        "行动清单.csv": partial(_csv, economy.action_list(), encoding="utf-8-sig"), README: _readme,
    }  # fmt: skip


def _goal_makers() -> dict[str, Make]:
    return {
        f"年度目标任务分解表_{year}.xlsx": partial(
            sheets.write_sheets, sheets={f"{year}年": (f"常熟市{year}年度目标任务分解表", frame)}
        )
        for year, frame in goals.yearly_tables().items()
    }


def _renewal_makers(place: County) -> dict[str, Make]:
    plots, events = parcels.renewal(place)
    ledger = {f"{year}年": ("常熟市存量建设用地盘活台账", rows) for year, rows in events.items()}
    makers: dict[str, Make] = {
        f"更新地块_{year}.shp": partial(_shapefile, frame) for year, frame in plots.items()
    }
    makers["更新台账.xlsx"] = partial(
        sheets.write_sheets, sheets=ledger, unit_row="单位：亩", total="面积(亩)"
    )
    return makers


def _water_makers(place: County) -> dict[str, Make]:
    values = water.concentrations()
    last = max(values)
    lists = {
        f"{year}年": (f"常熟市{year}年地表水考核断面清单", rows)
        for year, rows in water.section_lists().items()
    }
    makers: dict[str, Make] = {
        "断面清单.xlsx": partial(sheets.write_sheets, sheets=lists),
        "入河排污口.csv": partial(_csv, water.outfalls(place), encoding="gbk"),
        "水域银行.csv": partial(_csv, water.water_bank(), encoding="utf-8"),
    }
    for year, drawn in values.items():
        months = water.month_sheets(year, drawn)
        makers[f"手工监测_{year}.xlsx"] = partial(sheets.write_months, year=year, sheets=months)
    for month, frame in water.automatic_days(values[last]).items():
        makers[f"自动站_{last}-{month:02d}.csv"] = partial(_csv, frame, encoding="utf-8-sig")
    suspect = doubts.suspect_readings(values[last])
    makers[f"自动站_{doubts.STATION}_{last}-10.csv"] = partial(_csv, suspect, encoding="utf-8-sig")
    makers[f"水源地监测_{last}.csv"] = partial(_csv, doubts.source_records(), encoding="utf-8-sig")
    return makers


def _air_makers() -> dict[str, Make]:
    makers: dict[str, Make] = {
        "空气站点.csv": partial(_csv, air.STATIONS, encoding="utf-8"),
        "空气小时值_2025-10.csv": partial(_csv, air.station_hours(), encoding="utf-8"),
    }
    for year, frame in air.station_days().items():
        days = {"日均值": (f"常熟市{year}年环境空气质量日均值", frame)}
        makers[f"空气日均值_{year}.xlsx"] = partial(sheets.write_sheets, sheets=days)
    return makers


def _base(place: County) -> dict[str, gpd.GeoDataFrame]:
    whole = {"行政区划代码": ["320581"], "名称": ["常熟市"], "级别": ["县"]}
    yangtze = {"编号": ["CS-R-00"], "名称": ["长江"], "水体类型": ["河流"]}
    places, waters = {"code": "行政区划代码", "name": "名称"}, {"code": "编号", "name": "名称"}
    wide = gpd.GeoDataFrame(yangtze, geometry=[place.yangtze], crs=STORED)
    lakes = place.lakes.rename(columns=waters).assign(水体类型="湖库")
    return {
        "市域界线": gpd.GeoDataFrame(whole, geometry=[place.outline], crs=STORED),
        "乡镇界": place.towns.rename(columns=places).assign(级别="乡镇"),
        "河流": place.rivers.rename(columns={**waters, "flow": "流向"})
        .assign(水体类型="河流")
        .drop(columns="width_m"),
        "湖泊": pd.concat([lakes, wide], ignore_index=True),
    }


def _control_lines(place: County, path: Path) -> None:
    layers = {
        "STBHHX": lines.red_lines(place),
        "YJJBNTBHTB": lines.basic_farmland(place),
        "CZKFBJ": lines.growth_boundary(place),
    }
    for layer, frame in layers.items():
        pyogrio.write_dataframe(frame, path, layer=layer, driver="OpenFileGDB", promote_to_multi=True)


def _geopackage(layers: dict[str, gpd.GeoDataFrame], path: Path) -> None:
    for layer, frame in layers.items():
        pyogrio.write_dataframe(
            frame, path, layer=layer, driver="GPKG", layer_options={"DESCRIPTION": "示例数据"}
        )


def _shapefile(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write a GBK shapefile as Chinese desktops leave it: code page in the dbf head, no .cpg."""
    pyogrio.write_dataframe(frame, path, driver="ESRI Shapefile", encoding="GBK", geometry_type="Polygon")
    path.with_suffix(".cpg").unlink()
    table = path.with_suffix(".dbf")
    content = bytearray(table.read_bytes())
    content[LDID_AT], content[DATE_AT] = LDID_GBK, DBF_DATE
    table.write_bytes(content)


class _GbkMember(zipfile.ZipInfo):
    """A member whose name is stored in GBK without the UTF-8 flag, as Windows' own zip does in China."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        return self.filename.encode("gbk"), self.flag_bits


def _zipped_shapefile(frame: gpd.GeoDataFrame, path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        shape = Path(folder) / path.with_suffix(".shp").name
        _shapefile(frame, shape)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for suffix in SIDECARS:
                member = shape.with_suffix(suffix)
                archive.writestr(_GbkMember(member.name), member.read_bytes(), zipfile.ZIP_DEFLATED)


def _geojson(frame: gpd.GeoDataFrame, path: Path) -> None:
    rounded = frame.set_geometry(shapely.set_precision(frame.geometry.to_numpy(), 1e-8), crs=frame.crs)
    pyogrio.write_dataframe(rounded, path, driver="GeoJSON", layer="示例数据")


def _csv(frame: pd.DataFrame, path: Path, encoding: str) -> None:
    frame.to_csv(path, index=False, encoding=encoding, lineterminator="\r\n")


def _readme(path: Path) -> None:
    lead = [
        "示例数据 · sample data",
        "地名、河名、断面名为真实名称；图形和数字均为虚构，不代表实际情况。",
        "Names are real; geometry and figures are invented. Known faults, put in on purpose:",
        "",
    ]
    faults = [f"- {one['file']}：{one['text']}" for one in drawing("defects.toml")["defect"]]
    path.write_text("\n".join([*lead, *faults, ""]), encoding="utf-8-sig", newline="\r\n")


def _publish(made: Path, target: Path) -> None:
    if target.is_dir():
        shutil.move(target, made.parent / f"{made.name}.old")
    os.replace(made, target)  # noqa: PTH105  the atomic rename


def _keep_same_tables(staging: Path, data: Path) -> None:
    """Take a geodatabase that stands already for the one just made, where only random ids differ."""
    for made in staging.glob("*.gdb"):
        old = data / made.name
        if old.is_dir() and _same_tables(made, old):
            shutil.rmtree(made)
            shutil.copytree(old, made)


def _same_tables(new: Path, old: Path) -> bool:
    """Tell whether two geodatabases differ at most in their system tables, which hold random ids."""
    names = [sorted(path.name for path in folder.iterdir()) for folder in (new, old)]
    return names[0] == names[1] and all(
        (new / name).read_bytes() == (old / name).read_bytes()
        for name in names[0]
        if not name.startswith(GDB_SYSTEM)
    )


@contextmanager
def _fixed_date() -> Iterator[None]:
    """Let GeoPackages carry the sample's date instead of the clock's."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": CURRENT_DATE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
