"""Industrial tax by payer, yearly statistics, the plan's actions, and houses built on farmland."""

from __future__ import annotations

import datetime as dt
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from gis.sample.county import PLANE, STORED, County, blob, drawing, generator, to_stored
from gis.sample.lines import basic_farmland, town_of
from gis.sample.parcels import AS_OF

PAYERS = 300
TAX_YEARS = range(2020, 2025)
TAX_PER_MU = {2020: 21.40, 2021: 22.71, 2022: 23.55, 2023: 24.86, 2024: 26.11}  # 万元/亩
TRADES = ("纺织", "服装", "汽车零部件", "精密机械", "新材料", "电子", "化工", "造纸", "钢材", "医药")
IN_PARK, RENTING, LETTING, CLOSED = 0.8, 0.25, 0.15, 0.75  # shares of payers, of cases
CITY = [120.760, 31.650]


def tax(county: County) -> dict[int, pd.DataFrame]:
    """Give the tax and the land of each payer by year; 万元 and 亩, county ratio as TAX_PER_MU."""
    rng = generator(12)
    weights = np.array([6, 6, 6, 4, 14, 14, 8, 9, 9, 5, 6, 5, 5, 6], dtype=float)
    towns = rng.choice(county.towns["name"].to_numpy(), PAYERS, p=weights / weights.sum())
    parks = {"碧溪街道": "常熟经济技术开发区", "东南街道": "常熟高新技术产业开发区"}
    zones = [
        parks.get(town) if draw < IN_PARK else None
        for town, draw in zip(towns, rng.random(PAYERS), strict=True)
    ]
    names = [f"常熟示例{TRADES[i % len(TRADES)]}有限公司{i + 1:03d}" for i in range(PAYERS)]
    names[17], names[42] = "=1+1示例贸易有限公司", "<script>alert(1)</script>示例有限公司"
    own = np.clip(rng.lognormal(np.log(32), 0.8, PAYERS), 3, 400).round(2)
    rented = np.where(rng.random(PAYERS) < RENTING, rng.uniform(2, 15, PAYERS), 0).round(2)
    let = np.where(rng.random(PAYERS) < LETTING, own * rng.uniform(0.05, 0.3, PAYERS), 0).round(2)
    strength = rng.lognormal(0, 0.6, PAYERS)
    sheets = {}
    for year in TAX_YEARS:
        raw = (own + rented - let) * strength * rng.normal(1, 0.06, PAYERS)
        paid = raw / raw.sum() * (own + rented - let).sum() * TAX_PER_MU[year]
        sheets[year] = pd.DataFrame(
            {
                "纳税人识别号": [f"SL320581{i + 1:08d}" for i in range(PAYERS)], "企业名称": names,
                "乡镇": towns, "园区": zones, "年度": year, "税收(万元)": paid.round(2), "自有土地(亩)": own,
                "租入土地(亩)": rented, "租出土地(亩)": let,
            }
        )  # fmt: skip
    return sheets


def statistics() -> pd.DataFrame:
    """Give the plain yearly statistics in long form."""
    return pd.DataFrame(
        {
            "指标": one["id"], "指标名称": one["title"], "地区": "常熟市", "年度": int(year), "数值": value,
            "单位": one["unit"], "文件": f"{year}年常熟市统计资料（示例）",
        }
        for one in drawing("actions.toml")["statistic"]
        for year, value in one["years"].items()
    )  # fmt: skip


def action_layers(county: County) -> dict[str, gpd.GeoDataFrame]:
    """Give the actions drawn as 点, 线 and 面; EPSG:4490."""
    rng = generator(13)
    named = dict(zip(county.rivers["name"], county.rivers.geometry, strict=True))
    named |= dict(zip(county.lakes["name"], county.lakes.geometry, strict=True))
    drawn = {"点": ("point", _point), "线": ("line", _stretch), "面": ("area", _patch)}
    layers, serial = {}, 0
    for layer, (key, draw) in drawn.items():
        rows: list[dict[str, Any]] = []
        for group in drawing("actions.toml")[key]:
            for i in range(group.get("count", len(group["names"]))):
                serial += 1
                name, quantity = _named(group, i), group.get("quantity", [1] * 99)[i]
                known = named.get(name) if group.get("rivers") or group.get("lakes") else None
                shape = draw(name, quantity, group["unit"], rng) if known is None else known
                rows.append(_action(f"CS-XD-{serial:03d}", group, name, quantity, rng) | {"geometry": shape})
        frame = gpd.GeoDataFrame(rows, crs=STORED)
        frame.insert(3, "乡镇", town_of(frame.geometry, county))
        layers[layer] = frame
    return layers


def action_list() -> pd.DataFrame:
    """Give the actions without geometry: households and village groups by town and year, works of the county."""
    rng, towns = generator(14), [one["name"] for one in drawing()["towns"]]
    rows: list[dict[str, Any]] = []
    for group in drawing("actions.toml")["list"]:
        for i, (started, finished) in enumerate(zip(group["started"], group["finished"], strict=True)):
            year = 2021 + i
            done = min(started, finished)
            parts = [(done, year, year), (started - done, year, year + 1), (finished - done, year - 1, year)]
            for amount, start, end in parts:
                shares = _split(amount, len(towns), rng)
                rows += [
                    _action(f"CS-QD-{len(rows) + k + 1:04d}", group | {"started": start, "year": end},
                            f"{town}{start}年{group['kind']}", share, rng) | {"乡镇": town}
                    for k, (town, share) in enumerate(zip(towns, shares, strict=True))
                    if share
                ]  # fmt: skip
    frame = pd.DataFrame([*rows, *_projects()])
    frame["事项编号"] = [f"CS-QD-{i + 1:04d}" for i in range(len(frame))]
    heads = ["事项编号", "事项类型", "名称", "乡镇", "状态", "开工日期", "完工日期", "数量", "单位"]
    return frame[heads]


def _projects() -> list[dict[str, Any]]:
    """Give the works that count tasks without a number."""
    rng = generator(23)
    return [
        _action("", group, _named(group, i), 1, rng)
        for group in drawing("actions.toml")["project"]
        for i in range(group.get("count", len(group["names"])))
    ]


def farmland_cases(county: County) -> gpd.GeoDataFrame:
    """Give cases of houses built on farmland, opened 2021 to AS_OF, a part of them closed; EPSG:4490."""
    rng = generator(15)
    plots = basic_farmland(county)
    spots = plots.geometry.iloc[np.sort(rng.choice(len(plots), 26, replace=False))].representative_point()
    opened = [dt.date(2021, 1, 20) + dt.timedelta(int(day)) for day in np.sort(rng.integers(0, 1700, 26))]
    closed = [
        day + dt.timedelta(int(rng.integers(60, 420))) if rng.random() < CLOSED else None for day in opened
    ]
    shapes = [
        shapely.box(p.x - w, p.y - h, p.x + w, p.y + h)
        for p, (w, h) in zip(spots, rng.uniform(6, 14, (26, 2)), strict=True)
    ]
    frame = gpd.GeoDataFrame(
        {
            "案件编号": [f"CS-NF-{i + 1:03d}" for i in range(len(shapes))],
            "乡镇": town_of(spots.reset_index(drop=True), county),
            "名称": [f"示例户{i + 1}占耕建房" for i in range(len(shapes))],
            "立案日期": [day.isoformat() for day in opened],
            "销号日期": [day.isoformat() if day and day <= AS_OF else None for day in closed],
            "面积(平方米)": [round(shape.area, 2) for shape in shapes],
        },
        geometry=shapes,
        crs=PLANE,
    )
    return frame.to_crs(STORED)


def _named(group: dict[str, Any], i: int) -> str:
    return f"{group['names'][0]}{i + 1}" if "count" in group else group["names"][i]


def _action(
    code: str, group: dict[str, Any], name: str, quantity: float, rng: np.random.Generator
) -> dict[str, Any]:
    """Date one action inside its years; what would end after AS_OF is still under way."""
    start_year, end_year = group.get("started", group["year"]), group["year"]
    started = dt.date(start_year, 2, 1) + dt.timedelta(int(rng.integers(0, 100)))
    finished = dt.date(end_year, 6 if end_year < AS_OF.year else 5, 1) + dt.timedelta(
        int(rng.integers(0, 170))
    )
    under_way = finished > AS_OF
    return {
        "事项编号": code, "事项类型": group["kind"], "名称": name, "状态": "在建" if under_way else "已完工",
        "开工日期": started, "完工日期": None if under_way else finished, "数量": float(quantity),
        "单位": group["unit"],
    }  # fmt: skip


def _near_city(rng: np.random.Generator, reach: float = 3500) -> np.ndarray:
    centre = gpd.GeoSeries.from_xy([CITY[0]], [CITY[1]], crs=STORED).to_crs(PLANE).iloc[0]
    return np.array([centre.x, centre.y]) + rng.uniform(-reach, reach, 2)


def _point(_name: str, _quantity: float, _unit: str, rng: np.random.Generator) -> BaseGeometry:
    return to_stored(shapely.Point(_near_city(rng)))


def _stretch(_name: str, _quantity: float, _unit: str, rng: np.random.Generator) -> BaseGeometry:
    start, turn = _near_city(rng), rng.uniform(0, np.pi)
    steps = np.cumsum(rng.uniform(120, 320, 6))
    bends = turn + rng.uniform(-0.3, 0.3, 6)
    turns = np.column_stack([steps * np.cos(bends), steps * np.sin(bends)])
    return to_stored(shapely.LineString(start + turns))


def _patch(_name: str, quantity: float, unit: str, rng: np.random.Generator) -> BaseGeometry:
    area = {"平方米": quantity, "亩": quantity / 0.0015}.get(unit, 400_000.0)
    shape = blob(_near_city(rng, 5000), 1.0, rng, points=24)
    scale = np.sqrt(area / shape.area)
    centre = shapely.get_coordinates(shape.centroid)
    return to_stored(shapely.transform(shape, lambda c: centre + (c - centre) * scale))


def _split(total: int, parts: int, rng: np.random.Generator) -> list[int]:
    if total <= 0:
        return [0] * parts
    return rng.multinomial(total, np.full(parts, 1 / parts)).tolist()
