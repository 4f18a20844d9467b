"""Race nothing, compare everything: IAQI, AQI and primary pollutants of gis against aqi-hub 0.2 and 0.3.

`python scripts/aqi_hub.py` makes two environments in a temporary folder (aqi-hub 0.2 is HJ 633-2012, 0.3 is
HJ 633-2026), asks both about every breakpoint and its neighbours, every whole number and random values, and
explains each difference. It ends with 1 where one is not explained.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from bench.hub import RELEASES, ask, environment  # noqa: E402

from gis import standards  # noqa: E402
from gis.air.aqi import daily, hourly  # noqa: E402
from gis.air.breakpoints import MISSING, Table, sub_index, table_of  # noqa: E402

SEED, ROWS, RANDOM = 633, 20_000, 5_000
NEAR = (-1.0, -0.1, -0.001, 0.0, 0.001, 0.1, 1.0)
POLLUTANTS = ["pm25", "pm10", "so2", "no2", "co"]
THEIRS = {"pm25": "PM2.5", "pm10": "PM10", "so2": "SO2", "no2": "NO2", "co": "CO", "o3": "O3"}
WRONG_SO2 = (0, 150, 500, 650, 800, 1600, 2100, 2620)
KNOWN = {
    "so2_24h": "aqi-hub carries the 1-h row in its table of SO2 24 h",
    "binary": "aqi-hub rounds up a binary residue; exact fractions give ours",
}


def main() -> int:
    """Compare both editions and tell."""
    editions, open_ = standards.load(), 0
    with tempfile.TemporaryDirectory(prefix="aqi-hub-") as folder:
        for edition in RELEASES:
            table = table_of(editions.get(edition), editions)
            python = environment(edition, Path(folder))
            known = editions.force("aqi", edition)
            open_ += sum(_compare(table, known, python, report) for report in ("hourly", "daily"))
    return 1 if open_ else 0


def _compare(table: Table, editions: Any, python: Path, report: str) -> int:
    random = np.random.default_rng(SEED)
    items = table.hourly if report == "hourly" else table.daily
    values = {item: _values(table, item, random) for item in items}
    rows = _rows(table, report, random)
    answer = ask(python, report, rows.to_numpy().tolist(), values)
    print(f"\n{table.edition.id} against aqi-hub {answer['version']}, {report}")
    left = sum(_items(table, item, values[item], answer["items"][item]) for item in items)
    return left + _aqi(rows, answer["rows"], editions, report)


def _values(table: Table, item: str, random: np.random.Generator) -> list[float]:
    points = table.bp[item]
    top = points[-1]
    near = {round(point + step, 3) for point in points for step in NEAR if point + step >= 0}
    digits = 1 if item.startswith("co") else 0
    whole = {round(one / 10**digits, digits) for one in range(int(top * 10**digits) + 50)}
    drawn = {round(float(one), 3) for one in random.uniform(0, top * 1.1, RANDOM)}
    return sorted(float(one) for one in near | whole | drawn)


def _rows(table: Table, report: str, random: np.random.Generator) -> pd.DataFrame:
    suffix = "1h" if report == "hourly" else "24h"
    tops = {name: table.bp[f"{name}_{suffix}"][-1] for name in POLLUTANTS}
    tops["o3"] = table.bp["o3_1h" if report == "hourly" else "o3_8h"][-1]
    share = random.beta(0.7, 3.0, (ROWS, len(tops)))
    frame = pd.DataFrame(share * np.array(list(tops.values())), columns=list(tops))
    return frame.round({"co": 1}).round({name: 0 for name in tops if name != "co"})


def _items(table: Table, item: str, values: list[float], theirs: list[int | None]) -> int:
    ours = sub_index(table, item, values)
    other = np.array([MISSING if one is None else one for one in theirs])
    causes: Counter[str] = Counter()
    for value, mine, one in zip(values, ours.tolist(), other.tolist(), strict=True):
        if mine != one:
            causes[_cause(table, item, value, mine, one)] += 1
    told = "; ".join(f"{count:,} {KNOWN.get(cause, cause)}" for cause, count in causes.items())
    print(f"  {item:9} {len(values):7,} values, {len(values) - sum(causes.values()):7,} equal  {told}")
    return causes["UNEXPLAINED"]


def _cause(table: Table, item: str, value: float, ours: int, theirs: int) -> str:
    if item == "so2_24h" and abs(_exact(WRONG_SO2, table.iaqi, value) - theirs) <= 1:
        return "so2_24h"
    exact = _exact(table.bp[item], table.iaqi, value)
    return "binary" if exact == ours and abs(ours - theirs) == 1 else "UNEXPLAINED"


def _exact(points: Any, iaqi: tuple[int, ...], value: float) -> int:
    """Interpolate with fractions and round up; the last index above the last breakpoint."""
    concentration = Fraction(repr(value))
    for (low, c_low), (high, c_high) in pairwise(zip(iaqi, map(Fraction, points), strict=False)):
        if concentration <= c_high:
            return math.ceil(Fraction(high - low) / (c_high - c_low) * (concentration - c_low) + low)
    return iaqi[-1]


def _aqi(rows: pd.DataFrame, theirs: list[Any], editions: Any, report: str) -> int:
    """Compare AQI and primary pollutants of the rows whose six sub-indices agree."""
    if report == "hourly":
        judged = hourly(rows.assign(time=pd.Timestamp("2026-05-01 12:00")), editions)
    else:
        frame = rows.rename(columns={"o3": "o3_8h"}).assign(date=pd.Timestamp("2026-05-01"))
        judged = daily(frame, editions)
    names = [*POLLUTANTS, "o3" if report == "hourly" else "o3_8h"]
    ours = judged[[f"iaqi_{name}" for name in names]].astype("Float64").to_numpy("float64", na_value=-1)
    keys = [THEIRS[name.removesuffix("_8h")] for name in names]
    other = np.array([[one[1][key] if one[1][key] is not None else -1 for key in keys] for one in theirs])
    same = (ours == other).all(axis=1)
    aqi = judged["aqi"].to_numpy("float64", na_value=-1) == [one[0] for one in theirs]
    named = judged["primary_pollutants"].fillna("").map(lambda text: frozenset(_stems(text)))
    primary = np.array([set(one[2]) == mine for one, mine in zip(theirs, named, strict=True)])
    wrong = int((same & ~(aqi & primary)).sum())
    print(
        f"  rows      {len(rows):7,} rows, {int(same.sum()):,} with six equal IAQI: "
        f"AQI equal {int((same & aqi).sum()):,}, primary pollutants equal {int((same & primary).sum()):,}"
    )
    return wrong


def _stems(text: str) -> list[str]:
    inside = (part.rsplit("(", 1)[-1].rstrip(")") for part in text.split(",") if part)
    return [one.split("_", 1)[0] for one in inside]


if __name__ == "__main__":
    sys.exit(main())
