"""What one tap offers to set again: last lesson, last week, templates; other classes; usual minutes."""

import datetime as dt
import json
import uuid

import pytest
from django.urls import reverse

from homework import services
from homework.models import Item, SavedItem, SchoolRule, SubjectShare, WeekPlan, WeekPlanEntry
from homework.suggestions import usual_minutes
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = reverse("homework:today")
YESTERDAY, LAST_WEEK = dt.date(2026, 10, 13), dt.date(2026, 10, 7)
KEPT = {"kind": "oral", "place": "home", "layer": "all", "minutes": 5}


@pytest.fixture
def neighbour(world):
    neighbour = make.ClassGroupFactory(school=world.school, number=2)
    make.TeachingFactory(class_group=neighbour, subject=world.subject, teacher=world.teacher)
    return neighbour


def cards(client, query=""):
    return client.get(TODAY + query).context["cards"]


def offered(card):
    return [(one.label, one.what.content, one.also) for one in card.suggestions]


def test_last_lesson_last_week_and_templates_are_offered_in_this_order(signed_in, world):
    world.school.days.get_or_create(day=LAST_WEEK)
    world.school.days.filter(day=LAST_WEEK).update(is_cancelled=False)
    own = {"by": world.teacher, "class_group": world.class_group}
    make.ItemFactory(**own, day=YESTERDAY, content="第11页")
    make.ItemFactory(**own, day=dt.date(2026, 10, 12), content="第10页")
    make.ItemFactory(**own, day=LAST_WEEK, content="作文")
    services.save_item(by=world.teacher, subject=world.subject, content="朗读", **KEPT)
    assert offered(cards(signed_in("teacher"))[0]) == [
        ("上次 10月13日", "第11页", ()),
        ("上周 10月7日", "作文", ()),
        ("常用", "朗读", ()),
    ]


def test_what_a_parallel_class_had_is_offered_with_the_classes_that_had_it(signed_in, world, neighbour):
    make.ItemFactory(by=world.teacher, class_group=neighbour, day=YESTERDAY, content="第11页")
    first, second = cards(signed_in("teacher"))
    assert offered(first) == [("上次 10月13日", "第11页", (neighbour.pk,))]
    assert offered(second) == [("上次 10月13日", "第11页", ())]


def test_both_classes_are_ticked_when_both_had_the_same_last_time(signed_in, world, neighbour):
    for group in (world.class_group, neighbour):
        make.ItemFactory(by=world.teacher, class_group=group, day=YESTERDAY)
    first, second = cards(signed_in("teacher"))
    assert first.form["also"].value() == [neighbour.pk]
    assert second.form["also"].value() == [world.class_group.pk]


def test_a_class_that_has_homework_already_is_not_ticked_again(signed_in, world, neighbour):
    for group in (world.class_group, neighbour):
        make.ItemFactory(by=world.teacher, class_group=group, day=YESTERDAY)
    make.ItemFactory(by=world.teacher, class_group=neighbour)
    first = cards(signed_in("teacher"))[0]
    assert first.form["also"].value() == []
    assert first.suggestions[0].also == ()


@pytest.mark.parametrize("what", ["a colleague's", "withdrawn", "another subject's", "another grade's", "of today"])
def test_what_is_none_of_hers_is_not_offered(signed_in, world, what):
    values = {"by": world.teacher, "class_group": world.class_group, "day": YESTERDAY}
    if what == "a colleague's":
        values["by"] = make.UserFactory()
    if what == "another subject's":
        values["subject"] = make.subject("数学")
    if what == "another grade's":
        values["class_group"] = group = make.ClassGroupFactory(school=world.school, number=3, entry_year=2023)
        make.TeachingFactory(class_group=group, subject=world.subject, teacher=world.teacher)
    if what == "of today":
        values["day"] = make.TODAY
    item = make.ItemFactory(**values)
    if what == "withdrawn":
        services.withdraw_item(by=item.posted_by, item=item, reason="写错了")
    assert next(card for card in cards(signed_in("teacher")) if card.class_day.name == "五年级1班").suggestions == []


def test_nobody_sees_another_s_templates(signed_in, world):
    services.save_item(by=make.UserFactory(), subject=world.subject, content="秘密", **KEPT)
    client = signed_in("teacher")
    assert "秘密" not in client.get(TODAY).content.decode()
    assert "秘密" not in client.get(reverse("homework:saved_item_list")).content.decode()


@pytest.mark.parametrize("kind", ["again", "saved"])
def test_without_script_a_suggestion_is_a_page_with_the_form_filled(signed_in, world, kind):
    if kind == "again":
        row = make.ItemFactory(by=world.teacher, class_group=world.class_group, day=YESTERDAY, content="第11页")
    else:
        row = services.save_item(by=world.teacher, subject=world.subject, content="第11页", **KEPT)
    url = reverse("homework:item_add", args=[world.class_group.pk])
    page = signed_in("teacher").get(f"{url}?day=2026-10-14&{kind}={row.pk}").content.decode()
    assert "第11页</textarea>" in page


@pytest.mark.parametrize("number", ["", "0", "x", "²", "9" * 30, "%00", "-1"])
def test_a_suggestion_that_is_none_leaves_the_form_empty(signed_in, world, number):
    url = reverse("homework:item_add", args=[world.class_group.pk])
    response = signed_in("teacher").get(f"{url}?again={number}&saved={number}")
    assert response.status_code == 200
    assert not response.context["cards"][0].form["content"].value()


def test_a_colleague_s_item_does_not_fill_her_form(signed_in, world):
    item = make.ItemFactory(class_group=world.class_group, day=YESTERDAY, content="第11页")
    url = reverse("homework:item_add", args=[world.class_group.pk])
    assert "第11页</textarea>" not in signed_in("teacher").get(f"{url}?again={item.pk}").content.decode()


# --- Minutes to begin with ---


def test_minutes_begin_with_her_own_median(signed_in, world):
    for minutes in (10, 15, 40):
        make.ItemFactory(
            by=world.teacher, class_group=world.class_group, day=YESTERDAY, minutes=minutes, overrun_reason="复习"
        )
    form = cards(signed_in("teacher"))[0].form
    assert form["minutes"].value() == 15
    assert json.loads(form.usual_json) == {str(world.subject.pk): 15}


def test_minutes_begin_with_the_school_s_where_she_has_set_none(world):
    other = make.ClassGroupFactory(school=world.school, number=7)
    for minutes in (10, 12, 30, 40):
        make.ItemFactory(class_group=other, day=YESTERDAY, minutes=minutes, overrun_reason="复习")
    make.ItemFactory(class_group=other, day=YESTERDAY, minutes=90, kind="reading")
    key = (world.school.pk, 5, world.subject.pk)
    assert usual_minutes(world.teacher, [world.class_group], make.TODAY) == {key: 12}


def test_without_history_the_minutes_are_left_to_her(signed_in, world):
    assert cards(signed_in("teacher"))[0].form["minutes"].value() is None


def test_no_minutes_are_suggested_where_nothing_may_be_written_at_home(signed_in, world):
    first = make.ClassGroupFactory(school=world.school, number=3, entry_year=2026, first_day=dt.date(2026, 9, 1))
    make.TeachingFactory(class_group=first, subject=world.subject, teacher=world.teacher)
    make.ItemFactory(by=world.teacher, class_group=first, day=YESTERDAY, minutes=5, overrun_reason="误")
    card = next(card for card in cards(signed_in("teacher")) if card.class_day.name == "一年级3班")
    assert (card.form["minutes"].value(), card.form["place"].value()) == (None, "school")


@pytest.mark.parametrize("grade", [1, 2])
def test_practice_at_school_is_allowed_in_grades_one_and_two_and_does_not_count(signed_in, world, item_data, grade):
    group = make.ClassGroupFactory(
        school=world.school, number=3, entry_year=2027 - grade, first_day=dt.date(2026, 9, 1)
    )
    make.TeachingFactory(class_group=group, subject=world.subject, teacher=world.teacher)
    url = reverse("homework:item_add", args=[group.pk])
    client = signed_in("teacher")
    assert client.post(url, item_data | {"place": "school", "minutes": 40}).status_code == 302
    notice = Item.objects.get().notice
    assert (notice.load_minutes, notice.limit_minutes, notice.breached_rule, notice.review) == (0, 0, "", "")
    assert client.post(url, item_data | {"minutes": 1}).status_code == 422


# --- What the school has planned ---


@pytest.fixture
def rule(world):
    return SchoolRule.objects.create(
        school=world.school, version=1, title="作业管理办法", first_day=make.TERM_FIRST_DAY, made_by=world.teacher
    )


def test_the_page_shows_each_subject_s_share_and_what_is_left(signed_in, world, rule):
    for name, minutes in (("语文", 20), ("数学", 25)):
        SubjectShare.objects.create(school_rule=rule, grade=5, subject=make.subject(name), minutes=minutes)
    make.ItemFactory(class_group=world.class_group, subject=make.subject("数学"), minutes=30)
    card = cards(signed_in("teacher"))[0]
    assert [(room.subject.name, room.minutes, room.left, room.is_hers) for room in card.rooms] == [
        ("语文", 20, 20, True),
        ("数学", 25, 0, False),
    ]
    assert "学校建议用时" in signed_in("teacher").get(TODAY).content.decode()


@pytest.mark.parametrize(("name", "is_hers"), [("语文", True), ("数学", False)])
def test_the_page_says_whose_turn_it_is(signed_in, world, name, is_hers):
    plan = WeekPlan.objects.create(school=world.school, first_day=make.TERM_FIRST_DAY, made_by=world.teacher)
    WeekPlanEntry.objects.create(plan=plan, grade=5, weekday=3, subject=make.subject(name))
    page = signed_in("teacher").get(TODAY).content.decode()
    assert f"今天轮到：{name}" in page
    assert ("没有轮到您的学科" in page) is not is_hers


def test_on_a_no_homework_day_the_head_teacher_closes_with_one_tap(signed_in, world):
    plan = WeekPlan.objects.create(school=world.school, first_day=make.TERM_FIRST_DAY, made_by=world.teacher)
    WeekPlanEntry.objects.create(plan=plan, grade=5, weekday=3, subject=None)
    page = signed_in("head_teacher").get(TODAY).content.decode()
    assert "今天是无作业日" in page
    assert "报“今日无书面作业”" in page
    teachers = signed_in("teacher").get(TODAY).content.decode()
    assert "今天是无作业日" in teachers
    assert "报“今日无书面作业”" not in teachers


# --- Templates of her own ---


def test_a_tick_in_the_form_keeps_the_item(signed_in, world, item_data):
    url = reverse("homework:item_add", args=[world.class_group.pk])
    client = signed_in("teacher")
    client.post(url, item_data | {"keep": "on"})
    client.post(url, item_data | {"keep": "on", "minutes": 25})
    assert [(kept.content, kept.minutes) for kept in SavedItem.objects.all()] == [("抄写生字", 25)]


def test_where_no_more_can_be_kept_nothing_is_published_and_the_form_may_be_sent_again(
    signed_in, world, item_data, monkeypatch
):
    monkeypatch.setattr("homework.services.saved_items.MOST_SAVED", 0)
    url, client = reverse("homework:item_add", args=[world.class_group.pk]), signed_in("teacher")
    data = item_data | {"key": str(uuid.uuid4())}
    refused = client.post(url, data | {"keep": "on"})
    assert (refused.status_code, Item.objects.count()) == (422, 0)
    assert "请先删除不用的" in refused.content.decode()
    assert client.post(url, data).status_code == 302
    assert Item.objects.count() == 1


def test_what_is_refused_is_not_kept(signed_in, world, item_data):
    url = reverse("homework:item_add", args=[world.class_group.pk])
    signed_in("teacher").post(url, item_data | {"keep": "on", "minutes": 70})
    assert not SavedItem.objects.exists()


def test_a_template_is_changed_and_deleted(signed_in, world):
    kept = services.save_item(by=world.teacher, subject=world.subject, content="朗读", **KEPT)
    client, url = signed_in("teacher"), reverse("homework:saved_item_edit", args=[kept.pk])
    data = {"subject": world.subject.pk, "content": "背诵", **KEPT}
    refused = client.post(url, data | {"content": " "})
    assert (refused.status_code, "请填写作业内容" in refused.content.decode()) == (422, True)
    client.post(url, data)
    assert SavedItem.objects.get().content == "背诵"
    client.post(reverse("homework:saved_item_delete", args=[kept.pk]))
    assert not SavedItem.objects.exists()


def test_two_templates_that_say_the_same_are_refused(signed_in, world):
    first, second = (
        services.save_item(by=world.teacher, subject=world.subject, content=content, **KEPT) for content in ("甲", "乙")
    )
    url = reverse("homework:saved_item_edit", args=[second.pk])
    response = signed_in("teacher").post(url, {"subject": world.subject.pk, "content": first.content, **KEPT})
    assert response.status_code == 422
    assert "这一条已在常用作业里" in response.content.decode()


def test_the_list_of_templates_asks_the_same_for_many(signed_in, world, django_assert_num_queries):
    client, url = signed_in("teacher"), reverse("homework:saved_item_list")
    services.save_item(by=world.teacher, subject=world.subject, content="甲", **KEPT)
    client.get(url)
    for content in "乙丙丁":
        services.save_item(by=world.teacher, subject=world.subject, content=content, **KEPT)
    with django_assert_num_queries(5):
        client.get(url)
