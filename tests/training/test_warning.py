"""Early warning: each signal seen once with its evidence, over when it no longer holds; officers have the last word."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from tests.fixtures import SHANGHAI
from tests.training import make
from training import risk, thresholds
from training.models import Signal, SignalKind
from training.services import money, register, warning

TODAY = dt.date(2026, 11, 9)


@pytest.fixture(autouse=True)
def today(clock):
    clock(dt.datetime(2026, 11, 9, 9, tzinfo=SHANGHAI))


@pytest.fixture
def officer(world):
    return world.people["county_officer"]


@pytest.fixture
def institution(world, officer):
    return make.institution(officer, world.county)


@pytest.fixture
def account(officer, institution):
    return make.account(officer, institution, opened_on=dt.date(2026, 9, 1))


def seen(**said) -> list[tuple[str, str, bool]]:
    rows = Signal.objects.filter(**said).order_by("pk")
    return [(row.kind, row.evidence, row.ended_on is None) for row in rows]


def test_a_balance_under_its_minimum_is_seen_when_the_statement_comes_and_is_over_when_it_is_not(officer, account):
    make.statement(officer, account, ("2026-09-10", -2_000), opening=51_000)
    words = "东县农商银行（尾号0012） 2026年9月末余额49,000元，低于最低留存50,000元"
    assert seen() == [("below_minimum", words, True)]
    make.statement(officer, account, ("2026-10-10", 2_000), opening=49_000)
    assert seen() == [("below_minimum", words, False)]


def test_the_minimum_itself_is_enough(officer, account):
    make.statement(officer, account, ("2026-09-10", -1_000), opening=51_000)
    assert seen() == []


def test_a_big_outflow_stays_until_an_officer_has_looked(officer, account):
    make.statement(officer, account, ("2026-09-05", -50_000), opening=160_000)
    warning.look_everywhere(TODAY)
    ((kind, evidence, holds),) = seen()
    assert (kind, holds) == ("big_outflow", True)
    assert evidence.startswith("东县农商银行（尾号0012） 2026年9月5日一次流出50,000元，占流出前余额160,000元的31%")


@pytest.mark.parametrize(
    ("day", "missed"),
    [
        (dt.date(2026, 10, 10), []),  # 10th: still time for September's
        (dt.date(2026, 10, 11), ["2026年9月"]),
        (dt.date(2026, 11, 10), ["2026年9月"]),
        (dt.date(2026, 11, 11), ["2026年10月"]),
    ],
)
def test_a_statement_that_did_not_come_by_its_day_is_missed(account, day, missed):
    warning.look_everywhere(day)
    assert [evidence.split()[1].removeprefix("没有").split("的")[0] for _, evidence, _ in seen()] == missed


def test_no_statement_is_missed_of_months_before_its_watch_or_of_who_is_gone(world, officer, institution):
    make.account(officer, institution, opened_on=dt.date(2026, 11, 1))
    gone = make.institution(officer, world.county, "已注销学校")
    make.account(officer, gone, opened_on=dt.date(2026, 9, 1))
    register.take_step(by=officer, institution=gone, step="close", day=TODAY, reason="东教〔2026〕1号")
    assert warning.look_everywhere(dt.date(2026, 11, 15)) == 0


def test_a_licence_is_good_on_its_last_day_and_the_signal_ends_when_it_is_renewed(world, officer):
    made = make.institution(officer, world.county, "甲", licence_until=TODAY)
    assert warning.look_everywhere(TODAY) == 0
    assert warning.look_everywhere(TODAY + dt.timedelta(days=1)) == 1
    assert seen() == [("licence_expired", "许可证有效期至2026年11月9日，已经过期", True)]
    register.correct_institution(by=officer, institution=made, licence_until=dt.date(2029, 11, 9))
    warning.look_everywhere(TODAY + dt.timedelta(days=2))
    assert [holds for *_, holds in seen()] == [False]


def test_looking_twice_notes_once(account):
    assert warning.look_everywhere(dt.date(2026, 10, 12)) == 1
    assert warning.look_everywhere(dt.date(2026, 10, 12)) == 0


def test_the_score_adds_up_what_counts(officer, institution):
    noted = [
        warning.note_signal(by=officer, institution=institution, kind=kind, seen_on=TODAY, evidence="家长来电，已核实")
        for kind in ("wage_arrears", "rent_arrears")
    ]
    (found,) = risk.risks(Signal.objects.counting().select_related("institution"), TODAY)
    assert (found.score, found.level) == (50, risk.Level.DANGER)  # 30 and 20; 50 is high
    warning.decide(by=officer, signal=noted[0], confirm=False, reason="已查，工资按时发放")
    (found,) = risk.risks(Signal.objects.counting().select_related("institution"), TODAY)
    assert (found.score, found.level) == (20, risk.Level.WATCH)
    warning.decide(by=officer, signal=noted[1], confirm=True, reason="房东证实")
    warning.end(by=officer, signal=noted[1], reason="已付清")
    assert risk.risks(Signal.objects.counting().select_related("institution"), TODAY) == []


def test_no_decision_without_a_reason_and_none_after_the_end(officer, institution):
    noted = warning.note_signal(
        by=officer, institution=institution, kind="stopped", seen_on=TODAY, evidence="门店关门两天"
    )
    with pytest.raises(ValidationError, match="请写明理由"):
        warning.decide(by=officer, signal=noted, confirm=True, reason=" ")
    with pytest.raises(ValidationError, match="先确认，再解除"):
        warning.end(by=officer, signal=noted, reason="恢复上课")
    warning.decide(by=officer, signal=noted, confirm=True, reason="到店核实")
    warning.end(by=officer, signal=noted, reason="恢复上课")
    with pytest.raises(ValidationError, match="已经解除"):
        warning.decide(by=officer, signal=noted, confirm=False, reason="无")
    assert Signal.objects.get().reason == "到店核实；解除：恢复上课"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": "complaint_upheld"}, "请从列表中选择"),
        ({"seen_on": dt.date(2026, 11, 10)}, "不能晚于今天"),
        ({"evidence": " "}, "请写明依据"),
    ],
)
def test_what_an_officer_cannot_note(officer, institution, said, words):
    values = {"kind": "stopped", "seen_on": TODAY, "evidence": "门店关门"} | said
    with pytest.raises(ValidationError, match=words):
        warning.note_signal(by=officer, institution=institution, **values)


def test_what_is_handed_down_is_noted_once(institution):
    said = {"institution": institution, "kind": SignalKind.COMPLAINT_UPHELD, "key": "complaint:7", "seen_on": TODAY}
    assert warning.record_signal(evidence="举报查实（乱收费）", **said)
    assert warning.record_signal(evidence="举报查实（乱收费）", **said) is None
    assert Signal.objects.count() == 1


def test_a_county_goes_before_its_city_and_both_from_their_day(world):
    city_officer = world.people["city_officer"]
    later = TODAY + dt.timedelta(days=5)
    warning.set_threshold(by=city_officer, unit=world.city, name="watch_score", value=15, first_day=TODAY)
    warning.set_threshold(by=city_officer, unit=world.county, name="watch_score", value=25, first_day=later)

    def watch(day: dt.date) -> list[int]:
        found = thresholds.in_force([world.county.pk, world.other_county.pk], day)
        return [found[county.pk]["watch_score"] for county in (world.county, world.other_county)]

    assert watch(TODAY - dt.timedelta(days=1)) == [20, 20]
    assert watch(TODAY) == [15, 15]
    assert watch(later) == [25, 15]


@pytest.mark.parametrize(
    ("name", "value", "first_day"),
    [
        ("statement_due_day", 29, TODAY),
        ("big_outflow_percent", 101, TODAY),
        ("nothing", 1, TODAY),
        ("watch_score", 10, TODAY - dt.timedelta(days=1)),
    ],
)
def test_a_figure_that_makes_no_sense_or_looks_back_is_refused(world, officer, name, value, first_day):
    with pytest.raises(ValidationError):
        warning.set_threshold(by=officer, unit=world.county, name=name, value=value, first_day=first_day)


def test_a_new_figure_does_not_touch_what_was_flagged(world, officer, account):
    make.statement(officer, account, ("2026-09-05", -50_000), opening=160_000)
    warning.set_threshold(by=officer, unit=world.county, name="big_outflow_cents", value=9_000_000, first_day=TODAY)
    warning.look_everywhere(TODAY)
    assert [kind for kind, *_ in seen()] == ["big_outflow"]


def test_a_statement_taken_back_takes_its_signal_along(officer, account):
    made = make.statement(officer, account, ("2026-09-10", -2_000), opening=51_000)
    money.take_back_statement(by=officer, statement=made)
    assert [(kind, holds) for kind, _, holds in seen()] == [("below_minimum", False), ("statement_missed", True)]


def test_an_officer_reads_the_list_and_decides(signed_in, officer, institution):
    warning.note_signal(by=officer, institution=institution, kind="stopped", seen_on=TODAY, evidence="门店关门两天")
    client = signed_in("county_officer")
    listed = client.get(reverse("training:risk_list")).content.decode()
    assert "高风险 50分" in listed
    assert "门店关门两天" in listed
    signal = Signal.objects.get()
    url = reverse("training:signal_decide", args=[signal.pk])
    assert client.post(url, {"verdict": "dismiss", "reason": ""}).status_code == 422
    assert client.post(url, {"verdict": "dismiss", "reason": "装修停业，已告知家长"}).status_code == 302
    page = client.get(reverse("training:institution_risk", args=[institution.pk])).content.decode()
    assert "装修停业，已告知家长" in page
    assert "现在没有计分的信号" in page


def test_the_list_asks_as_often_for_many_as_for_few(world, officer, signed_in, django_assert_max_num_queries):
    for number in range(10):
        one = make.institution(officer, world.county, f"第{number}培训学校")
        warning.note_signal(by=officer, institution=one, kind="stopped", seen_on=TODAY, evidence="关门")
    client = signed_in("city_officer")
    with django_assert_max_num_queries(9):
        client.get(reverse("training:risk_list"))
