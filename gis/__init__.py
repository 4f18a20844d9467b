"""Tell a county whether its land and its environment are on plan."""

import importlib
import logging
from typing import Any

from gis.base.drivers import shut

__version__ = "0.2.0"
__all__ = [
    "GisError",
    "LeftOutWarning",
    "Question",
    "Result",
    "air_budget",
    "air_periods",
    "aqi",
    "area",
    "compare",
    "conflicts",
    "cover",
    "figures",
    "ledger",
    "read",
    "run",
    "sheet",
    "trace",
    "water_class",
    "water_outlook",
    "water_periods",
]

logging.getLogger(__name__).addHandler(logging.NullHandler())
shut()


def __getattr__(name: str) -> Any:
    """Give a name of the public face (`gis.api`); nothing is imported before one is asked for."""
    if name in __all__:
        return getattr(importlib.import_module("gis.api"), name)
    raise AttributeError(f"module 'gis' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
