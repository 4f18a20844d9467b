"""Questions about one file: the answers stand in the options of reading it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gis.base.errors import Choice
from gis.base.messages import Message
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
