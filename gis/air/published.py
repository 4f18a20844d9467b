"""A published AQI and primary pollutant beside ours, and where they differ."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

WORDS = {
    "pm2.5": "pm25", "pm25": "pm25", "细颗粒物": "pm25",
    "pm10": "pm10", "可吸入颗粒物": "pm10",
    "so2": "so2", "二氧化硫": "so2",
    "no2": "no2", "二氧化氮": "no2",
    "co": "co", "一氧化碳": "co",
    "o3": "o3", "臭氧": "o3",
}  # fmt: skip
SEPARATORS = re.compile(r"[,，、;；/\s]+")


def keys_of(chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Give each row of chosen items one number, a bit an item; (n, items) → (n,)."""
    bits = 1 << np.arange(chosen.shape[1], dtype="int64")
    return np.asarray(chosen @ bits, dtype="int64")


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
        aqi_differs and primary_differs, shape (n,), boolean; null where no AQI was published.
    """
    nothing = pd.Series(pd.NA, index=aqi.index, dtype="boolean")
    if "published_aqi" not in frame:
        return {"aqi_differs": nothing, "primary_differs": nothing}
    published = frame["published_aqi"].reset_index(drop=True).astype("Int64")
    differs = (published != aqi).fillna(True).astype("boolean").mask(published.isna())
    if "published_primary" not in frame:
        return {"aqi_differs": differs, "primary_differs": nothing}
    codes, texts = pd.factorize(frame["published_primary"].to_numpy(dtype="object", na_value=""))
    stems = [name.removesuffix("_8h") for name in pollutants]
    named = np.array([_key(text, stems) for text in texts], dtype="int64")[codes]
    other = pd.Series(named != keys_of(primary), index=aqi.index).astype("boolean")
    return {"aqi_differs": differs, "primary_differs": other.mask(published.isna())}


def _key(text: str, stems: Sequence[str]) -> int:
    found = (_stem(part) for part in SEPARATORS.split(unicodedata.normalize("NFKC", text).lower()))
    return sum(1 << stems.index(stem) for stem in {one for one in found if one in stems})


def _stem(part: str) -> str | None:
    return next((stem for word, stem in WORDS.items() if word in part), None)
