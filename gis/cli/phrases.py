"""What the commands say and why they stop, by name: the texts stand in `phrases.toml`."""

from __future__ import annotations

from gis.base.phrases import Phrases

TEXTS = Phrases("cli/phrases.toml")
phrase, refusal = TEXTS.phrase, TEXTS.refusal
