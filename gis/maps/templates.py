"""Pages from templates (`web/*.html`): what is no HTML already is escaped."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from gis.base.text import both
from gis.maps.mapview import named
from gis.maps.offline import web


def filled(name: str, **values: Any) -> str:
    """Fill a template of `gis/maps/web`; a text counts as HTML where the template says `|safe`."""
    return _engine().get_template(name).render(values)


@cache
def _engine() -> Environment:
    engine = Environment(
        autoescape=True,
        loader=FunctionLoader(web),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    engine.globals |= {"both": _html(both), "named": _html(named)}
    return engine


def _html(write: Callable[..., str]) -> Callable[..., Markup]:
    return lambda *words: Markup(write(*words))  # noqa: S704  both escape what they are given
