"""A family's message: sent without signing in, answered once, brought before the county when nobody answers."""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry, Notification
from homework import rates, tasks
from homework.models import Feedback
from homework.services import feedback as services
from tests import factories as make
from tests.accounts.test_jobs import together
from tests.fixtures import SHANGHAI
from tests.homework.family_pages import overdue

pytestmark = pytest.mark.django_db
LIST = reverse("homework:feedback_list")
FOLLOW = reverse("homework:feedback_follow")
SAID = {"kind": "phone", "text": "数学要求用手机打卡，我的电话138 1234 5678，第12页", "day": "2026-10-13"}
CODE = re.compile(r'receipt-code">([A-Z2-9-]+)<')


def text(response):
    return response.content.decode()


def url(world):
    return reverse("homework:feedback", args=[world.class_group.board_key])


def detail(message, page="detail"):
    return reverse(f"homework:feedback_{page}", args=[message.pk])


def send(world, client=None, **changed):
    """As a browser does: with the code that the form was given."""
    client = client or Client()
    given = client.get(url(world)).context["form"].initial["receipt"]
    return client.post(url(world), SAID | {"receipt": given} | changed)


@pytest.fixture
def message(world):
    send(world)
    return Feedback.objects.get()


@pytest.fixture
def late(world):
    return overdue(world)


# --- Sending ---


def test_a_message_is_kept_and_its_code_shown_to_its_device(world):
    client = Client()
    sent = send(world, client)
    assert (sent.status_code, sent.url) == (302, reverse("homework:feedback_sent"))
    kept = Feedback.objects.get()
    assert (kept.school, kept.class_group, kept.kind, kept.day) == (
        world.school,
        world.class_group,
        "phone",
        dt.date(2026, 10, 13),
    )
    shown = CODE.search(text(client.get(sent.url)))[1]
    assert shown.replace("-", "") == kept.receipt
    assert re.fullmatch(r"[A-Z2-9]{5}-[A-Z2-9]{5}-[A-Z2-9]{5}", shown)
    assert kept.receipt not in sent.url


def test_the_code_cannot_be_guessed(world):
    codes = {services.new_receipt() for _ in range(200)}
    assert len(codes) == 200
    assert 31**services.RECEIPT_LENGTH >= 2**60


def test_another_device_or_ten_minutes_later_sees_no_code(world, clock):
    client = Client()
    sent = send(world, client)
    assert Client().get(sent.url).url == FOLLOW
    cookie = client.cookies["homework_receipt"]
    assert (cookie["httponly"], cookie["max-age"], cookie["path"]) == (True, 600, "/homework/board/")
    client.cookies["homework_receipt"] = cookie.value[:-1] + ("a" if cookie.value[-1] != "a" else "b")
    assert client.get(sent.url).url == FOLLOW


def test_the_same_form_sent_twice_is_one_message(world):
    client = Client()
    given = client.get(url(world)).context["form"].initial["receipt"]
    for _ in range(2):
        assert client.post(url(world), SAID | {"receipt": given}).status_code == 302
    assert Feedback.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_by_two_taps_at_once_is_one_message(class_group):
    said = {"kind": "phone", "text": "要求打卡", "day": None, "receipt": "A" * 15, "today": make.TODAY}
    kept = together(lambda: services.send_feedback(class_group=class_group, **said), times=4)
    assert [getattr(message, "receipt", message) for message in kept] == ["A" * 15] * 4
    assert Feedback.objects.count() == 1


def test_another_message_from_a_copied_page_is_not_swallowed(world):
    client = Client()
    given = client.get(url(world)).context["form"].initial["receipt"]
    client.post(url(world), SAID | {"receipt": given})
    client.post(url(world), SAID | {"receipt": given, "text": "另一件事"})
    assert Feedback.objects.values("receipt").distinct().count() == 2


def test_nobody_chooses_a_code_herself(world):
    send(world, receipt="AAAAAAAAAAAAAAA")
    assert Feedback.objects.get().receipt != "AAAAAAAAAAAAAAA"


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"kind": ""}, "请选择是什么问题"),
        ({"kind": "blame"}, "请选择是什么问题"),
        ({"text": "  "}, "请写明情况"),
        ({"text": "字" * 501}, "最多500字"),
        ({"text": "抄\0写"}, "空字符"),
        ({"day": "2026-10-15"}, "只收最近30天"),
        ({"day": "2026-09-13"}, "只收最近30天"),
        ({"day": "昨天"}, "日期请写成"),
        ({"website": "x"}, "应当留空"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(world, bad, words):
    response = send(world, **bad)
    assert response.status_code == 422
    assert words in text(response)
    if "text" not in bad:
        assert SAID["text"] in text(response)
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("good", [{"text": "字" * 500}, {"text": "一\r\n" * 250}, {"day": "2026-09-14"}, {"day": ""}])
def test_what_lies_on_the_bounds_is_taken(world, good):
    assert send(world, **good).status_code == 302


def test_a_message_needs_its_token(world):
    assert Client(enforce_csrf_checks=True).post(url(world), SAID).status_code == 403


def test_an_address_is_held_up_with_its_words_kept(world, monkeypatch):
    monkeypatch.setattr(rates, "MESSAGES", rates.Rate("feedback", most=1, seconds=3600))
    assert send(world).status_code == 302
    held_up = send(world)
    assert held_up.status_code == 429
    assert "请过60分钟再试" in text(held_up)
    assert SAID["text"] in text(held_up)
    assert Feedback.objects.count() == 1


def test_an_empty_form_is_answered_even_when_the_address_is_held_up(world, monkeypatch):
    monkeypatch.setattr(rates, "MESSAGES", rates.Rate("feedback", most=0, seconds=3600))
    monkeypatch.setattr(rates, "WRONG_CODES", rates.Rate("code", most=0, seconds=600))
    assert [Client().post(address).status_code for address in (url(world), FOLLOW)] == [429, 429]


def test_addresses_of_the_old_kind_are_told_apart_however_they_are_written(world, monkeypatch):
    monkeypatch.setattr(rates, "MESSAGES", rates.Rate("feedback", most=1, seconds=3600))
    homes = [Client(REMOTE_ADDR=address) for address in ("::ffff:203.0.113.7", "::ffff:203.0.113.8")]
    assert [send(world, home).status_code for home in [*homes, homes[0]]] == [302, 302, 429]


def test_the_public_pages_know_no_session_and_name_nobody(world):
    client = Client()
    pages = [client.get(url(world)), client.get(send(world, client).url), client.get(FOLLOW)]
    for page in pages:
        assert "sessionid" not in page.cookies
        assert "no-store" in page["Cache-Control"]
        assert not any(person.name in text(page) for person in world.people.values())


@pytest.mark.parametrize(("last_day", "status"), [("2026-09-14", 200), ("2026-09-13", 404)])
def test_a_class_that_is_over_is_spoken_of_for_thirty_days(world, last_day, status):
    world.class_group.last_day = dt.date.fromisoformat(last_day)
    world.class_group.save()
    assert Client().get(url(world)).status_code == status


# --- Following ---


def follow(code, client=None):
    return (client or Client()).post(FOLLOW, {"code": code})


def test_the_code_shows_the_state_and_then_the_answer(world, message, signed_in):
    before = text(follow(message.receipt))
    assert "还没有答复" in before
    assert "10月21日" in before
    answer = {"answer": "已要求取消打卡", "is_upheld": "yes"}
    signed_in("academic_office").post(detail(message, "answer"), answer)
    after = text(follow(message.receipt))
    assert "已要求取消打卡" in after
    assert "属实" in after
    assert "钱主任" not in after
    assert SAID["text"] not in after


def test_the_code_may_be_typed_as_people_type(message):
    code = message.receipt
    typed = f" {code[:5].lower()} {code[5:10]}－{code[10:]} "
    assert "要求用手机" in text(follow(typed))


@pytest.mark.parametrize("code", ["", "AAAAAAAAAAAAAAA", "x" * 41, "A\0B", "'; --"])
def test_a_code_that_is_none_finds_nothing(message, code):
    response = follow(code)
    assert response.status_code == 422
    assert "要求用手机" not in text(response)


def test_guessing_is_stopped_for_the_address_and_hides_even_a_right_code(message, monkeypatch, clock):
    monkeypatch.setattr(rates, "WRONG_CODES", rates.Rate("code", most=2, seconds=600))
    assert [follow("AAAAAAAAAAAAAAA").status_code for _ in range(3)] == [422, 422, 429]
    held_up = follow(message.receipt)
    assert held_up.status_code == 429
    assert "要求用手机" not in text(held_up)
    assert follow(message.receipt, Client(REMOTE_ADDR="203.0.113.9")).status_code == 200
    clock(dt.datetime(2026, 10, 14, 16, 41, tzinfo=SHANGHAI))
    assert follow(message.receipt).status_code == 200


def test_looking_for_answers_with_right_codes_is_never_stopped(message, monkeypatch):
    monkeypatch.setattr(rates, "WRONG_CODES", rates.Rate("code", most=1, seconds=600))
    assert [follow(message.receipt).status_code for _ in range(4)] == [200] * 4


# --- Reading and answering ---


def test_the_schools_office_is_told_and_nobody_else(world, message):
    line = Notification.objects.get()
    assert line.user == world.people["academic_office"]
    assert line.url == detail(message)
    assert "五年级1班" in line.text
    assert "打卡" not in line.text


def test_the_school_reads_without_phone_numbers_and_others_read_nothing_yet(signed_in, message):
    for person in ("academic_office", "principal"):
        for page in (LIST, detail(message)):
            shown = text(signed_in(person).get(page))
            assert "〔电话已隐去〕" in shown
            assert "第12页" in shown
            assert "1234" not in shown
    for person in ("supervisor", "county_officer", "city_officer"):
        assert "打卡" not in text(signed_in(person).get(LIST))
        assert signed_in(person).get(detail(message)).status_code == 404
        assert signed_in(person).post(detail(message, "whole")).status_code == 404
        assert signed_in(person).post(detail(message, "answer"), {"answer": "x", "is_upheld": "yes"}).status_code == 404


def test_above_the_school_its_counts_are_seen_before_it_is_late(signed_in, message):
    assert signed_in("city_officer").get(LIST).context["counts"] == {
        "recent": 1,
        "upheld": 0,
        "open": 1,
        "overdue": 0,
    }
    assert signed_in("outside_officer").get(LIST).context["counts"]["open"] == 0


@pytest.mark.parametrize(("day", "seen"), [(21, False), (22, True)])
def test_the_county_reads_it_from_the_day_after_it_was_due(signed_in, message, clock, day, seen):
    clock(dt.datetime(2026, 10, day, 9, tzinfo=SHANGHAI))
    for person in ("supervisor", "county_officer", "city_officer"):
        assert (signed_in(person).get(detail(message)).status_code == 200) == seen
        assert ("打卡" in text(signed_in(person).get(LIST))) == seen


def test_what_was_answered_late_stays_before_the_county(world, signed_in, late):
    services.answer_feedback(by=world.people["academic_office"], message=late, answer="已改", is_upheld=True)
    assert signed_in("county_officer").get(detail(late)).status_code == 200


def test_an_answer_is_given_once(world, signed_in, message):
    client = signed_in("academic_office")
    first = client.post(detail(message, "answer"), {"answer": "已改", "is_upheld": "no"})
    assert first.url == detail(message)
    again = client.post(detail(message, "answer"), {"answer": "又改", "is_upheld": "yes"})
    assert again.status_code == 422
    kept = Feedback.objects.get()
    assert (kept.answer, kept.is_upheld, kept.answered_by) == ("已改", False, world.people["academic_office"])
    assert AuditEntry.objects.filter(action="feedback.answer").count() == 1


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"answer": " "}, "请写明答复内容"),
        ({"answer": "字" * 501}, "最多500字"),
        ({"is_upheld": ""}, "请选择属实还是不属实"),
    ],
)
def test_an_answer_says_something_and_whether_it_is_true(signed_in, message, bad, words):
    sent = {"answer": "已改正", "is_upheld": "yes"} | bad
    response = signed_in("academic_office").post(detail(message, "answer"), sent)
    assert response.status_code == 422
    assert words in text(response)
    assert Feedback.objects.open().exists()


@pytest.mark.parametrize(("person", "status"), [("principal", 403), ("city_officer", 403), ("supervisor", 302)])
def test_who_may_answer_what_is_overdue(signed_in, late, person, status):
    answer = {"answer": "县里已核实", "is_upheld": "yes"}
    assert signed_in(person).post(detail(late, "answer"), answer).status_code == status
    assert Feedback.objects.open().exists() == (status == 403)


def test_the_open_ones_stand_first_and_the_most_urgent_on_top(world, signed_in, late):
    send(world)
    done = overdue(world, text="早已答复")
    services.answer_feedback(by=world.people["academic_office"], message=done, answer="已改", is_upheld=False)
    response = signed_in("academic_office").get(LIST)
    assert [message.pk for message, _, _ in response.context["rows"]] == [
        late.pk,
        Feedback.objects.get(kind="phone").pk,
        done.pk,
    ]
    page = text(response)
    assert page.index("过期未答复，期限10月13日") < page.index("最晚10月21日答复") < page.index("已答复：不属实")


def test_a_look_at_the_numbers_is_the_bureau_s_alone_and_written_down(world, signed_in, late):
    masked = text(signed_in("county_officer").get(detail(late)))
    assert "13812345678" not in masked
    assert not AuditEntry.objects.filter(action="feedback.read_whole").exists()
    for _ in range(2):
        assert "13812345678" in text(signed_in("county_officer").post(detail(late, "whole")))
    looks = AuditEntry.objects.filter(action="feedback.read_whole", by=world.people["county_officer"])
    assert looks.count() == 2
    assert looks[0].subject == f"homework.Feedback:{late.pk}"
    assert signed_in("supervisor").post(detail(late, "whole")).status_code == 403


def test_an_officer_below_the_county_reads_it_masked(world, signed_in, late):
    district = make.CountyFactory(level="district", name="城关学区", parent=world.county)
    school = make.SchoolFactory(parent=district)
    message = overdue(world)
    Feedback.objects.filter(pk=message.pk).update(school=school)
    world.people["district"] = make.PostingFactory(unit=district).user
    client = signed_in("district")
    assert "〔电话已隐去〕" in text(client.get(detail(message)))
    assert "看隐去的号码" not in text(client.get(detail(message)))
    assert client.post(detail(message, "whole")).status_code == 403


def test_the_county_s_people_are_told_once_of_what_is_overdue(world, message, late):
    assert services.escalate_overdue(make.TODAY) == 1
    assert services.escalate_overdue(make.TODAY) == 1
    told = Notification.objects.filter(key__startswith="feedback-overdue")
    assert {line.user for line in told} == {world.people["county_officer"], world.people["supervisor"]}
    assert {line.url for line in told} == {detail(late)}


def test_what_is_due_today_is_not_overdue(world, message):
    assert services.escalate_overdue(dt.date(2026, 10, 21)) == 0
    assert services.escalate_overdue(dt.date(2026, 10, 22)) == 1


def test_the_number_of_queries_does_not_grow_with_the_messages(world, signed_in, late):
    client = signed_in("county_officer")
    client.get(LIST)
    with CaptureQueriesContext(connection) as with_one:
        client.get(LIST)
    for number in range(2, 8):
        group = make.ClassGroupFactory(school=make.SchoolFactory(parent=world.county), number=number)
        Feedback.objects.filter(pk=overdue(world).pk).update(class_group=group, school=group.school)
    with CaptureQueriesContext(connection) as with_seven:
        client.get(LIST)
    assert len(with_seven) == len(with_one)


def test_what_is_overdue_is_brought_up_each_morning(late):
    entry = settings.CELERY_BEAT_SCHEDULE["escalate_overdue_feedback"]
    assert entry["schedule"].hour == {7}
    assert entry["task"] == tasks.escalate_overdue_feedback.name
    assert tasks.escalate_overdue_feedback() == 1
    assert Notification.objects.filter(key=f"feedback-overdue:{late.pk}").exists()
