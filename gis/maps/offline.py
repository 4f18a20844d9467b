"""Keep a page whole without a network: templates, pinned assets inside it, unknown URLs refused.

Third-party files come from installed Python packages and are locked by hash (`web/assets.toml`).
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from gis.base.errors import AssetError
from gis.base.phrases import Phrases
from gis.base.text import both, in_html

WORKSPACE = (
    "state.js", "files.js", "rows.js", "grid.js", "live.js", "geodesy.js", "swipe.js", "paper.js", "tools.js",
    "work.js",
)  # fmt: skip
SOURCES = ("pack.js", "shapes.js", "board.js")
_LEADING = re.compile(r"^\s+|[ \t]+$", re.MULTILINE)
_ROUND = re.compile(r"\s*([{};])\s*")
_REMARK = re.compile(r"/\*.*?\*/\n?", re.DOTALL)
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'"
)
PICTURE = "data:image/png;base64,"
refusal = Phrases("maps/phrases.toml").refusal
LOADED = frozenset(
    ("src", "srcset", "poster", "data", "background", "xlink:href", "action", "formaction", "ping")
)
_STRING = re.compile(r'"(?:[^"\\\n]++|\\.)*+"|\'(?:[^\'\\\n]++|\\.)*+\'')
_LOADING = re.compile(
    r"\b(fetch|importScripts|import|tileLayer|\$\.ajax|\$\.get|sendBeacon|L\.icon)\s*\("
    r'|\bimageOverlay\s*\((?!\s*"data:")'
    r"|\b(XMLHttpRequest|WebSocket|EventSource|SharedWorker|Worker)\b|^\s*import\b",
    re.MULTILINE,
)
_CSS_URL = re.compile(
    r"""url\((?!\s*["']?\s*(?:data:|#))[^)]*|@import[^;]*|image-set\(\s*["'][^"']*""", re.IGNORECASE
)
_WATCHED = "href|style|http-equiv|" + "|".join(sorted(LOADED))
_PLAIN_TAG = re.compile(  # or a whole script or style, which stays
    r"(<(script|style)\b.*?</\2\b)"
    r"|<(?!(?:script|style|link|base|iframe|object|embed|meta)\b)[a-z][a-z0-9]*"
    rf'(?: (?!(?i:{_WATCHED})[= />])[a-z][a-zA-Z0-9-]*(?:="[^"<>]*")?)*/?>|</[a-z][a-z0-9]*>',
    re.DOTALL,
)
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


def policy(tiles: str = "") -> str:
    """Say what a page may load: nothing; with a base map of the catalogue, pictures of its site or beside the page."""
    site = re.sub(r"^[^.]*\{.*?\}[^.]*", "*", tiles.split("/")[2]) if tiles.startswith("https:") else ""
    return POLICY.replace("data:;", f"data: {f'https://{site}' if site else 'file:'};") if tiles else POLICY


def web(name: str) -> str:
    """Read a style sheet or script of ours from `gis/maps/web/`."""
    return files("gis.maps").joinpath("web", name).read_text(encoding="utf-8")


@cache
def asset(name: str) -> str:
    """Give the text of a pinned third-party file.

    Raises
    ------
    AssetError
        The package is not installed, or its file has another hash than the pinned one.
    """
    pinned = _pins()[name]
    said = {"name": pinned["name"], "package": pinned["distribution"]}
    try:
        data = files(pinned["package"]).joinpath(pinned["file"]).read_bytes()
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise refusal(AssetError, "not_installed", found=str(error), **said) from None
    found = hashlib.sha256(data).hexdigest()
    if found != pinned["sha256"]:
        raise refusal(
            AssetError, "not_as_pinned", pinned["file"], have=found, sha256=pinned["sha256"], **said
        )
    text = _SOURCE_MAP.sub("", data.decode("utf-8"))
    for unused in pinned["drop"]:
        text = text.replace(f"url({unused})", "none")
    return text


def style(text: str) -> str:
    """Put CSS into a page."""
    return f"<style>\n{_closed(text, 'style')}\n</style>"


def script(text: str) -> str:
    """Put JavaScript into a page; no text in it can end the element."""
    return f"<script>\n{_closed(text, 'script')}\n</script>"


def licences() -> str:
    """Give the licences of what is inlined, as a folded section of the page."""
    given = tomllib.loads(web("assets.toml"))["license"].values()
    return "".join(
        f'<details class="licence"><summary>{in_html(one["title"])}</summary>'
        f"<pre>{in_html(one['text'].strip())}</pre></details>"
        for one in given
    )


def sealed(page: str, *, name: str = "page") -> str:
    """Give `page` back if nothing in it can load anything from elsewhere.

    Raises
    ------
    AssetError
        An attribute, a style or a script names something outside the page.
    """
    own = page
    for pinned in _pinned():
        own = own.replace(pinned, "")
    scan = _Scan(name)
    scan.feed(_PLAIN_TAG.sub(lambda found: found[1] or "", own))
    scan.close()
    return page


class _Scan(HTMLParser):
    """Walk through a page and refuse whatever would be requested."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self._name, self._inside = name, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._inside = tag
        given: Mapping[str, str] = {key.lower(): (value or "").strip() for key, value in attrs}
        if tag in ("link", "base", "iframe", "object", "embed"):
            self._refuse(f"<{tag}>", given.get("href") or given.get("src") or "")
        for key, value in given.items():
            if key in LOADED and not value.startswith(("data:", "#")):
                self._refuse(f"<{tag} {key}>", value)
            drawn = tag == "image" and value.startswith(PICTURE)
            if key == "href" and not drawn and (_leaves(value) or (tag != "a" and not value.startswith("#"))):
                self._refuse(f"<{tag} href>", value)
            if key == "style":
                self._css(value)
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            self._refuse("<meta refresh>", given.get("content", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self._css(data)
        elif self._inside == "script" and (found := _LOADING.search(_STRING.sub(_emptied, data))):
            self._refuse("script", found.group().strip())

    def _css(self, text: str) -> None:
        if found := _CSS_URL.search(text):
            self._refuse("style", found.group())

    def _refuse(self, where: str, what: str) -> None:
        raise refusal(AssetError, "loads_from_outside", self._name, found=what, where=where)


def _emptied(text: re.Match[str]) -> str:
    """Take the content out of a string of a script, but let an image inside the page be known as one."""
    return '"data:"' if text.group()[1:].startswith("data:image/png;base64,") else '""'


def _leaves(address: str) -> bool:
    plain = re.sub(r"[\x00-\x20]", "", address)
    return plain.startswith("//") or re.match(r"[a-zA-Z][\w+.-]*:", plain) is not None


def _closed(text: str, tag: str) -> str:
    return re.sub(rf"</({tag})", r"<\\/\1", text, flags=re.IGNORECASE)


@cache
def _pinned() -> list[str]:
    """Give the pinned files as they stand in a page."""
    return [_closed(asset(one), "style" if one.endswith("css") else "script") for one in _pins()]


def _pins() -> dict[str, dict[str, Any]]:
    return {key: pin for key, pin in tomllib.loads(web("assets.toml")).items() if key != "license"}


def sources(*names: str) -> str:
    """Give scripts of ours, without remarks and indents; those of the element where none is named."""
    return _LEADING.sub("", _REMARK.sub("", "".join(web(name) for name in names or SOURCES)))


def sheet(name: str) -> str:
    """Give a style sheet of ours, without remarks, indents and the blanks round its marks."""
    return style(_ROUND.sub(r"\1", sources(name)))


@dataclass(frozen=True)
class MapView:
    """A map and its panel as HTML, and the script that starts them."""

    html: str
    script: str
    works: bool = False


@dataclass(frozen=True)
class Page:
    """One page before it is put together.

    Attributes
    ----------
    title
        Title of the window, in both languages.
    masthead
        HTML of the head: county, navigation, dates.
    body, foot
        HTML; everything from data in it is escaped already.
    view
        Its map, which stands in the body already: its script, and whether filters, table and chart stand beside it.
    stamps
        HTML of the notes that stand at the top on screen and in print.
    tiles
        Address of a base map that a reader may turn on; empty: the page loads nothing at all.
    """

    title: tuple[str, str]
    masthead: str
    body: str
    foot: str
    stamps: str = ""
    view: MapView | None = None
    classes: str = ""
    tiles: str = ""


def html_of(page: Page, name: str) -> str:
    """Put a page together, everything inside it.

    Raises
    ------
    AssetError
        Something in it would be loaded from elsewhere, or a pinned asset changed.
    """
    view = page.view if page.view and page.view.script else None
    sheets = [style(asset("leaflet_css"))] if view else []
    sheets += [sheet("tokens.css"), sheet("page.css")]
    scripts = [script(sources("page.js"))]
    if view:
        sheets += [sheet(name) for name in ("map.css", *(("work.css",) if view.works else ()))]
        ours = (*SOURCES, "map.js", "legend.js", *(WORKSPACE if view.works else ()))
        scripts += [script(asset("leaflet_js")), script(sources(*ours)), script(view.script)]
    text = filled(
        "page.html", page=page, title=page.title, policy=policy(page.tiles), sheets="".join(sheets),
        scripts="".join(scripts), licences=licences() if view else "",
    )  # fmt: skip
    return sealed(text, name=name)


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
