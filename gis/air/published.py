"""A published AQI and primary pollutant beside ours, and where they differ."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.air.phrases import TEXTS
from gis.base.agreement import UNEXPLAINED
from gis.base.named import bits_of

WORDS = {
    "pm2.5": "pm25", "pm25": "pm25", "细颗粒物": "pm25",
    "pm10": "pm10", "可吸入颗粒物": "pm10",
    "so2": "so2", "二氧化硫": "so2",
    "no2": "no2", "二氧化氮": "no2",
    "co": "co", "一氧化碳": "co",
    "o3": "o3", "臭氧": "o3",
}  # fmt: skip
CAUSES = TEXTS.parts("causes")
INDEX = "iaqi_"
HOUR = pd.Timedelta(hours=1)
BLANK = " -—–/*"
SEPARATORS = re.compile(r"[,，、;；/\s]+")


def against_published(
    frame: pd.DataFrame, aqi: pd.Series, primary: npt.NDArray[np.bool_], pollutants: Sequence[str]
) -> dict[str, pd.Series]:
    """Compare with `published_aqi` and `published_primary`, where the frame has them.

    Parameters
    ----------
    aqi
        Shape (n,), ours.
    primary
        Shape (n, items), our primary pollutants.
    pollutants
        The columns of `primary`: pm25, pm10, so2, no2, co, o3 or o3_8h. The order in which a
        publisher names ties, and the way it writes them (PM₁₀, 颗粒物(PM10)), make no difference.

    Returns
    -------
    marks
        aqi_differs and primary_differs, shape (n,), boolean; null where no AQI was published or none could be
        worked out, and where we name a primary pollutant and nothing was published of it.
    """
    nothing = pd.Series(pd.NA, index=aqi.index, dtype="boolean")
    if "published_aqi" not in frame or not frame["published_aqi"].notna().any():
        return {"aqi_differs": nothing, "primary_differs": nothing}
    published = frame["published_aqi"].reset_index(drop=True).astype("Int64")
    differs = (published != aqi).astype("boolean").mask(published.isna() | aqi.isna())
    if "published_primary" not in frame:
        return {"aqi_differs": differs, "primary_differs": nothing}
    codes, texts = pd.factorize(frame["published_primary"].to_numpy(dtype="object", na_value=""))
    stems = [name.removesuffix("_8h") for name in pollutants]
    named = np.array([_key(text, stems) for text in texts], dtype="int64")[codes]
    ours = bits_of(primary)
    other = pd.Series(named != ours, index=aqi.index).astype("boolean")
    silent = np.array([not str(text).strip(BLANK) for text in texts], dtype=bool)[codes]
    return {"aqi_differs": differs, "primary_differs": other.mask(published.isna() | (silent & (ours != 0)))}


def disagreements(hours: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """List the hours whose published AQI is not ours, each with its likely cause.

    Parameters
    ----------
    hours
        Canonical `air_hours`, in any order.
    judged
        What `hourly` adds to them.

    Returns
    -------
    rows
        The rows that differ with `cause`, the first that holds, and `left_out`: items_left_out (computed
        again without the items named in `left_out` the AQI is the published one), repeated_value (what
        makes the AQI is the value of the hour before to the digit, so it may have been filled in after
        the AQI was made), previous_hour (the AQI of the hour before) or unexplained.
    """
    differ = judged["aqi_differs"].fillna(value=False).to_numpy(bool)
    index = judged[[name for name in judged if str(name).startswith(INDEX)]].loc[differ]
    items = [str(name).removeprefix(INDEX) for name in index]
    values = index.to_numpy("float64", na_value=np.nan)
    told = hours.loc[differ, "published_aqi"].to_numpy("float64", na_value=np.nan)
    above = values > told[:, None]
    columns = [name for name in items if name in hours]
    before = _hour_before(hours.assign(aqi=judged["aqi"]), [*columns, "aqi"]).loc[index.index]
    same = hours.loc[differ, columns].to_numpy("float64") == before[columns].to_numpy("float64")
    top = values == np.nanmax(values, axis=1, initial=-np.inf)[:, None]
    held = {
        "items_left_out": above.any(axis=1) & (values == told[:, None]).any(axis=1),
        "repeated_value": (same & top[:, [items.index(name) for name in columns]]).any(axis=1),
        "previous_hour": before["aqi"].to_numpy("float64", na_value=np.nan) == told,
    }
    cause = np.select(list(held.values()), list(held), UNEXPLAINED)
    names = [
        ",".join(np.array(items)[row]) if one == "items_left_out" else ""
        for row, one in zip(above, cause, strict=True)
    ]
    return hours[differ].assign(**judged[differ], cause=cause, left_out=names)


def _hour_before(hours: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    by = [name for name in ("station_id", "station") if name in hours]
    ordered = hours.sort_values("time", kind="stable")
    grouped = ordered.groupby(by, dropna=False, sort=False)
    next_hour = ordered["time"] - grouped["time"].shift() == HOUR
    return grouped[columns].shift().where(next_hour).reindex(hours.index)


def _key(text: str, stems: Sequence[str]) -> int:
    parts = SEPARATORS.split(unicodedata.normalize("NFKC", text).lower())
    named = {next((stem for word, stem in WORDS.items() if word in part), "") for part in parts}
    return sum(1 << at for at, stem in enumerate(stems) if stem in named)
