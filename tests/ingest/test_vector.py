"""Vector files in every format their users have, and what is told about each."""

import json
import math
import shutil
import sqlite3
import struct
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from gis.base.errors import CrsError, FileError, FormatError
from gis.base.messages import restored, shown
from gis.ingest.crs import place
from gis.ingest.model import Options
from gis.ingest.readers import raws_of
from gis.ingest.repair import repair
from gis.ingest.vector import read_vector
from tests import zoo
from tests.ingest.zips import gbk_zip

OPTIONS = Options(kind="parcels", layer="renewal_parcels")
ANY = Options(kind="features", layer="features")


def parcels() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"图斑编号": ["CS-1", "CS-2"], "乡镇": ["虞山街道", "沙家浜镇"], "面积": [1.5, 2.0]},
        geometry=[zoo.box(), zoo.box(2)],
        crs="EPSG:4490",
    ).to_crs(4528)


def codes(raw) -> set[str]:
    return {code for code, _ in raw.findings}


def gbk_shapefile(folder: Path, name: str = "更新地块_2021") -> Path:
    path = folder / f"{name}.shp"
    pyogrio.write_dataframe(parcels(), path, encoding="GBK")
    path.with_suffix(".cpg").unlink()
    return path


@pytest.mark.parametrize("suffix", [".shp", ".gpkg", ".gdb", ".geojson", ".parquet"])
def test_every_format_gives_the_same_rows_heads_and_places(tmp_path, suffix):
    path, frame = tmp_path / f"地块{suffix}", parcels()
    if suffix == ".geojson":
        frame = frame.to_crs(4490)
    if suffix == ".parquet":
        frame.to_parquet(path)
    elif suffix == ".shp":
        pyogrio.write_dataframe(frame, path, encoding="GBK")
    else:
        driver = {".gdb": "OpenFileGDB"}.get(suffix)
        pyogrio.write_dataframe(frame, path, layer="地块", driver=driver)
    (raw,) = read_vector(path, OPTIONS)
    assert raw.frame.columns.tolist() == ["图斑编号", "乡镇", "面积", "geometry"]
    assert raw.frame["乡镇"].tolist() == ["虞山街道", "沙家浜镇"]
    assert raw.rows.tolist() == [1, 2]
    assert raw.frame.crs is not None
    assert raw.frame.geometry.iloc[1].equals_exact(frame.geometry.iloc[1], 1e-3) or suffix in (".gdb", ".shp")
    assert raw.part == ("地块" if suffix in (".gpkg", ".gdb") else "")


def test_a_gbk_shapefile_without_cpg_says_what_was_chosen_and_why(tmp_path):
    (raw,) = read_vector(gbk_shapefile(tmp_path), OPTIONS)
    assert raw.encoding == "gb18030"
    assert "strictly gb18030" in raw.encoding_reason
    assert raw.reader.startswith("pyogrio")


def test_text_cut_in_the_middle_of_a_character_is_kept_and_reported(tmp_path):
    path = gbk_shapefile(tmp_path)
    dbf = path.with_suffix(".dbf")
    dbf.write_bytes(
        dbf.read_bytes().replace("虞山街道".encode("gbk") + b" ", "虞山街道".encode("gbk")[:7] + b"  ")
    )
    (raw,) = read_vector(path, OPTIONS)
    assert raw.frame["乡镇"].tolist() == ["虞山街", "沙家浜镇"]
    assert "text_cut" in codes(raw)


def test_a_shp_without_shx_is_read_from_a_copy_and_its_folder_is_not_touched(tmp_path):
    path = gbk_shapefile(tmp_path)
    path.with_suffix(".shx").unlink()
    before = sorted(tmp_path.iterdir())
    (raw,) = read_vector(path, OPTIONS)
    assert raw.frame["图斑编号"].tolist() == ["CS-1", "CS-2"]
    assert "shx_restored" in codes(raw)
    assert sorted(tmp_path.iterdir()) == before
    assert not pyogrio.get_gdal_config_option("SHAPE_RESTORE_SHX")


def test_a_shp_without_dbf_is_read_and_told(tmp_path):
    path = gbk_shapefile(tmp_path)
    path.with_suffix(".dbf").unlink()
    (raw,) = read_vector(path, OPTIONS)
    assert len(raw.frame) == 2
    assert codes(raw) == {"dbf_missing"}


def test_a_deleted_row_of_the_dbf_is_not_read(tmp_path):
    path = gbk_shapefile(tmp_path)
    dbf = path.with_suffix(".dbf")
    data = bytearray(dbf.read_bytes())
    data[struct.unpack_from("<H", data, 8)[0]] = ord("*")
    dbf.write_bytes(bytes(data))
    (raw,) = read_vector(path, OPTIONS)
    assert raw.frame["图斑编号"].tolist() == ["CS-2"]


def test_a_zip_gives_its_shapefiles_with_gbk_member_names(tmp_path):
    path = gbk_shapefile(tmp_path)
    files = {one.name: one.read_bytes() for one in tmp_path.iterdir() if one.stem == path.stem}
    bundle = gbk_zip(tmp_path / "控制区.zip", files)
    (raw,) = raws_of(bundle, OPTIONS)
    assert (raw.path, raw.part) == (bundle, "更新地块_2021.shp")
    assert raw.frame["乡镇"].tolist() == ["虞山街道", "沙家浜镇"]


def test_a_zipped_database_gives_each_layer(tmp_path):
    for layer in ("STBHHX", "CZKFBJ"):
        pyogrio.write_dataframe(
            parcels(), tmp_path / "线.gdb", layer=layer, driver="OpenFileGDB", append=False
        )
    shutil.make_archive(str(tmp_path / "线"), "zip", tmp_path, "线.gdb")
    raws = raws_of(tmp_path / "线.zip", OPTIONS)
    assert {raw.part for raw in raws} == {"线.gdb/STBHHX", "线.gdb/CZKFBJ"}
    (one,) = raws_of(tmp_path / "线.zip", Options("parcels", "x", part="STBHHX"))
    assert one.part == "线.gdb/STBHHX"


def test_part_selects_a_layer_and_a_wrong_one_names_the_nearest(tmp_path):
    path = tmp_path / "基础地理.gpkg"
    for layer in ("市域界线", "乡镇界"):
        pyogrio.write_dataframe(parcels(), path, layer=layer)
    pyogrio.write_dataframe(pd.DataFrame({"a": [1]}), path, layer="说明")
    assert [raw.part for raw in read_vector(path, OPTIONS)] == ["市域界线", "乡镇界"]
    assert [raw.part for raw in read_vector(path, Options("parcels", "x", part="乡镇界"))] == ["乡镇界"]
    with pytest.raises(FileError) as error:
        read_vector(path, Options("parcels", "x", part="乡镇"))
    assert str(error.value) == (
        '基础地理.gpkg: has no layer "乡镇"\n  found  市域界线, 乡镇界, 说明\n  fix    part = "乡镇界"'
    )


def test_heights_and_measures_are_dropped_and_reported(tmp_path):
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=[zoo.VALID["height"]], crs=4490)
    pyogrio.write_dataframe(frame, tmp_path / "z.gpkg")
    (raw,) = read_vector(tmp_path / "z.gpkg", OPTIONS)
    assert not raw.frame.geometry.has_z.any()
    assert "z_or_m_dropped" in codes(raw)
    path = tmp_path / "m.shp"
    content = struct.pack("<i3d", 21, 120.7, 31.6, 5.0)
    head = struct.pack(">i20xi", 9994, (100 + 8 + len(content)) // 2) + struct.pack("<ii64x", 1000, 21)
    path.write_bytes(head + struct.pack(">ii", 1, len(content) // 2) + content)
    (raw,) = read_vector(path, Options("stations", "x"))
    assert raw.frame.geometry.iloc[0].wkt == "POINT (120.7 31.6)"
    assert any("Measured (M)" in message for _, message in raw.findings)


def test_curves_are_linearised_and_reported(tmp_path):
    path = tmp_path / "c.gpkg"
    pyogrio.write_dataframe(gpd.GeoDataFrame({"a": [1]}, geometry=[zoo.box()], crs=4490), path, layer="c")
    base = sqlite3.connect(path)
    for (name,) in base.execute("select name from sqlite_master where type = 'trigger'").fetchall():
        base.execute(f'drop trigger "{name}"')
    blob = base.execute("select geom from c").fetchone()[0]
    circle = [(120.7, 31.6), (120.75, 31.65), (120.8, 31.6), (120.75, 31.55), (120.7, 31.6)]
    curve = struct.pack("<BIIBII", 1, 10, 1, 1, 8, 5) + b"".join(struct.pack("<dd", *xy) for xy in circle)
    base.execute("update c set geom = ?", (blob[:40] + curve,))
    base.execute("update gpkg_geometry_columns set geometry_type_name = 'CURVEPOLYGON'")
    base.execute("pragma writable_schema = 1")
    base.execute("update sqlite_master set sql = replace(sql, 'POLYGON', 'CURVEPOLYGON') where name = 'c'")
    base.commit()
    base.close()
    (raw,) = read_vector(path, OPTIONS)
    assert raw.frame.geometry.iloc[0].area == pytest.approx(3.14159 * 0.05**2, rel=1e-2)
    assert "curves_linearised" in codes(raw)


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        ("parcels", {"square", "multi", "collection"}),
        ("waters", {"square", "multi", "line", "collection"}),
        ("stations", {"point", "collection"}),
        ("features", {"square", "multi", "line", "point", "collection"}),
        ("actions", {"square", "multi", "line", "point", "collection", "missing", "empty"}),
    ],
)
def test_a_geometry_that_the_kind_cannot_use_is_rejected_with_its_row(tmp_path, kind, kept):
    animals = {name: zoo.VALID[name] for name in ("square", "multi")} | zoo.NOTHING | zoo.OTHERS
    frame = zoo.frame(animals).drop(columns="source_row")
    frame.to_parquet(tmp_path / "zoo.parquet")
    (raw,) = read_vector(tmp_path / "zoo.parquet", Options(kind, "zoo"))
    assert set(raw.frame["name"]) == kept
    assert len(raw.frame) + len(raw.rejects) == len(animals)
    order = list(animals)
    for row in raw.rejects.itertuples():
        assert f'"name": "{order[row.source_row - 1]}"' in row.record
        assert restored(row.reason) is not None
    assert raw.rows.loc[raw.frame.index].tolist() == [order.index(name) + 1 for name in raw.frame["name"]]


def test_geojson_in_gbk_is_read_as_chinese(tmp_path):
    path = tmp_path / "a.geojson"
    pyogrio.write_dataframe(parcels().to_crs(4490), path)
    path.write_bytes(path.read_text(encoding="utf-8").encode("gbk"))
    (raw,) = read_vector(path, OPTIONS)
    assert raw.frame["乡镇"].tolist() == ["虞山街道", "沙家浜镇"]
    assert raw.encoding == "gb18030"


@pytest.mark.parametrize("suffix", [".gpkg", ".gdb", ".geojson", ".fgb", ".parquet"])
def test_an_empty_layer_is_no_error(tmp_path, suffix):
    path, frame = tmp_path / f"空{suffix}", parcels().iloc[:0]
    if suffix == ".parquet":
        frame.to_parquet(path)
    else:
        driver = {".gdb": "OpenFileGDB"}.get(suffix)
        encoding = "GBK" if suffix == ".shp" else None
        pyogrio.write_dataframe(frame, path, geometry_type="Polygon", driver=driver, encoding=encoding)
    (raw,) = read_vector(path, OPTIONS)
    after = repair(place(raw.frame, raw, OPTIONS).frame, "a")[0]
    assert (len(after), len(raw.rows), len(raw.rejects)) == (0, 0, 0)
    assert after.crs.to_epsg() == 4490


@pytest.mark.parametrize("suffix", [".shp", ".gpkg", ".geojson", ".parquet", ".zip", ".fgb"])
def test_a_broken_file_is_one_clear_error(tmp_path, suffix):
    path = tmp_path / f"坏{suffix}"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(FileError, match=f"坏{suffix}: "):
        raws_of(path, OPTIONS)


def test_a_prj_that_cannot_be_read_is_named(tmp_path):
    path = gbk_shapefile(tmp_path)
    path.with_suffix(".prj").write_text('PROJCS["CGCS2000_3_Degree_GK_Zone_40",GEOGCS["x"')
    with pytest.raises(CrsError, match=r"cannot be read(.|\n)*correct the \.prj"):
        read_vector(path, OPTIONS)


def test_one_ring_that_is_not_closed_costs_one_row(tmp_path):
    path = tmp_path / "a.geojson"
    pyogrio.write_dataframe(parcels().to_crs(4490), path)
    data = json.loads(path.read_text(encoding="utf-8"))
    ring = data["features"][1]["geometry"]["coordinates"][0]
    ring[-1] = [120.9, 31.6]
    path.write_text(json.dumps(data), encoding="utf-8")
    (raw,) = read_vector(path, OPTIONS)
    assert raw.rows.tolist() == [1]
    assert raw.rejects["source_row"].tolist() == [2]
    assert "closed linestring" in dict(raw.findings)["reader"]


def test_an_unknown_suffix_lists_what_is_read(tmp_path):
    (tmp_path / "a.xyz").touch()
    with pytest.raises(FormatError, match=r"\.gpkg"):
        read_vector(tmp_path / "a.xyz", OPTIONS)


@pytest.mark.real
def test_repeated_heads_of_a_real_table_are_numbered_and_reported(shared):
    (raw,) = read_vector(shared / "messy" / "dbf__duplicate_fields.dbf", Options("statistics", "x"))
    assert {"unemployed", "unemployed_2", "not_in_lab", "not_in_lab_2"} <= set(raw.frame.columns)
    told = dict(raw.findings)
    assert "unemployed ×2, not_in_lab ×2" in told["heads_repeated"]
    assert "employed_w" in told["heads_full"]
    assert len(raw.frame) == 5


@pytest.mark.real
@pytest.mark.parametrize("name", ["dbf__ldid__chinese.shp", "issues__193__gauss_kruger.shp"])
def test_real_shapes_without_shx_are_read(shared, name):
    (raw,) = read_vector(shared / "messy" / name, ANY)
    assert len(raw.frame) + len(raw.rejects) > 0
    assert "shx_restored" in codes(raw)


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "crs"),
    [
        ("nl__brpgewaspercelen_definitief_2023.gpkg", 28992),
        ("jp__jp_field_polygons_2024.parquet", 6668),
        ("india_10k__india_10k.zip", 4326),
    ],
)
def test_real_parcels_of_other_countries_are_read(shared, name, crs):
    (raw,) = raws_of(shared / "parcels" / name, OPTIONS)
    assert len(raw.frame) == 100
    assert raw.frame.crs.to_epsg() == crs
    assert shapely.is_valid(raw.frame.geometry.to_numpy()).all()


def test_a_prj_in_gbk_is_read_from_a_recoded_copy(tmp_path):
    path = gbk_shapefile(tmp_path)
    prj = path.with_suffix(".prj")
    prj.write_bytes(prj.read_text().replace("CGCS2000_3_Degree_GK_Zone_40", "常熟市坐标系").encode("gbk"))
    (raw,) = read_vector(path, OPTIONS)
    assert "prj_recoded" in codes(raw)
    assert raw.frame.crs.name == "常熟市坐标系"
    assert (
        len(place(raw.frame, raw, Options("parcels", "x", extent=(120.55, 31.5, 121.05, 31.83))).frame) == 2
    )


def circle(radius: float) -> bytes:
    """A circle round the middle of zone 40, five points of arcs, as GeoPackage stores it."""
    x, y = 40_567_000.0, 3_510_000.0
    round_ = [(x, y + radius), (x + radius, y), (x, y - radius), (x - radius, y), (x, y + radius)]
    head = b"GP\0\1" + struct.pack("<i", 4528)
    body = struct.pack("<BIIBII", 1, 10, 1, 1, 8, 5) + b"".join(struct.pack("<dd", *xy) for xy in round_)
    return head + body


@pytest.mark.parametrize("radius", [5.0, 50.0, 5000.0])
def test_a_circle_in_arcs_has_its_area(tmp_path, radius):
    path = tmp_path / "c.gpkg"
    pyogrio.write_dataframe(
        gpd.GeoDataFrame({"a": [1]}, geometry=[zoo.box()], crs=4490).to_crs(4528), path, layer="c"
    )
    base = sqlite3.connect(path)
    for (name,) in base.execute("select name from sqlite_master where type = 'trigger'").fetchall():
        base.execute(f'drop trigger "{name}"')
    base.execute("update c set geom = ?", (circle(radius),))
    base.execute("update gpkg_geometry_columns set geometry_type_name = 'CURVEPOLYGON'")
    base.commit()
    base.close()
    (raw,) = read_vector(path, OPTIONS)
    assert raw.frame.geometry.iloc[0].area == pytest.approx(math.pi * radius**2, rel=1e-5)
    assert "curves_linearised" in codes(raw)


SQUARE, BESIDE, LINE = zoo.box(), zoo.box(2), shapely.LineString([(120.0, 31.0), (121.0, 31.0)])


@pytest.mark.parametrize(
    ("kind", "parts", "kept"),
    [
        ("parcels", [SQUARE, LINE], SQUARE),
        ("parcels", [SQUARE, LINE, BESIDE], shapely.MultiPolygon([SQUARE, BESIDE])),
        ("parcels", [shapely.GeometryCollection([SQUARE, LINE]), LINE], SQUARE),
        ("parcels", [SQUARE, SQUARE], SQUARE),
        ("waters", [SQUARE, LINE], SQUARE),
        ("waters", [LINE, shapely.Point(120, 31)], LINE),
        ("sections", [shapely.Point(120, 31), LINE], shapely.Point(120, 31)),
    ],
)
def test_a_collection_keeps_the_parts_that_fit_and_says_so(tmp_path, kind, parts, kept):
    frame = gpd.GeoDataFrame({"a": [1, 2]}, geometry=[kept, shapely.GeometryCollection(parts)], crs=4490)
    frame.to_parquet(tmp_path / "a.parquet")
    (raw,) = read_vector(tmp_path / "a.parquet", Options(kind, "x"))
    assert raw.frame.geometry.iloc[1].equals(kept)
    (told,) = [shown(text) for code, text in raw.findings if code == "collection_parted"]
    assert told.endswith("rows 2")


def test_a_collection_without_a_fitting_part_is_rejected(tmp_path):
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.GeometryCollection([LINE])], crs=4490)
    frame.to_parquet(tmp_path / "a.parquet")
    (raw,) = read_vector(tmp_path / "a.parquet", OPTIONS)
    assert raw.frame.empty
    assert raw.rejects["text"].tolist() == ["GeometryCollection"]
