"""A cell that lists indicators (化学需氧量、氟化物) → their canonical columns."""

from __future__ import annotations

import re

import pandas as pd

from gis.base.messages import listed
from gis.base.stored_words import NO_ITEMS, stored_items
from gis.base.tables import TABLES
from gis.ingest.heads import recognised
from gis.ingest.model import Findings, finding
from gis.ingest.values import is_blank, plain, words

NONE = "none"
_BETWEEN = re.compile(r"[、,，;；/\s]+")


def named_items(cells: pd.Series) -> tuple[pd.Series, Findings]:
    """Read the X items of sections (环办监测函〔2020〕714号, 5+X).

    Returns
    -------
    items, findings
        Columns of `samples` as a stored list (`stored_items`); NO_ITEMS where the cell says that there are none
        (无X, 5+0); null where it is blank. Names that are not known are told and left out.
    """
    known = {name for name, column in TABLES["samples"].items() if column.kind == "f"}
    codes, uniques = pd.factorize(cells.astype("object"), use_na_sentinel=True)
    read, strange = [], []
    for cell in uniques:
        names = (
            [] if is_blank(cell) or _says_none(cell) else [name for name in _BETWEEN.split(str(cell)) if name]
        )
        found = {name: recognised(name, "samples") for name in names}
        strange += [name for name, column in found.items() if column not in known]
        keys = dict.fromkeys(str(column) for column in found.values() if column in known)
        read.append(NO_ITEMS if _says_none(cell) else stored_items(keys))
    values = pd.Series([*read, None], dtype="object").iloc[codes].set_axis(cells.index).astype("str")
    if not strange:
        return values, []
    return values, [finding("unknown_words.items", names=listed(list(dict.fromkeys(strange))))]


def _says_none(cell: object) -> bool:
    return not is_blank(cell) and words(NONE, "x_items").get(plain(cell)) == NONE
