"""Questions about one file: their words stand in `questions.toml`, the answers in the options of reading it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gis.base.errors import Choice
from gis.base.messages import Message
from gis.base.package_files import toml_of
from gis.catalogue.questions import ask as ask_among
from gis.ingest.model import Options


def ask(
    options: Options,
    key: str,
    what: Message,
    choices: Sequence[Choice],
    *,
    file: str,
    heads: Iterable[object],
    option: str | None = None,
) -> str:
    """Give the answer for a file, or ask: `gis.catalogue.questions.ask` with `options.answers`."""
    return ask_among(options.answers, key, what, choices, file=file, heads=heads, option=option)


def question(name: str, shown: Mapping[str, Iterable[str]], /, **values: Any) -> tuple[Message, list[Choice]]:
    """Give a question and its choices by its name; `shown` are the rows that a choice shows."""
    texts = toml_of("ingest/questions.toml")[name]
    choices = [
        Choice(value, Message(text["zh"], text["en"], **values), tuple(shown.get(value, ())))
        for value, text in texts["choices"].items()
    ]
    return Message(texts["zh"], texts["en"], **values), choices
