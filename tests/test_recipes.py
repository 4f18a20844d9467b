"""Adding a layer, a target, an edition or a county needs no code: each is done here in a folder."""

import base64
import io
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from PIL import Image
from unpacked import words

from gis import pipeline

COUNTY = """
[county]
adcode = "{adcode}"
name = {{ zh = "{zh}", en = "{en}" }}
extent = [120.0, 31.0, 121.5, 32.0]
plan_years = [2021, 2025]
air_stations = ["一号站"]

[[layer]]
id = "air_days"
kind = "air_days"
title = {{ zh = "空气日均值", en = "Air days" }}
files = ["data/air.csv"]
group = "air"
about = {{ source = "test" }}
"""
AIR = "日期,站点名称,PM2.5,PM10,SO2,NO2,CO,O3-8h\n" + "".join(
    f"{day:%Y-%m-%d},一号站,70,100,10,40,0.8,90\n" for day in pd.date_range("2021-01-01", "2021-12-31")
)
NOISE = """
[[layer]]
id = "noise_points"
kind = "features"
title = { zh = "噪声监测点", en = "Noise points" }
files = ["data/noise.geojson"]
group = "base"
about = { source = "test" }
"""
TARGET = """
[[target]]
id = "pm25_2021"
title = { zh = "PM2.5 低于 75", en = "PM2.5 under 75" }
group = "air"
indicator = "air.pm25_mean"
period = "2021"
goal = { comparator = "<", value = 75, unit = "µg/m³" }
plan = { document = "测试", sentence = "PM2.5 低于 75" }
"""

LAND = """
[[layer]]
id = "renewal_parcels"
kind = "parcels"
title = { zh = "更新地块", en = "Parcels" }
files = ["data/parcels.geojson"]
about = { source = "test" }

[[layer]]
id = "red_lines"
kind = "control_lines"
line_type = "red_line"
title = { zh = "红线", en = "Red lines" }
files = ["data/lines.geojson"]
about = { source = "test" }

[[rule]]
id = "renewal_in_red_line"
subject = "renewal_parcels"
line = "red_line"
verdict = "forbidden"
severity = "high"
clause = "测试"
"""
IMAGE = """
[[layer]]
id = "image_{year}"
kind = "imagery"
title = {{ zh = "航片", en = "Photograph" }}
files = ["data/{year}.tif"]
about = {{ source = "航测队", date = {year}-05-01, confidentiality = "internal" }}
"""


@pytest.fixture
def layers(tmp_path: Path) -> Path:
    return county(tmp_path / "layers", "320581", "常熟市", "Changshu")


def county(folder: Path, adcode: str, zh: str, en: str) -> Path:
    (folder / "data").mkdir(parents=True)
    (folder / "county.toml").write_text(COUNTY.format(adcode=adcode, zh=zh, en=en), encoding="utf-8")
    (folder / "data" / "air.csv").write_text(AIR, encoding="utf-8")
    return folder


def figure(book, figure_id: str) -> pd.Series:
    return book.figures.set_index("figure_id").loc[figure_id]


def test_a_layer_is_an_entry_and_a_file(layers, tmp_path):
    (layers / "noise.toml").write_text(NOISE, encoding="utf-8")
    (layers / "data" / "noise.geojson").write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"编号":"N1","名称":"文庙"},'
        '"geometry":{"type":"Point","coordinates":[120.75,31.65]}}]}',
        encoding="utf-8",
    )
    _, book, _ = pipeline.run(layers, tmp_path / "out")
    assert book.tables["features"]["name"].tolist() == ["文庙"]
    planner = words((tmp_path / "out" / book.edition / "planner.html").read_text("utf-8"))
    assert "噪声监测点" in planner
    assert "文庙" in planner
    assert (tmp_path / "out" / book.edition / "tables" / "features.gpkg").exists()


def test_a_target_is_an_entry(layers, tmp_path):
    (layers / "targets.toml").write_text(TARGET, encoding="utf-8")
    index, book, _ = pipeline.run(layers, tmp_path / "out")
    row = book.targets.iloc[0]
    assert (row["state"], row["value"], row["gap"]) == ("met", 70, 5)
    assert "PM2.5 低于 75" in index.read_text("utf-8")


def test_an_edition_is_a_file(layers, tmp_path):
    before = pipeline.judge(pipeline.take_in(layers, tmp_path / "work"))
    assert figure(before, "air.good_day_rate.2021.320581")["value"] == 100
    shipped = (Path(pipeline.standards.__file__).parent / "hj633-2026.toml").read_text("utf-8")
    text = shipped.replace("from = 2026-03-01", "from = 2021-07-01\nto = 2025-12-31")
    (layers / "standards").mkdir()
    (layers / "standards" / "hj633-test.toml").write_text(text, encoding="utf-8")
    after = pipeline.judge(pipeline.take_in(layers, tmp_path / "work"))
    found = figure(after, "air.good_day_rate.2021.320581")
    assert found["value"] == pytest.approx(100 * 181 / 365)
    assert "hj633-test" in found["edition"]


def test_a_county_is_a_folder(layers, tmp_path):
    other = county(tmp_path / "zhangjiagang", "320582", "张家港市", "Zhangjiagang")
    index, book, _ = pipeline.run(other, tmp_path / "out")
    assert figure(book, "air.pm25_mean.2021.320582")["value"] == 70
    assert "张家港市" in index.read_text("utf-8")
    assert "常熟" not in index.read_text("utf-8")


def test_photographs_before_and_after_are_two_entries_and_two_files(layers, tmp_path):
    shapes = {
        "parcels": shapely.box(120.75, 31.65, 120.752, 31.652),
        "lines": shapely.box(120.751, 31.6, 120.8, 31.7),
    }
    for name, shape in shapes.items():
        properties = {"图斑编号": "A1"} if name == "parcels" else {"编号": "R1", "名称": "红线"}
        feature = {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)}
        collection = {"type": "FeatureCollection", "features": [feature]}
        (layers / "data" / f"{name}.geojson").write_text(json.dumps(collection), encoding="utf-8")
    colours = {2020: (200, 30, 20), 2022: (9, 9, 9), 2025: (20, 40, 200)}
    place = rasterio.Affine(0.0005, 0, 120.7, 0, -0.0005, 31.7)
    for year, colour in colours.items():
        values = np.broadcast_to(np.array(colour, "uint8")[:, None, None], (3, 200, 200))
        with rasterio.open(
            layers / "data" / f"{year}.tif", "w", driver="GTiff", width=200, height=200, count=3, dtype="uint8",
            crs="EPSG:4326", transform=place,
        ) as file:  # fmt: skip
            file.write(values)
    text = LAND + "".join(IMAGE.format(year=year) for year in colours)
    (layers / "land.toml").write_text(text, encoding="utf-8")
    _, book, _ = pipeline.run(layers, tmp_path / "out", as_of=pd.Timestamp(2025, 12, 31).date())
    page = (tmp_path / "out" / book.edition / "conflicts" / "A1-red_line.html").read_text("utf-8")
    drawn = [
        Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA").getpixel((9, 9))
        for data in re.findall(r'href="data:image/png;base64,([^"]+)"', page)
    ]
    assert drawn == [(*colours[2020], 255), (*colours[2025], 255)]
    assert "航片 · 2020-05-01" in page
    assert "来源：航测队" in page
    assert re.search(r"<b>内部资料</b>.*?航片", page.split("<main")[0])
