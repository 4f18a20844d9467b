"""What a person gets for a bad file, a bad option and a place that cannot be written: never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gis.cli.app import app


def _bad(folder: Path, name: str) -> Path:
    path = folder / name
    content = {
        "empty.csv": b"", "junk.csv": b"\xff\xfe\xfa\x00\x81\xff" * 99, "heads.csv": b"a,b\n1,2\n",
        "page.xls": b"<h\xf3/;\xa1\xba \xa1\xdf" * 9,
    }  # fmt: skip
    path.write_bytes(content.get(name, os.urandom(600)))
    return path


@pytest.mark.parametrize(
    "name", ["empty.csv", "heads.csv", "junk.csv", "junk.xlsx", "junk.xls", "page.xls", "junk.zip", "junk.gz"]
)
@pytest.mark.parametrize("command", [("water", "classify"), ("air", "aqi"), ("check",)])
def test_a_bad_file_is_an_error_with_its_name(gis, tmp_path, name, command):
    result = gis(*command, _bad(tmp_path, name))
    assert result.exit_code == 2
    assert name in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "name", ["junk.shp", "junk.gpkg", "junk.geojson", "junk.parquet", "junk.dwg", "junk.bin"]
)
def test_a_bad_layer_is_an_error_with_its_name(gis, tmp_path, name):
    result = gis("land", "area", _bad(tmp_path, name))
    assert result.exit_code == 2
    assert result.stderr.startswith(name)


def test_the_whole_message_of_a_missing_file(gis):
    result = gis("land", "area", "没有.shp")
    assert result.exit_code == 2
    assert result.stderr == "没有.shp: there is no such file\n  fix    check the name and the folder\n"


def test_a_folder_is_not_a_file(gis, tmp_path):
    (tmp_path / "folder").mkdir()
    assert gis("water", "classify", tmp_path / "folder").exit_code == 2


def test_a_table_without_geometry_cannot_be_measured(gis, tmp_path):
    (tmp_path / "表.csv").write_text("图斑编号,面积(亩)\nA,1\n", "utf-8")
    result = gis("land", "area", tmp_path / "表.csv")
    assert result.exit_code == 2
    assert "表.csv: no row has a polygon" in result.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--as-of", "2021-13-01"], '"2021-13-01" is not a date\n  fix    write it as 2021-12-31'),
        (["--as-of", "2020-01-01"], "every record is dated after 2020-01-01"),
        (["--date", "soon"], '"soon" is not a date'),
        (["--column", "nh3n"], '"nh3n" is not role=head\n  fix    --column nh3n=氨氮'),
        (["--column", "nh3n=没有"], '记录.csv: has no column "没有", which was named for nh3n'),
        (["--column", "nh3=氨氮"], '"nh3" is no column of samples\n  fix    --column with one of nh3n'),
        (["--edition", "nope"], 'no edition "nope"'),
        (["--edition", "hj633-2012"], 'edition "hj633-2012" is not of the family "surface_water_limits"'),
        (["--encoding", "klingon"], "记录.csv: is not klingon"),
        (["--part", "3月"], '记录.csv: has no sheet "3月"'),
        (["--sections", "没有.xlsx"], "没有.xlsx: there is no such file"),
        (
            ["-o", "x.doc"],
            'cannot write "x.doc"\n  fix    a name that ends in .csv, .xlsx, .gpkg, .parquet, .html',
        ),
        (["-o", "x.gpkg"], "x.gpkg: this table has no geometry"),
        (["-o", "."], "-o names a folder"),
    ],
)
def test_a_bad_option_says_what_to_write(gis, records, words, message):
    result = gis("water", "classify", records, *words)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_row_of_heads_starts_at_1(gis, records):
    assert gis("water", "classify", records, "--head-row", "0").exit_code == 2


def test_a_locked_output_says_to_close_it(gis, records, monkeypatch):
    def locked(self, target):
        raise PermissionError(13, "in use", str(target))

    monkeypatch.setattr(Path, "replace", locked)
    result = gis("water", "classify", records, "-o", "o.csv")
    assert result.exit_code == 2
    assert "close it in Excel or QGIS and run again" in result.stderr


def test_a_file_without_permission_says_so(gis, records, monkeypatch):
    def denied(self):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", denied)
    result = gis("water", "classify", records)
    assert result.exit_code == 2
    assert "记录.csv: cannot be read or written\n  found  Permission denied" in result.stderr


def test_text_from_data_is_shown_as_it_is(gis, tmp_path):
    (tmp_path / "[red]x.csv").write_text("断面名称,采样日期,氨氮\n[bold]甲[/bold],2021-01-05,0.3\n", "utf-8")
    result = gis("water", "classify", tmp_path / "[red]x.csv")
    assert result.exit_code == 0, result.output
    assert "[bold]甲[/bold]" in result.stdout
    assert "[red]x" in result.stdout


def test_a_pipe_in_gbk_gets_gbk(records):
    command = [sys.executable, "-m", "gis", "water", "classify", str(records)]
    done = subprocess.run(
        command, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "gbk"}, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "甲断面" in done.stdout.decode("gbk")


def test_what_nobody_foresaw_is_a_message_and_a_log(gis, records, monkeypatch):
    monkeypatch.setattr("gis.desk.intake.read_files", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):  # what the fixture finds behind the message
        gis("water", "classify", records)
    result = CliRunner().invoke(app, ["water", "classify", str(records), "-o", "x.csv"])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{records.name}: failed in a way that nobody foresaw")
    (log,) = Path().glob("gis-error-*.log")
    assert log.name in result.stderr
    assert "ZeroDivisionError" in log.read_text("utf-8")
    assert "Traceback" not in result.output
