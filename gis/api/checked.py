"""What every function of the face shares: options that are known, fixes in the words of Python, types of options."""

from __future__ import annotations

import datetime as dt
import functools
import inspect
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ParamSpec, TypeVar

import pandas as pd

from gis.base.errors import GisError
from gis.base.messages import Message
from gis.base.tables import Assessment
from gis.desk.intake import SAID, require_known

P = ParamSpec("P")
T = TypeVar("T")
Day = dt.date | str | None
Folder = str | Path | None
FLAG = "--"
IN_PYTHON = Message(
    "在 Python 中 --column a=b 写作 columns={{'a': 'b'}}，--answer k=v 写作 answers={{'k': 'v'}}，其余 --x v 写作 x=v",
    "in Python --column a=b is columns={{'a': 'b'}}, --answer k=v is answers={{'k': 'v'}}, any other --x v is x=v",
)


def checked(function: Callable[P, T]) -> Callable[P, T]:
    """Refuse options that nobody takes, and say of a fix that names a flag how it is written here."""
    known = inspect.signature(function).parameters
    said = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in known.values())
    options = [*(name for name, one in known.items() if one.kind is not inspect.Parameter.VAR_KEYWORD)]

    @functools.wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> T:
        require_known(kwargs, [*options, *(SAID if said else ())])
        try:
            return function(*args, **kwargs)
        except GisError as error:
            if FLAG in error.message():
                error.add_note(str(IN_PYTHON))
            raise

    return called


def folder_of(layers: Folder) -> Path | None:
    """Give a county's folder as a path."""
    return None if layers is None else Path(layers)


def many(names: str | Iterable[str]) -> tuple[str, ...]:
    """Give one name or several as several."""
    return (names,) if isinstance(names, str) else tuple(names)


def others(made: Assessment, name: str) -> dict[str, pd.DataFrame]:
    """Give the tables of an assessment but one."""
    return {key: table for key, table in made.tables.items() if key != name}
