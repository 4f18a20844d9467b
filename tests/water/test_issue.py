"""Whose data counts: handed out before one's own, the higher audit status before the later."""

import datetime as dt

import pandas as pd
import pytest
from water.test_assess import CATALOGUE, EDITIONS, period, run, sample, section

from gis import water
from gis.base.messages import restored
from gis.base.tables import conform
from gis.engine import Threads
from gis.ingest import Options, read_files

LIST = [section("A", "张桥"), section("B", "江边闸")]


def rates(made, name="2021M01"):
    found = made.tables["water_rates"]
    return found[found["period"] == name].iloc[0]


def test_own_records_of_a_month_with_records_handed_out_are_in_no_mean_but_stay():
    rows = [
        sample("A", "2021-01-05", codmn=3.0, data_origin="national"),
        sample("A", "2021-01-12", codmn=9.0, data_origin="own"),
        sample("A", "2021-01-19", codmn=9.0),
        sample("A", "2021-02-05", codmn=9.0, data_origin="own"),
    ]
    made = run(rows, LIST)
    january, february = period(made, "2021M01"), period(made, "2021M02")
    assert (january["codmn"], january["n_samples"], january["n_own"]) == (3.0, 1, 0)
    assert pd.isna(january["issue_note"])
    assert (february["codmn"], restored(february["issue_note"]).zh) == (9.0, "自测，仅供参考")
    assert made.tables["samples"]["codmn"].tolist() == [3.0, 9.0, 9.0, 9.0]


def test_an_item_of_the_state_is_not_taken_from_the_province_and_another_is():
    rows = [
        sample("A", "2021-01-05", codmn=3.0, data_origin="national"),
        sample("A", "2021-01-12", codmn=9.0, codcr=18.0, data_origin="provincial"),
    ]
    month = period(run(rows, LIST), "2021M01")
    assert (month["codmn"], month["codcr"]) == (3.0, 18.0)


def test_rates_rest_on_what_was_handed_out_where_there_is_any():
    rows = [
        sample("A", "2021-01-05", codmn=9.0, data_origin="national"),
        sample("B", "2021-01-05", codmn=3.0, data_origin="own"),
    ]
    found = rates(run(rows, LIST))
    assert (found["n_assessed"], found["attainment_rate"]) == (1, 0.0)
    assert "江边闸（自测，仅供参考，不计入" in found["left_out"]
    own = run([{**one, "data_origin": "own"} for one in rows], LIST)
    assert (rates(own)["n_assessed"], restored(rates(own)["issue_note"]).zh) == (2, "自测，仅供参考")
    told = own.figures.set_index("indicator")["note"]
    assert told.loc[["water.section_class", "water.attainment_rate"]].str.contains("自测，仅供参考").all()
    silent = run([{**one, "data_origin": None} for one in rows], LIST)
    assert (rates(silent)["n_assessed"], pd.isna(rates(silent)["issue_note"])) == (2, True)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (("final", "raw"), 3.0),
        (("raw", "final"), 9.0),
        (("audited", "final"), 9.0),
        (("audited", None), 3.0),
        (("raw", "audited"), 9.0),
    ],
)
def test_of_a_reading_that_stands_twice_the_higher_status_counts(statuses, expected):
    rows = [
        sample("A", "2021-01-05", codmn=value, audit_status=status)
        for value, status in zip((3.0, 9.0), statuses, strict=True)
    ]
    month = period(run(rows, LIST), "2021M01")
    assert (month["codmn"], month["n_samples"]) == (expected, 1)


def test_a_status_tells_what_is_audited():
    rows = [sample("A", f"2021-01-0{day}", "automatic", codmn=3.0, audit_status="final") for day in (5, 6)]
    assert not period(run(rows, LIST), "2021M01")["unaudited"]
    raw = [{**one, "audit_status": "raw"} for one in rows]
    assert period(run(raw, LIST), "2021M01")["unaudited"]


def test_columns_of_origin_and_status_are_read_and_settle_a_reading_published_twice(tmp_path):
    file = tmp_path / "月度数据.csv"
    file.write_text(
        "断面名称,监测时间,高锰酸盐指数(mg/L),数据来源,审核状态\n"
        "张桥,2021-01-05,3.0,国家下发,终审\n张桥,2021-01-05,9.0,国家下发,原始\n张桥,2021-01-05,8.0,自测,原始\n",
        encoding="utf-8",
    )
    found = read_files([file], Options(kind="samples", layer="月度数据"))
    assert found.table[["codmn", "data_origin", "audit_status"]].to_numpy().tolist() == [
        [3.0, "national", "final"], [8.0, "own", "raw"],
    ]  # fmt: skip
    assert found.superseded["source_row"].tolist() == [3]
    listed = conform(pd.DataFrame(LIST).assign(source="断面.xlsx", source_row=[3, 4]), "sections")
    made = water.assess(
        {"samples": found.table, "sections": listed}, CATALOGUE, EDITIONS, dt.date(2021, 1, 31), Threads(1)
    )
    assert period(made, "2021M01")["codmn"] == 3.0
