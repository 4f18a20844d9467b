"""Legal tables and words that lie beside the code as TOML."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def toml_of(path: str) -> dict[str, Any]:
    """Read a data file of the package."""
    return tomllib.loads(files("gis").joinpath(path).read_text(encoding="utf-8"))
