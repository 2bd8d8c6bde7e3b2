"""Which days are a vacation, and what a class has to do in it."""

import datetime as dt

import pytest

from homework.models import VacationItem, VacationPlan
from homework.vacations import Vacation, plan_for, vacations_near
from tests import factories as make

pytestmark = pytest.mark.django_db
LAST_SCHOOL_DAY = make.TERM_LAST_DAY  # Wednesday, 20 January 2027
FIRST_DAY = dt.date(2027, 1, 21)
NEXT_TERM = dt.date(2027, 2, 22)  # a Monday
LAST_DAY = dt.date(2027, 2, 21)


@pytest.fixture
def spring(class_group):
    """The next term is set."""
    city = make.OrgUnit.objects.get(level="city")
    return make.TermFactory(unit=city, half="spring", first_day=NEXT_TERM, last_day=dt.date(2027, 7, 2))


def near(class_group, day):
    return vacations_near([class_group.school_id], day).get(class_group.school_id)


def plan_with(class_group, *contents, first_day=FIRST_DAY, last_day=LAST_DAY):
    plan = VacationPlan.objects.create(
        class_group=class_group,
        school=class_group.school,
        grade=5,
        first_day=first_day,
        last_day=last_day,
        limit_minutes=60,
    )
    by = make.UserFactory()
    for subject, content in contents:
        VacationItem.objects.create(
            plan=plan, subject=make.subject(subject), content=content, daily_minutes=10, posted_by=by
        )
    return plan


@pytest.mark.parametrize(
    ("day", "is_near"),
    [
        (FIRST_DAY - dt.timedelta(days=15), False),
        (FIRST_DAY - dt.timedelta(days=14), True),
        (LAST_SCHOOL_DAY, True),
        (FIRST_DAY, True),
        (LAST_DAY - dt.timedelta(days=5), True),
        (LAST_DAY, True),
        (NEXT_TERM, False),
    ],
)
def test_a_vacation_is_near_from_14_days_before_it_until_its_end(class_group, spring, day, is_near):
    expected = Vacation(LAST_SCHOOL_DAY, LAST_DAY) if is_near else None
    assert near(class_group, day) == expected


def test_while_the_next_term_is_not_set_nobody_knows_the_end(class_group):
    assert near(class_group, FIRST_DAY) == Vacation(LAST_SCHOOL_DAY, None)
    assert near(class_group, FIRST_DAY + dt.timedelta(days=92)) == Vacation(LAST_SCHOOL_DAY, None)
    assert near(class_group, FIRST_DAY + dt.timedelta(days=93)) is None


@pytest.mark.parametrize(("next_day", "is_vacation"), [(dt.date(2027, 2, 3), False), (dt.date(2027, 2, 4), True)])
def test_a_gap_that_the_last_notice_covers_is_no_vacation(class_group, next_day, is_vacation):
    """The last school day is 20 January: 13 days off are days off, 14 are a vacation."""
    city = make.OrgUnit.objects.get(level="city")
    make.TermFactory(unit=city, half="spring", first_day=next_day, last_day=dt.date(2027, 7, 2))
    assert bool(near(class_group, FIRST_DAY)) == is_vacation


def test_a_week_of_days_off_is_no_vacation(class_group):
    assert near(class_group, dt.date(2026, 9, 30)) is None
    assert near(class_group, dt.date(2026, 10, 3)) is None


def test_a_school_without_a_calendar_has_no_vacation(db):
    assert near(make.ClassGroupFactory(), make.TODAY) is None


def test_many_schools_cost_one_query(class_group, django_assert_num_queries):
    ids = [class_group.school_id, make.SchoolFactory().pk]
    with django_assert_num_queries(1):
        assert list(vacations_near(ids, FIRST_DAY)) == [class_group.school_id]


@pytest.mark.parametrize(
    ("day", "is_shown"),
    [
        (FIRST_DAY - dt.timedelta(days=15), False),
        (FIRST_DAY - dt.timedelta(days=14), True),
        (LAST_DAY, True),
        (NEXT_TERM, False),
    ],
)
def test_families_see_a_plan_from_14_days_before_until_its_end(class_group, day, is_shown):
    plan_with(class_group, ("语文", "读两本书"))
    assert bool(plan_for(class_group, day)) == is_shown


def test_a_plan_shows_what_was_not_withdrawn_in_the_order_of_subjects(class_group, django_assert_num_queries):
    plan = plan_with(class_group, ("数学", "口算"), ("语文", "读两本书"), ("语文", "练字"))
    make.Subject.objects.filter(name="数学").update(rank=2)
    plan.items.filter(content="练字").update(withdrawn_at=dt.datetime(2027, 1, 20, tzinfo=dt.UTC))
    with django_assert_num_queries(2):
        shown = plan_for(class_group, FIRST_DAY)
        assert [str(item.subject) for item in shown.live_items] == ["语文", "数学"]


def test_a_plan_without_anything_to_do_is_not_shown(class_group):
    plan_with(class_group)
    assert plan_for(class_group, FIRST_DAY) is None
