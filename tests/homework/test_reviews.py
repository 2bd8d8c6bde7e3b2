"""The life of an overrun, and notices that 教导处 sees first."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Max

from accounts.models import AuditEntry, Job, Notification
from homework import board_days, services
from homework.models import Decision, Notice
from homework.tasks import reassess
from homework.versions import public_changes
from tests import factories as make
from tests.accounts.test_jobs import together
from tests.fixtures import SHANGHAI

pytestmark = pytest.mark.django_db


@pytest.fixture
def overrun(post):
    """70 minutes of 语文 where 60 are allowed."""
    return post("语文", 70, overrun_reason="作文")


def decide(stands, note=""):
    if stands:
        return let_pass()
    return services.send_back(by=make.UserFactory(), notice=Notice.objects.get(), note=note)


def let_pass() -> int:
    """Of all that there is, seen as it is; how many passed."""
    last_items = Notice.objects.annotate(last_item=Max("items")).values_list("pk", "last_item")
    return len(services.let_pass(by=make.UserFactory(), seen=dict(last_items)).passed)


def review():
    return Notice.objects.get().review


def test_an_overrun_that_stands_remains_a_breach(overrun):
    decide(stands=True)
    assert (review(), Notice.objects.in_breach().count(), Notice.objects.waiting().count()) == ("stands", 1, 0)
    assert AuditEntry.objects.filter(action="notice.stands").count() == 1


def test_a_return_needs_a_reason(overrun):
    with pytest.raises(ValidationError, match="写明原因"):
        decide(stands=False)
    decide(stands=False, note="请减少抄写")
    assert review() == "returned"


def test_a_decision_is_made_once(overrun):
    decide(stands=True)
    with pytest.raises(ValidationError, match="已不在待审核中"):
        decide(stands=False, note="请减少抄写")


def test_a_heavier_load_waits_again_after_it_was_let_stand(overrun, post):
    decide(stands=True)
    post("数学", 5, kind="oral")
    assert review() == "stands"
    post("数学", 5, overrun_reason="订正")
    assert review() == "pending"


def test_a_lighter_load_still_over_stays_as_decided(overrun, post):
    math = post("数学", 5, overrun_reason="订正")
    decide(stands=True)
    services.withdraw_item(by=math.posted_by, item=math, reason="写错了")
    assert review() == "stands"


def test_a_returned_notice_waits_again_once_its_load_has_changed(overrun, post, class_group):
    math = post("数学", 5, overrun_reason="订正")
    decide(stands=False, note="请减少")
    services.declare_no_homework(
        by=make.UserFactory(), class_group=class_group, day=make.TODAY, subject=make.subject("英语")
    )
    assert review() == "returned"
    services.withdraw_item(by=math.posted_by, item=math, reason="写错了")
    assert review() == "pending"


def test_mended_with_the_same_minutes_it_waits_again(overrun):
    decide(stands=False, note="机械抄写，请换形式")
    kept = {name: getattr(overrun, name) for name in ("subject", "kind", "place", "layer", "minutes")}
    services.correct_item(by=overrun.posted_by, item=overrun, reason="换了形式", content="写一段观察", **kept)
    assert (review(), Notice.objects.get().load_minutes) == ("pending", 70)


@pytest.fixture
def looks_first(class_group):
    """The school's 教导处 looks first; what she has not released appears at 18:00. It is 16:30."""
    services.set_cut_off(
        by=None, unit=class_group.school.unit, first_day=make.TERM_FIRST_DAY, until=dt.time(18), reviewed_first=True
    )


def test_where_the_school_looks_first_a_notice_appears_when_released(looks_first, post):
    post()
    assert not Notice.objects.public().exists()
    assert let_pass() == 1
    assert Notice.objects.public().get().awaits_release is False


def test_an_unreleased_notice_appears_at_the_cut_off_marked(looks_first, post, clock):
    post()
    clock(dt.datetime(2026, 10, 14, 17, 59, tzinfo=SHANGHAI))
    assert not Notice.objects.public().exists()
    clock(dt.datetime(2026, 10, 14, 18, 0, tzinfo=SHANGHAI))
    assert Notice.objects.public().get().awaits_release is True


def test_after_the_cut_off_a_late_notice_appears_at_once(looks_first, post, clock):
    clock(dt.datetime(2026, 10, 14, 20, tzinfo=SHANGHAI))
    post()
    assert Notice.objects.public().unreleased().count() == 1


def test_what_is_added_after_the_release_is_marked_again(looks_first, post):
    post("语文")
    let_pass()
    post("数学")
    assert Notice.objects.public().get().awaits_release is True
    assert let_pass() == 1
    assert let_pass() == 0


def on_the_board(class_group):
    [class_day] = board_days.public_days(board_days.classes_on(class_group.school, [make.TODAY]), [make.TODAY])
    return class_day


@pytest.fixture
def added_later(looks_first, post, class_group):
    """语文 was released; 数学 came after that, with 50 minutes more, before the cut-off."""
    post("语文")
    let_pass()
    return post("数学", 50, overrun_reason="单元复习")


def test_what_comes_after_the_release_waits_for_a_look_too(added_later, class_group):
    shown = on_the_board(class_group)
    assert [item.subject.name for item in shown.items] == ["语文"]
    assert (shown.load, shown.notice.is_over, shown.notice.review) == (20, False, "")
    assert shown.notice.awaits_release is False  # what stands there was looked at

    let_pass()
    shown = on_the_board(class_group)
    assert [item.subject.name for item in shown.items] == ["语文", "数学"]
    assert (shown.load, shown.notice.is_over) == (70, True)


def test_without_a_look_what_came_later_appears_at_the_cut_off_marked(added_later, class_group, clock):
    clock(dt.datetime(2026, 10, 14, 18, 0, 1, tzinfo=SHANGHAI))
    shown = on_the_board(class_group)
    assert len(shown.items) == 2
    assert shown.notice.awaits_release is True


def test_what_came_later_and_was_sent_back_stays_hidden_after_the_cut_off(added_later, class_group, clock):
    send_back()
    clock(dt.datetime(2026, 10, 14, 18, 0, 1, tzinfo=SHANGHAI))
    assert [item.subject.name for item in on_the_board(class_group).items] == ["语文"]


def test_what_came_later_and_was_taken_back_unseen_was_never_public(added_later, class_group):
    services.withdraw_item(by=added_later.posted_by, item=added_later, reason="内容写错了")
    notice = Notice.objects.get()
    assert notice.corrected_at is None
    assert public_changes([notice]) == {}


def send_back(note="请换成口头练习", **values):
    return services.send_back(by=make.UserFactory(), notice=Notice.objects.get(), note=note, **values)


def test_what_breaks_no_rule_may_be_sent_back_before_it_appears_and_stays_hidden(looks_first, post, clock):
    post()
    send_back()
    clock(dt.datetime(2026, 10, 14, 18, 1, tzinfo=SHANGHAI))
    notice = Notice.objects.get()
    assert (notice.review, notice.is_hidden, Notice.objects.public().exists()) == ("returned", True, False)


def test_once_its_teachers_change_something_it_waits_again_and_appears_at_the_cut_off(looks_first, post, clock):
    item = post()
    send_back()
    assert not Notice.objects.on_the_desk(make.TODAY).exists()
    services.withdraw_item(by=item.posted_by, item=item, reason="写错了")
    post(minutes=10)
    notice = Notice.objects.on_the_desk(make.TODAY).get()
    assert (notice.review, notice.review_note, notice.is_hidden) == ("", "", True)
    clock(dt.datetime(2026, 10, 14, 18, 0, tzinfo=SHANGHAI))
    assert Notice.objects.public().get().awaits_release is True


def test_mended_after_the_cut_off_it_appears_at_that_moment(looks_first, post, clock):
    post()
    send_back()
    clock(evening := dt.datetime(2026, 10, 14, 20, 0, tzinfo=SHANGHAI))
    post("数学")
    assert Notice.objects.public().get().published_at == evening


def test_what_has_appeared_already_is_not_taken_from_the_public_by_a_return(looks_first, post, clock):
    clock(dt.datetime(2026, 10, 14, 20, 0, tzinfo=SHANGHAI))
    post()
    clock(dt.datetime(2026, 10, 14, 20, 5, tzinfo=SHANGHAI))
    send_back()
    assert Notice.objects.public().get().review == "returned"


def test_where_nothing_waits_nothing_is_sent_back(post):
    post()
    with pytest.raises(ValidationError, match="已不在待审核中"):
        send_back()


def test_a_new_limit_does_not_end_a_return(looks_first, post, class_group):
    post("语文", 20)
    send_back()
    make.LocalLimitFactory(unit=class_group.school.unit, minutes=40, first_day=make.MONDAY)
    reassess(Job.objects.get().pk)
    assert (Notice.objects.get().limit_minutes, review()) == (40, "returned")


def test_unmended_it_comes_back_to_the_desk_on_the_next_day_and_may_be_released(looks_first, post, clock):
    post()
    send_back()
    clock(morning := dt.datetime(2026, 10, 15, 8, 0, tzinfo=SHANGHAI))
    notice = Notice.objects.on_the_desk(morning.date()).get()
    with pytest.raises(ValidationError, match="已不在待审核中"):
        send_back()
    services.let_pass(by=make.UserFactory(), seen={notice.pk: notice.items.get().pk})
    public = Notice.objects.public().get()
    assert (public.review, public.published_at, public.reviewed_by) == ("", morning, None)


def test_each_decision_is_kept_with_who_what_when_and_the_load(overrun, post):
    decide(stands=False, note="请减少")
    services.withdraw_item(by=overrun.posted_by, item=overrun, reason="写错了")
    post("语文", 65, overrun_reason="作文")
    decide(stands=True)
    kept = [(row.verdict, row.note, row.load_minutes) for row in Notice.objects.get().decisions.all()]
    assert kept == [("returned", "请减少", 70), ("stands", "", 65)]
    assert Notice.objects.get().decisions.first().at == dt.datetime(2026, 10, 14, 8, 30, tzinfo=dt.UTC)


def test_those_who_posted_are_told_of_a_return_and_nobody_else(overrun, class_group):
    decide(stands=False, note="请减少抄写")
    told = Notification.objects.get()
    assert told.user == overrun.posted_by
    assert told.text == "五年级1班10月14日的作业被教导处退回修改：请减少抄写"
    assert told.url == f"/homework/?day=2026-10-14#class-{class_group.pk}"


def test_one_word_lets_an_overrun_stand_and_appear(looks_first, overrun):
    notice = overrun.notice
    outcome = services.let_pass(by=make.UserFactory(), seen={notice.pk: overrun.pk})
    assert [row.pk for row in outcome.passed] == [notice.pk]
    assert Notice.objects.public().get().review == "stands"
    assert [row.verdict for row in Decision.objects.all()] == ["stands"]


def test_an_item_that_came_since_she_looked_asks_for_another_look(overrun, post):
    notice = overrun.notice
    newer = post("数学", 5, overrun_reason="订正")
    outcome = services.let_pass(by=make.UserFactory(), seen={notice.pk: overrun.pk})
    assert (outcome.passed, [row.pk for row in outcome.changed]) == ([], [notice.pk])
    with pytest.raises(ValidationError, match="有改动"):
        send_back(last_item=overrun.pk)
    assert services.let_pass(by=make.UserFactory(), seen={notice.pk: newer.pk}).passed


def test_the_second_officer_learns_that_it_is_done_and_nothing_is_doubled(overrun):
    seen = {overrun.notice_id: overrun.pk}
    services.let_pass(by=make.UserFactory(), seen=seen)
    again = services.let_pass(by=make.UserFactory(), seen=seen)
    assert (again.passed, [row.pk for row in again.gone]) == ([], [overrun.notice_id])
    assert (Decision.objects.count(), AuditEntry.objects.filter(action="notice.stands").count()) == (1, 1)


def test_what_a_colleague_has_just_sent_back_is_not_released_by_a_page_opened_before(looks_first, post):
    item = post()
    send_back()
    late = services.let_pass(by=make.UserFactory(), seen={item.notice_id: item.pk})
    assert (late.passed, [row.pk for row in late.gone]) == ([], [item.notice_id])
    assert (review(), Notice.objects.public().exists()) == ("returned", False)


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_one_moment_decide_once(overrun):
    officers = [make.UserFactory(), make.UserFactory()]
    seen = {overrun.notice_id: overrun.pk}
    outcomes = together(lambda: services.let_pass(by=officers.pop(), seen=seen))
    assert sorted((len(outcome.passed), len(outcome.gone)) for outcome in outcomes) == [(0, 1), (1, 0)]
    assert Decision.objects.count() == 1
