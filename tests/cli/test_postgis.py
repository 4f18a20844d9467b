"""Tables of a real PostGIS as sources, and as the place of an answer."""

import json
import sys
from pathlib import Path

import pandas as pd
import pytest
from postgis_server import SECRET, asked, running

import gis as project
from gis import pipeline
from gis.base.errors import CrsError, FileError, GisError, UsageError
from gis.base.tables import BALANCE
from gis.ingest import postgis
from gis.store.standing import standing

pytestmark = pytest.mark.filterwarnings("ignore::gis.desk.results.LeftOutWarning")
PARCELS = """create table land."更新 地块%" (gid int primary key, "图斑编号" text, "乡镇" varchar(20),
    "面积(亩)" numeric(12,2), "编码" numeric(20), "验收日期" timestamptz, "备注" text, geom geometry)"""
ROWS = """insert into land."更新 地块%" values
    (12, 'B-2', '梅李镇', 10.00, 32058100100100012345, '2021-03-05 23:30+00', null, {square}),
    (11, 'B-1', '虞山街道', 10, null, null, '甲', {square}), (13, 'B-3', '梅李镇', 5, 1, null, null, null)"""
SQUARE = "ST_SetSRID(ST_MakeEnvelope(40571000, 3503000, 40571100, 3503066.6667), {srid})"
TABLE = "#land.更新%20地块%25"
COUNTY = """[county]
adcode = "320581"
name = { zh = "常熟市", en = "Changshu" }
extent = [120.55, 31.50, 121.05, 31.83]
plan_years = [2021, 2025]
towns = [{ code = "320581100", name = { zh = "梅李镇", en = "Meili" } }]
[[layer]]
id = "renewal"
kind = "parcels"
title = { zh = "更新地块", en = "Parcels" }
about = { source = "x" }
"""


@pytest.fixture(scope="module")
def server():
    with running() as address:
        yield address


@pytest.fixture
def ask(server):
    asked(server, "drop schema if exists land cascade", "create schema land")
    return lambda *texts: asked(server, *texts)


@pytest.fixture
def parcels(server, ask):
    ask(PARCELS, ROWS.format(square=SQUARE.format(srid=4528)))
    return server + TABLE


def county(folder: Path, *files: str) -> Path:
    (folder / "layers").mkdir()
    listed = f"files = {json.dumps(files, ensure_ascii=False)}\n"
    (folder / "layers" / "county.toml").write_text(COUNTY + listed, "utf-8")
    return folder / "layers"


def test_a_table_goes_through_the_door_of_files(parcels):
    found = project.area(parcels).read.found
    table = found.table.set_index("source_row")
    assert list(table.index) == [11, 12]  # the primary key, in its order
    assert set(table["source"]) == {"postgres#land.更新 地块%"}
    assert table["parcel_id"].to_dict() == {11: "B-1", 12: "B-2"}
    assert str(table.loc[12, "编码"]) == "32058100100100012345"
    assert str(table.loc[12, "accepted_on"])[:10] == "2021-03-06"  # of Beijing
    assert found.sources["crs_found"].tolist() == ["EPSG:4528"]
    assert found.rejects["source_row"].tolist() == [13]
    assert found.sources[list(BALANCE)].sum().tolist()[0] == found.sources[list(BALANCE[1:])].sum().sum() == 3


def test_an_area_is_that_of_the_same_ground_in_a_file(gis, parcels, rectangle):
    of_table, of_file = (
        project.area(str(one)).frame["area_legal_m2"].iloc[0] for one in (parcels, rectangle)
    )
    assert of_table == of_file


def test_rows_come_by_chunks(parcels, monkeypatch):
    whole = project.area(parcels).frame
    monkeypatch.setattr(postgis, "CHUNK", 1)
    pd.testing.assert_frame_equal(project.area(parcels).frame, whole)


def test_a_view_is_numbered_in_the_order_of_its_rows_and_says_so(server, ask, parcels):
    ask('create view land.v as select "图斑编号", "面积(亩)", geom from land."更新 地块%" where gid < 13')
    found = project.area(f"{server}#land.v").read.found
    assert found.table[["source_row", "parcel_id"]].to_numpy().tolist() == [[1, "B-1"], [2, "B-2"]]
    assert "rows_without_key" in set(found.findings["code"])


def test_records_without_geometry_and_missing_cells(server, ask):
    ask(
        'create table land."记录" ("断面名称" text, "采样日期" date, "氨氮(mg/L)" numeric, "总磷(mg/L)" float4, n int)',
        """insert into land."记录" values ('甲', '2021-01-05', 0.3, null, null), ('甲', '2021-02-05', null, 0.1, 2)""",
    )
    table = project.read(f"{server}#land.记录", "samples").read.found.table
    assert table["nh3n"].tolist()[0] == 0.3
    assert table["nh3n"].isna().tolist() == [False, True]
    assert [str(one)[:10] for one in table["sampled_at"]] == ["2021-01-05", "2021-02-05"]


@pytest.mark.parametrize(
    ("sql", "error", "said"),
    [
        ("alter table land.t add c geometry", FileError, "several columns of shapes"),
        ("update land.t set geom = ST_SetSRID(geom, 4527) where gid = 1", CrsError, "several SRIDs"),
        ("update land.t set geom = ST_SetSRID(geom, 0)", CrsError, "EPSG:4528"),
    ],
)
def test_what_is_in_doubt_about_shapes_is_asked(server, ask, sql, error, said):
    square = SQUARE.format(srid=4528)
    ask("create table land.t (gid int primary key, geom geometry)")
    ask(f"insert into land.t values (1, {square}), (2, {square})", sql)
    with pytest.raises(error, match=said):
        project.read(f"{server}#land.t", "parcels")


def test_of_a_province_only_what_lies_near_the_county_is_read(tmp_path, server, ask, parcels):
    ask("""insert into land."更新 地块%" ("gid", geom)
           select n, ST_Translate(geom, -500000 - n, 0)
           from land."更新 地块%", generate_series(100, 104) n where gid = 11""")
    found = pipeline.take_in(county(tmp_path, parcels), None)
    assert found.tables["parcels"]["source_row"].tolist() == [11, 12]
    assert found.logs["sources"]["rows_read"].tolist() == [3]
    told = found.logs["findings"].set_index("code")["message"]["rows_beyond"]
    assert "8" in told
    assert "5" in told


def test_a_changed_table_is_seen_and_an_unchanged_one_not_read(tmp_path, ask, parcels, monkeypatch):
    layers, read = county(tmp_path, parcels), []
    once = postgis._decoded
    monkeypatch.setattr(postgis, "_decoded", lambda *of: read.append(1) or once(*of))
    first = pipeline.take_in(layers, tmp_path / "work")
    again = pipeline.take_in(layers, tmp_path / "work")
    assert read == [1]
    assert again.inputs == first.inputs
    pd.testing.assert_frame_equal(again.tables["parcels"], first.tables["parcels"])
    ask("""update land."更新 地块%" set "备注" = '乙' where gid = 12""")
    changed = pipeline.take_in(layers, tmp_path / "work")
    assert read == [1, 1]
    assert changed.inputs != first.inputs
    assert changed.tables["parcels"]["remark"].tolist() == ["甲", "乙"]


@pytest.mark.full
def test_no_file_no_word_and_no_trace_of_a_run_holds_the_password(gis, tmp_path, parcels, monkeypatch):
    layers = county(tmp_path, parcels)
    said = [gis("run", "--layers", layers, "--out", "maps"), gis("land", "area", parcels, "-o", "a.xlsx")]
    said += [gis("scorecard", "--layers", layers, "--out", "maps", "-v")]
    assert [one.exit_code for one in said] == [0, 0, 0]
    public = pipeline.take_in(layers, None, public=True).inputs["renewal"]
    assert not any("127.0.0.1" in name for name in public)
    monkeypatch.setattr(sys, "argv", ["gis", "land", "area", parcels])

    def fails(*_of, **_how):
        raise RuntimeError("nobody foresaw it")

    monkeypatch.setattr(postgis, "raw_of", fails)
    with pytest.raises(RuntimeError):
        gis("land", "area", parcels)
    assert list(tmp_path.glob("gis-error-*.log"))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 20
    for text in (*(one.output.encode() for one in said), *(path.read_bytes() for path in files)):
        assert SECRET.encode() not in text
    manifest = next((tmp_path / "maps").glob("*/manifest.json")).read_text("utf-8")
    assert list(json.loads(manifest)["inputs"]["renewal"]) == [parcels]


@pytest.mark.full
def test_an_edition_says_what_changed_and_stands_without_the_server(gis, tmp_path, ask, parcels, monkeypatch):
    layers = county(tmp_path, parcels)
    assert gis("run", "--layers", layers, "--out", "maps").exit_code == 0
    assert standing(tmp_path / "maps", layers, None, ()).changed == []
    monkeypatch.setenv("PGPASSWORD", "another")
    assert standing(tmp_path / "maps", layers, None, ()).changed == [parcels]


@pytest.mark.parametrize("of", ["wrong password", "no server", "no table", "no name", "hostile", "part"])
def test_what_cannot_be_read_says_the_fix_first_in_chinese(gis, monkeypatch, server, ask, of):
    monkeypatch.setenv("GIS_LANG", "zh")
    if of == "wrong password":
        monkeypatch.setenv("PGPASSWORD", "wrong-4711")
    where = {"no server": "postgresql://gis@127.0.0.1:1/x#t", "no name": server,
             "hostile": f'{server}#a"; drop table x; --'}.get(of, f"{server}#nix")  # fmt: skip
    more = ["--part", "nix"] if of == "part" else []
    result = gis("--lang", "zh", "land", "area", where, *more)
    assert result.exit_code == 2
    assert "办法" in result.output
    assert ("PGPASSWORD" in result.output) == (of in ("wrong password", "no server"))
    assert ("#模式.表" in result.output) == (of not in ("wrong password", "no server"))
    assert "wrong-4711" not in result.output


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://gis:pw-4711@h/db#t", "postgres://gis:pw-4711@h/db", "postgresql+psycopg://u:pw-4711@h/d#t",
        "postgresql://h/db?user=u&password=pw-4711#t", "postgresql://u:a#pw-4711@h/db", "pg:host=h password=pw-4711",
        "postgresql://gis:pw-4711/db#t",
    ],
)  # fmt: skip
def test_a_password_in_an_address_is_refused_and_not_repeated(gis, tmp_path, rectangle, address):
    layers = county(tmp_path, address)
    commands = [
        ("land", "area", address), ("check", address),
        ("land", "conflicts", rectangle, "--lines", f"{address}=red_line"),
        ("land", "area", rectangle, "-o", address), ("run", "--layers", layers, "--out", "maps"),
        ("run", "--layers", layers, "--out", address),
    ]  # fmt: skip
    for command in commands:
        result = gis(*command)
        assert result.exit_code == 2
        assert "postgresql://" in result.output
        assert "4711" not in result.output
    with pytest.raises(GisError) as caught:
        project.area(address)
    assert "4711" not in str(caught.value)
    (layers / "county.toml").write_text(COUNTY + f"files = {json.dumps(address)}\n", "utf-8")
    assert "4711" not in gis("run", "--layers", layers, "--out", "maps").output
    assert not list(tmp_path.rglob("*4711*"))


def test_without_the_packages_the_extra_is_named(gis, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    result = gis("land", "area", "postgresql://h/db#t")
    assert result.exit_code == 2
    assert "changshu-monitor[postgis]" in result.output


def test_an_answer_is_a_table_that_reads_back(gis, server, ask, rectangle):
    name = 'a"; drop table x; --'
    result = gis("land", "area", rectangle, "-o", f"{server}#land.{name}")
    assert result.exit_code == 0, result.output
    rows = ask('select fid, "面积(亩)", area_legal_m2, ST_SRID(geometry), ST_IsValid(geometry) '
               'from land."a""; drop table x; --"')  # fmt: skip
    whole = project.area(str(rectangle)).frame
    assert rows == [(1, 10.0, whole["area_legal_m2"].iloc[0], 4490, True)]
    assert project.read(f"{server}#land.{name}", "features").frame["图斑编号"].tolist() == ["CS-1"]


def test_a_table_is_replaced_whole_or_not_at_all_and_only_one_of_ours(
    gis, server, ask, rectangle, monkeypatch
):
    from gis.store import postgis as sink

    target = f"{server}#land.结果"
    ask('create table land."结果" (a int)', 'insert into land."结果" values (1)')
    assert "not written by this tool" in gis("land", "area", rectangle, "-o", target, "--force").output
    assert ask('select a from land."结果"') == [(1,)]
    ask('drop table land."结果"')
    assert gis("land", "area", rectangle, "-o", target).exit_code == 0
    assert "--force" in gis("land", "area", rectangle, "-o", target).output
    ask('update land."结果" set "备注" = \'旧\'')
    cells = sink._cells
    monkeypatch.setattr(sink, "_cells", lambda frame: [["x" for _ in one] for one in cells(frame)])
    assert gis("land", "area", rectangle, "-o", target, "--force").exit_code == 2
    monkeypatch.undo()
    monkeypatch.setenv("PGPASSWORD", SECRET)
    assert ask('select "备注" from land."结果"') == [("旧",)]
    ask('create view land.v as select * from land."结果"')
    assert "depend on" in gis("land", "area", rectangle, "-o", target, "--force").output
    ask("drop view land.v")
    assert gis("land", "area", rectangle, "-o", target, "--force").exit_code == 0
    assert ask('select "备注" from land."结果"') == [("甲",)]
    left = ask("select relname from pg_class where relname like 'gis_writing_%'")
    assert left == []


def test_an_answer_never_goes_onto_what_is_read(gis, parcels):
    assert "names what the command reads" in gis("land", "area", parcels, "-o", parcels, "--force").output


def test_heads_longer_than_a_name_may_be_are_told_apart_and_kept(server, ask):
    from gis.store.write import write

    heads = ["建设用地" * 6 + one for one in "甲乙"]
    write(pd.DataFrame([[1, 2.5]], columns=heads), Path(f"{server}#land.t"), title="t")
    rows = ask("select attname, col_description(attrelid, attnum) from pg_attribute "
               "where attrelid = 'land.t'::regclass and attnum > 1")  # fmt: skip
    assert [comment for _, comment in rows] == heads
    assert len({name for name, _ in rows}) == 2
    with pytest.raises(UsageError, match="too long"):
        write(pd.DataFrame({"a": [1]}), Path(f"{server}#land.{'长' * 22}"), title="t")
