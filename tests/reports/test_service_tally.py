"""The sums of after-school service: one row per school and school day, also of days on which nothing happened."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from afterschool.models import ServiceBreak
from reports import rollup
from reports.models import ServiceTally
from schools.models import ChangedDay, OrgUnit, SchoolDay
from tests import factories
from tests.afterschool import make
from tests.afterschool.make import FIVE, SIX
from tests.fixtures import SHANGHAI

pytestmark = pytest.mark.django_db

DAY = factories.TODAY  # a Wednesday
HELD = {"state": "held", "recorded_at": dt.datetime(2026, 10, 14, 18, tzinfo=SHANGHAI)}
SILENT = dict.fromkeys(ServiceTally.COUNTS, 0) | {"days": 1, "unexcused": 1}


def row(school, day=DAY):
    rollup.rebuild_day(day)
    return ServiceTally.objects.values(*ServiceTally.COUNTS).get(school=school, day=day)


def held(group, day=DAY, **values):
    return make.session(group, day, **(HELD | values))


def test_a_school_where_nothing_happens_has_a_row_of_zeros(world):
    assert row(world.school) == SILENT


def test_a_day_of_service_is_counted(world):
    """Three groups: two at 16:00, one of them by an outsider; one at 17:00 by the teacher of the first."""
    make.plan(world)
    teacher = make.worker(world)
    outsider = make.worker(world, kind="retired")
    first = make.group(world, worker=teacher)
    second = make.group(
        world, worker=outsider, name="书法", course=make.course(world.school, "书法", "arts", "interest")
    )
    third = make.group(world, worker=teacher, name="乒乓球", slots=make.every_day(FIVE, SIX))
    held(first, expected=40, absent=2, on_leave=3, left_early=1)
    held(second, expected=20)
    make.session(third, DAY)  # nobody has called the roll
    assert row(world.school) == SILENT | {
        "planned": 3,
        "held": 2,
        "expected": 60,
        "present": 55,
        "absent": 2,
        "on_leave": 3,
        "left_early": 1,
        "workers": 2,
        "outside_workers": 1,
        "minutes": 60,
        "served": 1,
        "unexcused": 0,
        "plan_in_force": 1,
        "plan_ok": 1,
    }


@pytest.mark.parametrize(
    ("times", "minutes"),
    [
        ([("16:00", "16:40"), ("16:50", "17:30")], 80),  # as one school's plan has it: the pause does not count
        ([("16:00", "17:00"), ("16:30", "18:00")], 120),  # a minute covered twice counts once
        ([("16:00", "17:00"), ("17:00", "18:00"), ("16:10", "16:50")], 120),
        ([("16:25", "18:00")], 95),
    ],
)
def test_minutes_are_those_of_the_clock(world, times, minutes):
    group = make.group(world)
    for number, (starts_at, ends_at) in enumerate(times):
        other = (
            group
            if not number
            else make.group(world, worker=make.worker(world, kind="volunteer"), name=f"班组{number}")
        )
        held(other, starts_at=dt.time.fromisoformat(starts_at), ends_at=dt.time.fromisoformat(ends_at))
    assert row(world.school)["minutes"] == minutes


def test_who_stands_in_is_who_served(world):
    group = make.group(world)
    held(group, worker=make.worker(world, kind="volunteer"))
    found = row(world.school)
    assert (found["workers"], found["outside_workers"]) == (1, 1)


def test_somebody_listed_twice_is_one_person(world):
    former = make.worker(world, last_day=DAY)
    held(make.group(world, worker=former))
    held(make.group(world, worker=make.worker(world, last_day=None), name="乒乓球", slots=make.every_day(FIVE, SIX)))
    assert row(world.school)["workers"] == 1


def test_what_was_cancelled_is_no_service_and_needs_a_reason_for_the_day(world):
    make.session(make.group(world), DAY, state="cancelled", reason="教师外出")
    found = row(world.school)
    assert (found["planned"], found["cancelled"], found["served"], found["unexcused"]) == (1, 1, 0, 1)
    ServiceBreak.objects.create(school=world.school, day=DAY, reason="全校体检", made_by=world.teacher)
    found = row(world.school)
    assert (found["has_break"], found["served"], found["unexcused"]) == (1, 0, 0)


@pytest.mark.parametrize(
    ("values", "in_force", "ok"),
    [
        ({}, 1, 1),
        ({"failures": ["two_hours"]}, 1, 0),
        ({"state": "submitted"}, 0, 0),
        ({"state": "returned"}, 0, 0),
        ({"last_day": DAY - dt.timedelta(days=1)}, 0, 0),
        ({"first_day": DAY, "last_day": DAY}, 1, 1),
    ],
)
def test_only_a_filed_plan_is_in_force_and_its_verdict_is_taken_over(world, values, in_force, ok):
    make.plan(world, **values)
    found = row(world.school)
    assert (found["plan_in_force"], found["plan_ok"]) == (in_force, ok)


def test_a_day_off_and_a_closed_school_have_no_row(world):
    held(make.group(world))
    SchoolDay.objects.filter(school=world.school, day=DAY).update(is_cancelled=True)
    OrgUnit.objects.filter(pk=world.other_school.pk).update(closed_on=DAY)
    rollup.rebuild_day(DAY)
    assert not ServiceTally.objects.exists()


def test_rebuilding_twice_gives_the_same(world):
    held(make.group(world), expected=30)
    assert row(world.school) == row(world.school)
    assert ServiceTally.objects.count() == 2


def test_a_tick_makes_them_for_the_schools_that_changed(world):
    ChangedDay.objects.all().delete()
    held(make.group(world), expected=30)
    ChangedDay.objects.note([(world.school.pk, DAY)])
    assert rollup.take_changed_days(until=DAY) == 1
    assert list(ServiceTally.objects.values_list("school", "expected")) == [(world.school.pk, 30)]


def test_the_nightly_proof_finds_a_tampered_row_and_mends_it(world):
    held(make.group(world), expected=30)
    rollup.rebuild_day(DAY)
    ServiceTally.objects.filter(school=world.school).update(minutes=120)
    (difference,) = rollup.reconcile(DAY, DAY)
    assert (difference.sums, difference.key) == (rollup.SERVICE, (world.school.pk,))
    assert "ServiceTally 2026-10-14" in str(difference)
    assert row(world.school)["minutes"] == 60
    assert rollup.reconcile(DAY, DAY) == []


def test_counties_add_up_to_the_city(world):
    held(make.group(world), expected=30, absent=1)
    rollup.rebuild_day(DAY)
    city, east, west = (
        ServiceTally.objects.below([unit.path_on(DAY)]).between(DAY, DAY).sums()
        for unit in (world.city, world.county, world.other_county)
    )
    assert city == {name: east[name] + west[name] for name in ServiceTally.COUNTS}
    assert (city["days"], city["present"], west["unexcused"]) == (2, 29, 1)


@pytest.mark.parametrize(
    "wrong", [{"held": 5}, {"present": 1}, {"served": 1}, {"plan_ok": 1}, {"days": 2}, {"unexcused": 2}]
)
def test_the_database_refuses_parts_beyond_their_wholes(world, wrong):
    rollup.rebuild_day(DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceTally.objects.filter(school=world.school).update(**wrong)
