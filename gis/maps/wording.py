"""Stored words in both languages for popups and tables: `river_dredged` is 城区河道清淤 (`base/codes.toml`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from gis.base.columns import described
from gis.base.messages import of_text
from gis.base.stored_words import word_of, words_of
from gis.base.units import unit_words

FORMULA = re.compile(r"\(([^()]+)\)")


def paired(values: pd.Series, table: str, column: str) -> pd.Series:
    """Write the stored words of a column as [Chinese, English]; what is no stored word stays as it is."""
    if column == "unit":
        return values.map(lambda one: list(unit_words(str(one))), na_action="ignore")
    words = {code: list(told) for code, told in words_of(column, table).items()}
    return values.map(lambda one: words.get(one, one), na_action="ignore") if words else values


def categories(frame: pd.DataFrame) -> pd.Series | None:
    """Give the categories of parcels in both languages; None where the frame has none."""
    found = frame.get("category")
    return (
        None
        if found is None
        else found.map(lambda one: list(word_of(one, "category")), na_action="ignore").astype("object")
    )


def fields(
    frame: pd.DataFrame, table: str, names: str, told: Mapping[str, pd.Series | None] | None = None
) -> dict[str, pd.Series]:
    """Give what popups show of columns of a table, in the unit of their heads; those that are not there are left out.

    Parameters
    ----------
    names
        The columns in their order, between blanks.
    told
        Values that are written otherwise than they stand in the frame, also of further columns.
    """
    own = told or {}
    found = {name: own.get(name, frame.get(name)) for name in names.split()}
    return {
        name: values if name in own or (per := described(name, table).per) == 1 else values / per
        for name, values in found.items()
        if values is not None
    }


def headed(table: str, values: Mapping[str, pd.Series]) -> list[tuple[tuple[str, str], pd.Series]]:
    """Put the head of each column beside its values."""
    return [(described(name, table).head, one) for name, one in values.items()]


def names_of(value: Any) -> tuple[str, str]:
    """Give names of indicators as rows list them in both languages."""
    told = of_text(str(value))
    return told.zh, told.en


def pollutants(cell: Any) -> tuple[str, str]:
    """Name pollutants as they are published, 臭氧8小时(O3_8h), and in English by the formula in brackets."""
    names = str(cell).split(",")
    formulas = [found[1].replace("_", "-") if (found := FORMULA.search(one)) else one for one in names]
    return "、".join(names), ", ".join(formulas)
