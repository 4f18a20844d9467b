"""What a file is named chooses its driver; its content never does, and nothing leads out of it."""

import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import rasterio
from pyproj import CRS

from gis.base.errors import CrsError, FileError, FormatError
from gis.catalogue.model import Layer
from gis.ingest.archive import members, refuse
from gis.ingest.crs import place
from gis.ingest.geojson import outline
from gis.ingest.geotiff import opened
from gis.ingest.model import Options
from gis.ingest.raster import read_land_cover
from gis.ingest.readers import raws_of
from gis.ingest.vector import read_vector
from tests import zoo

OPTIONS = Options(kind="parcels", layer="renewal_parcels")
LAYER = Layer(
    id="cover", kind="land_cover", title={"zh": "覆盖", "en": "Cover"}, files=["a.tif"], about={"source": "x"}
)
KEPT = {"ESRI Shapefile", "OpenFileGDB", "GPKG", "GeoJSON", "FlatGeobuf", "DXF", "KML", "LIBKML", "GTiff", "MEM",
        "Memory", "COG"}  # fmt: skip


def layer(names: tuple[str, ...] = ("CS-1", "CS-2")) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"TBBH": list(names)}, geometry=[zoo.box(at) for at in range(len(names))], crs=4490
    )


def vrt(folder: Path) -> str:
    folder.mkdir()
    pyogrio.write_dataframe(layer(("机密",)), folder / "other.gpkg", layer="s")
    source = f"<SrcDataSource>{folder}/other.gpkg</SrcDataSource>"
    return f'<OGRVRTDataSource><OGRVRTLayer name="s">{source}</OGRVRTLayer></OGRVRTDataSource>'


@pytest.mark.parametrize("suffix", ["geojson", "json", "gpkg", "shp", "fgb", "parquet", "dbf", "tif"])
@pytest.mark.parametrize("text", ["vrt", "<OGRWFSDataSource/>", "PG:dbname=x", "a,b\n1,2\n", "PK\3\4", ""])
def test_a_text_that_is_named_like_a_layer_is_not_read(tmp_path, suffix, text):
    path = tmp_path / f"地块.{suffix}"
    path.write_text(vrt(tmp_path / "内部") if text == "vrt" else text)
    with pytest.raises(FileError, match=f"^地块.{suffix}: "):
        read_land_cover(path, LAYER) if suffix == "tif" else read_vector(path, OPTIONS)


def test_a_text_in_a_zip_is_not_read_either(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as bundle:
        bundle.writestr("地块.geojson", vrt(tmp_path / "内部"))
    with pytest.raises(FormatError, match=r"^a\.zip/地块\.geojson: .*its content is not"):
        raws_of(tmp_path / "a.zip", OPTIONS)


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"Topology","objects":{},"arcs":[]}',
        '{"geometryType":"esriGeometryPoint","features":[{"attributes":{"a":1}}]}',
        '{"type":"Feature","properties":{},"geometry":null}\n{"type":"Feature","properties":{},"geometry":null}',
        '[{"type":"Feature"}]',
        '{"type":"FeatureCollection","features":[],"crs":{"type":"link","properties":{"href":"http://127.0.0.1:1"}}}',
        '{"type":"FeatureCollection","features":[],"crs":{"type":"url","properties":{"url":"http://127.0.0.1:1"}}}',
        '{"type":"FeatureCollection","features":[],"features":[]}',
        '{"type":"FeatureCollection","features":[{"type":"Feature"',
        '{"type":"FeatureCollection","features":[],"crs":{1}}',
        '{"type":"FeatureCollection","features":' + "[" * 100_000,
        "}{",
    ],
)
def test_another_json_is_no_geojson(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(FileError, match=r"^a\.json: "):
        read_vector(tmp_path / "a.json", OPTIONS)


def test_brackets_and_escapes_in_strings_are_text():
    text = json.dumps(
        {"type": "FeatureCollection", "a": 'x"]}{\\', "features": [{"b": "[,]\\"}, {}]}
    ).encode()
    found = outline(text)
    assert (found.depth, found.deepest, len(found.outer), len(found.spans)) == (0, 3, 2, 1)


def test_the_drivers_of_both_gdals_are_shut():
    code = (
        "import gis, json, pyogrio, rasterio\n"
        "with rasterio.Env() as env: names = set(env.drivers()) | set(pyogrio.list_drivers())\n"
        "print(json.dumps([sorted(names), pyogrio.get_gdal_config_option('PROJ_NETWORK')]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names, network = json.loads(done.stdout)
    assert set(names) <= KEPT
    assert network in (False, "OFF")
    assert done.stderr == ""


@pytest.mark.parametrize("name", ["a.shp", "a.geojson", "a.gpkg", "a.tif", "a.csv"])
def test_what_is_no_file_is_refused_before_it_is_opened(tmp_path, name):
    os.mkfifo(tmp_path / name)
    with pytest.raises(FileError, match="is no file"):
        refuse(tmp_path / name)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / name).mkdir()
    with pytest.raises(FileError, match="is a folder"):
        refuse(tmp_path / "b" / name)


def test_a_device_is_no_file(tmp_path):
    (tmp_path / "a.gpkg").symlink_to("/dev/zero")
    with pytest.raises(FileError, match="is no file"):
        refuse(tmp_path / "a.gpkg")


def test_a_folder_named_gdb_with_other_files_is_no_database(tmp_path):
    (tmp_path / "a.gdb").mkdir()
    pyogrio.write_dataframe(layer(), tmp_path / "a.gdb" / "x.shp")
    with pytest.raises(FormatError, match="is no File Geodatabase"):
        read_vector(tmp_path / "a.gdb", OPTIONS)


@pytest.mark.parametrize(
    "name", ["重要!.shp", "a;b.gpkg", "50%.gpkg", "甲?乙.geojson", "a!b.gdb", "a#b.fgb", "c!/d.shp"]
)
def test_signs_in_a_name_lead_nowhere_else(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    made = tmp_path / f"made{path.suffix}"
    pyogrio.write_dataframe(layer(), made, driver="OpenFileGDB" if path.suffix == ".gdb" else None)
    for one in tmp_path.glob("made.*"):
        one.rename(path.with_suffix(one.suffix))
    (raw,) = read_vector(path, OPTIONS)
    assert len(raw.frame) == 2


@pytest.mark.parametrize("grid", ["/etc/passwd", "http://127.0.0.1:1/x"])
def test_a_crs_that_names_a_file_is_not_used(tmp_path, grid):
    path = tmp_path / "a.shp"
    pyogrio.write_dataframe(layer().to_crs(4549), path)
    text = CRS(4549).to_wkt("WKT1_ESRI").replace("CGCS2000_3_Degree_GK_CM_120E", "local")[:-1]
    grids = f'EXTENSION["PROJ4","+proj=tmerc +lon_0=120 +x_0=500000 +ellps=GRS80 +nadgrids={grid}"]'
    path.with_suffix(".prj").write_text(f"{text},{grids}]")
    (raw,) = read_vector(path, OPTIONS)
    with pytest.raises(CrsError, match="refers to another file"):
        place(raw.frame, raw, OPTIONS)


@pytest.mark.parametrize(
    "text", ["+init=/etc/passwd:1", "+proj=longlat +nadgrids=/etc/passwd", "http://a.cn/1"]
)
def test_a_crs_of_the_catalogue_names_no_file(tmp_path, text):
    pyogrio.write_dataframe(layer(), tmp_path / "a.gpkg")
    (raw,) = read_vector(tmp_path / "a.gpkg", OPTIONS)
    with pytest.raises(CrsError, match="is no CRS that is known"):
        place(raw.frame, raw, Options("parcels", "x", crs=text))


def gpkg(path: Path, *statements: str) -> Path:
    pyogrio.write_dataframe(layer(), path, layer="a")
    base = sqlite3.connect(path)
    for statement in statements:
        base.execute(statement)
    base.execute(
        "INSERT INTO gpkg_contents(table_name, data_type, identifier, srs_id) VALUES('v', 'features', 'v', 4490)"
    )
    base.execute("INSERT INTO gpkg_geometry_columns VALUES('v', 'geom', 'POLYGON', 4490, 0, 0)")
    base.commit()
    base.close()
    return path


@pytest.mark.parametrize(
    "select",
    [
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n AS fid, geom FROM t, a",
        "SELECT fid, geom, ogr_geocode('x') AS g FROM a",
        "SELECT fid, geom, gdal_get_pixel_value('/etc/passwd', 1, 'georef', 1, 1) AS g FROM a",
        "SELECT fid, geom, zeroblob(1000000000) AS g FROM a",
    ],
)
def test_a_view_that_runs_more_than_a_selection_is_refused(tmp_path, select):
    path = gpkg(tmp_path / "a.gpkg", f"CREATE VIEW v AS {select}")
    with pytest.raises(FormatError, match='view "v"'):
        read_vector(path, OPTIONS)


def test_a_plain_view_is_a_layer(tmp_path):
    path = gpkg(
        tmp_path / "a.gpkg", "CREATE VIEW v AS SELECT fid AS OGC_FID, geom, TBBH FROM a WHERE fid = 2"
    )
    (raw,) = read_vector(path, Options("parcels", "x", part="v"))
    assert raw.frame["TBBH"].tolist() == ["CS-2"]


def test_a_virtual_table_is_refused(tmp_path):
    virtual = "'CREATE VIRTUAL TABLE v USING VirtualOGR(''/etc/passwd'')'"
    insert = f"INSERT INTO sqlite_master VALUES('table', 'v', 'v', 0, {virtual})"
    path = gpkg(tmp_path / "a.gpkg", "PRAGMA writable_schema = 1", insert)
    with pytest.raises(FileError, match=r"^a.gpkg: "):
        read_vector(path, OPTIONS)


def raster(path: Path, size: int = 64, **how: object) -> Path:
    with rasterio.open(
        path, "w", driver="GTiff", width=size, height=size, count=1, dtype="uint8", crs="EPSG:4490",
        transform=rasterio.Affine(0.001, 0.0, 120.0, 0.0, -0.001, 31.0), **how,
    ) as made:  # fmt: skip
        if "SPARSE_OK" not in how:
            made.write(np.ones((1, size, size), "uint8"))
    return path


@pytest.mark.parametrize(
    ("beside", "text"),
    [
        ("a.tif.ovr", "<VRTDataset/>"),
        ("a.tif.msk", "<VRTDataset/>"),
        (
            "a.tif.aux.xml",
            "<Metadata domain='OVERVIEWS'><MDI key='OVERVIEW_FILE'>/etc/x.tif</MDI></Metadata>",
        ),
    ],
)
def test_a_file_beside_a_raster_leads_nowhere(tmp_path, beside, text):
    path = raster(tmp_path / "a.tif")
    (tmp_path / beside).write_text(text)
    with pytest.raises(FormatError, match=f"^{beside}: "), opened(path):
        pass


def test_overviews_that_a_raster_has_elsewhere_are_refused(tmp_path):
    path = raster(tmp_path / "a.tif")
    with rasterio.open(path, "r+") as made:
        made.update_tags(ns="OVERVIEWS", OVERVIEW_FILE=str(raster(tmp_path / "secret.tif")))
    with pytest.raises(FormatError, match="refers to another file"), opened(path):
        pass


def test_a_raster_larger_than_its_bytes_is_refused(tmp_path):
    path = raster(
        tmp_path / "a.tif",
        200_000,
        SPARSE_OK=True,
        tiled=True,
        blockxsize=4096,
        blockysize=4096,
        BIGTIFF="YES",
    )
    with pytest.raises(FileError, match="larger than its bytes can hold"), opened(path):
        pass


def test_a_zip_of_zeros_is_refused_before_it_is_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as bundle:
        for number in range(70):
            bundle.writestr(f"{number}.shp", bytes(2**22))
    with pytest.raises(FileError, match="unpacks to more than"):
        members(tmp_path / "a.zip", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_table_that_unpacks_to_more_than_memory_is_refused(tmp_path):
    one = pa.DictionaryArray.from_arrays(pa.array(np.zeros(100_000, np.int32)), ["x" * 1_000_000])
    pq.write_table(pa.table({"a": one}), tmp_path / "a.parquet", store_schema=False)
    with pytest.raises(FileError, match="unpacks to more than"):
        read_vector(tmp_path / "a.parquet", OPTIONS)
    pq.write_table(pa.table({"a": pa.nulls(30_000_000, pa.int8())}), tmp_path / "b.parquet")
    with pytest.raises(FileError, match="more than 20,000,000 rows"):
        read_vector(tmp_path / "b.parquet", OPTIONS)


@pytest.mark.parametrize("suffix", [".shp", ".gpkg", ".gdb", ".geojson", ".fgb", ".parquet"])
def test_reading_changes_no_byte_and_writes_nothing_beside(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    if suffix == ".parquet":
        layer().to_parquet(path)
    else:
        pyogrio.write_dataframe(layer(), path, driver="OpenFileGDB" if suffix == ".gdb" else None)
    before = {one: (one.read_bytes(), one.stat().st_mtime_ns) for one in tmp_path.rglob("*") if one.is_file()}
    (raw,) = read_vector(path, OPTIONS)
    assert len(raw.frame) == 2
    assert {
        one: (one.read_bytes(), one.stat().st_mtime_ns) for one in tmp_path.rglob("*") if one.is_file()
    } == before
