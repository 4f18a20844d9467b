"""Why reading stops, by name: what is wrong, what was found and the fix stand in `refusals.toml`."""

from __future__ import annotations

from gis.base.phrases import Phrases

refusal = Phrases("ingest/refusals.toml").refusal
