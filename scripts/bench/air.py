"""The air bench: ten million hours judged and summed up to days and months, against row by row and aqi-hub."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from bench.hub import NoHubError, ask, environment
from bench.race import NotAvailableError, Run
from bench.rowwise import aqi_judge
from bench.volume import OWN_CLOCK, Peer, Stage, race

EDITION = "hj633-2012"  # in force on the dates of the records
ORDER = ["pm25", "pm10", "so2", "no2", "co", "o3"]
VERDICT = [
    "aqi", "primary_pollutants", "exceeding_pollutants", "category", "aqi_level", *(f"iaqi_{name}" for name in ORDER),
]  # fmt: skip
MEANS = ["pm25", "pm10", "so2", "no2", "co", "o3_8h"]
OVER = 100


def bench(rows: int) -> None:
    """Run a tenth and all of the rows, then the peers on a sample of them."""
    stages = [Stage("AQI of hours, days, months", summarise)]
    peers = [Peer("DataFrame.apply(axis=1)", rowwise), Peer("aqi-hub, row by row", hub)]
    with tempfile.TemporaryDirectory(prefix="bench-air-") as name:
        race(Path(name), "air", rows, stages, Peer("gis.air.hourly", ours), peers)


def summarise(paths: list[Path], workers: int) -> Run:
    """Judge every hour, make the days of every station and their AQI, and sum both up by month."""
    from gis import standards
    from gis.engine import Threads

    editions, engine = standards.load(), Threads(workers)

    def run() -> pd.DataFrame:
        return engine.combine(engine.map(lambda path: _part(path, editions), paths), _joined)

    return run


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True)


def _part(path: Path, editions: Any) -> pd.DataFrame:
    from gis.air.aqi import daily, hourly
    from gis.air.dated import day_of_hour
    from gis.air.days import station_days

    hours = pd.read_parquet(path)
    judged = hourly(hours, editions)
    days = station_days(hours.assign(station=hours["station_id"]), editions)
    days = pd.concat([days, daily(days, editions)], axis=1)
    month = days["date"].dt.month.rename("month")
    grouped = days.assign(days=1, valid=days["valid"].fillna(value=False)).groupby([days["station"], month])
    months = grouped[MEANS].mean().join(grouped[["days", "valid", "good"]].sum())
    over = hours.loc[(judged["aqi"] > OVER).to_numpy(bool, na_value=False), ["station_id", "time"]]
    polluted = over.groupby([over["station_id"], day_of_hour(over["time"]).dt.month]).size()
    return months.assign(hours_over_100=polluted.reindex(months.index, fill_value=0)).reset_index()


def _hours(sample: Path) -> pd.DataFrame:
    from gis.base.tables import conform

    return conform(pd.read_parquet(sample), "air_hours")


def ours(sample: Path) -> Run:
    """Judge a sample of hours, which are there already."""
    from gis import standards
    from gis.air.aqi import hourly

    rows, editions = _hours(sample), standards.load()
    return lambda: hourly(rows, editions)[VERDICT]


def rowwise(sample: Path) -> Run:
    """Judge the same hours with `apply(axis=1)`."""
    from gis import standards

    rows, judge = _hours(sample), aqi_judge(standards.load().get(EDITION))
    return lambda: rows.apply(judge, axis=1, result_type="expand").set_axis(VERDICT, axis=1)


def hub(sample: Path) -> Run:
    """Judge the same hours with aqi-hub in an environment of its own; its own clock is taken."""
    rows = _hours(sample)[ORDER]
    asked = rows.astype("object").where(rows.notna(), None).to_numpy().tolist()
    try:
        python = environment(EDITION, sample.parent)
    except NoHubError as error:
        raise NotAvailableError(str(error)) from None

    def run() -> pd.DataFrame:
        answer = ask(python, "hourly", asked)
        made = pd.DataFrame({"aqi": [one[0] for one in answer["rows"]]})
        made.attrs[OWN_CLOCK] = (answer["seconds"], answer["cpu"])
        return made

    return run
