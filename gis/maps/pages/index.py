"""The scorecard: one sentence, the cards of a year, a small map, alerts, sources; one A4 sheet in print."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis import look
from gis.base.messages import Message, listed, parts
from gis.base.plan_words import outcome
from gis.base.stored_words import word_of
from gis.base.text import both, in_html
from gis.base.units import unit_words
from gis.catalogue.model import in_both
from gis.look import Mark
from gis.maps.book import Book, Pair, of_series, so_far, standard_names
from gis.maps.layers import icon, placed
from gis.maps.page import (
    Row,
    edition_page,
    filled,
    hinted,
    named,
    number,
    records,
    remark,
    table,
    unsure_notes,
)
from gis.maps.pages import town
from gis.maps.pages.pictures import path_of
from gis.maps.pages.sections import addresses
from gis.maps.pages.targets import (
    EVIDENCE,
    GROUPS,
    TrendKey,
    card_id,
    figure_card,
    figure_group,
    of_towns,
    plan_tasks,
    target_card,
    town_targets,
    trend_curve,
    trend_curves,
    trend_lines,
    trend_table,
    year_outlook,
)
from gis.standards import ids_of

STATES = ("met", "on_track", "behind", "missed", "no_data")
RATES = ("water.attainment_rate", "water.good_share", "water.worse_than_v_share")
COUNTED = "rows_read rows_kept rows_equal rows_superseded rows_set_aside rows_quarantined records"
BOOKS: dict[str, Pair] = {
    "targets": ("目标", "targets"), "figures": ("数值", "figures"), "alerts": ("预警", "alerts"),
}  # fmt: skip
NEED = {state: at for at, state in enumerate(("missed", "behind", "no_data", "on_track", "met"))}
DIGITS = 1
WIDTH = 560.0
MARGIN = 6.0
SIMPLE_PX = 0.35


def render(book: Book) -> str:
    """Draw the scorecard of every year with figures or targets, one of them open."""
    states = look.marks(look.colours(book.editions, book.as_of), "state")
    years = sorted({*book.years, *(int(period) for period in book.targets["period"].dropna())})
    opened = opened_year(book, years)
    lines = trend_lines(book)
    body = filled(
        "scorecard.html", edition=book.edition, evidence=EVIDENCE, group=named("年度", "Year"),
        years=[_year(book, year, states, years, lines) | {"open": year == opened} for year in years],
        towns=town.links(book), overview=overview(book), alerts=alerts_panel(book), curves=trend_curves(book, lines),
        trend=trend_table(book, lines), books=BOOKS.items(), sources=_sources(book), kept=_kept(book),
    )  # fmt: skip
    title = ("土地与环境目标任务完成情况", " land and environment scorecard")
    return edition_page(book, "index", body, _notes(book), title=title)


def opened_year(book: Book, years: list[int]) -> int:
    """Choose the year to open: the running one where it has targets, else the latest that can be judged."""
    judged = [year for year in years if year <= book.as_of.year and _is_judged(targets_of(book, year))]
    with_figures = max(book.years, default=max(years, default=book.as_of.year))
    return max(judged, default=with_figures)


def _is_judged(targets: pd.DataFrame) -> bool:
    return bool(len(targets)) and bool(targets["state"].ne("no_data").any())


def with_link(page: str, number: int, sha256: str) -> str:
    """Print the newest link of the history at the foot of a scorecard, so that a chain made anew shows.

    Parameters
    ----------
    page
        From `render`.
    sha256
        Of the manifest of the edition.
    """
    told = both(
        f"历史第 {number} 环，本版本 manifest.json 的 SHA-256：",
        f"Link {number} of the history, SHA-256 of this edition's manifest.json: ",
    )
    return page.replace("</footer>", f'<p class="chain">{told}<span>{sha256}</span></p></footer>', 1)


def targets_of(book: Book, year: int) -> pd.DataFrame:
    """Give the judged targets of a year, those of towns apart; first what needs a person."""
    rows = book.targets[book.targets["period"] == str(year)]
    return rows[~of_towns(book, rows)].sort_values("state", key=lambda one: one.map(NEED), kind="stable")


def answer(targets: pd.DataFrame, year: int, provisional: bool) -> Pair:
    """Say in one sentence whether the county is on plan in a year.

    Parameters
    ----------
    targets
        Judged targets of the year; may be empty.
    provisional
        The year has not ended by the as-of date.
    """
    if not len(targets):
        zh = f"{year} 年没有列入计划的目标，下列为该年数值{'（累计·未满年）' if provisional else ''}，不作评价。"
        tail = " so far" if provisional else ""
        en = f"The plan sets no targets for {year}; its figures{tail} stand below, not judged."
        return zh, en
    counts = targets["state"].value_counts()
    if counts.get("behind") or counts.get("missed"):
        head_zh, head_en = f"{year} 年未全部按计划完成", f"{year} is not wholly on plan"
    elif counts.get("no_data"):
        head_zh, head_en = f"{year} 年有数据的目标均按计划", f"{year} is on plan where there is data"
    else:
        head_zh, head_en = f"{year} 年全部按计划", f"{year} is on plan"
    told = [(counts[state], outcome(state, "")) for state in STATES if counts.get(state)]
    zh = "，".join(f"{count} 项{word.zh}" for count, word in told)
    en = ", ".join(f"{count} {word.en}" for count, word in told)
    return f"{head_zh}：{len(targets)} 项目标中 {zh}。", f"{head_en}: of {len(targets)} targets {en}."


def _ended(book: Book, years: Iterable[int], year: int) -> list[Pair]:
    """Answer beside the running year for the latest that ended and can be judged."""
    ended = [one for one in years if one < book.as_of.year and _is_judged(targets_of(book, one))]
    beside = ended[-1:] if so_far(book, year) else []
    return [answer(targets_of(book, one), one, provisional=False) for one in beside]


def _quoted(book: Book, targets: pd.DataFrame, told: Pair) -> Pair:
    """Give the conclusion as a sentence that stands alone: its day, what it is judged by, where it is from."""
    county, day, edition = book.catalogue.county.name, book.as_of, book.edition
    by = listed(dict.fromkeys(targets["document"].dropna()) or ["–"])
    return (
        f"{county.zh} {told[0].rstrip('。')}（截至 {day}；依据：{by.zh}；来源：土地与环境监测 {edition}）。",
        f"{county.en}: {told[1].rstrip('.')} (as of {day}; judged by: {by.en}; source: land and environment "
        f"monitor {edition}).",
    )


def _marks(targets: pd.DataFrame, states: dict[str, Mark]) -> list[tuple[Pair, list[tuple[str, str, str]]]]:
    """Give the state of each target by subject: its anchor, what it says, its symbol."""
    return [
        (words, [(card_id(row), _link_name(row, states[row["state"]]), icon(states[row["state"]], 20))
                 for row in records(targets[targets["group"] == group])])
        for group, words in GROUPS.items() if targets["group"].eq(group).any()
    ]  # fmt: skip


def _link_name(row: dict[str, Any], mark: Mark) -> str:
    return hinted(f"{row['title_zh']}：{mark.zh}", f"{row['title_en']}: {mark.en}")


def _set_for(book: Book, year: int) -> list[Pair]:
    if not len(targets_of(book, year)) and len(book.targets):
        own = listed(sorted(set(book.targets["period"].dropna())))
        return [
            (
                f"计划目标属于 {own.zh} 年，可在上方切换年度。",
                f"The targets are of {own.en}; choose that year above.",
            )
        ]
    set_for = sorted(
        {str(one) for one in targets_of(book, year)["set_for"].dropna() if str(one) != str(year)}
    )
    named = listed(set_for)
    told = (
        f"按沿用的 {named.zh} 年目标评价。",
        f"Judged against targets set for {named.en}, carried forward.",
    )
    return [told] if set_for else []


def _year(
    book: Book, year: int, states: dict[str, Mark], years: list[int], lines: dict[TrendKey, list[Row]]
) -> dict[str, Any]:
    """Give what the scorecard says of a year."""
    targets, further = targets_of(book, year), []
    common, names = _common(targets), standard_names(book)
    cards = [
        (row["group"], target_card(row, states, common, names, _beside(book, row, year, lines)))
        for row in records(targets)
    ]
    so_far_set = book.targets["set_for"].astype("str") <= str(year)
    own, aimed = set(targets["indicator"]), set(book.targets.loc[so_far_set, "indicator"])
    if not aimed or not aimed <= own:
        rows = [row for row in _figures_of(book, year) if row["indicator"] not in own]
        cards += [
            (figure_group(book, row), figure_card(book, row, year))
            for row in rows
            if not aimed or row["indicator"] in aimed
        ]
        further = [row for row in rows if aimed and row["indicator"] not in aimed]
    worst = targets["state"].map(NEED).groupby(targets["group"]).min()
    subjects = [
        (GROUPS[group], [card for name, card in cards if name == group])
        for group in sorted(GROUPS, key=lambda one: worst.get(one, len(NEED)))
        if any(name == group for name, _ in cards)
    ]
    told = answer(targets, year, so_far(book, year))
    only = _named_in(row["edition"] for row in further) - _behind_targets(book)
    return {
        "year": year, "running": so_far(book, year), "told": told, "quoted": _quoted(book, targets, told),
        "more": [*_ended(book, years, year), *_set_for(book, year)], "marks": _marks(targets, states),
        "subjects": subjects, "planned": town_targets(book, year, states) + plan_tasks(book, year),
        "rest": [figure_card(book, row, year) for row in further],
        "notes": unsure_notes(one for one in book.editions.all if one.id in only) if further else [],
    }  # fmt: skip


def _beside(book: Book, row: Row, year: int, lines: dict[TrendKey, list[Row]]) -> str:
    """Draw the years of a target, say whom it counts and whether the year can still be made."""
    told = [words for words in (_counted(book, row), year_outlook(book, row, year)) if words]
    return trend_curve(lines, row) + "".join(f'<p class="goal more">{both(*words)}</p>' for words in told)


def _counted(book: Book, row: Row) -> Pair | None:
    """Say of which sections a rate is: alerts and maps show all of them."""
    if row["indicator"] not in RATES or pd.isna(row["n"]):
        return None
    levels = [word_of(one, "level") for one in book.catalogue.county.assessed_levels]
    sections = book.tables.get("sections")
    every = 0 if sections is None else sections["section_id"].nunique()
    zh, en = "、".join(zh for zh, _ in levels), " and ".join(en for _, en in levels)
    n = int(row["n"])
    return f"按 {n} 个{zh}断面；名录共 {every} 个断面", f"of {n} {en} sections; the list has {every} sections"


def _common(targets: pd.DataFrame) -> frozenset[Message]:
    """Find the notes that most cards share: the foot says them once."""
    counts = Counter(one for note in targets["note"] for one in parts(note))
    return frozenset(one for one, count in counts.items() if count > len(targets) / 2)


def _figures_of(book: Book, year: int) -> list[dict[str, Any]]:
    figures = book.figures
    own = of_series(book, figures)
    county = figures["place"] == book.catalogue.county.adcode
    return records(figures[own & county & (figures["period"] == str(year))])


def _sources(book: Book) -> str:
    known = {layer.id: layer for layer in book.catalogue.layers}
    grouped = book.sources.groupby("layer", sort=False) if len(book.sources) else ()
    rows = [_source(known.get(str(id_)), str(id_), rows) for id_, rows in grouped]
    return table(
        book, "sources", rows, layer=lambda row: str(row["layer"]), file=lambda row: str(row["file"]),
        source=lambda row: str(row["source"]), date=lambda row: str(row["date"]),
    )  # fmt: skip


def _kept(book: Book) -> list[tuple[Pair, str]]:
    known = {layer.id: layer.title for layer in book.catalogue.layers}
    kept = book.sources.groupby("layer", sort=False)["rows_kept"].sum()
    titles = [(known.get(str(id_)), f"{int(rows):,}") for id_, rows in kept.items()]
    return [((title.zh, title.en), rows) for title, rows in titles if title]


def _source(layer: Any, id_: str, rows: pd.DataFrame) -> Row:
    """Add up what was read of a layer; the words as HTML."""
    names = rows["file"].dropna().astype("str").drop_duplicates().tolist()
    files = in_html(names[0] if names else "") + (f" +{len(names) - 1}" if len(names) > 1 else "")
    counts: Row = {name: rows[name].fillna(0).sum() for name in COUNTED.split()}
    if layer is None:
        return {"layer": in_html(id_), "file": files, "source": "", "date": "", **counts}
    tag = (
        ""
        if layer.about.is_public
        else f' <span class="tag internal">{both(layer.about.secrecy_word.zh, layer.about.secrecy_word.en)}</span>'
    )
    return {
        "layer": both(layer.title.zh, layer.title.en) + tag, "file": files,
        "source": remark(in_both(layer.about.source).stored),
        "date": in_html(layer.about.date or ""), **counts,
    }  # fmt: skip


def _notes(book: Book) -> list[str]:
    """Everything that stays unsure behind a card of a target: editions used and sentences not checked."""
    used = _behind_targets(book)
    notes = unsure_notes(one for one in book.editions.all if one.id in used or one.family == look.FAMILY)
    unseen = (
        book.targets[~book.targets["verified"].fillna(False).astype("bool")]
        if len(book.targets)
        else book.targets
    )
    if len(unseen):
        words = (
            f"带 ※ 的 {len(unseen)} 项目标，原句逐字照录，未见计划的官方文本。",
            f"{len(unseen)} targets marked ※ quote the plan to the letter; its official print was not seen.",
        )
        notes.insert(0, both(*words))
    return notes


def _behind_targets(book: Book) -> set[str]:
    """Name the editions of the targets and of the figures that a target is about."""
    aimed = book.figures["indicator"].isin(set(book.targets["indicator"]))
    return _named_in([*book.targets["edition"], *book.figures.loc[aimed, "edition"]])


def _named_in(texts: Iterable[Any]) -> set[str]:
    return {id_ for text in texts for id_ in ids_of(text)}


def alerts_panel(book: Book) -> str:
    """Draw the alerts of the edition, new ones first and open, those of a person together; a line where there are none.

    Empty where the county watches nothing.
    """
    found = book.tables.get("alerts")
    watched = any(value not in (None, False) for value in book.catalogue.alerts.model_dump().values())
    if found is None or not watched:
        return ""
    new = int(found["is_new"].sum())
    count = both(
        f"{len(found)} 项，其中新增 {new} 项" if len(found) else "没有预警",
        f"{len(found)}, {new} of them new" if len(found) else "none",
    )
    head = f'<summary><h2>{both("预警", "Alerts")} <span class="n">{count}</span></h2></summary>'
    body = _alerts_table(book) if len(found) else ""
    return f'<details class="subject rest alerts"{" open" if new else ""}>{head}{body}</details>'


def _alerts_table(book: Book) -> str:
    rows = book.tables["alerts"].sort_values(["is_new", "person"], ascending=[False, True], kind="stable")
    pages = addresses(book)
    return table(
        book, "alerts", rows,
        is_new=lambda row: f'<span class="tag">{both("新", "new")}</span>' if row["is_new"] else "",
        person=lambda row: remark(row["person"]) or both("未列明", "not listed"),
        message=lambda row: remark(row["message"]),
        value=lambda row: f"{_alert_number(row['value'])} {_unit(row['unit'])}",
        limit=lambda row: _alert_number(row["limit"]),
        figure_id=lambda row: _alert_figure(book, pages, str(row["figure_id"])),
    )  # fmt: skip


def _alert_figure(book: Book, pages: Mapping[str, str], id_: str) -> str:
    """Name a figure, that of a section as the way to its records."""
    told, page = f"<code>{in_html(id_)}</code>", pages.get(id_.rpartition(".")[2])
    return f'<a href="{in_html(book.edition)}/{page}#charts">{told}</a>' if page else told


def _alert_number(value: float) -> str:
    return number(value, 0 if float(value).is_integer() else DIGITS)


def _unit(unit: str) -> str:
    return both(*unit_words(unit))


def overview(book: Book) -> str:
    """Draw the county in a plain view (longitude shrunk by the cosine of the mid latitude)."""
    edition = look.colours(book.editions, book.as_of)
    base, lines = look.marks(edition, "base"), look.marks(edition, "line")
    view = _View(book.catalogue.county.extent)
    boundaries = book.tables.get("boundaries")
    levels = {} if boundaries is None else {str(name): rows for name, rows in boundaries.groupby("level")}
    parts = [
        view.areas(placed(levels.get("town")), base["town"]),
        view.areas(_red_lines(book), lines["red_line"], opacity=0.22),
        view.areas(_waters(book, "Polygon"), base["lake"]),
        view.lines(_waters(book, "Line"), base["river"]),
        view.lines(placed(levels.get("county")), base["county"]),
        view.names(
            placed(levels.get("town")), {town.name.zh: town.name.en for town in book.catalogue.county.towns}
        ),
    ]
    county, border = book.catalogue.county.name, book.catalogue.county.border
    drawing = (
        f'<svg viewBox="0 0 {WIDTH:.0f} {view.height:.0f}" role="img" '
        f"{named(f'{county.zh}略图', f'Sketch map of {county.en}')}>{''.join(parts)}</svg>"
    )
    words = both(
        f"{border.zh}、乡镇、水系；红色为生态保护红线", "County, towns, waters; red: ecological red line"
    )
    return f'<figure class="overview">{drawing}<figcaption>{words}</figcaption></figure>'


class _View:
    """Degrees to pixels of the sketch."""

    def __init__(self, extent: tuple[float, float, float, float]) -> None:
        west, south, east, north = extent
        self._west, self._north = west, north
        self._shrink = math.cos(math.radians((south + north) / 2))
        self._scale = (WIDTH - 2 * MARGIN) / ((east - west) * self._shrink)
        self.height = (north - south) * self._scale + 2 * MARGIN

    def areas(self, frame: gpd.GeoDataFrame | None, mark: Mark, opacity: float = 1) -> str:
        if frame is None:
            return ""
        path = path_of(self._pixels(frame.geometry.to_numpy()), SIMPLE_PX)
        return (
            f'<path d="{path}" fill="{mark.fill}" fill-opacity="{opacity}" fill-rule="evenodd" '
            f'stroke="{mark.line}" stroke-width="{mark.weight:.1f}"/>'
        )

    def lines(self, frame: gpd.GeoDataFrame | None, mark: Mark) -> str:
        if frame is None:
            return ""
        path = path_of(self._pixels(frame.geometry.to_numpy()), SIMPLE_PX)
        return f'<path d="{path}" fill="none" stroke="{mark.line}" stroke-width="{mark.weight:.1f}"/>'

    def names(self, frame: gpd.GeoDataFrame | None, english: dict[str, str]) -> str:
        if frame is None:
            return ""
        spots = self._pixels(frame.geometry.representative_point().to_numpy())
        return "".join(
            f'<text x="{spot.x:.0f}" y="{spot.y:.0f}" font-size="15" text-anchor="middle" fill="#3E4C59" '
            f'paint-order="stroke" stroke="#FFFFFF" stroke-width="3"><tspan class="zh">{in_html(name)}</tspan>'
            f'<tspan class="en">{in_html(english.get(name, name))}</tspan></text>'
            for spot, name in zip(spots, frame["name"], strict=True)
        )

    def _pixels(self, shapes: np.ndarray) -> np.ndarray:
        return np.asarray(shapely.transform(shapely.force_2d(shapes), self._project))

    def _project(self, degrees: np.ndarray) -> np.ndarray:
        x = (degrees[:, 0] - self._west) * self._shrink * self._scale + MARGIN
        y = (self._north - degrees[:, 1]) * self._scale + MARGIN
        return np.column_stack([x, y])


def _waters(book: Book, kind: str) -> gpd.GeoDataFrame | None:
    table = book.tables.get("waters")
    frame = placed(table) if table is not None else None
    if frame is None:
        return None
    chosen = frame[frame.geometry.geom_type.str.contains(kind)]
    return chosen if len(chosen) else None


def _red_lines(book: Book) -> gpd.GeoDataFrame | None:
    table = book.tables.get("control_lines")
    return (
        None if table is None or "line_type" not in table else placed(table[table["line_type"] == "red_line"])
    )
