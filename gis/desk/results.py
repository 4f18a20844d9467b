"""What the face gives: our columns behind the caller's own, with what was taken, left, found and judged."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from gis.base.messages import SEPARATORS, Text, listed, shown
from gis.base.tables import spoken
from gis.desk.basis import Basis
from gis.desk.intake import DOUBTS, quarantined_rows, require_rows, told
from gis.desk.sources import Read, Result
from gis.ingest.frames import behind_own, beside
from gis.ingest.head_log import TAKEN

PACKAGE = str(Path(__file__).parents[1])


class LeftOutWarning(UserWarning):
    """A column, a cell or a row looks as if it counted and was not taken."""


def warn_of(read: Read) -> None:
    """Warn of what looks as if it counted and was not taken."""
    found = read.found
    doubts = found.findings[found.findings["code"].isin(DOUBTS)]
    _warn([*told(doubts), *quarantined_rows(found.rejects)])


def heard_shapes(read: Read) -> None:
    """Do the same for a source of which only the shapes count."""
    _warn(quarantined_rows(read.found.rejects))
    require_rows(read)


def heard(read: Read) -> None:
    """Warn of what was left out, and refuse a source of which no row is left."""
    warn_of(read)
    require_rows(read)


def beside_own(read: Read, added: pd.DataFrame) -> pd.DataFrame:
    """Put added columns behind those of the caller's frame, on its index, or behind the file's own."""
    if isinstance(read.source, pd.DataFrame):
        return beside(read.source, read.found, pd.DataFrame(added))
    return behind_own(read.found, pd.DataFrame(added))


def result(
    read: Read,
    frame: pd.DataFrame,
    editions: Iterable[str] = (),
    tables: Mapping[str, pd.DataFrame] | None = None,
    notes: Iterable[Text | None] = (),
    basis: Callable[[], Basis] | None = None,
) -> Result:
    """Give a frame with how it came about, its notes in the language of the run."""
    found = read.found
    rest = found.heads[found.heads["use"] != TAKEN]
    return Result(
        frame=spoken(frame),
        taken=dict(zip(found.taken["column"], found.taken["head"], strict=True)),
        left=tuple(rest["head"].drop_duplicates()),
        findings=tuple(str(shown(one)) for one in found.findings["message"]),
        rejects=spoken(found.rejects),
        editions=tuple(editions),
        tables={name: spoken(table) for name, table in (tables or {}).items()},
        notes=tuple(str(shown(one)) for one in (*notes, *read.notes) if one is not None),
        read=read,
        basis=basis,
    )


def _warn(left: Sequence[Text]) -> None:
    if left:
        warnings.warn(str(listed(left, *SEPARATORS)), LeftOutWarning, stacklevel=_caller())


def _caller() -> int:
    """Give the level of the stack that called the library."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGE):
        level, frame = level + 1, frame.f_back
    return level
