"""The land page: counted 亩 by town, the ledger, overlaps, tolerance, land cover and tax per 亩."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd

from gis import look
from gis.base.stored_words import word_of, words_of
from gis.base.tables import SOURCE_COLUMNS
from gis.base.text import both
from gis.base.units import shown_sum, to_m2
from gis.land.counting import Counting, counting_of
from gis.land.summary import unmatched
from gis.look import Mark
from gis.maps.book import Book, Pair, figure_of, held, of_series, place_words, rows_of, so_far, year_words
from gis.maps.charts import Goal, Series, figure, key, over_time
from gis.maps.layers import (
    GROUPS,
    Drawn,
    Popup,
    categories,
    fields,
    headed,
    laid,
    paired,
    placed,
    whole,
)
from gis.maps.mapview import OnMap, Workspace, base_map, charted, layers_of, workspace
from gis.maps.page import (
    Column,
    Row,
    data_of,
    day,
    drawn,
    each,
    edition_page,
    flagged,
    number,
    origin,
    records,
    remark,
    rows_in,
    shower,
    shown,
    table,
    unsure_of,
    words,
)
from gis.maps.pages.pictures import over_county

STEPS = 5
NONE_COUNTED = Mark("none_counted", "本年无计入", "none counted", line="#8A97A3", fill="#FFFFFF")
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
COUNTED = "date place category event claimed_mu overlap_m2 area_mu declared_mu document_no"
AREAS = "town area_declared_mu area_legal_mu difference_mu area_legal_m2 area_planar_m2 area_geodesic_m2"
WITHIN: dict[bool, tuple[str, Pair]] = {
    True: ("met", ("限差内", "within")),
    False: ("missed", ("超限差", "outside")),
}
TOWNS = "counted_by_town"
LISTED = 300
MU_DIGITS = 2
UNKNOWN = "unknown"
COUNTY: Pair = ("全市合计", "County total")
NOT_COUNTED: Pair = ("未计入", "not counted")
NO_STATE: Pair = ("无状态", "no state")
LEDGER = ["place", "category", "state", "year", "parcels", "area_legal_mu", "area_declared_mu", "counted_mu"]
SO_FAR: Pair = ("累计计入", "Counted so far")
PATH: Pair = (
    "应达（按时序；没有时序的按全年均匀推算，自拟）",
    "Due (timetable, else even over the year, our proposal)",
)
PATH_COLOUR = "#a85100"
AGAINST = "not_supported"


def render(book: Book) -> str:
    """Draw the land page."""
    by_town = _by_town(book)
    cards, figures = followed(book, FOLLOWED)
    label = ("各乡镇计入面积图", "Map of counted area by town")
    view = charted(book, layers(book, by_town), label, work(book, figures=figures))
    body = f'<p class="answer">{both(*_answer(book))}</p>{cards}{view.html}{_tables(book, by_town)}'
    families = {look.FAMILY, "parcel_area"}
    if "land_cover_parcels" in book.tables:
        families |= {"land_cover_evidence"}
    return edition_page(book, "land", body, unsure_of(book, families), view)


def layers(book: Book, by_town: pd.DataFrame | None = None) -> list[OnMap]:
    """Give the layers of the page."""
    return [
        *base_map(book),
        *_by_town_and_year(book, _by_town(book) if by_town is None else by_town),
        *_parcel_layers(book),
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
    marks = [NONE_COUNTED, *steps, look.no_data(edition)]
    return [laid(book, rows, "counted_towns", marks, key, shown)]


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


def followed(
    book: Book, titles: Mapping[str, tuple[Pair, int, Pair]]
) -> tuple[str, dict[str, dict[str, dict[str, str]]]]:
    """Give cards of figures that follow the year and the town chosen, and what they show: card → place → year → text.

    Parameters
    ----------
    titles
        Indicator → its name, decimals and unit.
    """
    rows = book.figures_of(titles)
    rows = rows[of_series(book, rows) & rows["period"].str.fullmatch(r"\d{4}") & rows["value"].notna()]
    found: dict[str, dict[str, dict[str, str]]] = {}
    for row in records(rows.sort_values("period")):
        told = number(row["value"], titles[row["indicator"]][1])
        found.setdefault(row["indicator"], {}).setdefault(str(row["place"]), {})[row["period"]] = told
    county = book.catalogue.county.adcode
    cards = [
        f'<div data-figure="{id_}"><p class="k">{both(*title)} <span class="when">{both(*year_words(book, int(year)))}'
        f'</span></p><p class="v"><span class="told">{found[id_][county][year]}</span>'
        f'<span class="unit">{both(*unit)}</span></p></div>'
        for id_, (title, _, unit) in titles.items()
        if found.get(id_, {}).get(county)
        for year in [max(found[id_][county])]
    ]
    return f'<div class="strip">{"".join(cards)}</div>', found


def _parcel_layers(book: Book) -> list[Drawn]:
    """Draw the parcels that were counted and the tolerance of every parcel; nothing where there are none."""
    parcels = whole(book.tables.get("parcels"))
    return [] if parcels is None else [*_counted(book, parcels), *_tolerance(book, parcels)]


def _counted(book: Book, parcels: gpd.GeoDataFrame) -> list[Drawn]:
    if (found := rows_of(book, "counted")) is None:
        return []
    few = next(iter(held(book, "ledger_events").values()), None)
    if few:
        found = found.drop(columns=["document_no", *SOURCE_COLUMNS], errors="ignore")
    shapes = parcels.drop_duplicates("parcel_id").set_index("parcel_id").geometry
    rows = found.sort_values("date", kind="stable").reset_index(drop=True)
    frame = gpd.GeoDataFrame(
        rows, geometry=shapes.reindex(rows["parcel_id"]).to_numpy(), crs=parcels.crs or "EPSG:4490"
    )
    told = {
        "category": categories(frame),
        "date": frame["date"],
        "place": _town_names(book, frame["place"]),
        "event": paired(frame["event"], "ledger_events", "event"),
    }
    told_ = fields(frame, "counted", COUNTED, told)
    shown = Popup(
        frame["parcel_id"],
        headed("counted", told_),
        year=frame["date"].dt.year,
        added_m2=frame.get("area_m2"),
        town=told_["place"],
        category=told_.get("category"),
    )
    marks = look.marks(look.colours(book.editions, book.as_of), "parcel_state")
    named = {event: replace(marks[event], zh=word_of(event, "event")[0], en=word_of(event, "event")[1])
             for event in marks if event in set(frame["event"])}  # fmt: skip
    more = {"files": (), "note": few} if few else {}
    return [laid(book, frame, "counted", list(named.values()), frame["event"], shown, **more)]


def _tolerance(book: Book, parcels: gpd.GeoDataFrame) -> list[Drawn]:
    if "difference_mu" not in parcels:
        return []
    frame = parcels[parcels["difference_mu"].notna()].reset_index(drop=True)
    town, nothing = _town_names(book, frame["town"]), pd.Series(float("nan"), index=frame.index)
    told = fields(frame, "parcels", AREAS, {"town": town})
    shown = Popup(
        frame["parcel_id"],
        headed("parcels", {name: told.get(name, nothing) for name in AREAS.split()}),
        year=frame["plan_year"],
        town=town,
        category=categories(frame),
    )
    edition = look.colours(book.editions, book.as_of)
    states = look.marks(edition, "state")
    marks = [replace(states[key], zh=told[0], en=told[1]) for key, told in WITHIN.values()]
    key = frame["within_tolerance"].map({one: states[key].key for one, (key, _) in WITHIN.items()})
    key = key.astype("object").fillna(look.NO_DATA)
    return [laid(book, frame, "tolerance", [*marks, look.no_data(edition)], key, shown)]


def _town_names(book: Book, places: pd.Series) -> pd.Series:
    """Name towns as they are drawn, found by code or name."""
    return places.map({one: place_words(book, one)[0] for one in places.dropna().unique()}).astype("object")


def _tables(book: Book, by_town: pd.DataFrame) -> str:
    """Draw every table of the land page.

    Parameters
    ----------
    by_town
        Counted 亩, a row a town (Chinese name), a column a year.
    """
    return (
        f"{_town_table(book, by_town)}{_pace(book)}{_curves(book)}"
        f'<div class="pair">{_ledger(book)}{_tax(book)}</div>'
        f'<div class="pair">{_explained(book)}{_overlaps(book)}</div>{_image_tables(book)}'
        f'<div class="pair">{_events(book)}{_tax_left_out(book)}</div>'
    )


def ledger_of(book: Book) -> pd.DataFrame:
    """Give the computed ledger; empty with its columns where nothing was computed."""
    found = book.tables.get("ledger")
    return pd.DataFrame(columns=LEDGER) if found is None or not len(found) else pd.DataFrame(found)


def _town_table(book: Book, by_town: pd.DataFrame) -> str:
    years = by_town.columns.tolist()
    total = [figure_of(book, "land.renewed_area", str(int(year))) for year in years]
    known = [one for one in total if one is not None]
    order = [town.name.zh for town in book.catalogue.county.towns if town.name.zh in by_town.index]
    lines = [(shower(town, place_words(book, town)), pd.Series(by_town.loc[town])) for town in order]
    lines += [(both("未知", "unknown"), row) for row in _unknown(book, years)]
    rows = [_line(f"<b>{both(*COUNTY)}</b>", years, total, sum(known), bold=True)]
    rows += [_line(name, years, row.tolist(), row.sum()) for name, row in lines]
    rows += _of_rounding([row for _, row in lines], years, total)
    strong = each(" ".join(map(str, years)), _strong)
    columns = [
        *shown(book, TOWNS, "name", name=lambda row: row["name"]),
        *(Column(year_words(book, int(year)), strong[str(year)], True, str(year)) for year in years),
        *shown(book, TOWNS, "sum", sum=lambda row: _strong(row, "sum")),
    ]
    title = (
        f"各乡镇各年计入面积（亩，重叠只计一次，截至 {book.as_of}）",
        f"Counted area by town and year (mu, overlaps once, to {book.as_of})",
    )
    return drawn("by-town", title, columns, rows if years else [])


def _line(name: str, years: list[Any], values: Sequence[Any], total: float, *, bold: bool = False) -> Row:
    return {"name": name, **dict(zip(map(str, years), values, strict=True)), "sum": total, "bold": bold}


def _strong(row: Row, name: str) -> str:
    """Show 亩, those of the county in bold."""
    return f"<b>{number(row[name])}</b>" if row["bold"] else number(row[name])


def _of_rounding(lines: list[pd.Series], years: list[Any], total: list[float | None]) -> list[Row]:
    """Give the line of what the shown lines add up to, where that is not the shown total of a year."""
    added = [shown_sum(of_year, MU_DIGITS) for of_year in zip(*lines, strict=True)]
    known = [0.0 if one is None else one for one in total]
    same = all(number(one) == number(two) for one, two in zip(added, known, strict=True))
    if same or not lines:
        return []
    told = both(
        "各行所示之和（合计按 m² 相加后一次换算）", "Sum of the lines as shown (the total is converted once)"
    )
    return [_line(told, years, added, sum(added))]


def _unknown(book: Book, years: list[Any]) -> list[pd.Series]:
    ledger = ledger_of(book)
    rows = ledger[ledger["place"].eq(UNKNOWN) & ledger["year"].notna() & ledger["counted_mu"].notna()]
    return [rows.groupby("year")["counted_mu"].sum().reindex(years, fill_value=0.0)] if len(rows) else []


def _ledger(book: Book) -> str:
    ledger = ledger_of(book)
    states = look.marks(look.colours(book.editions, book.as_of), "parcel_state")
    places = {one for town in book.catalogue.county.towns for one in (town.code, town.name.zh)} | {UNKNOWN}
    summed = (
        ledger[ledger["place"].isin(places)]
        .groupby(["year", "category", "state"], dropna=False, observed=True)[LEDGER[4:]]
        .sum(min_count=1)
        .reset_index()
        .sort_values(
            ["year", "category", "state"], ascending=[False, True, True], na_position="last", kind="stable"
        )
    )
    return table(
        book, "ledger", summed,
        year=lambda row: both(*NOT_COUNTED) if pd.isna(row["year"]) else words(row["year"]),
        state=lambda row: flagged(states[row["state"]]) if row["state"] in states else both(*NO_STATE),
    )  # fmt: skip


def _tax(book: Book) -> str:
    found = book.tables.get("tax_by_place")
    if found is None and book.public:
        return ""
    frame = pd.DataFrame() if found is None else pd.DataFrame(found)
    if len(frame):
        rank = frame["level"].map({"county": 0, "town": 1, "zone": 2}).fillna(3)
        frame = frame.assign(_rank=rank).sort_values(
            ["year", "_rank", "tax_per_mu"], ascending=[False, True, False]
        )
    rows = [{**row, "growth": _growth(book, row)} for row in records(frame)]
    return table(book, "tax", rows, place=lambda row: both(*_tax_place(book, row)), payers_used=_payers)


def _tax_place(book: Book, row: dict[str, Any]) -> Pair:
    if row["level"] == "county":
        county = book.catalogue.county.name
        return county.zh, county.en
    return place_words(book, row.get("place_code") or row["place"], row["place"])


def _growth(book: Book, row: dict[str, Any]) -> float | None:
    code = row.get("place_code")
    place_ = None if row["level"] == "county" else str(code)
    return figure_of(book, "land.tax_per_mu_growth", str(row["year"]), place_)


def _payers(row: dict[str, Any]) -> str:
    return f"{number(row.get('payers_used'), 0)} / {number(row.get('payers'), 0)}"


def _overlaps(book: Book) -> str:
    return table(book, "overlaps", rows_in(book, "overlaps"))


def _explained(book: Book) -> str:
    """Say why the areas beside each other differ, as the edition of the formula has it."""
    found = book.tables.get("parcels")
    if found is None or "difference_mu" not in found:
        return ""
    told = book.editions.in_force("parcel_area", book.as_of).data.get("explained", ())
    title = both("同一地块的面积（m²）为何不同", "Why the areas (m²) of one parcel differ")
    points = "".join(f"<li>{both(one['zh'], one['en'])}</li>" for one in told)
    return f'<section class="twin"><div class="caption"><h2>{title}</h2></div><ul>{points}</ul></section>'


def _pace(book: Book) -> str:
    if (found := rows_of(book, "renewal_pace")) is None:
        return ""
    aims = book.targets_of("land")
    of_county = aims["place"] == book.catalogue.county.adcode
    titles = aims[of_county].drop_duplicates("target_id").set_index("target_id")
    return table(
        book, "renewal-pace", found[found["target_id"].isin(titles.index)],
        target_id=lambda row: both(*titles.loc[row["target_id"], ["title_zh", "title_en"]]),
    )  # fmt: skip


def _events(book: Book) -> str:
    rows = [
        {**row, "reason": name} for name in ("unmatched_events", "undated") for row in rows_in(book, name)
    ]
    return table(book, "uncounted-events", rows, kept=held(book, "ledger_events"), source=origin)


def _tax_left_out(book: Book) -> str:
    if "tax_left_out" not in book.tables and book.public:
        return ""
    return table(
        book, "tax-left-out", rows_in(book, "tax_left_out")[:LISTED], kept=held(book, "tax"), source=origin,
        reason=lambda row: remark(row["reason"]),
    )  # fmt: skip


def _curves(book: Book) -> str:
    """Draw the curve of every target of renewal; nothing where there is none."""
    if (found := rows_of(book, "renewal_curve")) is None:
        return ""
    aims = book.targets_of("land")
    of_county = aims["place"] == book.catalogue.county.adcode
    named = aims[of_county].drop_duplicates("target_id")
    titles: dict[str, Pair] = {
        str(id_): (str(zh), str(en))
        for id_, zh, en in zip(named["target_id"], named["title_zh"], named["title_en"], strict=True)
    }
    drawn = [
        _chart(titles[str(id_)], str(period), rows, book.as_of)
        for (id_, period), rows in found.groupby(["target_id", "period"], sort=False)
        if str(id_) in titles
    ]
    head = both(
        "累计计入面积与计划路径（亩，按月末）",
        "Counted area beside the plan's path (mu, at the end of each month)",
    )
    return (
        f'<section class="twin" id="renewal-curve"><div class="caption"><h2>{head}</h2></div>'
        f'{key([_counted_series(found), _path(found)])}<div class="charts">{"".join(drawn)}</div>'
        f"{data_of(book, 'renewal_curve')}</section>"
    )


def _chart(title: Pair, period: str, rows: pd.DataFrame, as_of: dt.date) -> str:
    goal = float(rows["expected_mu"].iloc[-1])
    span = (pd.Timestamp(int(period), 1, 1), rows["month"].max() + pd.Timedelta(days=1))
    goals = [Goal(goal, (f"目标 {number(goal)}", f"goal {number(goal)}"))]
    heard = (f"{title[0]} {period}：累计计入面积", f"{title[1]} {period}: counted area")
    drawing = over_time([_counted_series(rows), _path(rows)], span, heard, goals=goals)
    known = rows[rows["counted_mu"].notna()]
    if known.empty:
        return ""
    last = known.iloc[-1]
    counted, path = number(last["counted_mu"]), number(last["expected_mu"])
    until = min(last["month"], pd.Timestamp(as_of))
    ahead = until < last["month"]
    told = both(
        f"{title[0]} {period}：{day(until)} 累计计入 {counted} 亩，{'月末' if ahead else ''}路径为 {path} 亩",
        f"{title[1]} {period}: {counted} mu counted by {day(until)}, the path stands at {path} mu"
        f"{' at the end of the month' if ahead else ''}",
    )
    return figure(drawing, told)


def _counted_series(rows: pd.DataFrame) -> Series:
    return Series(SO_FAR, _at(rows, "counted_mu"))


def _path(rows: pd.DataFrame) -> Series:
    return Series(PATH, _at(rows, "expected_mu"), "line", PATH_COLOUR)


def _at(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    return pd.DataFrame({"at": rows["month"], "value": rows[name]}).reset_index(drop=True)


def _image_tables(book: Book) -> str:
    """Draw the counts, the parcels whose image contradicts the declaration, and the new built-up patches."""
    if (found := rows_of(book, "land_cover_parcels")) is None:
        return ""
    return f'<div class="pair">{_counts(book)}{_built(book)}</div>{_patches(book)}{_against(book, found)}'


def _dates(book: Book) -> Pair:
    """Name the two days that the rasters are of."""
    covers = [one for one in book.catalogue.of_kind("land_cover") if one.id not in book.withheld]
    days = sorted(day for one in covers if (day := one.date or one.about.date) and day <= book.as_of)
    return (f"{days[0]} 与 {days[-1]}", f"{days[0]} and {days[-1]}") if days else ("前后", "before and after")


def _counts(book: Book) -> str:
    year = str(book.as_of.year)
    rows = [
        {"told": told, "count": figure_of(book, f"land.image_parcels.{key}", year)}
        for key, told in words_of("image_verdict").items()
    ]
    zh, en = _dates(book)
    return table(book, "image-verdicts", rows, {"zh": zh, "en": en}, told=_told)


def _built(book: Book) -> str:
    year = str(book.as_of.year)
    lines = look.marks(look.colours(book.editions, book.as_of), "line")
    rows: list[dict[str, Any]] = [
        {
            "told": (mark.zh, mark.en),
            "count": count,
            "mu": figure_of(book, f"land.new_built_area.{key}", year),
        }
        for key, mark in lines.items()
        if (count := figure_of(book, f"land.new_built_patches.{key}", year)) is not None
    ]
    if not rows:
        return ""
    zh, en = _dates(book)
    return table(book, "new-built", rows, {"zh": zh, "en": en}, told=_told)


def _patches(book: Book) -> str:
    if (found := rows_of(book, "land_cover_patches")) is None:
        return ""
    lines = look.marks(look.colours(book.editions, book.as_of), "line")
    rows = records(pd.DataFrame(found.drop(columns="geometry")).head(LISTED))
    return table(
        book, "new-built-patches", rows, {"n_rows": len(rows), "n_found": len(found)}, source=origin,
        line_type=lambda row: both(lines[row["line_type"]].zh, lines[row["line_type"]].en),
    )  # fmt: skip


def _against(book: Book, found: pd.DataFrame) -> str:
    rows = found[found["image_verdict"] == AGAINST].sort_values(
        ["area_declared_mu", "parcel_id"], ascending=[False, True], kind="stable"
    )
    listed = records(rows.head(LISTED))
    told = f"{len(listed):,} / {len(rows):,}"
    return table(book, "image-against", listed, {"told": told}, source=origin)


def _told(row: Row) -> str:
    return both(*row["told"])
