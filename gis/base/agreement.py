"""How far published verdicts are reproduced: how many are equal, and why the others are not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from gis.base.messages import Message, listed, ready
from gis.base.phrases import phrase

UNEXPLAINED = "unexplained"
HUNDRED, PARTS = 100, 10_000


class Agreement(NamedTuple):
    """Counts of one file.

    Attributes
    ----------
    published
        Records with a published verdict.
    equal
        Those whose verdict is ours.
    either
        Those where ours is not settled and the published verdict is one of the possible ones.
    causes
        Cause → records that differ for it, most frequent first; `unexplained` where none was found.
    """

    published: int
    equal: int
    either: int
    causes: dict[str, int]

    @property
    def reproduced(self) -> float:
        """The share that is equal or possible, 0–1; 1 where nothing was published."""
        return (self.equal + self.either) / self.published if self.published else 1.0

    @property
    def explained(self) -> float:
        """The share that is equal, possible or differs for a named cause, 0–1."""
        return 1.0 - self.causes.get(UNEXPLAINED, 0) / self.published if self.published else 1.0


def agreement(published: pd.Series, differs: pd.Series, cause: pd.Series) -> Agreement:
    """Count what agrees.

    Parameters
    ----------
    published
        Shape (n,), null where nothing was published.
    differs
        Shape (n,), boolean; null where ours is not settled and the published one is possible.
    cause
        Shape (m,), a cause for each record that differs.
    """
    known = published.notna()
    equal = int((known & (differs == False).fillna(value=False)).sum())  # noqa: E712  null is neither
    either = int((known & differs.isna()).sum())
    causes = {str(name): int(count) for name, count in cause.value_counts().items()}
    return Agreement(int(known.sum()), equal, either, causes)


def told(counts: Agreement, words: Mapping[str, Message]) -> Message:
    """Say it in one line, with the causes; a share is cut, so that only all is 100 %."""
    causes = [phrase("cause", cause=words.get(name, ready(name)), n=n) for name, n in counts.causes.items()]
    either = phrase("either", n=counts.either) if counts.either else ""
    why = Message("（{causes}）", " ({causes})", causes=listed(causes, "；", "; ")) if causes else ""
    share = math.floor(counts.reproduced * PARTS) / HUNDRED
    sizes = {
        "n": counts.published,
        "equal": counts.equal,
        "differ": sum(counts.causes.values()),
        "share": share,
    }
    return phrase("agreement", either=either, why=why, **sizes)
