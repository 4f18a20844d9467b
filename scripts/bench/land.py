"""The land bench: overlays, legal area, zonal shares, and the whole stage cold."""

from __future__ import annotations

import datetime as dt
import math
import os
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio

from bench import overlays
from bench.race import ROUNDS, Lap, NotAvailableError, Run, lap, table
from bench.seeded import STORED, county
from bench.whole import worktree

ROOT = Path(__file__).resolve().parents[2]
ZONAL = 20_000
AS_OF = dt.date(2025, 10, 31)
PIXEL = 0.0001  # degrees, about 10 m, the pixel of WorldCover
CODES = np.array([10, 40, 50, 80], dtype="uint8")
STAGE = """
import sys
from pathlib import Path
from bench.land import stage
from bench.race import lap
one = lap("stage", stage, *map(Path, sys.argv[1:]))
print(one.seconds, one.cpu, one.peak_gb)
"""


def bench(parcels: int, stages: list[int], beside: str | None = None) -> None:
    """Race all topics on the seeded county of so many parcels, then the stage at each size."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        ground, red, farm = write(folder, parcels)
        print(f"{parcels:,} parcels of 13 vertices; best of {ROUNDS} rounds: seconds, processor's seconds,")
        print("times each row of ours, peak memory of the process")
        print(f"{os.cpu_count()} cores; {_versions()}", flush=True)
        for title, lines in (("red lines (25 x 8,000)", red), ("farmland (8,000 x 60)", farm)):
            laps = overlays.race(ground, lines)
            _say(overlays.compare(laps))
            table(f"parcels x {title}", laps, overlays.OURS, overlays.WHOLE)
            _say(overlays.level(laps))
        _areas(ground)
        _zonal(folder, ground)
        laps = [(size, _stage(folder, size)) for size in stages]
        _grown(laps)
        if beside is not None:
            stage_beside(beside, folder, *laps[-1])


def write(folder: Path, parcels: int) -> tuple[Path, Path, Path]:
    """Write the county as GeoParquet, once a size."""
    paths = tuple(folder / f"{kind}-{parcels}.parquet" for kind in ("parcels", "red", "farm"))
    if not paths[0].exists():
        drawn = county(parcels)
        for path, frame in zip(paths, (drawn.parcels, drawn.red_lines, drawn.farmland), strict=True):
            frame.to_parquet(path)
    return paths  # type: ignore[return-value]


def _versions() -> str:
    import shapely

    found = [f"GEOS {shapely.geos_version_string}"]
    for name in ("shapely", "geopandas", "duckdb", "sedonadb", "exactextract", "rasterstats"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def _areas(ground: Path) -> None:
    laps = [
        lap(name, make, ground, rounds=ROUNDS)
        for name, make in (("gis.land.legal_area", legal), ("pyproj.Geod, one by one", geod))
    ]
    mine, theirs = laps[0].answer, laps[1].answer
    off, total = np.abs(mine / theirs - 1).max(), abs(mine.sum() / theirs.sum() - 1)
    _say([f"legal against geodesic: worst parcel {off:.1e}, sum {total:.1e}"])
    table("ellipsoidal area", laps, "gis.land.legal_area")


def legal(ground: Path) -> Run:
    """Give legal areas."""
    from gis import standards
    from gis.land.area import legal_area

    shapes, edition = gpd.read_parquet(ground).geometry, standards.load().family("parcel_area")[-1]
    return lambda: legal_area(shapes, edition).to_numpy()


def geod(ground: Path) -> Run:
    """Give geodesic areas by a loop over `pyproj.Geod`."""
    from pyproj import Geod

    shapes, ball = gpd.read_parquet(ground).geometry, Geod(ellps="GRS80")
    return lambda: np.array([abs(ball.geometry_area_perimeter(one)[0]) for one in shapes])


def _zonal(folder: Path, ground: Path) -> None:
    some = gpd.read_parquet(ground)[["parcel_id", "geometry"]]
    some = some.iloc[:: max(len(some) // ZONAL, 1)].reset_index(drop=True)
    some.to_parquet(folder / "some.parquet")
    first, second = (_image(folder / f"{year}.tif", some.total_bounds, year) for year in (2020, 2025))
    made = (folder / "some.parquet", first, second)
    ours, exact, centre = (
        "gis.ingest.zones (two images)",
        "exactextract (two images)",
        "rasterstats (two images)",
    )
    laps = [
        lap(ours, zones, *made, rounds=ROUNDS),
        lap(exact, exactextract, *made, rounds=ROUNDS),
        lap(centre, rasterstats, *made, rounds=ROUNDS),
    ]
    for one in laps[1:]:
        if one.answer is not None and laps[0].answer is not None:
            off = float(np.abs(laps[0].answer - one.answer).mean())
            how = "pixel centres, not exact" if one.name == centre else "exact"
            _say([f"{one.name}: share of built-up after, mean difference {off:.1e} ({how})"])
    table(f"zonal shares of {len(some):,} parcels, 10 m pixels", laps, ours)


def _image(path: Path, bounds: np.ndarray, seed: int) -> Path:
    west, south, east, north = bounds
    shape = (math.ceil((north - south) / PIXEL) + 2, math.ceil((east - west) / PIXEL) + 2)
    blocks = np.random.default_rng(seed).choice(CODES, [side // 8 + 1 for side in shape])
    values = blocks.repeat(8, 0).repeat(8, 1)[: shape[0], : shape[1]]
    place = rasterio.Affine(PIXEL, 0.0, west - PIXEL, 0.0, -PIXEL, north + PIXEL)
    with rasterio.open(
        path, "w", driver="GTiff", height=shape[0], width=shape[1], count=1, dtype="uint8", nodata=0,
        crs=STORED, transform=place, compress="deflate", tiled=True,
    ) as out:  # fmt: skip
        out.write(values, 1)
    return path


def zones(some: Path, first: Path, second: Path) -> Run:
    """Give the built-up share after by ours: both images and the change between them in one pass."""
    from gis import standards
    from gis.ingest.zones import coverage, open_pair
    from gis.land.landcover import shares

    shapes, edition = gpd.read_parquet(some).geometry, standards.load().get("land-cover-evidence")

    def run() -> np.ndarray:
        with open_pair(first, second) as pair:
            seen = coverage(pair, shapes)
        return shares(seen.cover, len(shapes), edition)["built_after"].to_numpy()

    return run


def exactextract(some: Path, first: Path, second: Path) -> Run:
    """Give the built-up share after by exactextract alone, once an image, by its faster strategy."""
    try:
        from exactextract import exact_extract
    except ImportError as error:
        raise NotAvailableError(str(error)) from None
    frame = gpd.read_parquet(some)

    def run() -> np.ndarray:
        made = [
            exact_extract(str(path), frame, ["unique", "frac"], output="pandas", strategy="raster-sequential")
            for path in (first, second)
        ]
        pairs = zip(made[1]["unique"], made[1]["frac"], strict=True)
        return np.array([part[codes == CODES[2]].sum() for codes, part in pairs])

    return run


def rasterstats(some: Path, first: Path, second: Path) -> Run:
    """Give the built-up share after by rasterstats, pixel centres, once an image."""
    try:
        from rasterstats import zonal_stats
    except ImportError as error:
        raise NotAvailableError(str(error)) from None
    shapes = list(gpd.read_parquet(some).geometry)

    def run() -> np.ndarray:
        made = [zonal_stats(shapes, str(path), categorical=True) for path in (first, second)]
        return np.array([one.get(int(CODES[2]), 0) / max(sum(one.values()), 1) for one in made[1]])

    return run


def _stage(folder: Path, parcels: int) -> Lap:
    ground, red, farm = write(folder, parcels)
    one = lap("stage", stage, ground, red, farm)
    said = (
        f"{one.seconds:.1f} s, {one.cpu:.1f} s of processor, peak {one.peak_gb:.2f} GB, {one.answer:,} pieces"
    )
    print(f"whole land stage, cold, {parcels:,} parcels: {said if one.seconds else one.why}", flush=True)
    return one


def stage_beside(commit: str, folder: Path, parcels: int, now: Lap) -> None:
    """Print what the stage takes with the code of another commit, and the ratios."""
    with worktree(commit, folder / "code") as code:
        places = os.pathsep.join(map(str, (code, code / "scripts")))
        command = [sys.executable, "-c", STAGE, *map(str, write(folder, parcels))]
        done = subprocess.run(
            command,
            cwd=code,
            env={**os.environ, "PYTHONPATH": places},
            capture_output=True,
            text=True,
            check=True,
        )
    seconds, cpu, peak = map(float, done.stdout.split()[-3:])
    print(f"  {commit}: {seconds:.1f} s, {cpu:.1f} s of processor, peak {peak:.2f} GB")
    if now.seconds:
        print(
            f"  this / {commit}: {now.seconds / seconds:.2f} x  {now.cpu / cpu:.2f} x  {now.peak_gb / peak:.2f} x"
        )


def _grown(laps: list[tuple[int, Lap]]) -> None:
    """Print how seconds and memory grow from size to size."""
    for (few, small), (many, large) in pairwise(laps):
        if small.seconds and large.seconds:
            print(
                f"  {few:,} -> {many:,} parcels, {many / few:.1f} x: seconds {large.seconds / small.seconds:.1f} x,"
                f" memory {large.peak_gb / small.peak_gb:.1f} x"
            )


def stage(ground: Path, red: Path, farm: Path) -> Run:
    """Run the land stage from files: areas, overlays, conflicts, figures; imports inside the clock."""

    def run() -> int:
        from gis import standards
        from gis.base.tables import conform
        from gis.catalogue import load
        from gis.engine import Threads
        from gis.land import assess

        parcels = gpd.read_parquet(ground).assign(layer="renewal_parcels", source="bench")
        parcels["source_row"] = range(1, len(parcels) + 1)
        lines = pd.concat([gpd.read_parquet(red), gpd.read_parquet(farm)], ignore_index=True)
        lines = gpd.GeoDataFrame(lines.assign(layer="bench", source="bench"), crs=STORED)
        lines["source_row"] = range(1, len(lines) + 1)
        tables = {"parcels": conform(parcels, "parcels"), "control_lines": conform(lines, "control_lines")}
        known = load(ROOT / "layers", check_files=False)
        return len(assess(tables, known, standards.load(), AS_OF, Threads()).tables["pieces"])

    return run


def _say(lines: list[str]) -> None:
    for line in lines:
        print(f"  - {line}")
