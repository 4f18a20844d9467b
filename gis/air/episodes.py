"""Spells of polluted air: consecutive days above an AQI (重污染过程, 污染过程)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

DAY = pd.Timedelta(days=1)


def episodes(days: pd.DataFrame, rules: Mapping[str, Mapping[str, int]]) -> pd.DataFrame:
    """List the runs of consecutive days whose AQI is above a threshold.

    A day without a valid AQI ends a run; `open` says that such a day, or the end of the data, stands at
    one of its ends, so that it may have been longer.

    Parameters
    ----------
    days
        date (unique), aqi (missing where not valid), primary_pollutants, pm25, dust.
    rules
        `[episode]` of the family `air_practice`: kind → above, days (fewest days that count).

    Returns
    -------
    episodes
        kind, start, end, days, peak_aqi, peak_on, primary_pollutants (of the peak), pm25_mean in
        µg/m³, dust_days, open; oldest first.
    """
    found = [row for kind, rule in rules.items() for row in _runs(days.sort_values("date"), kind, rule)]
    columns = [
        "kind", "start", "end", "days", "peak_aqi", "peak_on", "primary_pollutants", "pm25_mean", "dust_days", "open",
    ]  # fmt: skip
    frame = pd.DataFrame(found, columns=columns)
    return frame.sort_values(["start", "kind"], ignore_index=True) if len(frame) else frame


def _runs(days: pd.DataFrame, kind: str, rule: Mapping[str, int]) -> list[dict[str, Any]]:
    known = pd.DataFrame(days[days["aqi"].notna()])
    above = known[known["aqi"] > rule["above"]]
    run = (above["date"].diff() != DAY).cumsum()
    seen = set(known["date"])
    return [
        _episode(rows, kind, seen) for _, rows in above.groupby(run, sort=True) if len(rows) >= rule["days"]
    ]


def _episode(rows: pd.DataFrame, kind: str, seen: set[Any]) -> dict[str, Any]:
    peak = rows.iloc[int(rows["aqi"].to_numpy("float64").argmax())]
    start, end = rows["date"].iloc[0], rows["date"].iloc[-1]
    return {
        "kind": kind,
        "start": start,
        "end": end,
        "days": len(rows),
        "peak_aqi": int(peak["aqi"]),
        "peak_on": peak["date"],
        "primary_pollutants": peak["primary_pollutants"],
        "pm25_mean": rows["pm25"].mean(),
        "dust_days": int(rows["dust"].astype("boolean").fillna(False).sum()),
        "open": start - DAY not in seen or end + DAY not in seen,
    }
