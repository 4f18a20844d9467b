"""Tables of the water page beyond single sections: lakes, groups, the index, trends and the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from gis import look
from gis.base.tables import TABLES
from gis.base.text import both, in_html
from gis.look import Mark
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.page import proof
from gis.maps.pages.cells import flagged, number, period_words, records, shower, so_far
from gis.maps.pages.columns import Column, Row, amount, drawn, edition, finder, note, of, period, text
from gis.maps.pages.section_cells import WaterMarks, grade_words, listed
from gis.water.lakes import TROPHIC

EVALUATION = "surface_water_evaluation"
FAMILIES = {"trophic_state", "water_trend"}
PLACES: dict[str, Pair] = {
    "section": ("断面", "section"), "river": ("河流", "river"), "lake": ("湖库", "lake"), "water": ("水体", "water"),
    "town": ("乡镇(街道)", "town"), "county": ("全市", "county"),
}  # fmt: skip
ORDER = ["county", "water", "town", "section", "river", "lake"]
METHODS: dict[str, Pair] = {"share": ("比例法", "share"), "mean": ("均值法", "means")}
WAYS: dict[str, Pair] = {
    "rising": ("↑ 上升", "↑ rising"), "falling": ("↓ 下降", "↓ falling"), "none": ("→ 无显著变化", "→ no clear trend"),
}  # fmt: skip
MEANINGS: dict[str, Pair] = {"better": ("好转", "better"), "worse": ("变差", "worse")}
PARTS = [TABLES["computed"][part] for part in ("tli_chl", "tli_tp", "tli_tn", "tli_sd", "tli_codmn")]
RELATED: dict[str, Pair] = {
    "upstream": ("上游断面", "Upstream"), "downstream": ("下游断面", "Downstream"),
    "neighbours": ("相邻断面", "Neighbours"),
}  # fmt: skip
BETWEEN = "、"
TOO_FEW: Pair = ("数据不足", "too few data")


def tables(book: Book) -> str:
    """Draw the tables of lakes, of rivers, lakes and the county, of the trends, the network."""
    return f"{_lakes(book)}{_groups(book)}{_trends(book)}{_network(book)}"


def _table(book: Book, name: str) -> pd.DataFrame:
    found = book.tables.get(name)
    return pd.DataFrame() if found is None else pd.DataFrame(found)


def _lakes(book: Book) -> str:
    rows = _comparable(book, _table(book, "lake_states"))
    if not len(rows):
        return ""
    several = rows.loc[rows["place_kind"].eq("section")].groupby("lake")["place"].nunique()
    one = several.index[several == 1]
    rows = rows[rows["place_kind"].eq("lake") | ~rows["lake"].isin(one)]
    rows = rows.sort_values(["year", "lake", "place_kind"], ascending=[False, True, True], kind="stable")
    grades = book.editions.in_force(TROPHIC, book.as_of).data["grade"]
    columns = [
        text(("湖库", "Lake"), "lake"), Column(("点位", "Point"), _place), period(),
        amount(("TLI(Σ)", "TLI(Σ)"), "tli", 1),
        Column(("营养状态", "State"), lambda row: grade_words(row["grade"], grades), name="grade"),
        *(amount((one.zh.removeprefix("TLI"), one.en.removeprefix("TLI ")), one.name, 1) for one in PARTS),
        amount(("点位数", "Points"), "n_points", 0), note(), edition(book),
    ]  # fmt: skip
    title = (
        f"湖库综合营养状态指数（逐年同期，截至 {book.as_of}，分项为 TLI(j)）",
        f"Trophic state of lakes (the same months of each year, to {book.as_of}; the parts are TLI(j))",
    )
    return drawn("lakes", title, columns, records(rows))


def _place(row: Row) -> str:
    return both("全湖", "whole lake") if row["place_kind"] == "lake" else shower(str(row["name"]))


def _comparable(book: Book, rows: pd.DataFrame) -> pd.DataFrame:
    """Keep whole years where the last one has ended, else January to the as-of month of each year."""
    if not len(rows):
        return rows
    running = so_far(book, book.as_of.year)
    tail = f"C{book.as_of.month:02d}" if running else ""
    return pd.DataFrame(rows[rows["period"] == rows["year"].astype("str") + tail])


def _last(book: Book, name: str, years: int) -> pd.DataFrame:
    rows = _comparable(book, _table(book, name))
    return rows[rows["year"] > rows["year"].max() - years] if len(rows) else rows


def _kinds(row: Row) -> str:
    return both(*PLACES[str(row["place_kind"])])


def _groups(book: Book) -> str:
    rows = _last(book, "water_groups", 2)
    if not len(rows):
        return ""
    rank = rows["place_kind"].map({kind: at for at, kind in enumerate(ORDER)})
    rows = rows.assign(rank=rank).sort_values(["year", "rank", "place"], ascending=[False, True, True])
    marks, classes = _grades(book), WaterMarks.of(book)
    none = look.no_data(look.colours(book.editions, book.as_of))
    columns = [
        Column(("对象", "Kind"), _kinds, name="place_kind"), text(("名称", "Name"), "name"), period(),
        amount(("参评", "Assessed"), "n_assessed", 0), amount(("断面数", "Sections"), "n_sections", 0),
        Column(("水质状况", "Grade"),
               lambda row: flagged(none if pd.isna(row["grade_code"]) else marks[int(row["grade_code"])])),
        Column(("均值类别", "Class of means"),
               lambda row: classes.numeral(row["water_class"])),
        Column(("方法", "Method"), lambda row: "–" if pd.isna(row["method"]) else both(*METHODS[row["method"]])),
        Column(("主要污染指标", "Main pollutants"), lambda row: listed(row["main_pollutants"])),
        amount(("达标率(%)", "At target (%)"), "attainment_rate", 1),
        amount(("优Ⅲ比例(%)", "III or better (%)"), "good_share", 1),
        amount(("劣Ⅴ比例(%)", "Worse than V (%)"), "worse_share", 1), note(), edition(book),
    ]  # fmt: skip
    title = (
        f"河流、湖库与全市水质状况（截至 {book.as_of}；断面 ≥ 5 比例法，括号为断面超标率，否则均值法，括号为超标倍数）",
        f"Grade of rivers, lakes and county (to {book.as_of}; share method from 5 sections, else the class of means)",
    )
    how = proof("cwqi", ("水质指数 CWQI（指示性）", "Water quality index CWQI (indicative)"))
    return drawn("groups", title, columns, records(rows)) + how


def _grades(book: Book) -> dict[int, Mark]:
    edition = book.editions.in_force(EVALUATION, book.as_of)
    classes = look.water_classes(look.colours(book.editions, book.as_of))
    return {
        at: replace(
            classes[one["colour_of_class"]], key=f"grade_{at}", zh=one["name"]["zh"], en=one["name"]["en"],
            shape="square", sign="",
        )
        for at, one in enumerate(edition.data["group"]["grade"], 1)
    }  # fmt: skip


def index(book: Book) -> str:
    """Draw the index of rivers, lakes, towns and the county, which ranks nobody."""
    rows = _last(book, "water_index", 1)
    if not len(rows):
        return ""
    rank = rows["place_kind"].map({kind: at for at, kind in enumerate(ORDER)})
    rows = rows.assign(kind=rank).sort_values(["kind", "rank", "cwqi"], kind="stable")
    columns = [
        Column(("对象", "Kind"), _kinds, name="place_kind"), text(("名称", "Name"), "name"),
        Column(("排序", "Rank"), lambda row: number(row["rank"], 0) if row["place_kind"] != "county" else "–", True),
        amount(("CWQI", "CWQI"), "cwqi", 4), amount(("河流", "Rivers"), "cwqi_river", 4),
        amount(("湖库", "Lakes"), "cwqi_lake", 4), amount(("河流断面", "River sections"), "n_river", 0),
        amount(("湖库点位", "Lake points"), "n_lake", 0), amount(("指标项数", "Indicators"), "n_items", 0),
        amount(("较上年同期(%)", "On last year (%)"), "change_percent", 2), note(), edition(book),
    ]  # fmt: skip
    zh, en = period_words(str(rows["period"].iloc[0]))
    title = (
        f"水质指数 CWQI（指示性，由小到大，越小越好，{zh}；变化为负即变好）",
        f"Water quality index CWQI (indicative, smallest first is best, {en}; a negative change is better)",
    )
    return drawn("cwqi", title, columns, records(rows))


def _trends(book: Book) -> str:
    found = _table(book, "water_trends")
    if not len(found):
        return ""
    ways = ["rising", "falling"]
    clear = found["direction"].isin(ways) | found["mk_direction"].isin(ways)
    few = int((found["direction"].isna() & found["mk_direction"].isna()).sum())
    rows = found[clear]
    columns = [
        finder(("断面", "Section"), "name"),
        Column(("指标", "Indicator"), lambda row: _indicator(row["indicator"]), name="indicator"),
        Column(("秩相关", "Spearman"), lambda row: _way(row["direction"])),
        amount(("rs", "rs"), "spearman_rs", 3), amount(("临界值", "Critical"), "spearman_limit", 3),
        amount(("年数", "Years"), "n", 0),
        Column(("季节性M-K", "Seasonal M-K"), lambda row: _way(row["mk_direction"])),
        of(("Sen斜率/年", "Sen's slope a year"), "mk_slope", _slope, right=True),
        of(("95 % 下限", "95 % low"), "mk_low", _slope, right=True),
        of(("95 % 上限", "95 % high"), "mk_high", _slope, right=True),
        Column(("p", "p"), lambda row: _p(row["mk_p"]), right=True), amount(("月数", "Months"), "mk_n", 0),
        Column(("含义", "Meaning"), lambda row: "–" if pd.isna(row["meaning"]) else both(*MEANINGS[row["meaning"]])),
    ]  # fmt: skip
    title = (
        f"断面指标变化趋势（截至 {book.as_of}，斜率按年；列出显著的 {len(rows)} 项，"
        f"共 {len(found)} 项，数据不足 {few} 项）",
        f"Trends of sections (to {book.as_of}, slopes a year; {len(rows)} clear ones of {len(found)} listed,"
        f" too few data for {few})",
    )
    return drawn("trends", title, columns, records(rows))


def _indicator(name: Any) -> str:
    column = TABLES["samples"][str(name)]
    return both(column.zh, column.en)


def _way(value: Any) -> str:
    return both(*(TOO_FEW if pd.isna(value) else WAYS[value]))


def _slope(value: Any) -> str:
    return "–" if pd.isna(value) else f"{value:+.3g}" if value else "0"


def _p(value: Any) -> str:
    least = 0.001
    return "–" if pd.isna(value) else f"&lt;{least}" if value < least else number(value, 3)


def _network(book: Book) -> str:
    found = _table(book, "section_network")
    names = dict(zip(found["section_id"], found["name"], strict=True)) if len(found) else {}
    columns = [
        finder(("断面", "Section"), "name"), text(("水体", "Water"), "water"),
        amount(("距水体(m)", "Distance (m)"), "distance_m", 0),
        *(
            of(head, name, lambda ids: named_sections(ids, names))
            for name, head in RELATED.items()
        ), note(),
    ]  # fmt: skip
    title = (
        "断面与水体（平面距离，CGCS2000 3 度带）",
        "Sections and their waters (planar distance, CGCS2000 3-degree zone)",
    )
    return drawn("network", title, columns, records(found)) if len(found) else ""


def named_sections(ids: Any, names: Mapping[str, str]) -> str:
    """Write ids joined by 、 as the names of their sections, escaped."""
    return (
        "" if pd.isna(ids) else in_html(BETWEEN.join(names.get(one, one) for one in str(ids).split(BETWEEN)))
    )
