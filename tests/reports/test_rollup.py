"""The sums: against hand counts, made again, moved between counties, taken from the outbox, proved at night."""

import datetime as dt

import pytest

from homework import services as homework
from homework.models import Notice, WeekPlan, WeekPlanEntry
from homework.rules import rules_for
from reports import rollup
from reports.models import HomeworkTally
from schools.models import ChangedDay, SchoolDay
from schools.services import units
from tests import factories as make
from tests.fixtures import SHANGHAI

pytestmark = pytest.mark.django_db

DAY = make.TODAY
BEFORE = DAY - dt.timedelta(days=1)


@pytest.fixture
def city():
    city = make.CityFactory()
    make.TermFactory(unit=city, first_day=dt.date(2026, 10, 12), last_day=dt.date(2026, 10, 31))
    return city


def a_class(county, *, subjects=("语文", "数学"), **values):
    """A class of grade 5 in a school of its own, with a teacher per subject."""
    class_group = make.ClassGroupFactory(school=make.SchoolFactory(parent=county), **values)
    for name in subjects:
        make.TeachingFactory(class_group=class_group, subject=make.subject(name))
    return class_group


def post(class_group, *subjects, minutes=20, day=DAY, reason=""):
    for name in subjects:
        make.ItemFactory(
            class_group=class_group, subject=make.subject(name), minutes=minutes, day=day, overrun_reason=reason
        )


def sums(path="/", day=DAY):
    return HomeworkTally.objects.below([path]).between(day, day).sums()


def test_a_silent_class_still_counts_as_due_with_its_subjects(city):
    a_class(make.CountyFactory(parent=city))
    rollup.rebuild_day(DAY)
    assert sums() == dict.fromkeys(HomeworkTally.COUNTS, 0) | {"classes": 1, "subjects_due": 2}


def test_one_subject_alone_does_not_make_a_class_day(city):
    post(a_class(make.CountyFactory(parent=city)), "语文")
    rollup.rebuild_day(DAY)
    counts = sums()
    assert (counts["published"], counts["complete"], counts["subjects_spoken"], counts["judged"]) == (1, 0, 1, 0)


def test_a_complete_day_is_counted_with_its_minutes_and_breach(city):
    county = make.CountyFactory(parent=city)
    post(a_class(county), "语文", "数学", minutes=25)
    post(a_class(county), "语文", "数学", minutes=35, reason="期中复习")
    rollup.rebuild_day(DAY)
    counts = sums()
    assert counts["complete"] == counts["judged"] == counts["on_time"] == 2
    assert (counts["over_limit"], counts["waiting"], counts["written_minutes"]) == (1, 1, 120)


def test_the_notice_before_days_off_is_counted_apart(city, clock):
    friday = dt.date(2026, 10, 16)
    clock(dt.datetime(2026, 10, 16, 16, tzinfo=SHANGHAI))
    post(a_class(make.CountyFactory(parent=city)), "语文", "数学", day=friday)
    rollup.rebuild_day(friday)
    counts = sums(day=friday)
    assert (counts["complete"], counts["judged"], counts["days_off"], counts["written_minutes"]) == (1, 0, 1, 0)
    assert Notice.objects.get().covers_until == dt.date(2026, 10, 18)


def test_a_day_without_school_has_no_rows(city):
    class_group = a_class(make.CountyFactory(parent=city))
    SchoolDay.objects.filter(school=class_group.school, day=DAY).update(is_cancelled=True)
    assert rollup.rebuild_day(DAY) == 0  # of either kind


def test_a_class_counts_only_between_its_own_days(city):
    county = make.CountyFactory(parent=city)
    a_class(county, first_day=DAY + dt.timedelta(days=1))
    a_class(county, entry_year=2012)  # long left, never closed: no grade of compulsory education
    rollup.rebuild_day(DAY)
    assert not HomeworkTally.objects.exists()


def test_rebuilding_twice_gives_the_same_rows(city):
    post(a_class(make.CountyFactory(parent=city)), "语文", "数学")
    rollup.rebuild_day(DAY)
    first = list(HomeworkTally.objects.values_list("school", "grade", *HomeworkTally.COUNTS))
    assert rollup.rebuild_day(DAY) == 2  # its service has a row too
    assert list(HomeworkTally.objects.values_list("school", "grade", *HomeworkTally.COUNTS)) == first


def test_counties_add_up_to_the_city(city):
    east, west = make.CountyFactory(parent=city), make.CountyFactory(parent=city)
    post(a_class(east), "语文", "数学")
    a_class(east)
    post(a_class(west), "语文")
    elsewhere = make.CityFactory()
    make.TermFactory(unit=elsewhere, first_day=DAY, last_day=DAY)
    a_class(make.CountyFactory(parent=elsewhere))
    rollup.rebuild_day(DAY)
    of_city, of_east, of_west = (sums(unit.path_on(DAY)) for unit in (city, east, west))
    assert of_city == {name: of_east[name] + of_west[name] for name in HomeworkTally.COUNTS}
    assert (of_city["classes"], of_city["complete"]) == (3, 1)


def test_a_school_that_moved_keeps_its_past_in_its_former_county(city):
    east, west = make.CountyFactory(parent=city), make.CountyFactory(parent=city)
    class_group = a_class(east)
    units.move_unit(by=None, unit=class_group.school.unit, parent=west, first_day=DAY)
    rollup.rebuild_days(BEFORE, DAY)
    assert sums(east.path_on(DAY), BEFORE)["classes"] == sums(west.path_on(DAY), DAY)["classes"] == 1
    assert sums(east.path_on(DAY), DAY)["classes"] == sums(west.path_on(DAY), BEFORE)["classes"] == 0


def test_a_tick_takes_what_changed_and_nothing_else(city):
    county = make.CountyFactory(parent=city)
    silent, posted = a_class(county), a_class(county)
    rollup.take_changed_days(until=DAY)
    post(posted, "语文", "数学")
    HomeworkTally.objects.filter(school=silent.school).update(classes=7)  # a wrong sum that nothing has changed
    assert rollup.take_changed_days(until=DAY) == 1
    assert not ChangedDay.objects.exists()
    assert sums()["complete"] == 1
    assert HomeworkTally.objects.get(school=silent.school, day=DAY).classes == 7


def test_a_tick_leaves_days_to_come_alone(city):
    a_class(make.CountyFactory(parent=city))
    rollup.take_changed_days(until=DAY)
    assert not ChangedDay.objects.exists()
    assert HomeworkTally.objects.order_by("-day")[0].day == DAY


def test_a_withdrawn_item_leaves_the_sums(city):
    class_group = a_class(make.CountyFactory(parent=city), subjects=("语文",))
    item = make.ItemFactory(class_group=class_group)
    rollup.take_changed_days(until=DAY)
    assert sums()["written_minutes"] == 20
    homework.withdraw_item(by=item.posted_by, item=item, reason="写错了")
    rollup.take_changed_days(until=DAY)
    assert (sums()["written_minutes"], sums()["complete"], sums()["published"]) == (0, 0, 1)


def test_reconcile_lists_and_mends_a_wrong_a_missing_and_a_spare_row(city):
    county = make.CountyFactory(parent=city)
    wrong, missing = a_class(county), a_class(county)
    rollup.rebuild_day(DAY)
    HomeworkTally.objects.filter(school=wrong.school).update(classes=9)
    HomeworkTally.objects.filter(school=missing.school).update(grade=1)
    differences = rollup.reconcile(DAY, DAY)
    assert [(d.key, bool(d.stored), bool(d.fresh)) for d in differences] == [
        ((wrong.school_id, 5), True, True),
        ((missing.school_id, 1), True, False),
        ((missing.school_id, 5), False, True),
    ]
    assert rollup.reconcile(DAY, DAY) == []


def test_a_silent_class_owes_what_its_schools_plan_leaves_due(city):
    """The sums and homework.rules count the same subjects: by rota, on a no-homework day, and where neither is said."""
    county = make.CountyFactory(parent=city)
    classes = [a_class(county, subjects=("语文", "数学", "英语")) for _ in range(4)]
    chinese, maths = make.subject("语文"), make.subject("数学")
    for class_group, entries in zip(
        classes,
        [
            [(5, 3, chinese), (5, 3, maths), (5, 4, chinese)],
            [(5, 3, None), (5, 4, chinese)],
            [(4, 3, chinese)],
            [(5, 3, chinese)],
        ],
        strict=True,
    ):
        plan = WeekPlan.objects.create(school=class_group.school, first_day=DAY, made_by=make.UserFactory())
        for grade, weekday, subject in entries:
            WeekPlanEntry.objects.create(plan=plan, grade=grade, weekday=weekday, subject=subject)
    rollup.rebuild_days(BEFORE, DAY)
    for day, expected in ((DAY, [2, 3, 3, 1]), (BEFORE, [3, 3, 3, 3])):
        counted = dict(HomeworkTally.objects.filter(day=day).values_list("school", "subjects_due"))
        assert [counted[class_group.school_id] for class_group in classes] == expected
        assert [len(rules_for(class_group, day).due) for class_group in classes] == expected
