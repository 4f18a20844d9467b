"""What is told and asked about the unit of a column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.errors import Choice
from gis.base.messages import Message
from gis.ingest.heads import Taken
from gis.ingest.measures import canonical_unit, factor
from gis.ingest.model import Findings, Options, Raw, finding
from gis.ingest.phrases import phrase
from gis.ingest.questions import ask
from gis.ingest.values import numbers

Floats = npt.NDArray[np.float64]
LOOKED_AT = 2000


class Place(NamedTuple):
    """The part that is read, what was said of it, and its name and heads for a question."""

    raw: Raw
    options: Options
    file: str
    heads: tuple[str, ...]


def shown_unit(unit: str) -> str:
    """Write a unit as a reader knows it."""
    return {"m2": "m²", "km2": "km²"}.get(unit, unit)


def looked_at(cells: pd.Series) -> Floats:
    """Read up to 2,000 cells spread over a column as numbers: enough to tell what size it is."""
    size = len(cells)
    at = np.unique(np.linspace(0, size - 1, min(size, LOOKED_AT)).astype(np.intp)) if size else np.arange(0)
    return numbers(cells.iloc[at]).value


def middle_of(value: Floats) -> float:
    """Give the median of the numbers above zero; nan without one."""
    positive = value[np.isfinite(value) & (value > 0)]
    return float(np.median(positive)) if len(positive) else np.nan


def sized(one: Taken, unit: str, instead: str, findings: Findings) -> Taken:
    """Give a column in the unit that its size alone leaves (in the other no value is possible), and tell it."""
    findings.append(finding("unit_by_size", head=one.head, unit=shown_unit(unit), instead=instead))
    return one._replace(unit=unit, how="size")


def settled(one: Taken, unit: str, findings: Findings) -> Taken:
    """Give a column in the unit of an answer, and tell it."""
    findings.append(finding("unit_answered", head=one.head, unit=unit))
    return one._replace(unit=unit, how="answer")


def ask_unit(
    place: Place, name: str, one: Taken, what: Message, units: Iterable[str] | Mapping[str, str]
) -> str:
    """Ask for the unit of a column, each choice with the first two numbers read so.

    Raises
    ------
    Question
        Nobody has answered it for this layout.
    """
    into = canonical_unit(place.options.kind, name) or ""
    named = units if isinstance(units, Mapping) else dict.fromkeys(units, "")
    choices = [
        Choice(value, Message("单位是 {unit}", "the unit is {unit}", unit=unit or value),
               examples(place, one, unit or value, into))
        for value, unit in named.items()
    ]  # fmt: skip
    return ask(
        place.options, f"unit:{one.head}", what, choices, file=place.file, heads=place.heads,
        option=f"--column {name}={one.head}[{choices[0].value}]",
    )  # fmt: skip


def asked(place: Place, name: str, one: Taken, units: Sequence[str], findings: Findings) -> Taken:
    """Ask for one of two units where the second is implausible; the column in the unit answered."""
    first, second = units
    what = phrase("unit_implausible", head=one.head, first=first, second=second)
    return settled(one, ask_unit(place, name, one, what, units), findings)


def examples(place: Place, one: Taken, unit: str, into: str) -> tuple[str, ...]:
    """Show the first two numbers of a column as they are read in a unit."""
    cells, rows = place.raw.frame[one.head], place.raw.rows
    value = numbers(cells).value
    times = factor(unit, into) or np.nan
    at = np.flatnonzero(np.isfinite(value) & (value > 0))[:2]
    return tuple(f"#{rows.iloc[i]}  {one.head} {cells.iloc[i]} → {value[i] * times:,.6g} {into}" for i in at)
