"""The teacher's page: posting with and without htmx, over the limit, late, no homework, closing."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from homework import services
from homework.models import Item, Notice
from schools.models import SchoolDay
from tests import factories as make
from tests.fixtures import SHANGHAI

pytestmark = pytest.mark.django_db
TODAY = reverse("homework:today")
HTMX = {"HTTP_HX_REQUEST": "true"}


def url(name, class_group):
    return reverse(f"homework:{name}", args=[class_group.pk])


def text(response):
    return response.content.decode()


@pytest.fixture
def neighbour(world):
    """A second class in which the teacher has 语文."""
    neighbour = make.ClassGroupFactory(school=world.school, number=2)
    make.TeachingFactory(class_group=neighbour, subject=world.subject, teacher=world.teacher)
    return neighbour


def test_the_page_shows_her_classes_the_minutes_left_and_whom_it_waits_for(signed_in, world):
    make.ItemFactory(class_group=world.class_group, subject=make.subject("数学"), minutes=25, content="口算20题")
    page = text(signed_in("teacher").get(TODAY))
    assert "五年级1班" in page
    assert "口算20题" in page
    assert "还剩35分钟" in page
    assert "还没公示：语文" in page
    assert "先在课堂布置" in page


def test_a_class_of_colleagues_is_not_on_the_page(signed_in, world):
    make.ClassGroupFactory(school=world.school, number=9)
    assert "9班" not in text(signed_in("teacher").get(TODAY))


def test_posting_without_htmx_comes_back_to_the_class(signed_in, world, item_data):
    response = signed_in("teacher").post(url("item_add", world.class_group), item_data)
    assert response.url == f"{TODAY}?day=2026-10-14#class-{world.class_group.pk}"
    item = Item.objects.get()
    assert (item.content, item.minutes, item.posted_by) == ("抄写生字", 20, world.teacher)


def test_posting_with_htmx_answers_with_the_card(signed_in, world, item_data):
    response = signed_in("teacher").post(url("item_add", world.class_group), item_data, **HTMX)
    page = text(response)
    assert response.status_code == 200
    assert page.strip().startswith(f'<section class="panel class-card" id="class-{world.class_group.pk}"')
    assert "还剩40分钟" in page
    assert "<html" not in page


def test_one_form_posts_to_several_classes(signed_in, world, neighbour, item_data):
    data = item_data | {"also": [neighbour.pk]}
    page = text(signed_in("teacher").post(url("item_add", world.class_group), data, **HTMX))
    assert Item.objects.count() == 2
    assert page.count('hx-swap-oob="true"') == 1


def test_no_item_goes_to_a_class_in_which_she_does_not_teach_the_subject(signed_in, world, neighbour, item_data):
    data = item_data | {"also": [neighbour.pk]}
    response = signed_in("head_teacher").post(url("item_add", world.class_group), data)
    assert response.status_code == 422
    assert not Item.objects.exists()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_over_the_limit_the_reason_is_asked_for_and_all_that_was_typed_is_kept(signed_in, world, item_data, headers):
    response = signed_in("teacher").post(url("item_add", world.class_group), item_data | {"minutes": 65}, **headers)
    page = text(response)
    assert response.status_code == 422
    assert "书面作业共65分钟，超过60分钟" in page
    assert "抄写生字" in page
    assert 'value="65"' in page
    assert not Notice.objects.exists()


def test_with_a_reason_the_overrun_is_public(signed_in, world, item_data):
    data = item_data | {"minutes": 65, "overrun_reason": "单元复习"}
    signed_in("teacher").post(url("item_add", world.class_group), data)
    assert Notice.objects.public().waiting().get().overrun_reason == "语文：单元复习"


def test_written_work_without_minutes_is_refused_and_reading_is_not(signed_in, world, item_data):
    client = signed_in("teacher")
    refused = client.post(url("item_add", world.class_group), item_data | {"minutes": ""})
    assert list(refused.context["cards"][0].form.errors) == ["minutes"]
    assert "至少1分钟" in text(refused)
    client.post(url("item_add", world.class_group), item_data | {"minutes": "", "kind": "reading"})
    assert Item.objects.get().minutes == 0


def test_a_subject_that_is_not_hers_is_refused(signed_in, world, item_data):
    data = item_data | {"subject": make.subject("数学").pk}
    assert signed_in("teacher").post(url("item_add", world.class_group), data).status_code == 422


def test_she_withdraws_her_own_item_only(signed_in, world):
    own = make.ItemFactory(by=world.teacher, class_group=world.class_group)
    others = make.ItemFactory(class_group=world.class_group, subject=make.subject("数学"))
    client = signed_in("teacher")
    assert text(client.get(TODAY)).count("撤回</button>") == 1
    why = {"reason": "发错了班级"}
    assert client.post(reverse("homework:item_withdraw", args=[others.pk]), why).status_code == 403
    client.post(reverse("homework:item_withdraw", args=[own.pk]), why)
    assert list(Item.objects.live()) == [others]


def test_no_homework_is_one_tap_and_can_be_taken_back(signed_in, world):
    client, data = signed_in("teacher"), {"day": "2026-10-14", "subject": world.subject.pk}
    page = text(client.post(url("no_homework_declare", world.class_group), data, **HTMX))
    assert Notice.objects.get().subjects_spoken == 1
    assert "本科无作业" in page
    client.post(url("no_homework_withdraw", world.class_group), data)
    assert Notice.objects.get().subjects_spoken == 0


def test_nobody_speaks_for_a_colleagues_subject(signed_in, world):
    data = {"day": "2026-10-14", "subject": make.subject("数学").pk}
    signed_in("teacher").post(url("no_homework_declare", world.class_group), data)
    assert not Notice.objects.exists()


def test_the_head_teacher_closes_and_reopens_the_day(signed_in, world):
    client = signed_in("head_teacher")
    assert "关闭今日（今日无书面作业）" in text(client.get(TODAY))
    client.post(url("day_close", world.class_group), {"day": "2026-10-14"})
    assert Notice.objects.get().is_complete
    assert "重新开放" in text(client.get(TODAY))
    client.post(url("day_reopen", world.class_group), {"day": "2026-10-14"})
    assert not Notice.objects.get().is_complete


def test_a_refusal_is_told_on_the_card(signed_in, world):
    make.ItemFactory(class_group=world.class_group)
    page = text(signed_in("head_teacher").post(url("day_close", world.class_group), {"day": "2026-10-14"}, **HTMX))
    assert "不能报“今日无书面作业”" in page
    assert "said-not" in page


def test_an_earlier_school_day_can_be_chosen_and_posted(signed_in, world, item_data):
    client = signed_in("teacher")
    assert "?day=2026-10-13" in text(client.get(TODAY))
    assert "补报" in text(client.get(f"{TODAY}?day=2026-10-13"))
    client.post(url("item_add", world.class_group), item_data | {"day": "2026-10-13"})
    assert Notice.objects.get().day == dt.date(2026, 10, 13)


def test_a_day_without_school_says_so(signed_in, world, clock):
    clock(dt.datetime(2026, 10, 18, 9, tzinfo=SHANGHAI))
    page = text(signed_in("teacher").get(TODAY))
    assert "今天不上课" in page
    assert "?day=2026-10-16" in page


def test_a_day_that_is_none_is_not_found(signed_in, world):
    assert signed_in("teacher").get(f"{TODAY}?day=heute").status_code == 404


def test_in_grade_one_written_work_stays_at_school(signed_in, world):
    first_grade = make.ClassGroupFactory(school=world.school, number=3, entry_year=2026, first_day=dt.date(2026, 9, 1))
    make.TeachingFactory(class_group=first_grade, subject=world.subject, teacher=world.teacher)
    client = signed_in("teacher")
    page = text(client.get(TODAY))
    assert "书面作业不带回家" in page
    response = client.get(url("item_add", first_grade))
    assert response.context["cards"][0].form["place"].value() == "school"


def test_loads_of_layers_are_shown_when_layers_are_used(signed_in, world):
    make.ItemFactory(class_group=world.class_group, minutes=10)
    make.ItemFactory(class_group=world.class_group, subject=make.subject("数学"), minutes=15, layer="higher")
    page = text(signed_in("teacher").get(TODAY))
    assert "基础 10分" in page
    assert "提高 25分" in page


def test_a_returned_notice_of_another_day_is_pointed_to(signed_in, world):
    yesterday = dt.date(2026, 10, 13)
    item = make.ItemFactory(class_group=world.class_group, day=yesterday, minutes=70, overrun_reason="作文")
    services.send_back(by=world.people["academic_office"], notice=item.notice, note="请减少抄写")
    assert "10月13日 的作业被教导处退回：请减少抄写" in text(signed_in("teacher").get(TODAY))


def test_a_teacher_without_classes_is_told_whom_to_ask(signed_in, world):
    assert "请联系本校教导处" in text(signed_in("outside_teacher").get(TODAY))


def queries(client):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(TODAY).status_code == 200
    return len(asked)


def test_the_page_asks_at_most_twelve_queries_for_one_class_and_for_eight(signed_in, world):
    """Her session, account and postings included. With all there is to show: colleagues' items, words of no homework,
    what she set before and keeps, a returned notice."""
    client = signed_in("teacher")
    kept = {"kind": "oral", "place": "home", "layer": "all", "minutes": 5}
    services.save_item(by=world.teacher, subject=world.subject, content="朗读", **kept)
    live_with_homework(world, world.class_group)
    with_one = queries(client)
    for number in range(2, 9):
        group = make.ClassGroupFactory(school=world.school, number=number)
        make.TeachingFactory(class_group=group, subject=world.subject, teacher=world.teacher)
        make.HeadTeacherFactory(class_group=group, user=world.teacher)
        live_with_homework(world, group)
    assert queries(client) == with_one
    assert with_one <= 12


def live_with_homework(world, group):
    make.ItemFactory(class_group=group, subject=make.subject("数学"), layer="higher")
    make.ItemFactory(by=world.teacher, class_group=group, day=dt.date(2026, 10, 13))
    english = make.subject("英语")
    services.declare_no_homework(by=make.UserFactory(), class_group=group, day=make.TODAY, subject=english)
    over = make.ItemFactory(class_group=group, day=dt.date(2026, 10, 12), minutes=70, overrun_reason="作文")
    services.send_back(by=world.people["academic_office"], notice=over.notice, note="请减少")


def test_a_cancelled_day_takes_no_homework(signed_in, world, item_data):
    SchoolDay.objects.filter(school=world.school, day=make.TODAY).update(is_cancelled=True)
    response = signed_in("teacher").post(url("item_add", world.class_group), item_data)
    assert not Item.objects.exists()
    assert response.status_code == 422


def test_a_class_of_a_school_she_has_left_is_neither_shown_nor_posted_to(signed_in, world, item_data):
    left = make.ClassGroupFactory(school=world.other_school)
    make.TeachingFactory(class_group=left, subject=world.subject, teacher=world.teacher)
    client = signed_in("teacher")
    assert world.other_school.unit.name not in text(client.get(TODAY))
    response = client.post(url("item_add", world.class_group), item_data | {"also": [left.pk]})
    assert response.status_code == 422
    assert not Item.objects.exists()


def test_a_class_named_twice_gets_the_item_once(signed_in, world, item_data, neighbour):
    signed_in("teacher").post(url("item_add", world.class_group), item_data | {"also": [neighbour.pk, neighbour.pk]})
    assert Item.objects.filter(notice__class_group=neighbour).count() == 1


def test_another_subjects_class_without_a_day_is_sent_back(signed_in, world, item_data, neighbour):
    for class_group in (world.class_group, neighbour):
        make.TeachingFactory(class_group=class_group, subject=make.subject("数学"), teacher=world.teacher)
    other = make.ClassGroupFactory(school=world.school, number=3)
    make.TeachingFactory(class_group=other, subject=make.subject("数学"), teacher=world.teacher)
    response = signed_in("teacher").post(
        url("item_add", world.class_group), item_data | {"also": [other.pk], "day": ""}
    )
    assert response.status_code == 422


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"content": " "}, "请填写作业内容。"),
        ({"content": "字" * 501}, "作业内容最多500字，现在有501字。"),
        ({"minutes": "半小时"}, "预计用时请填写整数。"),
        ({"minutes": 241}, "预计用时应在0到240分钟之间。"),
        ({"kind": ""}, "请选择作业类型。"),
        ({"place": "moon"}, "请选择在哪里完成。"),
        ({"layer": ""}, "请选择适用学生。"),
        ({"subject": ""}, "请选择学科。"),
        ({"also": [0]}, "只能同时发到您任教同一学科的班级。"),
        ({"day": ""}, "没有写明是哪一天的作业"),
        ({"overrun_reason": "长" * 61}, "超量原因最多60字"),
    ],
)
def test_each_field_is_refused_in_words_of_its_own(signed_in, world, neighbour, item_data, sent, words):
    response = signed_in("teacher").post(url("item_add", world.class_group), item_data | sent)
    assert response.status_code == 422
    assert list(response.context["cards"][0].form.errors) == list(sent)
    assert words in text(response)


def test_it_says_where_the_item_has_gone_and_which_class_now_waits(signed_in, world, neighbour, item_data):
    client, add = signed_in("teacher"), url("item_add", world.class_group)
    assert "已公示：语文，五年级1班。</p>" in text(client.post(add, item_data, **HTMX))
    data = item_data | {"minutes": 45, "also": [neighbour.pk], "overrun_reason": "单元复习"}
    said = "已公示：语文，五年级1班、五年级2班。五年级1班已超量，等待教导处审核。"
    assert said in text(client.post(add, data, **HTMX))
    alone = text(client.post(add, item_data | {"minutes": 1, "overrun_reason": "补充"}, **HTMX))
    assert "已公示：语文，五年级1班。已超量，等待教导处审核。" in alone


def test_a_day_ahead_is_not_late_and_shows_its_year(signed_in, world):
    page = text(signed_in("teacher").get(f"{TODAY}?day=2030-01-01"))
    assert "还没有到这一天" in page
    assert "2030年1月1日" in page
    assert "补报" not in page
    assert "2026年10月" not in text(signed_in("teacher").get(TODAY))
