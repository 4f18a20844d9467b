"""The bench of reading: a desk's files from disk to judged and written, against the bare readers on the same rows."""

from __future__ import annotations

import datetime as dt
import importlib.util
import math
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from bench.race import ROUNDS, Lap, NotAvailableError, Run, lap, table

HOURS, CELLS, PARCELS = 335_482, 100_000, 300_000
SEED = 7
STREAMED = "one pass over its styles"
ITEMS = {"pm2_5": 150, "pm10": 250, "o3": 200, "no2": 90, "so2": 30}
OURS = {
    "hours": "gis air aqi -o csv",
    "book": "gis.ingest.read_file, .xlsx",
    "parcels": "gis.ingest.read_file, .shp",
}
BARE = {
    "hours": "pandas.read_csv + to_csv",
    "book": "python-calamine",
    "parcels": "pyogrio.read_dataframe",
}


def bench(hours: int = HOURS, cells: int = CELLS, parcels: int = PARCELS) -> None:
    """Make the files, then read each with ours and with the bare reader, each in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-reading-") as name:
        folder = Path(name)
        frame = _hours(hours)
        frame.to_csv(folder / "hours.csv", index=False, encoding="utf-8-sig")
        frame.head(cells).to_excel(folder / "book.xlsx", index=False)
        _parcels(parcels).to_file(folder / "parcels.shp", engine="pyogrio", encoding="GB18030")
        for topic, file, ours, bare in (
            ("hours", "hours.csv", aqi, pandas_both),
            ("book", "book.xlsx", read_hours, calamine),
            ("parcels", "parcels.shp", read_parcels, pyogrio_alone),
        ):
            laps = _in_turn((OURS[topic], ours), (BARE[topic], bare), folder / file)
            if topic == "book":
                laps.append(lap(STREAMED, streamed_pass, folder / file))
            table(f"{file}, {(folder / file).stat().st_size / 1e6:,.0f} MB", laps, OURS[topic], BARE[topic])
            _told(*laps)


def _in_turn(
    ours: tuple[str, Callable[..., Run]], bare: tuple[str, Callable[..., Run]], path: Path
) -> list[Lap]:
    """Run both in turn and take the least processor time of each: what else the machine does is in neither."""
    rounds = [[lap(*ours, path), lap(*bare, path)] for _ in range(ROUNDS)]
    return [min(laps, key=lambda one: one.cpu or math.inf) for laps in zip(*rounds, strict=True)]


def _told(ours: Lap, bare: Lap, streamed: Lap | None = None) -> None:
    if streamed and ours.cpu and bare.cpu and streamed.cpu:
        whole = bare.cpu + streamed.cpu
        print(f"  processor time {ours.cpu / whole:.2f} x that of {bare.name} and {streamed.name}")
    if ours.cpu and bare.cpu:
        peak = f", peak memory {ours.peak_gb / bare.peak_gb:.1f} x" if bare.peak_gb else ""
        print(f"  processor time {ours.cpu / bare.cpu:.2f} x that of {bare.name}{peak}")


def _hours(rows: int) -> pd.DataFrame:
    """Make hours as the national platform publishes them: a few cells quoted, a few empty."""
    chance, stations = np.random.default_rng(SEED), 60
    times = pd.date_range(dt.datetime(2025, 1, 1), periods=-(-rows // stations), freq="h")  # noqa: DTZ001
    frame = pd.DataFrame(
        {
            "timepoint": np.repeat(times.strftime("%Y-%m-%dT%H%M"), stations)[:rows],
            "stationcode": np.tile([f"{1000 + at}A" for at in range(stations)], len(times))[:rows],
            "area": "苏州市",
            "positionname": np.tile([f"站点{at}" for at in range(stations)], len(times))[:rows],
            "primarypollutant": chance.choice(
                ["", "臭氧", "细颗粒物(PM2.5),臭氧"], rows, p=[0.6, 0.39, 0.01]
            ),
        }
    )
    values = {name: pd.Series(chance.integers(1, most, rows).astype(str)) for name, most in ITEMS.items()}
    values["co"] = pd.Series((chance.integers(2, 15, rows) / 10).astype(str))
    return frame.assign(**{name: one.mask(chance.random(rows) < 0.01, "") for name, one in values.items()})  # noqa: PLR2004


def _parcels(count: int) -> gpd.GeoDataFrame:
    """Make square parcels of 40 m side by side, in the zone of the county."""
    wide = int(count**0.5) + 1
    x, y = 40_560_000 + 40.0 * (np.arange(count) % wide), 3_500_000 + 40.0 * (np.arange(count) // wide)
    names = {"图斑编号": [f"P{at}" for at in range(count)], "面积亩": 2.4, "地类": "0701"}
    return gpd.GeoDataFrame(names, geometry=shapely.box(x, y, x + 40, y + 40), crs=4528)


def aqi(path: Path) -> Run:
    """Judge every hour as the command does, from the file to the file."""
    from typer.testing import CliRunner

    import gis.desk.air  # noqa: F401  both contestants have their libraries before the clock starts
    from gis.cli.app import app
    from gis.store import write  # noqa: F401

    def run() -> int:
        made = CliRunner().invoke(
            app, ["air", "aqi", str(path), "-o", str(path.with_suffix(".out.csv")), "--force"]
        )
        if made.exit_code:
            raise RuntimeError(made.output)
        return len(made.output)

    return run


def pandas_both(path: Path) -> Run:
    """Read and write the same rows and judge nothing."""
    return lambda: pd.read_csv(path).to_csv(path.with_suffix(".pandas.csv"), index=False)


def read_hours(path: Path) -> Run:
    """Read hours from a workbook."""
    from gis.ingest import Options, read_file

    return lambda: len(read_file(path, Options(kind="air_hours", layer="hours")).table)


def calamine(path: Path) -> Run:
    """Read the cells of the workbook and nothing beside them."""
    if importlib.util.find_spec("python_calamine") is None:
        raise NotAvailableError("python-calamine is not installed")
    from python_calamine import CalamineWorkbook

    return lambda: len(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python())


def streamed_pass(path: Path) -> Run:
    """Go once over the elements of the sheet, as hidden rows and styles need, and keep the styles only."""
    from xml.parsers import expat

    def run() -> int:
        styles: set[str] = set()
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda _tag, given: styles.add(given.get("s", ""))
        with zipfile.ZipFile(path) as archive, archive.open("xl/worksheets/sheet1.xml") as sheet:
            parser.ParseFile(sheet)
        return len(styles)

    return run


def read_parcels(path: Path) -> Run:
    """Read parcels, with their shapes checked and brought to the county's system."""
    from gis.ingest import Options, read_file

    return lambda: len(read_file(path, Options(kind="parcels", layer="parcels")).table)


def pyogrio_alone(path: Path) -> Run:
    """Read the same shapes and check nothing."""
    import pyogrio

    return lambda: len(pyogrio.read_dataframe(path))
