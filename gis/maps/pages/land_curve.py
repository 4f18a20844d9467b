"""Renewal month by month beside the plan's path: a chart a target and year, as the table renewal_curve has it."""

from __future__ import annotations

import pandas as pd

from gis.base.text import both
from gis.maps.book import Book
from gis.maps.charts import Goal, Series, figure, key, over_time
from gis.maps.layers import Pair
from gis.maps.pages.cells import day, number

COUNTED: Pair = ("累计计入", "Counted so far")
PATH: Pair = (
    "应达（按时序；没有时序的按全年均匀推算，自拟）",
    "Due (timetable, else even over the year, our proposal)",
)
PATH_COLOUR = "#a85100"


def curves(book: Book) -> str:
    """Draw the curve of every target of renewal; nothing where there is none."""
    found = book.tables.get("renewal_curve")
    if found is None or not len(found):
        return ""
    aims = book.targets_of("land")
    of_county = aims["place"] == book.catalogue.county.adcode
    named = aims[of_county].drop_duplicates("target_id")
    titles: dict[str, Pair] = {
        str(id_): (str(zh), str(en))
        for id_, zh, en in zip(named["target_id"], named["title_zh"], named["title_en"], strict=True)
    }
    drawn = [
        _chart(titles[str(id_)], str(period), rows)
        for (id_, period), rows in found.groupby(["target_id", "period"], sort=False)
        if str(id_) in titles
    ]
    head = both(
        "累计计入面积与计划路径（亩，按月末）",
        "Counted area beside the plan's path (mu, at the end of each month)",
    )
    return (
        f'<section class="twin" id="renewal-curve"><div class="caption"><h2>{head}</h2></div>'
        f'{key([_counted(found), _path(found)])}<div class="charts">{"".join(drawn)}</div></section>'
    )


def _chart(title: Pair, period: str, rows: pd.DataFrame) -> str:
    goal = float(rows["expected_mu"].iloc[-1])
    span = (pd.Timestamp(int(period), 1, 1), rows["month"].max() + pd.Timedelta(days=1))
    goals = [Goal(goal, (f"目标 {number(goal)}", f"goal {number(goal)}"))]
    heard = (f"{title[0]} {period}：累计计入面积", f"{title[1]} {period}: counted area")
    drawing = over_time([_counted(rows), _path(rows)], span, heard, goals=goals)
    known = rows[rows["counted_mu"].notna()]
    if known.empty:
        return ""
    last = known.iloc[-1]
    on, counted, path = day(last["month"]), number(last["counted_mu"]), number(last["expected_mu"])
    told = both(
        f"{title[0]} {period}：{on} 累计计入 {counted} 亩，路径为 {path} 亩",
        f"{title[1]} {period}: {counted} mu counted by {on}, the path stands at {path} mu",
    )
    return figure(drawing, told)


def _counted(rows: pd.DataFrame) -> Series:
    return Series(COUNTED, _at(rows, "counted_mu"))


def _path(rows: pd.DataFrame) -> Series:
    return Series(PATH, _at(rows, "expected_mu"), "line", PATH_COLOUR)


def _at(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    return pd.DataFrame({"at": rows["month"], "value": rows[name]}).reset_index(drop=True)
