"""消息: told once, read by their owner alone, marked read by a POST, forgotten in the end."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import notifications
from accounts.models import Notification, SentForm
from accounts.tasks import forget_old
from tests import factories as make
from tests.fixtures import SHANGHAI

pytestmark = pytest.mark.django_db
LIST = reverse("accounts:notification_list")


@pytest.fixture
def user(client):
    user = make.UserFactory()
    client.force_login(user, "accounts.sign_in.PhoneBackend")
    return user


def tell(user, key="a", text="请看一看", url="/homework/"):
    notifications.tell([user], key=key, text=text, url=url)
    return Notification.objects.get(user=user, key=key)


def open_line(client, line):
    return client.post(reverse("accounts:notification_open", args=[line.pk]))


def text(response):
    return response.content.decode()


def test_the_same_thing_is_told_once(user):
    tell(user, text="第一次")
    assert tell(user, text="第二次").text == "第一次"
    assert Notification.objects.count() == 1


def test_what_is_too_long_is_cut_not_refused(user):
    line = tell(user, text="长" * 400)
    assert (len(line.text), line.text[-1]) == (300, "…")
    assert tell(user, key="b", text="长" * 300).text == "长" * 300


def test_the_bell_counts_what_is_unread_and_nobody_elses(client, user):
    tell(make.UserFactory())
    assert 'aria-label="消息"' in text(client.get(LIST))
    tell(user)
    assert 'aria-label="消息，1条未读"' in text(client.get(LIST))


def test_looking_at_the_list_marks_nothing_read(client, user):
    tell(user)
    client.get(LIST)
    assert user.notifications.unread().count() == 1


def test_opening_a_line_marks_it_read_and_goes_on(client, user):
    tell(user, "b")
    response = open_line(client, tell(user, url="/homework/?day=2026-10-14#class-3"))
    assert response.url == "/homework/?day=2026-10-14#class-3"
    assert [line.key for line in user.notifications.unread()] == ["b"]


def test_opening_it_again_keeps_the_time_at_which_it_was_read(client, user, clock):
    line = tell(user)
    open_line(client, line)
    clock(dt.datetime(2026, 10, 15, 8, 0, tzinfo=SHANGHAI))
    open_line(client, line)
    line.refresh_from_db()
    assert line.read_at == dt.datetime(2026, 10, 14, 8, 30, tzinfo=dt.UTC)


def test_reading_is_not_done_by_a_get(client, user):
    line = tell(user)
    assert client.get(reverse("accounts:notification_open", args=[line.pk])).status_code == 405
    assert client.get(reverse("accounts:notifications_read")).status_code == 405
    assert user.notifications.unread().count() == 1


@pytest.mark.parametrize("url", ["", "https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x()"])
def test_a_line_leads_to_no_other_place(client, user, url):
    assert open_line(client, tell(user, url=url)).url == LIST


def test_nobody_reads_or_marks_anothers(client, user):
    line = tell(make.UserFactory(), text="秘密")
    assert "秘密" not in text(client.get(LIST))
    assert open_line(client, line).status_code == 404
    client.post(reverse("accounts:notifications_read"))
    assert Notification.objects.unread().count() == 1


def test_all_are_marked_read_at_once(client, user):
    for key in "abc":
        tell(user, key)
    assert "全部标为已读" in text(client.get(LIST))
    assert client.post(reverse("accounts:notifications_read")).url == LIST
    assert not user.notifications.unread().exists()
    assert "全部标为已读" not in text(client.get(LIST))


def test_the_list_is_cut_into_pages_with_the_same_queries(client, user):
    tell(user, "0")
    with CaptureQueriesContext(connection) as with_one:
        client.get(LIST)
    for number in range(1, 40):
        tell(user, str(number))
    with CaptureQueriesContext(connection) as with_forty:
        page = text(client.get(LIST))
    assert len(with_forty) == len(with_one)
    assert page.count('class="message"') == 30
    assert "第1/2页" in page
    assert text(client.get(LIST, {"page": "2"})).count('class="message"') == 10


def test_what_was_read_90_days_ago_and_keys_of_30_days_are_forgotten(user):
    now = timezone.now()
    for key, days in (("old", 91), ("young", 89)):
        Notification.objects.filter(pk=tell(user, key).pk).update(read_at=now - dt.timedelta(days=days))
    Notification.objects.filter(pk=tell(user, "never read").pk).update(made_at=now - dt.timedelta(days=400))
    for days in (31, 29):
        SentForm.objects.create(user=user, key=uuid.uuid4(), at=now - dt.timedelta(days=days))
    assert forget_old() == 2
    assert {line.key for line in Notification.objects.all()} == {"young", "never read"}
    assert SentForm.objects.count() == 1
