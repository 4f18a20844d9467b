"""`gis water`: the class of each record, and months, 1–N月累计 and years, from any file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gis.base.messages import Message
from gis.cli import desk, water_more, year
from gis.cli.console import aside, guard, say, show
from gis.cli.options import AsOf, EditionId, Files, Layers, Output
from gis.cli.reading import Reading, reading
from gis.cli.water_records import monitored
from gis.cli.wording import period_word, word

if TYPE_CHECKING:
    import pandas as pd

    from gis.cli.evidence import Basis
    from gis.ingest import Ingested
    from gis.standards import Editions

app = typer.Typer(help="水 · Water class of each record, and of months and years.", no_args_is_help=True)
app.command()(year.outlook)
app.command()(water_more.lakes)
app.command()(water_more.trend)
app.command()(water_more.index)

FAMILY = "surface_water_limits"
WORST = Message(
    "该类别的记录数；类别取参评项目中最差的一项（单因子评价）",
    "records of the class, which is that of the worst of the rated indicators",
)
AUTOMATIC = "automatic"
Sections = Annotated[
    Path | None,
    typer.Option("--sections", help="The section list: name or code, river or lake, level, target class."),
]
PERIODS = [
    "name", "period", "water_class", "class_as_river", "class_as_lake", "deciding_indicators", "main_pollutants",
    "target_class", "attainment", "to_check", "hangs_on", "months_used", "n_days", "not_assessed",
]  # fmt: skip
SHEETS = {
    "water_rates": Message("比率", "rates"),
    "section_changes": Message("变化", "changes"),
    "water_rate_changes": Message("比例变化", "shares"),
    "sample_flags": Message("可疑值", "suspect"),
    "source_limits": Message("水源地", "sources"),
}
SHOWN = [
    "water_class", "deciding_indicators", "main_pollutants", "class_as_river", "class_as_lake", "published_differs",
    "suspect",
]  # fmt: skip
SOURCES = ["section", "sampled_at", "indicator", "value", "limit", "met", "note"]
RATES = [
    "period", "n_listed", "n_assessed", "attainment_rate", "good_share", "worse_share", "to_check", "left_out",
]  # fmt: skip


@app.command()
@guard
@reading
def classify(
    files: Files,
    how: Reading,
    sections: Sections = None,
    edition: EditionId = None,
    layers: Layers = None,
    as_of: AsOf = None,
    output: Output = None,
) -> None:
    """Class, deciding indicators and 超标倍数 of each record; river or lake unknown: both classes.

    Example: gis water classify 手工监测.xlsx --sections 断面清单.xlsx -o 类别.xlsx
    """
    from gis.water.sections import keyed_sections, keys_of, kinds_of, with_stated

    found, listed = monitored(files, sections, how, every_reading=True)
    listed = keyed_sections(listed)
    last = desk.last_day({"samples": found.table}, as_of)
    samples = desk.until(found.table, found.table["sampled_at"], last)
    keys = keys_of(samples, listed)
    listed = with_stated(listed, samples.assign(key=keys))
    kinds = kinds_of(keys, listed)
    editions = desk.editions(FAMILY, edition, layers)
    added, sheets = _classes(samples.assign(key=keys), kinds, found, listed, editions)
    notes = [
        desk.as_of_note(last),
        *_told(samples, added, kinds, editions),
        *_told_of_doubts(added, sheets),
        *desk.unsure(editions, _texts_used(added["edition"], editions, last, sheets)),
    ]
    made = desk.beside(found, added)
    columns = desk.first_and(found, added[SHOWN])
    title = Message("{name} 水质类别", "{name} water class", name=desk.name_of(files))
    first = _counts(added, samples["published_class"])

    def basis() -> Basis:
        from gis.cli import behind

        told = added["water_class"].map(lambda one: word("water_class", one), na_action="ignore")
        texts = "；".join(dict.fromkeys(added["edition"].dropna()))
        return behind.words(
            (told, added["water_class"]), "samples", samples, behind.named(texts, editions), last, WORST
        )

    result = desk.Result(made, title, notes, columns, sheets=sheets, headline=first, basis=basis)
    desk.give(result, output)


@app.command()
@guard
@reading
def assess(
    files: Files,
    how: Reading,
    sections: Sections = None,
    edition: EditionId = None,
    layers: Layers = None,
    as_of: AsOf = None,
    output: Output = None,
) -> None:
    """Months, 1–N月累计 and years of each section, and the rates over the national and provincial ones.

    Example: gis water assess 手工监测.xlsx --sections 断面清单.xlsx --as-of 2021-12-31 -o 评价.xlsx
    """
    import pandas as pd

    from gis import water
    from gis.engine import Threads

    found, listed = monitored(files, sections, how)
    tables = {
        "samples": found.table, "sample_marks": found.marks, "source_items": found.source_items,
        "sections": listed,
    }  # fmt: skip
    editions = desk.editions(FAMILY, edition, layers)
    last = desk.last_day(tables, as_of)
    made = water.assess(tables, desk.county(layers), editions, last, Threads())
    periods = desk.table(made, "section_periods", files[0])
    rates = made.tables.get("water_rates", pd.DataFrame())
    if len(rates):
        say(_latest(rates), "bold")
        show(rates, Message("国省考断面", "national and provincial sections"), RATES)
    else:
        say(
            Message(
                "没有比率：用 --sections 给出断面、级别和水质目标",
                "no rates: --sections names the sections, their level and target class",
            ),
            "yellow",
        )
    sheets = {title: made.tables[name] for name, title in SHEETS.items() if len(made.tables[name])}
    families = ("surface_water_evaluation", "surface_water_statistics")
    used = _texts_used(periods["edition"], editions, last, sheets, *families)
    notes = [desk.as_of_note(last), *desk.unsure(editions, used)]
    if periods["unaudited"].any():
        notes.insert(1, Message("未经审核：含自动监测记录", "not audited: automatic records are among them"))
    notes[1:1] = _told_of_periods(periods)
    title = Message("{name} 断面评价", "{name} sections", name=desk.name_of(files))

    def basis() -> Basis:
        from gis.cli import behind

        wanted, classes = behind.RATES, ["water.section_at_target", "water.section_class"]
        period = str(_last_rates(rates)["period"]) if len(rates) else None
        return behind.periods(made, wanted if len(rates) else classes, period, tables, last)

    result = desk.Result(periods, title, notes, PERIODS, sheets=sheets, basis=basis)
    desk.give(result, output)


def _texts_used(
    limits: pd.Series, editions: Editions, last: dt.date, sheets: dict[Message, pd.DataFrame], *families: str
) -> pd.Series:
    """Give the ids of the editions behind a result, those of its further sheets and of `families` too."""
    import pandas as pd

    of_sheets = {"sample_flags": "water_suspects", "source_limits": "drinking_water_sources"}
    more = [family for name, family in of_sheets.items() if SHEETS[name] in sheets]
    ids = [editions.in_force(family, last).id for family in (*families, *more)]
    return pd.concat([limits, pd.Series(ids, dtype="str")])


def _counts(added: pd.DataFrame, published: pd.Series) -> Message:
    """Say how many records are of each class, or were published so where nothing was measured."""
    if published.notna().any() and not added[["water_class", "class_as_river"]].notna().any(axis=None):
        return Message(
            "{n:,} 条记录只有公布的类别，未评价：{classes}", "{n:,} records, published classes only: {classes}",
            n=len(added), classes=_each(published.value_counts().sort_index()),
        )  # fmt: skip
    counts = added["water_class"].value_counts().sort_index()
    classes = _each(counts)
    open_ = int((added["water_class"].isna() & added["undecidable"].notna()).sum())
    more = Message(" · 不能定类 {n:,}", " · undecidable {n:,}", n=open_) if open_ else ""
    return Message(
        "{n:,} 条记录：{classes}{more}", "{n:,} records: {classes}{more}", n=len(added), classes=classes or "–",
        more=more,
    )  # fmt: skip


def _each(counts: pd.Series) -> str:
    return " · ".join(f"{word('water_class', number)} {n:,}" for number, n in counts.items())


def _latest(rates: pd.DataFrame) -> Message:
    """Say the rates of the last year of the table, or of its last period."""
    import pandas as pd

    row = _last_rates(rates)
    shares = {
        name: "–" if pd.isna(row[name]) else f"{float(row[name]):.1f} %"
        for name in ("attainment_rate", "good_share", "worse_share")
    }
    return Message(
        "{period}：达标率 {attainment_rate}，优Ⅲ比例 {good_share}，劣Ⅴ比例 {worse_share}（{n} 个断面）",
        "{period}: attainment {attainment_rate}, Ⅲ or better {good_share}, worse than Ⅴ {worse_share} ({n} sections)",
        period=period_word(row["period"]), n=row["n_assessed"], **shares,
    )  # fmt: skip


def _last_rates(rates: pd.DataFrame) -> pd.Series:
    years = rates[rates["period_kind"] == "year"]
    return (years if len(years) else rates[rates["period_kind"] != "week"]).sort_values("period").iloc[-1]


def _told_of_periods(periods: pd.DataFrame) -> list[Message]:
    """Say how many verdicts hang on rounding or on flagged values, and how many periods are not assessed."""
    other = periods["water_class_all"].fillna(0) != periods["water_class_unflagged"].fillna(0)
    counts = {
        Message(
            "修约影响类别（water_class_unrounded）", "class depends on rounding (water_class_unrounded)"
        ): (periods["verdict_depends_on_rounding"]),
        Message(
            "可疑值影响类别（water_class_unflagged）",
            "class depends on flagged values (water_class_unflagged)",
        ): other,
        Message("待核（to_check）", "to be checked (to_check)"): periods["to_check"].notna(),
        Message("自测，仅供参考", "own measurements, for reference only"): periods["issue_note"].notna(),
        Message("有效性不足", "insufficient data"): periods["validity"].notna(),
        Message("不评价，见 not_assessed", "not assessed, see not_assessed"): periods["not_assessed"].notna(),
    }
    told = {words: int(rows.fillna(value=False).sum()) for words, rows in counts.items()}
    return [
        Message(
            "{words}：{n:,} {periods}", "{words}: {n:,} {periods}", words=words, n=n, periods=desk.PERIODS
        )
        for words, n in told.items()
        if n
    ]


def _classes(
    samples: pd.DataFrame, kinds: pd.Series, found: Ingested, listed: pd.DataFrame, editions: Editions
) -> tuple[pd.DataFrame, dict[Message, pd.DataFrame]]:
    from gis.engine import Threads
    from gis.water.records import rated_records
    from gis.water.sources import source_limits

    added, flagged = rated_records(samples, kinds, found.marks, editions, Threads())
    sheets = {
        SHEETS["sample_flags"]: flagged,
        SHEETS["source_limits"]: source_limits(
            found.source_items, samples.reset_index(drop=True), listed, editions
        ),
    }
    return added, {title: frame for title, frame in sheets.items() if len(frame)}


def _told_of_doubts(added: pd.DataFrame, sheets: dict[Message, pd.DataFrame]) -> list[Message]:
    """Say what is suspect or undecidable, and which limits of a drinking-water source are not met."""
    notes = []
    if added["suspect"].any():
        notes.append(
            Message(
                "可疑值，仍计入：{n:,} 条记录，见 suspect_reasons",
                "suspect values, kept: {n:,} records, see suspect_reasons",
                n=int(added["suspect"].sum()),
            )
        )
    if added["undecidable"].notna().any():
        notes.append(
            Message(
                "不能判定（检出限过高，或超出测定上限）：{n:,} 条记录，见 undecidable",
                "undecidable (half a detection limit above a class limit, or a reading above its range): {n:,}"
                " records, see undecidable",
                n=int(added["undecidable"].notna().sum()),
            )
        )
    judged = sheets.get(SHEETS["source_limits"])
    if judged is not None:
        missed = judged[judged["met"].eq(other=False)]
        notes.append(
            Message(
                "水源地项目 GB 3838 表2、表3：{n:,} 个值，超标：{over}",
                "sources, GB 3838 tables 2 and 3: {n:,} values, over the limit: {over}",
                n=len(judged),
                over="、".join(dict.fromkeys(missed["indicator"])) or "–",
            )
        )
        with aside():
            show(judged, SHEETS["source_limits"], SOURCES, most=12)
    return notes


def _told(samples: pd.DataFrame, added: pd.DataFrame, kinds: pd.Series, editions: Editions) -> list[Message]:
    """Say how many records are not audited, of unknown kind, not rated, and differ from the published class."""
    from gis.base.agreement import agreement, told
    from gis.water.published import CAUSES, disagreements

    notes = []
    if added["unaudited"].any():
        notes.append(desk.not_audited(int(added["unaudited"].sum()), desk.RECORDS))
    unknown = int(kinds.isna().sum())
    if unknown:
        notes.append(
            Message(
                "河流或湖库不明：{n:,} 条记录，两种类别并列；用 --sections 说明",
                "river or lake unknown: {n:,} records, both classes; --sections tells",
                n=unknown,
            )
        )
    unrated = int(
        (added["water_class"].isna() & added["class_as_river"].isna() & added["undecidable"].isna()).sum()
    )
    if unrated:
        notes.append(
            Message(
                "不评价，没有参评项目：{n:,} 条记录",
                "not rated, no rated indicator: {n:,} records",
                n=unrated,
            )
        )
    ours = added[["water_class", "class_as_river"]].notna().any(axis=1)
    if (samples["published_class"].notna() & ours).any():
        limits = editions.get(added["edition"].dropna().iloc[0])
        listed = disagreements(samples.assign(**added), limits, kinds)
        found = agreement(samples["published_class"].where(ours), added["published_differs"], listed["cause"])
        notes.append(
            Message("公布类别 {agreement}", "published class {agreement}", agreement=told(found, CAUSES))
        )
    return notes
