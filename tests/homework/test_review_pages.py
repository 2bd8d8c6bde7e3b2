"""教导处's page."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from homework import services
from homework.models import Item, Notice
from tests import factories as make

pytestmark = pytest.mark.django_db
LIST = reverse("homework:review_list")


def text(response):
    return response.content.decode()


@pytest.fixture
def overrun(world):
    return make.ItemFactory(
        by=world.teacher, class_group=world.class_group, minutes=70, content="作文一篇", overrun_reason="作文课"
    ).notice


def decide(client, notice, **data):
    return client.post(reverse("homework:review_decide", args=[notice.pk]), data)


def test_what_waits_is_shown_with_load_limit_reason_and_items(signed_in, overrun):
    page = text(signed_in("academic_office").get(LIST))
    for words in ("五年级1班", "70分钟 / 限60分钟", "语文：作文课", "作文一篇"):
        assert words in page


def test_nothing_of_another_school_is_shown_or_decided(signed_in, overrun):
    client = signed_in("outside_academic_office")
    assert "作文一篇" not in text(client.get(LIST))
    assert decide(client, overrun, decision="stands").status_code == 404


def test_an_overrun_is_let_stand(signed_in, overrun):
    assert decide(signed_in("academic_office"), overrun, decision="stands").status_code == 302
    assert Notice.objects.get().review == "stands"


def test_a_return_without_a_note_is_asked_for_one(signed_in, overrun):
    client = signed_in("academic_office")
    refused = decide(client, overrun, decision="return", note="")
    assert refused.status_code == 422
    assert "退回时请写明原因" in text(refused)
    decide(client, overrun, decision="return", note="请减少抄写")
    assert Notice.objects.get().review_note == "请减少抄写"


def test_an_item_can_be_withdrawn_for_an_absent_teacher(signed_in, overrun):
    item = Item.objects.get()
    response = signed_in("academic_office").post(reverse("homework:item_withdraw", args=[item.pk]))
    assert response.url == LIST
    assert not Item.objects.live().exists()


def test_incomplete_classes_are_listed_with_their_missing_subjects_and_can_be_closed(signed_in, world):
    make.ItemFactory(class_group=world.class_group, kind="oral")
    client = signed_in("academic_office")
    page = text(client.get(LIST))
    assert "<td>数学</td>" in page
    response = client.post(reverse("homework:day_close", args=[world.class_group.pk]))
    assert response.url == LIST
    assert "1个班今天的作业都已公示齐全" in text(client.get(LIST))


def test_where_the_school_looks_first_notices_are_released_from_here(signed_in, world):
    services.set_cut_off(
        by=None, unit=world.school.unit, first_day=dt.date(2026, 10, 1), until=dt.time(18), reviewed_first=True
    )
    notice = make.ItemFactory(class_group=world.class_group).notice
    client = signed_in("academic_office")
    assert "1个班待放行" in text(client.get(LIST))
    client.post(reverse("homework:notice_release"), {"notice": [notice.pk]})
    assert Notice.objects.public().count() == 1


def test_nobody_releases_another_schools_notice(signed_in, world):
    services.set_cut_off(
        by=None, unit=world.school.unit, first_day=dt.date(2026, 10, 1), until=dt.time(18), reviewed_first=True
    )
    notice = make.ItemFactory(class_group=world.class_group).notice
    signed_in("outside_academic_office").post(reverse("homework:notice_release"), {"notice": [notice.pk]})
    assert not Notice.objects.public().exists()


def test_the_number_of_queries_does_not_grow_with_what_waits(signed_in, world, overrun):
    client = signed_in("academic_office")
    with CaptureQueriesContext(connection) as with_one:
        client.get(LIST)
    for number in range(2, 8):
        group = make.ClassGroupFactory(school=world.school, number=number)
        make.ItemFactory(class_group=group, minutes=70, overrun_reason="作文课")
    with CaptureQueriesContext(connection) as with_seven:
        client.get(LIST)
    assert len(with_seven) == len(with_one)
