"""What the verbs of a desk say and why they stop, by name: the texts stand in `phrases.toml`."""

from __future__ import annotations

from gis.base.phrases import Phrases

TEXTS = Phrases("desk/phrases.toml")
phrase, refusal = TEXTS.phrase, TEXTS.refusal
