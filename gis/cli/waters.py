"""`gis water lakes`, `trend` and `index`: trophic state, trends and the indicative index, from any files."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gis.base.errors import UsageError
from gis.base.messages import Message
from gis.cli import desk
from gis.cli.console import guard, say
from gis.cli.options import AsOf, EditionId, Layers, Output
from gis.cli.outlook import Files, Sections
from gis.cli.reading import Reading, reading
from gis.desk.wording import period_word

if TYPE_CHECKING:
    import pandas as pd

    from gis.desk.basis import Basis
    from gis.desk.water import Assessed, Monitored

KINDS = ["year", "cumulative", "half", "quarter", "month"]
NAMED = 5
LAKES = [
    "name",
    "period",
    "tli",
    "grade",
    "tli_chl",
    "tli_tp",
    "tli_tn",
    "tli_sd",
    "tli_codmn",
    "n_points",
    "note",
]
TRENDS = [
    "name", "indicator", "direction", "spearman_rs", "spearman_limit", "n", "mk_direction", "mk_slope", "mk_low",
    "mk_high", "mk_p", "mk_n", "meaning", "note",
]  # fmt: skip
INDEX = ["place_kind", "name", "period", "rank", "n_ranked", "cwqi", "n_items", "change_percent", "note"]


@guard
@reading
def lakes(
    files: Files,
    how: Reading,
    sections: Sections = None,
    layers: Layers = None,
    as_of: AsOf = None,
    output: Output = None,
) -> None:
    """Trophic state TLI(Σ) of lakes with its five parts and grade; without --sections every record is of a lake.

    Example: gis water lakes 手工监测_*.xlsx --sections 断面清单.xlsx -o 营养状态.xlsx
    """
    import pandas as pd

    from gis.desk import water
    from gis.desk.judged import as_of_note, unsure

    given = _monitored(files, sections, how)
    if sections is None:
        given = water.every_section_a_lake(given)
        say(
            Message(
                "没有 --sections：每个断面各算一个湖库",
                "no --sections: every section is taken for a lake of its own",
            ),
            "yellow",
        )
    made = _assessed(given, None, layers, as_of)
    states = made.made.tables.get("lake_states", pd.DataFrame())
    if sections is None and len(states):
        states = states[states["place_kind"] != water.LAKE]
    if not len(states):
        raise UsageError(
            Message("没有湖库断面", "no section is a lake or reservoir"),
            file=files[0].name,
            fix=Message(
                "在 --sections 中把湖库的水体类型写作“湖库”，或不用 --sections",
                "--sections with 水体类型 湖库 for the lakes, or no --sections",
            ),
        )
    notes = [as_of_note(made.day.last), *unsure(made.editions, states["edition"])]
    shown = _newest_first(states)
    title = Message("{name} 营养状态", "{name} trophic state", name=desk.name_of(files))

    def basis() -> Basis:
        from gis.desk import behind

        return behind.periods(
            made.made, ["water.tli"], str(shown["period"].iloc[0]), made.tables, made.day.last
        )

    desk.give(desk.Result(shown, title, notes, LAKES, headline=_states(shown), basis=basis), output)


@guard
@reading
def trend(
    files: Files,
    how: Reading,
    layers: Layers = None,
    as_of: AsOf = None,
    output: Output = None,
) -> None:
    """Trend of each section and indicator: Spearman over years, seasonal Mann-Kendall with Sen's slope over months.

    Example: gis water trend 手工监测_*.xlsx -o 趋势.xlsx
    """
    import pandas as pd

    from gis.desk.judged import as_of_note, unsure

    made = _assessed(_monitored(files, None, how), None, layers, as_of)
    last = made.day.last
    found = made.made.tables.get("water_trends", pd.DataFrame())
    if not len(found):
        raise UsageError(
            Message(
                "数据太少：截至 {last} 没有一个有记录的月份已结束",
                "too few data: no month with records has ended by {last}",
                last=last,
            ),
            file=files[0].name,
            fix=Message(
                "--as-of 写月末日期，或多给几个文件",
                "--as-of with the last day of a month, or more files",
            ),
        )
    clear = found[["direction", "mk_direction"]].isin(["rising", "falling"]).any(axis=1)
    few = int(found["note"].notna().sum())
    notes = [as_of_note(made.day.last), *unsure(made.editions, found["edition"])]
    headline = Message(
        "{n:,} 个序列：显著 {clear:,}，数据不足 {few:,}",
        "{n:,} series: clear: {clear:,}, too few data: {few:,}",
        n=len(found), clear=int(clear.sum()), few=few,
    )  # fmt: skip
    shown = found.assign(clear=clear).sort_values("clear", ascending=False, kind="stable")
    title = Message("{name} 趋势", "{name} trends", name=desk.name_of(files))

    def basis() -> Basis:
        from gis.desk import behind

        return behind.trends(made.made, found, made.tables, made.day.last)

    told = shown.drop(columns="clear")
    desk.give(desk.Result(told, title, notes, TRENDS, headline=headline, basis=basis), output)


@guard
@reading
def index(
    files: Files,
    how: Reading,
    sections: Sections = None,
    edition: EditionId = None,
    layers: Layers = None,
    as_of: AsOf = None,
    output: Output = None,
) -> None:
    """Water quality index CWQI of sections, waters and towns, smallest first: indicative, no ranking in law.

    Example: gis water index 手工监测_*.xlsx --sections 断面清单.xlsx -o 水质指数.xlsx
    """
    import pandas as pd

    from gis.desk.judged import as_of_note, unsure

    made = _assessed(_monitored(files, sections, how), edition, layers, as_of)
    found = made.made.tables.get("water_index", pd.DataFrame())
    if not len(found):
        raise UsageError(
            Message(
                "名单中没有一个断面同时写明计入的级别和河流或湖库（总磷限值由此而定）",
                "no listed section has both a level that counts and river or lake, "
                "which decides the limit of phosphorus",
            ),
            file=files[0].name,
            fix=Message(
                "--sections 中写明水体类型（河流、湖库）、断面级别；按水体和乡镇汇总还需所在水体和乡镇",
                "--sections with 水体类型 (河流, 湖库), 断面级别 and, for waters and towns, 所在水体 and 乡镇",
            ),
        )
    notes = [
        as_of_note(made.day.last),
        Message("指示性，不具排名效力", "indicative (指示性), not a ranking in law"),
        *unsure(made.editions, found["edition"]),
    ]
    title = Message("{name} 水质指数（指示性）", "{name} index (indicative)", name=desk.name_of(files))
    shown = _newest_first(found)

    def basis() -> Basis:
        from gis.desk import behind

        return behind.periods(
            made.made, ["water.cwqi"], str(shown["period"].iloc[0]), made.tables, made.day.last
        )

    desk.give(desk.Result(shown, title, notes, INDEX, basis=basis), output)


def _states(states: pd.DataFrame) -> Message:
    """Say the grade of each lake in the newest period of the table."""
    newest = states.drop_duplicates("name")
    listed = " · ".join(
        f"{row['name']} {row['tli']:.1f} {row['grade']}" for row in newest.to_dict("records")[:NAMED]
    )
    return Message(
        "{period}：{listed}",
        "{period}: {listed}",
        period=period_word(newest["period"].iloc[0]),
        listed=listed,
    )


def _monitored(files: list[Path], sections: Path | None, how: Reading) -> Monitored:
    from gis.desk import water

    given = water.monitored(files, sections, how.said(), partial(desk.show_read, how=how))
    desk.warn(given.findings)
    return given


def _assessed(given: Monitored, edition: str | None, layers: Path | None, as_of: str | None) -> Assessed:
    from gis.desk import water

    made = water.assessed(given, water.editions_of(layers, edition), layers, as_of)
    desk.show_day(made.day)
    return made


def _newest_first(rows: pd.DataFrame) -> pd.DataFrame:
    """Put years before parts of years, and the newest first; the order within a period stays."""
    kind = rows["period_kind"].map({one: at for at, one in enumerate(KINDS)})
    ordered = rows.assign(kind_rank=kind).sort_values(
        ["kind_rank", "period"], ascending=[True, False], kind="stable"
    )
    return ordered.drop(columns=["kind_rank"])
