"""`gis sheet`: the file that -o names, in either language; what cannot be drawn is said before anything is read."""

import xml.etree.ElementTree as ET

import geopandas as gpd
import pytest
import shapely

from gis.maps.sheet import pdf_file

COUNTY = """[county]
adcode = "320581"
name = { zh = "常熟市", en = "Changshu" }
office = { zh = "某某局", en = "Some Office" }
extent = [120.55, 31.50, 121.05, 31.83]
plan_years = [2021, 2025]
towns = [{ code = "320581101", name = { zh = "梅李镇", en = "Meili" } }]
"""
DAY = ("--as-of", "2025-06-30")
LAYER = """[[layer]]
id = "{id}"
kind = "{kind}"
group = "{group}"
title = {{ zh = "{title}", en = "{id}" }}
files = ["data/{id}.gpkg"]
about = {{ source = "{title}科", confidentiality = "{secret}" }}
"""


@pytest.fixture
def county(tmp_path):
    """A county with its border, one public layer of areas and two parcels that are 内部."""
    folder = tmp_path / "layers"
    (folder / "data").mkdir(parents=True)
    (folder / "county.toml").write_text(COUNTY, encoding="utf-8")
    layers = [("border", "boundaries", "base", "界线", "公开"), ("zones", "features", "lines", "保护区", "公开"),
              ("plots", "parcels", "land", "地块", "内部")]  # fmt: skip
    names = ("id", "kind", "group", "title", "secret")
    text = "".join(LAYER.format(**dict(zip(names, one, strict=True))) for one in layers)
    (folder / "all.toml").write_text(text, encoding="utf-8")
    whole = shapely.box(120.6, 31.55, 121.0, 31.8)
    frames = {
        "border": {"名称": ["常熟市"], "行政区划代码": ["320581"], "级别": ["county"], "geometry": [whole]},
        "zones": {"名称": ["示例区"], "geometry": [shapely.box(120.7, 31.6, 120.8, 31.65)]},
        "plots": {"图斑编号": ["A1", "A2"], "乡镇": ["梅李镇", "梅李镇"], "计划年度": [2024, 2025],
                  "面积(亩)": [20, 20],
                  "geometry": [shapely.box(120.9 + at / 50, 31.7, 120.901 + at / 50, 31.701) for at in (0, 1)]},
    }  # fmt: skip
    for name, rows in frames.items():
        gpd.GeoDataFrame(rows, crs="EPSG:4490").to_file(folder / "data" / f"{name}.gpkg")
    return folder


def texts(path):
    return [one.text for one in ET.parse(path).getroot().iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize(
    ("lang", "title", "internal"),
    [
        ("zh", "常熟市控制线与更新地块图", "内部用图"),
        ("en", "Changshu: control lines and renewal parcels", "For internal use"),
    ],
)
def test_a_sheet_is_written_in_the_language_asked_for(gis, county, lang, title, internal):
    done = gis("--lang", lang, "sheet", "planner", *DAY, "--paper", "a3", "-o", "图.svg")
    assert done.exit_code == 0, done.output
    assert "A3" in done.output
    assert {title, internal} <= {*texts("图.svg")}
    assert any("某某局" in one or "Some Office" in one for one in texts("图.svg"))
    assert not [one for one in texts("图.svg") if "示例数据" in one or "Sample data" in one]


def test_a_public_sheet_leaves_out_what_is_internal(gis, county):
    assert gis("sheet", "planner", *DAY, "-o", "all.svg").exit_code == 0
    assert gis("sheet", "planner", *DAY, "--public", "-o", "public.svg").exit_code == 0
    every, public = ((county.parent / name).read_text("utf-8") for name in ("all.svg", "public.svg"))
    assert "layer-plots" in every or "layer-parcels" in every
    assert "layer-parcels" not in public
    assert "layer-zones" in public
    assert "grid-lines" in every
    assert "grid-lines" not in public
    assert any(one.startswith("Public copy, left out: plots") for one in texts("public.svg"))
    assert {"Internal"} <= {*texts("all.svg")}
    assert "Internal" not in texts("public.svg")


def test_a_pdf_needs_a_font_and_says_so_before_it_reads(gis, county, monkeypatch):
    monkeypatch.setattr(pdf_file, "_of_the_machine", lambda: iter(()))
    done = gis("sheet", "planner", *DAY, "-o", "x.pdf")
    assert done.exit_code == 2
    assert "--font" in done.stderr
    assert not (county.parent / "maps").exists()


def test_a_pdf_is_one_page(gis, county):
    try:
        pdf_file.found()
    except Exception:  # noqa: BLE001  no font is no fault here
        pytest.skip("no Chinese font is here")
    done = gis("sheet", "planner", *DAY, "--year", "2024", "-o", "x.pdf")
    assert done.exit_code == 0, done.output
    data = (county.parent / "x.pdf").read_bytes()
    assert data.startswith(b"%PDF-1.7")
    assert data.count(b"/Type /Page ") == 1


@pytest.mark.parametrize(("words", "said"), [
    (["map", "-o", "x.svg"], "planner"), (["air", "-o", "x.png"], ".svg"), (["air", "-o", "x.html"], ".svg"),
    (["air", "--paper", "A0", "-o", "x.svg"], "A3"), (["planner", "--town", "Nowhere", "-o", "x.svg"], "Meili"),
    (["planner", "--year", "2031", "-o", "x.svg"], "--year"), (["air", "-o", "x.svg"], "gis check"),
])  # fmt: skip
def test_what_cannot_be_drawn_is_refused_with_the_fix(gis, county, words, said):
    done = gis("sheet", *words[:1], *DAY, *words[1:])
    assert done.exit_code == 2
    assert said in done.stderr
    assert not (county.parent / words[-1]).exists()


def test_a_sheet_never_replaces_a_file_by_itself(gis, county):
    (county.parent / "x.svg").write_text("mine")
    assert gis("sheet", "planner", *DAY, "-o", "x.svg").exit_code == 2
    assert (county.parent / "x.svg").read_text() == "mine"
    assert gis("sheet", "planner", *DAY, "-o", "x.svg", "--force").exit_code == 0


def test_the_library_draws_what_the_command_draws(gis, county):
    import gis as library

    said = {"as_of": DAY[1], "paper": "A3"}
    ratio = library.sheet(county, "planner", county.parent / "y.svg", **said)
    assert gis("sheet", "planner", *DAY, "--paper", "A3", "-o", "x.svg", "--force").exit_code == 0
    assert texts(county.parent / "y.svg") == texts(county.parent / "x.svg")
    assert f"1:{ratio:,.0f}" in texts("x.svg")
