"""What the air room says and why it stops, by name: the texts stand in `phrases.toml`."""

from __future__ import annotations

from gis.base.phrases import Phrases

TEXTS = Phrases("air/phrases.toml")
phrase, refusal = TEXTS.phrase, TEXTS.refusal
