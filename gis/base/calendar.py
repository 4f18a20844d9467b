"""Calendar periods that figures are made for: months, quarters, halves, January to a month, years."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gis.base.errors import UsageError
from gis.base.messages import Message
from gis.base.phrases import refusal

MONTHS = 12
DAYS_A_WEEK = 7
LENGTHS = {
    "month": 1,
    "quarter": 3,
    "half": 6,
    "year": 12,
    "cumulative": 1,
}  # months from one end to the next
IDS = {
    "month": "{year}M{serial:02d}", "quarter": "{year}Q{serial}", "half": "{year}H{serial}", "year": "{year}",
    "cumulative": "{year}C{serial:02d}",
}  # fmt: skip


@dataclass(frozen=True)
class Period:
    """A period of the calendar; `end` is the calendar's, not the data's.

    Attributes
    ----------
    id
        2021M03, 2021Q1, 2021H1, 2021C06 (January to June, 1–6月累计), 2021, 2021W09.
    kind
        month, quarter, half, cumulative, year or week.
    start, end
        First and last day.
    """

    id: str
    kind: str
    start: dt.date
    end: dt.date

    @property
    def year(self) -> int:
        """The year it lies in."""
        return self.start.year

    def provisional(self, as_of: dt.date) -> bool:
        """Tell whether it still runs on `as_of`."""
        return as_of < self.end

    def days_until(self, as_of: dt.date) -> int:
        """Count the days that have passed on `as_of`, that day included."""
        return (min(self.end, as_of) - self.start).days + 1


def periods_until(first_year: int, as_of: dt.date, kinds: Iterable[str] = IDS) -> list[Period]:
    """List the periods that have begun by `as_of`, from January of `first_year`.

    Parameters
    ----------
    kinds
        Year by year, in this order. January to a month has begun when its last month has.
    """
    return [
        period
        for year in range(first_year, as_of.year + 1)
        for kind in kinds
        for period in _of_year(year, kind)
        if (period.end.replace(day=1) if kind == "cumulative" else period.start) <= as_of
    ]


def weeks_until(first: dt.date, as_of: dt.date) -> list[Period]:
    """List the weeks from that of `first` to that of `as_of`, Monday to Sunday, numbered as ISO 8601 does.

    The id is 2025W36; a week belongs to the year of its Thursday.
    """
    monday = first - dt.timedelta(days=first.weekday())
    weeks = range((as_of - monday).days // DAYS_A_WEEK + 1)
    starts = [monday + dt.timedelta(weeks=at) for at in weeks]
    last = dt.timedelta(days=DAYS_A_WEEK - 1)
    return [Period("{}W{:02d}".format(*start.isocalendar()), "week", start, start + last) for start in starts]


def last_month_ended(as_of: dt.date) -> Period:
    """Give the last month that has ended by a day."""
    months = periods_until(as_of.year - 1, as_of, ("month",))
    return [month for month in months if not month.provisional(as_of)][-1]


def figure_periods(first_year: int, as_of: dt.date) -> list[Period]:
    """List the years up to `as_of` and, unless it ends one, January to its month of each of them."""
    periods = periods_until(first_year, as_of, ("year", "cumulative"))
    month = None if (as_of.month, as_of.day) == (MONTHS, 31) else as_of.month
    return [one for one in periods if one.kind == "year" or one.end.month == month]


def before(period: str, kind: str) -> list[tuple[str, str]]:
    """Name the periods that a month, or January to a month, is compared with, and how."""
    year, rest = int(period[:4]), period[4:]
    if kind == "cumulative":
        return [("same_months_last_year", f"{year - 1}{rest}")]
    if kind != "month":
        return []
    month = int(rest[1:])
    last = f"{year}M{month - 1:02d}" if month > 1 else f"{year - 1}M{MONTHS}"
    return [("last_month", last), ("same_month_last_year", f"{year - 1}{rest}")]


def _of_year(year: int, kind: str) -> Iterator[Period]:
    length = LENGTHS[kind]
    for serial in range(1, MONTHS // length + 1):
        last = serial * length
        first = 1 if kind == "cumulative" else last - length + 1
        id_ = IDS[kind].format(year=year, serial=serial)
        yield Period(id_, kind, dt.date(year, first, 1), end_of_month(year, last))


def end_of_month(year: int, month: int) -> dt.date:
    """Give the last day of a month."""
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def as_of_note(last: dt.date | str) -> Message:
    """Say as of which day a result is."""
    return Message("截至 {last}", "as of {last}", last=last)


def day_of(said: dt.date | str | None) -> dt.date | None:
    """Read a day as a program or a person writes it: a date, a time, 2021-12-31, 2021/12/31, 20211231.

    Raises
    ------
    UsageError
        It is none.
    """
    if said is None:
        return None
    if isinstance(said, dt.date) and str(said) != "NaT":
        return said.date() if isinstance(said, dt.datetime) else said
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"):
        try:
            return dt.datetime.strptime(str(said), form).date()  # noqa: DTZ007  a date has no zone
        except ValueError:
            continue
    raise refusal(UsageError, "no_date", text=said)


MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def period_words(period: str) -> tuple[str, str]:
    """Write a period: 2021, 2021H1, 2021Q1, 2021M03 or 2021C06 (January to June)."""
    year, kind, rest = period[:4], period[4:5], period[5:]
    if kind == "M":
        return f"{year}年{int(rest)}月", f"{year}-{rest}"
    if kind == "C":
        months = "Jan" if int(rest) == 1 else f"Jan–{MONTH_NAMES[int(rest) - 1]}"
        return f"{year}年1–{int(rest)}月累计", f"{year} {months}"
    if kind == "Q":
        return f"{year}年{rest}季度", f"{year} quarter {rest}"
    if kind == "W":
        return f"{year}年第{int(rest)}周", f"{year} week {int(rest)}"
    if kind == "H":
        return f"{year}年{'上' if rest == '1' else '下'}半年", f"{year} half {rest}"
    return f"{year}年", year
