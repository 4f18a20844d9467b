"""`gis water lakes`, `trend` and `index`: trophic state, trends and the indicative index, from any files."""

from __future__ import annotations

from gis.base.messages import Message
from gis.cli import desk
from gis.cli.console import guard, say
from gis.cli.options import AsOf, EditionId, Layers, Output
from gis.cli.outlook import Files, Sections
from gis.cli.reading import Reading, reading

LAKES = [
    "name", "period", "tli", "grade", "tli_chl", "tli_tp", "tli_tn", "tli_sd", "tli_codmn", "n_points", "note",
]  # fmt: skip
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
    from gis.desk import waters

    given = desk.monitored(files, sections, how)
    if sections is None:
        given = waters.each_a_lake(given)
        say(waters.EACH_A_LAKE, "yellow")
    made = waters.lakes(desk.assessed(given, None, layers, as_of), listed=sections is not None)
    title = Message("{name} 营养状态", "{name} trophic state", name=desk.name_of(files))
    desk.give(desk.answer(made, made.frame, title, LAKES), output)


@guard
@reading
def trend(
    files: Files, how: Reading, layers: Layers = None, as_of: AsOf = None, output: Output = None
) -> None:
    """Trend of each section and indicator: Spearman over years, seasonal Mann-Kendall with Sen's slope over months.

    Example: gis water trend 手工监测_*.xlsx -o 趋势.xlsx
    """
    from gis.desk import waters

    made = waters.trends(desk.assessed(desk.monitored(files, None, how), None, layers, as_of))
    title = Message("{name} 趋势", "{name} trends", name=desk.name_of(files))
    desk.give(desk.answer(made, made.frame, title, TRENDS), output)


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
    from gis.desk import waters

    made = waters.index(desk.assessed(desk.monitored(files, sections, how), edition, layers, as_of))
    title = Message("{name} 水质指数（指示性）", "{name} index (indicative)", name=desk.name_of(files))
    desk.give(desk.answer(made, made.frame, title, INDEX), output)
