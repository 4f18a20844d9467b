"""Evaluation of each item in a period: mean, percentile, 超标倍数, 达标率 and whether a year complies (HJ 663)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.air.days import ITEMS
from gis.air.periods import enough
from gis.base.calendar import Period
from gis.base.units import GUARD_DIGITS, round_half_even
from gis.standards import Edition, Editions, by_edition

KEPT, REMOVED = "kept", "removed"
DAY = np.timedelta64(1, "D")
PERCENTILE_ONLY = ("co", "o3_8h")
KINDS: dict[str, Any] = {
    **dict.fromkeys(
        ("place", "place_kind", "name", "period", "period_kind", "item", "dust", "edition", "rules"), "str"
    ),
    **dict.fromkeys(("year", "n_days", "percentile_p", "days_met"), "Int64"),
    **dict.fromkeys(
        ("met", "met_unrounded", "verdict_depends_on_rounding", "valid", "provisional"), "boolean"
    ),
}  # fmt: skip  all others are numbers
COLUMNS = [
    "place", "place_kind", "name", "period", "period_kind", "year", "item", "dust", "n_days", "coverage", "valid",
    "mean", "percentile_p", "percentile", "mean_rounded", "percentile_rounded", "limit_year", "limit_day",
    "exceed_mean", "exceed_percentile", "days_met", "attain_rate", "met", "met_unrounded",
    "verdict_depends_on_rounding", "provisional", "edition", "rules",
]  # fmt: skip

Floats = npt.NDArray[np.float64]


def percentile(values: npt.ArrayLike, p: float) -> tuple[float, int, float]:
    """Interpolate a percentile as HJ 663-2013 annex A does: k = 1 + (n − 1)·p, linear from X(s) to X(s+1).

    Parameters
    ----------
    values
        Shape (n,), n > 0, no missing values.
    p
        Per cent, 0 to 100.

    Returns
    -------
    value, s, fraction
        value = X(s) + (X(s+1) − X(s))·fraction of the ascending values, `s` counted from 0.
    """
    ordered = np.sort(np.asarray(values, dtype="float64"))
    k = round((len(ordered) - 1) * p / 100, GUARD_DIGITS)
    s = min(int(k), len(ordered) - 1)
    upper = ordered[min(s + 1, len(ordered) - 1)]
    return float(ordered[s] + (upper - ordered[s]) * (k - s)), s, k - s


def between(days: pd.DataFrame, item: str, p: float) -> tuple[float, pd.Series]:
    """Give a percentile of an item, and the one or two days (`date`) between which it lies with their shares in it."""
    ordered = days.sort_values(item, kind="stable")
    value, low, share = percentile(ordered[item].to_numpy("float64"), p)
    chosen = ordered.iloc[low : low + 2]
    weights = pd.Series([1 - share, share][: len(chosen)], index=chosen["date"])
    return value, weights[weights > 0]


def as_declared(rows: pd.DataFrame, dust: str) -> pd.DataFrame:
    """Put the rows with sand-dust days as declared first, then by edition; a period without such days has one kind."""
    return rows.assign(other=rows["dust"] != dust).sort_values(
        ["other", "edition"], kind="stable", ignore_index=True
    )


def statistics(
    days: pd.DataFrame, periods: Iterable[Period], as_of: dt.date, editions: Editions
) -> pd.DataFrame:
    """Evaluate every item of every place in every period (HJ 663-2013 table 1, annex A; GB 3095 table 1).

    Parameters
    ----------
    days
        place, place_kind, name, date, dust and the six items in µg/m³ (CO mg/m³); a row a day.
    periods
        Those that have no day of a place give no row for it.

    Returns
    -------
    statistics
        A row a place, period, item, edition of the limits in force in the period (two where it crosses
        a change: each judges the whole period) and dust = kept | removed (removed only where there are
        sand-dust days): n_days, coverage, mean, percentile_p, percentile (unrounded, and as rounded by
        the edition), limit_year and limit_day (grade 2), 超标倍数 exceed_mean and exceed_percentile
        (null where nothing is exceeded), days_met, 达标率 attain_rate in %. For years: met (rounded
        mean and percentile within the limits; CO and O3 by the percentile alone), met_unrounded,
        verdict_depends_on_rounding, valid (null until the year ends), provisional; edition, rules.
    """
    wanted = list(periods)
    rows = [
        row
        for place, own in days.sort_values("date").groupby("place", sort=True)
        for row in _of_place(str(place), own, wanted, as_of, editions)
    ]
    return pd.DataFrame(rows, columns=COLUMNS).astype({name: KINDS.get(name, "float64") for name in COLUMNS})


def _of_place(
    place: str, days: pd.DataFrame, periods: list[Period], as_of: dt.date, editions: Editions
) -> Iterator[dict[str, Any]]:
    dates = days["date"].to_numpy("datetime64[D]")
    values = days[list(ITEMS)].to_numpy("float64", na_value=np.nan)
    dust = days["dust"].astype("boolean").fillna(False).to_numpy("bool")
    months = days["date"].dt.month.to_numpy()
    first = days.iloc[0]
    told = {"place": place, "place_kind": first["place_kind"], "name": first["name"]}
    for period in periods:
        low, high = np.searchsorted(
            dates, [np.datetime64(period.start), np.datetime64(period.end, "D") + DAY]
        )
        if low == high:
            continue
        within = slice(low, high)
        limits = [one for one, _ in by_edition(days["date"].iloc[within], "air_limits", editions)]
        rules = [one for one, _ in by_edition(days["date"].iloc[within], "air_assessment", editions)]
        if not limits or not rules:
            continue
        head = {
            **told, "period": period.id, "period_kind": period.kind, "year": period.year,
            "provisional": period.provisional(as_of), "rules": rules[-1].id,
        }  # fmt: skip
        kinds = [(KEPT, np.ones(high - low, dtype=bool))]
        kinds += [(REMOVED, ~dust[within])] if dust[within].any() else []
        for kind, used in kinds:
            for at, item in enumerate(ITEMS):
                there = used & np.isfinite(values[within, at])
                if not there.any():
                    continue
                by_month = np.bincount(months[within][there], minlength=13)
                row = {
                    **head, "item": item, "dust": kind, "n_days": int(there.sum()),
                    "coverage": there.sum() / period.days_until(as_of),
                    "valid": enough(by_month, period, as_of, editions),
                }  # fmt: skip
                for edition in limits:
                    yield row | _evaluated(values[within, at][there], item, period, rules[-1], edition)


def _evaluated(values: Floats, item: str, period: Period, rules: Edition, edition: Edition) -> dict[str, Any]:
    decimals, p = rules.data["decimals"], rules.data["percentile"][item]
    mean, (high, _, _) = float(values.mean()), percentile(values, p)
    year, day = limits_of(edition, item, rules.data["limits"]["grade"])
    shown = round_half_even([mean, high], decimals[item])
    met_days = int((round_half_even(values, decimals[item]) <= day).sum())
    found = {
        "mean": mean, "percentile_p": p, "percentile": high,
        "mean_rounded": shown[0], "percentile_rounded": shown[1], "limit_year": year, "limit_day": day,
        "days_met": met_days,
        "attain_rate": round_half_even([100 * met_days / len(values)], decimals["rate"])[0],
        "edition": edition.id,
    }  # fmt: skip
    if period.kind != "year":
        return found
    met, plain = _meets(shown[0], shown[1], year, day), _meets(mean, high, year, day)
    return found | {
        "exceed_mean": _over(shown[0], year, decimals["multiple"]),
        "exceed_percentile": _over(shown[1], day, decimals["multiple"]),
        "met": met, "met_unrounded": plain, "verdict_depends_on_rounding": met != plain,
    }  # fmt: skip


def limits_of(edition: Edition, item: str, grade: int) -> tuple[float | None, float]:
    """Give the annual limit of an item (none for CO and O3) and its 24-h or 8-h limit (GB 3095 table 1)."""
    limits = edition.data["limits"][item.removesuffix("_8h")]
    day = limits["max8h"] if item == "o3_8h" else limits["day"]
    year = None if item in PERCENTILE_ONLY else limits["year"][grade - 1]
    return year, day[grade - 1]


def _meets(mean: float, high: float, year: float | None, day: float) -> bool:
    rounded_mean, rounded_high = round(mean, GUARD_DIGITS), round(high, GUARD_DIGITS)
    return (year is None or rounded_mean <= year) and rounded_high <= day


def _over(value: float, limit: float | None, digits: int) -> float | None:
    if limit is None or value <= limit:
        return None
    return float(round_half_even([(value - limit) / limit], digits)[0])
