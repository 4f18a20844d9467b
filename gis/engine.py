"""Map a function over parts of a table, then combine: threads now, a cluster later.

GEOS and NumPy release the GIL, so threads use every core. A prepared geometry must never be
shared by two parts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

P = TypeVar("P")
R = TypeVar("R")
S = TypeVar("S")


class Engine(Protocol):
    """The two verbs a back end must offer; the subjects know nothing else of it."""

    def map(self, part: Callable[[P], R], parts: Iterable[P]) -> list[R]:
        """Apply `part` to every part; results stand in the order of the parts."""

    def combine(self, results: list[R], how: Callable[[list[R]], S]) -> S:
        """Reduce the results of `map` to one value."""


class Threads:
    """Threads of this machine."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or os.cpu_count() or 1

    def map(self, part: Callable[[P], R], parts: Iterable[P]) -> list[R]:
        """Apply `part` to every part, at most `workers` at a time."""
        with ThreadPoolExecutor(self.workers) as pool:
            return list(pool.map(part, parts))

    def combine(self, results: list[R], how: Callable[[list[R]], S]) -> S:
        """Reduce on this machine."""
        return how(results)
