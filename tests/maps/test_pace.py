"""The land page says what the rest of the period must bring."""

import dataclasses

import fake_book
import pandas as pd
import pytest

from gis.maps.pages import land


@pytest.mark.parametrize(
    ("outlook", "words"), [("late", "按现速将晚于期限"), ("reached", "已达到"), ("missed", "期满未达到")]
)
def test_pace_stands_beside_what_is_needed(outlook, words):
    book = fake_book.make()
    row = {
        "target_id": book.targets["target_id"].iloc[0], "period": "2021", "goal": 10_000.0, "counted": 5_908.15,
        "remaining": 4_091.85, "months_left": 4.0, "needed_per_month": 1_022.9625, "pace_per_month": 492.35,
        "reached_on": pd.NaT, "outlook": outlook,
    }  # fmt: skip
    with_pace = dataclasses.replace(book, tables={**book.tables, "renewal_pace": pd.DataFrame([row])})
    page = land.render(with_pace)
    assert words in page
    assert "1,022.96" in page
