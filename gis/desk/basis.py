"""The numbers of a result, and the rows of files behind each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from gis.base.figures import indicator
from gis.base.messages import SEPARATORS, Message, Text, listed, of_text, shown
from gis.base.tables import TABLES, Assessment, Tables, stacked
from gis.desk.phrases import phrase
from gis.desk.wording import period_word
from gis.standards import Edition

NO_COUNTY = "000000"
NO_ROWS = pd.DataFrame({"table": [], "source": [], "source_row": [], "part": []})


class Number(NamedTuple):
    """A number of a result.

    Attributes
    ----------
    texts
        The clauses and editions that it rests on.
    rows
        Columns of `evidence`: table, source, source_row, part (the value used of the row).
    made_of
        Keys of the numbers it is made of.
    """

    key: str
    name: Text
    value: float | None
    unit: str
    how: Text
    texts: str
    rows: pd.DataFrame = NO_ROWS
    made_of: Sequence[str] = ()


class Basis(NamedTuple):
    """The numbers of a result, the tables read, for the words of each row, and what was settled: name → value."""

    numbers: Sequence[Number]
    read: Tables
    settings: Mapping[Text, Text] = {}


def text_of(*editions: Edition) -> str:
    """Name standards with their clause and the id of the edition."""
    return str(listed((named(one.cited, one.id) for one in editions), *SEPARATORS))


def named(clause: str, edition: str) -> Message:
    """Name a clause, stored or as it stands, with the edition behind it, both where they are."""
    behind = Message("（{id_}）", " ({id_})", id_=of_text(edition)) if edition else ""
    return listed([of_text(clause), behind], "", "")


def of_figures(made: Assessment, ids: Iterable[str]) -> list[Number]:
    """Give figures of an assessment, and those that they are made of, each once."""
    figures = made.figures.set_index("figure_id")
    behind = dict(iter(made.evidence.groupby("figure_id", sort=False)))
    wanted = [one for one in ids if one in figures.index]
    listed: dict[str, Number] = {}
    while wanted:
        key = wanted.pop(0)
        if key in listed:
            continue
        rows = behind.get(key, NO_ROWS)
        parts = [str(one) for one in rows.loc[rows["table"] == "figures", "source"] if one in figures.index]
        row = figures.loc[key].to_dict()
        formula = of_text(str(row["formula"]))
        texts = str(named(row["clause"] or "", row["edition"] or ""))
        listed[key] = Number(
            key, _named(row), float(row["value"]), str(row["unit"]), formula, texts,
            rows[rows["table"] != "figures"], parts,
        )  # fmt: skip
        wanted += parts
    return list(listed.values())


def _named(row: Mapping[Any, Any]) -> Text:
    """Name a figure: what it is, of which item, period and place; files of a desk have no county to name."""
    known = indicator(str(row["indicator"]))
    code = str(row["indicator"]).rpartition(".")[2]
    column = (TABLES["air_days"] | TABLES["samples"]).get(code)
    item: Text = Message(column.zh, column.en) if column is not None else code
    return phrase(
        "name_of_figure", title=Message(known.title["zh"], known.title["en"]),
        item=Message("（{item}）", " ({item})", item=item) if "*" in known.id else "",
        period=period_word(str(row["period"])), place="" if row["place"] == NO_COUNTY else row["place"],
    )  # fmt: skip


def counts(values: pd.Series, rows: pd.DataFrame, unit: Text, how: Text, texts: str) -> list[Number]:
    """Count rows by a word: a number each word, its rows behind it.

    Parameters
    ----------
    values
        The word of each row, in the order of `rows`.
    rows
        Columns of `evidence`.
    """
    return [
        Number(f"n{at}", str(shown(name)), float(len(some)), str(unit), how, texts, some)
        for at, (name, some) in enumerate(rows.groupby(values.to_numpy(dtype="object"), sort=True))
    ]


def figures_of(basis: Basis) -> pd.DataFrame:
    """Lay the numbers out as a frame: a row a number, indexed by its key, in the language of the run."""
    rows = [
        {
            "key": one.key, "name": str(shown(one.name)).strip(), "value": one.value, "unit": one.unit,
            "formula": str(shown(one.how)), "texts": one.texts, "made_of": ", ".join(one.made_of),
        }
        for one in basis.numbers
    ]  # fmt: skip
    names = ["key", "name", "value", "unit", "formula", "texts", "made_of"]
    return pd.DataFrame(rows, columns=names).astype({"value": "float64"}).set_index("key")


def evidence_of(basis: Basis) -> pd.DataFrame:
    """Lay the rows behind the numbers out as a frame: key, table, source, source_row, part."""
    frames = [NO_ROWS.assign(key=""), *(number.rows.assign(key=number.key) for number in basis.numbers)]
    names = ["key", "table", "source", "source_row", "part"]
    return stacked(frames)[names].astype(
        {"table": "str", "source": "str", "source_row": "Int64", "part": "float64"}
    )
