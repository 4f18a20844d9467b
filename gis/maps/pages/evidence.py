"""What each figure of the scorecard rests on: formula, clause, edition, the figures and the rows it is made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote

import pandas as pd

from gis.base.calendar import period_words
from gis.base.messages import Message
from gis.base.record_words import record_words
from gis.base.tables import SOURCE_COLUMNS
from gis.base.text import both
from gis.base.units import YES, unit_words
from gis.maps.book import Book, Pair, files_with, held, of_series, place_words, standard_names
from gis.maps.page import HOME, NAMES, filled, further, heads, named_editions, number, records, remark, shown
from gis.maps.pages.pictures import outline
from gis.maps.pages.sections import addresses
from gis.maps.pages.targets import EVIDENCE, GROUPS, SUBJECT_GROUPS, figure_title, of_towns

ROWS = 8
WITHHELD: Pair = (
    "记录不上页、不下载（不公开字段）",
    "records stay out of pages and downloads (withheld columns)",
)
UNKNOWN: Pair = (
    "记录不上页、不下载（图层不明）",
    "records stay out of pages and downloads (layer not known)",
)
DRAWN = ("parcels", "farmland_cases", "control_lines", "outfalls", "actions", "features")
PROVED = {
    "land.conflict": "area-proof", "water.cwqi": "cwqi", "water.outlook": "section-chances",
    "air.budget": "air-chances",
}  # fmt: skip
HEADS = heads(shown(None, "evidence", "source source_row part record"))
NONE: Pair = ("–", "–")
Rows = list[dict[str, Any]]


def address(figure_id: str) -> str:
    """Give the page of a figure and its place there, from the folder of the edition."""
    return f"{EVIDENCE}/{_subject(figure_id)}.html#{quote(figure_id)}"


def render(book: Book) -> dict[str, str]:
    """Draw a page a subject: `evidence/<subject>.html` → HTML, of every figure that the scorecard shows.

    Raises
    ------
    AssetError
        A page would load something from elsewhere.
    """
    listed = figures_shown(book)
    if not len(listed):
        return {}
    ids = set(listed["figure_id"])
    behind = book.evidence[book.evidence["figure_id"].isin(ids)]
    counts = behind.groupby("figure_id").size().to_dict()
    made: dict[str, Rows] = {}
    pieces = _rows(book, behind, ids)
    names = standard_names(book)
    for row in records(listed):
        id_ = str(row["figure_id"])
        one = _figure(book, row, names) | _made_of(book, pieces.get(id_, []), int(counts.get(id_, 0)))
        made.setdefault(_subject(id_), []).append(one)
    return {f"{EVIDENCE}/{name}.html": _page(book, name, figures) for name, figures in made.items()}


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
    aimed = set(targets.loc[~of_towns(book, targets), "figure_id"].dropna()) if len(targets) else set()
    return figures[own | figures["figure_id"].isin(aimed)]


def _subject(figure_id: str) -> str:
    first = figure_id.partition(".")[0]
    return first if first in SUBJECT_GROUPS else "actions"


def _rows(book: Book, behind: pd.DataFrame, ids: Collection[str]) -> dict[str, Rows]:
    """Give the first rows of each figure, some of each table: where they stand, what they say, where they are seen."""
    order = behind.groupby(["figure_id", "table"], sort=False).cumcount()
    first = behind.assign(order=order).sort_values("order", kind="stable").groupby("figure_id").head(ROWS)
    first = first.sort_index().reset_index(drop=True)
    words = pd.Series([*record_words(first, book.tables)], first.index, dtype="object")
    first = first.assign(record=words, layer=_layers(book, first))
    kept = {one.id: WITHHELD for one in book.catalogue.layers if one.about.withheld_columns} | held(book)
    values, pages = book.figures.set_index("figure_id")["value"].to_dict(), addresses(book)
    found: dict[str, Rows] = {}
    for row, seen in zip(records(first), _seen(book, first, pages), strict=True):
        source, line = str(row["source"]), row["source_row"]
        one: dict[str, Any] = {
            "source": source, "line": "" if pd.isna(line) else f"{int(line):,}", "share": number(row["part"], 4),
            "table": str(row["table"]), "up": "", "at": "", "record": NONE, "kept": None, "outline": "",
        }  # fmt: skip
        if row["table"] == "figures":
            page = pages.get(source.rpartition(".")[2])
            one["up"] = address(source) if source in ids else f"{page}#charts" if page else ""
            one["record"] = (f"= {number(values.get(source), 4)}",) * 2
        elif (why := UNKNOWN if not row["layer"] else kept.get(row["layer"])) is not None:
            one["kept"] = why  # a row whose layer is not known may be of any
        else:
            one |= {"at": seen, "record": (row["record"].zh, row["record"].en)}
            one["outline"] = _outline(book, seen) if row["table"] == "parcels" else ""
        found.setdefault(str(row["figure_id"]), []).append(one)
    return found


def _seen(book: Book, rows: pd.DataFrame, pages: Mapping[str, str]) -> list[str]:
    """Say where each row is seen: chosen on the map of a workspace, or its section or station in the chart."""
    groups = {one.id: one.group for one in book.catalogue.layers}
    found: dict[tuple[str, str, Any], str] = {}
    for table in set(rows["table"]) & {*DRAWN, "samples", "air_days"}:
        frame, own = book.tables.get(str(table)), rows[rows["table"] == table]
        if frame is None or not {"layer", *SOURCE_COLUMNS} <= set(frame.columns):
            continue
        place = frame.groupby("layer").cumcount() if table != "parcels" else range(len(frame))
        some = pd.DataFrame(frame).assign(place=place)
        some = some[some["source_row"].isin(own["source_row"]) & some["source"].isin(own["source"])]
        for row in records(some.drop(columns="geometry", errors="ignore")):
            name = "parcels" if table == "parcels" else str(row["layer"])
            page = {"water": "water", "air": "air"}.get(groups.get(str(row["layer"]), ""), "planner")
            told = f"{page} {name}:{row['place']}"
            if table == "samples":
                known = pages.get(str(row["section_id"])) or pages.get(str(row["section"]))
                told = f"{known}#charts" if known else ""
            elif table == "air_days":
                told = f"day {row['date'].year} {row['date'].month} {row['station']}"
            found.setdefault((str(table), str(row["source"]), row["source_row"]), told)
    keys = zip(rows["table"], rows["source"], rows["source_row"], strict=True)
    return [found.get((str(table), str(source), line), "") for table, source, line in keys]


def _outline(book: Book, seen: str) -> str:
    """Draw a parcel by its place on the planner's page; nothing where it has no polygon."""
    place = seen.rpartition(":")[2]
    shape = book.tables["parcels"]["geometry"].iloc[int(place)] if place else None
    if shape is None or shape.is_empty or not shape.geom_type.endswith("Polygon"):
        return ""
    return outline(shape)


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


def _made_of(book: Book, rows: Rows, total: int) -> dict[str, Any]:
    tables = dict.fromkeys(row["table"] for row in rows if row["table"] != "figures" and not row["kept"])
    return {
        "rows": rows,
        "total": f"{total:,}",
        "notes": [*dict.fromkeys(row["kept"] for row in rows if row["kept"])],
        "more": [files_with(book, one)[0] for one in tables] if total > len(rows) else None,
    }


def _figure(book: Book, row: dict[str, Any], names: Mapping[str, Message]) -> dict[str, Any]:
    id_, unit = str(row["figure_id"]), "" if pd.isna(row["unit"]) else str(row["unit"])
    digits = 0 if pd.isna(row["digits"]) else int(row["digits"])
    value = f"{number(row['value'], digits)} {both(*unit_words(unit))}"
    if unit == YES and not pd.isna(row["value"]):
        value = both("是", "yes") if row["value"] >= 1 else both("否", "no")
    anchor = next((one for stem, one in PROVED.items() if id_.startswith(stem)), "")
    checked = f'<a href="../method.html#{anchor}">{both(*NAMES["method"])}</a>' if anchor else ""
    facts = [
        (("公式", "Formula"), remark(row["formula"])), (("条款", "Clause"), remark(row["clause"])),
        (("依据", "Edition"), "" if pd.isna(row["edition"]) else named_editions(row["edition"], names)),
        (("样本数", "Samples"), "" if pd.isna(row["n"]) else f"{int(row['n']):,}"),
        (("核对", "Checked"), checked), (("说明", "Note"), remark(row["note"])),
    ]  # fmt: skip
    title = figure_title(book, str(row["indicator"]))
    return {
        "id": id_, "title": title, "place": _place(book, str(row["place"])), "facts": facts, "value": value,
        "period": period_words(str(row["period"])),
    }  # fmt: skip


def _place(book: Book, place: str) -> Pair | None:
    """Name the section of a figure that is not of the county."""
    sections = book.tables.get("sections")
    if place == book.catalogue.county.adcode or sections is None:
        return None
    names = sections.loc[sections["section_id"] == place, "name"]
    return (str(names.iloc[-1]),) * 2 if len(names) else place_words(book, place)


def _page(book: Book, name: str, figures: Rows) -> str:
    subject = GROUPS[name]
    heading = (f"依据 · {subject[0]}", f"Evidence: {subject[1].lower()}")
    body = filled("evidence.html", figures=figures, heads=HEADS)
    return further(book, f"{EVIDENCE}/{name}.html", heading, body, [HOME])
