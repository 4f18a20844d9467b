"""When two rows are the same thing: one rule for every kind of table."""

import pandas as pd
import pytest

from gis.base.errors import Question
from gis.base.tables import conform
from gis.catalogue.model import Answer
from gis.ingest.identity import identify


def table(kind, rows, source="一.csv"):
    frame = pd.DataFrame(rows)
    frame = frame.assign(source=frame.get("source", source), source_row=range(2, len(frame) + 2))
    return conform(frame, kind)


def found(kind, rows, **answers):
    return identify(table(kind, rows), kind, "层", {key: Answer(value=one) for key, one in answers.items()})


def readings(*values, day="2021-01-05", **more):
    return [{"section": "甲", "sampled_at": pd.Timestamp(day), "nh3n": one, **more} for one in values]


def test_a_row_said_twice_counts_once_and_is_listed():
    for kind, row in (
        ("parcels", {"parcel_id": "1", "area_declared_mu": 3.0}),
        ("samples", readings(0.3)[0]),
        ("ledger_events", {"parcel_id": "1", "event": "accepted", "date": pd.Timestamp("2021-05-01")}),
    ):
        result = found(kind, [row, row])
        assert result.table["source_row"].tolist() == [3], kind
        assert result.listed[["source_row", "by_source_row"]].to_numpy().tolist() == [[2, 3]], kind


def test_a_running_number_does_not_make_two_rows_of_one():
    rows = [{"parcel_id": "1", "area_declared_mu": 3.0, "序号": at} for at in (1, 2)]
    assert len(found("parcels", rows).table) == 1


def test_two_places_of_one_id_both_stand_under_names_of_their_own():
    result = found("parcels", [{"parcel_id": "CS-1", "area_declared_mu": one} for one in (3.0, 4.0)])
    assert result.table["parcel_id"].tolist() == ["CS-1#2", "CS-1#3"]
    assert result.findings[0][0] == "same_id"


@pytest.mark.parametrize("column", ["项目名称", "ZLDWDM", "村", "town", "权属单位"])
def test_a_column_that_tells_ids_apart_joins_them(column):
    rows = [{"parcel_id": id_, column: project, "area_declared_mu": at}
            for at, (project, id_) in enumerate([("甲", "1"), ("甲", "2"), ("乙", "1"), ("乙", "2"), ("丙", "3")]
            )]  # fmt: skip
    result = found("parcels", rows)
    assert result.table["parcel_id"].tolist() == ["1@甲", "2@甲", "1@乙", "2@乙", "3"]
    assert [code for code, _ in result.findings] == ["id_joined"]


def test_a_column_that_leaves_one_pair_together_does_not_join():
    rows = [
        {"parcel_id": "1", "村": one, "area_declared_mu": at} for at, one in enumerate(["甲", "甲", "乙"])
    ]
    assert found("parcels", rows).table["parcel_id"].tolist() == ["1#2", "1#3", "1#4"]


@pytest.mark.parametrize("id_", ["3.2058110620700001E+18", "3.2E+18", "3205811062070000000", "3.20581E18"])
def test_an_id_that_excel_damaged_is_a_question(id_):
    rows = [{"parcel_id": id_, "area_declared_mu": one} for one in (3.0, 4.0, 5.0)]
    with pytest.raises(Question, match="damaged"):
        found("parcels", rows)
    answered = found("parcels", rows, **{"identity:图斑编号": "rows"})
    assert len(answered.table) == 3


def test_a_later_file_replaces_a_place_and_a_file_without_a_date_is_a_question():
    rows = [{"parcel_id": "1", "area_declared_mu": 3.0, "source": "地块_2021.shp"},
            {"parcel_id": "1", "area_declared_mu": 4.0, "source": "地块_2022.shp"}]  # fmt: skip
    result = found("parcels", rows)
    assert result.table["area_declared_mu"].tolist() == [4.0]
    assert result.listed["source"].tolist() == ["地块_2021.shp"]
    undated = [
        {**row, "source": name} for row, name in zip(rows, ("地块.shp", "地块 - 副本.shp"), strict=True)
    ]
    with pytest.raises(Question, match="副本"):
        found("parcels", undated)
    assert len(found("parcels", undated, **{"identity:层": "both"}).table) == 2
    assert found("parcels", undated, **{"identity:层": "later"}).table["area_declared_mu"].tolist() == [4.0]


def test_pieces_of_a_line_stand_and_one_drawn_twice_counts_once():
    rows = [{"line_id": "R1", "name": one} for one in ("东", "西", "西")]
    assert found("control_lines", rows).table["name"].tolist() == ["东", "西"]


def test_two_editions_of_a_line_stand_side_by_side():
    rows = [{"line_id": "R1", "edition": one, "source": f"红线{one}.gpkg"} for one in ("2018", "2023")]
    assert len(found("control_lines", rows).table) == 2


def test_a_reading_published_again_counts_once_and_is_kept_as_a_record():
    result = found("samples", readings(0.3, 0.4, day="2021-01-05 08:00"))
    assert result.table["nh3n"].tolist() == [0.4]
    assert result.earlier["nh3n"].tolist() == [0.3]
    assert len(result.listed) == 1


def test_many_readings_of_one_day_are_no_editions_of_it():
    with pytest.raises(Question, match="lose them"):
        found("samples", readings(*(at / 10 for at in range(8))))
    assert (
        len(found("samples", readings(*(at / 10 for at in range(8))), **{"identity:层": "each"}).table) == 8
    )
    assert (
        len(found("samples", readings(*(at / 10 for at in range(8))), **{"identity:层": "last"}).table) == 1
    )


def test_a_republished_hour_is_no_question_however_many():
    rows = [row for at in range(24) for row in readings(0.1, 0.2, day=f"2021-01-05 {at:02}:00")]
    assert len(found("samples", rows).table) == 24


def test_a_few_readings_among_many_are_no_question():
    rows = [row for day in range(1, 29) for row in readings(0.1, day=f"2021-01-{day:02}")]
    rows += [
        row
        for month in range(2, 12)
        for day in range(1, 29)
        for row in readings(0.1, day=f"2021-{month:02}-{day:02}")
    ]
    result = found("samples", [*rows, *readings(0.9, day="2021-01-05")])
    assert len(result.table) == len(rows)


def test_a_copy_of_a_file_with_other_values_is_a_question_and_an_exact_copy_is_none():
    days = [f"2021-01-{day:02}" for day in range(1, 11)]
    one = [row | {"source": "日均值.csv"} for day in days for row in readings(0.1, day=day)]
    copy = [row | {"source": "日均值 - 副本.csv"} for row in one]
    assert len(found("samples", [*one, *copy]).table) == 10
    changed = [row | {"nh3n": 0.2} for row in copy]
    with pytest.raises(Question, match="副本"):
        found("samples", [*one, *changed])


def test_sections_of_one_name_on_two_rivers_are_two():
    rows = [{"name": "大桥", "water_body": river, "target_class": 3} for river in ("甲河", "乙河")]
    assert len(found("sections", rows).table) == 2
    records = [
        row for river, value in (("甲河", 0.3), ("乙河", 1.4)) for row in readings(value, water_body=river)
    ]
    assert len(found("samples", records).table) == 2


def test_an_answer_for_another_layout_is_asked_again():
    rows = table("samples", readings(*(at / 10 for at in range(8))))
    stale = {"identity:层": Answer(value="each", layout="00000000")}
    with pytest.raises(Question):
        identify(rows, "samples", "层", stale)
