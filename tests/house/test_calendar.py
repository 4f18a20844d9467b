import datetime as dt
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis import standards
from gis.base.calendar import Period, figure_periods, periods_until
from gis.base.errors import EditionError
from gis.base.messages import shown, speaking
from gis.standards import by_edition, cell_of, ids_of

days = st.dates(dt.date(2019, 1, 1), dt.date(2026, 12, 31))


def test_a_year_so_far_stands_beside_the_same_months_of_earlier_years():
    names = [one.id for one in figure_periods(2024, dt.date(2025, 10, 31))]
    assert names == ["2024", "2024C10", "2025", "2025C10"]
    assert [one.id for one in figure_periods(2024, dt.date(2025, 12, 31))] == ["2024", "2025"]


def test_a_period_that_has_not_begun_is_not_there():
    names = [one.id for one in periods_until(2025, dt.date(2025, 5, 2))]
    assert names == [
        *(f"2025M{month:02d}" for month in range(1, 6)), "2025Q1", "2025Q2", "2025H1", "2025",
        *(f"2025C{month:02d}" for month in range(1, 6)),
    ]  # fmt: skip


def test_a_running_period_is_provisional_until_its_last_day():
    may = Period("2025M05", "month", dt.date(2025, 5, 1), dt.date(2025, 5, 31))
    assert may.provisional(dt.date(2025, 5, 30))
    assert not may.provisional(dt.date(2025, 5, 31))
    assert may.days_until(dt.date(2025, 5, 2)) == 2


@given(days)
def test_months_of_every_year_lie_end_to_end(as_of):
    months = periods_until(2019, as_of, ("month",))
    assert months[0].start == dt.date(2019, 1, 1)
    assert months[-1].start <= as_of <= months[-1].end
    for one, following in pairwise(months):
        assert following.start - one.end == dt.timedelta(days=1)


def test_a_day_before_every_edition_is_in_no_part_and_stops_nothing():
    dates = pd.Series(pd.to_datetime(["1999-01-01", "2021-05-01", None]))
    ((edition, rows),) = by_edition(dates, "surface_water_limits", standards.load())
    assert (edition.id, rows.tolist()) == ("gb3838-2002", [False, True, False])


def test_an_unknown_family_is_an_error():
    with pytest.raises(EditionError, match="no_family"):
        by_edition(pd.Series(pd.to_datetime(["2021-05-01"])), "no_family", standards.load())


def test_editions_of_several_families_are_forced_by_their_ids_alone():
    chosen = standards.load().force_all(["hj633-2012", "gb3095-2012"])
    assert dict(chosen.forced) == {"aqi": "hj633-2012", "air_limits": "gb3095-2012"}
    assert chosen.in_force("aqi", dt.date(2027, 1, 1)).id == "hj633-2012"
    with pytest.raises(EditionError, match='both of "aqi"'):
        standards.load().force_all(["hj633-2012", "hj633-2026"])
    with pytest.raises(EditionError, match='no edition "hj633"'):
        standards.load().force_all(["hj633"])


@given(st.lists(st.text(min_size=1)))
def test_the_ids_of_editions_of_a_cell_are_given_back_as_they_were_stored(ids):
    assert ids_of(cell_of(ids)) == ids


def test_the_ids_of_a_cell_are_joined_for_the_reader_alone():
    several = cell_of(["gb3838-2002", "sw-evaluation-2011-22"])
    with speaking("zh"):
        assert shown(several) == "gb3838-2002、sw-evaluation-2011-22"
    assert cell_of(["gb3838-2002"]) == "gb3838-2002"
    assert ids_of(None) == ids_of(float("nan")) == ids_of("") == []
