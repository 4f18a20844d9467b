"""Pages from templates (`web/*.html`): what is no HTML already is escaped."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from gis.base.text import both
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
    engine.globals["both"] = lambda zh, en: Markup(both(zh, en))  # noqa: S704  both escapes what it is given
    return engine
