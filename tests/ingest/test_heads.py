import pytest

from gis.base.errors import ColumnError
from gis.ingest.heads import match, missing, refuse_missing, take_apart
from gis.ingest.measures import factor
from gis.ingest.model import Options


def taken(heads, kind, **more):
    return match(heads, Options(kind=kind, layer="x", **more)).columns


def test_unit_in_a_head_is_parted_from_its_name():
    assert take_apart("氨氮（mg/L）").unit == "mg/L"
    assert take_apart("铬(六价)(mg/L)").keys[-1] == "铬六价"


def test_publisher_heads_of_both_languages():
    found = taken(["PM2.5（μg/m³）", "站点名称", "timepoint", "pm2_5_24h", "SO2"], "air_hours")
    assert {name: one.head for name, one in found.items()} == {
        "pm25": "PM2.5（μg/m³）", "station": "站点名称", "time": "timepoint", "so2": "SO2",
    }  # fmt: skip


def test_unrounded_twin_is_preferred():
    found = taken(["总磷", "总磷_原始值"], "samples")["tp"]
    assert (found.head, found.rounded) == ("总磷_原始值", "总磷")


def test_of_two_heads_the_better_known_wins_and_is_reported():
    found = match(["断面", "断面名称"], Options(kind="samples", layer="x"))
    assert found.columns["section"].head == "断面名称"
    assert found.findings[0][0] == "several_heads"


def test_a_column_that_was_named_wins():
    found = taken(["面积(公顷)", "实测"], "parcels", columns={"area_declared_mu": ("实测", "公顷")})
    assert found["area_declared_mu"][:3] == ("实测", "公顷", "said")


def test_a_unit_of_another_kind_stops_with_the_units_known():
    with pytest.raises(ColumnError, match="mg/kg") as error:
        taken(["氨氮(mg/kg)"], "samples")
    assert "mg/l" in str(error.value.fix)


def test_missing_columns_list_the_heads_and_the_way_out():
    options = Options(kind="samples", layer="x")
    lacking = missing(match(["甲", "乙"], options), "samples")
    text = str(refuse_missing(lacking, ["甲", "乙"], "samples", "a.csv"))
    assert "甲, 乙" in text
    assert "--column section=HEAD" in text


@pytest.mark.parametrize(
    ("unit", "into", "times"),
    [
        ("公顷", "亩", 15.0),
        ("万元", "元", 10_000.0),
        ("μg/L", "mg/L", 0.001),
        ("µg/m³", "μg/m3", 1.0),
        ("mg/m³", "µg/m³", 1000.0),
    ],
)
def test_factors(unit, into, times):
    assert factor(unit, into) == pytest.approx(times)


def test_heads_in_traditional_characters_and_in_english_are_known():
    heads = ["地塊編號", "鄉鎮", "驗收日期", "驗收面積（公頃）"]
    found = taken(heads, "parcels")
    assert [found[name].head for name in ("parcel_id", "town", "accepted_on", "accepted_area_mu")] == heads
    assert factor(found["accepted_area_mu"].unit, "亩") == 15
    heads = ["Parcel ID", "Acceptance date", "Accepted area (ha)"]
    assert [*taken(heads, "parcels")] == ["parcel_id", "accepted_on", "accepted_area_mu"]
