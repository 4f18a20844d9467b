"""What a person gets who writes a catalogue wrong: the file, the line and what to write instead."""

from pathlib import Path

import pytest

from gis.base.errors import CatalogueError
from gis.catalogue import layer_files, layer_line, load, target_lines
from gis.catalogue.files import natural
from gis.catalogue.model import Alerts

ROOT = Path(__file__).parents[2]
COUNTY = """[county]
adcode = "320581"
name = { zh = "常熟市", en = "Changshu" }
extent = [120.55, 31.5, 121.05, 31.83]
plan_years = [2021, 2025]
towns = [{ code = "320581102", name = { zh = "海虞镇", en = "Haiyu" }, aliases = ["海虞"] }]
"""
LAYER = """[[layer]]
id = "parcels_of_2021"
kind = "parcels"
title = { zh = "地块", en = "Parcels" }
files = ["data/a.csv"]
about = { source = "test" }
"""
TARGET = """[[target]]
id = "pm25_2021"
title = { zh = "细颗粒物", en = "PM2.5" }
group = "air"
indicator = "air.pm25_mean"
period = "2021"
goal = { comparator = "<", value = 35, unit = "μg/m³" }
plan = { document = "plan", sentence = "…" }
"""


@pytest.fixture
def folder(tmp_path):
    """A county's folder that is right: one layer, one target."""
    home = tmp_path / "layers"
    (home / "data").mkdir(parents=True)
    (home / "data" / "a.csv").write_text("x", encoding="utf-8")
    for name, text in (("county", COUNTY), ("land", LAYER), ("targets", TARGET)):
        (home / f"{name}.toml").write_text(text, encoding="utf-8")
    return home


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / f"{name}.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def message(folder: Path, *, check_files: bool = True) -> str:
    with pytest.raises(CatalogueError) as caught:
        load(folder, check_files=check_files)
    return str(caught.value)


def test_a_right_folder_is_read_with_the_lines_of_its_entries(folder):
    catalogue = load(folder)
    assert [layer.id for layer in catalogue.layers] == ["parcels_of_2021"]
    assert target_lines(folder) == {"pm25_2021": ("layers/targets.toml", 1)}
    assert layer_line(folder, "parcels_of_2021", "files", 0) == ("layers/land.toml", 5)
    assert layer_line(folder, "nothing") is None


def test_an_unknown_key_is_answered_with_the_nearest_right_one(folder):
    edit(folder, "land", "title =", "titel =")
    assert message(folder) == (
        "2 faults in the catalogue\n"
        'layers/land.toml, line 1: the key "title" is missing\n'
        "  fix    add title = … here\n"
        'layers/land.toml, line 4: unknown key "titel"\n'
        '  fix    write "title"'
    )


def test_an_unknown_key_of_a_field_mapping_has_its_own_line(folder):
    edit(folder, "land", "about", 'fields = { area_declared_mu = { from = "面积", unti = "公顷" } }\nabout')
    assert message(folder) == 'layers/land.toml, line 6: unknown key "unti"\n  fix    write "unit"'


def test_a_wrong_column_is_answered_with_the_column_of_the_kind(folder):
    edit(folder, "land", "about", 'fields = { parcel_idd = "编号" }\nabout')
    assert message(folder) == (
        'layers/land.toml, line 6: the kind "parcels" has no column "parcel_idd"\n  fix    write "parcel_id"'
    )


def test_a_wrong_word_is_answered_with_the_nearest_one(folder):
    edit(folder, "land", '"parcels"', '"parcel"')
    assert message(folder) == (
        'layers/land.toml, line 3: "kind" must be one of the known words\n'
        '  found  "parcel"\n'
        '  fix    write "parcels"'
    )


@pytest.mark.parametrize(
    ("name", "old", "new", "answer"),
    [
        ("land", '{ zh = "地块", en = "Parcels" }', '"地块"', "write a table: { zh = …, en = … }"),
        ("land", '["data/a.csv"]', '"data/a.csv"', 'write a list: ["…"]'),
        ("land", '"parcels_of_2021"', '"Parcels"', "write small Latin letters, digits and _, a letter first"),
        ("targets", '"2021"', "2021", 'write a text in quotes: "…"'),
        ("targets", '"2021"', '"2021年"', 'write a year of four digits: "2021"'),
        ("targets", "35", '"35 µg"', "write a number without quotes"),
        ("county", "120.55, ", "", "write as many values as the key needs"),
    ],
)
def test_a_wrong_value_is_answered_with_how_to_write_it(folder, name, old, new, answer):
    edit(folder, name, old, new)
    assert message(folder).endswith(f"  fix    {answer}")


def test_an_unknown_table_is_answered_with_the_nearest_one(folder):
    edit(folder, "land", "[[layer]]", "[[layers]]")
    assert message(folder) == 'layers/land.toml, line 1: unknown table "layers"\n  fix    write "layer"'


def test_a_missing_file_is_answered_with_the_one_that_is_there(folder):
    edit(folder, "land", "data/a.csv", "data/b.csv")
    assert message(folder) == (
        'layers/land.toml, line 5: no file "data/b.csv" for the layer "parcels_of_2021"\n'
        '  fix    write "data/a.csv"'
    )
    assert load(folder, check_files=False).layers[0].files == ["data/b.csv"]


@pytest.mark.parametrize(
    "name",
    [
        "../a.csv",
        "data/../../a.csv",
        "/etc/hosts",
        "C:/a.csv",
        "https://example.org/a.csv",
        "/vsizip/a.zip",
        "",
        ".",
    ],
)
def test_a_file_never_leaves_the_folder(folder, name):
    edit(folder, "land", "data/a.csv", name)
    for check_files in (True, False):
        assert message(folder, check_files=check_files).startswith(
            f'layers/land.toml, line 5: the file "{name}" '
        )


def test_a_link_out_of_the_folder_is_refused(folder, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("x", encoding="utf-8")
    try:
        (folder / "data" / "z.csv").symlink_to(secret)
    except OSError:
        pytest.skip("no right to make a link here")
    edit(folder, "land", "data/a.csv", "data/*.csv")
    assert "links to a place outside the folder" in message(folder)


def test_an_id_that_is_there_twice_names_both_places(folder):
    (folder / "more.toml").write_text(LAYER, encoding="utf-8")
    assert message(folder) == (
        'layers/more.toml, line 2: the layer "parcels_of_2021" is there twice\n'
        "  found  first in layers/land.toml, line 2\n"
        "  fix    give one of them another id"
    )


def test_an_unknown_indicator_is_answered_with_the_nearest_one(folder):
    edit(folder, "targets", "air.pm25_mean", "air.pm25_maen")
    assert message(folder) == (
        'layers/targets.toml, line 5: no subject makes an indicator "air.pm25_maen"\n'
        '  fix    write "air.pm25_mean"'
    )


def test_a_goal_in_another_unit_than_its_indicator_is_refused(folder):
    edit(folder, "targets", "μg/m³", "mg/m³")
    assert "line 7" in message(folder)
    assert 'unit = "µg/m³"' in message(folder)


def test_an_unknown_town_is_answered_with_the_nearest_one(folder):
    edit(folder, "land", "about", 'constants = { town = "海渔镇" }\nabout')
    edit(folder, "targets", "group", 'place = "320581103"\ngroup')
    text = message(folder)
    assert 'line 6: the county has no town "海渔镇"\n  fix    write "海虞镇"' in text
    assert 'line 4: the county has no place "320581103"\n  fix    write "320581102"' in text


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ('fields = { area_declared_mu = { from = "面积", unit = "公项" } }', 'write "公顷"'),
        ('encoding = "gb18003"', 'write "gb18030"'),
        ('crs = "4528"', 'write it as "EPSG:4528"'),
        ('line_type = "red_line"', "has no line_type"),
    ],
)
def test_a_unit_an_encoding_or_a_crs_that_is_none_is_refused(folder, key, answer):
    edit(folder, "land", "about", f"{key}\nabout")
    assert message(folder).startswith("layers/land.toml, line 6: ")
    assert answer in message(folder)


def test_a_link_inside_a_geodatabase_is_refused_too(folder, tmp_path):
    (tmp_path / "secret").write_text("x", encoding="utf-8")
    (folder / "data" / "x.gdb").mkdir()
    try:
        (folder / "data" / "x.gdb" / "a1.gdbtable").symlink_to(tmp_path / "secret")
    except OSError:
        pytest.skip("no right to make a link here")
    edit(folder, "land", "data/a.csv", "data/x.gdb")
    assert "links to a place outside the folder" in message(folder)


def test_a_line_layer_without_its_type_is_refused(folder):
    edit(folder, "land", '"parcels"', '"control_lines"')
    assert "add line_type" in message(folder)


def test_an_edition_nobody_wrote_is_refused(folder):
    edit(folder, "targets", "plan =", 'editions = { air_limits = "gb3095-2021" }\nplan =')
    assert message(folder) == (
        'layers/targets.toml, line 8: no edition "gb3095-2021" of the family "air_limits"\n'
        '  fix    write "gb3095-2012"'
    )


def test_a_broken_file_says_where(folder):
    edit(folder, "land", 'kind = "parcels"', "kind = parcels")
    assert message(folder).startswith("layers/land.toml: not TOML: Invalid value (at line 3")


def test_a_folder_without_a_county_says_what_to_add(folder):
    (folder / "county.toml").unlink()
    assert "add county.toml with a table [county]" in message(folder)


def test_files_of_a_glob_come_once_and_in_natural_order(folder):
    for name in ("m_10.csv", "m_2.csv", "m_1.csv"):
        (folder / "data" / name).write_text("x", encoding="utf-8")
    edit(folder, "land", '["data/a.csv"]', '["data/m_2.csv", "data/m_*.csv"]')
    layer = load(folder).layers[0]
    assert [path.name for path in layer_files(layer, folder)] == ["m_1.csv", "m_2.csv", "m_10.csv"]


def test_a_raised_figure_in_a_name_is_no_number():
    assert sorted(["m_10.csv", "m_1².csv", "m_2.csv"], key=natural) == ["m_1².csv", "m_2.csv", "m_10.csv"]


def test_a_layer_and_a_target_are_added_by_a_file_alone(folder):
    (folder / "bus.toml").write_text(
        '[[layer]]\nid = "bus_stops"\nkind = "features"\ntitle = { zh = "公交站", en = "Bus stops" }\n'
        'files = ["data/a.csv"]\nabout = { source = "test" }\n'
        + TARGET.replace("pm25_2021", "bus_share").replace(
            'unit = "μg/m³"', 'unit = "%"'
        ).replace("air.pm25_mean", "statistics.bus_share"),
        encoding="utf-8",
    )  # fmt: skip
    catalogue = load(folder)
    assert catalogue.layer("bus_stops").about.confidentiality == "public"
    assert [target.id for target in catalogue.targets] == ["bus_share", "pm25_2021"]


@pytest.mark.parametrize(
    ("line", "outside", "answer"),
    [
        ("growth_boundary", "false", 'a rule on "growth_boundary" speaks of the ground outside it'),
        ("red_line", "true", 'a rule on "red_line" speaks of the ground inside it'),
    ],
)
def test_a_rule_on_the_wrong_side_of_its_line_is_refused(folder, line, outside, answer):
    rule = (
        f'[[rule]]\nid = "x"\nsubject = "renewal_parcels"\nline = "{line}"\noutside = {outside}\n'
        'verdict = "review"\nseverity = "low"\nclause = "第1条"\n'
    )
    (folder / "rules.toml").write_text(rule, encoding="utf-8")
    said = message(folder)
    assert f"rules.toml, line 5: {answer}" in said
    assert f"found  outside = {outside}" in said


def test_alerts_are_optional_and_stand_once(folder):
    assert load(folder).alerts == Alerts()
    (folder / "alerts.toml").write_text("[alerts]\nair_silent_hours = 6\n", encoding="utf-8")
    assert load(folder).alerts.air_silent_hours == 6
    (folder / "b.toml").write_text("[alerts]\nbelow_target = true\n", encoding="utf-8")
    assert message(folder) == (
        "layers/b.toml, line 1: [alerts] is there twice\n"
        "  found  first in layers/alerts.toml\n"
        "  fix    keep one [alerts]"
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("air_silent_hour = 6", 'line 2: unknown key "air_silent_hour"\n  fix    write "air_silent_hours"'),
        ("air_silent_hours = 0", 'line 2: "air_silent_hours" is not what it must be'),
        ('classes_dropped = "one"', "write a whole number without quotes"),
    ],
)
def test_a_wrong_threshold_is_answered_with_what_to_write(folder, line, told):
    (folder / "alerts.toml").write_text(f"[alerts]\n{line}\n", encoding="utf-8")
    assert told in message(folder)
