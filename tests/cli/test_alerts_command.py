"""`gis alerts`: the table and the exit code that a scheduler acts on."""

import shutil

import pandas as pd
import pytest


@pytest.mark.full
def test_the_first_run_finds_new_ones_and_the_second_with_the_same_data_none(gis, sample_run, tmp_path):
    shutil.copytree(sample_run.out / ".work", tmp_path / "o" / ".work")  # what was read already
    words = ("alerts", "--layers", sample_run.layers, "--out", "o")
    first = gis(*words, "-o", "a.csv")
    assert first.exit_code == 1, first.output
    found = pd.read_csv("a.csv")
    assert f"{len(found)} alerts, {len(found)} new" in first.stdout
    assert found["is_new"].all()
    assert found[["person", "figure_id", "rows"]].notna().all(axis=None)
    assert (found["data_note"] == "示例数据 sample data").all()
    second = gis(*words)
    assert second.exit_code == 0, second.output
    assert f"{len(found)} alerts, 0 new" in second.stdout
