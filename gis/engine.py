"""Map a function over parts of a table, then combine: threads now, a cluster later.

GEOS and NumPy release the GIL, so threads use every core. A prepared geometry must never be
shared by two parts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

P = TypeVar("P")
R = TypeVar("R")
S = TypeVar("S")

PARTS = 8  # at least so many parts of the work, so that no thread waits long for another
BLOCK = 4096  # rows worked at a time, so that the arrays stay in the processor's cache


class Engine(Protocol):
    """The two verbs a back end must offer; the subjects know nothing else of it."""

    def map(self, part: Callable[[P], R], parts: Iterable[P]) -> list[R]:
        """Apply `part` to every part; results stand in the order of the parts."""

    def combine(self, results: list[R], how: Callable[[list[R]], S]) -> S:
        """Reduce the results of `map` to one value."""


class Threads:
    """Threads of this machine; they stay, since a new one makes its projections anew."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self.workers)

    def map(self, part: Callable[[P], R], parts: Iterable[P]) -> list[R]:
        """Apply `part`, which must not map itself, to every part, at most `workers` at a time."""
        return list(self._pool.map(part, parts))

    def combine(self, results: list[R], how: Callable[[list[R]], S]) -> S:
        """Reduce on this machine."""
        return how(results)


def in_blocks(engine: Engine, work: Callable[..., Any], *arrays: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Apply work to blocks of the arrays, a thread a block, and join what it gives."""
    size = min(BLOCK, len(arrays[0]) // PARTS + 1)
    starts = range(0, max(len(arrays[0]), 1), size)
    done = engine.map(lambda at: work(*(one[at : at + size] for one in arrays)), starts)
    return engine.combine(done, np.concatenate)
