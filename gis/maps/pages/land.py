"""The land page: counted 亩 by town, the ledger, overlaps, tolerance and tax per 亩."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from gis import look
from gis.base.columns import described
from gis.base.text import both
from gis.base.units import to_m2
from gis.land.counting import Counting, counting_of
from gis.land.summary import unmatched
from gis.look import Mark
from gis.maps.book import Book, files_with
from gis.maps.ground import GROUPS, base_map, layers_of
from gis.maps.layers import Drawn, Pair, Popup, draw, placed
from gis.maps.mapview import Layer, Workspace
from gis.maps.pages.cells import charted, figure_of, followed, map_page, number, so_far, unsure_of, workspace
from gis.maps.pages.conflict_images import over_county
from gis.maps.pages.land_layers import land_layers
from gis.maps.pages.land_tables import ledger_of, tables
from gis.maps.wording import headed

GROUP: Pair = ("计入面积", "Counted area")
STEPS = 5
NONE_COUNTED = Mark("none_counted", "本年无计入", "none counted", line="#8A97A3", fill="#FFFFFF")
LAST: Pair = ("不选年度时，图上为最后一年", "without a year the map shows the last one")
CENTI = 2
FOLLOWED: dict[str, tuple[Pair, int, Pair]] = {
    "land.renewed_area": (("计入面积", "Counted area"), 2, ("亩", "mu")),
    "land.renewal_parcels": (("计入图斑", "Parcels counted"), 0, ("个", "")),
    "land.renewed_area_declared": (("同口径申报", "Declared, same parcels"), 2, ("亩", "mu")),
    "land.tax_per_mu": (("工业亩均税收", "Industrial tax per mu"), 2, ("万元/亩", "10,000 yuan/mu")),
    "land.double_agreement_rate": (("双合同签订率", "Both agreements"), 1, ("%", "%")),
    "land.farmland_cases_open": (("未销号占耕建房", "Open farmland cases"), 0, ("件", "")),
}
STEP_FACTORS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)


def render(book: Book) -> str:
    """Draw the land page."""
    by_town = _by_town(book)
    cards, figures = followed(book, FOLLOWED)
    label = ("各乡镇计入面积图", "Map of counted area by town")
    view = charted(book, layers(book, by_town), label, work(book, figures=figures))
    body = f'<p class="answer">{both(*_answer(book))}</p>{cards}{view.html}{tables(book, by_town)}'
    families = {look.FAMILY, "parcel_area"}
    if "land_cover_parcels" in book.tables:
        families |= {"land_cover_evidence"}
    return map_page(book, "land", body, view, unsure_of(book, families))


def layers(book: Book, by_town: pd.DataFrame | None = None) -> list[Layer]:
    """Give the layers of the page."""
    return [
        *base_map(book),
        *_by_town_and_year(book, _by_town(book) if by_town is None else by_town),
        *land_layers(book),
        *layers_of(book, "land", ("farmland_cases", "features", "actions")),
        *over_county(book, GROUPS["land"]),
    ]


def work(book: Book, **more: Any) -> Workspace:
    """Say what the page opens with."""
    return workspace(book, "land", "counted_towns", **more)


def _by_town(book: Book) -> pd.DataFrame:
    """Sum the counted 亩, a row a town in the ledger and a column a year; nothing counted is 0."""
    ledger = ledger_of(book)
    names = {town.code: town.name.zh for town in book.catalogue.county.towns}
    counted = ledger[ledger["counted_mu"].notna() & ledger["year"].notna()]
    town = counted["place"].map(names).fillna(counted["place"])
    kept = counted.assign(town=town)[town.isin(set(names.values()))]
    return kept.pivot_table(index="town", columns="year", values="counted_mu", aggfunc="sum", fill_value=0.0)


def _by_town_and_year(book: Book, by_town: pd.DataFrame) -> list[Drawn]:
    """Draw the counted 亩 of towns, a row a town and year; of several years the map shows the last."""
    boundaries = book.tables.get("boundaries")
    if boundaries is None or not by_town.size:
        return []
    towns = placed(boundaries[boundaries["level"] == "town"])
    if towns is None:
        return []
    edition = look.colours(book.editions, book.as_of)
    limits = _limits(float(by_town.max().max()))
    steps = look.ramp(edition, limits, ("亩", "mu"))
    years = by_town.columns.tolist()
    rows = pd.concat([towns[["name", "geometry"]]] * len(years), ignore_index=True)
    year = pd.Series([int(one) for one in years for _ in range(len(towns))], index=rows.index)
    known = by_town.T.reindex(columns=towns["name"])
    told = pd.Series(known.to_numpy().ravel(), index=rows.index)
    at = told.map(lambda one: steps[sum(one >= low for low in limits)].key, na_action="ignore")
    key = at.astype("object").fillna(look.NO_DATA).mask(told == 0, NONE_COUNTED.key)
    shown = Popup(
        rows["name"],
        headed("counted_by_town", {"year": year, "value": told}),
        year=year,
        added_m2=to_m2_of(told),
        town=rows["name"],
    )
    return [
        draw(
            rows, "counted_towns", ("各乡镇计入面积", "Counted area by town"), GROUP,
            [NONE_COUNTED, *steps, look.no_data(edition)], key, shown, pane="areas",
            head=described("name", "counted_by_town").head, state=described("counted_mu").head,
            means=("计入年度", "year counted"), last=True, note=LAST,
            files=files_with(book, "ledger"),
        )
    ]  # fmt: skip


def to_m2_of(mu: pd.Series) -> pd.Series:
    """Give m² of 亩, as the ledger counts them in whole 0.01 m²."""
    return pd.Series(to_m2(mu, "mu"), index=mu.index).round(CENTI)


def _limits(most: float) -> list[float]:
    """Round upper limits of equal steps up to `most`, each a short number times a power of ten."""
    raw = max(most, 1.0) / STEPS
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in STEP_FACTORS if factor * power >= raw)
    return [step * at for at in range(1, STEPS)]


def _answer(book: Book) -> Pair:
    year = max(book.years, default=book.as_of.year)
    value = figure_of(book, "land.renewed_area", str(year))
    if value is None:
        return f"{year} 年没有计入的更新面积数据。", f"There is no counted renewal area for {year}."
    running = so_far(book, year)
    head, tail = (f"（截至 {book.as_of}）", " so far") if running else ("", "")
    counting = counting_of(book.catalogue.targets)
    rule, lost = counting.words, _lost(book, counting, year)
    zh = f"{year} 年{head}盘活存量建设用地计入 {number(value)} 亩，{rule.zh}，重叠只计一次{lost[0]}。"
    en = (
        f"{number(value)} mu of construction land counted as reused in {year}{tail}, {rule.en}, overlaps once"
    )
    return zh, f"{en}{lost[1]}."


def _lost(book: Book, counting: Counting, year: int) -> Pair:
    """Say how many events of the year would count and have no parcel."""
    if "unmatched_events" not in book.tables:
        return "", ""
    lost = unmatched(book.tables["unmatched_events"], counting, year=year)
    if not len(lost):
        return "", ""
    n, mu = int(lost["n"].sum()), number(lost["area_mu"].sum())
    return (
        f"；另有 {n} 件、{mu} 亩没有图斑，未计入",
        f"; {n} more events, {mu} mu, have no parcel and do not count",
    )
