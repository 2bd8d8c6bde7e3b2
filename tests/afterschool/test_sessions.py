"""Sessions of a day: made from timetables, not held, and a whole day without service."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection

from afterschool import tasks
from afterschool.models import Duty, ServiceBreak, Session
from afterschool.services import sessions
from afterschool.week import Slot
from schools.models import ChangedDay
from schools.services import days as calendar
from tests import factories
from tests.afterschool import make

pytestmark = pytest.mark.django_db

TODAY = factories.TODAY  # a Wednesday
TOMORROW, YESTERDAY = TODAY + dt.timedelta(days=1), TODAY - dt.timedelta(days=1)
SATURDAY = dt.date(2026, 10, 10)  # makes up for a day of the holidays


@pytest.fixture
def group(world):
    """Two pupils, of whom one leaves after today."""
    group = make.group(world)
    make.enrolment(group, make.pupil(world, 1))
    make.enrolment(group, make.pupil(world, 2), last_day=TODAY)
    return group


@pytest.fixture
def office(world):
    return world.people["academic_office"]


def changed():
    return set(ChangedDay.objects.values_list("school", "day"))


# --- Made ---


def test_a_session_is_made_for_each_time_of_the_day_with_those_enrolled(group):
    ChangedDay.objects.all().delete()
    assert sessions.make_sessions(TODAY) == 1
    session = Session.objects.get()
    assert (session.group, session.school, session.day) == (group, group.school, TODAY)
    assert (session.starts_at, session.ends_at) == (make.FOUR, make.FIVE)
    assert (session.expected, session.state, session.worker) == (2, "planned", None)
    assert changed() == {(group.school_id, TODAY)}


def test_on_the_next_day_who_has_left_is_not_expected(group):
    sessions.make_sessions(TOMORROW)
    assert Session.objects.get().expected == 1


def test_two_times_of_one_day_are_two_sessions(world):
    make.group(
        world, slots=[Slot(3, make.FIVE, make.SIX), Slot(3, make.FOUR, make.FIVE), Slot(4, make.FOUR, make.FIVE)]
    )
    assert sessions.make_sessions(TODAY) == 2
    assert list(Session.objects.values_list("starts_at", flat=True)) == [make.FOUR, make.FIVE]


def test_made_again_nothing_is_doubled_and_nothing_is_noted(group):
    sessions.make_sessions(TODAY)
    Session.objects.update(absent=1)
    ChangedDay.objects.all().delete()
    assert sessions.make_sessions(TODAY) == 0
    assert Session.objects.get().absent == 1
    assert changed() == set()


@pytest.mark.parametrize(
    ("values", "day"),
    [
        ({"first_day": TOMORROW}, TODAY),
        ({"last_day": YESTERDAY}, TODAY),
        ({"slots": [Slot(4, make.FOUR, make.FIVE)]}, TODAY),
        ({}, dt.date(2026, 10, 18)),  # a Sunday
    ],
)
def test_where_no_timetable_holds_nothing_is_made(world, values, day):
    make.group(world, **values)
    assert sessions.make_sessions(day) == 0


def test_a_cancelled_school_day_or_a_day_without_service_makes_nothing(world, group, office):
    sessions.cancel_day(by=office, school=world.school, day=TOMORROW, reason="运动会")
    calendar.change_day(by=office, unit=world.school.unit, day=TODAY, teaches=False, reason="台风")
    assert sessions.make_sessions(TODAY) == sessions.make_sessions(TOMORROW) == 0


def test_only_the_schools_named_are_served(world, group):
    assert sessions.make_sessions(TODAY, [world.other_school.pk]) == 0
    assert sessions.make_sessions(TODAY, [world.school.pk]) == 1


def test_a_make_up_saturday_follows_the_weekday_that_is_named(world, group, office):
    assert sessions.make_sessions(SATURDAY) == 0
    made = sessions.make_missing_sessions(by=office, school=world.school, day=SATURDAY, weekday=5)
    assert made == 1
    assert Session.objects.get().starts_at == make.FOUR


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (TODAY + dt.timedelta(days=8), "最多提前7天"),
        (dt.date(2026, 10, 18), "不上课"),
        (dt.date(2026, 9, 30), "最近7个上课日"),
    ],
)
def test_sessions_are_made_by_hand_only_near_today(world, group, office, day, words):
    with pytest.raises(ValidationError, match=words):
        sessions.make_missing_sessions(by=office, school=world.school, day=day)


def test_nothing_left_to_make_is_said(world, group, office):
    sessions.make_sessions(TODAY)
    with pytest.raises(ValidationError, match="没有可生成的安排"):
        sessions.make_missing_sessions(by=office, school=world.school, day=TODAY)


def test_who_came_since_is_expected_in_what_is_still_planned(world, group):
    sessions.make_sessions(TODAY)
    other = make.group(
        world, worker=make.worker(world, "head_teacher"), name="社团", slots=[Slot(3, make.FIVE, make.SIX)]
    )
    make.session(other, TODAY, state="held", recorded_at="2026-10-14T16:00+08:00")
    make.enrolment(other, make.pupil(world, 3))
    make.enrolment(group, make.pupil(world, 4))
    ChangedDay.objects.all().delete()
    assert sessions.refresh_expected(TODAY) == 1
    assert dict(Session.objects.values_list("group__name", "expected")) == {group.name: 3, "社团": 0}
    assert changed() == {(world.school.pk, TODAY)}
    assert sessions.refresh_expected(TODAY) == 0


def test_the_task_makes_and_refreshes_today_and_its_twin_any_day(group, capsys):
    assert tasks.make_sessions() == 1
    call_command("make_sessions", "--day", "2026-10-15")
    assert sorted(Session.objects.values_list("day", flat=True)) == [TODAY, TOMORROW]


# --- Not held ---


def test_a_session_is_cancelled_with_a_reason_and_frees_who_stands_in(world, group, office):
    session = make.session(group, TODAY, worker=make.worker(world, "head_teacher"))
    duty = Duty.objects.create(
        school=world.school, day=TODAY, kind="substitute", worker=session.worker, session=session,
        starts_at=make.FOUR, ends_at=make.FIVE, made_by=office,
    )  # fmt: skip
    sessions.cancel_session(by=world.teacher, session=session, reason=" 外出研学 ")
    session.refresh_from_db()
    duty.refresh_from_db()
    assert (session.state, session.reason, session.worker) == ("cancelled", "外出研学", None)
    assert duty.replaced_at is not None


@pytest.mark.parametrize(
    ("values", "reason", "words"),
    [
        ({}, " ", "写明原因"),
        ({}, "看🏃", "印不到纸上"),
        ({"state": "held", "recorded_at": "2026-10-14T16:00+08:00"}, "研学", "已经点名"),
    ],
)
def test_a_cancellation_that_cannot_be_is_refused(world, group, values, reason, words):
    session = make.session(group, TODAY, **values)
    with pytest.raises(ValidationError, match=words):
        sessions.cancel_session(by=world.teacher, session=session, reason=reason)


def test_a_day_without_service_ends_its_sessions_and_can_be_taken_back(world, group, office):
    sessions.make_sessions(TODAY)
    sessions.cancel_day(by=office, school=world.school, day=TODAY, reason="全校大扫除")
    assert list(Session.objects.values_list("state", "reason")) == [("cancelled", "全校大扫除")]
    sessions.resume_day(by=office, school=world.school, day=TODAY)
    assert list(Session.objects.values_list("state", "reason", "recorded_at")) == [("planned", "", None)]
    assert not ServiceBreak.objects.exists()


def test_a_day_on_which_a_roll_was_taken_is_no_day_without_service(world, group, office):
    make.session(group, TODAY, state="held", recorded_at="2026-10-14T16:00+08:00")
    with pytest.raises(ValidationError, match="已有班组点名"):
        sessions.cancel_day(by=office, school=world.school, day=TODAY, reason="大扫除")


def test_a_day_is_stopped_once(world, group, office):
    sessions.cancel_day(by=office, school=world.school, day=TODAY, reason="大扫除")
    with pytest.raises(ValidationError, match="已登记过"):
        sessions.cancel_day(by=office, school=world.school, day=TODAY, reason="大扫除")


def test_a_calendar_change_leaves_the_session_planned_on_a_day_not_held(world, group, office):
    sessions.make_sessions(TODAY)
    calendar.change_day(by=office, unit=world.school.unit, day=TODAY, teaches=False, reason="台风")
    assert Session.objects.get().state == "planned"
    assert not world.school.days.held().filter(day=TODAY).exists()


# --- At once ---


@pytest.mark.django_db(transaction=True)
def test_two_makings_at_once_make_each_session_once(world):
    make.group(world)

    def run(_):
        try:
            return sessions.make_sessions(TODAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, range(2))) == [0, 1]
    assert Session.objects.count() == 1
