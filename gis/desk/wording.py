"""Heads and codes of a table in the words of a person who reads it on the terminal; files keep the codes."""

from __future__ import annotations

import datetime as dt
import math
import re
from functools import cache

from gis.base.messages import Message, language, restored, shown
from gis.base.package_files import toml_of
from gis.base.stored_words import ALERT_KINDS, item_names, stored_words
from gis.base.units import unit_words

CLASSES = frozenset(
    ("water_class", "target_class", "class_as_river", "class_as_lake", "published_class", "goal_class")
)
GROUPS = {"state": ("state", "parcel_state"), "line_type": ("line",), "severity": ("severity",)}
NOTED = frozenset(("note", "message", "formula", "clause", "meaning", "not_assessed", "validity"))
ITEM_LISTS = frozenset(
    ("deciding_indicators", "main_pollutants", "half_limit", "undecidable", "lower_bounds", "gap_indicator")
)
GRADED = frozenset(("category", "grade"))
SIGNS = {"<=": "≤", ">=": "≥"}
KINDS = {
    "parcels": "更新地块", "ledger_events": "台账事件", "control_lines": "控制线", "sections": "断面",
    "samples": "水质监测记录", "air_hours": "空气小时值", "air_days": "空气日均值", "stations": "空气站点",
    "boundaries": "行政区", "waters": "水系", "outfalls": "入河排污口", "actions": "计划事项",
    "farmland_cases": "占耕建房", "tax": "税收", "statistics": "统计", "yearly_targets": "年度目标任务分解表",
    "water_bank": "水域银行",
    "features": "要素", "land_cover": "土地覆盖", "imagery": "影像",
}  # fmt: skip
GENERAL = {
    "name": "名称",
    "category": "类别",
    "edition": "依据",
    "level": "级别",
    "method": "方法",
    "kind": "类型",
    "value": "数值",
    "area_m2": "面积(m²)",
    "place": "地区",
    "part": "分量",
    "how": "依据",
    "message": "说明",
    "word": "措辞",
    "area_declared_mu": "申报面积(亩)",
    "bound": "方向",
    "verdict": "结论",
    "title_zh": "名称",
    "title_en": "名称(英)",
}  # fmt: skip  names that differ from table to table
TEXTS = {
    "standard": "文本",
    "title": "名称",
    "from": "施行",
    "to": "废止",
    "in_force": "现行",
    "text_seen": "见过原文",
    "unsure": "未核实处",
    "address": "官方地址",
}  # of the list of standards
CODES = {
    "dust": {"kept": "含沙尘日", "removed": "剔除沙尘日"},
    "item": {"pm25": "PM2.5", "pm10": "PM10", "so2": "SO₂", "no2": "NO₂", "co": "CO", "o3": "O₃", "o3_8h": "O₃-8h"},
    "how": {
        "alias": "常用表头", "said": "按指定", "layout": "版式", "item": "水源地项目", "answer": "按答复",
        "size": "按数值大小", "title": "按标题", "official": "官方标准", "unit_column": "单位列",
        "beside": "相邻列", "ground": "按图形面积",
        "area": "像面积", "date": "像日期", "state": "像状态", "town": "像乡镇", "number": "像编号或文号",
        "unit": "像单位", "twice": "与已采用的列同名异值",
    },
    "use": {"taken": "采用", "known": "官方表字段，不需要", "suspect": "疑似漏用", "other": "未用"},
    "place": {"unknown": "未注明"},
    "image_verdict": {"supported": "影像支持申报", "not_supported": "影像不支持申报", "unclear": "影像不能判断"},
    "area_check": {"agree": "相符", "check": "核对", "reject": "超出"},
    "direction": {"rising": "上升", "falling": "下降", "none": "无明显趋势", "stable": "稳定"},
    "attainment": {"met": "达标", "missed": "未达标", "to_check": "待核"},
    "place_kind": {
        "county": "全县", "town": "乡镇", "water": "水体", "section": "断面", "lake": "湖库", "station": "站点",
    },
}  # fmt: skip
BOOLEANS = frozenset(("bool", "bool_"))  # of Python and of numpy
FIGURES = 4
PERIOD = re.compile(r"(\d{4})([CMQHW])(\d{1,2})")
PARTS = {
    "C": "{0} 年 1—{1} 月",
    "M": "{0} 年 {1} 月",
    "Q": "{0} 年第 {1} 季度",
    "H": "{0} 年{1}半年",
    "W": "{0} 年第 {1} 周",
}
YES, NO = Message("是", "yes"), Message("否", "no")


def kind_word(kind: str) -> Message:
    """Give the word for a kind of layer."""
    return Message("{zh}", "{kind}", zh=KINDS.get(kind, kind), kind=kind)


def head(name: str) -> str:
    """Give the head of a column: its Chinese title, or in English the name that it has in a file."""
    return _titles().get(name, name) if language() == "zh" else name


def word(column: str, value: object) -> object:
    """Give a code as its word: Ⅲ for class 3, 达标 for met; any other value as it is."""
    if column in NOTED and isinstance(value, str):
        return shown(value)
    if type(value).__name__ in BOOLEANS:
        return str(YES if value else NO)
    if column in CLASSES:
        return _numerals().get(value, value)
    return _text(column, value) if isinstance(value, str) else value


def _text(column: str, value: str) -> str:
    if column == "unit":
        return unit_words(value)[language() == "en"]
    if column in ITEM_LISTS:
        return str(restored(value) or item_names(value))
    if column in GRADED and language() == "en":
        return _grades().get(value, value)
    if column == "comparator":
        return SIGNS.get(value, value)
    if column == "period":
        return period_word(value)
    return str(_codes(column).get(value, value))


def period_word(period: str) -> str:
    """Write a period as people say it: 2021C10 is 2021 年 1—10 月."""
    found = PERIOD.fullmatch(period)
    if found is None or language() != "zh":
        return period
    year, part, number = found.groups()
    return PARTS[part].format(year, "上下"[int(number) - 1] if part == "H" else int(number))


def rounded_safely(value: float, *, up: bool) -> str:
    """Write a bound in a few figures, rounded to the side on which it still holds."""
    if not value:
        return "0"
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - FIGURES + 1)
    return f"{(math.ceil if up else math.floor)(round(value / unit, 6)) * unit:.{FIGURES}g}"


def short(value: float) -> str:
    """Write a number in a few figures."""
    import pandas as pd

    return "–" if pd.isna(value) else f"{value:.{FIGURES}g}"


def percent(value: float) -> str:
    """Write a share of 1 in per cent."""
    import pandas as pd

    return "–" if pd.isna(value) else f"{100 * value:.0f} %"


@cache
def _titles() -> dict[str, str]:
    from gis.base.columns import TABLES

    return (
        {name: column.zh for columns in TABLES.values() for name, column in columns.items()} | GENERAL | TEXTS
    )


@cache
def _numerals() -> dict[object, str]:
    from gis import look, standards

    edition = look.colours(standards.load(), dt.datetime.now().astimezone().date())
    return {number: mark.sign or mark.zh for number, mark in look.water_classes(edition).items()}


@cache
def _grades() -> dict[str, str]:
    """Give the English of grades and levels by their Chinese name, of every edition."""
    from gis import standards

    found = [
        one["name"]
        for edition in standards.load().all
        for rows in edition.data.values()
        for one in (rows if isinstance(rows, list) else rows.values() if isinstance(rows, dict) else ())
        if isinstance(one, dict) and isinstance(one.get("name"), dict)
    ]
    return {name["zh"]: name["en"] for name in found if {"zh", "en"} <= name.keys()}


@cache
def _codes(column: str) -> dict[str, Message]:
    if column == "kind":
        return {code: Message(*words) for code, words in ALERT_KINDS.items()}
    groups = ("verdict",) if column == "verdict" else GROUPS.get(column, ())
    if groups:
        return {
            code: Message(spec.get("name", spec)["zh"], code)
            for group in groups
            for code, spec in toml_of("standards/colours.toml")[group].items()
        }
    words = CODES.get(column.removeprefix("mk_")) or stored_words("", column)
    return {code: Message(zh, code) for code, zh in words.items()}
