"""Heads and names of drinking-water items, wide and long; X items of a section list."""

import pandas as pd
import pytest

from gis.base.messages import keys_of, shown
from gis.ingest import Options, read_file
from gis.ingest.named_items import named_items
from gis.ingest.source_items import item_of


@pytest.mark.parametrize(
    ("head", "item"),
    [
        ("硝酸盐(以N计)(mg/L)", "nitrate"),
        ("1,2-二氯乙烷（μg/L）", "dichloroethane_12"),
        ("1,2-二氯乙烯", "dichloroethylene_12"),
        ("邻苯二甲酸二(2-乙基己基)酯", "dehp"),
        ("苯", "benzene"),
        ("铜", None),
        ("氟化物(mg/L)", None),
    ],
)
def test_a_head_names_its_item(head, item):
    assert item_of(head) == item


def read(tmp_path, text):
    (tmp_path / "源.csv").write_text(text, "utf-8")
    return read_file(tmp_path / "源.csv", Options(kind="samples", layer="源"))


def test_a_sheet_of_further_items_alone_is_read(tmp_path):
    heads = "断面名称,采样日期,硫酸盐(mg/L),苯(μg/L),锑"
    found = read(tmp_path, f"{heads}\n尚湖,2025-04-15,48.2,5,0.001L\n尚湖,2025-05-15,,--,0.002\n")
    items = found.source_items
    assert len(found.table) == 2
    assert items[["source_row", "item", "concentration"]].dropna().to_numpy().tolist() == [
        [2, "sulfate", 48.2], [2, "benzene", 0.005], [2, "antimony", 0.0005], [3, "antimony", 0.002],
    ]  # fmt: skip
    assert items.set_index(["item", "source_row"])["mark"].dropna().to_dict() == {
        ("antimony", 2): "non_detect",
        ("benzene", 3): "missing",
    }


def test_a_long_table_of_further_items_is_widened_and_read(tmp_path):
    lines = ["氨氮,0.2,mg/L", "铁,0.4,mg/L", "苯,5,μg/L"]
    text = "断面名称,采样日期,监测项目,结果,单位\n" + "".join(f"尚湖,2025-04-15,{line}\n" for line in lines)
    found = read(tmp_path, text)
    assert found.table["nh3n"].tolist() == [0.2]
    assert found.source_items.set_index("item")["concentration"].to_dict() == {"iron": 0.4, "benzene": 0.005}


def test_a_unit_that_is_no_concentration_is_told_and_not_read(tmp_path):
    found = read(tmp_path, "断面名称,采样日期,氨氮,铁(℃)\n尚湖,2025-04-15,0.2,0.4\n")
    assert found.source_items.empty
    assert "unit_not_read" in set(found.findings["code"])


def test_x_items_are_named_by_columns_and_unknown_ones_are_told():
    items, told = named_items(pd.Series(["化学需氧量、氟化物", "无X", None, "COD, 石油类, 甲"]))
    assert items.map(keys_of).tolist() == [["codcr", "fluoride"], ["none"], [], ["codcr", "petroleum"]]
    assert shown(items[0], "zh") == "化学需氧量、氟化物"
    assert [shown(one, "en") for one in items[:2]] == ["COD, Fluoride", "none"]
    assert "甲" in told[0][1]
