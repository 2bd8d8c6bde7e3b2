"""H11: class-weeks with a no-homework day, against hand counts."""

import datetime as dt

import pytest

from homework import services
from homework.no_homework_weeks import class_weeks, days_of_weeks
from schools.models import SchoolDay
from tests import factories as make
from tests.fixtures import SHANGHAI
from tests.homework.conftest import close

pytestmark = pytest.mark.django_db

SUNDAY = dt.date(2026, 10, 18)
WEEK = (make.MONDAY, SUNDAY)


def day(number):
    return dt.date(2026, 10, number)


@pytest.fixture(autouse=True)
def after_the_week(clock):
    clock(dt.datetime(2026, 10, 19, 9, tzinfo=SHANGHAI))


def of(class_group, first_day=make.MONDAY, last_day=SUNDAY):
    return class_weeks([class_group.school_id], first_day, last_day).get(class_group.school_id)


@pytest.mark.parametrize(
    ("first_day", "last_day", "expected"),
    [
        (day(12), day(18), (day(12), day(18))),
        (day(18), day(18), (day(12), day(18))),
        (day(12), day(17), None),
        (day(14), day(25), (day(12), day(25))),
        (day(19), day(31), (day(19), day(25))),  # the Sunday of 26 October to 1 November lies in November
        (dt.date(2026, 11, 1), dt.date(2026, 11, 1), (day(26), dt.date(2026, 11, 1))),
    ],
)
def test_a_week_belongs_to_the_days_in_which_its_sunday_lies(first_day, last_day, expected):
    days = days_of_weeks(first_day, last_day)
    assert ((days[0], days[-1]) if days else None) == expected
    assert len(days) % 7 == 0


def test_a_complete_day_without_written_minutes_makes_the_week_count(class_group):
    assert of(class_group) == (0, 1)
    close(class_group, day(13))
    close(class_group, day(15))  # a second one adds nothing
    assert of(class_group) == (1, 1)


def test_spoken_and_practical_work_leave_the_day_without_written_homework(class_group, post):
    post("语文", 10, day=day(13), kind="oral")
    assert of(class_group) == (0, 1)  # 数学 has not spoken
    services.declare_no_homework(
        by=make.UserFactory(), class_group=class_group, day=day(13), subject=make.subject("数学")
    )
    assert of(class_group) == (1, 1)


def test_a_day_with_written_homework_is_none(class_group, post):
    post("语文", 1, day=day(13))
    post("数学", 1, day=day(13))
    assert of(class_group) == (0, 1)


def test_each_class_and_each_week_counts_once(class_group):
    other = make.ClassGroupFactory(school=class_group.school, number=2)
    make.TeachingFactory(class_group=other)
    close(class_group, day(13))
    close(other, day(14))
    close(other, day(9))
    assert of(class_group, day(8), SUNDAY) == (3, 4)


def test_a_week_without_school_is_no_week(class_group):
    SchoolDay.objects.filter(school=class_group.school, day__range=WEEK).update(is_cancelled=True)
    assert of(class_group) is None


def test_grades_one_and_two_are_left_out(class_group):
    make.ClassGroupFactory(school=class_group.school, entry_year=2026, number=1, first_day=dt.date(2026, 9, 1))
    make.ClassGroupFactory(school=class_group.school, entry_year=2025, number=1, first_day=dt.date(2025, 9, 1))
    assert of(class_group) == (0, 1)


def test_a_grade_that_a_local_rule_leaves_no_minutes_is_left_out(class_group):
    county = class_group.school.unit.places.get().parent
    make.LocalLimitFactory(unit=county, grade=4, minutes=0)
    assert of(class_group) == (0, 1)
    make.LocalLimitFactory(unit=county, minutes=0, last_day=day(14))
    assert of(class_group) == (0, 1)  # Thursday and Friday are left
    make.LocalLimitFactory(unit=county, minutes=0, first_day=day(15))
    assert of(class_group) is None


def test_another_schools_weeks_stay_its_own(class_group):
    other = make.SchoolFactory()
    make.TermFactory(unit=other.unit.places.get().parent)
    there = make.ClassGroupFactory(school=other)
    make.TeachingFactory(class_group=there)
    close(class_group, day(13))
    found = class_weeks([class_group.school_id, other.pk], *WEEK)
    assert found == {class_group.school_id: (1, 1), other.pk: (0, 1)}
    assert of(there) == (0, 1)
