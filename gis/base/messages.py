"""Every text that a person reads: written once in both languages, shown in one of them.

A message keeps its values apart from its words. In a frame it stands in its stored form, which
the edges (console, written tables, pages) show in the language of the run.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
VARIABLE = "GIS_LANG"
SEPARATORS, LISTED = ("；", "; "), "listed"
MARK = "\x1e"  # begins a stored message; no text of an office holds the record separator
_chosen: ContextVar[Language | None] = ContextVar("language", default=None)


def language() -> Language:
    """Give the language of the run: what `speaking` chose, else the variable GIS_LANG, else Chinese."""
    chosen = _chosen.get()
    if chosen is not None:
        return chosen
    return "en" if os.environ.get(VARIABLE, "").lower().startswith("en") else "zh"


@contextmanager
def speaking(chosen: Language) -> Iterator[None]:
    """Show every message inside in this language."""
    token = _chosen.set(chosen)
    try:
        yield
    finally:
        _chosen.reset(token)


class Message:
    """A text in Chinese and English with its values.

    Parameters
    ----------
    zh, en
        Templates of `str.format`: `{n:,}` takes the value `n`. A brace of the text itself is doubled.
    values
        Shown as the template says; a value that is a message is shown in the same language.
    """

    __slots__ = ("_en", "_zh", "values")

    def __init__(self, zh: str, en: str, /, **values: Any) -> None:
        self._zh, self._en, self.values = zh, en, values

    def in_language(self, chosen: Language) -> str:
        """Give the text in one language."""
        template = self._zh if chosen == "zh" else self._en
        if not self.values:
            return template.replace("{{", "{").replace("}}", "}")
        shown = {
            name: value.in_language(chosen) if isinstance(value, Message) else value
            for name, value in self.values.items()
        }
        return template.format_map(shown)

    @property
    def zh(self) -> str:
        """The Chinese text."""
        return self.in_language("zh")

    @property
    def en(self) -> str:
        """The English text."""
        return self.in_language("en")

    @property
    def stored(self) -> str:
        """The form for a column of a frame: both texts, so that the frame is read in either language."""
        return MARK + json.dumps([self.zh, self.en], ensure_ascii=False)

    def __str__(self) -> str:
        return self.in_language(language())

    def __repr__(self) -> str:
        return f"Message({self.zh!r}, {self.en!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and (self.zh, self.en) == (other.zh, other.en)

    def __hash__(self) -> int:
        return hash((self.zh, self.en))


class Doubt(Message):
    """A note on what is not sure in the texts behind a result."""


Text = str | Message


def ready(zh: str, en: str | None = None) -> Message:
    """Give finished texts as a message, their braces as they stand; one text is the same in both languages."""
    return Message("{zh}", "{en}", zh=zh, en=zh if en is None else en)


def restored(text: str) -> Message | None:
    """Give the message of a stored form, a note of several as one text; None where a text is none."""
    found = _stored_pairs(text)
    return listed(found, *SEPARATORS) if found else None


def of_text(text: str) -> Message:
    """Give a text of a frame as a message: that of a stored form, any other text as it stands."""
    return restored(text) or ready(text)


def shown(value: Any, chosen: Language | None = None) -> Any:
    """Show a message or a stored one in a language, the run's by default; any other value stands as it is."""
    found = value if isinstance(value, Message) else restored(value) if isinstance(value, str) else None
    return value if found is None else found.in_language(chosen or language())


def joined(texts: Iterable[Text | None]) -> str | None:
    """Give several notes as one stored note, which `parts` gives back; None where there is none.

    A stored note among them counts as its parts.
    """
    found = [one for text in texts for one in ([text] if isinstance(text, Message) else parts(text))]
    pairs = list(dict.fromkeys((one.zh, one.en) for one in found))
    return MARK + json.dumps(pairs, ensure_ascii=False) if pairs else None


def parts(note: object) -> list[Message]:
    """Give the messages of a stored note; another text as one message, what is missing as none."""
    if not isinstance(note, str) or not note:
        return []
    return _stored_pairs(note) or [ready(note)]


def enumerated(named: Iterable[tuple[Text, str]]) -> str | None:
    """Give a list of things as one stored text that keeps the key of each, which `keys_of` gives back."""
    told = [[one.zh, one.en, key] if isinstance(one, Message) else [one, one, key] for one, key in named]
    return MARK + json.dumps({LISTED: told}, ensure_ascii=False) if told else None


def keys_of(text: object) -> list[str]:
    """Give the keys of a stored list; none where nothing is listed."""
    found = _loaded(text) if isinstance(text, str) else None
    return [key for _, _, key in found[LISTED]] if isinstance(found, dict) else []


def _loaded(text: str) -> Any:
    try:
        return json.loads(text[len(MARK) :]) if text.startswith(MARK) else None
    except ValueError:
        return None


def _stored_pairs(text: str) -> list[Message]:
    found = _loaded(text)
    try:
        if isinstance(found, dict):
            return [listed([ready(zh, en) for zh, en, _ in found[LISTED]])]
        pairs = [found] if isinstance(found[0], str) else found
        return [ready(str(zh), str(en)) for zh, en in pairs]
    except (ValueError, TypeError, LookupError):
        return []


def at_row(source: object, row: object) -> str:
    """Name a row of a file in the language of the run."""
    return str(Message("{source} 第 {row} 行", "{source} row {row}", source=source, row=row))


def listed(texts: Iterable[Any], zh: str = "、", en: str = ", ", *, most: int | None = None) -> Message:
    """Join messages and names into one list, `…` behind the first `most` of more."""
    every = {f"t{at}": text for at, text in enumerate(texts)}
    named = dict(islice(every.items(), most))
    more = " …" * (len(named) < len(every))
    return Message(*(by.join(f"{{{name}}}" for name in named) + more for by in (zh, en)), **named)
