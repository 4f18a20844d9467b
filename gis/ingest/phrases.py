"""What reading says, by name: the texts stand in `phrases.toml`; of a row that is rejected its reason and the fix."""

from __future__ import annotations

from typing import Any

from gis.base.messages import Message
from gis.base.phrases import Phrases

TEXTS = Phrases("ingest/phrases.toml")
phrase = TEXTS.phrase


def fault(name: str, /, **values: Any) -> tuple[Message, Message]:
    """Give why a row or a parcel is rejected, and the fix."""
    texts = TEXTS.parts(name, **values)
    return texts["reason"], texts["fix"]
