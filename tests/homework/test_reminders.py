"""The reminder at the cut-off."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Job, Notification
from homework import services
from homework.models import Reminder
from homework.services.reminders import remind
from homework.tasks import remind_at_cut_off
from schools.services import webhooks
from schools.services.days import change_day
from tests import factories as make
from tests.accounts.test_jobs import together
from tests.fixtures import SHANGHAI

AFTER = dt.datetime(2026, 10, 14, 18, 1, tzinfo=SHANGHAI)
in_one_transaction = pytest.mark.django_db
really_committing = pytest.mark.django_db(transaction=True)


def set_cut_off(unit, until=dt.time(18), first_day=make.MONDAY, **values):
    services.set_cut_off(by=None, unit=unit, first_day=first_day, until=until, **values)


def lines(user):
    return list(user.notifications.values_list("text", "url"))


@pytest.fixture
def school(world):
    """Its cut-off is six o'clock. Nobody has said anything."""
    set_cut_off(world.school.unit)
    return world.school


@in_one_transaction
def test_each_incomplete_classs_head_teacher_alone_is_told_what_is_missing(world, school):
    make.ItemFactory(class_group=world.class_group, subject=make.subject("数学"))
    assert remind(AFTER) == 1
    assert lines(world.people["head_teacher"]) == [("五年级1班今天还有语文未公示，截止时间18:00已过。", "/homework/")]
    assert {row.user for row in Notification.objects.all()} == {
        world.people["head_teacher"],
        world.people["academic_office"],
    }


@in_one_transaction
def test_the_office_gets_one_summary_without_anybodys_name(world, school):
    for name in ("语文", "数学"):
        make.ItemFactory(class_group=world.class_group, subject=make.subject(name), minutes=40, overrun_reason="复习")
    silent = make.ClassGroupFactory(school=school, number=2)
    make.TeachingFactory(class_group=silent)
    remind(AFTER)
    assert lines(world.people["academic_office"]) == [
        (
            "东县实验小学今天截止时间18:00已过：2个班，公示齐全1个、未齐全1个，超量1个、待审核1个。未齐全：五年级2班。",
            "/homework/reviews/incomplete/",
        )
    ]
    assert list(Reminder.objects.values_list("school", "classes", "complete")) == [(school.pk, 2, 1)]


@in_one_transaction
def test_where_all_is_said_nobody_but_the_office_hears(world, school):
    services.close_day(by=world.people["head_teacher"], class_group=world.class_group, day=make.TODAY)
    remind(AFTER)
    assert lines(world.people["head_teacher"]) == []
    assert "公示齐全1个、未齐全0个" in lines(world.people["academic_office"])[0][0]


@in_one_transaction
def test_the_cut_offs_own_minute_is_still_in_time(world, school):
    assert remind(dt.datetime(2026, 10, 14, 18, 0, 59, tzinfo=SHANGHAI)) == 0
    assert remind(dt.datetime(2026, 10, 14, 18, 1, 0, tzinfo=SHANGHAI)) == 1


@in_one_transaction
def test_it_is_said_once_a_day(world, school):
    remind(AFTER)
    told = Notification.objects.count()
    assert remind(AFTER + dt.timedelta(minutes=2)) == 0
    assert Notification.objects.count() == told
    assert remind(AFTER + dt.timedelta(days=1)) == 1
    assert len(lines(world.people["head_teacher"])) == 2


@in_one_transaction
def test_started_late_it_reminds_on_the_same_day_only(world, school):
    assert remind(dt.datetime(2026, 10, 14, 23, 59, tzinfo=SHANGHAI)) == 1
    assert remind(dt.datetime(2026, 10, 16, 0, 30, tzinfo=SHANGHAI)) == 0
    assert list(Reminder.objects.values_list("day", flat=True)) == [make.TODAY]


@in_one_transaction
def test_the_strictest_cut_off_above_a_school_counts(world):
    set_cut_off(world.city, dt.time(20))
    set_cut_off(world.county, dt.time(19))
    set_cut_off(world.school.unit, dt.time(17))
    assert remind(dt.datetime(2026, 10, 14, 17, 1, tzinfo=SHANGHAI)) == 1
    assert "17:00" in lines(world.people["head_teacher"])[0][0]
    assert remind(dt.datetime(2026, 10, 14, 19, 30, tzinfo=SHANGHAI)) == 0
    assert remind(dt.datetime(2026, 10, 14, 20, 1, tzinfo=SHANGHAI)) == 1
    assert set(Reminder.objects.values_list("school", flat=True)) == {world.school.pk, world.other_school.pk}


@in_one_transaction
def test_an_earlier_entry_that_was_replaced_does_not_count(world):
    set_cut_off(world.school.unit, dt.time(16))
    set_cut_off(world.school.unit, dt.time(18), first_day=make.TODAY)
    assert remind(dt.datetime(2026, 10, 14, 17, 0, tzinfo=SHANGHAI)) == 0


@in_one_transaction
def test_without_a_cut_off_nobody_is_reminded(world):
    set_cut_off(world.other_school.unit)
    remind(dt.datetime(2026, 10, 14, 23, 0, tzinfo=SHANGHAI))
    assert lines(world.people["head_teacher"]) == []


@in_one_transaction
def test_on_a_day_off_nobody_is_reminded(world, school):
    change_day(by=None, unit=school.unit, day=make.TODAY, teaches=False, reason="运动会")
    assert remind(AFTER) == 0


@in_one_transaction
def test_who_may_not_sign_in_any_more_is_not_told(world, school):
    head = world.people["head_teacher"]
    head.is_active = False
    head.save()
    remind(AFTER)
    assert lines(head) == []


@in_one_transaction
def test_beats_task_goes_by_the_clock(world, school, clock):
    assert remind_at_cut_off() == 0
    clock(AFTER)
    assert remind_at_cut_off() == 1


@in_one_transaction
def test_the_group_gets_one_message_with_class_names_and_calls_on_the_head_teacher(world, school):
    url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k"
    webhooks.set_webhook(by=make.UserFactory(), unit=school.unit, kind="wecom", url=url)
    remind(AFTER)
    remind(AFTER)
    job = Job.objects.get()
    assert job.arguments == {
        "unit": school.pk,
        "text": "【作业公示】东县实验小学：截止时间18:00已过，今天还没公示齐全的有1个班：五年级1班。"
        "请班主任提醒任课教师公示。",
        "mentions": [world.people["head_teacher"].pk],
    }
    names = [user.name for user in world.people.values()]
    assert not any(name in json.dumps(job.arguments, ensure_ascii=False) for name in names)


@in_one_transaction
def test_the_group_hears_nothing_when_all_is_said(world, school):
    url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k"
    webhooks.set_webhook(by=make.UserFactory(), unit=school.unit, kind="wecom", url=url)
    services.close_day(by=world.people["head_teacher"], class_group=world.class_group, day=make.TODAY)
    remind(AFTER)
    assert not Job.objects.exists()


@in_one_transaction
def test_a_hundred_schools_take_as_many_queries_as_one(world, school):
    set_cut_off(world.county, dt.time(19))
    with CaptureQueriesContext(connection) as for_one:
        assert remind(AFTER) == 1
    for _ in range(99):
        other = make.SchoolFactory(parent=world.county)
        group = make.ClassGroupFactory(school=other)
        make.TeachingFactory(class_group=group)
        make.HeadTeacherFactory(class_group=group)
    with CaptureQueriesContext(connection) as for_many:
        assert remind(AFTER + dt.timedelta(hours=1)) == 99
    assert len(for_many) <= len(for_one) + 2
    assert Notification.objects.filter(key__contains=":class:").count() == 100


@really_committing
def test_two_beats_at_once_remind_once(world, school):
    assert sorted(together(lambda: remind(AFTER))) == [0, 1]
    assert Reminder.objects.count() == 1
    assert len(lines(world.people["head_teacher"])) == 1
