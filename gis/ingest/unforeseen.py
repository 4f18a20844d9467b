"""An exception that nobody foresaw while a file is read becomes an error of that file, and is counted in the log."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import pandas as pd

from gis.base.errors import FileError, GisError, UnforeseenError
from gis.ingest.model import Raw
from gis.ingest.refusals import refusal

P = ParamSpec("P")
T = TypeVar("T")
LOG = logging.getLogger("gis")
MOST_ROWS = 20_000  # of a part of which the row is looked for


@contextmanager
def foreseen(
    file: str, raw: Raw | None = None, read: Callable[[Raw], object] | None = None
) -> Iterator[None]:
    """Read a file, or with `read` one part of it; what nobody foresaw is raised as `UnforeseenError` and logged.

    Raises
    ------
    UnforeseenError
        With the row where one row alone brings the exception about.
    FileError
        The memory does not suffice.
    """
    try:
        yield
    except GisError:
        raise
    except MemoryError as error:
        raise refusal(FileError, "memory", file) from error
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        row = _row(raw, read) if raw is not None and read is not None else None
        LOG.exception("unforeseen while reading %s, row %s", file, row)
        raise UnforeseenError(error, file=file, row=row) from error


def in_foreseen(read: Callable[Concatenate[Path, P], T]) -> Callable[Concatenate[Path, P], T]:
    """Read a file, given first, under `foreseen`."""

    @functools.wraps(read)
    def reading(path: Path, *args: P.args, **kwargs: P.kwargs) -> T:
        with foreseen(path.name):
            return read(path, *args, **kwargs)

    return reading


def _row(raw: Raw, read: Callable[[Raw], object]) -> int | None:
    """Look for the one row with which reading fails, half by half."""
    rows = raw.rows.reset_index(drop=True)
    first, last = 0, len(rows)
    if not 0 < last <= MOST_ROWS:
        return None
    while last - first > 1:
        middle = (first + last) // 2
        if _fails(raw, read, first, middle):
            last = middle
        elif _fails(raw, read, middle, last):
            first = middle
        else:
            return None
    return int(rows.iloc[first])


def _fails(raw: Raw, read: Callable[[Raw], object], first: int, last: int) -> bool:
    frame = raw.frame.iloc[first:last].reset_index(drop=True)
    rows = pd.Series(raw.rows.iloc[first:last].to_numpy(), dtype="int64")
    try:
        read(Raw(**{**vars(raw), "frame": frame, "rows": rows}))
    except GisError:
        return False
    except Exception:  # noqa: BLE001  whichever it is, it is the one that is looked for
        return True
    return False
