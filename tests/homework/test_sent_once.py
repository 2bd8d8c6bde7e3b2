"""A form is carried out once however often it comes; and its wording is looked at before it is."""

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.urls import reverse

from homework import services
from homework.models import Item, Notice, VacationItem, WordingWarning
from tests import factories as make
from tests.fixtures import SHANGHAI
from tests.homework.test_vacation_plans import near_a_vacation

KEY = "0b3c1f34-1111-4222-8333-444455556666"
HTMX = {"HTTP_HX_REQUEST": "true"}


def add(class_group):
    return reverse("homework:item_add", args=[class_group.pk])


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_same_form_sent_again_is_answered_as_done_and_adds_nothing(signed_in, world, item_data, headers):
    client = signed_in("teacher")
    for _ in range(2):
        response = client.post(add(world.class_group), item_data | {"key": KEY}, follow=True, **headers)
        assert "已公示：语文，五年级1班。" in response.content.decode()
    assert Item.objects.count() == 1


@pytest.mark.django_db
def test_a_form_of_a_vacation_is_carried_out_once_too(signed_in, world, item_data):
    near_a_vacation(world)
    client, address = signed_in("teacher"), reverse("homework:vacation_item_add", args=[world.class_group.pk])
    given = client.get(address).context["form"].initial["key"]
    data = item_data | {"daily_minutes": 15, "key": given}
    for _ in range(2):
        assert "已公示：语文，五年级1班。" in client.post(address, data, follow=True).content.decode()
    assert VacationItem.objects.count() == 1
    assert "页面已过期" in client.post(address, data | {"key": "x"}).content.decode()


@pytest.mark.django_db
def test_another_form_with_the_same_words_is_another_item(signed_in, world, item_data):
    client = signed_in("teacher")
    for key in (KEY, str(uuid.uuid4()), ""):
        client.post(add(world.class_group), item_data | {"key": key})
    assert Item.objects.count() == 3


@pytest.mark.django_db
def test_a_refused_form_is_carried_out_when_it_is_mended(signed_in, world, item_data):
    client, data = signed_in("teacher"), item_data | {"key": KEY, "minutes": 70}
    assert client.post(add(world.class_group), data).status_code == 422
    client.post(add(world.class_group), data | {"overrun_reason": "单元复习"})
    assert Item.objects.count() == 1


@pytest.mark.django_db
def test_two_people_may_have_the_same_key(signed_in, world, item_data):
    signed_in("teacher").post(add(world.class_group), item_data | {"key": KEY})
    data = item_data | {"key": KEY, "subject": make.subject("数学").pk}
    signed_in("head_teacher").post(add(world.class_group), data)
    assert Item.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["x", "\x00", "1" * 500])
def test_a_key_that_is_none_is_refused_in_words(signed_in, world, item_data, key):
    response = signed_in("teacher").post(add(world.class_group), item_data | {"key": key})
    assert response.status_code == 422
    assert "页面已过期，请刷新后再试" in response.content.decode()


@pytest.mark.django_db
def test_what_was_typed_under_another_account_is_not_hers_to_send(signed_in, world, item_data):
    other = str(world.people["head_teacher"].pk)
    response = signed_in("teacher").post(add(world.class_group), item_data, HTTP_X_WRITTEN_BY=other)
    assert response.status_code == 409
    assert not Item.objects.exists()


@pytest.mark.django_db
def test_whose_it_is_comes_before_what_this_account_may_do(signed_in, world, item_data):
    typed_by = str(world.people["teacher"].pk)
    response = signed_in("principal").post(add(world.class_group), item_data, HTTP_X_WRITTEN_BY=typed_by)
    assert response.status_code == 409


@pytest.mark.django_db
def test_what_was_written_yesterday_and_sent_today_stays_with_yesterday(signed_in, world, item_data, clock):
    clock(dt.datetime(2026, 10, 15, 7, 30, tzinfo=SHANGHAI))
    signed_in("teacher").post(add(world.class_group), item_data | {"key": KEY}, **HTMX)
    assert Notice.objects.get().day == dt.date(2026, 10, 14)


@pytest.mark.django_db(transaction=True)
def test_of_one_form_sent_by_many_at_once_one_is_carried_out(class_group):
    teacher, together = make.UserFactory(), Barrier(4)
    other = make.ClassGroupFactory(school=class_group.school, number=2)
    what = {"subject": make.subject("语文"), "content": "背诵", "kind": "written", "place": "home", "layer": "all"}

    def send(_: int) -> int:
        try:
            together.wait(timeout=10)
            return len(
                services.add_item_to_classes(
                    by=teacher,
                    class_groups=[class_group, other],
                    day=make.TODAY,
                    minutes=20,
                    key=uuid.UUID(KEY),
                    **what,
                )
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, range(4))) == [0, 0, 0, 2]
    assert Item.objects.count() == 2
    assert [notice.load_minutes for notice in Notice.objects.all()] == [20, 20]


# --- Wording ---


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_wording_comes_back_once_with_the_rule_and_nothing_is_saved(signed_in, world, item_data, headers):
    data = item_data | {"content": "抄写生字十遍，请家长签字", "key": KEY}
    client = signed_in("teacher")
    response = client.post(add(world.class_group), data, **headers)
    page = response.content.decode()
    assert response.status_code == 422
    for words in ("像是要求家长批改、检查或签字", "严禁要求家长检查、批改作业", "像是同一内容抄写多遍", "仍要公示"):
        assert words in page
    assert "抄写生字十遍，请家长签字</textarea>" in page
    assert 'name="seen" value="parents_mark,copying"' in page
    assert not Item.objects.exists()
    client.post(add(world.class_group), data | {"seen": "parents_mark,copying"}, **headers)
    assert sorted(WordingWarning.objects.values_list("rule", flat=True)) == ["copying", "parents_mark"]


@pytest.mark.django_db
def test_what_she_was_not_told_of_comes_back_again(signed_in, world, item_data):
    data = item_data | {"content": "抄写生字十遍，请家长签字", "seen": "copying"}
    assert signed_in("teacher").post(add(world.class_group), data).status_code == 422


@pytest.mark.django_db
def test_an_innocent_wording_leaves_no_warning(signed_in, world, item_data):
    signed_in("teacher").post(add(world.class_group), item_data)
    assert not WordingWarning.objects.exists()
