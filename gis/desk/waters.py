"""What an assessment of water tells beside the classes: the state of lakes, trends, and the index of sections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from gis.base.calendar import as_of_note
from gis.base.errors import UsageError
from gis.base.messages import Message
from gis.base.tables import empty
from gis.desk import behind
from gis.desk.basis import Basis
from gis.desk.judged import unsure
from gis.desk.phrases import phrase, refusal
from gis.desk.water import Assessed, Monitored
from gis.desk.wording import period_word
from gis.water.limits import LAKE

KINDS = ["year", "cumulative", "half", "quarter", "month"]
NAMED = 5
INDICATIVE = Message("指示性，不具排名效力", "indicative, not a ranking in law")
EACH_A_LAKE = phrase("each_a_lake")
MOVES = ("rising", "falling")


class Told(NamedTuple):
    """A table of an assessment, in the order of the answer, and what it says.

    Attributes
    ----------
    indicators
        Those whose figures of its first period it rests on; its trends where there is none.
    """

    of: Assessed
    frame: pd.DataFrame
    headline: Message | None
    notes: list[Message]
    indicators: Sequence[str] = ()

    def basis(self) -> Basis:
        """Rest it on the records."""
        made, tables, last = self.of.made, self.of.tables, self.of.day.last
        if not self.indicators:
            return behind.trends(made, self.frame, tables, last)
        return behind.periods(made, self.indicators, str(self.frame["period"].iloc[0]), tables, last)


def each_a_lake(given: Monitored) -> Monitored:
    """Take every section for a lake of its own."""
    own = given.read.found.table.drop_duplicates(["section_id", "section"])
    listed = pd.DataFrame({"section_id": own["section_id"], "name": own["section"], "water_kind": LAKE})
    return given._replace(sections=pd.concat([empty("sections"), listed], ignore_index=True))


def lakes(of: Assessed, *, listed: bool) -> Told:
    """Give the trophic state of each lake and period, the newest years first.

    Parameters
    ----------
    listed
        A list names the lakes; else every section is one, and lakes of several sections are none.

    Raises
    ------
    UsageError
        No section is a lake.
    """
    states = of.made.tables.get("lake_states", pd.DataFrame())
    if not listed and len(states):
        states = states[states["place_kind"] != LAKE]
    if not len(states):
        raise refusal(UsageError, "no_lake", of.name)
    shown = _newest_first(states)
    newest = shown.drop_duplicates("name")
    rows, period = newest.head(NAMED).to_dict("records"), period_word(newest["period"].iloc[0])
    named = " · ".join(f"{row['name']} {row['tli']:.1f} {row['grade']}" for row in rows)
    headline = Message("{period}：{named}", "{period}: {named}", period=period, named=named)
    notes = [as_of_note(of.day.last), *unsure(of.editions, states["edition"])]
    return Told(of, shown, headline, notes, ["water.tli"])


def trends(of: Assessed) -> Told:
    """Give the trend of each section and indicator, the clear ones first.

    Raises
    ------
    UsageError
        No month with records has ended.
    """
    found = of.made.tables.get("water_trends", pd.DataFrame())
    if not len(found):
        raise refusal(UsageError, "too_few_months", of.name, last=of.day.last)
    clear = found[["direction", "mk_direction"]].isin(MOVES).any(axis=1)
    headline = phrase(
        "trends_found", n=len(found), clear=int(clear.sum()), few=int(found["note"].notna().sum())
    )
    order = clear.sort_values(ascending=False, kind="stable").index
    notes = [as_of_note(of.day.last), *unsure(of.editions, found["edition"])]
    return Told(of, found.loc[order], headline, notes)


def index(of: Assessed) -> Told:
    """Give the water quality index of sections, waters and towns, the newest years first.

    Raises
    ------
    UsageError
        No section of the list says both its level and its kind.
    """
    found = of.made.tables.get("water_index", pd.DataFrame())
    if not len(found):
        raise refusal(UsageError, "no_indexed_section", of.name)
    notes = [as_of_note(of.day.last), INDICATIVE, *unsure(of.editions, found["edition"])]
    return Told(of, _newest_first(found), None, notes, ["water.cwqi"])


def _newest_first(rows: pd.DataFrame) -> pd.DataFrame:
    """Put years before parts of years, and the newest first; the order within a period stays."""
    ranked = rows.assign(kind_rank=rows["period_kind"].map(KINDS.index))
    ordered = ranked.sort_values(["kind_rank", "period"], ascending=[True, False], kind="stable")
    return ordered.drop(columns=["kind_rank"])
