"""Prepaid money: accounts, months that follow one another, contracts judged when they are written down."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditEntry
from tests.fixtures import SHANGHAI
from tests.training import make
from training.models import Account, ContractSample, Movement, Statement
from training.services import money

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
    return make.account(officer, institution)


def test_a_statement_is_brought_in_whole(officer, account):
    made = make.statement(officer, account, ("2026-09-01", 80_000), ("2026-09-20", -10_000), opening=50_000)
    assert (made.opening_cents, made.in_cents, made.out_cents, made.closing_cents) == (
        5_000_000,
        8_000_000,
        1_000_000,
        12_000_000,
    )
    assert list(made.movements.values_list("cents", "balance_cents")) == [
        (8_000_000, 13_000_000),
        (-1_000_000, 12_000_000),
    ]


def test_a_big_outflow_is_flagged_with_the_rule_and_its_figures(officer, account):
    make.statement(officer, account, ("2026-09-05", -50_000), ("2026-09-06", -40_000), opening=160_000)
    assert list(Movement.objects.order_by("line").values_list("flag", flat=True)) == [
        "一次流出50,000元，占流出前余额160,000元的31%（标准：不低于50,000元且不低于30%）",
        "",
    ]


def test_months_follow_one_another(officer, account):
    make.statement(officer, account, ("2026-09-01", 80_000), opening=50_000)
    with pytest.raises(ValidationError, match="上月末余额是130,000元，这份流水推算是120,000元，对不上"):
        make.statement(officer, account, ("2026-10-09", 1_000), opening=120_000)
    with pytest.raises(ValidationError, match="下月初余额是50,000元，这份流水推算是49,000元"):
        make.statement(officer, account, ("2026-08-09", 1_000), opening=48_000)
    make.statement(officer, account, ("2026-10-09", 1_000), opening=130_000)
    with pytest.raises(ValidationError, match="这个月的流水已经导入过"):
        make.statement(officer, account, ("2026-10-09", 1_000), opening=130_000)
    assert Statement.objects.count() == 2


@pytest.mark.parametrize("day", ["2026-07-31", "2026-11-10"])
def test_a_month_outside_its_watch_or_to_come_is_refused(officer, account, day):
    with pytest.raises(ValidationError):
        make.statement(officer, account, (day, 1), opening=0)
    assert not Movement.objects.exists()


def test_a_wrong_file_is_taken_back_and_the_trail_keeps_its_sums(officer, account):
    made = make.statement(officer, account, ("2026-09-01", 80_000), opening=50_000)
    money.take_back_statement(by=officer, statement=made)
    assert not Movement.objects.exists()
    entry = AuditEntry.objects.get(action="statement.take_back")
    assert entry.detail == {"month": "2026-09-01", "opening": 5_000_000, "closing": 13_000_000}


def test_the_same_account_is_watched_once(officer, institution, account):
    with pytest.raises(ValidationError, match="这个账户已经在监管"):
        make.account(officer, institution)


def test_its_watch_ends_and_may_begin_again(officer, institution, account):
    money.close_account(by=officer, account=account, day=dt.date(2026, 10, 31))
    with pytest.raises(ValidationError, match="已经结束监管"):
        money.close_account(by=officer, account=account, day=TODAY)
    make.account(officer, institution, opened_on=dt.date(2026, 11, 1))
    assert [row.pk for row in Account.objects.open_on(TODAY)] != [account.pk]


CONTRACT = {
    "number": "HT-001",
    "charged_by": "lessons",
    "cents": 300_000,
    "paid_on": dt.date(2026, 10, 1),
    "first_day": dt.date(2026, 10, 10),
    "lessons": 60,
    "looked_on": dt.date(2026, 11, 1),
}


def test_a_contract_is_judged_when_it_is_written_down(officer, world, institution):
    other = make.institution(officer, world.county, "少年宫艺术", subject="other")
    good = money.look_into_contract(by=officer, institution=institution, **CONTRACT)
    bad = money.look_into_contract(by=officer, institution=other, **CONTRACT | {"lessons": 72, "cents": 580_000})
    assert (good.broken, good.problems) == ([], "")
    assert bad.broken == ["lessons_at_once", "other_cents_at_once"]
    assert bad.problems == "一次收取72课时的费用，超过60课时；非学科类一次收费5,800元，超过5,000元"
    assert list(ContractSample.objects.over_limit()) == [bad]


@pytest.mark.parametrize(
    "said", [{"lessons": None}, {"charged_by": "period"}, {"cents": 0}, {"paid_on": TODAY.replace(day=10)}]
)
def test_a_contract_says_for_what_it_takes_money(officer, institution, said):
    with pytest.raises(ValidationError):
        money.look_into_contract(by=officer, institution=institution, **CONTRACT | said)


def test_an_officer_brings_in_a_file_and_reads_it(signed_in, officer, account):
    client = signed_in("county_officer")
    add = reverse("training:statement_add", args=[account.pk])
    broken = SimpleUploadedFile("9月.csv", "日期,收入,支出,余额\n2026-09-01,1,,5\n2026-09-02,1,,7\n".encode("gb18030"))
    answer = client.post(add, {"file": broken})
    assert (answer.status_code, Statement.objects.count()) == (422, 0)
    assert "第 3 行：余额对不上，按上一笔应是6元，现在是7元" in answer.content.decode()
    good = SimpleUploadedFile("9月.csv", make.bank_csv(("2026-09-05", -60_000), opening=100_000))
    assert client.post(add, {"file": good}).status_code == 302
    page = client.get(reverse("training:money", args=[account.institution_id])).content.decode()
    assert "低于最低留存" in page
    detail = client.get(reverse("training:statement_detail", args=[Statement.objects.get().pk]) + "?only=flagged")
    assert "一次流出60,000元" in detail.content.decode()


def test_an_account_is_asked_for_in_yuan(signed_in, institution):
    client = signed_in("county_officer")
    said = {
        "kind": "deposit",
        "bank": "农行",
        "number_end": "12a4",
        "minimum_cents": "80,000.50",
        "opened_on": "2026-10-01",
    }
    url = reverse("training:account_open", args=[institution.pk])
    assert "账号后4位应是4个数字" in client.post(url, said).content.decode()
    assert client.post(url, said | {"number_end": "1234"}).status_code == 302
    assert Account.objects.get().minimum_cents == 8_000_050


def test_the_page_takes_the_same_queries_for_any_number_of_accounts(
    signed_in, officer, institution, django_assert_max_num_queries
):
    for number in range(4):
        one = make.account(officer, institution, number_end=f"000{number}")
        make.statement(officer, one, ("2026-09-01", 80_000), opening=50_000)
    client = signed_in("county_officer")
    with django_assert_max_num_queries(14):
        client.get(reverse("training:money", args=[institution.pk]))
