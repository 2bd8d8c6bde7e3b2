"""Who is on duty and who stands in: only those who are fit and free, and nobody twice at one time."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError

from afterschool.availability import free_for
from afterschool.models import Duty
from afterschool.services import duties, sessions
from tests import factories
from tests.afterschool import make

pytestmark = pytest.mark.django_db

TODAY, MONDAY = factories.TODAY, factories.MONDAY
WEEK = dt.timedelta(days=7)


@pytest.fixture
def office(world):
    return world.people["academic_office"]


@pytest.fixture
def session(world):
    """16:00—17:00 today, of 王语文."""
    return make.session(make.group(world), TODAY)


@pytest.fixture
def head(world):
    return make.worker(world, "head_teacher")


def set_duty(world, worker, **values):
    defaults = {"day": TODAY, "kind": "lead", "starts_at": make.FOUR, "ends_at": make.SIX}
    by = world.people["academic_office"]
    return duties.set_duty(by=by, school=world.school, worker=worker, **defaults | values)


def lines(user):
    return list(user.notifications.values_list("text", flat=True))


# --- 值班领导, 巡查 ---


def test_somebody_is_put_on_duty_once_for_a_form_sent_twice(world, head):
    key = uuid.uuid4()
    assert set_duty(world, head, key=key)
    assert set_duty(world, head, key=key) is None
    duty = Duty.objects.get()
    assert (duty.kind, duty.worker, duty.starts_at, duty.ends_at) == ("lead", head, make.FOUR, make.SIX)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"kind": "substitute"}, "值班领导或巡查"),
        ({"ends_at": make.FOUR}, "晚于开始时间"),
        ({"day": dt.date(2026, 10, 18)}, "不上课"),
        ({"day": dt.date(2026, 9, 30)}, "最近7个上课日"),
        ({"day": dt.date(2027, 10, 18)}, "日期太远"),
    ],
)
def test_a_duty_that_cannot_be_is_refused(world, head, values, words):
    with pytest.raises(ValidationError, match=words):
        set_duty(world, head, **values)


def test_a_clash_names_the_other_booking(world, session, head):
    with pytest.raises(ValidationError, match="王语文这个时间已有安排：五年级1班作业辅导 16:00—17:00"):
        set_duty(world, session.group.worker)
    set_duty(world, session.group.worker, starts_at=make.FIVE)  # after it
    set_duty(world, head)
    with pytest.raises(ValidationError, match="赵数学这个时间已有安排：值班领导 16:00—18:00"):
        set_duty(world, head, kind="patrol")


def test_somebody_unfit_or_of_another_school_is_refused(world):
    coach = make.worker(world, kind="outside", name="周教练", qualification="教练证", qualified_until=MONDAY)
    with pytest.raises(ValidationError, match="资质2026年10月12日到期"):
        set_duty(world, coach)
    stranger = make.worker(world, "outside_teacher", school=world.other_school)
    with pytest.raises(ValidationError, match="本校课后服务人员"):
        set_duty(world, stranger)


def test_taken_off_the_roster_she_is_free_again(world, office, head):
    duties.remove_duty(by=office, duty=set_duty(world, head))
    assert set_duty(world, head, kind="patrol")
    assert Duty.objects.count() == 2


def test_last_week_is_copied_but_for_what_is_past_or_cannot_be(world, office, head, session):
    for weekday in range(5):
        Duty.objects.create(
            school=world.school, day=MONDAY - WEEK + dt.timedelta(days=weekday), kind="lead", worker=head,
            starts_at=make.FOUR, ends_at=make.SIX, made_by=office,
        )  # fmt: skip
    sessions.cancel_day(by=office, school=world.school, day=dt.date(2026, 10, 16), reason="运动会")
    set_duty(world, head, day=dt.date(2026, 10, 15), kind="patrol")
    copied, left_out = duties.copy_week(by=office, school=world.school, monday=MONDAY)
    assert copied == 1  # Wednesday; Monday and Tuesday are past
    assert left_out == [
        "10月15日赵数学：赵数学这个时间已有安排：巡查 16:00—18:00。",
        "10月16日赵数学：这一天不上课，或停止课后服务",
    ]
    assert duties.copy_week(by=office, school=world.school, monday=MONDAY)[0] == 0


# --- 代班 ---


def test_only_who_is_fit_and_free_at_that_time_is_offered(world, session, head, office):
    make.worker(world, kind="volunteer", name="李志愿")
    busy = make.worker(world, "principal")
    make.group(world, worker=busy, name="合唱", slots=make.every_day(dt.time(16, 30), make.FIVE))
    make.worker(world, kind="outside", name="周教练", qualification="教练证", qualified_until=MONDAY)
    make.worker(world, kind="retired", name="吴退休", last_day=MONDAY)
    on_patrol = make.worker(world, "academic_office")
    set_duty(world, on_patrol, kind="patrol")
    assert [str(worker) for worker in free_for(session)] == ["赵数学", "李志愿"]


def test_who_has_no_session_that_day_after_all_is_free(world, session, head, office):
    club = make.group(world, worker=head, name="合唱")
    assert free_for(session) == []
    sessions.cancel_session(by=office, session=make.session(club, TODAY), reason="合班")
    assert free_for(session) == [head]


def test_who_stands_in_gets_the_session_and_both_are_told(world, session, head, office):
    duties.substitute(by=office, session=session, worker=head)
    session.refresh_from_db()
    duty = Duty.objects.get()
    assert session.worker == head
    assert (duty.kind, duty.session, duty.worker, duty.starts_at) == ("substitute", session, head, make.FOUR)
    assert lines(world.people["head_teacher"]) == ["请您带班：10月14日16:00—17:00 五年级1班作业辅导（原由王语文）。"]
    assert lines(world.teacher) == ["10月14日16:00—17:00 五年级1班作业辅导改由赵数学带班。"]


def test_another_one_takes_over_and_the_first_is_free_again(world, session, head, office):
    other = make.worker(world, "principal")
    duties.substitute(by=office, session=session, worker=head)
    duties.substitute(by=office, session=session, worker=head)  # a second tap changes nothing
    duties.substitute(by=office, session=session, worker=other)
    assert [duty.worker for duty in Duty.objects.standing()] == [other]
    assert set_duty(world, head)
    assert len(lines(world.people["head_teacher"])) == 2


def test_the_own_teacher_takes_it_back(world, session, head, office):
    duties.substitute(by=office, session=session, worker=head)
    duties.substitute(by=office, session=session, worker=session.group.worker)
    session.refresh_from_db()
    assert session.worker is None
    assert not Duty.objects.standing().exists()


def test_a_clash_of_a_stand_in_names_the_other_booking(world, session, head, office):
    club = make.group(world, worker=make.worker(world, "principal"), name="合唱")
    duties.substitute(by=office, session=session, worker=head)
    with pytest.raises(ValidationError, match="赵数学这个时间已有安排：代班五年级1班作业辅导 16:00—17:00"):
        duties.substitute(by=office, session=make.session(club, TODAY), worker=head)


def test_what_is_not_held_needs_nobody(world, session, head, office):
    sessions.cancel_session(by=office, session=session, reason="研学")
    with pytest.raises(ValidationError, match="未开展"):
        duties.substitute(by=office, session=session, worker=head)
