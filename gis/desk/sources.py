"""What a verb takes, a frame, files or what was read before, and what it gives at the public face."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis.base.door import one_of
from gis.base.errors import UsageError
from gis.base.messages import Message, listed
from gis.desk.basis import Basis, evidence_of, figures_of
from gis.desk.phrases import refusal
from gis.ingest import Ingested, Options
from gis.ingest.frames import NAME

AREAL = 2


class Read(NamedTuple):
    """What was read, from what, with which options, and what must be said of it at once."""

    found: Ingested
    source: pd.DataFrame | tuple[Path, ...]
    options: Options
    notes: tuple[Message, ...] = ()

    @property
    def name(self) -> str:
        """The files by name, or what a frame is called."""
        return NAME if isinstance(self.source, pd.DataFrame) else str(listed(one.name for one in self.source))


def areal(table: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Tell the rows that have a polygon."""
    return np.asarray(shapely.get_dimensions(table["geometry"].to_numpy()) == AREAL)


@dataclass(frozen=True, repr=False)
class Result:
    """A frame with our columns behind the caller's own, and how it came about.

    What `gis.read` gives is a source of every other function; what is said of it there holds.

    Attributes
    ----------
    frame
        The caller's index and columns first; rows that could not be used are in `rejects`.
    taken
        Canonical column → the head it was taken from.
    left
        Heads that were not taken.
    findings
        What was found while reading, in the language of the run.
    rejects
        Rows that could not be used, columns of the canonical table `rejects`.
    editions
        Ids of the editions of standards that judged.
    tables
        Further frames by name.
    notes
        The answer in words, as of when, and what must be said with it, in the language of the run.

    Examples
    --------
    >>> import gis
    >>> rows = {"图斑编号": ["A", "B"], "面积(亩)": [12.5, 8], "验收日期": ["2025-03-01", None]}
    >>> found = gis.ledger(pd.DataFrame(rows))
    >>> found.figures["value"].to_dict()
    {'all': 12.5, 'year': 12.5}
    >>> found.trace("all")[["table", "source", "source_row", "part"]].values.tolist()
    [['parcels', 'frame', 1, 12.5]]
    """

    frame: pd.DataFrame
    taken: Mapping[str, str]
    left: tuple[str, ...]
    findings: tuple[str, ...]
    rejects: pd.DataFrame
    editions: tuple[str, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    read: Read | None = field(default=None, compare=False)
    basis: Callable[[], Basis] | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        told = "".join(f"\n  {note}" for note in self.notes)
        return f"Result of {len(self.frame):,} rows: frame, {', '.join([*self.tables, 'figures'])}{told}"

    @cached_property
    def figures(self) -> pd.DataFrame:
        """The numbers of the answer by key: name, value, unit, formula, texts (clauses, editions), made_of."""
        return figures_of(self._rests_on)

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """The rows behind each number: key, table, source, source_row, part (what the row gives to it)."""
        return evidence_of(self._rests_on)

    def trace(self, key: str) -> pd.DataFrame:
        """Follow a number of `figures` to the rows behind it and behind the numbers it is made of.

        Raises
        ------
        UsageError
            No number has this key; the nearest are named.
        """
        if key not in self.figures.index:
            raise refusal(UsageError, "no_such_number", fix=one_of(key, self.figures.index), key=key)
        made_of = {one.key: one.made_of for one in self._rests_on.numbers}
        wanted, reached = [key], list[str]()
        while wanted:
            reached.append(wanted.pop(0))
            wanted += [one for one in made_of[reached[-1]] if one not in (*reached, *wanted)]
        return self.evidence[self.evidence["key"].isin(reached)].reset_index(drop=True)

    @cached_property
    def _rests_on(self) -> Basis:
        return self.basis() if self.basis is not None else Basis((), {})


Tell = Callable[[Read], None]
Source = pd.DataFrame | str | PathLike[str] | Sequence[str | PathLike[str]] | Result
