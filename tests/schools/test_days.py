"""Terms become school days; cities, counties and schools change single days."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schools.models import CalendarChange, ChangedDay, School, SchoolDay
from schools.services import days
from tests import factories as make
from tests.factories import MONDAY
from tests.fixtures import SHANGHAI

SUNDAY = MONDAY - dt.timedelta(days=1)
MAKEUP = dt.date(2026, 10, 10)  # a Saturday


@pytest.fixture
def school(db) -> School:
    city = make.CityFactory()
    school = make.SchoolFactory(parent=make.CountyFactory(parent=city))
    make.TermFactory(unit=city)
    ChangedDay.objects.all().delete()
    return school


def teaches(school: School, day: dt.date) -> bool:
    return school.days.held().filter(day=day).exists()


def noted(school: School) -> list[dt.date]:
    return list(ChangedDay.objects.filter(school=school).values_list("day", flat=True).order_by("day"))


def test_a_term_has_its_workdays_and_makeup_days_only(school):
    assert teaches(school, MONDAY) and teaches(school, MAKEUP)
    assert not teaches(school, SUNDAY) and not teaches(school, dt.date(2026, 10, 1))


def test_setting_the_same_term_again_changes_no_day(school):
    before = list(school.days.order_by("day").values_list("day", "is_cancelled"))
    make.TermFactory(unit=school.unit.places.get().parent.places.get().parent)
    assert list(school.days.order_by("day").values_list("day", "is_cancelled")) == before
    assert noted(school) == []


def test_a_shorter_term_cancels_the_days_that_fall_out_and_keeps_them(school):
    city = school.unit.places.get().parent.places.get().parent
    make.TermFactory(unit=city, last_day=dt.date(2027, 1, 15))
    dropped = school.days.filter(day__gt=dt.date(2027, 1, 15))
    assert [day.is_cancelled for day in dropped] == [True] * 3
    assert noted(school) == [dt.date(2027, 1, 18), dt.date(2027, 1, 19), dt.date(2027, 1, 20)]


def test_the_lowest_unit_decides_a_changed_day(school):
    county = school.unit.places.get().parent
    neighbour = make.SchoolFactory(parent=county)
    days.change_day(by=None, unit=county, day=MONDAY, teaches=False, reason="台风停课")
    days.change_day(by=None, unit=school.unit, day=MONDAY, teaches=True, reason="本校照常")
    assert teaches(school, MONDAY) and not teaches(neighbour, MONDAY)
    assert MONDAY in noted(school) and MONDAY in noted(neighbour)


def test_a_change_taken_back_leaves_the_day_as_the_calendar_has_it(school):
    change = days.change_day(by=None, unit=school.unit, day=SUNDAY, teaches=True, reason="校园开放日")
    assert teaches(school, SUNDAY)
    days.take_change_back(by=None, change=change)
    assert not teaches(school, SUNDAY)
    assert SchoolDay.objects.get(school=school, day=SUNDAY).is_cancelled


def test_a_change_needs_a_reason(school):
    with pytest.raises(ValidationError, match="不能为空"):
        days.change_day(by=None, unit=school.unit, day=MONDAY, teaches=False, reason=" ")
    assert teaches(school, MONDAY)


def test_a_countys_change_costs_the_same_queries_for_more_schools(school):
    county = school.unit.places.get().parent
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            days.change_day(by=None, unit=county, day=MONDAY, teaches=bool(counts), reason="台风停课")
        counts.append(len(queries))
        for _ in range(5):
            make.SchoolFactory(parent=county)
    assert counts[0] == counts[1]


CHANGES = st.tuples(st.sampled_from(["county", "school"]), st.sampled_from([MONDAY, SUNDAY, MAKEUP]), st.booleans())


def test_a_term_costs_the_same_queries_however_long_it_is(db, clock):
    clock(dt.datetime(2026, 8, 31, 12, tzinfo=SHANGHAI))
    city = make.CityFactory()
    make.SchoolFactory(parent=make.CountyFactory(parent=city))
    counts = []
    for last_day in (MONDAY, dt.date(2027, 1, 20)):
        with CaptureQueriesContext(connection) as queries:
            make.TermFactory(unit=city, first_day=MONDAY, last_day=last_day)
        counts.append(len(queries))
    assert counts[1] <= counts[0]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["county", "school"]), st.sampled_from([MONDAY, SUNDAY, MAKEUP]), st.booleans()),
        max_size=6,
    )
)
def test_after_any_changes_each_day_is_as_the_lowest_word_says(school, changes):
    CalendarChange.objects.all().delete()
    units = {"county": school.unit.places.get().parent, "school": school.unit}
    said: dict[tuple[str, dt.date], bool] = {}
    for level, day, teaching in changes:
        days.change_day(by=None, unit=units[level], day=day, teaches=teaching, reason="演练")
        said[level, day] = teaching
    for day, by_calendar in ((MONDAY, True), (SUNDAY, False), (MAKEUP, True)):
        days.write_days(units["county"], [day])
        assert teaches(school, day) == said.get(("school", day), said.get(("county", day), by_calendar))
