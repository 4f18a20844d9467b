"""Seeded hourly records of a year in the shape of the published ones, a Parquet file for some sections or stations."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

SEED, HOURS, HELD = 20210320, 8_760, 4
PLACES_A_FILE = 50
ROWS_A_FILE = PLACES_A_FILE * HOURS
FIRST = pd.Timestamp("2025-01-01 01:00")
KEPT = 0.9  # how much of a value its next one keeps
EMPTY_AMMONIA, WHOLE_AMMONIA, MISSING_HOURS = 0.2, 0.0002, 0.02
LAKES = 0.1
Floats = npt.NDArray[np.float64]


class Item(NamedTuple):
    """Middle, spread of the logarithm between places and in time, decimals."""

    middle: float
    between: float
    within: float
    decimals: int


WATER = {
    "water_temp": Item(17.0, 0.05, 0.2, 1), "ph": Item(7.8, 0.03, 0.02, 2),
    "dissolved_oxygen": Item(7.5, 0.15, 0.15, 2), "codmn": Item(3.5, 0.3, 0.15, 2),
    "nh3n": Item(0.25, 0.6, 0.5, 3), "tp": Item(0.09, 0.4, 0.25, 3), "tn": Item(2.2, 0.3, 0.2, 2),
    "conductivity": Item(480.0, 0.3, 0.05, 1), "turbidity": Item(25.0, 0.5, 0.4, 1),
}  # fmt: skip
AIR = {
    "pm25": Item(32.0, 0.15, 0.55, 0), "pm10": Item(55.0, 0.15, 0.5, 0), "so2": Item(7.0, 0.2, 0.3, 0),
    "no2": Item(26.0, 0.2, 0.45, 0), "co": Item(0.6, 0.15, 0.3, 1), "o3": Item(65.0, 0.1, 0.6, 0),
}  # fmt: skip


def files_of(folder: Path, kind: str, rows: int) -> list[Path]:
    """Write about so many rows once and give the files; a section or a station is in one file only."""
    folder.mkdir(exist_ok=True)
    count = max(round(rows / ROWS_A_FILE), 1)
    paths = [folder / f"{kind}-{part:03d}.parquet" for part in range(count)]
    for part, path in enumerate(paths):
        if not path.exists():
            (water(part) if kind == "water" else air(part)).to_parquet(path)
    return paths


def water(part: int) -> pd.DataFrame:
    """Draw readings every four hours, printed each hour; a fifth of the ammonia is empty."""
    random = np.random.default_rng([SEED, part])
    steps = HOURS // HELD
    columns = {name: _series(random, item, steps).repeat(HELD, 1).ravel() for name, item in WATER.items()}
    draw = random.random((PLACES_A_FILE, steps)).repeat(HELD, 1).ravel()
    ammonia = np.where(draw < EMPTY_AMMONIA, np.nan, columns["nh3n"])
    columns["nh3n"] = np.where(draw > 1 - WHOLE_AMMONIA, 6.0, ammonia)
    columns |= {"method": "automatic", "audited": False}
    return _stored(
        pd.DataFrame(_places("section", part) | {"sampled_at": _times()} | columns), "samples", part
    )


def air(part: int) -> pd.DataFrame:
    """Draw hours of stations; some are empty."""
    random = np.random.default_rng([SEED, part, 1])
    columns = {name: _series(random, item, HOURS).ravel() for name, item in AIR.items()}
    for name, values in columns.items():
        columns[name] = np.where(random.random(len(values)) < MISSING_HOURS, np.nan, values)
    return _stored(pd.DataFrame(_places("station", part) | {"time": _times()} | columns), "air_hours", part)


def _stored(frame: pd.DataFrame, table: str, part: int) -> pd.DataFrame:
    """Give it the dtypes of the canonical table and a source; columns without any value are left out."""
    from gis.base.tables import conform

    frame = frame.assign(source=f"{part}.csv", source_row=np.arange(1, len(frame) + 1))
    return conform(frame, table)[list(frame)]


def sections(paths: int) -> pd.DataFrame:
    """List the sections of so many files: river or lake, level and target class."""
    number = np.arange(paths * PLACES_A_FILE)
    random = np.random.default_rng(SEED)
    kinds = np.where(random.random(len(number)) < LAKES, "lake", "river")
    names = _names("section", number)
    return pd.DataFrame(
        {**names, "name": names.pop("section"), "water_kind": kinds, "level": "provincial", "target_class": 3}
    ).drop(columns="section")


def _series(random: np.random.Generator, item: Item, steps: int) -> Floats:
    from scipy.signal import lfilter

    noise = random.normal(0, item.within * np.sqrt(1 - KEPT**2), (PLACES_A_FILE, steps))
    drift = lfilter([1.0], [1.0, -KEPT], noise, axis=1)
    level = random.normal(0, item.between, (PLACES_A_FILE, 1))
    return np.asarray((item.middle * np.exp(level + drift)).round(item.decimals))


def _places(kind: str, part: int) -> dict[str, pd.api.extensions.ExtensionArray]:
    number = np.arange(PLACES_A_FILE) + part * PLACES_A_FILE
    return {name: texts.repeat(HOURS) for name, texts in _names(kind, number).items()}


def _names(kind: str, number: npt.NDArray[np.int64]) -> Mapping[str, pd.api.extensions.ExtensionArray]:
    word = "断面" if kind == "section" else "站"
    ids, names = ([f"{sign}{one:06d}" for one in number] for sign in ("P", word))
    return {f"{kind}_id": pd.Series(ids, dtype="str").array, kind: pd.Series(names, dtype="str").array}


def _times() -> npt.NDArray[np.datetime64]:
    return np.tile(pd.date_range(FIRST, periods=HOURS, freq="h").to_numpy(), PLACES_A_FILE)
