"""The command line as a person uses it: in an empty folder, on files from a desk."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from click.testing import Result
from typer.testing import CliRunner

from gis.base.errors import UnforeseenError
from gis.cli.app import app

Gis = Callable[..., Result]


def unforeseen(error: BaseException | None) -> BaseException | None:
    """Find what nobody foresaw behind an exit: a test shall see it with its own traceback."""
    seen = error
    while seen is not None:
        if isinstance(seen, UnforeseenError):
            return seen.__cause__
        seen = seen.__cause__ or seen.__context__
    return None if error is None or isinstance(error, SystemExit) else error


@pytest.fixture
def gis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gis:
    """Run `gis ...` in an empty folder; an exception that nobody foresaw is shown as it is."""
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> Result:
        result = CliRunner().invoke(app, [str(word) for word in words])
        if (fault := unforeseen(result.exception)) is not None:
            raise fault
        return result

    return run


@pytest.fixture
def rectangle(tmp_path: Path) -> Path:
    """A rectangle of 100 m x 66.6667 m in zone 40: by formula (2) 6,665.84 m² = 10.00 亩."""
    box = shapely.box(40_571_000, 3_503_000, 40_571_100, 3_503_066.6667)
    table = {"备注": ["甲"], "图斑编号": ["CS-1"], "乡镇": ["梅李镇"], "面积(亩)": [10.0]}
    frame = gpd.GeoDataFrame(table, geometry=[box], crs="EPSG:4528")
    frame.to_file(tmp_path / "地块.gpkg", layer="地块", driver="GPKG")
    return tmp_path / "地块.gpkg"


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """Layers of a database: the left half of the rectangle is red line, and a layer with a name that says nothing."""
    half = shapely.box(40_570_900, 3_502_900, 40_571_050, 3_503_200)
    for layer in ("STBHHX", "图层1"):
        frame = gpd.GeoDataFrame({"HXBM": ["H1"], "HXMC": ["示例"]}, geometry=[half], crs="EPSG:4528")
        frame.to_file(tmp_path / "控制线.gpkg", layer=layer, driver="GPKG")
    return tmp_path / "控制线.gpkg"


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """Three records: ammonia at class II, phosphorus 0.06 (river II, lake IV), nothing that rates."""
    rows = [
        ["甲断面", "2021-01-05", "8.0", "0.30", "<0.01", "Ⅱ"],
        ["乙断面", "2021-01-05", "8.0", "0.10", "0.06", "Ⅲ"],
        ["丙断面", "2021-02-05", "", "", "", ""],
    ]
    heads = ["断面名称", "采样日期", "溶解氧(mg/L)", "氨氮(mg/L)", "总磷(mg/L)", "水质类别"]
    pd.DataFrame(rows, columns=heads).to_csv(tmp_path / "记录.csv", index=False, encoding="gb18030")
    return tmp_path / "记录.csv"


@pytest.fixture
def sections(tmp_path: Path) -> Path:
    rows = [["甲断面", "河流", "国考", "Ⅲ"], ["乙断面", "湖库", "省考", "Ⅲ"]]
    heads = ["断面名称", "水体类型", "断面级别", "水质目标"]
    pd.DataFrame(rows, columns=heads).to_excel(tmp_path / "断面.xlsx", index=False)
    return tmp_path / "断面.xlsx"


@pytest.fixture
def hours(tmp_path: Path) -> Path:
    """The same hour before and after 2026-03-01: PM2.5 75 is 100 under the old table, above it under the new."""
    rows = [["甲站", "2026-02-28 12:00", 75, 60], ["甲站", "2026-03-01 12:00", 75, 60]]
    pd.DataFrame(rows, columns=["站点名称", "时间", "PM2.5", "PM10"]).to_csv(
        tmp_path / "小时.csv", index=False
    )
    return tmp_path / "小时.csv"


@pytest.fixture
def days(tmp_path: Path) -> Path:
    """Two days: one good (IAQI of PM2.5 35 is 50), one not (PM2.5 115 is 150)."""
    rows = [["甲站", "2021-01-01", 35, 50, 10, 20, 0.5, 80], ["甲站", "2021-01-02", 115, 50, 10, 20, 0.5, 80]]
    heads = ["站点名称", "日期", "PM2.5", "PM10", "SO2", "NO2", "CO(mg/m³)", "O3-8h"]
    pd.DataFrame(rows, columns=heads).to_excel(tmp_path / "日均值.xlsx", index=False)
    return tmp_path / "日均值.xlsx"


def box(x: float, width: float) -> shapely.Polygon:
    return shapely.box(40_571_000 + x, 3_503_000, 40_571_000 + x + width, 3_503_000 + 500)


@pytest.fixture
def editions(tmp_path: Path) -> tuple[Path, Path]:
    """A red line 1,000 m long, and its next edition, 100 m to the east and 50 m longer."""
    for name, x, width in (("红线2020", 0, 1000), ("红线2023", 100, 1050)):
        frame = gpd.GeoDataFrame({"HXBM": ["H1"]}, geometry=[box(x, width)], crs="EPSG:4528")
        frame.to_file(tmp_path / f"{name}.gpkg", layer="STBHHX", driver="GPKG")
    return tmp_path / "红线2020.gpkg", tmp_path / "红线2023.gpkg"


@pytest.fixture
def towns(tmp_path: Path) -> Path:
    table = {
        "行政区划代码": ["320581101", "320581102"],
        "名称": ["梅李镇", "海虞镇"],
        "级别": ["乡镇", "乡镇"],
    }
    frame = gpd.GeoDataFrame(table, geometry=[box(-100, 600), box(500, 900)], crs="EPSG:4528")
    frame.to_file(tmp_path / "乡镇.gpkg", driver="GPKG")
    return tmp_path / "乡镇.gpkg"
