"""Which rules hold for a class on a day: days off, shares, the weekly plan; and that they cost two queries."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from homework import policy
from homework.class_days import class_days
from homework.models import LocalLimit, Notice, SchoolRule, SubjectShare, WeekPlan, WeekPlanEntry
from homework.rules import RuleBook, rules_for
from schools.models import CalendarChange, SchoolDay
from tests import factories as make
from tests.fixtures import SHANGHAI

pytestmark = pytest.mark.django_db

FRIDAY = dt.date(2026, 10, 16)
SUNDAY = dt.date(2026, 10, 18)
YESTERDAY = make.TODAY - dt.timedelta(days=1)


def days_off_limit(unit, minutes, **values):
    """Written as a row: what may be entered is the services' business."""
    values.setdefault("first_day", make.TERM_FIRST_DAY)
    return LocalLimit.objects.create(
        unit=unit, stage="primary", grade=5, minutes=minutes, span="days_off", document="办法", **values
    )


def plan_week(school, *entries, first_day=make.TERM_FIRST_DAY, last_day=None):
    """`entries` are (grade, weekday, subject or None)."""
    plan = WeekPlan.objects.create(school=school, first_day=first_day, last_day=last_day, made_by=make.UserFactory())
    for grade, weekday, subject in entries:
        WeekPlanEntry.objects.create(plan=plan, grade=grade, weekday=weekday, subject=subject)
    return plan


def county_of(class_group):
    return class_group.school.unit.places.get().parent


@pytest.mark.parametrize(
    ("of_a_day", "local", "expected"),
    [(60, [], 60), (40, [], 40), (40, [50], 50), (60, [90], 60), (60, [50, 45], 45), (0, [], 0)],
)
def test_days_off_follow_their_own_rule_or_one_days(of_a_day, local, expected):
    assert policy.days_off_limit(60, of_a_day, local) == expected


def test_the_last_day_before_days_off_has_one_days_limit_where_no_rule_speaks_of_them(class_group):
    make.LocalLimitFactory(unit=class_group.school.unit, minutes=40)
    rules = rules_for(class_group, FRIDAY)
    assert (rules.limit, rules.covers_until) == (40, SUNDAY)


def test_a_rule_of_days_off_holds_on_the_day_before_them_and_no_other(class_group):
    days_off_limit(county_of(class_group), 50)
    make.LocalLimitFactory(unit=class_group.school.unit, minutes=40)
    assert rules_for(class_group, FRIDAY).limit == 50
    assert rules_for(class_group, make.TODAY).limit == 40
    assert rules_for(class_group, make.TODAY).covers_until is None


def test_of_two_rules_of_days_off_the_stricter_holds(class_group):
    days_off_limit(county_of(class_group), 50)
    days_off_limit(class_group.school.unit, 45)
    days_off_limit(class_group.school.unit, 10, last_day=FRIDAY - dt.timedelta(days=1), first_day=make.MONDAY)
    assert rules_for(class_group, FRIDAY).limit == 45


def test_the_notice_before_days_off_is_judged_by_their_rule(class_group, post, clock):
    clock(dt.datetime(2026, 10, 16, 16, tzinfo=SHANGHAI))
    days_off_limit(class_group.school.unit, 30)
    post("语文", 31, day=FRIDAY, overrun_reason="复习")
    post("语文", 31, day=FRIDAY - dt.timedelta(days=1))
    before, friday = Notice.objects.order_by("day")
    assert (before.limit_minutes, before.breached_rule, before.covers_until) == (60, "", None)
    assert (friday.limit_minutes, friday.breached_rule, friday.covers_until) == (30, "daily_total", SUNDAY)


def test_the_day_before_a_vacation_covers_none_of_it(class_group):
    SchoolDay.objects.filter(school=class_group.school, day__gt=FRIDAY).update(is_cancelled=True)
    days_off_limit(class_group.school.unit, 30)
    assert rules_for(class_group, FRIDAY).covers_until is None
    assert rules_for(class_group, FRIDAY).limit == 60


def test_a_saturday_that_is_taught_moves_the_days_off(class_group):
    SchoolDay.objects.create(school=class_group.school, day=FRIDAY + dt.timedelta(days=1))
    CalendarChange.objects.all().delete()
    assert rules_for(class_group, FRIDAY).covers_until is None
    assert rules_for(class_group, FRIDAY + dt.timedelta(days=1)).covers_until == SUNDAY


def test_shares_are_those_of_the_version_in_force_and_of_the_grade(class_group):
    maker = make.UserFactory()
    chinese, maths = make.subject("语文"), make.subject("数学")
    for version, first_day, last_day, minutes in (
        (1, make.TERM_FIRST_DAY, YESTERDAY, 30),
        (2, make.TODAY, None, 20),
    ):
        rule = SchoolRule.objects.create(
            school=class_group.school,
            version=version,
            title="办法",
            first_day=first_day,
            last_day=last_day,
            made_by=maker,
        )
        SubjectShare.objects.create(school_rule=rule, grade=5, subject=chinese, minutes=minutes)
        SubjectShare.objects.create(school_rule=rule, grade=4, subject=maths, minutes=minutes)
    assert rules_for(class_group, YESTERDAY).shares == {chinese.pk: 30}
    assert rules_for(class_group, make.TODAY).shares == {chinese.pk: 20}
    assert rules_for(make.ClassGroupFactory(), make.TODAY).shares == {}


def test_only_the_subjects_whose_turn_it_is_are_due(class_group):
    chinese, maths = make.subject("语文"), make.subject("数学")
    plan_week(class_group.school, (5, 3, chinese), (5, 2, maths), (4, 3, maths))
    wednesday, tuesday, monday = (rules_for(class_group, day) for day in (make.TODAY, YESTERDAY, make.MONDAY))
    assert (wednesday.rota, wednesday.due) == ({chinese.pk}, {chinese.pk})
    assert tuesday.due == {maths.pk}
    assert (monday.rota, monday.due) == (None, {chinese.pk, maths.pk})


def test_the_plan_names_no_subject_that_the_class_is_not_taught(class_group):
    plan_week(class_group.school, (5, 3, make.subject("英语")), (5, 3, make.subject("语文")))
    assert rules_for(class_group, make.TODAY).due == {make.subject("语文").pk}


def test_a_no_homework_day_leaves_due_as_it_is(class_group):
    plan_week(class_group.school, (5, 3, None))
    rules = rules_for(class_group, make.TODAY)
    assert (rules.is_no_homework_day, rules.rota, len(rules.due)) == (True, None, 2)
    assert not rules_for(class_group, YESTERDAY).is_no_homework_day


def test_a_plan_holds_between_its_own_days_and_in_its_own_school(class_group):
    plan_week(class_group.school, (5, 3, make.subject("语文")), last_day=YESTERDAY)
    plan_week(make.SchoolFactory(), (5, 3, make.subject("语文")))
    assert rules_for(class_group, make.TODAY).rota is None


def test_a_day_is_complete_once_the_subjects_whose_turn_it_is_have_spoken(class_group, post):
    plan_week(class_group.school, (5, 3, make.subject("语文")))
    post("语文", 20)
    notice = Notice.objects.get()
    assert (notice.is_complete, notice.subjects_due, notice.subjects_spoken) == (True, 1, 1)


def test_the_page_of_a_class_says_the_same_as_the_rules(class_group):
    chinese = make.subject("语文")
    plan_week(class_group.school, (5, 5, chinese))
    days_off_limit(class_group.school.unit, 45)
    page, rules = class_days([class_group], FRIDAY, Notice.objects.all())[0], rules_for(class_group, FRIDAY)
    assert [subject.pk for subject in page.due] == list(rules.due) == [chinese.pk]
    assert (page.limit, page.rota, page.shares) == (rules.limit, rules.rota, rules.shares) == (45, {chinese.pk}, {})
    assert page.covers_until == rules.covers_until == SUNDAY


def test_the_rules_of_a_class_are_read_in_one_query(class_group, django_assert_num_queries):
    plan_week(class_group.school, (5, 3, make.subject("语文")))
    make.LocalLimitFactory(unit=class_group.school.unit, minutes=40)
    with django_assert_num_queries(1):
        assert rules_for(class_group, make.TODAY).limit == 40


def test_ten_classes_take_no_more_queries_than_one(class_group, post):
    groups = [class_group]
    post("语文", 20)
    with CaptureQueriesContext(connection) as for_one:
        class_days(groups, make.TODAY, Notice.objects.all())
    groups += [make.ClassGroupFactory(school=class_group.school, number=number) for number in range(2, 11)]
    with CaptureQueriesContext(connection) as for_ten:
        assert len(class_days(groups, make.TODAY, Notice.objects.all())) == 10
    assert len(for_ten) == len(for_one) <= 5


def test_a_book_of_many_days_knows_each_days_rules(class_group, django_assert_num_queries):
    school = class_group.school
    make.LocalLimitFactory(unit=school.unit, minutes=40, first_day=make.TODAY)
    with django_assert_num_queries(1):
        book = RuleBook.read([school.pk], make.MONDAY, FRIDAY)
    assert [book.limit(school, 5, day) for day in (YESTERDAY, make.TODAY)] == [60, 40]
