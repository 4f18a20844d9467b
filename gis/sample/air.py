"""Air of the sample: stations, daily and hourly values, and the AQI as it would have been published."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from gis.sample.county import drawing, generator
from gis.sample.parcels import AS_OF
from gis.standards.editions import Edition, load

STATIONS = pd.DataFrame(drawing("stations.toml"))
LAST_DAY = dt.date(2025, 9, 30)
PM25_MEAN = {2021: 27.8, 2022: 27.5, 2023: 27.2, 2024: 26.6, 2025: 26.0}
GOOD_SHARE = {2021: 0.836, 2022: 0.824, 2023: 0.829, 2024: 0.841, 2025: 0.850}
DAY_HEADS = {
    "pm25": "PM2.5(μg/m³)", "pm10": "PM10(μg/m³)", "so2": "SO2(μg/m³)", "no2": "NO2(μg/m³)",
    "co": "CO(mg/m³)", "o3_8h": "O3-8h(μg/m³)",
}  # fmt: skip
DAY_ITEMS = {
    "pm25": "pm25_24h", "pm10": "pm10_24h", "so2": "so2_24h", "no2": "no2_24h", "co": "co_24h", "o3_8h": "o3_8h",
}  # fmt: skip
HOUR_ITEMS = {item: f"{item}_1h" for item in ("pm25", "pm10", "so2", "no2", "co", "o3")}
GOOD = {"pm25": 75, "o3_8h": 160}
DUST = (dt.date(2021, 5, 7), dt.date(2021, 5, 8), dt.date(2023, 4, 12), dt.date(2023, 4, 13))
DUST_HOURS = pd.date_range("2025-10-18 06:00", periods=7, freq="h")
LOST_DAY = dt.date(2022, 8, 19)


def edition_of_the_time() -> Edition:
    """Give the AQI edition in force while the sample was measured."""
    return load().in_force("aqi", AS_OF)


def published(values: pd.DataFrame, items: dict[str, str], edition: Edition) -> pd.DataFrame:
    """Give the AQI and the primary pollutants of each row as a publisher prints them.

    Parameters
    ----------
    values
        A column each key of `items`, µg/m³ (CO mg/m³), rounded as published; missing is NaN.
    items
        Column → row of the edition's breakpoints.

    Returns
    -------
    published
        Index of `values`; aqi (NaN where every item is missing) and primary (names, "-" up to 50).
    """
    steps = edition.data["index"]["iaqi"]
    sub = pd.DataFrame(
        {
            column: np.interp(
                values[column], edition.data["bp"][item], steps[: len(edition.data["bp"][item])]
            )
            for column, item in items.items()
        },
        index=values.index,
    )
    sub = sub.round(7).apply(np.ceil).where(values[list(items)].notna())
    aqi = sub.max(axis=1)
    names = edition.data["names"]
    titles = np.array([names.get(column, names.get(item, column)) for column, item in items.items()])
    tied = sub.eq(aqi, axis=0).to_numpy()
    primary = [
        ",".join(titles[row]) if value > edition.data["index"]["primary_above"] else "-"
        for row, value in zip(tied, aqi, strict=True)
    ]
    return pd.DataFrame({"aqi": aqi, "primary": primary}, index=values.index)


def city_days() -> pd.DataFrame:
    """Draw the city's daily values 2021-01-01 to LAST_DAY: PM2.5 means and good days as set above."""
    rng = generator(9)
    days = pd.date_range("2021-01-01", LAST_DAY, freq="D")
    n, turn = len(days), 2 * np.pi * (days.day_of_year.to_numpy() - 15) / 365.25
    winter = np.cos(turn)
    haze, sun = _weather(n, 0.72, rng), _weather(n, 0.62, rng)
    pm25 = np.exp(0.42 * winter + 0.42 * haze)
    o3 = (104 - 42 * np.cos(turn + 0.42)) * np.exp(0.19 * sun - 0.05 * haze)
    frame = pd.DataFrame({"pm25": pm25, "o3_8h": o3}, index=days)
    for year in PM25_MEAN:
        here = days.year == year
        pm, ozone = frame.loc[here, "pm25"], frame.loc[here, "o3_8h"]
        pm = pm / pm.mean() * PM25_MEAN[year]
        frame.loc[here, "pm25"] = pm
        frame.loc[here, "o3_8h"] = ozone * _factor(ozone, pm, GOOD_SHARE[year])
    frame["pm10"] = frame["pm25"] * rng.normal(1.55, 0.16, n).clip(1.15) + 5
    frame["so2"] = (7 + 1.5 * winter + 1.2 * haze).clip(3)
    frame["no2"] = ((27 + 11 * winter) * np.exp(0.25 * haze)).clip(5)
    frame["co"] = (0.66 + 0.14 * winter + 0.12 * haze).clip(0.3)
    dusty = frame.index.isin(pd.to_datetime(DUST))
    frame.loc[dusty, "pm10"] += 145
    frame["dust"] = dusty
    return frame


def station_days() -> dict[int, pd.DataFrame]:
    """Give each station's daily values under the office's heads, by year, with the known faults."""
    rng, city = generator(10), city_days()
    frames = []
    for name, level in zip(STATIONS["站点名称"], (0.97, 1.0, 1.03, 1.05), strict=True):
        local = city[list(DAY_ITEMS)] * rng.normal(level, 0.035, (len(city), len(DAY_ITEMS)))
        rounded = local.round().assign(co=local["co"].round(1))
        frames.append(rounded.assign(name=name, dust=city["dust"]).rename_axis("date").reset_index())
    days = pd.concat(frames).sort_values(["date", "name"], kind="stable", ignore_index=True)
    gaps = (days["date"].dt.date == LOST_DAY) | (days.index.isin(range(7, len(days), 311)))
    days.loc[gaps, list(DAY_ITEMS)] = np.nan
    days[["aqi", "primary"]] = published(days, DAY_ITEMS, edition_of_the_time())
    days.loc[[400, 2600], "aqi"] += [9, -7]
    sheet = pd.DataFrame(
        {
            "日期": days["date"].dt.date,
            "站点名称": days["name"],
            **{head: days[key] for key, head in DAY_HEADS.items()},
            "公布AQI": days["aqi"],
            "首要污染物": days["primary"],
            "沙尘": np.where(days["dust"], "是", "否"),
        }
    )
    return {year: rows.reset_index(drop=True) for year, rows in sheet.groupby(days["date"].dt.year)}


def station_hours() -> pd.DataFrame:
    """Give October 2025 by the hour (named by its end) in the layout of the national publisher."""
    rng = generator(11)
    first = dt.datetime(AS_OF.year, AS_OF.month, 1, 1)  # noqa: DTZ001  Beijing time, as published
    hours = pd.date_range(first, periods=31 * 24, freq="h")
    n, of_day = len(hours), hours.hour.to_numpy()
    noon = np.cos(2 * np.pi * (of_day - 14.5) / 24)
    haze = _weather(n, 0.97, rng)
    city = pd.DataFrame(
        {
            "pm10": 44 * np.exp(0.38 * haze - 0.08 * noon),
            "pm25": 24 * np.exp(0.42 * haze - 0.10 * noon),
            "o3": np.clip(72 + 44 * noon + 16 * _weather(n, 0.97, rng), 4, None),
            "no2": (26 - 8 * noon) * np.exp(0.25 * haze),
            "so2": np.clip(7 + 1.5 * haze, 3, None),
            "co": np.clip(0.6 + 0.12 * haze, 0.3, None),
        }
    )
    frames = [_published_hours(city, hours, station, rng) for _, station in STATIONS.iterrows()]
    wind = _wind(hours)
    whole = pd.concat([frame.assign(**wind) for frame in frames])
    return whole.sort_values(["timepoint", "stationcode"], kind="stable", ignore_index=True)


def _wind(hours: pd.DatetimeIndex) -> dict[str, np.ndarray]:
    """Draw the county's wind, mostly from the east to south-east, and a few hours of sand-dust."""
    rng, n = generator(17), len(hours)
    speed = np.clip(
        2.2 + 1.3 * _weather(n, 0.9, rng) + 0.4 * np.cos(2 * np.pi * (hours.hour - 14) / 24), 0, None
    )
    turned = (110 + 65 * _weather(n, 0.95, rng)) % 360
    return {
        "wind_direction": np.round(turned, 0) % 360,
        "wind_speed": np.round(speed, 1),
        "dust": np.isin(hours, DUST_HOURS).astype("int64"),
    }


def _published_hours(
    city: pd.DataFrame, hours: pd.DatetimeIndex, station: pd.Series, rng: np.random.Generator
) -> pd.DataFrame:
    local = city * rng.normal(1.0, 0.05, city.shape)
    local = local.round().assign(co=local["co"].round(1))
    local.loc[rng.choice(len(local), 6, replace=False)] = np.nan
    index = published(local, HOUR_ITEMS, edition_of_the_time())
    day = (hours - pd.Timedelta(hours=1)).date
    running8 = local["o3"].rolling(8, min_periods=6).mean()
    frame = pd.DataFrame(
        {
            "timepoint": hours.strftime("%Y-%m-%dT%H00"), "stationcode": station["站点编码"],
            "longitude": station["经度"], "latitude": station["纬度"], "area": "常熟市",
            "positionname": station["站点名称"], "primarypollutant": index["primary"].replace("-", ""),
            "aqi": index["aqi"],
        }
    )  # fmt: skip
    heads = {"pm10": "pm10", "pm25": "pm2_5", "o3": "o3", "no2": "no2", "so2": "so2", "co": "co"}
    for key, head in heads.items():
        frame[head] = local[key]
        if key == "o3":
            frame["o3_24h"] = local[key].groupby(day).cummax()
            frame["o3_8h"] = running8.groupby(day).cummax().round()
            frame["o3_8h_24h"] = running8.round()
        else:
            frame[f"{head}_24h"] = (
                local[key].rolling(24, min_periods=20).mean().round(1 if key == "co" else 0)
            )
    return frame


def _weather(n: int, memory: float, rng: np.random.Generator) -> np.ndarray:
    steps = rng.normal(0, np.sqrt(1 - memory**2), n)
    state = np.zeros(n)
    for i in range(1, n):
        state[i] = memory * state[i - 1] + steps[i]
    return state


def _factor(o3: pd.Series, pm25: pd.Series, share: float) -> float:
    """Find the factor on O3 that leaves this share of days good, by halving."""
    low, high = 0.3, 3.0
    for _ in range(40):
        middle = (low + high) / 2
        good = ((o3 * middle <= GOOD["o3_8h"]) & (pm25 <= GOOD["pm25"])).mean()
        low, high = (middle, high) if good > share else (low, middle)
    return low
