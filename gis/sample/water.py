"""Sections of each year's list, monthly records, two automatic stations, outfalls and the water bank."""

from __future__ import annotations

import datetime as dt
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.sample.county import STORED, County, drawing, generator
from gis.sample.lines import town_of
from gis.sample.parcels import AS_OF

YEARS = range(2021, AS_OF.year + 1)
X_SECTION, X_ITEMS, SOURCE_CODE = "CS-G-06", "化学需氧量、氟化物", "CS-S-01"
AUTOMATIC = ("昆承湖心", "沈家市")
AUTO_MONTHS = (9, 10)
PEAK_MONTH = 7.5
UNDATED = ((2022, 3), (2023, 3))
HEADS = {
    "water_temp": "水温(℃)", "ph": "pH(无量纲)", "dissolved_oxygen": "溶解氧(mg/L)",
    "codmn": "高锰酸盐指数(mg/L)", "nh3n": "氨氮(mg/L)", "tp": "总磷(mg/L)", "tn": "总氮(mg/L)",
}  # fmt: skip
DIGITS = {
    "water_temp": 1, "ph": 2, "dissolved_oxygen": 2, "codmn": 2, "nh3n": 3, "tp": 3, "tn": 2,
}  # fmt: skip


def section_lists() -> dict[int, pd.DataFrame]:
    """Give the list of sections of each year under the heads of the office's sheet."""
    sections = drawing("sections.toml")["section"]
    return {
        year: pd.DataFrame(
            {
                "断面编码": one["code"], "断面名称": one["name"], "所在水体": one["water"],
                "水体类型": one["kind"] or None, "断面级别": one["level"], "水质目标": one["target"][i],
                "目标文件": f"常环〔{year}〕{3 + i}号（示例）", "生效日期": dt.date(year, 1, 1),
                "失效日期": dt.date(year, 12, 31), "乡镇": one["town"],
                "河长": "示例河长" + "甲乙丙丁戊己"[serial % 6],
                "X指标": X_ITEMS if (one["code"], year) == (X_SECTION, AS_OF.year) else None,
                "饮用水水源地": "是" if one["code"] == SOURCE_CODE else "否", "经度": one["spot"][0],
                "纬度": one["spot"][1],
            }
            for serial, one in enumerate(sections)
        )
        for i, year in enumerate(YEARS)
    }  # fmt: skip


def concentrations() -> dict[int, pd.DataFrame]:
    """Draw each section's monthly values of every indicator.

    Returns
    -------
    values
        By year: index (section name, month), a column an indicator in the unit of sections.toml,
        unrounded; the mean over the twelve months is the yearly mean of sections.toml.
    """
    sections = drawing("sections.toml")["section"]
    first, later = ([one for one in sections if ("later" in one) == flag] for flag in (False, True))
    parts = _drawn(first, generator(5)), _drawn(later, generator(22))
    return {year: pd.concat([part[year] for part in parts]) for year in YEARS}


def _drawn(sections: list[dict[str, Any]], rng: np.random.Generator) -> dict[int, pd.DataFrame]:
    months = np.arange(1, 13)
    season = np.cos((months - PEAK_MONTH) / 12 * 2 * np.pi)
    names = [one["name"] for one in sections]
    index = pd.MultiIndex.from_product([names, months], names=["section", "month"])
    values = {}
    for i, year in enumerate(YEARS):
        columns = {}
        for key, spec in drawing("sections.toml")["indicator"].items():
            shape = (1 + spec.get("swing", 0.0) * season) * rng.lognormal(0, spec["spread"], (len(names), 12))
            means = [one[key][i] if key in one else spec["mean"] for one in sections]
            columns[key] = (shape / shape.mean(axis=1, keepdims=True) * np.array(means)[:, None]).ravel()
        values[year] = pd.DataFrame(columns, index=index)
    return values


def month_sheets(year: int, values: pd.DataFrame) -> dict[int, pd.DataFrame]:
    """Write the records of a year as the laboratory does: text cells, non-detects, `*` and gaps.

    Parameters
    ----------
    values
        One year of `concentrations()`.

    Returns
    -------
    sheets
        By month: 断面编码, 断面名称, 采样日期 and a column an indicator key; cells as written.
    """
    book = drawing("sections.toml")
    rngs = {False: generator(600 + year), True: generator(700 + year)}
    last = AS_OF.month if year == AS_OF.year else 12
    sheets = {}
    for month in range(1, last + 1):
        here = [
            one
            for one in book["section"]
            if (year, month) < (AS_OF.year, AUTO_MONTHS[0]) or one["name"] not in AUTOMATIC
        ]
        rows = []
        for serial, one in enumerate(here):
            record = values.xs((one["name"], month))
            rng = rngs["later" in one]
            cells = {key: _cell(record[key], spec, one, rng) for key, spec in book["indicator"].items()}
            day = dt.date(year, month, 4 + serial % 5)
            rows.append({"断面编码": one["code"], "断面名称": one["name"], "采样日期": day, **cells})
        sheets[month] = _with_faults(pd.DataFrame(rows).astype(object), year, month)
    return sheets


def _cell(value: float, spec: dict[str, Any], section: dict[str, Any], rng: np.random.Generator) -> Any:
    if spec.get("lake_only") and section["kind"] != "湖库":
        return "*"
    limit = spec.get("limit", 0)
    if value < limit:
        return rng.choice([f"<{limit}", f"{limit}L", f"{limit}L", f"{limit}L"])
    return round(float(value), spec["decimals"])


def _with_faults(sheet: pd.DataFrame, year: int, month: int) -> pd.DataFrame:
    """Put in what defects.toml names: bare 未检出, gaps, a suspect text, a repeat, no date column."""
    first = min(YEARS)
    if (year, month) == (first, 2):
        sheet.loc[[2, 5], "volatile_phenol"] = "未检出"
    if (year, month) == (first, 4):
        sheet.loc[3, "bod5"], sheet.loc[4, "copper"] = "-", "--"
    if (year, month) == (first, 5):
        sheet.loc[[0, 7], "nh3n"] = ["0.025L", "<0.025"]
    if (year, month) == (first, 6):
        sheet.loc[6, "codmn"] = "4.2.1"
    if (year, month) == (first, 9):
        return pd.concat([sheet, sheet.iloc[[9]].assign(codmn=4.8)], ignore_index=True)
    if (year, month) in UNDATED:
        return sheet.drop(columns="采样日期")
    return sheet


def automatic_days(values: pd.DataFrame) -> dict[int, pd.DataFrame]:
    """Draw the 08:00 readings of two stations in the publisher's layout, by month.

    Parameters
    ----------
    values
        The year of AS_OF of `concentrations()`.
    """
    rng = generator(6)
    return {month: pd.DataFrame(_automatic(values, month, rng)) for month in AUTO_MONTHS}


def _automatic(values: pd.DataFrame, month: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    rows = []
    spread = np.where(values.columns == "ph", 0.01, 0.06)
    around = {name: values.xs((name, month)).to_numpy(dtype=float) for name in AUTOMATIC}
    for day in pd.date_range(f"{AS_OF.year}-{month:02d}-01", periods=31 - (month % 2), freq="D"):
        for name in AUTOMATIC:
            near = dict(zip(values.columns, around[name] * rng.normal(1, spread), strict=True))
            reading = {key: round(float(near[key]), digits) for key, digits in DIGITS.items()}
            down = (day.day, name) == (15, AUTOMATIC[1])
            rows.append(
                {
                    "省份": "江苏省", "流域": "太湖流域", "断面名称": name,
                    "监测时间": f"{day:%Y-%m-%d} 08:00",
                    "水质类别": "-" if down else _class(reading, lake=name == AUTOMATIC[0]),
                    **{HEADS[key]: "--" if down else value for key, value in reading.items()},
                    "叶绿素α(mg/L)": round(float(near["chlorophyll_a"]), 4) if name == AUTOMATIC[0] else "*",
                    "藻密度(cells/L)": int(2.1e6 * near["chlorophyll_a"] * 50) if name == AUTOMATIC[0] else "*",
                    "站点情况": "维护" if down else "正常",
                    "数据状态": "未经审核（示例数据）",
                }
            )  # fmt: skip
    return rows


def _class(reading: dict[str, float], *, lake: bool) -> int:
    ends = drawing("sections.toml")["published"]
    over = [([-end for end in ends["dissolved_oxygen"]], -reading["dissolved_oxygen"])]
    over += [
        (ends["tp_lake" if key == "tp" and lake else key], reading[key]) for key in ("codmn", "nh3n", "tp")
    ]
    return 1 + max(sum(value > end for end in limits) for limits, value in over)


def outfalls(county: County) -> pd.DataFrame:
    """Place outfalls along the rivers; WGS-like degrees of EPSG:4490 in two columns."""
    rng = generator(7)
    rows = []
    kinds = ("城镇污水处理厂排污口", "工业企业排污口", "雨洪排口", "农业农村排口")
    for i in range(64):
        river = county.rivers.iloc[i % len(county.rivers)]
        part = max(shapely.get_parts(river.geometry), key=lambda one: one.length)
        spot = part.interpolate(rng.random(), normalized=True)
        kind = kinds[int(rng.integers(0, len(kinds)))]
        rows.append(
            {
                "排污口编码": f"CS-PW-{i + 1:03d}", "名称": f"{river['name']}示例{kind}{i + 1}", "类型": kind,
                "受纳水体": river["name"], "许可证号": f"示例证{i + 1:04d}" if kind == kinds[1] else "",
                "经度": round(spot.x, 6), "纬度": round(spot.y, 6),
            }
        )  # fmt: skip
    frame = pd.DataFrame(rows)
    spots = gpd.GeoSeries.from_xy(frame["经度"], frame["纬度"], crs=STORED)
    frame.insert(3, "乡镇", town_of(spots, county))
    return frame


def water_bank() -> pd.DataFrame:
    """Book water area occupied and compensated, 2021 to AS_OF, m²."""
    rng, towns = generator(8), [one["name"] for one in drawing()["towns"]]
    rows = []
    for i in range(36):
        kind = "占用" if i % 2 == 0 else "补偿"
        day = dt.date(2021, 2, 1) + dt.timedelta(days=48 * i + int(rng.integers(0, 30)))
        rows.append(
            {
                "记录编号": f"CS-SY-{i + 1:03d}", "项目名称": f"示例项目{i // 2 + 1}",
                "乡镇": towns[(i // 2) % len(towns)],
                "类型": kind, "日期": day, "文号": f"常水〔{day.year}〕{i + 1}号（示例）",
                "水域面积(平方米)": round(float(rng.uniform(900, 6000)) * (1.08 if kind == "补偿" else 1), 1),
            }
        )  # fmt: skip
    return pd.DataFrame([row for row in rows if row["日期"] <= AS_OF])
