"""发现一起、查处一起、通报一起: a case is open until it is dealt with and, where that was ordered, made known."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.training import make
from training import penalties
from training.models import Violation
from training.services import wrongdoing

FOUND = dt.date(2026, 10, 12)
TODAY = dt.date(2026, 10, 14)


@pytest.fixture
def officer(world):
    return world.people["county_officer"]


@pytest.fixture
def violation(world, officer):
    return make.violation(officer, world.county)


def decide(officer, violation, **said):
    return make.decided(officer, violation, **{"decided_on": TODAY} | said)


def test_a_case_is_open_until_it_is_made_known(officer, violation):
    assert list(Violation.objects.open()) == [violation]
    decide(officer, violation)
    assert list(Violation.objects.open()) == list(Violation.objects.unpublished()) == [violation]
    done = wrongdoing.publish(by=officer, violation=violation, day=TODAY, where="东教通〔2026〕3号")
    assert not Violation.objects.open()
    assert list(Violation.objects.done()) == [violation]
    assert (done.state_words, done.is_open_on(TODAY), done.is_open_on(FOUND)) == ("已办结", False, True)


def test_one_that_need_not_be_made_known_ends_with_its_decision(officer, violation):
    decide(officer, violation, must_publish=False)
    assert list(Violation.objects.done()) == [violation]


def test_no_step_comes_before_the_one_before_it_or_twice(officer, violation):
    with pytest.raises(ValidationError, match="先处理，再通报"):
        wrongdoing.publish(by=officer, violation=violation, day=TODAY, where="网站")
    decide(officer, violation)
    with pytest.raises(ValidationError, match="已经处理过"):
        decide(officer, violation)
    wrongdoing.publish(by=officer, violation=violation, day=TODAY, where="网站")
    with pytest.raises(ValidationError, match="通报过的不用再报"):
        wrongdoing.publish(by=officer, violation=violation, day=TODAY, where="网站")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"decided_on": dt.date(2026, 10, 11)}, "不能早于发现日期"),
        ({"decided_on": dt.date(2026, 10, 15)}, "不能晚于今天"),
        ({"clause": "53-contest"}, "这一条不适用"),
        ({"clause": "none"}, "这一条不适用"),
        ({"basis": " "}, "请写明条款"),
        ({"decision": ""}, "请写明处理决定"),
        ({"clause": "53-18", "fine_cents": 5_000_001}, "这一条罚款最高50,000元"),
        ({"clause": "53-18-grave", "fine_cents": 4_999_999}, "这一条罚款最低50,000元"),
        ({"clause": "53-17", "fine_cents": 100}, "请填写违法所得"),
        ({"clause": "53-17", "illegal_cents": 100_000, "fine_cents": 500_001}, "1到5倍，即1,000元到5,000元"),
        ({"clause": "53-17", "illegal_cents": 100_000, "fine_cents": 99_999}, "1到5倍"),
    ],
)
def test_a_decision_keeps_within_its_clause(officer, violation, said, words):
    with pytest.raises(ValidationError, match=words):
        decide(officer, violation, **said)
    violation.refresh_from_db()
    assert violation.decided_on is None


@pytest.mark.parametrize(
    "said",
    [
        {"clause": "53-18", "fine_cents": 5_000_000},
        {"clause": "53-18-grave", "fine_cents": 10_000_000},
        {"clause": "53-17", "illegal_cents": 100_000, "fine_cents": 500_000},
        {"clause": "53-17"},
    ],
)
def test_its_bounds_are_allowed_and_so_is_no_fine(officer, violation, said):
    assert decide(officer, violation, **said).clause == said["clause"]


def test_what_was_done_before_the_order_is_not_judged_by_it():
    before, since = dt.date(2023, 10, 14), dt.date(2023, 10, 15)
    assert "53-18" not in {one.id for one in penalties.open_to("disguised", before)}
    assert "53-18" in {one.id for one in penalties.open_to("disguised", since)}
    assert {one.id for one in penalties.open_to("safety", before)} == {"other-law", "handed-over"}


def test_every_kind_has_a_clause_and_no_clause_another_kind():
    known = set(Violation.Kind.values)
    for kind in known:
        assert penalties.open_to(kind, TODAY)
    assert all(set(one.kinds) <= known for one in penalties.clauses().values())


def test_disguised_training_says_under_which_name(world, officer):
    for said in ({"kind": "disguised"}, {"disguise": "camp"}):
        with pytest.raises(ValidationError, match="变异形式"), transaction.atomic():
            make.violation(officer, world.county, **said)
    assert make.violation(officer, world.county, kind="disguised", disguise="camp").kind_words == "隐形变异（夏令营）"


def test_an_institution_lends_its_name(world, officer):
    institution = make.institution(officer, world.county)
    made = make.violation(officer, world.county, institution=institution, kind="overtime")
    assert (made.who, made.institution) == ("启明培训学校", institution)


def test_the_database_refuses_half_a_decision(violation):
    with pytest.raises(IntegrityError), transaction.atomic():
        Violation.objects.filter(pk=violation.pk).update(clause="53-18")


def test_an_officer_enters_decides_and_publishes(signed_in, world):
    client = signed_in("county_officer")
    said = {
        "county": world.county.pk,
        "who": "某小区培训点",
        "kind": "disguised",
        "found_on": "2026-10-12",
        "officers": "3",
    }
    add = reverse("training:violation_add")
    answer = client.post(add, said | {"what": "住家教师讲数学"})
    assert (answer.status_code, Violation.objects.count()) == (422, 0)
    assert "请选择变异形式。" in answer.content.decode()
    assert "住家教师讲数学" in answer.content.decode()
    assert client.post(add, said | {"what": "住家教师讲数学", "disguise": "live_in"}).status_code == 302
    made = Violation.objects.get()
    decision = {"clause": "53-18", "decision": "责令改正，警告。", "decided_on": "2026-10-13", "fine_cents": "60000"}
    url = reverse("training:violation_decide", args=[made.pk])
    assert "这一条罚款最高50,000元" in client.post(url, decision).content.decode()
    assert client.post(url, decision | {"fine_cents": "20000", "must_publish": "on"}).status_code == 302
    made.refresh_from_db()
    assert (made.basis, made.fine_cents) == ("《校外培训行政处罚暂行办法》（教育部令第53号）第十八条", 2_000_000)
    assert client.post(url, decision | {"fine_cents": "20000"}).status_code == 409
    listed = client.get(reverse("training:violation_list") + "?state=unpublished").content.decode()
    assert "某小区培训点" in listed
    publish = reverse("training:violation_publish", args=[made.pk])
    assert client.post(publish, {"day": "2026-10-14", "where": "官网公告第8号"}).status_code == 302
    assert "官网公告第8号" in client.get(reverse("training:violation_detail", args=[made.pk])).content.decode()


def test_the_list_asks_as_often_for_many_as_for_few(world, officer, signed_in, django_assert_max_num_queries):
    for number in range(20):
        make.violation(officer, world.county, who=f"第{number}处")
    client = signed_in("city_officer")
    with django_assert_max_num_queries(11):
        client.get(reverse("training:violation_list"))
