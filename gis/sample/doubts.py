"""A station with suspect values, and the further items of a drinking-water source."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from gis.sample.county import drawing, generator
from gis.sample.parcels import AS_OF
from gis.sample.water import DIGITS, HEADS, SOURCE_CODE

STATION = "辛安塘桥"
FIRST_DAY, EVERY_HOURS = 14, 4
SOURCE_DAYS = (dt.date(AS_OF.year, 4, 15), dt.date(AS_OF.year, 7, 15))


def suspect_readings(values: pd.DataFrame) -> pd.DataFrame:
    """Draw 4-hourly readings of a station in the publisher's layout, six kinds of suspect values among them.

    Parameters
    ----------
    values
        The year of AS_OF of `water.concentrations()`.
    """
    rng = generator(21)
    first = pd.Timestamp(AS_OF.year, AS_OF.month, FIRST_DAY)
    hours = pd.date_range(first, pd.Timestamp(AS_OF) + pd.Timedelta(hours=23), freq=f"{EVERY_HOURS}h")
    around = values.xs((STATION, AS_OF.month))[list(DIGITS)].to_numpy(dtype=float)
    spread = np.where(np.array(list(DIGITS)) == "ph", 0.006, 0.03)
    drawn = pd.DataFrame(around * rng.normal(1, spread, (len(hours), len(around))), columns=list(DIGITS))
    found = {key: drawn[key].round(digits).to_numpy(copy=True) for key, digits in DIGITS.items()}
    day = 24 // EVERY_HOURS
    found["nh3n"][2 * day : 4 * day] = 9.0
    found["tn"][4 * day + 2] = 19.4
    found["dissolved_oxygen"][6 * day : 7 * day + 2] = found["dissolved_oxygen"][6 * day]
    found["codmn"][9 * day : 12 * day + 1] = found["codmn"][9 * day]
    found["tp"][13 * day + 1] /= 1000
    found["ph"][15 * day + 3] *= 10
    about = {
        "省份": "江苏省",
        "流域": "太湖流域",
        "断面名称": STATION,
        "监测时间": hours.strftime("%Y-%m-%d %H:00"),
    }
    sheet = pd.DataFrame({**about, **{HEADS[key]: values for key, values in found.items()}})
    return sheet.assign(站点情况="正常", 数据状态="未经审核（示例数据）")


def source_records() -> pd.DataFrame:
    """Give two records of a drinking-water source: items of GB 3838 tables 2 and 3, one over its limit."""
    book = {one["code"]: one["name"] for one in drawing("sections.toml")["section"]}
    about = {"断面编码": SOURCE_CODE, "断面名称": book[SOURCE_CODE], "采样日期": SOURCE_DAYS}
    return pd.DataFrame({**about, **drawing("source_items.toml")})
