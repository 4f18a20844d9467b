"""The numbers that each verb of the desk answers with, and the rows behind them: what 依据 is made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from gis.base.figures import evidence_of, rows_of
from gis.base.forecast import WORDS
from gis.base.messages import SEPARATORS, Message, Text, listed, shown
from gis.base.tables import Assessment, Tables
from gis.base.units import to_mu
from gis.desk.basis import Basis, Number, counts, of_figures, text_of
from gis.desk.phrases import phrase
from gis.desk.wording import word
from gis.land.line_editions import in_headline
from gis.standards import Edition, Editions, ids_of

if TYPE_CHECKING:
    from gis.air.surface import Surface
    from gis.desk.register import Register
    from gis.land.compare import Comparison
    from gis.land.overlay import Overlay

AS_OF, RULE = Message("截至", "as of"), Message("计入规则", "counting rule")
COUNTED = Message("符合的行数", "number of rows of this kind")
LEGAL = phrase("area_formula")
LEDGER = phrase("ledger_formula")
TOUCHED = phrase("touched_formula")
GROUND = Message("Σ 该期图形的椭球面积，重叠只计一次", "sum of the legal area of that edition, overlaps once")
CHANGE = Message("后期 − 前期", "after - before")
NO_TEXT = ""
BAD_LEFT = (
    Message("还允许的超标天数", "bad days still allowed"),
    Message("全年天数 × (1 − 目标) − 已超标天数", "days of the year × (1 - target) - bad days so far"),
)
PM25_LEFT = (
    Message("其余各日 PM2.5 须不高于", "PM2.5 the remaining days must not exceed"),
    Message("(目标 × 全年天数 − Σ 已有日均值) ÷ 剩余天数", "(target × days - sum so far) / days left"),
)
REST = phrase("rest_formula")
RATES = ("water.attainment_rate", "water.good_share", "water.worse_than_v_share")
YEARLY = ("air.good_day_rate", "air.bad_days", "air.pm25_mean")


def _as_of(last: dt.date) -> dict[Text, Text]:
    return {AS_OF: f"{last:%Y-%m-%d}"}


def area(parcels: gpd.GeoDataFrame, total: float, edition: Edition, last: dt.date) -> Basis:
    """Rest the total area on every parcel."""
    rows = evidence_of([rows_of("parcels", parcels, parcels["area_legal_m2"])])
    name, texts = Message("合计面积", "total area"), text_of(edition)
    whole = Number("total", name, total, "m²", LEGAL, texts, rows)
    mu = Message("m² ÷ (2000/3)，相加后一次换算", "m² / (2000/3), converted once after adding")
    in_mu = Number("mu", name, float(to_mu(total)), "亩", mu, texts, made_of=["total"])
    return Basis([in_mu, whole], {"parcels": parcels}, _as_of(last))


def ledger(made: Register, listed: pd.DataFrame | None, edition: Edition) -> Basis:
    """Rest what counts, and this year's part, on the events that count and on the parcels they are about."""
    book, last = made.book, made.last
    read: dict[str, pd.DataFrame] = {"parcels": book.parcels}
    if listed is not None:
        read["ledger_events"] = listed
    now = book.counted["year"] == last.year
    this_year = Message("{year} 年计入面积", "area counted in {year}", year=last.year)
    numbers = [
        _counted(made, "all", Message("计入面积", "counted area"), book.counted, edition),
        _counted(made, "year", this_year, book.counted[now], edition),
    ]
    return Basis(numbers, read, _as_of(last) | {RULE: made.rule})


def _counted(made: Register, key: str, name: Text, rows: pd.DataFrame, edition: Edition) -> Number:
    parts = [rows_of(str(table), some, some["area_mu"]) for table, some in rows.groupby("table")]
    plots = made.book.parcels
    about = plots[plots["parcel_id"].isin(rows.loc[rows["table"] != "parcels", "parcel_id"])]
    total = float(to_mu(rows["area_m2"].sum()))
    how = Message("{rule}：{ledger}", "{rule}: {ledger}", rule=made.rule, ledger=LEDGER)
    behind = evidence_of([*parts, rows_of("parcels", about)])
    return Number(key, name, total, "亩", how, text_of(edition), behind)


def touches(
    cut: Overlay, parcels: gpd.GeoDataFrame, lines: gpd.GeoDataFrame, edition: Edition, last: dt.date
) -> Basis:
    """Rest what each kind of line is touched by on the parcels and the lines, piece by piece."""
    from gis.land.conflicts import conflict_area

    known = cut.pieces[in_headline(cut.pieces)]
    numbers = []
    for kind, some in known.groupby("line_type", sort=True):
        total = float(to_mu(conflict_area(gpd.GeoDataFrame(some), edition)["area_m2"].sum()))
        rows = parcels.iloc[some["parcel"].to_numpy("int64")]
        met = lines[(lines["line_type"] == kind) & lines["line_id"].isin(some["line_id"])]
        behind = evidence_of([rows_of("parcels", rows, some["own_mu"]), rows_of("control_lines", met)])
        name = Message("涉及{zh}", "touching {en}", zh=word("line_type", kind), en=kind)
        texts = str(listed([text_of(edition), *some["clause"].dropna().unique()], *SEPARATORS))
        numbers.append(Number(str(kind), name, total, "亩", TOUCHED, texts, behind))
    if len(numbers) != 1:
        whole = gpd.GeoDataFrame(known.assign(line_type="all"))
        total = float(to_mu(conflict_area(whole, edition)["area_m2"].sum())) if len(known) else 0.0
        union = Message("各类控制线涉及部分的并集", "the union of what touches any kind of line")
        name, parts = Message("涉及合计", "touching in all"), [number.key for number in numbers]
        numbers.insert(0, Number("all", name, total, "亩", union, text_of(edition), made_of=parts))
    return Basis(numbers, {"parcels": parcels, "control_lines": lines}, _as_of(last))


def changes(made: Comparison, before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, edition: Edition) -> Basis:
    """Rest the change of area on the polygons of both editions."""
    from gis.land.area import legal_area, round_parcels

    verdict, numbers, texts = made.verdict.iloc[0], [], text_of(edition)
    for key, name, layer in (
        ("before", Message("前期面积", "area before"), before), ("after", Message("后期面积", "area after"), after),
    ):  # fmt: skip
        area = round_parcels(legal_area(layer.geometry, edition), edition)
        rows = evidence_of([rows_of(key, layer, area / (2000 / 3))])
        numbers.append(Number(key, name, float(verdict[f"area_{key}_mu"]), "亩", GROUND, texts, rows))
    change, parts = float(verdict["change_mu"]), ["before", "after"]
    whole = Number("change", Message("变化", "change"), change, "亩", CHANGE, texts, made_of=parts)
    return Basis([whole, *numbers], {"before": before, "after": after})


def named(used: Iterable[str], known: Editions) -> str:
    """Give standards, clauses and ids of editions that a result names by id."""
    wanted = {id_ for cell in dict.fromkeys(used) for id_ in ids_of(cell)}
    return text_of(*(edition for edition in known.all if edition.id in wanted))


def words(told: tuple[pd.Series, pd.Series | None], table: str, rows: pd.DataFrame, texts: str, last: dt.date,
          how: Text = COUNTED) -> Basis:  # fmt: skip
    """Rest the count of each word, a class, a category or a verdict, on the records of that word.

    Parameters
    ----------
    told
        The word of each row, and the value of the row that it rests on, in the order of `rows`.
    """
    values, part = told
    known = values.notna().to_numpy()
    behind = evidence_of([rows_of(table, rows, part)])
    numbers = counts(values[known], behind[known], Message("行", "rows"), how, texts)
    return Basis(numbers, {table: rows}, _as_of(last))


def cover(judged: pd.DataFrame, parcels: pd.DataFrame, edition: Edition, last: dt.date) -> Basis:
    """Rest the parcels of each verdict of the images on their rows."""
    verdicts = judged["image_verdict"].map(lambda code: word("image_verdict", code), na_action="ignore")
    how = Message("该判断的宗数", "parcels of this verdict")
    rows = parcels.reset_index(drop=True)
    return words((verdicts, judged.get("valid_share")), "parcels", rows, text_of(edition), last, how)


def periods(
    made: Assessment, indicators: Sequence[str], period: str | None, tables: Tables, last: dt.date
) -> Basis:
    """Rest the figures of some indicators in a period, or in the last they have, on their records."""
    own = made.figures[made.figures["indicator"].isin(list(indicators))]
    if period is None or not own["period"].eq(period).any():
        period = max(own["period"].astype("str"), default="")
    return Basis(of_figures(made, own.loc[own["period"] == period, "figure_id"]), tables, _as_of(last))


def trends(made: Assessment, found: pd.DataFrame, tables: Tables, last: dt.date) -> Basis:
    """Rest the number of clear series on their tests and on the readings of each section and year."""
    clear = found[found[["direction", "mk_direction"]].isin(["rising", "falling"]).any(axis=1)]
    known = set(made.figures["figure_id"])
    where = made.figures[made.figures["indicator"].str.startswith("water.trend_")]
    places = clear["section_id"].astype("object").fillna(clear["name"].astype("object"))
    wanted = set(zip(clear["indicator"], places, strict=True))
    pairs = zip(where["indicator"].str.rpartition(".")[2], where["place"], strict=True)
    ids = [id_ for id_, pair in zip(where["figure_id"], pairs, strict=True) if pair in wanted]
    readings = made.figures.loc[made.figures["indicator"] == "water.section_readings", "figure_id"].tolist()
    how = phrase("clear_trends")
    name, parts = (
        Message("显著变化的序列", "series with a clear change"),
        [id_ for id_ in ids if id_ in known],
    )
    first = Number("clear", name, float(len(clear)), "", how, NO_TEXT, made_of=parts)
    return Basis([first, *of_figures(made, [*ids, *readings])], tables, _as_of(last))


def outlook(own: pd.DataFrame, samples: pd.DataFrame, editions: Editions, last: dt.date) -> Basis:
    """Rest an outlook on the records of the section, those of this year with the reading of each indicator."""
    row = own.iloc[0]
    by_id = samples["section_id"].eq(row["section_id"]).fillna(False) & pd.notna(row["section_id"])
    records = samples[by_id | samples["section"].eq(row["name"]).fillna(False)]
    records = records[records["sampled_at"] < pd.Timestamp(last) + pd.Timedelta(days=1)]
    this = records[records["sampled_at"].dt.year == last.year]
    rules = editions.in_force("outlook", last)
    how = phrase("months_left")
    numbers: list[Number] = []
    for one in own[own["indicator"] != "all"].drop_duplicates("indicator").to_dict("records"):
        if one["indicator"] not in this:
            continue
        values = this[one["indicator"]].dropna()
        edition = editions.get(one["edition"])
        numbers.append(Number(
            str(one["indicator"]), Message("{name} 至今", "{name} so far", name=shown(str(one["indicator_name"]))),
            float(one["mean_so_far"]), "", how, text_of(edition, rules),
            evidence_of([rows_of("samples", this.loc[values.index], values)]),
        ))  # fmt: skip
    told = [
        Number(f"word{at}", Message("判断：{word}", "outlook: {word}", word=Message(*WORDS[str(one["state"])])),
               None, "", REST, text_of(rules), made_of=[number.key for number in numbers])
        for at, one in enumerate(own[own["indicator"] == "all"].to_dict("records"))
    ]  # fmt: skip
    past = records[records["sampled_at"].dt.year < last.year]
    history = phrase("past_records")
    name, rows = Message("往年记录", "records of past years"), evidence_of([rows_of("samples", past)])
    numbers.append(Number("past", name, float(len(past)), "", history, text_of(rules), rows))
    return Basis([*told, *numbers], {"samples": samples}, _as_of(last))


def budget(rows: pd.DataFrame, made: Assessment, tables: Tables, editions: Editions, last: dt.date) -> Basis:
    """Rest what the year has left on the good and bad days and the mean so far, and these on their records."""
    rules, numbers, ids = editions.in_force("outlook", last), [], []
    for row in rows.to_dict("records"):
        good = row["goal"] == "good_days"
        if not good and row["goal"] != "pm25":
            continue
        own = made.figures[made.figures["indicator"].eq("air.bad_days" if good else "air.pm25_mean")]
        behind = own.loc[own["period"] == str(last.year), "figure_id"].tolist()
        value, unit = (row["bad_days_left"], "d") if good else (row["pm25_needed"], "µg/m³")
        name, how = BAD_LEFT if good else PM25_LEFT
        number = None if pd.isna(value) else float(value)
        texts = str(listed([*filter(None, (named([row["edition"]], editions), text_of(rules)))], *SEPARATORS))
        numbers.append(Number(str(row["goal"]), name, number, unit, how, texts, made_of=behind))
        ids += behind
    return Basis([*numbers, *of_figures(made, ids)], tables, _as_of(last))


def surface(made: Surface, found: tuple[str, pd.DataFrame], item: str, texts: str, last: dt.date) -> Basis:
    """Rest the surface and its error on the days or hours of the stations in the year."""
    kind, table = found
    day = table["date"] if "date" in table else table["time"] - pd.Timedelta(minutes=1)
    rows = table[
        (day.dt.year == last.year) & (day < pd.Timestamp(last) + pd.Timedelta(days=1)) & table[item].notna()
    ]
    how = phrase("surface_formula")
    name, behind = Message("留一法误差 RMSE", "leave-one-out error RMSE"), rows_of(kind, rows, rows[item])
    rmse = Number("rmse", name, float(made.rmse), "µg/m³", how, texts, evidence_of([behind]))
    return Basis([rmse], {kind: table}, _as_of(last))
