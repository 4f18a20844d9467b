"""The page 方法与核对: probabilities and how reliable they were, proofs, checks and indices without legal force."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd

from gis import look
from gis.base.forecast import WORDS
from gis.base.stored_words import word_of
from gis.base.text import both, in_html
from gis.maps.book import Book, Pair
from gis.maps.page import Row, edition_page, number, rows_in, table, unsure_of, words
from gis.maps.pages.air import surface_checks
from gis.maps.pages.sections import ALL, once
from gis.maps.pages.waters import index_table

FAMILIES = {"outlook", "parcel_area", "city_water_ranking"}
ONE, HALF = 0.01, 0.5
WHAT: Pair = (
    "余下时段的水平由今年至今的水平推出：距平延续多少、逐年变化多少都不确定，各种可能按其在往年的吻合程度加权；"
    "误差取自由度为 n−1 的 t 分布（n 为往年数）。往年只有几年，概率因此不会是 0 或 100 %，请与下面的可靠性表一并看。"
    "已无法达标是算出来的，没有概率。",
    "The level of the rest follows from that so far: how much of the anomaly stays and how much the level moves from "
    "year to year is not known, so each possibility has the weight that its fit to past years gives it, and the error "
    "is Student's with n − 1 degrees of freedom for n past years. A few years say neither 0 nor 100 %: read a "
    "probability with the reliability below. What is out of reach is reckoned and has no probability.",
)
ANSWER: Pair = (
    "本页说明页上数值如何核对：概率有多可靠、面积是否闭合、插值误差多大，以及只供参考的指数。",
    "How the figures of the pages are checked: how reliable probabilities are, whether areas add up, how far "
    "estimates are off, and indices for reference only.",
)
NOTHING: Pair = (
    "本版没有可核对的内容：有更新地块与控制线、断面或站点的数据后列出。",
    "Nothing to check in this edition: it takes parcels and control lines, sections or stations.",
)
POOLED = ("water_outlook_reliability", "air_budget_reliability")


def render(book: Book) -> str:
    """Draw the page; tables that are not there are left out."""
    told = [_reliability(book, name) for name in POOLED]
    told += [_sections(book), _year(book)]
    note = f'<p class="note">{both(*WHAT)}</p>' if any(told) else ""
    proofs = f"{_areas(book.of('land'))}{index_table(book.of('water'))}{surface_checks(book.of('air'))}"
    nothing = "" if any(told) or proofs else f'<p class="note">{both(*NOTHING)}</p>'
    body = f'<p class="answer">{both(*ANSWER)}</p>{note}{"".join(told)}{proofs}{nothing}'
    return edition_page(book, "method", body, unsure_of(book, FAMILIES))


def _areas(book: Book) -> str:
    """Show that parts and rest of each parcel add up to the parcel."""
    lines = look.marks(look.colours(book.editions, book.as_of), "line")
    rows = sorted(rows_in(book, "area_proof"), key=lambda row: -row["max_residual_m2"])
    return table(
        book, "area-proof", rows,
        line_type=lambda row: both(lines[row["line_type"]].zh, lines[row["line_type"]].en)
        if row["line_type"] in lines else words(row["line_type"]),
        max_residual_m2=lambda row: f"{row['max_residual_m2']:.1e}",
    ) if rows else ""  # fmt: skip


def _reliability(book: Book, name: str) -> str:
    rows = rows_in(book, name)
    told_from = lambda row: in_html(f"{100 * row['told_from']:.0f}–{100 * row['told_to']:.0f}")  # noqa: E731  one cell
    return table(book, name.replace("_", "-"), rows, told_from=told_from) if rows else ""


def _sections(book: Book) -> str:
    rows = [row for row in once(rows_in(book, "water_outlook")) if str(row["indicator"]) == ALL]
    return table(book, "section-chances", rows, **CELLS) if rows else ""


def _year(book: Book) -> str:
    rows = rows_in(book, "air_budget")
    return table(book, "air-chances", rows, **CELLS) if rows else ""


def _probability(row: Row) -> str:
    return "–" if pd.isna(row["probability"]) else percent(row["probability"])


def _draws(row: Row) -> str:
    if pd.isna(row["probability"]):
        return "–"
    n, seed = number(row["draws"], 0), row["seed"]
    return both(f"{n} 次，种子 {seed}", f"{n}, seed {seed}")


def percent(share: float) -> str:
    """Write a probability drawn from a sample: never 0 or 100."""
    return in_html(
        "< 1" if share < ONE else "> 99" if share > 1 - ONE else f"{math.floor(100 * share + HALF):d}"
    )


def _proof(row: Row) -> str:
    """Say how forecasts of past years came out."""
    if pd.isna(row["probability"]):
        return "–"
    if pd.isna(row["n_backtest"]) or not row["n_backtest"]:
        return both("数据不足", "too few data")
    hit, n = number(100 * row["hit_rate"], 0), number(row["n_backtest"], 0)
    brier, trivial = number(row["brier"], 3), number(row["brier_climatology"], 3)
    zh, en = word_of(row["backtest"], "backtest")
    return both(
        f"命中 {hit} %，Brier {brier}（气候态 {trivial}），n={n}，{zh}",
        f"hit rate {hit} %, Brier {brier} (climatology {trivial}), n={n}, {en}",
    )


LIKELY = "state probability n_years draws backtest"
CELLS: dict[str, Callable[[Row], str]] = {
    "state": lambda row: both(*WORDS[str(row["state"])]), "probability": _probability,
    "draws": _draws, "backtest": _proof,
}  # fmt: skip
