"""Sessions to come follow what changes after they were made: the group's timetable and its roster."""

import datetime as dt

import pytest

from accounts.models import Notification
from afterschool.models import Duty, Session
from afterschool.services import duties, groups, rosters, sessions
from afterschool.services.groups import Arrangement
from afterschool.week import Slot
from tests import factories
from tests.afterschool import make
from tests.fixtures import SHANGHAI

pytestmark = pytest.mark.django_db

TODAY = factories.TODAY  # a Wednesday, half past four
TOMORROW, FRIDAY = TODAY + dt.timedelta(days=1), TODAY + dt.timedelta(days=2)
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


def test_what_was_called_has_begun_or_has_a_reason_stays(office, group, clock):
    first, second, _ = Session.objects.filter(group=group).order_by("day")
    sessions.cancel_session(by=office, session=second, reason="教师培训")
    clock(dt.datetime(2026, 10, 14, 16, 30, tzinfo=SHANGHAI))
    change(office, group, slots=LATER)
    first.refresh_from_db()
    assert first.state == "planned"  # has begun at four
    assert (15, 16, "cancelled", 1) in planned(group)
    assert (16, 17, "planned", 1) in planned(group)


def test_a_day_that_makes_up_for_another_keeps_its_sessions(office, group, clock):
    clock(dt.datetime(2026, 10, 9, 12, tzinfo=SHANGHAI))
    saturday = dt.date(2026, 10, 10)
    sessions.make_sessions(saturday, weekday=3)
    change(office, group, slots=LATER)
    assert (10, 16, "planned", 1) in planned(group)


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
