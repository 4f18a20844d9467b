"""Tables of the water page beyond single sections: lakes, groups, the index, trends and the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from gis import look
from gis.base.messages import parts, restored
from gis.base.tables import TABLES
from gis.base.text import both, in_html
from gis.look import Mark
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.page import split, table
from gis.maps.pages.cards import edition_cell
from gis.maps.pages.cells import flagged, number, period_words, records, shower, so_far, words
from gis.maps.pages.section_cells import grade_words, listed
from gis.water.lakes import TROPHIC

EVALUATION = "surface_water_evaluation"
FAMILIES = {"trophic_state", "city_water_ranking", "water_trend"}
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
PARTS = ["tli_chl", "tli_tp", "tli_tn", "tli_sd", "tli_codmn"]
BETWEEN = "、"
TOO_FEW: Pair = ("数据不足", "too few data")


def more(book: Book) -> str:
    """Draw the tables of lakes, of rivers, lakes and the county, of the index, the trends, the network."""
    return f"{_lakes(book)}{_groups(book)}{_index(book)}{_trends(book)}{_network(book)}"


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
    cells = [
        [
            words(row["lake"]), _place(row), both(*period_words(str(row["period"]))), number(row["tli"], 1),
            grade_words(row["grade"], grades), *(number(row[part], 1) for part in PARTS), number(row["n_points"], 0),
            _note(row["note"]), edition_cell(book, row["edition"]),
        ]
        for row in records(rows)
    ]  # fmt: skip
    titles = [TABLES["computed"][part] for part in PARTS]
    heads = [
        ("湖库", "Lake"), ("点位", "Point"), ("时期", "Period"), ("TLI(Σ)", "TLI(Σ)"), ("营养状态", "State"),
        *((one.zh.removeprefix("TLI"), one.en.removeprefix("TLI ")) for one in titles),
        ("点位数", "Points"), ("说明", "Note"), ("依据", "Edition"),
    ]  # fmt: skip
    title = (
        f"湖库综合营养状态指数（逐年同期，截至 {book.as_of}，分项为 TLI(j)）",
        f"Trophic state of lakes (the same months of each year, to {book.as_of}; the parts are TLI(j))",
    )
    return table("lakes", title, heads, cells, numeric=(3, 5, 6, 7, 8, 9, 10))


def _place(row: dict[str, Any]) -> str:
    return both("全湖", "whole lake") if row["place_kind"] == "lake" else shower(str(row["name"]))


def _note(value: Any) -> str:
    """Write a note, stored or several pairs with "；" between them, in both languages."""
    if value is None or pd.isna(value):
        return ""
    if restored(str(value)) is not None:
        return "<br>".join(both(one.zh, one.en) for one in parts(str(value)))
    return "<br>".join(map(split, str(value).split("；")))


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


def _kinds(row: dict[str, Any]) -> str:
    return both(*PLACES[str(row["place_kind"])])


def _groups(book: Book) -> str:
    rows = _last(book, "water_groups", 2)
    if not len(rows):
        return ""
    rank = rows["place_kind"].map({kind: at for at, kind in enumerate(ORDER)})
    rows = rows.assign(rank=rank).sort_values(["year", "rank", "place"], ascending=[False, True, True])
    marks = _grades(book)
    classes = look.water_classes(look.colours(book.editions, book.as_of))
    none = look.no_data(look.colours(book.editions, book.as_of))
    cells = [
        [
            _kinds(row), words(row["name"]), both(*period_words(str(row["period"]))),
            number(row["n_assessed"], 0), number(row["n_sections"], 0),
            flagged(none if pd.isna(row["grade_code"]) else marks[int(row["grade_code"])]),
            "–" if pd.isna(row["water_class"]) else classes[int(row["water_class"])].sign,
            "–" if pd.isna(row["method"]) else both(*METHODS[row["method"]]), listed(row["main_pollutants"]),
            number(row["attainment_rate"], 1), number(row["good_share"], 1), number(row["worse_share"], 1),
            _note(row["note"]), edition_cell(book, row["edition"]),
        ]
        for row in records(rows)
    ]  # fmt: skip
    heads = [
        ("对象", "Kind"), ("名称", "Name"), ("时期", "Period"), ("参评", "Assessed"), ("断面数", "Sections"),
        ("水质状况", "Grade"), ("均值类别", "Class of means"), ("方法", "Method"),
        ("主要污染指标", "Main pollutants"), ("达标率(%)", "At target (%)"), ("优Ⅲ比例(%)", "III or better (%)"),
        ("劣Ⅴ比例(%)", "Worse than V (%)"), ("说明", "Note"), ("依据", "Edition"),
    ]  # fmt: skip
    title = (
        f"河流、湖库与全市水质状况（截至 {book.as_of}；断面 ≥ 5 比例法，括号为断面超标率，否则均值法，括号为超标倍数）",
        f"Grade of rivers, lakes and county (to {book.as_of}; share method from 5 sections, else the class of means)",
    )
    return table("groups", title, heads, cells, numeric=(3, 4, 9, 10, 11))


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


def _index(book: Book) -> str:
    rows = _last(book, "water_index", 1)
    if not len(rows):
        return ""
    rank = rows["place_kind"].map({kind: at for at, kind in enumerate(ORDER)})
    rows = rows.assign(kind=rank).sort_values(["kind", "rank", "cwqi"], kind="stable")
    cells = [
        [
            _kinds(row), words(row["name"]), number(row["rank"], 0) if row["place_kind"] != "county" else "–",
            number(row["cwqi"], 4), number(row["cwqi_river"], 4), number(row["cwqi_lake"], 4),
            number(row["n_river"], 0), number(row["n_lake"], 0), number(row["n_items"], 0),
            number(row["change_percent"], 2), _note(row["note"]), edition_cell(book, row["edition"]),
        ]
        for row in records(rows)
    ]  # fmt: skip
    heads = [
        ("对象", "Kind"), ("名称", "Name"), ("排序", "Rank"), ("CWQI", "CWQI"), ("河流", "Rivers"),
        ("湖库", "Lakes"), ("河流断面", "River sections"), ("湖库点位", "Lake points"), ("指标项数", "Indicators"),
        ("较上年同期(%)", "On last year (%)"), ("说明", "Note"), ("依据", "Edition"),
    ]  # fmt: skip
    zh, en = period_words(str(rows["period"].iloc[0]))
    title = (
        f"水质指数 CWQI（指示性，由小到大，越小越好，{zh}；变化为负即变好）",
        f"Water quality index CWQI (indicative, smallest first is best, {en}; a negative change is better)",
    )
    return table("cwqi", title, heads, cells, numeric=range(2, 10))


def _trends(book: Book) -> str:
    found = _table(book, "water_trends")
    if not len(found):
        return ""
    ways = ["rising", "falling"]
    clear = found["direction"].isin(ways) | found["mk_direction"].isin(ways)
    few = int((found["direction"].isna() & found["mk_direction"].isna()).sum())
    rows = found[clear]
    cells = [
        [
            shower(str(row["name"])), _indicator(row["indicator"]), _way(row["direction"]),
            number(row["spearman_rs"], 3), number(row["spearman_limit"], 3), number(row["n"], 0),
            _way(row["mk_direction"]), _slope(row["mk_slope"]),
            f"{_slope(row['mk_low'])} – {_slope(row['mk_high'])}", _p(row["mk_p"]), number(row["mk_n"], 0),
            "–" if pd.isna(row["meaning"]) else both(*MEANINGS[row["meaning"]]),
        ]
        for row in records(rows)
    ]  # fmt: skip
    heads = [
        ("断面", "Section"), ("指标", "Indicator"), ("秩相关", "Spearman"), ("rs", "rs"), ("临界值", "Critical"),
        ("年数", "Years"), ("季节性M-K", "Seasonal M-K"), ("Sen斜率/年", "Sen's slope a year"),
        ("95 % 区间", "95 % interval"), ("p", "p"), ("月数", "Months"), ("含义", "Meaning"),
    ]  # fmt: skip
    title = (
        f"断面指标变化趋势（截至 {book.as_of}，斜率按年；列出显著的 {len(rows)} 项，"
        f"共 {len(found)} 项，数据不足 {few} 项）",
        f"Trends of sections (to {book.as_of}, slopes a year; {len(rows)} clear ones of {len(found)} listed,"
        f" too few data for {few})",
    )
    return table("trends", title, heads, cells, numeric=(3, 4, 5, 7, 8, 9, 10))


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
    cells = [
        [
            shower(str(row["name"])), words(row["water"]), number(row["distance_m"], 0),
            named_sections(row["upstream"], names),
            named_sections(row["downstream"], names), named_sections(row["neighbours"], names), _note(row["note"]),
        ]
        for row in records(found)
    ]  # fmt: skip
    heads = [
        ("断面", "Section"), ("水体", "Water"), ("距水体(m)", "Distance (m)"), ("上游断面", "Upstream"),
        ("下游断面", "Downstream"), ("相邻断面", "Neighbours"), ("说明", "Note"),
    ]  # fmt: skip
    title = (
        "断面与水体（平面距离，CGCS2000 3 度带）",
        "Sections and their waters (planar distance, CGCS2000 3-degree zone)",
    )
    return table("network", title, heads, cells, numeric=(2,)) if cells else ""


def named_sections(ids: Any, names: Mapping[str, str]) -> str:
    """Write ids joined by 、 as the names of their sections, escaped."""
    return (
        "" if pd.isna(ids) else in_html(BETWEEN.join(names.get(one, one) for one in str(ids).split(BETWEEN)))
    )
