"""What names a row of each kind of table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.package_files import toml_of

Nature = Literal["place", "pieces", "reading"]


class Key(NamedTuple):
    """What names a row: of each needed part the first that is filled; further columns join where filled.

    A place may be named by several columns at once (`name` with `water_body`).
    """

    nature: Nature
    needed: Sequence[Sequence[Sequence[str]]]
    further: Sequence[str]


RULES = toml_of("catalogue/kinds.toml")
KEYS = {kind: Key(rule["nature"], rule["key"], rule.get("further", ())) for kind, rule in RULES.items()}
PROVINCE = "省份"
VERTICALS: list[str] = RULES["samples"]["verticals"]
SAMPLES: list[str] = RULES["samples"]["numbers"]  # of a long table each item may have its own


def come_again(table: pd.DataFrame, kind: str) -> bool:
    """Say whether two rows may have one key; in most tables none have, and a text for each row costs more."""
    if kind == "ledger_events":
        return True
    if kind not in KEYS:
        return False
    number = np.zeros(len(table), dtype=np.int64)
    for part in _parts(table, kind):
        codes, distinct = pd.factorize(part, use_na_sentinel=False)
        number = pd.factorize(number * max(len(distinct), 1) + codes)[0]
    return bool(pd.Series(number).duplicated().any())


def keys(table: pd.DataFrame, kind: str) -> pd.Series:
    """Give the key of each row as text; null where a part that it needs is null.

    Where the file has a column 省份 it is part of the key, since provinces share names of sections;
    and so are the verticals, layers and numbers (垂线, 层次, 样品编号) of samples taken at one time.
    """
    if kind not in KEYS:
        return pd.Series(None, index=table.index, dtype="object")
    parts = _parts(table, kind)
    whole = np.logical_and.reduce([part.notna().to_numpy() for part in parts[: len(KEYS[kind].needed)]])
    first, *others = (_spelled(part) for part in parts)
    for part in others:
        first = first + " | " + part
    text = pd.Series(first, index=table.index, dtype="object").where(whole, None)
    if kind == "ledger_events":
        return table["event_id"].astype("object").where(table["event_id"].notna(), text)
    return text


def _parts(table: pd.DataFrame, kind: str) -> list[pd.Series]:
    """Give the columns of a key: those that it needs, then the further ones of the table."""
    rule, apart = KEYS[kind], (PROVINCE, *((*VERTICALS, *SAMPLES) if kind == "samples" else ()))
    needed = [_part(table, alternatives) for alternatives in rule.needed]
    return needed + [_filled(table[name]) for name in (*rule.further, *apart) if name in table]


def _spelled(part: pd.Series) -> npt.NDArray[np.object_]:
    """Write each distinct value of a column once; texts are written already."""
    if isinstance(part.dtype, pd.StringDtype):
        return part.to_numpy(dtype=object, na_value="nan")
    codes, distinct = pd.factorize(part, use_na_sentinel=False)
    return np.array([str(one) for one in distinct.astype("object")], dtype=object)[codes]


def _part(table: pd.DataFrame, alternatives: Sequence[Sequence[str]]) -> pd.Series:
    if len(alternatives[0]) == 1 and table[alternatives[0][0]].notna().all():
        return table[alternatives[0][0]]
    found = pd.Series(None, index=table.index, dtype="object")
    for first, *further in alternatives:
        text = table[first].astype("object")
        for name in further:
            if name in table and table[name].notna().any():
                text = text.where(
                    text.isna(),
                    text.astype(str) + _filled(table[name]).map(lambda one: f"@{one}" if one else ""),
                )
        found = found.where(found.notna(), text)
    return found


def _filled(column: pd.Series) -> pd.Series:
    return column.astype("object").where(column.notna(), "")
