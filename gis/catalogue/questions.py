"""Ask where two readings of the data give different numbers, and remember what was answered for its layout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gis.base.errors import Choice, Question
from gis.base.hashing import of_bytes
from gis.base.messages import Message
from gis.catalogue.model import Answer

LAYOUT = 8


def layout_of(heads: Iterable[object]) -> str:
    """Give the mark of a layout: the same heads in the same order give the same mark."""
    return of_bytes("\x1f".join(map(str, heads)).encode())[:LAYOUT]


def answered(answers: Mapping[str, Answer], key: str, layout: str) -> str | None:
    """Give what was answered under a key, None where nothing was for this layout."""
    answer = answers.get(key)
    return answer.value if answer is not None and answer.layout in (None, layout) else None


def ask(
    answers: Mapping[str, Answer],
    key: str,
    what: Message,
    choices: Sequence[Choice],
    *,
    file: str,
    heads: Iterable[object],
    option: str | None = None,
) -> str:
    """Give the answer that was given for this question, or ask it.

    Parameters
    ----------
    answers
        Of the layer, or of `--answer`, by the key of the question.
    key
        Names the question within the file, `unit:面积`; an answer is given under it.
    choices
        The readings that are possible, each with rows of the file.
    heads
        Heads of the sheet or layer: an answer of the catalogue holds for the layout it was given for.
    option
        The flag that answers it, where another than `--answer KEY=VALUE` does.

    Returns
    -------
    value
        Of one of the choices.

    Raises
    ------
    Question
        Nobody has answered it for this layout.
    """
    layout = layout_of(heads)
    answer = answered(answers, key, layout)
    if answer is not None and answer in {one.value for one in choices}:
        return answer
    raise Question(what, key=key, choices=choices, file=file, option=option, layout=layout)
