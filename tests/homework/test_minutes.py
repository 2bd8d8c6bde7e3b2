"""What an open page asks again and again: small, seldom answered in full, and only of her own classes."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from homework import services
from tests import factories as make
from tests.homework.conftest import close

pytestmark = pytest.mark.django_db
MINUTES = reverse("homework:minutes")


def test_it_tells_minutes_layers_and_who_has_spoken(signed_in, world):
    maths = make.subject("数学")
    make.ItemFactory(class_group=world.class_group, minutes=20)
    make.ItemFactory(class_group=world.class_group, subject=maths, minutes=15, layer="higher")
    make.ItemFactory(class_group=world.class_group, subject=maths, minutes=9, kind="oral")
    english = make.subject("英语")
    services.declare_no_homework(by=make.UserFactory(), class_group=world.class_group, day=make.TODAY, subject=english)
    state = signed_in("teacher").get(MINUTES).json()[str(world.class_group.pk)]
    assert (state["limit"], state["load"], state["items"], state["closed"]) == (60, 35, 3, False)
    assert state["layers"] == {"basic": 20, "higher": 35, "extended": 20}
    assert state["set"] == {"all": 20, "basic": 0, "higher": 15, "extended": 0}
    assert state["used"] == {str(world.subject.pk): 20, str(maths.pk): 15}
    assert state["spoken"] == sorted([world.subject.pk, maths.pk, english.pk])


def test_an_unchanged_answer_is_not_sent_again(signed_in, world):
    make.ItemFactory(class_group=world.class_group)
    client = signed_in("teacher")
    etag = client.get(MINUTES).headers["ETag"]
    again = client.get(MINUTES, HTTP_IF_NONE_MATCH=etag)
    assert (again.status_code, again.content) == (304, b"")
    make.ItemFactory(class_group=world.class_group, minutes=5)
    assert client.get(MINUTES, HTTP_IF_NONE_MATCH=etag).status_code == 200


def test_it_takes_three_queries_besides_session_and_account_for_any_number_of_classes(signed_in, world):
    client = signed_in("teacher")
    for number in range(2, 6):
        group = make.ClassGroupFactory(school=world.school, number=number)
        make.TeachingFactory(class_group=group, subject=world.subject, teacher=world.teacher)
        make.ItemFactory(class_group=group)
    with CaptureQueriesContext(connection) as asked:
        assert len(client.get(MINUTES).json()) == 4
    assert len(asked) <= 2 + 3


def test_colleagues_classes_are_not_told(signed_in, world):
    make.ItemFactory(class_group=make.ClassGroupFactory(school=world.school, number=9))
    make.ItemFactory(class_group=world.class_group)
    assert list(signed_in("teacher").get(MINUTES).json()) == [str(world.class_group.pk)]
    assert list(signed_in("head_teacher").get(MINUTES).json()) == [str(world.class_group.pk)]
    assert signed_in("outside_teacher").get(MINUTES).json() == {}


def test_a_closed_day_says_so_and_another_day_can_be_asked_for(signed_in, world):
    close(world.class_group, dt.date(2026, 10, 13))
    client = signed_in("teacher")
    assert client.get(MINUTES).json() == {}
    assert client.get(f"{MINUTES}?day=2026-10-13").json()[str(world.class_group.pk)]["closed"]
    assert client.get(f"{MINUTES}?day=heute").status_code == 404
