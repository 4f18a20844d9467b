"""Zips as offices pack them, and what must be exported first."""

import zipfile
from pathlib import Path

import pytest

from gis.base.errors import FileError, FormatError
from gis.ingest import archive
from gis.ingest.archive import members, refuse
from tests.ingest.zips import gbk_zip


def test_member_names_in_gbk_come_out_as_they_were_written(tmp_path):
    names = ["更新地块表.csv", "断面/监测记录一.xlsx"]
    found = members(gbk_zip(tmp_path / "a.zip", dict.fromkeys(names, b"data")), tmp_path / "out")
    assert sorted(one.relative_to(tmp_path / "out").as_posix() for one in found) == sorted(names)


def test_companions_and_leftovers_are_not_data_sets_and_a_database_is_one(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as bundle:
        for name in ("地块.shp", "地块.dbf", "地块.prj", "表.dbf", "线.gdb/a001.gdbtable", "线.gdb/gdb"):
            bundle.writestr(name, b"")
        bundle.writestr("__MACOSX/._地块.shp", b"")
    found = members(tmp_path / "a.zip", tmp_path / "out")
    assert {one.name for one in found} == {"地块.shp", "表.dbf", "线.gdb"}


@pytest.mark.parametrize("name", ["../a.csv", "/etc/a.csv", "b/../../a.csv", "C:\\a.csv", "..\\a.csv"])
def test_a_member_that_leaves_its_folder_stops_everything(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as bundle:
        bundle.writestr("good.csv", b"1")
        bundle.writestr(name, b"1")
    with pytest.raises(FileError, match="leaves its folder"):
        members(tmp_path / "a.zip", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_link_inside_a_zip_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as bundle:
        link = zipfile.ZipInfo("link.csv")
        link.external_attr = 0o120777 << 16
        bundle.writestr(link, "/etc/passwd")
    with pytest.raises(FileError, match="leaves its folder"):
        members(tmp_path / "a.zip", tmp_path / "out")


@pytest.mark.parametrize(("limit", "value"), [("MAX_BYTES", 2**19), ("MAX_MEMBERS", 1)])
def test_a_zip_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(tmp_path, monkeypatch, limit, value):
    monkeypatch.setattr(archive, limit, value)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("a.csv", bytes(2**20))
        bundle.writestr("b.csv", b"")
    with pytest.raises(FileError, match="unpacks to more than"):
        members(tmp_path / "a.zip", tmp_path / "out")


def test_a_file_that_is_no_zip_says_so(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"Rar!")
    with pytest.raises(FileError, match="cannot be unpacked"):
        members(tmp_path / "a.zip", tmp_path / "out")


@pytest.mark.parametrize("suffix", [".rar", ".DWG", ".mdb", ".7z", ".tab"])
def test_a_foreign_format_says_what_to_export_instead(tmp_path, suffix):
    with pytest.raises(FormatError, match=r"is not read here\n  fix    .*(export|pack)"):
        refuse(tmp_path / f"图{suffix}")


@pytest.mark.parametrize(
    "name", ["https://a.cn/b.shp", "/vsizip/a.zip/b.shp", "/vsicurl/http://a", "\\\\vsimem\\a", "GPKG://a"]
)
def test_an_address_is_never_opened(name):
    with pytest.raises(FileError):
        refuse(name)
    with pytest.raises(FileError):
        refuse(Path(name))


def test_a_missing_file_is_named():
    with pytest.raises(FileError, match="there is no such file"):
        refuse(Path("没有.shp"))
