"""What a result is made of: a step is handed tables that note which of them it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, SupportsIndex

import pandas as pd

from gis.base.tables import Assessment, Tables

Layers = frozenset[str]
Lineage = Mapping[str, Layers]
Origin = Callable[[str], Layers]
FIGURES = "figures:"


class Notes:
    """The layers that were read so far, kept apart for each step."""

    def __init__(self) -> None:
        self._read: set[str] = set()

    def add(self, layers: Iterable[str]) -> None:
        """Note that rows of these layers were read."""
        self._read.update(layers)

    @property
    def read(self) -> Layers:
        """What was read, of all steps that ended and of the one that runs."""
        return frozenset(self._read)

    @contextmanager
    def step(self) -> Iterator[Notes]:
        """Note apart what a step reads; afterwards the whole has read it too."""
        whole, self._read = self._read, set()
        own = Notes()
        own._read = self._read
        try:
            yield own
        finally:
            whole |= own._read
            self._read = whole


class Recorded(Mapping[str, pd.DataFrame]):
    """Tables by name that note every one whose rows or presence is asked for.

    Parameters
    ----------
    origin
        Gives the layers that a table is made of, by its name; the table's own name where nobody says.
    """

    def __init__(self, tables: Tables, origin: Origin | None = None, notes: Notes | None = None) -> None:
        self.tables = tables
        self.origin: Origin = origin or (lambda name: frozenset({name}))
        self.notes = notes or Notes()

    def over(self, tables: Tables) -> Recorded:
        """Give other tables of the same names, noted in the same place."""
        return Recorded(tables, self.origin, self.notes)

    def __getitem__(self, name: str) -> pd.DataFrame:
        frame = self.tables[name]
        self.notes.add(self.origin(name))
        return frame

    def __contains__(self, name: object) -> bool:
        there = name in self.tables
        if there:
            self.notes.add(self.origin(str(name)))
        return there

    def __iter__(self) -> Iterator[str]:
        for name in self.tables:
            self.notes.add(self.origin(name))
            yield name

    def __len__(self) -> int:
        return len(self.tables)


class NotedTuple(tuple[Any, ...]):
    """Values of a layer that stand in no table, such as its targets: who looks at them is noted."""

    note: Callable[[], None]

    def __iter__(self) -> Iterator[Any]:
        self.note()
        return super().__iter__()

    def __getitem__(self, at: SupportsIndex | slice) -> Any:
        self.note()
        return super().__getitem__(at)


def noted_tuple(values: Iterable[Any], note: Callable[[], None]) -> NotedTuple:
    """Give values whose reader calls `note`."""
    made = NotedTuple(values)
    made.note = note
    return made


def recorded(tables: Tables) -> Recorded:
    """Give tables that note what is read of them: the same where they do already."""
    return tables if isinstance(tables, Recorded) else Recorded(tables)


def carried(made: Assessment, layers: Iterable[str]) -> Assessment:
    """Say of every table and figure of a step, unless the step said so itself, that it is made of these layers."""
    names = [*made.tables, *(f"{FIGURES}{one}" for one in made.figures["indicator"].unique())]
    return replace(made, lineage={**dict.fromkeys(names, frozenset(layers)), **made.lineage})


def stepped(read: Recorded, step: Callable[[], Assessment], before: Layers = frozenset()) -> Assessment:
    """Take a step; what it makes is made of what it reads, and of what was read before to make its values."""
    with read.notes.step() as own:
        made = step()
    return carried(made, own.read | before)


def union(lineage: Lineage, names: Iterable[str]) -> Layers:
    """Give the layers of several tables together."""
    return frozenset().union(*(lineage.get(name, frozenset()) for name in names))
