"""Texts of many rows from few different ones: named once, placed by code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Texts = pd.api.extensions.ExtensionArray


def placed(texts: Sequence[str | None], codes: npt.NDArray[Any]) -> Texts:
    """Give each row the text at its code; dtype str, None is missing.

    Parameters
    ----------
    texts
        The different texts.
    codes
        Shape (n,), integers: places in `texts`.
    """
    if not len(codes):
        return pd.Series([], dtype="str").array
    return pd.Series(list(texts), dtype="str").array.take(codes)


def id_or_name(row: Mapping[Any, Any], id_: str = "section_id") -> str:
    """Give the id of a row's place, or its name where it has none."""
    return str(row["name"] if pd.isna(row[id_]) else row[id_])


def bits_of(chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Give each row of chosen items one number, a bit an item; (n, items) → (n,)."""
    bits = np.zeros(len(chosen), dtype=np.int64)
    for at in range(chosen.shape[1]):
        bits |= chosen[:, at].astype(np.int64) << at
    return bits


def joined(
    chosen: npt.NDArray[np.bool_], keys: Sequence[str], write: Callable[[list[str]], str | None]
) -> Texts:
    """Write the chosen items of each row as one text.

    Parameters
    ----------
    chosen
        Shape (n, items).
    keys
        One an item, in the order in which they are written.
    """
    codes, found = pd.factorize(bits_of(chosen))
    texts = [write([key for at, key in enumerate(keys) if bits >> at & 1]) for bits in found]
    return placed(texts, codes)
