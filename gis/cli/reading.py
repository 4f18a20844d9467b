"""What a person says about files beyond the files themselves: the same options for every verb of the desk."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gis.base.errors import UsageError
from gis.cli.phrases import refusal
from gis.store.lock import user

if TYPE_CHECKING:
    from gis.catalogue.model import Answer

FOUND = 1

Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column", help="role=head, nh3n=氨氮, or role=head[unit]: take this head; may be repeated."
    ),
]
HeadRow = Annotated[
    int | None, typer.Option("--head-row", min=1, help="The row of the heads, as Excel numbers it.")
]
Dated = Annotated[
    str | None, typer.Option("--date", help="The date of the records where the file has none, 2021-03-05.")
]
Crs = Annotated[str | None, typer.Option("--crs", help="EPSG:4528 and the like, where the file says none.")]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="GB18030, UTF-8 …; default found from the file.")
]
Part = Annotated[str | None, typer.Option("--part", help="The layer or sheet to read; default all.")]
Kind = Annotated[
    str | None,
    typer.Option(
        "--kind", help="What the files hold: air_hours, air_days, samples, parcels …; default found."
    ),
]
Answers = Annotated[
    list[str] | None,
    typer.Option("--answer", help="KEY=VALUE, as a question names them: answer it; may be repeated."),
]
Strict = Annotated[
    bool,
    typer.Option("--strict", help="Exit 1 when a head or a cell that looks as if it counted was not taken."),
]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="All columns, findings and notes.")]


@dataclass(frozen=True)
class Reading:
    """What a person says about a file beyond the file itself, as typed.

    Attributes
    ----------
    suspects
        Heads of the files read so far that look as if they counted and were not taken.
    """

    column: Columns = None
    head_row: HeadRow = None
    date: Dated = None
    crs: Crs = None
    encoding: Encoding = None
    part: Part = None
    kind: Kind = None
    answer: Answers = None
    strict: Strict = False
    verbose: Verbose = False
    suspects: list[str] = field(default_factory=list, compare=False)

    def said(self, **more: Any) -> dict[str, Any]:
        """Give it as `gis.desk.intake` takes it, with what is said beside it.

        Raises
        ------
        UsageError
            A column or an answer has no "=", or the date is none.
        """
        said = {
            "columns": columns_of(self.column), "answers": answers_of(self.answer), "part": self.part, "crs": self.crs,
            "encoding": self.encoding, "head_row": self.head_row, "date": self.date, **more,
        }  # fmt: skip
        return {name: value for name, value in said.items() if value is not None}


def columns_of(texts: Sequence[str] | None) -> dict[str, tuple[str, str | None]]:
    """Read `role=head` and `role=head[unit]`.

    Raises
    ------
    UsageError
        A text has no "=".
    """
    from gis.ingest.measures import is_unit

    pairs: dict[str, tuple[str, str | None]] = {}
    for text in texts or ():
        role, equals, head = (one.strip() for one in text.partition("="))
        if not equals or not role or not head:
            raise refusal(UsageError, "not_a_column", text=text)
        name, bracket, unit = head.removesuffix("]").rpartition("[")
        known = bool(bracket) and head.endswith("]") and bool(name.strip()) and is_unit(unit.strip())
        pairs[role] = (name.strip(), unit.strip()) if known else (head, None)
    return pairs


def answers_of(texts: Sequence[str] | None) -> dict[str, Answer]:
    """Read `KEY=VALUE`; the last "=" parts them, since a head may hold one.

    Raises
    ------
    UsageError
        A text has no "=".
    """
    from datetime import date

    from gis.catalogue.model import Answer

    known: dict[str, Answer] = {}
    for text in texts or ():
        key, equals, value = (one.strip() for one in text.rpartition("="))
        if not equals or not key or not value:
            raise refusal(UsageError, "not_an_answer", text=text)
        known[key] = Answer(value=value, date=date.today(), by=user())  # noqa: DTZ011  a date of the desk
    return known


def reading(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of reading, which it takes as one argument `how`."""
    signature = inspect.signature(command, eval_str=True)
    own = [
        one.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for name, one in signature.parameters.items()
        if name != "how"
    ]
    hints = inspect.get_annotations(Reading, eval_str=True)
    shared = [
        inspect.Parameter(
            one.name, inspect.Parameter.KEYWORD_ONLY, default=one.default, annotation=hints[one.name]
        )
        for one in fields(Reading)
        if one.default is not MISSING and one.name not in signature.parameters
    ]

    @functools.wraps(command)
    def told(*args: Any, **kwargs: Any) -> Any:
        said = {one.name: kwargs.pop(one.name) for one in shared if one.name in kwargs}
        how = Reading(**said)
        given = command(*args, how=how, **kwargs)
        if how.strict and how.suspects:
            raise typer.Exit(FOUND)
        return given

    made: Any = told
    made.__signature__ = signature.replace(parameters=[*own, *shared])
    made.__annotations__ = {one.name: one.annotation for one in (*own, *shared)}
    return made
