"""Sessions to come follow what changes after they were made: the group's timetable and its roster."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Notification
from afterschool.models import Duty, FollowedWeekday, Session
from afterschool.services import duties, groups, incidents, rosters, sessions
from afterschool.services.groups import Arrangement
from afterschool.week import Slot
from schools.services import days as calendar
from tests import factories
from tests.afterschool import make
from tests.fixtures import SHANGHAI

pytestmark = pytest.mark.django_db

TODAY = factories.TODAY  # a Wednesday, half past four
TOMORROW, FRIDAY = TODAY + dt.timedelta(days=1), TODAY + dt.timedelta(days=2)
EVERY_DAY = [Slot(weekday, make.FOUR, make.FIVE) for weekday in range(1, 6)]
LATER = [Slot(weekday, dt.time(17), dt.time(18)) for weekday in range(1, 6)]


@pytest.fixture
def office(world):
    return world.people["academic_office"]


@pytest.fixture
def group(world, clock):
    """Its sessions of today, tomorrow and Friday are made; it is noon."""
    clock(dt.datetime(2026, 10, 14, 12, tzinfo=SHANGHAI))
    group = make.group(world)
    make.enrolment(group, make.pupil(world, 1))
    for day in (TODAY, TOMORROW, FRIDAY):
        sessions.make_sessions(day)
    return group


def change(office, group, **values):
    said = {
        **{name: getattr(group, name) for name in ("name", "grades", "worker", "room", "capacity", "slots")},
        **{"first_day": group.first_day, "last_day": group.last_day},
    }
    groups.change_group(by=office, group=group, arrangement=Arrangement(**said | values))


def planned(group):
    rows = Session.objects.filter(group=group).order_by("day", "starts_at")
    return [(row.day.day, row.starts_at.hour, row.state, row.expected) for row in rows]


def test_another_timetable_moves_the_sessions_to_come(office, group):
    change(office, group, slots=LATER)
    assert planned(group) == [(day, 17, "planned", 1) for day in (14, 15, 16)]


def test_what_has_begun_or_was_called_off_stays_and_nothing_is_put_beside_it(office, group, clock):
    called_off = Session.objects.get(group=group, day=TOMORROW)
    sessions.cancel_session(by=office, session=called_off, reason="教师培训")
    clock(dt.datetime(2026, 10, 14, 16, 30, tzinfo=SHANGHAI))
    change(office, group, slots=LATER)
    sessions.make_sessions(TODAY)
    assert planned(group) == [(14, 16, "planned", 1), (15, 16, "cancelled", 1), (16, 17, "planned", 1)]


def test_one_with_an_incident_stays(office, group):
    first = Session.objects.filter(group=group).earliest("day")
    said = {"day": first.day, "happened_at": dt.time(11), "what": "摔倒"}
    incidents.report_incident(by=office, school=first.school, session=first, **said)
    change(office, group, slots=LATER)
    assert [(day, hour) for day, hour, *_ in planned(group)] == [(14, 16), (15, 17), (16, 17)]


def test_a_day_that_makes_up_for_another_follows_that_weekday_s_new_time(world, office, group, clock):
    """A Saturday as Wednesday and a Friday as Thursday, for every group of the school."""
    clock(dt.datetime(2026, 10, 9, 12, tzinfo=SHANGHAI))
    saturday, friday = dt.date(2026, 10, 10), dt.date(2026, 10, 16)
    other = make.group(world, worker=make.worker(world, "head_teacher"), name="社团", slots=EVERY_DAY)
    for day, weekday in ((saturday, 3), (friday, 4)):
        sessions.make_missing_sessions(by=office, school=world.school, day=day, weekday=weekday)
    before = planned(other)
    wednesday, thursday = Slot(3, dt.time(17), dt.time(18)), Slot(4, dt.time(17, 30), dt.time(18))
    change(office, group, slots=[wednesday, thursday])
    assert planned(other) == before
    times = Session.objects.filter(group=group).order_by("day").values_list("day", "starts_at")
    assert list(times) == [
        (saturday, dt.time(17)),
        (TODAY, dt.time(17)),
        (TOMORROW, dt.time(17, 30)),
        (FRIDAY, dt.time(17, 30)),
    ]


def test_a_day_made_by_its_own_weekday_is_made_anew_by_the_one_it_shall_follow(world, office, group):
    moved = [*EVERY_DAY[:4], Slot(5, dt.time(15), dt.time(16))]
    change(office, group, slots=moved)
    assert planned(group)[2][:2] == (16, 15)
    assert sessions.make_missing_sessions(by=office, school=world.school, day=FRIDAY, weekday=1) == 1
    assert planned(group)[2][:2] == (16, 16)
    assert sessions.make_missing_sessions(by=office, school=world.school, day=FRIDAY, weekday=None) == 1
    assert planned(group)[2][:2] == (16, 15)


def test_the_morning_s_job_knows_the_weekday_that_a_day_follows(world, office, group):
    monday = Session.objects.filter(group=group, day=FRIDAY)
    sessions.make_missing_sessions(by=office, school=world.school, day=dt.date(2026, 10, 19), weekday=2)
    monday.delete()
    FollowedWeekday.objects.create(school=world.school, day=FRIDAY, weekday=7, made_by=office)
    assert sessions.make_sessions(FRIDAY) == 0


def test_a_day_that_is_no_longer_taught_loses_what_was_to_come(world, office, group):
    calendar.change_day(by=office, unit=world.county, day=TOMORROW, teaches=False, reason="台风")
    calendar.change_day(by=office, unit=world.county, day=TODAY, teaches=False, reason="台风")
    assert [day for day, *_ in planned(group)] == [16]


def test_a_day_that_is_taught_after_all_has_its_sessions_again(world, office, group):
    change_of_day = calendar.change_day(by=office, unit=world.county, day=TODAY, teaches=False, reason="台风")
    calendar.take_change_back(by=office, change=change_of_day)
    assert [day for day, *_ in planned(group)] == [14, 15, 16]


def test_what_was_called_on_a_day_off_stays(world, office, group):
    Session.objects.filter(day=TODAY).update(state="held", recorded_at=timezone.now())
    calendar.change_day(by=office, unit=world.county, day=TODAY, teaches=False, reason="台风")
    assert planned(group)[0] == (14, 16, "held", 1)


def test_a_day_without_service_that_has_some_after_all_follows_what_changed_meanwhile(world, office, group):
    sessions.cancel_day(by=office, school=world.school, day=TOMORROW, reason="运动会")
    change(office, group, slots=LATER)
    assert planned(group)[1][:3] == (15, 16, "cancelled")
    sessions.resume_day(by=office, school=world.school, day=TOMORROW)
    assert planned(group)[1][:3] == (15, 17, "planned")


def test_as_many_questions_for_many_days_as_for_one(world, office, group, django_assert_num_queries):
    """Of the groups' change itself too: nothing in it is asked day by day."""
    with CaptureQueriesContext(connection) as three_days:
        change(office, group, slots=LATER)
    for day in range(17, 22):
        sessions.make_sessions(dt.date(2026, 10, day))
    assert Session.objects.filter(group=group).count() == 6
    group.refresh_from_db()
    with django_assert_num_queries(len(three_days)):
        change(office, group, slots=EVERY_DAY)


def test_who_was_to_stand_in_is_free_and_told(world, office, group):
    stand_in = make.worker(world, "head_teacher")
    session = Session.objects.get(group=group, day=TOMORROW)
    duties.substitute(by=office, session=session, worker=stand_in)
    change(office, group, slots=LATER)
    assert not Duty.objects.exists()
    line = Notification.objects.get(key__startswith="duty-gone:")
    assert (line.user, line.text) == (
        world.people["head_teacher"],
        "10月15日16:00五年级1班作业辅导的时间有变动，原定代班取消。",
    )


def test_a_group_that_ends_has_no_sessions_after(office, group):
    groups.end_group(by=office, group=group, last_day=TOMORROW)
    assert [day for day, *_ in planned(group)] == [14, 15]


def test_a_group_opened_after_the_day_s_sessions_were_made_meets_today(world, office, group):
    club = Arrangement(
        "乒乓球", [5], make.worker(world, "head_teacher"), None, 20, LATER, make.FIRST_DAY, make.LAST_DAY
    )
    opened = groups.open_group(by=office, course=group.course, arrangement=club)
    assert [day for day, *_ in planned(opened)] == [14, 15, 16]


def test_who_joins_leaves_or_is_taken_back_is_expected_at_once(world, office, group):
    pupil = make.pupil(world, 2)
    rosters.enrol(by=office, group=group, pupils=[pupil], first_day=TOMORROW)
    assert [expected for *_, expected in planned(group)] == [1, 2, 2]
    enrolment = group.enrolments.get(pupil=pupil)
    rosters.leave(by=office, enrolment=enrolment, last_day=TOMORROW)
    assert [expected for *_, expected in planned(group)] == [1, 2, 1]
    rosters.take_back(by=office, enrolment=enrolment)
    assert [expected for *_, expected in planned(group)] == [1, 1, 1]
