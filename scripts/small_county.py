"""A county that a whole run reads and publishes in seconds: one year of days, a river, some parcels."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

FIGURE = "air.pm25_mean.2021.320581"
COUNTY = """[county]
adcode = "320581"
name = { zh = "小县", en = "Small county" }
extent = [120.0, 31.0, 121.5, 32.0]
plan_years = [2021, 2025]
air_stations = ["一号站"]
"""
LAYER = """
[[layer]]
id = "{id}"
kind = "{kind}"
title = {{ zh = "{id}", en = "{id}" }}
files = ["data/{file}"]
about = {{ source = "test" }}
{more}
"""
LAYERS = (
    ("air_days", "air_days", "空气.csv", ""),
    ("manual", "samples", "手工_*.csv", ""),
    ("sections", "sections", "断面.csv", ""),
    ("parcels", "parcels", "地块.geojson", ""),
    ("red_lines", "control_lines", "红线.geojson", 'line_type = "red_line"'),
)
TARGET = """
[[target]]
id = "pm25_2021"
title = { zh = "PM2.5 低于 75", en = "PM2.5 under 75" }
group = "air"
indicator = "air.pm25_mean"
period = "2021"
goal = { comparator = "<", value = 75, unit = "µg/m³" }
plan = { document = "测试", sentence = "PM2.5 低于 75" }

[[rule]]
id = "in_red_line"
subject = "parcels"
line = "red_line"
verdict = "forbidden"
severity = "high"
clause = "测试"
"""


def county(folder: Path) -> Path:
    """Write the county's folder and give it."""
    (folder / "data").mkdir(parents=True)
    layers = [LAYER.format(id=id_, kind=kind, file=file, more=more) for id_, kind, file, more in LAYERS]
    (folder / "county.toml").write_text("".join([COUNTY, *layers, TARGET]), encoding="utf-8")
    data = folder / "data"
    samples = [f"一号桥,2021-{month:02d}-05,7.5,8.0,0.{month:02d},0.1,3.0" for month in range(1, 13)]
    heads = "断面名称,采样日期,pH,溶解氧,氨氮,总磷,高锰酸盐指数"
    (data / "手工_2021.csv").write_text("\n".join([heads, *samples, ""]), encoding="utf-8")
    (data / "断面.csv").write_text(
        "断面名称,水体类型,断面级别,水质目标,经度,纬度\n一号桥,河流,国考,Ⅲ,120.75,31.65\n", encoding="utf-8"
    )
    _shapes(data / "地块.geojson", [{"图斑编号": f"A{at}"} for at in range(6)], 0.002)
    _shapes(data / "红线.geojson", [{"编号": "R1", "名称": "红线"}], 0.006)
    vary(folder, 0)
    return folder


def vary(folder: Path, edition: int) -> None:
    """Write the days of the air, so that their mean is `mean_of(edition)`."""
    first = dt.date(2021, 1, 1)
    days = [
        f"{first + dt.timedelta(days=at)},一号站,{mean_of(edition):g},100,10,40,0.8,90" for at in range(365)
    ]
    text = "\n".join(["日期,站点名称,PM2.5,PM10,SO2,NO2,CO,O3-8h", *days, ""])
    (folder / "data" / "空气.csv").write_text(text, encoding="utf-8")


def mean_of(edition: int) -> float:
    """Give the PM2.5 mean of a variant of the data."""
    return 20 + edition % 500 / 10


def _shapes(path: Path, rows: list[dict[str, str]], side: float) -> None:
    features = []
    for at, row in enumerate(rows):
        west, south = 120.70 + 0.004 * at, 31.60
        ring = [
            [west, south],
            [west + side, south],
            [west + side, south + side],
            [west, south + side],
            [west, south],
        ]
        features.append(
            {"type": "Feature", "properties": row, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        )
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
