import datetime as dt

import pytest

from schools.deadlines import school_day_after
from schools.models import SchoolDay
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_it_is_the_fifth_school_day_after(world):
    # 14 October is a Wednesday: 15, 16, 19, 20, 21.
    assert school_day_after(world.school.pk, make.TODAY, 5) == dt.date(2026, 10, 21)


def test_a_day_the_school_does_not_teach_does_not_count(world):
    SchoolDay.objects.filter(school=world.school, day=dt.date(2026, 10, 15)).update(is_cancelled=True)
    assert school_day_after(world.school.pk, make.TODAY, 5) == dt.date(2026, 10, 22)


def test_beyond_the_term_working_days_count(world):
    # The term ends on Saturday 31 October: 29, 30, then 2, 3, 4 November.
    assert school_day_after(world.school.pk, dt.date(2026, 10, 28), 5) == dt.date(2026, 11, 4)


def test_of_a_unit_that_is_no_school_working_days_count_without_holidays(world):
    # 1 to 7 October 2026 are holidays; 10 October is a make-up workday, a Saturday.
    assert school_day_after(world.county.pk, dt.date(2026, 9, 30), 5) == dt.date(2026, 10, 13)
