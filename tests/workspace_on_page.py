"""A workspace of a page in Chromium: its filters, its count, and a page of rows of our own."""

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.look import Mark
from gis.maps.layers import Popup, draw
from gis.maps.mapview import Workspace, map_view
from gis.maps.offline import Page, html_of
from gis.maps.page import mast

MAPS = ("planner", "land", "water", "air")
GRID = "#rows .grid-row"


def choose_year(page, year):
    page.evaluate(
        """year => { const slider = document.getElementById("filter-year");
        slider.value = year === null ? 0 : gis.vocabulary().years.indexOf(year) + 1;
        slider.dispatchEvent(new Event("input")); }""",
        year,
    )


def count(page):
    """Rows and 亩 that the table says are selected."""
    told = page.locator(".count").inner_text()
    rows = int(re.search(r"所选 ([\d,]+) 行", told)[1].replace(",", ""))
    mu = re.search(r"([-\d,.]+) 亩", told)
    return rows, mu and float(mu[1].replace(",", ""))


def squares(n, **columns):
    side = int(np.ceil(np.sqrt(n)))
    x, y = np.arange(n) % side * 4e-4 + 120.6, np.arange(n) // side * 4e-4 + 31.5
    frame = gpd.GeoDataFrame(
        {"id": [f"CS-{at:07d}" for at in range(n)]},
        geometry=shapely.box(x, y, x + 3e-4, y + 3e-4),
        crs="EPSG:4490",
    )
    return frame.assign(**columns)


def rows_layer(frame, fields=(), id_="rows", **more):
    """A layer of rows of two classes."""
    marks = [
        Mark("a", "甲", "A", line="#1F2933", fill="#BFD3E3"),
        Mark("b", "乙", "B", line="#1F2933", fill="#E3BFBF"),
    ]
    key = more.pop("key", pd.Series(np.where(np.arange(len(frame)) % 3, "a", "b"), index=frame.index))
    return draw(
        frame,
        id_,
        ("行", "Rows"),
        ("组", "Group"),
        marks,
        key,
        Popup(frame["id"], fields, **more),
        pane="parcels",
        search=True,
    )


def page_of_layers(layers):
    """A page whose workspace has the layers given."""
    work = Workspace("planner", "e", layers[0].id)
    view = map_view(layers, (120.55, 31.45, 121.1, 31.85), ("图", "Map"), work)
    return html_of(
        Page(
            ("页", "Page"),
            mast(("页", "Page"), "", ""),
            view.html,
            "",
            view=view,
        ),
        "x",
    )


def page_of_rows(frame, fields=(), **more):
    """A page whose workspace has one layer of the rows given."""
    return page_of_layers([rows_layer(frame, fields, **more)])
