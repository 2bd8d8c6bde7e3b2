"""Correcting and withdrawing what is public, and the versions that are left of it."""

import datetime as dt
import itertools

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from homework import services, versions
from homework.models import CutOff, Item, Notice, WordingWarning
from tests import factories as make
from tests.fixtures import SHANGHAI

pytestmark = pytest.mark.django_db
TODAY = reverse("homework:today")


def notice():
    return Notice.objects.get()


def correct(item, **changed):
    values = {
        "by": item.posted_by,
        "item": item,
        "reason": "内容写错了",
        "subject": item.subject,
        "content": "背诵第三课",
        "kind": item.kind,
        "place": item.place,
        "layer": item.layer,
        "minutes": 10,
    }
    return services.correct_item(**(values | changed))


def at(clock, hour, minute=0):
    clock(dt.datetime(2026, 10, 14, hour, minute, tzinfo=SHANGHAI))


def test_a_correction_stands_in_the_place_of_the_item(post, clock):
    old = post("语文", 20)
    at(clock, 17)
    new = correct(old)
    old.refresh_from_db()
    assert list(Item.objects.live()) == [new]
    assert (new.replaces, old.withdrawn_reason, old.withdrawn_at) == (old, "内容写错了", new.posted_at)
    assert (notice().load_minutes, notice().corrected_at) == (10, new.posted_at)


@pytest.mark.parametrize("reason", ["", "  ", "长" * 61])
def test_without_a_reason_of_at_most_sixty_letters_nothing_changes(post, reason):
    item = post()
    with pytest.raises(ValidationError, match="原因"):
        services.withdraw_item(by=item.posted_by, item=item, reason=reason)
    with pytest.raises(ValidationError, match="原因"):
        correct(item, reason=reason)
    assert Item.objects.live().count() == 1
    assert notice().corrected_at is None


def test_a_reason_of_sixty_letters_is_enough(post):
    item = post()
    services.withdraw_item(by=item.posted_by, item=item, reason="长" * 60)
    assert Item.objects.get().withdrawn_reason == "长" * 60


def test_what_no_longer_stands_cannot_be_corrected(post):
    item = post()
    services.withdraw_item(by=item.posted_by, item=item, reason="发错了")
    with pytest.raises(ValidationError, match="已撤回或已更正"):
        correct(item)
    assert Item.objects.count() == 1


def test_a_correction_over_the_limit_asks_for_a_reason_and_keeps_the_old_item(post):
    item = post("语文", 20)
    with pytest.raises(ValidationError, match=r"更正后.*共65分钟") as refused:
        correct(item, minutes=65)
    assert refused.value.code == "over_limit"
    assert list(Item.objects.live()) == [item]
    correct(item, minutes=65, overrun_reason="单元复习")
    assert notice().review == "pending"


def test_the_limit_is_judged_without_the_item_that_goes(post):
    item = post("语文", 55)
    assert correct(item, minutes=60).minutes == 60
    assert notice().load_minutes == 60


def test_a_correction_downwards_in_an_overrun_needs_no_reason_for_it(post):
    item = post("语文", 70, overrun_reason="作文")
    correct(item, minutes=65)
    assert (notice().load_minutes, notice().review) == (65, "pending")


def test_what_has_not_appeared_yet_is_changed_without_a_mark(post, class_group, clock):
    CutOff.objects.create(
        unit=class_group.school.unit, first_day=make.TERM_FIRST_DAY, until=dt.time(18), reviewed_first=True
    )
    item = post()
    correct(item)
    assert notice().corrected_at is None
    at(clock, 19)
    assert versions.public_changes([notice()]) == {}


def test_the_first_version_was_public_at_once(class_group, monkeypatch):
    start = dt.datetime(2026, 10, 14, 16, tzinfo=SHANGHAI)
    ticks = itertools.count()
    monkeypatch.setattr(timezone, "now", lambda: start + dt.timedelta(milliseconds=next(ticks)))
    make.ItemFactory(class_group=class_group)
    assert [version.was_public for version in versions.notice_versions(notice())] == [True]


def test_the_public_reads_what_stood_before_without_names(post, clock):
    first = post("语文", 20, content="抄写生字")
    other = post("数学", 15, content="口算")
    at(clock, 17)
    correct(first, reason="王老师写错了")
    at(clock, 18)
    services.withdraw_item(by=other.posted_by, item=other, reason="不布置了")
    withdrawn, corrected = versions.public_changes([notice()])[notice().pk]
    assert (withdrawn.subject, withdrawn.before, withdrawn.after) == ("数学", "口算（书面，在家，15分钟）", "")
    assert not withdrawn.is_correction
    assert (corrected.before, corrected.after) == ("抄写生字（书面，在家，20分钟）", "背诵第三课（书面，在家，10分钟）")
    assert "王老师" not in repr([withdrawn, corrected])
    assert corrected.at == dt.datetime(2026, 10, 14, 17, tzinfo=SHANGHAI)


def test_public_changes_of_many_notices_take_one_query(post, class_group, django_assert_num_queries):
    for number in range(2, 5):
        item = post(class_group=make.ClassGroupFactory(school=class_group.school, number=number))
        services.withdraw_item(by=item.posted_by, item=item, reason="发错了")
    notices = list(Notice.objects.all())
    with django_assert_num_queries(1):
        assert len(versions.public_changes(notices)) == 3


def test_each_version_can_be_had_again(post, clock):
    first = post("语文", 20)
    at(clock, 17)
    maths = post("数学", 15)
    at(clock, 18)
    second = correct(first)
    at(clock, 18, 30)
    third = correct(second, minutes=12)
    at(clock, 19)
    services.withdraw_item(by=maths.posted_by, item=maths, reason="改为在校完成")
    found = versions.notice_versions(notice())
    assert [[item.pk for item in version.items] for version in found] == [
        [first.pk],
        [first.pk, maths.pk],
        [second.pk, maths.pk],
        [third.pk, maths.pk],
        [third.pk],
    ]
    assert [version.load for version in found] == [20, 35, 25, 27, 12]
    change = found[2].changes[0]
    assert (change.before, change.after, change.by, change.why) == (first, second, first.posted_by, "内容写错了")
    assert (found[4].changes[0].after, found[4].changes[0].why) == (None, "改为在校完成")
    whole = versions.differences(found, found[1], found[4])
    assert [(change.before, change.after) for change in whole] == [(first, third), (maths, None)]
    assert versions.differences(found, found[1], found[1]) == []


# --- Pages ---


@pytest.fixture
def own(world):
    return make.ItemFactory(by=world.teacher, class_group=world.class_group)


def form_of(item_data, **changed):
    return item_data | {"content": "背诵第三课", "minutes": 10, "reason": "内容写错了"} | changed


def test_the_form_begins_with_what_was_published(signed_in, own):
    page = signed_in("teacher").get(reverse("homework:item_correct", args=[own.pk])).content.decode()
    assert "完成练习册第12页</textarea>" in page
    assert 'value="20"' in page
    assert 'data-reason="时间估计不准"' in page
    assert "当天不布置了" not in page  # that is a withdrawal


def test_she_corrects_her_own_item(signed_in, own, item_data):
    response = signed_in("teacher").post(reverse("homework:item_correct", args=[own.pk]), form_of(item_data))
    assert response.url == f"{TODAY}?day=2026-10-14#class-{own.notice.class_group_id}"
    assert Item.objects.live().get().content == "背诵第三课"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reason": ""}, "请写明更正或撤回的原因"),
        ({"reason": "长" * 61}, "原因最多60字"),
        ({"minutes": 65}, "更正后，五年级1班书面作业共65分钟"),
        ({"content": "抄写十遍"}, "像是同一内容抄写多遍"),
        ({"subject": 0}, "请选择您在这个班任教的学科"),
    ],
)
def test_a_refused_correction_keeps_what_was_typed(signed_in, own, item_data, changed, words):
    response = signed_in("teacher").post(reverse("homework:item_correct", args=[own.pk]), form_of(item_data, **changed))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert form_of(item_data, **changed)["content"] in response.content.decode()
    assert list(Item.objects.live()) == [own]


def test_a_correction_sent_twice_is_made_once(signed_in, own, item_data):
    client, data = signed_in("teacher"), form_of(item_data, key="0b3c1f34-1111-4222-8333-444455556666")
    for _ in range(2):
        assert client.post(reverse("homework:item_correct", args=[own.pk]), data).status_code == 302
    assert Item.objects.count() == 2


def test_withdrawing_on_the_card_needs_a_reason(signed_in, own):
    url = reverse("homework:item_withdraw", args=[own.pk])
    refused = signed_in("teacher").post(url, {"reason": " "}, HTTP_HX_REQUEST="true")
    assert "请写明更正或撤回的原因" in refused.content.decode()
    assert Item.objects.live().exists()


def test_the_academic_office_withdraws_with_a_reason(signed_in, world, own):
    url = reverse("homework:item_withdraw", args=[own.pk])
    signed_in("academic_office").post(url, {"reason": "教师请假，代为撤回"})
    own.refresh_from_db()
    assert (own.withdrawn_by, own.withdrawn_reason) == (world.people["academic_office"], "教师请假，代为撤回")


def day_page(client, own, query=""):
    url = reverse("homework:notice_detail", args=[own.notice.class_group_id, "2026-10-14"])
    return client.get(url + query)


def test_the_day_s_page_lays_two_versions_side_by_side(signed_in, own, clock):
    at(clock, 17)
    correct(own)
    client = signed_in("principal")
    page = day_page(client, own).content.decode()
    for words in ("第1版", "第2版", "原因：内容写错了", "王语文", "已更正", "后来没有"):
        assert words in page
    assert "两版相同" in day_page(client, own, "?older=2&newer=2").content.decode()
    assert "没有这一版" in day_page(client, own, "?older=9&newer=1").content.decode()
    assert day_page(client, own, "?older=%00&newer=x").status_code == 200


@pytest.mark.parametrize("day", ["heute", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_has_no_page(signed_in, world, day):
    assert signed_in("principal").get(f"/homework/classes/{world.class_group.pk}/days/{day}/").status_code == 404


def test_the_day_s_page_keeps_the_wording_that_was_warned_of(signed_in, own, world):
    make.ItemFactory(by=world.teacher, class_group=world.class_group, content="朗读后家长签字", kind="oral", minutes=5)
    assert WordingWarning.objects.get().rule == "parents_mark"
    page = day_page(signed_in("academic_office"), own).content.decode()
    assert "家长批改、检查、签字" in page
    assert "不作评价依据" in page


def test_the_day_s_page_asks_the_same_however_much_has_changed(signed_in, own, clock, django_assert_max_num_queries):
    item = own
    for minute in range(5):
        at(clock, 17, minute)
        item = correct(item, minutes=10 + minute)
    client = signed_in("principal")
    with django_assert_max_num_queries(16):
        day_page(client, own)
