"""The files of the sample, read back with the tools of their users."""

import hashlib
import zipfile
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
import rasterio

from gis.catalogue.load import load
from gis.sample import write
from gis.sample.county import drawing

SHIPPED = Path(__file__).parents[2] / "layers"


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """Write into a new folder, then again; the digests after each writing."""
    folder = tmp_path_factory.mktemp("layers")
    assert all(path.exists() for path in write(folder))
    first = _digests(folder)
    write(folder)
    return folder, first, _digests(folder)


@pytest.fixture(scope="module")
def data(twice):
    return twice[0] / "data"


def test_a_second_writing_leaves_the_same_bytes_and_nothing_half_done(twice):
    _, first, second = twice
    assert first == second


def test_every_layer_of_the_shipped_catalogue_finds_its_file(data):
    catalogue = load(SHIPPED, check_files=False)
    missing = [f for layer in catalogue.layers for f in layer.files if not list(data.parent.glob(f))]
    assert missing == []


def test_every_part_of_the_shipped_catalogue_is_a_layer_of_its_file(data):
    for layer in load(SHIPPED, check_files=False).layers:
        if layer.part:
            names = [name for name, _ in pyogrio.list_layers(data.parent / layer.files[0])]
            assert layer.part in names


def test_parcels_are_gbk_shapefiles_that_only_the_dbf_head_tells(data):
    for path in sorted(data.glob("更新地块_*.dbf")):
        assert path.read_bytes()[29] == 0x4D
        assert not path.with_suffix(".cpg").exists()
    parcels = gpd.read_file(data / "更新地块_2021.shp", encoding="GBK")
    assert parcels.crs.to_epsg() == 4528
    assert list(parcels.columns[:3]) == ["图斑编号", "地块名称", "乡镇"]
    assert "面积(公顷)" in parcels


def test_control_areas_are_zipped_with_gbk_names_and_no_utf8_flag(data):
    with zipfile.ZipFile(data / "生态空间管控区域.zip") as archive:
        members = archive.infolist()
    assert all(not member.flag_bits & 0x800 for member in members)
    assert [member.filename.encode("cp437").decode("gbk") for member in members] == [
        f"生态空间管控区域{suffix}" for suffix in (".shp", ".shx", ".dbf", ".prj")
    ]


def test_every_sheet_of_every_workbook_says_sample_data(data):
    for path in sorted(data.glob("*.xlsx")):
        with closing(openpyxl.load_workbook(path, read_only=True)) as book:
            assert all("示例数据" in str(sheet.cell(1, 1).value) for sheet in book), path.name


def test_a_month_has_a_title_a_two_row_head_a_mean_and_a_limit_row(data):
    book = openpyxl.load_workbook(data / "手工监测_2021.xlsx")
    assert book.sheetnames == [f"{month}月" for month in range(1, 13)]
    sheet = book["1月"]
    assert sheet["A1"].value == "常熟市2021年1月地表水手工监测结果（示例数据）"
    assert (sheet["A2"].value, sheet["D2"].value, sheet["D3"].value) == ("断面编码", "水温", "℃")
    assert "A2:A3" in {str(merged) for merged in sheet.merged_cells.ranges}
    assert [sheet.cell(sheet.max_row - 1 + i, 1).value for i in (0, 1)] == ["平均值", "Ⅲ类标准"]


def test_all_notations_of_not_measured_are_there(data):
    with closing(openpyxl.load_workbook(data / "手工监测_2021.xlsx", read_only=True)) as book:
        cells = {str(one) for sheet in book for row in sheet.iter_rows(values_only=True) for one in row}
    assert {"未检出", "-", "--", "*", "0.025L", "4.2.1"} <= cells
    assert any(cell.startswith("<0.") for cell in cells)


def test_two_months_have_their_date_in_the_title_only(data):
    for year in (2022, 2023):
        sheet = openpyxl.load_workbook(data / f"手工监测_{year}.xlsx")["3月"]
        assert "采样日期" not in [cell.value for cell in sheet[2]]
        assert f"{year}年3月" in sheet["A1"].value


def test_from_september_2025_two_sections_have_automatic_readings_only(data):
    heads = ["A", "B"]
    september = pd.read_excel(
        data / "手工监测_2025.xlsx", sheet_name="9月", header=None, names=heads, usecols="A,B"
    )
    august = pd.read_excel(
        data / "手工监测_2025.xlsx", sheet_name="8月", header=None, names=heads, usecols="A,B"
    )
    stations = pd.read_csv(data / "自动站_2025-09.csv", encoding="utf-8-sig")
    assert set(august["B"]) - set(september["B"]) == {"昆承湖心", "沈家市"} == set(stations["断面名称"])


def test_untrusted_text_is_stored_as_text_never_as_a_formula(data):
    sheet = openpyxl.load_workbook(data / "工业企业税收.xlsx")["2021年"]
    names = [cell for (cell,) in sheet.iter_rows(min_col=2, max_col=2, min_row=3)]
    odd = [cell for cell in names if str(cell.value).startswith(("=", "<script"))]
    assert len(odd) == 2
    assert all(cell.data_type == "s" for cell in odd)


def test_land_cover_has_worldcover_codes_and_grows_only_in_built_up_land(data):
    codes = {}
    for year in (2020, 2025):
        with rasterio.open(data / f"土地覆盖_{year}.tif") as file:
            assert (file.crs.to_epsg(), file.nodata, file.dtypes) == (4490, 0, ("uint8",))
            codes[year] = file.read(1)
    assert set(codes[2025].ravel()) == {0, 10, 30, 40, 50, 60, 80, 90}
    changed = codes[2020] != codes[2025]
    assert changed.any()
    assert (codes[2025][changed] == 50).all()


def test_imagery_is_small_and_says_that_it_is_no_real_image(data):
    for year in (2020, 2025):
        path = data / f"影像_{year}.tif"
        assert path.stat().st_size < 300_000
        with rasterio.open(path) as file, rasterio.open(data / f"土地覆盖_{year}.tif") as cover:
            assert (file.count, file.dtypes[0], file.nodata) == (3, "uint8", 0)
            assert "示例数据" in file.tags()["TITLE"]
            assert ((file.read() == 0).all(axis=0) == (cover.read(1) == 0)).all()


def test_the_note_beside_the_data_lists_every_known_fault(data):
    note = (data / "示例数据说明.txt").read_text(encoding="utf-8-sig")
    assert all(f"- {one['file']}：{one['text']}" in note for one in drawing("defects.toml")["defect"])


def _digests(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
