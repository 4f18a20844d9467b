"""A page of 10,000 to 500,000 parcels in a real Chromium, beside its peers: size, ready, zoom, filter, clicks."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from PIL import Image

from bench import map_pages
from bench.map_pages import Made
from bench.race import NotAvailableError

SIZES = (10_000, 100_000, 500_000)
GEOJSON_MOST = 100_000  # folium.GeoJson with more was never ready
CLICKS, EDGE_M, METRES_A_DEGREE = 5_000, 0.15, 111_320.0
VIEW = {"width": 1400, "height": 900}
ZOOMS = (13, 15, 12, 11)
TOWN, YEAR = "乡镇7", 2023
LIMIT_MS = 240_000
BLANK = 250  # of 255, in the darkest channel
STEP = """async ([act, arg, limit]) => {
  const b = window.bench, frame = () => new Promise(done => requestAnimationFrame(done));
  const start = performance.now();
  const told = act === "zoom" ? (b.map.setView(b.map.getCenter(), arg, {animate: false}), 0) : b.filter(...arg);
  do { await frame(); } while (!b.idle() && performance.now() - start < limit);
  await frame(); return [performance.now() - start, told]; }"""
READY = """async () => { const frame = () => new Promise(done => requestAnimationFrame(done));
  while (!(window.bench && window.bench.idle())) await frame();
  await frame(); return performance.now(); }"""


class Visit(NamedTuple):
    """What Chromium measured on one page, milliseconds; shares of the window that are not blank."""

    made: Made
    ready: float
    zooms: list[float]
    filters: list[float]
    covered: list[float]
    wrong: str = ""


def bench(sizes: tuple[int, ...] = SIZES, peers: Path | None = None, keep: Path | None = None) -> None:
    """Make each page, open it with the network shut and print what was measured."""
    peers = peers or Path()
    with tempfile.TemporaryDirectory() as scratch:
        folder = keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        known: dict[tuple[str, int], Visit] = {}
        for count in sizes:
            frame = map_pages.parcels(count)
            makers: list[Callable[[], Made]] = [lambda one=frame: map_pages.ours(one, folder)]
            if count <= GEOJSON_MOST:
                makers.append(lambda one=frame: map_pages.geojson(one, folder))
            makers.append(lambda one=frame: map_pages.pmtiles(one, folder, peers))
            print(f"\n{count:,} parcels of ten corners, each with an 18-letter code, town, state, year, area")
            for make in makers:
                try:
                    seen = _visited(make(), frame)
                except NotAvailableError as error:
                    print(f"  not available: {error}")
                    continue
                known[seen.made.name, count] = seen
                _print(seen)
        _ratios(known)


def _visited(made: Made, frame: gpd.GeoDataFrame) -> Visit:
    from playwright.sync_api import sync_playwright

    asked: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport=VIEW)  # type: ignore[arg-type]
        page.set_default_timeout(LIMIT_MS)
        page.route("**/*", lambda route: _shut(route, asked))
        page.goto(made.path.resolve().as_uri(), wait_until="commit", timeout=LIMIT_MS)
        ready = page.evaluate(READY)
        covered = [_covered(page)]
        zooms = [page.evaluate(STEP, ["zoom", zoom, LIMIT_MS])[0] for zoom in ZOOMS]
        covered.append(_covered(page))
        filters = []
        for _ in range(3):
            took, matched = page.evaluate(STEP, ["filter", [TOWN, YEAR], LIMIT_MS])
            filters.append(took)
            covered = [*covered[:2], _covered(page)]
            page.evaluate(STEP, ["filter", [None, None], LIMIT_MS])
        wrong = _clicks(page, frame) if "click" in page.evaluate("Object.keys(window.bench)") else ""
        browser.close()
    if asked:
        wrong += f" ASKED THE NETWORK: {asked[:3]}"
    own = int(((frame["town"] == TOWN) & (frame["year"] == YEAR)).sum())
    if matched not in (-1, own):
        wrong += f" FILTER GAVE {matched} FOR {own}"
    return Visit(made, ready, zooms, filters, covered, wrong)


def _shut(route: Any, asked: list[str]) -> None:
    if route.request.url.startswith(("file:", "data:")):
        route.continue_()
    else:
        asked.append(route.request.url)
        route.abort()


def _covered(page: Any) -> float:
    """Give the share of the window that is not white."""
    with Image.open(io.BytesIO(page.screenshot())) as image:
        return float((np.asarray(image.convert("RGB")).min(axis=2) < BLANK).mean())


def _clicks(page: Any, frame: gpd.GeoDataFrame) -> str:
    """Compare the parcels under random places with shapely's, leaving out those within 0.15 m of an edge."""
    rng = np.random.default_rng(map_pages.SEED)
    west, south, east, north = frame.total_bounds
    places = np.column_stack([rng.uniform(west, east, CLICKS), rng.uniform(south, north, CLICKS)])
    page.evaluate(STEP, ["zoom", 17, LIMIT_MS])
    told = page.evaluate("places => window.bench.click(places)", places.tolist())
    points = shapely.points(places)
    found, owner = frame.sindex.query(points, predicate="within")
    expected = np.full(CLICKS, None, dtype=object)
    expected[found] = frame["code"].to_numpy()[owner]
    apart = np.flatnonzero(np.array(told, dtype=object) != expected)
    edges = shapely.boundary(frame.geometry.to_numpy())
    near = [
        shapely.distance(points[at], edges[frame.sindex.nearest(points[at], return_all=False)[1][0]])
        * METRES_A_DEGREE
        for at in apart
    ]
    missed = sum(one > EDGE_M for one in near)
    same = f"{CLICKS - len(apart):,} of {CLICKS:,} clicks are shapely's"
    return f"{same}, {len(apart) - missed} of the rest within {EDGE_M} m of an edge, {missed} WRONG"


def _print(seen: Visit) -> None:
    made, indent = seen.made, " " * 34
    zooms = " / ".join(f"{one:,.0f}" for one in seen.zooms)
    cover = " / ".join(f"{100 * one:.0f} %" for one in seen.covered)
    print(f"  {made.name:32} {made.megabytes:7.1f} MB, ready in {seen.ready / 1000:.2f} s")
    print(f"{indent} built in {made.data_s:.1f} s (data) + {made.page_s:.1f} s (page)")
    print(
        f"{indent} zooms to {ZOOMS}: {zooms} ms; in all {sum(seen.zooms):,.0f}, worst {max(seen.zooms):,.0f}"
    )
    print(f"{indent} filter {min(seen.filters):,.0f} ms")
    print(f"{indent} not blank at once / after the zooms / filtered: {cover}")
    if seen.wrong:
        print(f"{indent} {seen.wrong}", flush=True)


def _ratios(known: dict[tuple[str, int], Visit]) -> None:
    mine = {count: seen for (name, count), seen in known.items() if name.startswith("gis")}
    print("\ntimes ours:")
    for (name, count), seen in known.items():
        own = mine.get(count)
        if own is None or seen is own:
            continue
        sides = {
            "size": seen.made.megabytes / own.made.megabytes,
            "ready": seen.ready / own.ready,
            "zooms": sum(seen.zooms) / sum(own.zooms),
            "filter": min(seen.filters) / min(own.filters),
            "build": (seen.made.data_s or seen.made.page_s) / own.made.data_s,
        }
        print(f"  {name}, {count:,}: " + ", ".join(f"{side} {times:.1f} x" for side, times in sides.items()))
