"""Texts by code are those named row by row."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from gis.base.named import joined, placed

NAMES = ["甲", "乙", "丙"]


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans())))
def test_joined_names_are_those_of_each_row(rows):
    chosen = np.array(rows, dtype=bool).reshape(-1, len(NAMES))
    expected = ["、".join(name for name, one in zip(NAMES, row, strict=True) if one) or None for row in rows]
    found = joined(chosen, NAMES, lambda names: "、".join(names) or None)
    assert pd.Series(found).fillna("").tolist() == [one or "" for one in expected]
    assert str(found.dtype) == "str"


def test_a_text_stands_where_its_code_says_and_none_is_missing():
    found = placed(["甲", None], np.array([1, 0, 0]))
    assert found.isna().tolist() == [True, False, False]
    assert list(found[1:]) == ["甲", "甲"]
