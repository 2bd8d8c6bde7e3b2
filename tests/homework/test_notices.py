"""Writing notices: over the limit, complete, closed, late, before days off, withdrawn."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from homework import services
from homework.models import Item, Notice
from homework.rules import rules_for
from schools.models import ChangedDay, SchoolDay
from tests import factories as make
from tests.fixtures import SHANGHAI
from tests.homework.conftest import close

pytestmark = pytest.mark.django_db
FRIDAY = dt.date(2026, 10, 16)


def notice():
    return Notice.objects.get()


def test_a_posted_item_is_public_at_once(post):
    post("语文", 20)
    assert Notice.objects.public().get().load_minutes == 20


def test_posting_notes_the_changed_day(post, class_group):
    ChangedDay.objects.all().delete()
    post()
    assert list(ChangedDay.objects.values_list("school", "day")) == [(class_group.school_id, make.TODAY)]


def test_over_the_limit_without_a_reason_nothing_is_kept(post):
    post("语文", 50)
    with pytest.raises(ValidationError, match="共65分钟，超过60分钟") as refused:
        post("数学", 15)
    assert refused.value.code == "over_limit"
    assert (notice().load_minutes, Item.objects.count()) == (50, 1)


def test_over_the_limit_with_a_reason_it_is_public_and_waits(post):
    post("语文", 50)
    post("数学", 15, overrun_reason="单元复习")
    over = Notice.objects.public().in_breach().get()
    assert (over.review, over.overrun_reason, over.breached_rule) == ("pending", "数学：单元复习", "daily_total")


def test_who_adds_to_an_overrun_needs_a_reason_of_her_own(post):
    post("语文", 70, overrun_reason="作文")
    with pytest.raises(ValidationError, match="写明原因"):
        post("数学", 5)
    post("数学", 5, overrun_reason="订正")
    assert notice().overrun_reason == "语文：作文；数学：订正"


@pytest.mark.parametrize("work", [{"kind": "oral"}, {"place": "school"}, {"layer": "basic"}])
def test_what_does_not_add_to_an_overrun_needs_no_reason(post, work):
    post("语文", 70, layer="higher", overrun_reason="作文")
    post("数学", 5, **work)
    assert notice().load_minutes == 70


def test_a_reason_given_within_the_limit_is_not_kept(post):
    post("语文", 20, overrun_reason="以防万一")
    assert notice().overrun_reason == ""


def test_withdrawing_below_the_limit_ends_the_review(post):
    item = post("语文", 70, overrun_reason="作文")
    services.withdraw_item(by=item.posted_by, item=item, reason="写错了")
    assert (notice().review, notice().overrun_reason, notice().load_minutes) == ("", "", 0)


def test_withdrawing_keeps_the_item_on_record_and_twice_changes_nothing(post):
    item = post()
    services.withdraw_item(by=item.posted_by, item=item, reason="写错了")
    withdrawn_at = Item.objects.get().withdrawn_at
    services.withdraw_item(by=make.UserFactory(), item=item, reason="写错了")
    item.refresh_from_db()
    assert (item.withdrawn_at, item.withdrawn_by) == (withdrawn_at, item.posted_by)


def test_one_subject_alone_does_not_complete_the_day(post):
    post("语文")
    assert (notice().subjects_spoken, notice().subjects_due, notice().is_complete) == (1, 2, False)
    post("数学")
    assert (notice().subjects_spoken, notice().is_complete, notice().is_on_time) == (2, True, True)


def test_saying_that_there_is_none_counts_as_speaking(post, class_group):
    post("语文")
    services.declare_no_homework(
        by=make.UserFactory(), class_group=class_group, day=make.TODAY, subject=make.subject("数学")
    )
    assert notice().is_complete


def test_no_homework_is_refused_where_the_subject_has_set_some(post, class_group):
    post("语文")
    with pytest.raises(ValidationError, match="请先撤回"):
        services.declare_no_homework(
            by=make.UserFactory(), class_group=class_group, day=make.TODAY, subject=make.subject("语文")
        )


def test_setting_homework_takes_no_homework_back(post, class_group):
    word = {"class_group": class_group, "day": make.TODAY, "subject": make.subject("语文")}
    services.declare_no_homework(by=make.UserFactory(), **word)
    post("语文")
    assert not notice().no_homework.live().exists()


def test_no_homework_can_be_taken_back(class_group):
    word = {"class_group": class_group, "day": make.TODAY, "subject": make.subject("语文")}
    services.declare_no_homework(by=make.UserFactory(), **word)
    services.withdraw_no_homework(**word)
    assert notice().subjects_spoken == 0
    services.declare_no_homework(by=make.UserFactory(), **word)
    assert notice().subjects_spoken == 1


def test_closing_completes_the_day_and_reopening_undoes_it(class_group):
    close(class_group)
    assert notice().is_complete
    services.reopen_day(by=make.UserFactory(), class_group=class_group, day=make.TODAY)
    assert (notice().is_complete, notice().completed_at, notice().is_on_time) == (False, None, False)


def test_a_day_with_written_work_cannot_be_closed(post, class_group):
    post("语文")
    with pytest.raises(ValidationError, match="今日无书面作业"):
        close(class_group)


def test_oral_work_leaves_the_day_closed_and_written_work_opens_it(post, class_group):
    close(class_group)
    post("语文", 10, kind="reading")
    assert notice().closed_at
    post("语文", 10)
    assert (notice().closed_at, notice().is_complete) == (None, False)


def test_a_day_without_school_takes_no_homework(post):
    with pytest.raises(ValidationError, match="不是上课日"):
        post(day=dt.date(2026, 10, 11))


def test_tomorrow_takes_no_homework(post):
    with pytest.raises(ValidationError, match="以后日期"):
        post(day=make.TODAY + dt.timedelta(days=1))


def test_seven_school_days_back_may_be_added_late_and_the_eighth_not(post, class_group):
    days = rules_for(class_group, make.TODAY).days_open
    assert (days[0], len(days)) == (make.TODAY, 8)
    post(day=days[-1])
    assert (notice().day, notice().is_on_time) == (days[-1], False)
    too_late = SchoolDay.objects.filter(school=class_group.school, day__lt=days[-1]).latest("day").day
    with pytest.raises(ValidationError, match="最近7个上课日"):
        post(day=too_late)


def test_a_day_completed_late_is_complete_but_not_in_time(post):
    yesterday = make.TODAY - dt.timedelta(days=1)
    post("语文", day=yesterday)
    post("数学", day=yesterday)
    assert (notice().is_complete, notice().is_on_time) == (True, False)


def test_a_class_that_has_ended_takes_no_homework(post, class_group):
    class_group.last_day = make.TODAY - dt.timedelta(days=1)
    class_group.save()
    with pytest.raises(ValidationError, match="不在册"):
        post()


def test_the_last_notice_before_days_off_covers_them(post, clock):
    clock(dt.datetime(2026, 10, 16, 16, tzinfo=SHANGHAI))
    post(day=FRIDAY)
    assert notice().covers_until == dt.date(2026, 10, 18)


def test_a_notice_follows_a_calendar_that_changes_afterwards(post, class_group, clock):
    clock(dt.datetime(2026, 10, 16, 16, tzinfo=SHANGHAI))
    post("语文", day=FRIDAY)
    SchoolDay.objects.create(school=class_group.school, day=dt.date(2026, 10, 17))
    post("数学", day=FRIDAY)
    assert notice().covers_until is None


def test_before_a_vacation_nothing_is_covered(class_group):
    last_day = SchoolDay.objects.filter(school=class_group.school).latest("day").day
    assert services.days_off_after(class_group.school, last_day) is None


def test_the_first_completion_sets_the_time_until_the_day_falls_incomplete(post, clock, class_group):
    make.HeadTeacherFactory(class_group=class_group)
    services.set_cut_off(by=None, unit=class_group.school.unit, first_day=make.TERM_FIRST_DAY, until=dt.time(17))
    post("语文")
    math = post("数学")
    clock(dt.datetime(2026, 10, 14, 18, tzinfo=SHANGHAI))
    post("语文", 5)
    assert notice().is_on_time
    services.withdraw_item(by=math.posted_by, item=math, reason="写错了")
    post("数学")
    assert (notice().is_complete, notice().is_on_time) == (True, False)


def test_several_classes_get_an_item_together_or_not_at_all(post, class_group):
    neighbour = make.ClassGroupFactory(school=class_group.school, number=2)
    item = {"subject": make.subject("语文"), "content": "背诵", "kind": "written", "place": "home", "layer": "all"}
    post(minutes=50, class_group=neighbour)
    with pytest.raises(ValidationError, match="五年级2班"):
        services.add_item_to_classes(
            by=make.UserFactory(), class_groups=[neighbour, class_group], day=make.TODAY, minutes=20, **item
        )
    assert Item.objects.count() == 1
    services.add_item_to_classes(
        by=make.UserFactory(), class_groups=[neighbour, class_group], day=make.TODAY, minutes=10, **item
    )
    assert Item.objects.count() == 3


@pytest.mark.parametrize(
    ("values", "words"),
    [({"minutes": 0}, "至少1分钟"), ({"minutes": 241}, "0到240"), ({"content": "  "}, "此字段不能为空")],
)
def test_a_bad_item_is_refused_in_words(post, values, words):
    with pytest.raises(ValidationError, match=words):
        post(**values)


def test_many_long_reasons_on_one_notice_are_all_kept(world):
    for number in range(5):
        make.ItemFactory(class_group=world.class_group, minutes=61, overrun_reason=f"{number}" + "期" * 59)
    reason = Notice.objects.get().overrun_reason
    assert [f"语文：{number}期" in reason for number in range(5)] == [True] * 5
