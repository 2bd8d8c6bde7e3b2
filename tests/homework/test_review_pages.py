"""教导处's queue."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from homework import services
from homework.models import Decision, Item, Notice, WordingWarning
from tests import factories as make
from tests.fixtures import SHANGHAI

pytestmark = pytest.mark.django_db
LIST = reverse("homework:review_list")
PASS = reverse("homework:review_pass")
INCOMPLETE = reverse("homework:incomplete_list")


def text(response):
    return response.content.decode()


def overrun_of(class_group, **values):
    return make.ItemFactory(class_group=class_group, minutes=70, overrun_reason="作文课", **values)


@pytest.fixture
def item(world):
    """70 minutes where 60 are allowed."""
    return overrun_of(world.class_group, by=world.teacher, content="作文一篇")


@pytest.fixture
def looks_first(world):
    services.set_cut_off(
        by=None, unit=world.school.unit, first_day=dt.date(2026, 10, 1), until=dt.time(18), reviewed_first=True
    )


def seen(*items):
    return [f"{item.notice_id}:{item.pk}" for item in items]


def send_back(client, item, *, follow=False, **data):
    address = reverse("homework:review_return", args=[item.notice_id])
    return client.post(address, {"last_item": item.pk} | data, follow=follow)


def test_what_waits_is_shown_with_load_limit_reason_and_items(signed_in, item):
    page = text(signed_in("academic_office").get(LIST))
    for words in ("五年级1班", "70分钟 / 限60分钟", "超10分钟", "语文：作文课", "作文一篇", "王语文"):
        assert words in page


def test_warnings_of_wording_and_lateness_are_shown(signed_in, world, clock):
    services.set_cut_off(by=None, unit=world.school.unit, first_day=make.MONDAY, until=dt.time(18))
    in_time = overrun_of(world.class_group)
    client = signed_in("academic_office")
    assert "后公示</span>" not in text(client.get(LIST))
    WordingWarning.objects.get_or_create(item=in_time, school=world.school, rule="phone")
    clock(dt.datetime(2026, 10, 14, 18, 1, tzinfo=SHANGHAI))
    overrun_of(world.class_group, subject=make.subject("数学"))
    page = text(client.get(LIST))
    assert "1项在截止时间18:00后公示" in page
    assert "用语：用手机完成" in page


def test_a_day_that_its_teachers_can_change_no_more_is_not_sent_back(signed_in, item, clock):
    assert "退回修改" in text(signed_in("academic_office").get(LIST))
    clock(dt.datetime(2026, 10, 30, 9, tzinfo=SHANGHAI))
    client = signed_in("academic_office")
    page = text(client.get(LIST))
    assert "过了补报期，教师不能再改。" in page
    assert "退回修改" not in page
    assert "代为撤回" not in page
    assert "过了补报期，教师不能再改，不能退回。" in text(send_back(client, item, note="请减少", follow=True))
    assert Notice.objects.get().review == "pending"


def test_nothing_of_another_school_is_shown_or_decided(signed_in, item):
    client = signed_in("outside_academic_office")
    assert "作文一篇" not in text(client.get(LIST))
    assert send_back(client, item, note="请减少").status_code == 404
    client.post(PASS, {"notice": seen(item)})
    assert Notice.objects.get().review == "pending"


def test_one_is_let_stand_by_its_own_button_though_others_are_ticked(signed_in, world, item):
    other = overrun_of(make.ClassGroupFactory(school=world.school, number=2))
    response = signed_in("academic_office").post(PASS, {"only": seen(item), "notice": seen(item, other)}, follow=True)
    assert "已处理1份：五年级1班。" in text(response)
    assert {notice.pk: notice.review for notice in Notice.objects.all()} == {
        item.notice_id: "stands",
        other.notice_id: "pending",
    }


def test_all_that_are_ticked_are_let_pass_together(signed_in, world, looks_first, item):
    plain = make.ItemFactory(class_group=make.ClassGroupFactory(school=world.school, number=2))
    response = signed_in("academic_office").post(PASS, {"notice": seen(item, plain)}, follow=True)
    assert "已处理2份：五年级1班、五年级2班。" in text(response)
    assert Notice.objects.public().count() == 2
    assert sorted(Decision.objects.values_list("verdict", flat=True)) == ["released", "stands"]


def test_with_nothing_ticked_she_is_told_what_to_do(signed_in, item):
    assert "请先勾选" in text(signed_in("academic_office").post(PASS, follow=True))


@pytest.mark.parametrize("value", ["x", "1", "1:", "1:2:3", "\0", "٣:٤", "9" * 30 + ":1", "-1:2"])
def test_a_tick_that_no_page_of_ours_sent_does_nothing(signed_in, item, value):
    assert signed_in("academic_office").post(PASS, {"notice": [value]}).status_code == 302
    assert not Decision.objects.exists()


def test_the_second_officer_is_told_by_whom_it_was_decided(signed_in, world, item):
    services.let_pass(by=world.people["academic_office"], seen={item.notice_id: item.pk})
    client = signed_in("academic_office")
    words = "五年级1班：已不在待审核中：钱主任10月14日16:30已处理（维持，记为超量）"
    assert words in text(client.post(PASS, {"notice": seen(item)}, follow=True))
    assert words in text(
        client.post(reverse("homework:review_return", args=[item.notice_id]), {"note": "减"}, follow=True)
    )
    assert Decision.objects.count() == 1


def test_what_changed_since_the_page_was_made_is_left_for_another_look(signed_in, item, world):
    overrun_of(world.class_group, subject=make.subject("数学"))
    client = signed_in("academic_office")
    assert "在您查看后有改动" in text(client.post(PASS, {"notice": seen(item)}, follow=True))
    assert "有改动" in text(
        client.post(
            reverse("homework:review_return", args=[item.notice_id]), {"note": "减", "last_item": item.pk}, follow=True
        )
    )
    assert not Decision.objects.exists()


def test_a_return_without_a_reason_is_asked_for_one(signed_in, item):
    client = signed_in("academic_office")
    refused = send_back(client, item, note=" ")
    assert refused.status_code == 422
    assert "退回时请写明原因" in text(refused)
    send_back(client, item, note="请减少抄写")
    assert Notice.objects.get().review_note == "请减少抄写"


def test_too_long_a_reason_is_refused_with_what_was_typed(signed_in, item):
    refused = send_back(signed_in("academic_office"), item, note="长" * 201)
    assert refused.status_code == 422
    assert "长" * 201 in text(refused)


def test_a_quick_reason_is_one_press_without_script(signed_in, item):
    client = signed_in("academic_office")
    assert 'name="quick" value="书面作业太多，请减少"' in text(client.get(LIST))
    send_back(client, item, quick="书面作业太多，请减少")
    assert Notice.objects.get().review_note == "书面作业太多，请减少"


def test_every_form_of_the_page_carries_the_token_that_a_browser_must_send(signed_in, item):
    page = text(signed_in("academic_office").get(LIST))
    forms = page.count('method="post"')
    assert forms >= 4  # sign out, withdraw, return, all that are ticked
    assert page.count('name="csrfmiddlewaretoken"') == forms


def test_todays_decisions_are_listed_with_who_and_when(signed_in, item, clock):
    client = signed_in("academic_office")
    assert "今天还没有处理过" in text(client.get(LIST))
    send_back(client, item, note="请减少抄写")
    page = text(client.get(LIST))
    assert "钱主任 16:30" in page and "70分钟" in page and "请减少抄写" in page
    clock(dt.datetime(2026, 10, 15, 8, 0, tzinfo=SHANGHAI))
    assert "今天还没有处理过" in text(client.get(LIST))


def test_an_item_can_be_withdrawn_for_an_absent_teacher(signed_in, item):
    response = signed_in("academic_office").post(
        reverse("homework:item_withdraw", args=[item.pk]), {"reason": "教师请假，布置有误"}
    )
    assert response.url == LIST
    assert not Item.objects.live().exists()


def test_incomplete_classes_are_listed_with_their_missing_subjects_and_can_be_closed(signed_in, world):
    make.ItemFactory(class_group=world.class_group, kind="oral")
    client = signed_in("academic_office")
    assert "<td>数学</td>" in text(client.get(INCOMPLETE))
    assert client.post(reverse("homework:day_close", args=[world.class_group.pk])).url == INCOMPLETE
    assert "1个班今天的作业都已公示齐全" in text(client.get(INCOMPLETE))


def test_where_the_school_looks_first_she_sees_when_it_appears_by_itself(signed_in, world, looks_first, clock):
    make.ItemFactory(class_group=world.class_group)
    client = signed_in("academic_office")
    assert "不处理的话，18:00自动公开" in text(client.get(LIST))
    clock(dt.datetime(2026, 10, 14, 18, 1, tzinfo=SHANGHAI))
    assert "已公开，注明“未经审核”" in text(client.get(LIST))


def test_what_was_sent_back_yesterday_and_not_mended_is_shown_for_release_only(signed_in, world, looks_first, clock):
    plain = make.ItemFactory(class_group=world.class_group)
    client = signed_in("academic_office")
    send_back(client, plain, note="请写清楚")
    assert "没有等您审核的作业" in text(client.get(LIST))
    clock(dt.datetime(2026, 10, 15, 8, 0, tzinfo=SHANGHAI))
    page = text(client.get(LIST))
    assert "10月14日退回后教师还没有改，一直没有公开" in page
    assert 'name="note"' not in page
    client.post(PASS, {"only": seen(plain)})
    assert Notice.objects.public().exists()


def fill(world, classes):
    for number in range(2, classes + 1):
        group = make.ClassGroupFactory(school=world.school, number=number)
        make.TeachingFactory(class_group=group)
        overrun_of(group)


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("address", [LIST, INCOMPLETE])
def test_the_queries_do_not_grow_with_classes_and_notices(signed_in, world, looks_first, item, address):
    client = signed_in("academic_office")
    fill(world, 3)
    services.let_pass(by=world.people["academic_office"], seen={item.notice_id: item.pk})
    with_three = queries(client, address)
    fill_more = [make.ClassGroupFactory(school=world.school, number=number) for number in range(50, 87)]
    for group in fill_more:
        overrun_of(group)
    assert queries(client, address) == with_three
    assert with_three <= (10 if address == LIST else 14)


def test_a_long_queue_is_cut_into_pages_and_nothing_is_lost(signed_in, world, item):
    fill(world, 41)
    client = signed_in("academic_office")
    pages = [text(client.get(LIST, {"page": number})) for number in (1, 2, 3)]
    assert [page.count("data-review-tick") for page in pages] == [20, 20, 1]
    assert "共41条" in pages[0]


def test_after_a_decision_she_is_back_on_the_page_she_was_on(signed_in, world, item):
    client = signed_in("academic_office")
    assert client.post(PASS, {"notice": seen(item), "page": "2"}).url == f"{LIST}?page=2"
    assert client.post(PASS, {"page": "//evil.example"}).url == LIST
