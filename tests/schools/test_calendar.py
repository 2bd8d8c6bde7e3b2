"""The statutory calendar and the turning of the school year, without a database."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.calendar import days_between, first_day_of_school_year, school_year, statutory_day
from schools.views.month_grid import months

ANY_DAY = st.dates(dt.date(2004, 1, 1), dt.date(2030, 12, 31))


@given(ANY_DAY)
def test_a_day_lies_in_its_school_year(day):
    year = school_year(day)
    assert first_day_of_school_year(year) <= day < first_day_of_school_year(year + 1)


@given(ANY_DAY)
def test_a_workday_on_a_weekend_is_called_a_makeup_day(day):
    statute = statutory_day(day)
    if statute.is_workday and day.weekday() >= 5:
        assert statute.name == "调休上班"
    if not statute.is_workday and day.weekday() < 5:
        assert statute.name


@given(ANY_DAY, st.integers(0, 400))
def test_days_between_counts_both_ends(day, further):
    days = days_between(day, day + dt.timedelta(days=further))
    assert len(days) == further + 1
    assert days[0] == day


@pytest.mark.parametrize("day", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"])
def test_the_makeup_days_of_2026_are_workdays(day):
    statute = statutory_day(dt.date.fromisoformat(day))
    assert (statute.is_workday, statute.name, statute.is_provisional) == (True, "调休上班", False)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-01-01", "元旦"),
        ("2026-02-17", "春节"),
        ("2026-09-25", "中秋节"),
        ("2026-10-07", "国庆节"),
        ("2015-09-03", "抗战胜利纪念日"),
    ],
)
def test_the_holidays_of_2026_have_their_names(day, name):
    statute = statutory_day(dt.date.fromisoformat(day))
    assert (statute.is_workday, statute.name) == (False, name)


def test_2027_is_provisional_with_its_holidays_and_plain_weekends():
    assert statutory_day(dt.date(2027, 1, 1)).is_provisional
    assert not statutory_day(dt.date(2027, 1, 1)).is_workday
    assert not statutory_day(dt.date(2027, 1, 9)).is_workday
    assert statutory_day(dt.date(2027, 1, 11)).is_workday


@given(st.dates(dt.date(2020, 1, 1), dt.date(2028, 1, 1)), st.integers(0, 240))
def test_a_grid_shows_each_day_of_its_months_once(first_day, length):
    last_day = first_day + dt.timedelta(days=length)
    grid = months(first_day, last_day, [(first_day, last_day)], {})
    shown = [cell.day for month in grid for week in month.weeks for cell in week if cell]
    assert shown == days_between(shown[0], shown[-1])
    assert shown[0] == first_day.replace(day=1) and shown[-1] >= last_day
    assert sum(month.school_days for month in grid) == sum(
        statutory_day(day).is_workday for day in days_between(first_day, last_day)
    )
