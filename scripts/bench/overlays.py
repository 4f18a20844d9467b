"""Parcels × lines: ours against geopandas.overlay, DuckDB spatial, SedonaDB and PostGIS.

All contestants get the same two layers in the Gauss-Krüger plane and give the area of every pair. The
last row of ours does more: from degrees, through the plane, to pieces with legal area, proved.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd

from bench.postgis import Server
from bench.race import ROUNDS, Lap, NotAvailableError, Run, lap
from bench.seeded import PLANE

LEAST_M2 = 0.005
CLOSE = 1e-6
OURS = "gis.land.meet (same input)"
WHOLE = "gis.land.overlay (legal, proved)"
SEDONA = "SedonaDB"
PAIRS = """select p.parcel_id, l.line_id, ST_Area(ST_Intersection(p.geometry, l.geometry)) as area
from parcels p join lines l on ST_Intersects(p.geometry, l.geometry)"""


def race(parcels: Path, lines: Path) -> list[Lap]:
    """Run all on two layers of GeoParquet in EPSG:4490."""
    with Server() as server:
        return [
            lap(OURS, meet_alone, parcels, lines, rounds=ROUNDS),
            lap(WHOLE, whole, parcels, lines, rounds=ROUNDS),
            lap("geopandas.overlay", geopandas_overlay, parcels, lines, rounds=ROUNDS),
            lap("DuckDB spatial", duckdb_spatial, parcels, lines, rounds=ROUNDS),
            lap(SEDONA, sedona, parcels, lines, rounds=ROUNDS),
            lap(server.name, server.peer(PAIRS), parcels, lines, rounds=ROUNDS),
        ]


def meet_alone(parcels: Path, lines: Path) -> Run:
    """Give pairs of `gis.land.meet`: the same planar layers as the peers, the same areas."""
    import shapely

    from gis.engine import Threads
    from gis.land.meet import meet

    ground, drawn = _plane(parcels, ["parcel_id"]), _plane(lines, ["line_id"])

    def run() -> pd.DataFrame:
        met = meet(ground.geometry.to_numpy(), drawn.geometry.to_numpy(), Threads())
        ids = {
            "parcel_id": ground["parcel_id"].array.take(met.parcel),
            "line_id": drawn["line_id"].array.take(met.line),
        }
        return pd.DataFrame({**ids, "area": shapely.area(met.shape)})

    return run


def whole(parcels: Path, lines: Path) -> Run:
    """Give pieces of `gis.land.overlay`; areas in the plane are taken after the clock."""
    from gis import standards
    from gis.engine import Threads
    from gis.land.overlay import overlay

    ground, drawn = gpd.read_parquet(parcels), gpd.read_parquet(lines)
    edition = standards.load().family("parcel_area")[-1]

    def run() -> Callable[[], pd.DataFrame]:
        pieces = overlay(ground, drawn, Threads(), edition).pieces
        return lambda: pd.DataFrame(pieces[["parcel_id", "line_id"]]).assign(area=pieces.to_crs(PLANE).area)

    return run


def geopandas_overlay(parcels: Path, lines: Path) -> Run:
    """Give pairs of `geopandas.overlay`."""
    ground, drawn = _plane(parcels, ["parcel_id"]), _plane(lines, ["line_id"])

    def run() -> pd.DataFrame:
        made = gpd.overlay(ground, drawn, how="intersection")
        return pd.DataFrame(made[["parcel_id", "line_id"]]).assign(area=made.area)

    return run


def duckdb_spatial(parcels: Path, lines: Path) -> Run:
    """Give pairs of DuckDB's extension, where it is on this machine."""
    try:
        import duckdb
        import duckdb_extension_spatial
    except ImportError as error:
        raise NotAvailableError(str(error)) from None
    base = duckdb.connect()
    (extension,) = Path(duckdb_extension_spatial.__path__[0]).rglob("spatial.duckdb_extension")
    base.execute(f"load '{extension}'")
    for name, path, key in (("parcels", parcels, "parcel_id"), ("lines", lines, "line_id")):
        frame = _plane(path, [key])
        flat = pd.DataFrame({key: frame[key], "wkb": frame.to_wkb()["geometry"]})  # noqa: F841  read by name
        base.execute(f"create table {name} as select {key}, ST_GeomFromWKB(wkb) as geometry from flat")  # noqa: S608
        base.execute(f"create index {name}_box on {name} using rtree (geometry)")
    return lambda: base.execute(PAIRS).df()


def sedona(parcels: Path, lines: Path) -> Run:
    """Give pairs of SedonaDB."""
    try:
        import sedonadb
    except ImportError as error:
        raise NotAvailableError(str(error)) from None
    base = sedonadb.connect()
    base.create_data_frame(_plane(parcels, ["parcel_id"])).to_memtable().to_view("parcels")
    base.create_data_frame(_plane(lines, ["line_id"])).to_memtable().to_view("lines")
    return lambda: base.sql(PAIRS).to_pandas()


def compare(laps: list[Lap]) -> list[str]:
    """Compare the areas by pair of every peer with ours, in sum and pair by pair."""
    mine = _by_pair(next(one.answer for one in laps if one.name == OURS))
    said = []
    for one in laps:
        if one.answer is None or one.name == OURS:
            continue
        both = pd.concat([mine, _by_pair(one.answer)], axis=1).fillna(0.0)
        off = (both.iloc[:, 0] - both.iloc[:, 1]).abs()
        total = abs(both.iloc[:, 0].sum() / both.iloc[:, 1].sum() - 1)
        same = "same answer" if total < CLOSE and off.max() < 2 * LEAST_M2 else "ANSWERS DIFFER"
        said.append(
            f"{one.name}: {same}; {len(both):,} pairs, sum {total:.1e}, worst pair {off.max():.4f} m²"
        )
    return said


def level(laps: list[Lap]) -> list[str]:
    """Say how long the legal, proved pieces take beside the plane areas of SedonaDB, in the same run."""
    ours, theirs = (next(one for one in laps if one.name == name) for name in (WHOLE, SEDONA))
    if not ours.seconds or not theirs.seconds:
        return [f"not beside SedonaDB: {ours.why or theirs.why}"]
    times = (
        f"{ours.seconds / theirs.seconds:.2f} x its seconds, {ours.cpu / theirs.cpu:.2f} x its processor's"
    )
    return [f"{WHOLE} beside {SEDONA}'s plane areas: {times}"]


def _by_pair(answer: pd.DataFrame) -> pd.Series:
    keys = {name: answer[name].astype("object") for name in ("parcel_id", "line_id")}
    return answer.assign(**keys).groupby(["parcel_id", "line_id"])["area"].sum()


def _plane(path: Path, keys: list[str]) -> gpd.GeoDataFrame:
    return gpd.read_parquet(path)[[*keys, "geometry"]].to_crs(PLANE)
