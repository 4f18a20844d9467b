"""Layers that need no page of their own: the base map drawn from data, and any layer of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import geopandas as gpd
import pandas as pd

from gis import look
from gis.base.columns import described
from gis.base.tables import TABLES
from gis.catalogue import Layer
from gis.catalogue.model import Words, in_both
from gis.look import Mark
from gis.maps.book import Book, files_with
from gis.maps.layers import Drawn, Pair, Popup, draw, placed, whole
from gis.maps.mapview import BASE
from gis.maps.wording import headed, paired

GROUPS: dict[str, Pair] = {
    "base": BASE,
    "lines": ("三条控制线与管控区域", "Control lines and areas"),
    "land": ("土地", "Land"),
    "water": ("水", "Water"),
    "air": ("环境空气", "Air"),
    "actions": ("计划事项", "Planned actions"),
}
YEARS: dict[str, tuple[str, Pair]] = {
    "farmland_cases": ("opened", ("立案", "the case was opened")),
    "actions": ("started", ("开工", "work started")),
}
HIDDEN_FIELDS = frozenset(("geometry", "lon", "lat", "name"))


def base_map(book: Book) -> list[Drawn]:
    """Draw towns, waters, the county's boundary and the names of towns: the only base map there is."""
    marks = look.marks(look.colours(book.editions, book.as_of), "base")
    towns, county = _level(book, "town"), _level(book, "county")
    border = book.catalogue.county.border
    made = [
        _plain(towns, "towns", ("乡镇（街道）界", "Town boundaries"), marks["town"], "areas"),
        _waters(book, [marks["river"], marks["lake"]]),
        _plain(county, "county", (border.zh, border.en), _outline(marks["county"], border), "lines"),
        _names(book, towns, marks["town"]),
    ]
    return [one for one in made if one is not None]


def layers_of(book: Book, group: str | None, kinds: Sequence[str], *, show: bool = True) -> list[Drawn]:
    """Draw every layer of a group of the catalogue, or of all, whose kind is in `kinds`, in the catalogue's order.

    A layer added to `layers/*.toml` appears here with a generic mark and legend.
    """
    found = (
        draw_layer(book, layer, show=show)
        for layer in book.catalogue.layers
        if layer.kind in kinds and group in (None, layer.group) and layer.id not in book.withheld
    )
    return [one for one in found if one is not None]


def draw_layer(book: Book, layer: Layer, *, show: bool = True) -> Drawn | None:
    """Draw one layer of the catalogue; None where it has no row with a geometry."""
    table = book.tables.get(layer.kind)
    if table is None or not len(table):
        return None
    frame = whole(table[table["layer"] == layer.id] if "layer" in table else table)
    if frame is None:
        return None
    marks, key = _marks(book, layer, frame)
    if layer.kind == "farmland_cases":
        frame = frame.set_geometry(frame.geometry.representative_point())
    title = (layer.title.zh, layer.title.en)
    frame = frame.drop(columns=[
        one.name for one in TABLES[layer.kind].values() if {one.name, one.zh} & {*layer.about.withheld_columns}
    ], errors="ignore")  # fmt: skip
    fields = _fields(frame, layer.kind)
    day, means = YEARS.get(layer.kind, ("", None))
    line = pd.Series([[marks[0].zh, marks[0].en]] * len(frame), index=frame.index, dtype="object")
    lines = layer.kind == "control_lines"
    shown = Popup(
        _titles(frame, layer),
        headed(layer.kind, fields),
        year=frame[day].dt.year if day in frame else None,
        town=None if lines and frame["town"].isna().any() else fields.get("town"),  # a line may cross towns
        category=fields.get("kind"),
        line=line if lines else None,
    )
    word = layer.about.secrecy_word
    return draw(
        frame, layer.id, title, GROUPS[layer.group], marks, key, shown, pane=_pane(frame, layer),
        secrecy=None if layer.about.is_public else (word.zh, word.en), show=show and layer.style.show,
        note=unsure_note(layer), size=16, opacity=0.3 if layer.kind == "features" else 0.88,
        search=layer.kind in ("outfalls", "farmland_cases", "actions"), means=means if day in frame else None,
        files=files_with(book, layer.kind), head=described(_title(frame, layer), layer.kind).head,
    )  # fmt: skip


def unsure_note(layer: Layer) -> Pair | None:
    """Give what the catalogue says is not certain about a layer, marked ※."""
    if not layer.about.unsure:
        return None
    unsure = in_both(layer.about.unsure)
    return f"※ {unsure.zh}", f"※ {unsure.en}"


def _marks(book: Book, layer: Layer, frame: gpd.GeoDataFrame) -> tuple[list[Mark], pd.Series]:
    edition = look.colours(book.editions, book.as_of)
    points = look.marks(edition, "point")
    if layer.kind == "control_lines":
        kind = layer.line_type or "red_line"
        return [look.marks(edition, "line")[kind]], pd.Series(kind, index=frame.index)
    if layer.kind == "farmland_cases":
        closed = frame["closed"].notna() & (frame["closed"] <= pd.Timestamp(book.as_of))
        key = closed.map({True: "case_closed", False: "case_open"})
        return [points["case_open"], points["case_closed"]], key
    known = {"outfalls": points["outfall"], "actions": points["action"]}
    mark = known.get(layer.kind) or look.marks(edition, "base")["other"]
    drawn = Mark(
        layer.id, layer.title.zh, layer.title.en, line=layer.style.color or mark.line,
        fill=layer.style.color or mark.fill, shape=mark.shape, weight=mark.weight,
        pattern={"hatch": "hatch", "dots": "dots"}.get(layer.style.pattern or ""),
        dash="8 5" if layer.style.pattern == "dash" else None,
    )  # fmt: skip
    return [drawn], pd.Series(layer.id, index=frame.index)


def _pane(frame: gpd.GeoDataFrame, layer: Layer) -> str:
    if layer.kind == "control_lines":
        return "lines"
    kinds = set(frame.geometry.geom_type.dropna())
    return "points" if kinds <= {"Point", "MultiPoint"} else "parcels" if layer.kind == "actions" else "areas"


def _title(frame: gpd.GeoDataFrame, layer: Layer) -> str:
    """Give the column that names the rows: the first of its kind where none has a name."""
    return "name" if "name" in frame and frame["name"].notna().any() else next(iter(TABLES[layer.kind]))


def _titles(frame: gpd.GeoDataFrame, layer: Layer) -> pd.Series:
    first = next(iter(TABLES[layer.kind]))
    name = frame[_title(frame, layer)]
    return name.astype("object").fillna(frame[first]).fillna(layer.title.zh).astype("str")


def _fields(frame: gpd.GeoDataFrame, kind: str) -> dict[str, pd.Series]:
    return {
        name: paired(frame[name], kind, name)
        for name in TABLES[kind]
        if name in frame and name not in HIDDEN_FIELDS and frame[name].notna().any()
    }


def _level(book: Book, level: str) -> gpd.GeoDataFrame | None:
    table = book.tables.get("boundaries")
    if table is None or "level" not in table:
        return None
    unsaid = table["level"].isna() & (table["place_code"] == book.catalogue.county.adcode)
    return placed(table[(table["level"] == level) | (unsaid if level == "county" else False)])


def _plain(frame: gpd.GeoDataFrame | None, id_: str, title: Pair, mark: Mark, pane: str) -> Drawn | None:
    if frame is None:
        return None
    key = pd.Series(mark.key, index=frame.index)
    shown = Popup(frame["name"], headed("boundaries", {"place_code": frame["place_code"]}))
    return draw(
        frame, f"base_{id_}", title, GROUPS["base"], [mark], key, shown, pane=pane, search=id_ == "towns", opacity=1
    )  # fmt: skip


def _waters(book: Book, marks: list[Mark]) -> Drawn | None:
    table = book.tables.get("waters")
    frame = placed(table) if table is not None else None
    if frame is None:
        return None
    lines = frame.geometry.geom_type.str.contains("Line")
    key = lines.map({True: "river", False: "lake"})
    shown = Popup(frame["name"].fillna(""), headed("waters", {"water_id": frame["water_id"]}))
    return draw(
        frame, "base_waters", ("河流与湖泊", "Rivers and lakes"), GROUPS["base"], marks, key, shown,
        pane="waters", opacity=1,
    )  # fmt: skip


def _names(book: Book, towns: gpd.GeoDataFrame | None, mark: Mark) -> Drawn | None:
    if towns is None:
        return None
    spots = towns.set_geometry(towns.geometry.representative_point())
    english = spots["name"].map({town.name.zh: town.name.en for town in book.catalogue.county.towns})
    made = draw(
        spots, "base_names", ("乡镇名称", "Town names"), GROUPS["base"], [mark],
        pd.Series(mark.key, index=spots.index), Popup(spots["name"], [(("英文名", "English name"), english)]),
        pane="labels", labels=True,
    )  # fmt: skip
    return replace(made, entries=())


def _outline(mark: Mark, called: Words) -> Mark:
    return replace(mark, fill=None, zh=called.zh, en=called.en)
