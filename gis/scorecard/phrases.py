"""What the scorecard and its alerts say, by name: the texts stand in `phrases.toml`."""

from __future__ import annotations

from gis.base.phrases import Phrases

phrase = Phrases("scorecard/phrases.toml").phrase
