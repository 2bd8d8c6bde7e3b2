"""The roll: present by default, exceptions by row, once, in time, and told to the class's 班主任."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import Job, Notification
from afterschool.models import Absence, Session
from afterschool.services import rolls, sessions
from afterschool.services.rolls import Counts, Mark
from schools.models import ChangedDay
from schools.services import webhooks
from tests import factories
from tests.afterschool import make

pytestmark = pytest.mark.django_db

TODAY = factories.TODAY
HALF_PAST_FOUR = dt.time(16, 30)


@pytest.fixture
def session(world):
    """Of three pupils in 五年级1班, whose 班主任 is 赵数学."""
    group = make.group(world)
    for number in (1, 2, 3):
        make.enrolment(group, make.pupil(world, number))
    return make.session(group, TODAY)


@pytest.fixture
def pupils(session):
    return list(session.group.enrolments.order_by("pupil__code").values_list("pupil", flat=True))


def record(session, *marks, by=None, **values):
    """As its teacher does who has seen what is there."""
    seen = values.pop("seen", Session.objects.get(pk=session.pk).recorded_at)
    content = values.pop("content", "完成作业")
    user = by or session.group.worker.user
    return rolls.record_roll(by=user, session=session, marks=marks, content=content, seen=seen, **values)


def counts(session):
    session.refresh_from_db()
    return session.expected, session.present, session.absent, session.on_leave, session.left_early


def rows(session):
    return sorted(session.absences.values_list("pupil", "kind"))


def lines(user):
    return list(user.notifications.order_by("pk").values_list("text", flat=True))


# --- What is kept ---


def test_without_exceptions_everybody_was_there(session):
    record(session)
    assert counts(session) == (3, 3, 0, 0, 0)
    assert (session.state, session.content, session.recorded_by) == ("held", "完成作业", session.group.worker.user)
    assert ChangedDay.objects.filter(school=session.school, day=TODAY).exists()


def test_rows_and_counts_agree(session, pupils):
    record(
        session,
        Mark(pupils[0], "absent"),
        Mark(pupils[1], "on_leave"),
        Mark(pupils[2], "left_early", HALF_PAST_FOUR, "爷爷"),
    )
    assert counts(session) == (3, 1, 1, 1, 1)
    assert rows(session) == [(pupils[0], "absent"), (pupils[1], "on_leave"), (pupils[2], "left_early")]
    early = Absence.objects.get(kind="left_early")
    assert (early.left_at, early.fetched_by) == (HALF_PAST_FOUR, "爷爷")


def test_a_later_roll_replaces_the_earlier_one_wholly(session, pupils):
    record(session, Mark(pupils[0], "absent"), Mark(pupils[1], "on_leave"))
    record(session, Mark(pupils[2], "on_leave"), content="")
    assert counts(session) == (3, 2, 0, 1, 0)
    assert rows(session) == [(pupils[2], "on_leave")]
    assert session.content == ""


def test_a_form_sent_twice_is_carried_out_once(session, pupils):
    key = uuid.uuid4()
    assert record(session, Mark(pupils[0], "absent"), key=key)
    assert record(session, key=uuid.uuid4())
    assert not record(session, Mark(pupils[0], "absent"), key=key)
    assert counts(session) == (3, 3, 0, 0, 0)


def test_a_refused_form_may_be_sent_again_with_its_key(session, pupils):
    key = uuid.uuid4()
    with pytest.raises(ValidationError, match="接走人"):
        record(session, Mark(pupils[0], "left_early"), key=key)
    assert record(session, key=key)


def test_a_cancelled_session_that_was_held_after_all_gets_its_roll(session):
    sessions.cancel_session(by=session.group.worker.user, session=session, reason="误登")
    record(session)
    session.refresh_from_db()
    assert (session.state, session.reason) == ("held", "")


# --- What is refused ---


def test_a_pupil_of_another_group_or_one_twice_is_refused(world, session, pupils):
    stranger = make.pupil(world, 9)
    with pytest.raises(ValidationError, match="名单已有变动"):
        record(session, Mark(stranger.pk, "absent"))
    with pytest.raises(ValidationError, match="点了两次"):
        record(session, Mark(pupils[0], "absent"), Mark(pupils[0], "on_leave"))
    assert Session.objects.get().state == "planned"


def test_what_cannot_be_printed_is_refused(session):
    with pytest.raises(ValidationError, match="印不到纸上"):
        record(session, content="练球🏓")


def test_a_colleague_s_newer_roll_is_not_overwritten_unseen(world, session, pupils):
    record(session, Mark(pupils[0], "absent"), by=world.people["academic_office"])
    with pytest.raises(ValidationError, match="钱主任在这期间已经登记过"):
        record(session, seen=None)
    record(session)  # having seen it
    assert counts(session) == (3, 3, 0, 0, 0)


def test_her_own_older_roll_is_replaced_unseen(session, pupils):
    record(session, Mark(pupils[0], "absent"))
    record(session, seen=None)
    assert counts(session) == (3, 3, 0, 0, 0)


def test_a_day_without_service_has_no_roll(world, session):
    sessions.cancel_day(by=world.people["academic_office"], school=world.school, day=TODAY, reason="大扫除")
    with pytest.raises(ValidationError, match="停止课后服务"):
        record(session)


# --- In time ---


def at(clock, day):
    clock(dt.datetime.combine(day, HALF_PAST_FOUR))


def test_a_day_to_come_has_no_roll(session, clock):
    at(clock, TODAY - dt.timedelta(days=1))
    with pytest.raises(ValidationError, match="还没有到这一天"):
        record(session)


def test_a_first_roll_that_comes_late_is_taken_within_seven_school_days(session, clock):
    at(clock, dt.date(2026, 10, 23))  # the seventh after Wednesday, the 14th
    record(session)
    assert session.__class__.objects.get().state == "held"


def test_after_seven_school_days_it_is_too_late_for_everybody(world, session, clock):
    at(clock, dt.date(2026, 10, 26))
    with pytest.raises(ValidationError, match="最近7个上课日"):
        record(session, by=world.people["academic_office"], may_correct=True)


def test_a_roll_is_corrected_the_same_day_by_its_teacher_and_later_by_the_office(world, session, pupils, clock):
    record(session, Mark(pupils[0], "on_leave"))
    record(session, Mark(pupils[1], "on_leave"))
    at(clock, TODAY + dt.timedelta(days=1))
    with pytest.raises(ValidationError, match="只能当天更正"):
        record(session)
    record(session, by=world.people["academic_office"], may_correct=True)
    assert counts(session) == (3, 3, 0, 0, 0)


# --- Told ---


def test_who_is_absent_without_leave_is_told_to_her_head_teacher_once_a_day(world, session, pupils):
    head = world.people["head_teacher"]
    record(session, Mark(pupils[0], "absent"), Mark(pupils[1], "on_leave"))
    record(session, Mark(pupils[0], "absent"))
    club = make.group(world, worker=session.group.worker, name="社团", slots=make.every_day(make.FIVE, make.SIX))
    later = make.session(club, TODAY)
    make.enrolment(club, session.group.enrolments.get(pupil=pupils[0]).pupil)
    record(later, Mark(pupils[0], "absent"))
    assert lines(head) == ["学生1今天课后服务五年级1班作业辅导（16:00）点名缺席，没有请假。请马上联系家长核实去向。"]
    assert Notification.objects.count() == 1


def test_that_she_was_there_after_all_is_told_too(world, session, pupils):
    record(session, Mark(pupils[0], "absent"))
    record(session)
    record(session)
    assert [line[:3] for line in lines(world.people["head_teacher"])] == ["学生1", "学生1"]
    assert "不再记为缺席" in lines(world.people["head_teacher"])[1]


def test_what_lies_back_alarms_nobody(session, pupils, clock):
    at(clock, TODAY + dt.timedelta(days=1))
    record(session, Mark(pupils[0], "absent"))
    assert not Notification.objects.exists()


def test_the_school_s_group_hears_numbers_and_no_name(world, session, pupils):
    url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc"
    webhooks.set_webhook(by=world.people["academic_office"], unit=world.school.unit, kind="wecom", url=url)
    record(session, Mark(pupils[0], "absent"), Mark(pupils[1], "absent"))
    sent = Job.objects.get().arguments
    assert "五年级1班2人" in sent["text"]
    assert "学生" not in sent["text"]
    assert sent["mentions"] == [world.people["head_teacher"].pk]


def test_the_robot_says_once_who_of_a_class_without_head_teacher_is_absent(world, session, pupils):
    url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a"
    webhooks.set_webhook(by=world.people["academic_office"], unit=world.school.unit, kind="wecom", url=url)
    world.class_group.head_teachers.all().delete()
    record(session, Mark(pupils[0], "absent"))
    record(session, Mark(pupils[0], "absent"), content="改了记录")
    assert Job.objects.count() == 1


# --- From paper ---


def enter(session, by, *given, **values):
    return rolls.record_counts(by=by, session=session, counts=Counts(*given), **values)


def test_a_paper_list_of_a_roster_counts_the_roster(world, session):
    enter(session, world.people["academic_office"], 99, 1, 1, 0)
    assert counts(session) == (3, 1, 1, 1, 0)
    assert rows(session) == []


def test_a_paper_list_without_a_roster_counts_what_it_says(world, session):
    session.group.enrolments.all().delete()
    enter(session, world.people["academic_office"], 38, 2)
    assert counts(session) == (38, 36, 2, 0, 0)


def test_a_paper_list_may_name_some_of_its_exceptions(world, session, pupils):
    enter(session, world.people["academic_office"], 3, 2, marks=[Mark(pupils[0], "absent")])
    assert counts(session)[2] == 2
    assert rows(session) == [(pupils[0], "absent")]
    assert len(lines(world.people["head_teacher"])) == 1


@pytest.mark.parametrize(
    ("given", "named", "words"),
    [
        ((41,), [], "人数上限40"),
        ((3, 2, 1, 1), [], "合计不能超过应到人数"),
        ((3, 0), ["absent"], "缺席只有0人，却点出了1人"),
    ],
)
def test_a_paper_list_that_cannot_be_is_refused(world, session, pupils, given, named, words):
    if not named:
        session.group.enrolments.all().delete()
    marks = [Mark(pupils[0], kind) for kind in named]
    with pytest.raises(ValidationError, match=words):
        enter(session, world.people["academic_office"], *given, marks=marks)


def test_a_paper_list_does_not_take_the_place_of_a_roll_called_since(world, session, pupils):
    office = world.people["academic_office"]
    record(session, Mark(pupils[0], "absent"))
    refused = rolls.record_day_counts(by=office, entries=[(session, Counts(3), "作业", None)])
    assert refused[session.pk].messages == [
        f"{world.teacher.name}在这期间已经登记过这次点名，您的没有保存。请刷新页面核对后再改。"
    ]
    assert counts(session)[2] == 1
    session.refresh_from_db()
    assert rolls.record_day_counts(by=office, entries=[(session, Counts(3), "作业", session.recorded_at)]) == {}


def test_the_page_of_paper_lists_names_what_was_called_by_name_meanwhile(world, session, pupils, signed_in):
    record(session, Mark(pupils[0], "absent"))
    url = reverse("afterschool:session_counts", args=[world.school.unit.code])
    page = signed_in("academic_office").post(f"{url}?day={TODAY}", {f"s{session.pk}-is_entered": "on"})
    assert page.status_code == 422
    assert "没有登记：五年级1班作业辅导（16:00）在这期间已按姓名点名" in page.content.decode()
    assert counts(session)[2] == 1


def test_of_several_paper_lists_all_are_entered_or_none(world, session):
    club = make.group(world, worker=session.group.worker, name="社团", slots=make.every_day(make.FIVE, make.SIX))
    later = make.session(club, TODAY)
    office = world.people["academic_office"]
    key = uuid.uuid4()
    bad = [(session, Counts(3), "作业", None), (later, Counts(41), "练球", None)]
    assert set(rolls.record_day_counts(by=office, entries=bad, key=key)) == {later.pk}
    assert set(Session.objects.values_list("state", flat=True)) == {"planned"}
    good = [(session, Counts(3), "作业", None), (later, Counts(20), "练球", None)]
    assert rolls.record_day_counts(by=office, entries=good, key=key) == {}
    assert set(Session.objects.values_list("state", "content")) == {("held", "作业"), ("held", "练球")}
