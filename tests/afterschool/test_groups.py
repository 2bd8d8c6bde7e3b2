"""Courses, rooms and groups: what may be opened, what a changed timetable does to the pupils, how a group ends."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from afterschool.models import Course, CourseGroup, Enrolment
from afterschool.services import courses, groups
from afterschool.services.groups import Arrangement
from afterschool.week import Slot
from schools.models import ChangedDay
from tests import factories
from tests.afterschool import make

pytestmark = pytest.mark.django_db
TODAY = factories.TODAY
YESTERDAY, TOMORROW = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)
TUESDAY = Slot(2, dt.time(16), dt.time(17))
THURSDAY = Slot(4, dt.time(16), dt.time(17))


@pytest.fixture
def office(world):
    return world.people["academic_office"]


def arrangement(world, **values):
    defaults = {
        "name": "乒乓球社团",
        "grades": [4, 5],
        "room": None,
        "capacity": 30,
        "slots": [TUESDAY],
        "first_day": make.FIRST_DAY,
        "last_day": make.LAST_DAY,
    }
    if "worker" not in values:
        defaults["worker"] = make.worker(world, "head_teacher")
    return Arrangement(**defaults | values)


def of(group, **values):
    """The group's own arrangement with some of it changed."""
    defaults = {
        "name": group.name,
        "grades": group.grades,
        "worker": group.worker,
        "room": group.room,
        "capacity": group.capacity,
        "slots": group.slots,
        "first_day": group.first_day,
        "last_day": group.last_day,
    }
    return Arrangement(**defaults | values)


def refused(act):
    with pytest.raises(ValidationError) as caught:
        act()
    return caught.value


@pytest.mark.parametrize("nature", ["new_lesson", "drill"])
def test_a_lesson_is_refused_with_the_rule_and_its_source(world, office, nature):
    error = refused(
        lambda: courses.add_course(by=office, school=world.school, name="数学提高", kind="other", nature=nature)
    )
    [words] = error.message_dict["nature"]
    assert words.startswith("课后服务不得讲授新课或集体补课")
    assert "《关于进一步规范义务教育课后服务有关工作的通知》" in words
    assert not Course.objects.exists()


def test_a_course_cannot_become_a_lesson(world, office):
    course = make.course(world.school)
    error = refused(
        lambda: courses.change_course(by=office, course=course, name="作业辅导", kind="homework", nature="drill")
    )
    assert "nature" in error.message_dict


def test_a_course_is_added_once_however_often_it_is_sent(world, office):
    key = uuid.uuid4()
    values = {"by": office, "school": world.school, "name": "阅读", "kind": "reading", "nature": "interest", "key": key}
    assert courses.add_course(**values) is not None
    assert courses.add_course(**values) is None
    assert Course.objects.count() == 1


def test_two_courses_of_one_name_are_refused(world, office):
    make.course(world.school, "阅读")
    error = refused(
        lambda: courses.add_course(by=office, school=world.school, name="阅读", kind="reading", nature="interest")
    )
    assert error.messages == ["本校已有这门课程。"]


def test_a_course_with_groups_going_on_is_not_closed(world, office):
    group = make.group(world)
    values = {"name": "作业辅导", "kind": "homework", "nature": "guidance", "is_closed": True}
    error = refused(lambda: courses.change_course(by=office, course=group.course, **values))
    assert error.messages == ["还有1个班组没有结束，请先结束班组。"]


def test_a_group_is_opened_and_the_trail_says_so(world, office):
    group = groups.open_group(
        by=office, course=make.course(world.school, "乒乓球", "sport", "interest"), arrangement=arrangement(world)
    )
    assert (group.slots, group.grades) == ([TUESDAY], [4, 5])
    assert AuditEntry.objects.get(action="service_group.open").path == world.school.unit.path_on(TODAY)
    assert ChangedDay.objects.filter(school=world.school, day=TODAY).exists()


def test_a_teacher_booked_elsewhere_is_refused_with_the_other_group_named(world, office):
    busy = make.group(world)
    error = refused(
        lambda: groups.open_group(by=office, course=busy.course, arrangement=arrangement(world, worker=busy.worker))
    )
    assert error.message_dict == {
        "worker": ["王语文周二16:00—17:00已有“五年级1班作业辅导”（2026年10月1日—10月31日），请换教师或时间。"]
    }


def test_a_room_that_is_taken_is_refused_with_the_other_group_named(world, office):
    hall = make.room(world.school)
    busy = make.group(world, room=hall)
    error = refused(lambda: groups.open_group(by=office, course=busy.course, arrangement=arrangement(world, room=hall)))
    assert error.message_dict == {
        "room": ["阶梯教室周二16:00—17:00已有“五年级1班作业辅导”（2026年10月1日—10月31日），请换场地或时间。"]
    }


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"qualified_until": dt.date(2026, 10, 30)}, "资质2026年10月30日到期"),
        ({"last_day": dt.date(2026, 10, 20)}, "这一天不在课后服务人员名单上"),
    ],
)
def test_a_teacher_must_be_fit_for_all_the_groups_days(world, office, values, field):
    outside = make.worker(world, kind="outside", qualification="社会体育指导员", **values)
    error = refused(
        lambda: groups.open_group(
            by=office, course=make.course(world.school), arrangement=arrangement(world, worker=outside)
        )
    )
    assert field in error.message_dict["worker"][0]


def test_of_a_body_that_leaves_the_list_nobody_teaches_after_its_last_day(world, office):
    body = make.body(world, last_day=dt.date(2026, 10, 20))
    coach = make.worker(world, kind="body", body=body, qualification="教练员证")
    error = refused(
        lambda: groups.open_group(
            by=office, course=make.course(world.school), arrangement=arrangement(world, worker=coach)
        )
    )
    assert "周师傅2026年10月21日不能任教" in error.message_dict["worker"][0]
    until_then = arrangement(world, worker=coach, last_day=dt.date(2026, 10, 20))
    assert groups.open_group(by=office, course=make.course(world.school), arrangement=until_then)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"grades": []}, "grades"),
        ({"grades": [7]}, "grades"),
        ({"capacity": 0}, "capacity"),
        ({"last_day": dt.date(2026, 9, 30)}, "last_day"),
        ({"slots": []}, "__all__"),
        ({"slots": [Slot(2, dt.time(17), dt.time(17))]}, "__all__"),
        ({"slots": [TUESDAY, Slot(2, dt.time(16, 30), dt.time(18))]}, "__all__"),
    ],
)
def test_what_an_arrangement_says_wrong_is_told_at_its_field(world, office, values, field):
    error = refused(
        lambda: groups.open_group(by=office, course=make.course(world.school), arrangement=arrangement(world, **values))
    )
    assert list(getattr(error, "error_dict", {"__all__": 1})) == [field]
    assert not CourseGroup.objects.exists()


def test_a_new_timetable_holds_for_the_pupils_from_today(world, office):
    group = make.group(world, slots=[TUESDAY])
    going_on, to_come = make.pupil(world, 1), make.pupil(world, 2)
    make.enrolment(group, going_on)
    make.enrolment(group, to_come, first_day=TOMORROW)
    groups.change_group(by=office, group=group, arrangement=of(group, slots=[THURSDAY]))

    rows = Enrolment.objects.order_by("pupil", "first_day")
    assert [(row.pupil, row.first_day, row.last_day, row.weekly[0].lower // 1440) for row in rows] == [
        (going_on, make.FIRST_DAY, YESTERDAY, 1),
        (going_on, TODAY, make.LAST_DAY, 3),
        (to_come, TOMORROW, make.LAST_DAY, 3),
    ]


def test_a_new_timetable_that_would_double_book_pupils_is_refused_with_their_names(world, office):
    group = make.group(world, slots=[TUESDAY])
    other = make.group(world, slots=[THURSDAY], worker=make.worker(world, "head_teacher"), name="合唱")
    pupil = make.pupil(world)
    make.enrolment(group, pupil)
    make.enrolment(other, pupil)
    change = {"group": group, "arrangement": of(group, slots=[THURSDAY], capacity=39)}
    error = refused(lambda: groups.change_group(by=office, **change))
    assert error.messages == ["学生1周四16:00—17:00已在“合唱”（2026年10月1日—10月31日）。"]
    without_names = refused(lambda: groups.change_group(by=world.people["principal"], **change))
    assert without_names.messages == ["有1名学生在这个时间已在另一个班组，不能这样改。"]
    group.refresh_from_db()
    assert (group.slots, group.capacity) == ([TUESDAY], 40)


def test_a_pupil_who_has_left_does_not_stand_in_the_way_of_a_new_timetable(world, office):
    group = make.group(world, slots=[TUESDAY])
    other = make.group(world, slots=[THURSDAY], worker=make.worker(world, "head_teacher"), name="合唱")
    gone, stayed = make.pupil(world, 1), make.pupil(world, 2)
    make.enrolment(group, gone, last_day=YESTERDAY)
    make.enrolment(other, gone)
    make.enrolment(other, stayed, last_day=YESTERDAY)
    make.enrolment(group, stayed)
    groups.change_group(by=office, group=group, arrangement=of(group, slots=[THURSDAY]))
    group.refresh_from_db()
    assert group.slots == [THURSDAY]


def test_fewer_places_than_pupils_are_refused(world, office):
    group = make.group(world)
    for number in (1, 2):
        make.enrolment(group, make.pupil(world, number), first_day=TOMORROW)
    error = refused(lambda: groups.change_group(by=office, group=group, arrangement=of(group, capacity=1)))
    assert error.message_dict == {"capacity": ["班组里同一天最多已有2人，人数上限不能低于2。"]}
    groups.change_group(by=office, group=group, arrangement=of(group, capacity=2))


def test_who_stayed_to_the_end_stays_to_the_new_end(world, office):
    group = make.group(world, last_day=dt.date(2026, 10, 20))
    stays, leaves = make.pupil(world, 1), make.pupil(world, 2)
    make.enrolment(group, stays)
    make.enrolment(group, leaves, last_day=dt.date(2026, 10, 16))
    groups.change_group(by=office, group=group, arrangement=of(group, last_day=make.LAST_DAY))
    days = dict(Enrolment.objects.values_list("pupil", "last_day"))
    assert days == {stays.pk: make.LAST_DAY, leaves.pk: dt.date(2026, 10, 16)}


def test_a_group_that_has_begun_keeps_its_first_day(world, office):
    group = make.group(world)
    error = refused(lambda: groups.change_group(by=office, group=group, arrangement=of(group, first_day=TOMORROW)))
    assert error.message_dict == {"first_day": ["班组已经开始，不能改起始日期。"]}


def test_another_teacher_does_not_take_over_the_hours_of_the_first(world, office, clock):
    group = make.group(world)
    held = make.session(group, YESTERDAY, state="held", recorded_at=dt.datetime(2026, 10, 13, 9, tzinfo=dt.UTC))
    to_come = make.session(group, TOMORROW)
    first, second = group.worker, make.worker(world, "head_teacher")
    groups.change_group(by=office, group=group, arrangement=of(group, worker=second))
    for session, worker in ((held, first), (to_come, None)):
        session.refresh_from_db()
        assert session.worker == worker


def test_a_group_ends_and_its_pupils_leave_with_it(world, office):
    group = make.group(world)
    here, later = make.pupil(world, 1), make.pupil(world, 2)
    make.enrolment(group, here)
    make.enrolment(group, later, first_day=dt.date(2026, 10, 20))
    groups.end_group(by=office, group=group, last_day=dt.date(2026, 10, 16))
    group.refresh_from_db()
    assert group.last_day == dt.date(2026, 10, 16)
    assert list(Enrolment.objects.values_list("pupil", "last_day")) == [(here.pk, dt.date(2026, 10, 16))]


def test_a_group_does_not_end_before_what_was_held(world, office):
    group = make.group(world)
    make.session(group, TODAY, state="held", recorded_at=dt.datetime(2026, 10, 14, 9, tzinfo=dt.UTC))
    error = refused(lambda: groups.end_group(by=office, group=group, last_day=YESTERDAY))
    assert error.message_dict == {"last_day": ["2026年10月14日已点过名，截止日期不能早于这一天。"]}


def test_only_a_group_that_has_not_begun_is_taken_back(world, office):
    begun = make.group(world)
    to_come = make.group(world, first_day=TOMORROW, worker=make.worker(world, "head_teacher"), name="合唱")
    make.enrolment(to_come, make.pupil(world))
    groups.take_back_group(by=office, group=to_come)
    assert refused(lambda: groups.take_back_group(by=office, group=begun))
    assert list(CourseGroup.objects.all()) == [begun]


def test_a_room_in_use_is_not_closed(world, office):
    hall = make.room(world.school)
    group = make.group(world, room=hall)
    assert "还有1个班组在用" in refused(lambda: courses.set_room_closed(by=office, room=hall, is_closed=True)).message
    groups.end_group(by=office, group=group, last_day=YESTERDAY)
    courses.set_room_closed(by=office, room=hall, is_closed=True)
    error = refused(
        lambda: groups.open_group(by=office, course=group.course, arrangement=arrangement(world, room=hall))
    )
    assert error.message_dict == {"room": ["这个场地已停用，请另选一个。"]}


def test_the_database_too_knows_a_name_once_at_a_time(world):
    first = make.group(world, last_day=dt.date(2026, 10, 31))
    other = {"worker": make.worker(world, "head_teacher"), "name": first.name}
    make.group(world, first_day=dt.date(2026, 11, 1), last_day=dt.date(2026, 11, 30), **other)
    with pytest.raises(IntegrityError, match="afterschool_coursegroup_name_once_at_a_time"), transaction.atomic():
        make.group(world, **other)
