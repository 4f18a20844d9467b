"""What a room says and why it stops, by name: the texts stand in a TOML file of the room, the base has its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from gis.base.errors import GisError
from gis.base.messages import Message, Text
from gis.base.package_files import toml_of

Refusal = TypeVar("Refusal", bound=GisError)


@dataclass(frozen=True)
class Phrases:
    """The texts of a file of the package."""

    file: str

    def phrase(self, name: str, /, **values: Any) -> Message:
        """Give the message of a name with its values."""
        text = toml_of(self.file)[name]
        return Message(text["zh"], text["en"], **values)

    def parts(self, name: str, /, **values: Any) -> dict[str, Message]:
        """Give the messages that stand under a name, such as what is wrong and its fix, with their values."""
        texts = toml_of(self.file)[name].items()
        return {part: Message(text["zh"], text["en"], **values) for part, text in texts}

    def refusal(
        self,
        kind: type[Refusal],
        name: str,
        file: str | Path | None = None,
        /,
        *,
        row: int | None = None,
        found: Text | None = None,
        fix: Text | None = None,
        **values: Any,
    ) -> Refusal:
        """Make the error of a name; what is found or to be done here goes before the texts that always hold."""
        texts = self.parts(name, **values)
        found, fix = found or texts.get("found", found), fix or texts.get("fix")
        place = file.name if isinstance(file, Path) else file
        return kind(texts["what"], file=place, row=row, found=found, fix=fix)


TEXTS = Phrases("base/phrases.toml")
phrase, refusal = TEXTS.phrase, TEXTS.refusal
