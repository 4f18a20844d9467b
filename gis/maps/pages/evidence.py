"""What each figure of the scorecard rests on: formula, clause, edition, the figures and the rows it is made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote

import pandas as pd

from gis.base.messages import Message
from gis.base.record_words import record_words
from gis.base.text import both, in_html
from gis.base.units import unit_words
from gis.catalogue import Layer
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.mapview import named
from gis.maps.offline import style, web
from gis.maps.page import Page, foot, html_of, mast, remark, stamps
from gis.maps.pages import plan
from gis.maps.pages.cards import SUBJECT_GROUPS, figure_title, named_editions, standard_names
from gis.maps.pages.cells import number, of_series, period_words, records

FOLDER = "evidence"
ROWS = 8
HANDED = ("public", "internal")
RIGHT = ' class="r"'
HEADS = (
    (("来源", "Source"), ""), (("行", "Row"), RIGHT), (("份额", "Share"), RIGHT), (("记录", "Record"), ""),
)  # fmt: skip
KEPT: Pair = (
    "记录不上页（知悉范围或不公开字段）",
    "the record stays out of pages (who may know it, withheld columns)",
)


def address(figure_id: str) -> str:
    """Give the page of a figure and its place there, from the folder of the edition."""
    return f"{FOLDER}/{_subject(figure_id)}.html#{quote(figure_id)}"


def render(book: Book) -> dict[str, str]:
    """Draw a page a subject: `evidence/<subject>.html` → HTML, of every figure that the scorecard shows.

    Raises
    ------
    AssetError
        A page would load something from elsewhere.
    """
    shown = figures_shown(book)
    if not len(shown):
        return {}
    behind = book.evidence[book.evidence["figure_id"].isin(set(shown["figure_id"]))]
    counts = behind.groupby("figure_id").size().to_dict()
    first = behind.groupby("figure_id", sort=False).head(ROWS).reset_index(drop=True)
    first = first.assign(record=list(record_words(first, book.tables)), layer=_layers(book, first))
    held = {one.id for one in book.catalogue.layers if _is_held(one)}
    pieces = {str(id_): rows for id_, rows in first.groupby("figure_id", sort=False)}
    values, names = book.figures.set_index("figure_id")["value"].to_dict(), standard_names(book)
    ids = set(shown["figure_id"])
    made: dict[str, list[str]] = {}
    for row in records(shown):
        id_ = str(row["figure_id"])
        parts = _made_of(pieces.get(id_), values, ids, held, int(counts.get(id_, 0)))
        made.setdefault(_subject(id_), []).append(_figure(book, row, parts, names))
    return {f"{FOLDER}/{name}.html": _page(book, name, "".join(parts)) for name, parts in made.items()}


def figures_shown(book: Book) -> pd.DataFrame:
    """Give the figures that stand on a card of the scorecard: of the county a year, and of its targets."""
    figures, targets = book.figures, book.targets
    if not len(figures):
        return figures
    years = {str(year) for year in book.years}
    own = (
        of_series(book, figures)
        & figures["place"].eq(book.catalogue.county.adcode)
        & figures["period"].isin(years)
    )
    aimed = set(targets.loc[~plan.of_towns(book, targets), "figure_id"].dropna()) if len(targets) else set()
    return figures[own | figures["figure_id"].isin(aimed)]


def _subject(figure_id: str) -> str:
    first = figure_id.partition(".")[0]
    return first if first in SUBJECT_GROUPS else "actions"


def _is_held(layer: Layer) -> bool:
    """Tell whether records of a layer stay out of pages, whoever opens them."""
    about = layer.about
    return bool(about.known_to or about.withheld_columns) or about.confidentiality not in HANDED


def _layers(book: Book, rows: pd.DataFrame) -> list[str]:
    """Name the layer of each source row, by its table and file; empty for a figure."""
    known: dict[tuple[str, str], str] = {}
    for table in rows["table"].dropna().unique():
        frame = book.tables.get(str(table))
        if frame is not None and {"source", "layer"} <= set(frame.columns):
            files = frame.drop_duplicates(["source", "layer"])
            pairs = zip(files["source"].astype("str"), files["layer"].astype("str"), strict=True)
            known |= {(str(table), one): id_ for one, id_ in pairs}
    return [known.get((str(row.table), str(row.source)), "") for row in rows.itertuples()]


def _made_of(
    rows: pd.DataFrame | None,
    values: dict[Any, Any],
    shown: Collection[str],
    held: Collection[str],
    total: int,
) -> str:
    if rows is None:
        return f'<p class="note">{both("没有来源行", "no source rows")}</p>'
    body = "".join(_row(row, values, shown, held) for row in records(rows))
    head = "".join(f'<th scope="col"{side}>{both(*words)}</th>' for words, side in HEADS)
    tables = [str(one) for one in rows["table"].dropna().unique() if one != "figures"]
    whole = "、".join(f"tables/{in_html(one)}.csv" for one in tables)
    rest = ""
    if total > len(rows):
        zh = f"共 {total:,} 行，列出前 {len(rows)} 行；全部：gis trace 编号 -o 依据.xlsx"
        en = f"{total:,} rows, the first {len(rows)} listed; all: gis trace ID -o evidence.xlsx"
        rest = f'<p class="note">{both(zh, en)}{f"；{whole}" if whole else ""}</p>'
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"


def _row(row: dict[str, Any], values: dict[Any, Any], shown: Collection[str], held: Collection[str]) -> str:
    source, share = str(row["source"]), number(row["part"], 4)
    if row["table"] == "figures":
        name = f'<a href="../{address(source)}">{in_html(source)}</a>' if source in shown else in_html(source)
        value = number(values.get(source), 4)
        return f'<tr><td>{name}</td><td></td><td class="r">{share}</td><td>= {value}</td></tr>'
    # a row whose layer is not known may be of any: its record stays out
    record = both(*KEPT) if row["layer"] in held or not row["layer"] else in_html(row["record"])
    line = "" if pd.isna(row["source_row"]) else f"{int(row['source_row']):,}"
    return f'<tr><td>{in_html(source)}</td><td class="r">{line}</td><td class="r">{share}</td><td>{record}</td></tr>'


def _figure(book: Book, row: dict[str, Any], made_of: str, names: Mapping[str, Message]) -> str:
    id_, unit = str(row["figure_id"]), "" if pd.isna(row["unit"]) else str(row["unit"])
    digits = 0 if pd.isna(row["digits"]) else int(row["digits"])
    facts = [
        (("公式", "Formula"), remark(row["formula"])), (("条款", "Clause"), remark(row["clause"])),
        (("依据", "Edition"), "" if pd.isna(row["edition"]) else named_editions(row["edition"], names)),
        (("样本数", "Samples"), "" if pd.isna(row["n"]) else f"{int(row['n']):,}"),
        (("说明", "Note"), remark(row["note"])),
    ]  # fmt: skip
    told = "".join(f"<div><dt>{both(*words)}</dt><dd>{value}</dd></div>" for words, value in facts if value)
    return (
        f'<section class="proof" id="{in_html(id_)}"><h2>{both(*figure_title(book, str(row["indicator"])))} · '
        f"{both(*period_words(str(row['period'])))}：{number(row['value'], digits)} {both(*unit_words(unit))}</h2>"
        f'<p class="id">{in_html(id_)}</p><dl class="facts-list">{told}</dl>{made_of}</section>'
    )


def _page(book: Book, name: str, body: str) -> str:
    county, subject = book.catalogue.county.name, plan.GROUPS[name]
    title: Pair = (f"依据 · {subject[0]}", f"Evidence: {subject[1].lower()}")
    back = f'<a href="../../index.html">{both("目标任务完成情况", "Scorecard")}</a>'
    facts = f"<span>{both('版本', 'Edition')} <b>{in_html(book.edition)}</b></span>"
    page = Page(
        title=(f"{county.zh} · {title[0]}", f"{county.en} · {title[1]}"),
        masthead=mast(title, f"<nav {named('页面', 'pages')}>{back}</nav>", facts),
        body=style(web("further.css")) + body,
        foot=foot(book),
        stamps=stamps(book),
        classes="evidence",
    )
    return html_of(page, f"{FOLDER}/{name}.html")
