"""What a file holds is told from its heads and shapes; what a line is, from names."""

import pytest

from gis.ingest import guess_kind, line_type_of, parts_of


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("更新地块_2021.shp", "parcels"),
        ("更新台账.xlsx", "ledger_events"),
        ("农村乱占耕地建房.geojson", "farmland_cases"),
        ("断面清单.xlsx", "sections"),
        ("手工监测_2021.xlsx", "samples"),
        ("自动站_2025-09.csv", "samples"),
        ("入河排污口.csv", "outfalls"),
        ("空气站点.csv", "stations"),
        ("空气日均值_2021.xlsx", "air_days"),
        ("空气小时值_2025-10.csv", "air_hours"),
        ("工业企业税收.xlsx", "tax"),
        ("年度统计.xlsx", "statistics"),
        ("水域银行.csv", "water_bank"),
        ("行动清单.csv", "actions"),
        ("大气管理示范区.geojson", "features"),
        ("生态空间管控区域.zip", "control_lines"),
        ("三条控制线.gdb", "control_lines"),
        ("土地覆盖_2020.tif", "land_cover"),
        ("影像_2020.tif", "imagery"),
    ],
)
def test_the_kind_of_each_file_of_the_sample_is_told_from_its_heads(sample_layers, name, kind):
    assert guess_kind(sample_layers / "data" / name) == kind


def test_layers_of_a_database_are_listed_and_told_apart(sample_layers):
    file = sample_layers / "data" / "基础地理.gpkg"
    assert parts_of(file) == ["市域界线", "乡镇界", "河流", "湖泊"]
    assert [guess_kind(file, part=one) for one in parts_of(file)] == [
        "boundaries",
        "boundaries",
        "waters",
        "waters",
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("STBHHX", "red_line"),
        ("320581_生态保护红线2023", "red_line"),
        ("my_red_line", "red_line"),
        ("YJJBNTBHTB", "basic_farmland"),
        ("永农", "basic_farmland"),
        ("CZKFBJ_2022", "growth_boundary"),
        ("城镇开发边界", "growth_boundary"),
        ("生态空间管控区域", "control_area"),
        ("control_area", "control_area"),
        ("图层1", None),
    ],
)
def test_a_lines_kind_is_known_from_its_name(name, kind):
    assert line_type_of(name) == kind
