"""A first county of public records, as a newcomer has it: the run ends and says what is not there."""

import runpy

import pandas as pd
import pytest

from gis import pipeline


@pytest.mark.real
@pytest.mark.full
def test_a_county_of_public_records_runs_to_the_end(shared, tmp_path):
    make = shared.parent / "real_county" / "make.py"
    if not make.exists():
        pytest.skip("the first county is not here")
    runpy.run_path(str(make))["main"](tmp_path / "layers")
    index, book, intake = pipeline.run(tmp_path / "layers", tmp_path / "out")
    assert index.exists()
    sources = intake.logs["sources"]
    assert (sources["rows_read"] == sources["rows_kept"]).all()
    findings = intake.logs["findings"].set_index("code")["message"]
    assert "轧钢厂" in findings["outside_county"], "a station beyond the border is kept and named"
    assert len(book.tables["stations"]) == 5
    assert pd.DataFrame(book.tables["sections"])["geometry"].isna().all()
    assert not book.figures["figure_id"].str.startswith("land.").any()
