"""`gis init`: a county's folder, whole or not at all, that runs at once."""

import re
import tomllib

import pytest

from gis import founding
from gis.base.errors import UsageError
from gis.catalogue import load
from scripts.small_county import FIGURE, county

ANSWERS = (
    "--answer", "county:adcode=320581", "--answer", "county:name=小县",
    "--answer", "地块.geojson/kind=parcels", "--answer", "subject=new_industry",
)  # fmt: skip


@pytest.fixture
def office(tmp_path):
    """Files of an office: no TOML, no catalogue."""
    made = county(tmp_path / "made")
    given = tmp_path / "资 料"
    (made / "data").rename(given)
    (given / "~$断面.xlsx").write_bytes(b"lock")
    (given / "会议纪要.txt").write_text("今天开会。", encoding="utf-8")
    return given


def test_an_empty_county_says_what_to_fill_in(gis, tmp_path):
    assert gis("init", "我 县").exit_code == 0
    told = gis("run", "--layers", "我 县/layers", "--out", "我 县/maps")
    assert told.exit_code == 2
    assert "adcode" in told.stderr
    file = tmp_path / "我 县" / "layers" / "county.toml"
    text = file.read_text("utf-8").replace('adcode = ""', 'adcode = "320581"')
    file.write_text(text.replace('zh = "", en = ""', 'zh = "县", en = "County"', 1), "utf-8")
    assert load(file.parent).county.adcode == "320581"
    for name in ("layers", "targets", "alerts"):  # what stands behind # is right once the # goes
        lines = (file.parent / f"{name}.toml").read_text("utf-8").splitlines()
        shown = "\n".join(re.sub(r"^# (?=\[|\w+ = )", "", one) for one in lines)
        assert tomllib.loads(shown)
        (file.parent / f"{name}.toml").write_text(shown, "utf-8")
    assert len(load(file.parent, check_files=False).layers) == 5


def test_nothing_is_replaced(gis, tmp_path, office):
    (tmp_path / "有").mkdir()
    (tmp_path / "有" / "x.txt").write_text("x", encoding="utf-8")
    for more in ((), ("--sample",), ("--from", office)):
        told = gis("init", "有", *more)
        assert told.exit_code == 2
        assert "x.txt" in told.stderr
    assert [one.name for one in (tmp_path / "有").iterdir()] == ["x.txt"]
    assert gis("init", office / "新", "--from", office, *ANSWERS).exit_code == 2
    assert gis("init", "a", "--from", office, "--sample").exit_code == 2
    assert gis("init", "a", "--from", "没有").exit_code == 2


def test_what_the_files_do_not_say_is_listed_with_its_flag_and_nothing_is_written(gis, tmp_path, office):
    told = gis("init", "县", "--from", office)
    assert told.exit_code == 2
    for flag in ("county:adcode=", "county:name=", "地块.geojson/kind="):
        assert flag in told.stderr
    assert not [one for one in tmp_path.iterdir() if one.name not in ("made", office.name)]


def test_a_folder_of_files_becomes_a_county_that_runs(gis, tmp_path, office):
    told = gis("init", "县", "--from", office, *ANSWERS)
    assert told.exit_code == 0, told.stderr
    assert "会议纪要.txt" in told.stdout
    layers = tmp_path / "县" / "layers"
    known = load(layers)
    assert {one.kind for one in known.layers} == {
        "air_days",
        "samples",
        "sections",
        "parcels",
        "control_lines",
    }
    assert known.layer("new_industry").kind == "parcels"
    assert not any(one.about.is_public for one in known.layers)
    assert known.county.plan_years == (2021, 2025)
    assert not list((layers / "data").glob("~$*"))
    assert gis("run", "--layers", layers, "--out", "出").exit_code == 0
    traced = gis("trace", FIGURE, "--layers", layers, "--out", "出")
    assert "20.0000" in traced.stdout


def test_an_answer_is_kept_with_its_day_and_its_name(tmp_path, office):
    lines = ["断面名称;采样日期;溶解氧(mg/L);氨氮(mg/L);总磷(mg/L)", "虞河桥;2021-05-08;8,2;1,4;0,08"]
    (office / "采样.csv").write_text("\n".join(lines), encoding="utf-8")
    asked = []

    def answer(one):
        asked.append(one.name)
        return {"county:adcode": "320581", "county:name": "小县"}.get(one.key) or one.choices[0].value

    founding.from_folder(tmp_path / "县", office, {}, by="张三", ask=answer)
    kept = [one for layer in load(tmp_path / "县" / "layers").layers for one in layer.answers.values()]
    assert kept, asked
    assert {(one.by, one.date is not None, bool(one.layout)) for one in kept} == {("张三", True, True)}


def test_an_answer_that_is_none_of_the_choices_stays_open(tmp_path, office):
    told = {"county:adcode": "320581", "county:name": "小县", "kind": "parcels", "subject": "城堡"}
    with pytest.raises(UsageError, match="subject"):
        founding.from_folder(tmp_path / "县", office, told, by="", ask=lambda _: None)
    assert not (tmp_path / "县").exists()
