"""What is expected of a target by a day: its own timetable (序时进度), else a straight line over the year."""

from __future__ import annotations

import datetime as dt

from gis.base.calendar import end_of_month
from gis.base.figures import Indicator
from gis.base.messages import Message
from gis.catalogue import Target, YearlyTarget
from gis.scorecard.phrases import phrase

EVEN = Message("按全年天数均匀推算", "even over the days of the year")
UPWARD = (">", ">=", "=")


def expected_of(
    target: Target, measured: Indicator, year: int, as_of: dt.date
) -> tuple[float, Message | None]:
    """Give what a target asks for by a day, and what that rests on.

    A timetable asks for nothing between its dates: of a goal to be reached the last date that has
    passed holds, of a cap the next one. Before the first date nothing is due of a count.

    Returns
    -------
    expected, path
        In the goal's unit; path is None for a mean, rate or class without a timetable, of which the
        goal itself is expected.
    """
    if isinstance(target, YearlyTarget) and target.due:
        return _by_timetable(target, measured, year, as_of)
    if measured.nature != "count":
        return target.goal.value, None
    start, end = dt.date(year, 1, 1), dt.date(year, 12, 31)
    elapsed = (min(as_of, end) - start).days + 1
    return target.goal.value * max(elapsed, 0) / ((end - start).days + 1), EVEN


def _by_timetable(
    target: YearlyTarget, measured: Indicator, year: int, as_of: dt.date
) -> tuple[float, Message | None]:
    passed = [month for month in sorted(target.due) if end_of_month(year, month) <= as_of]
    coming = [month for month in sorted(target.due) if end_of_month(year, month) >= as_of]
    reaching = target.goal.comparator in UPWARD or measured.nature != "count"
    chosen = passed[-1:] if reaching else coming[:1] or passed[-1:]
    if chosen:
        path = Message("时序进度，{month} 月底", "timetable, end of month {month}", month=chosen[0])
        return target.due[chosen[0]], path
    if measured.nature != "count":
        return target.goal.value, None
    return 0.0, phrase("timetable", month=min(target.due))
