import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gis.base.errors import ColumnError
from gis.ingest import Options, read_file
from tests.ingest.accounts import adds_up

DATA = Path(__file__).parents[2].parent / "shared" / "data"
HEADS = "断面名称,监测时间,氨氮(μg/L)\n"
real = [pytest.mark.real, pytest.mark.skipif(not DATA.exists(), reason="no shared data")]


def read(folder, text, kind="samples", **more):
    path = Path(folder) / "a.csv"
    path.write_text(text, encoding="utf-8")
    return read_file(path, Options(kind=kind, layer="x", **more))


def test_a_bad_cell_never_costs_the_row(tmp_path):
    found = read(tmp_path, HEADS + "甲,2021-01-05,1.2.3\n乙,2021-01-05,<50\n")
    assert found.table["nh3n"].isna().tolist() == [True, False]
    assert found.table["nh3n"][1] == 0.025
    assert found.marks["mark"].tolist() == ["suspect", "non_detect"]
    assert found.marks["detection_limit"][1] == 0.05
    assert "suspect_cells" in found.findings["code"].tolist()


def test_a_bad_key_is_quarantined_with_row_reason_and_fix(tmp_path):
    found = read(tmp_path, HEADS + "甲,见附件,1\n,2021-01-05,1\n平均值,,1\n")
    assert found.rejects[["source_row", "field", "text"]].fillna("").to_numpy().tolist() == [
        [4, "", "平均值"], [2, "sampled_at", "见附件"], [3, "section", ""],
    ]  # fmt: skip
    assert found.rejects["fix"].notna().all()
    assert adds_up(found)


def test_the_later_row_wins_and_both_are_listed(tmp_path):
    found = read(tmp_path, HEADS + "甲,2021-01-05,1000\n甲,2021-01-05,2000\n")
    assert found.table["nh3n"].tolist() == [2.0]
    assert found.superseded[["source_row", "by_source_row"]].to_numpy().tolist() == [[2, 3]]


def test_areas_and_money_come_to_the_unit_of_the_column(tmp_path):
    found = read(tmp_path, "纳税人识别号,年度,税收(万元),自有土地(公顷)\na,2021年,1.5,2\n", "tax")
    assert found.table[["year", "tax_yuan", "land_own_mu"]].to_numpy().tolist() == [[2021, 15000.0, 30.0]]


def test_lon_and_lat_make_points(tmp_path):
    found = read(tmp_path, "断面名称,经度,纬度,水质目标\n甲,120.7,31.6,Ⅲ\n乙,,,Ⅳ\n", "sections")
    assert found.table.crs.to_epsg() == 4490
    assert found.table.geometry.isna().tolist() == [False, True]
    assert found.table["target_class"].tolist() == [3, 4]


def test_missing_columns_say_what_is_there(tmp_path):
    with pytest.raises(ColumnError, match="甲, 乙"):
        read(tmp_path, "甲,乙\n1,2\n")


ROW = st.tuples(
    st.sampled_from(["甲", "乙", "", "平均值"]), st.sampled_from(["2021-01-05", "2021-01-06", "?", ""]),
    st.sampled_from(["1", "<2", "--", "x", ""]),
)  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=12))
@example([("", "", "1"), ("甲", "2021-01-05", "1")])  # no second row of heads
@example([("", "", "1"), ("", "", "1"), ("甲", "?", "1")])
def test_read_is_kept_plus_superseded_plus_quarantined(rows):
    with tempfile.TemporaryDirectory() as folder:
        found = read(folder, HEADS + "".join(",".join(row) + "\n" for row in rows))
    assert adds_up(found)
    assert found.sources["rows_read"].sum() == sum(any(row) for row in rows)


FILES = [
    *((path, "samples") for path in sorted((DATA / "water").rglob("*")) if path.is_file() and "type" not in path.name),
    *((path, "air_hours") for path in sorted((DATA / "air").glob("*"))),
]  # fmt: skip
AGAIN = {"cnemc_water_hourly_202608.csv.gz": [pytest.mark.full]}  # a second month of the same publisher


@pytest.mark.parametrize(
    ("path", "kind"),
    [pytest.param(*one, marks=[*real, *AGAIN.get(one[0].name, ())], id=one[0].name) for one in FILES],
)
def test_every_published_file_reads_and_adds_up(path, kind):
    found = read_file(path, Options(kind=kind, layer="x"))
    assert adds_up(found)
    assert len(found.table)
