"""A family's page for minutes really needed."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from redis.exceptions import ConnectionError as NoRedis

from homework import rates, services
from homework.models import TimeSample
from homework.services import time_samples
from tests import factories as make
from tests.fixtures import SHANGHAI

pytestmark = pytest.mark.django_db
SAID = {"minutes": "45", "finished": "yes"}


def text(response):
    return response.content.decode()


def url(world, day=None):
    address = reverse("homework:time_sample", args=[world.class_group.board_key])
    return f"{address}?day={day}" if day else address


@pytest.fixture
def notice(world):
    return make.ItemFactory(class_group=world.class_group, minutes=30, content="完成练习册第12页").notice


@pytest.fixture
def tell(world, notice):
    """`tell()`: a family opens the page on a device of its own and answers; returns the response."""

    def answer(data=SAID, device=None, day=None):
        device = device or Client()
        device.get(url(world, day))
        return device.post(url(world, day), data)

    return answer


def test_an_answer_is_kept_with_nothing_of_who_gave_it(world, notice, tell):
    response = tell()
    assert (response.status_code, response.url) == (302, url(world, "2026-10-14"))
    kept = TimeSample.objects.values().get()
    assert kept.keys() == {
        "id",
        "notice_id",
        "school_id",
        "minutes",
        "finished",
        "answers",
        "given_on",
        "device",
        "entered_by_id",
    }
    assert (kept["minutes"], kept["finished"], kept["answers"], kept["given_on"]) == (45, True, 1, make.TODAY)


def test_the_cookie_is_random_first_party_and_set_only_by_opening_the_form(world, notice, settings):
    settings.SESSION_COOKIE_SECURE = True
    first, second = (Client().get(url(world)).cookies["homework_device"] for _ in range(2))
    assert first.value != second.value
    assert len(first.value) >= 40
    assert (first["httponly"], first["samesite"], first["secure"], first["max-age"]) == (
        True,
        "Lax",
        True,
        365 * 24 * 3600,
    )
    client = Client()
    posted = client.post(url(world), SAID)
    assert posted.status_code == 422
    assert "homework_device" not in posted.cookies
    assert "请允许本网站使用Cookie" in text(posted)
    assert 'value="45"' in text(posted)
    assert not TimeSample.objects.exists()


def test_a_device_that_has_a_cookie_keeps_it(world, notice):
    client = Client()
    client.get(url(world))
    assert "homework_device" not in client.get(url(world)).cookies


def test_a_device_answers_once_a_day(world, notice, tell):
    device = Client()
    assert tell(device=device).status_code == 302
    refused = tell(device=device)
    assert refused.status_code == 422
    assert "这台设备今天已经填过" in text(refused)
    assert "这台设备今天已经填过" in text(device.get(url(world)))
    assert TimeSample.objects.count() == 1


def test_on_another_day_the_device_answers_again_and_cannot_be_recognised(world, notice, tell, clock):
    device = Client()
    tell(device=device)
    clock(dt.datetime(2026, 10, 15, 0, 1, tzinfo=SHANGHAI))
    assert tell(device=device).status_code == 302
    first, second = TimeSample.objects.order_by("pk")
    cookie = device.cookies["homework_device"].value
    assert first.device != second.device
    assert cookie not in (first.device, second.device)
    assert first.device == time_samples.device_digest(cookie, make.TODAY)


def test_the_digest_hangs_on_the_secret_key(settings):
    before = time_samples.device_digest("cookie", make.TODAY)
    settings.SECRET_KEY = "x" * 60
    after = time_samples.device_digest("cookie", make.TODAY)
    assert before != after
    assert len(after) == 64


def test_two_sent_at_once_are_one(world, notice, monkeypatch):
    monkeypatch.setattr(TimeSample, "full_clean", lambda self: None)  # both looked before either wrote
    values = {"notice": notice, "cookie": "c", "day": make.TODAY, "minutes": 1, "finished": True}
    time_samples.record_answer(**values)
    with pytest.raises(time_samples.ValidationError, match="今天已经填过"):
        time_samples.record_answer(**values)


@pytest.mark.parametrize(("minutes", "status"), [("0", 302), ("300", 302), ("-1", 422), ("301", 422)])
def test_minutes_are_0_to_300(tell, minutes, status):
    assert tell(SAID | {"minutes": minutes}).status_code == status


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"minutes": ""}, "请填实际用了几分钟"),
        ({"minutes": "很久"}, "请填整数分钟"),
        ({"minutes": "45\0"}, "请填整数分钟"),
        ({"finished": ""}, "请选择做完了还是没做完"),
        ({"finished": "maybe"}, "请选择做完了还是没做完"),
        ({"website": "http://spam"}, "应当留空"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_kept_for_correction(tell, bad, words):
    response = tell(SAID | bad)
    assert response.status_code == 422
    assert words in text(response)
    assert not TimeSample.objects.exists()


def test_without_the_token_nothing_is_taken(world, notice):
    client = Client(enforce_csrf_checks=True)
    client.get(url(world))
    refused = client.post(url(world), SAID)
    assert refused.status_code == 403
    assert "页面已过期" in text(refused)
    sent = SAID | {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    assert client.post(url(world), sent).status_code == 302


def test_the_latest_public_notice_is_asked_about_unless_a_day_is_named(world, notice, tell):
    yesterday = make.ItemFactory(class_group=world.class_group, day=dt.date(2026, 10, 13)).notice
    tell()
    tell(day="2026-10-13")
    assert [row.notice_id for row in TimeSample.objects.order_by("pk")] == [notice.pk, yesterday.pk]


@pytest.mark.parametrize(("today", "status"), [(21, 200), (22, 404)])
def test_only_homework_of_the_last_seven_days_is_asked_about(world, notice, clock, today, status):
    clock(dt.datetime(2026, 10, today, 12, tzinfo=SHANGHAI))
    for address in (url(world), url(world, "2026-10-14")):
        response = Client().get(address)
        assert response.status_code == status
        assert ("只收最近7天" in text(response)) == (status == 404)


@pytest.mark.parametrize("day", ["2026-10-15", "2026-13-01", "x", "0001-01-01", "2026-10-09"])
def test_there_is_no_form_for_a_day_without_public_homework(world, notice, day):
    assert Client().get(url(world, day)).status_code == 404
    assert Client().post(url(world, day), SAID).status_code == 404


def test_what_waits_for_the_school_is_not_asked_about(world):
    services.set_cut_off(
        by=None, unit=world.school.unit, first_day=dt.date(2026, 10, 1), until=dt.time(18), reviewed_first=True
    )
    hidden = make.ItemFactory(class_group=world.class_group, content="秘密").notice
    assert hidden.is_hidden
    for address in (url(world), url(world, "2026-10-14")):
        page = Client().get(address)
        assert page.status_code == 404
        assert "秘密" not in text(page)
        assert Client().post(address, SAID).status_code == 404


def test_nobody_guesses_a_class(world, notice):
    assert Client().get(reverse("homework:time_sample", args=["abcdefgh2345"])).status_code == 404


def test_the_median_stands_there_from_five_answers_on(world, notice, tell):
    for minutes in ("10", "20", "30", "40"):
        tell(SAID | {"minutes": minutes})
    assert "中位数<strong>" not in text(Client().get(url(world)))
    tell({"minutes": "90", "finished": "no"})
    page = text(Client().get(url(world)))
    assert "已有5份：实际用时中位数<strong>30分钟</strong>，4人做完" in page


def test_no_more_answer_than_the_class_has_pupils(world, notice, tell):
    group = make.ClassGroupFactory(school=world.school, number=9, pupils=2)
    small = make.ItemFactory(class_group=group).notice
    for cookie in ("a", "b"):
        time_samples.record_answer(notice=small, cookie=cookie, day=make.TODAY, minutes=5, finished=True)
    with pytest.raises(time_samples.ValidationError, match="在籍人数"):
        time_samples.record_answer(notice=small, cookie="c", day=make.TODAY, minutes=5, finished=True)


def test_the_page_asks_nobody_who_she_is_and_names_nobody(world, notice):
    response = Client().get(url(world))
    assert "sessionid" not in response.cookies
    assert "no-store" in response["Cache-Control"]
    page = text(response)
    assert "完成练习册第12页" in page
    assert not any(person.name in page for person in world.people.values())


def test_an_address_is_held_up_after_a_school_s_worth_and_let_go_again(tell, monkeypatch, clock):
    monkeypatch.setattr(rates, "ANSWERS", rates.Rate("time", most=2, seconds=600))
    assert [tell().status_code for _ in range(3)] == [302, 302, 429]
    held_up = tell()
    assert "请过10分钟再试" in text(held_up)
    assert 'value="45"' in text(held_up)
    other = Client(REMOTE_ADDR="203.0.113.9")
    assert tell(device=other).status_code == 302
    clock(dt.datetime(2026, 10, 14, 16, 41, tzinfo=SHANGHAI))
    assert tell().status_code == 302


def test_a_home_s_ipv6_addresses_are_one(tell, monkeypatch):
    monkeypatch.setattr(rates, "ANSWERS", rates.Rate("time", most=1, seconds=600))
    assert tell(device=Client(REMOTE_ADDR="2001:db8:1:1::1")).status_code == 302
    assert tell(device=Client(REMOTE_ADDR="2001:db8:1:1::2")).status_code == 429
    assert tell(device=Client(REMOTE_ADDR="2001:db8:1:2::1")).status_code == 302


def test_without_redis_families_are_heard(tell, monkeypatch):
    def away(*args, **kwargs):
        raise NoRedis

    for name in ("add", "incr", "get"):
        monkeypatch.setattr(rates.cache, name, away)
    assert tell().status_code == 302


def test_a_class_of_school_is_not_held_up(tell):
    assert rates.ANSWERS.most >= 600


def test_the_class_page_leads_here_and_tells_what_five_answers_say(world, notice, tell):
    board = reverse("homework:board_class", args=[world.class_group.board_key])
    for minutes in ("10", "20", "30", "40"):
        tell(SAID | {"minutes": minutes})
    before = text(Client().get(board))
    assert url(world, "2026-10-14") in before
    assert reverse("homework:feedback", args=[world.class_group.board_key]) in before
    assert "中位数" not in before
    tell({"minutes": "90", "finished": "no"})
    after = text(Client().get(f"{board}?day=2026-10-14"))
    assert "5名学生反映" in after
    assert "<strong>30分钟</strong>，4人做完" in after
