import numpy as np
import pandas as pd
import pytest

from gis import standards
from gis.air.rose import SECTORS, rose
from gis.ingest import Options, read_file

RULES = standards.load().get("air-practice").data["rose"]


def records(directions, speeds, values):
    return pd.DataFrame({"wind_dir": directions, "wind_speed": speeds, "pm25": values})


def test_the_wind_is_named_by_where_it_comes_from():
    found = rose(records([0, 360, 11, 350, 12, 90, 180, 270] * 4, 2.0, [10.0] * 32), "pm25", RULES)
    counts = found.set_index("sector")["n"]
    assert counts[["N", "NNE", "E", "S", "W"]].tolist() == [16, 4, 4, 4, 4]
    assert found["sector"].tolist() == [*SECTORS, "C"]
    assert found["share"].sum() == pytest.approx(100)


def test_the_mean_is_that_of_the_sector_and_calm_stands_apart():
    found = rose(
        records([45] * 20 + [225] * 20, [3.0] * 20 + [0.4] * 20, [50.0] * 20 + [20.0] * 20), "pm25", RULES
    )
    means = found.set_index("sector")["mean"]
    assert (means["NE"], means["C"]) == (50.0, 20.0)
    assert np.isnan(means["SW"])


def test_few_records_or_none_make_no_rose():
    assert len(rose(records([10] * 23, 2.0, 5.0), "pm25", RULES)) == 0
    assert len(rose(pd.DataFrame({"pm25": [1.0]}), "pm25", RULES)) == 0
    assert len(rose(records([np.nan] * 40, 2.0, 5.0), "pm25", RULES)) == 0


def test_wind_is_read_under_the_heads_of_a_desk_and_a_word_for_it_loses_no_row(tmp_path):
    rows = "甲,2025-01-01 01:00,40,90,7.2\n甲,2025-01-01 02:00,41,东北,3.6\n"
    (tmp_path / "h.csv").write_text("站点名称,时间,PM2.5,风向(°),风速(km/h)\n" + rows, encoding="utf-8")
    found = read_file(tmp_path / "h.csv", Options(kind="air_hours", layer="a"))
    assert found.table["wind_speed"].tolist() == pytest.approx([2.0, 1.0])
    assert found.table["wind_dir"].tolist()[0] == 90
    assert found.table["wind_dir"].isna().tolist() == [False, True]
    assert len(found.rejects) == 0
    assert "suspect_cells" in set(found.findings["code"])
