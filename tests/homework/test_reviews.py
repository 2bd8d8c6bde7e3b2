"""The life of an overrun, and notices that 教导处 sees first."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry
from homework import services
from homework.models import Notice
from tests import factories as make
from tests.fixtures import SHANGHAI

pytestmark = pytest.mark.django_db


@pytest.fixture
def overrun(post):
    """70 minutes of 语文 where 60 are allowed."""
    return post("语文", 70, overrun_reason="作文")


def decide(stands, note=""):
    return services.review(by=make.UserFactory(), notice=Notice.objects.get(), stands=stands, note=note)


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
    services.withdraw_item(by=math.posted_by, item=math)
    assert review() == "stands"


def test_a_returned_notice_waits_again_once_its_load_has_changed(overrun, post, class_group):
    math = post("数学", 5, overrun_reason="订正")
    decide(stands=False, note="请减少")
    services.declare_no_homework(
        by=make.UserFactory(), class_group=class_group, day=make.TODAY, subject=make.subject("英语")
    )
    assert review() == "returned"
    services.withdraw_item(by=math.posted_by, item=math)
    assert review() == "pending"


@pytest.fixture
def looks_first(class_group):
    """The school's 教导处 looks first; what she has not released appears at 18:00. It is 16:30."""
    services.set_cut_off(
        by=None, unit=class_group.school.unit, first_day=make.TERM_FIRST_DAY, until=dt.time(18), reviewed_first=True
    )


def test_where_the_school_looks_first_a_notice_appears_when_released(looks_first, post):
    post()
    assert not Notice.objects.public().exists()
    assert services.release_notices(by=make.UserFactory(), notices=Notice.objects.all()) == 1
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
    services.release_notices(by=make.UserFactory(), notices=Notice.objects.all())
    post("数学")
    assert Notice.objects.public().get().awaits_release is True
    assert services.release_notices(by=make.UserFactory(), notices=Notice.objects.all()) == 1
    assert services.release_notices(by=make.UserFactory(), notices=Notice.objects.all()) == 0
