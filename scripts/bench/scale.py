"""The land of counties too large for one process, on a Dask cluster of this machine's cores."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd

from bench.race import KILOBYTES_A_GIGABYTE, peak_kb
from bench.seeded import STORED, band, county
from gis import standards
from gis.base.tables import conform
from gis.catalogue import load
from gis.engine import Engine, Partition
from gis.land.area import measure
from gis.land.ledger import ledger
from gis.land.line_editions import approvals, judged
from gis.land.partition import MOST
from gis.standards import Editions
from gis.store.cluster import opened

SIZES = (1_000_000, 3_000_000, 10_000_000)
ROOT, AS_OF = Path(__file__).resolve().parents[2], pd.Timestamp("2025-10-31").date()
CENT = 100  # of a m²; whole ones add up to the same in any order
KEYS = ["what", "kind"]


class Cost(NamedTuple):
    """What one size cost: the worst worker's memory, the processor's seconds of all, bytes of the partitions."""

    parcels: int
    seconds: float
    cpu: float
    peak_gb: float
    disk: int


def bench(sizes: list[int]) -> None:
    """Print each size, and its time a parcel over that of the first."""
    lines = _lines()
    print(
        f"land on a cluster: areas, ledger, {len(lines):,} lines; partitions of {MOST:,} parcels", flush=True
    )
    made = []
    for size in sizes:
        cost, sums = _run(size, lines)
        made.append(cost)
        linear = (
            getattr(cost, of) / getattr(made[0], of) * made[0].parcels / size for of in ("seconds", "cpu")
        )
        print(
            f"  {size:,} parcels: {cost.seconds:.1f} s, {cost.cpu:.1f} s of processor, at most {cost.peak_gb:.2f} GB"
            f" a worker, {cost.disk / 1e6:,.0f} MB of partitions; {'{:.2f} x ({:.2f} x)'.format(*linear)} linear"
        )
        print(sums.to_string(), flush=True)


def _lines() -> gpd.GeoDataFrame:
    drawn = county(1)
    lines = pd.concat([drawn.red_lines, drawn.farmland], ignore_index=True)
    lines = gpd.GeoDataFrame(lines.assign(source="bench", source_row=range(1, len(lines) + 1)), crs=STORED)
    return conform(lines, "control_lines")


def _run(parcels: int, lines: gpd.GeoDataFrame) -> tuple[Cost, pd.DataFrame]:
    begun: dict[str, float] = {}

    def report(done: int, _of: int) -> None:
        if not done:
            begun["disk"] = sum(path.stat().st_size for path in Path(folder).rglob("*.parquet"))
            begun["clock"] = time.perf_counter()

    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        opened(None, Path(folder), print, report) as engine,
    ):
        before = sum(engine.client.run(time.process_time).values())
        work = partial(_summed, lines=lines, editions=standards.load())
        parts = engine.spread(work, _bands(parcels, engine.partitions(parcels, MOST)))
        seconds = time.perf_counter() - begun["clock"]
        cpu = sum(engine.client.run(time.process_time).values()) - before
        peak = max(engine.client.run(peak_kb).values()) / KILOBYTES_A_GIGABYTE
    sums = pd.concat(parts).groupby(KEYS).sum()
    return Cost(parcels, seconds, cpu, peak, int(begun["disk"])), sums


def _bands(parcels: int, bands: int) -> Iterator[dict[str, pd.DataFrame]]:
    """Draw the county band by band, so that no process ever holds it."""
    for number in range(bands):
        drawn = band(number, bands, parcels // bands + (number < parcels % bands))
        rows = drawn.assign(source="bench", source_row=range(1, len(drawn) + 1))
        yield {"parcels": conform(rows, "parcels")}


def _summed(part: Partition, engine: Engine, *, lines: gpd.GeoDataFrame, editions: Editions) -> pd.DataFrame:
    """Measure, count and cut one partition as `gis run` does, and give sums by kind, in cents of a m²."""
    catalogue, area = load(ROOT / "layers", check_files=False), editions.in_force("parcel_area", AS_OF)
    parcels: Any = part["parcels"]
    book = ledger(
        measure(parcels, area, engine), None, area, AS_OF, towns=catalogue.county.towns, engine=engine
    )
    cut = judged(book.parcels, lines, approvals(book.events, AS_OF), catalogue.rules, engine, area)
    rows = [
        pd.DataFrame({"what": "counted", "kind": book.counted["category"], "m2": book.counted["area_m2"]}),
        pd.DataFrame({"what": "in a line", "kind": cut.pieces["line_type"], "m2": cut.pieces["own_m2"]}),
        pd.DataFrame({"what": "legal area", "kind": "all", "m2": book.parcels["area_legal_m2"]}),
    ]
    both = pd.concat(rows, ignore_index=True)
    cents = (both.pop("m2") * CENT).round().astype("int64")
    return both.assign(rows=1, cents=cents).groupby(KEYS).sum()
