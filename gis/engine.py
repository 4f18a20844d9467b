"""Map a function over parts of a table, then combine: on threads, or whole partitions on a cluster.

GEOS and NumPy release the GIL, so threads use every core. A prepared geometry must never be
shared by two parts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

P = TypeVar("P")
R = TypeVar("R")
S = TypeVar("S")
Partition = Mapping[str, pd.DataFrame]  # tables by name; each row keeps the label it has in the whole table

PARTS = 8  # at least so many parts of the work, so that no thread waits long for another
BLOCK = 4096  # rows worked at a time, so that the arrays stay in the processor's cache


class Engine(Protocol):
    """The verbs a back end must offer; the subjects know nothing else of it."""

    def map(self, part: Callable[[P], R], parts: Iterable[P]) -> list[R]:
        """Apply `part` to every part; results stand in the order of the parts."""

    def combine(self, results: list[R], how: Callable[[list[R]], S]) -> S:
        """Reduce the results of `map` or `spread` to one value."""

    def partitions(self, rows: int, most: int) -> int:
        """Say into how many partitions so many rows go, where one of `most` rows is as large as is good."""

    def spread(self, work: Callable[[Partition, Engine], R], parts: Iterable[Partition]) -> list[R]:
        """Apply `work`, a function that can be pickled, to partitions that share nothing; results in their order.

        The engine it is handed is that of the machine where it is at work.
        """


class Threads:
    """Threads of this machine; they stay, since a new one makes its projections anew."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self.workers)

    def map(self, part: Callable[[P], R], parts: Iterable[P]) -> list[R]:
        """Apply `part`, which must not map itself, to every part, at most `workers` at a time; one works here."""
        return list(map(part, parts) if self.workers == 1 else self._pool.map(part, parts))

    def combine(self, results: list[R], how: Callable[[list[R]], S]) -> S:
        """Reduce on this machine."""
        return how(results)

    def partitions(self, rows: int, most: int) -> int:  # noqa: ARG002
        """Keep everything together."""
        return 1

    def spread(self, work: Callable[[Partition, Engine], R], parts: Iterable[Partition]) -> list[R]:
        """Take one partition after the other, each on all threads."""
        return [work(part, self) for part in parts]


def in_blocks(engine: Engine, work: Callable[..., Any], *arrays: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Apply work to blocks of the arrays, a thread a block, and join what it gives."""
    size = min(BLOCK, len(arrays[0]) // PARTS + 1)
    starts = range(0, max(len(arrays[0]), 1), size)
    done = engine.map(lambda at: work(*(one[at : at + size] for one in arrays)), starts)
    return engine.combine(done, np.concatenate)


def whole_groups(keys: pd.Series, rows: int) -> list[npt.NDArray[np.intp]]:
    """Split positions into parts of about so many rows, no key in two of them."""
    if len(keys) <= rows:
        return [np.arange(len(keys))]
    codes = pd.factorize(keys)[0]
    order = np.argsort(codes, kind="stable")
    borders = np.flatnonzero(np.diff(codes[order])) + 1
    if not len(borders):
        return [order]
    cuts = borders[np.searchsorted(borders, np.arange(rows, len(order), rows)).clip(max=len(borders) - 1)]
    return np.split(order, np.unique(cuts))
