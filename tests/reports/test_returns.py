"""Returns: their life, who may take each step, when they are due, what is looked at, and the pages."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditEntry, Job, Notification
from reports import tasks
from reports.models import Return, ReturnStep
from reports.returns import checks, life, services
from reports.returns.collection import collected, late
from reports.returns.due import due_on, is_late
from reports.returns.life import Part, Step
from schools.periods import parse
from tests import factories
from tests.fixtures import SHANGHAI
from tests.reports import make

pytestmark = pytest.mark.django_db

TODAY = factories.TODAY
STATES = ["empty", "filled", "sent", "returned", "accepted"]
WORDS = {"text": "写明原因"}


def attempt(step: str, world, row: Return | None) -> str:
    """The state after the step, or what it was refused for; each step by somebody who may."""
    principal, officer = world.people["principal"], world.people["county_officer"]
    if row is None and step != "fill":
        return "state"
    try:
        if step == "fill":
            return make.filled(principal, world.school.unit).state
        if step == "send":
            return services.send(by=principal, row=row).state
        if step in ("unlock", "keep_locked") and row.state == "accepted":
            services.ask_unlock(by=principal, row=row, text="填错了")
        return services.CARRY_OUT[Step(step)](by=officer, row=row, **WORDS).state
    except ValidationError as error:
        return error.code


@pytest.mark.parametrize("state", STATES)
def test_each_step_in_each_state_leads_where_the_table_says_or_is_refused(world, state):
    for step in Step:
        with transaction.atomic():
            row = make.brought_to(state, world)
            outcome = attempt(step, world, row)
            transaction.set_rollback(True)
        expected = life.after(state, step)
        assert outcome == (expected.value if expected else "state"), (state, step)


# By whom each step is taken, through the pages: 302 done, 403 not hers, 409 not now, 404 not there.
REPORTERS, RECEIVERS = ("academic_office", "principal"), ("county_officer", "city_officer")
NOBODY = ("teacher", "supervisor", "admin")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("person", [*REPORTERS, *RECEIVERS, *NOBODY, "outside_officer"])
def test_each_step_by_each_role(world, client, state, person):
    make.brought_to(state, world)
    client.force_login(world.people[person], "accounts.sign_in.PhoneBackend")
    code = world.school.unit.code
    part = Part.REPORTER if person in REPORTERS else Part.RECEIVER if person in RECEIVERS else None
    for step in services.CARRY_OUT:
        with transaction.atomic():
            url = reverse("reports:return_step", args=[code, "2026-10-H1", step])
            status = client.post(url, WORDS).status_code
            transaction.set_rollback(True)
        if person == "outside_officer":
            expected = 404
        elif part not in life.PARTS_OF[step]:
            expected = 403
        elif state == "empty":
            expected = 404
        else:
            is_open = step in life.allowed(state, part, has_request=False)
            expected = 302 if is_open else 409
        assert status == expected, (state, step)


def test_the_page_offers_what_the_services_allow():
    assert life.allowed("accepted", Part.RECEIVER, has_request=False) == [Step.ASK_UNLOCK]
    assert life.allowed("accepted", Part.RECEIVER, has_request=True) == [Step.UNLOCK, Step.KEEP_LOCKED]
    assert life.allowed("accepted", Part.REPORTER, has_request=True) == []
    assert life.allowed("sent", Part.REPORTER, has_request=False) == []


def test_unlocking_takes_two_persons_and_a_reason(world):
    officer = world.people["county_officer"]
    row = make.brought_to("accepted", world)
    with pytest.raises(ValidationError, match="请写明为什么要开锁"), transaction.atomic():
        services.ask_unlock(by=officer, row=row, text=" ")
    with pytest.raises(ValidationError, match="没有待答复的开锁申请"):
        services.unlock(by=officer, row=row)
    services.ask_unlock(by=officer, row=row, text="第2项报错了")
    with pytest.raises(ValidationError, match="不能自己同意") as refused:
        services.unlock(by=officer, row=row)
    assert refused.value.code == "same_person"
    unlocked = services.unlock(by=world.people["city_officer"], row=row)
    assert (unlocked.state, unlocked.unlock_asked_by, unlocked.accepted_by) == ("returned", None, None)
    assert list(row.steps.values_list("kind", flat=True)) == [
        *("fill", "send", "accept", "ask_unlock", "unlock"),
    ]


def test_nobody_accepts_what_she_sent_and_the_database_holds_it(world):
    officer = world.people["city_officer"]
    row = services.send(by=officer, row=make.filled(officer, world.city))
    with pytest.raises(ValidationError, match="不能自己接收"):
        services.accept(by=officer, row=row)
    row.state, row.accepted_by = "accepted", officer
    with pytest.raises(IntegrityError, match="accepted_by_another"), transaction.atomic():
        row.save()
    colleague = factories.PostingFactory(unit=world.city).user
    assert services.accept(by=colleague, row=row).state == "accepted"


def test_a_return_goes_back_with_a_reason_that_its_reporters_read(world):
    row = make.brought_to("sent", world)
    with pytest.raises(ValidationError, match="请写明退回的原因"), transaction.atomic():
        services.send_back(by=world.people["county_officer"], row=row, text="")
    services.send_back(by=world.people["county_officer"], row=row, text="第2项不对")
    told = world.people["principal"].notifications.values_list("text", flat=True)
    assert "2026年10月上半月上报被退回：第2项不对" in told
    again = services.send(by=world.people["principal"], row=make.filled(world.people["principal"], world.school.unit))
    assert again.state == "sent"


def test_every_lock_says_why_and_until_when(world, signed_in):
    make.brought_to("sent", world)
    url = reverse("reports:return_detail", args=[world.school.unit.code, "2026-10-H1"])
    page = signed_in("principal").get(url).content.decode()
    assert "已报送，等东县接收。接收或退回以前不能改" in page
    assert "先保存" not in page
    assert life.lock_words("accepted", "东县").startswith("已被东县接收，数字已计入汇总。要改须写明原因申请开锁")
    assert life.lock_words("returned", "东县") == ""


@pytest.mark.parametrize(
    ("code", "level", "day"),
    [
        ("2026-10-H1", "school", "2026-10-13"),
        ("2026-10-H1", "county", "2026-10-14"),
        ("2026-10-H1", "city", "2026-10-15"),
        ("2026-11-H1", "city", "2026-11-13"),  # the 15th is a Sunday
        ("2026-02-H2", "city", "2026-02-28"),  # a Saturday, worked to make up for the Spring Festival
        ("2025-02-H2", "city", "2025-02-28"),
        ("2024-02-H2", "city", "2024-02-29"),
        ("2026-10-H2", "city", "2026-10-30"),  # the 31st is a Saturday
        ("2025-09-H2", "school", "2025-09-28"),  # a Sunday, worked to make up for National Day
        ("2026-10", "school", "2026-11-03"),
        ("2026-10", "county", "2026-11-04"),
        ("2026-09", "school", "2026-10-09"),  # the first working days after National Day
    ],
)
def test_due_days_at_each_edge(code, level, day):
    assert due_on(level, parse(code)).isoformat() == day


def test_late_is_after_the_due_day(world):
    period, due = parse("2026-10-H1"), dt.date(2026, 10, 13)
    day = dt.timedelta(days=1)
    assert [is_late("school", period, sent, TODAY) for sent in (due, due + day, None)] == [False, True, True]
    assert is_late("school", period, None, due) is False


def test_what_was_sent_in_time_and_comes_back_is_late_on_no_page(world, signed_in, clock):
    clock(dt.datetime(2026, 10, 13, 9, tzinfo=SHANGHAI))
    row = make.sent(world)
    clock(dt.datetime(2026, 10, 15, 9, tzinfo=SHANGHAI))
    services.send_back(by=world.people["county_officer"], row=row, text="第2项不对")
    hers = [reverse("reports:returns"), reverse("reports:return_detail", args=[world.school.unit.code, "2026-10-H1"])]
    client = signed_in("principal")
    pages = [client.get(url).content.decode() for url in hers]
    collection = reverse("reports:return_collection", args=[world.county.code, "2026-10-H1"])
    pages.append(signed_in("county_officer").get(collection).content.decode())
    assert ["退回" in page for page in pages] == [True] * 3
    assert "迟报" not in "".join(pages)
    assert "逾期" not in pages[1] + pages[2]


def test_completeness_and_timeliness_count_what_stands_and_when_it_was_first_sent(world, clock):
    clock(dt.datetime(2026, 10, 13, 9, tzinfo=SHANGHAI))
    make.sent(world)
    clock(dt.datetime(2026, 10, 15, 9, tzinfo=SHANGHAI))
    officer = world.people["county_officer"]
    services.send(by=officer, row=make.filled(officer, world.county))
    make.filled(world.people["outside_officer"], world.other_county)
    lines = collected([world.city.path_on(TODAY)], make.PERIOD, dt.date(2026, 10, 15)).lines
    assert [(line.level, line.expected, line.actual, line.on_time) for line in lines] == [
        ("school", 2, 1, 1),
        ("county", 2, 1, 0),
        ("city", 1, 0, 0),
    ]
    assert (lines[0].actual_share, lines[1].on_time_share) == ("50%", "0%")
    # Sent back, it does not stand; sent again, it is as early as it was first.
    row = Return.objects.get(unit=world.school.unit)
    services.send_back(by=officer, row=row, text="改")
    assert collected([world.city.path_on(TODAY)], make.PERIOD, TODAY).lines[0].actual == 0
    make.sent(world)
    assert collected([world.city.path_on(TODAY)], make.PERIOD, TODAY).lines[0].on_time == 1


@pytest.mark.parametrize(
    ("level", "said", "known", "last", "words"),
    [
        ("school", {1: True, 2: True}, {2: False}, {}, ["第2项填“是”，系统计算为“否”（3个超限）。"]),
        ("school", {1: True, 2: True}, {1: True, 2: True}, {}, []),
        ("school", {1: False}, {1: True}, {}, ["第1项填“否”，系统计算为“是”。"]),
        ("school", {1: True}, {}, {}, ["系统里没有本期的上课日记录，五项全填“是”没有记录支持。"]),
        ("county", {17: 2}, {17: 3}, {}, ["第17项填2，少于系统里的3。"]),
        ("county", {17: 3}, {17: 3}, {}, []),
        ("county", {16: 31}, {}, {16: 10}, ["第16项填31，上期是10，相差很大。"]),
        ("county", {16: 30}, {}, {16: 10}, []),
        ("county", {16: 9}, {}, {16: 1}, []),
        ("county", {17: 20, 18: 20}, {}, {}, ["第18项：20条线索全部办结（100%），请核对有没有还在办的。"]),
        ("county", {17: 19, 18: 19}, {}, {}, []),
    ],
)
def test_what_does_not_fit_is_said(level, said, known, last, words):
    assert checks.warnings(level, said, checks.Known(known, {2: "3个超限"}), last) == words


def test_a_warning_may_be_explained_and_sent(world):
    principal = world.people["principal"]
    row = make.filled(principal, world.school.unit, explanation="")
    with pytest.raises(ValidationError, match="核对无误的，请在“说明”里写明原因再报送"):
        services.send(by=principal, row=row)
    assert services.send(by=principal, row=make.filled(principal, world.school.unit, "纸质记录齐全")).state == "sent"


@pytest.mark.parametrize(
    ("unit", "said", "words"),
    [
        ("school", {"service_offered": False}, "没有提供课后服务的，服务时间不能填达标"),
        ("school", {"homework_posted": None}, "还有没填的项目"),
        ("county", {"leads_closed": 6}, "办结的线索不能多于线索总数"),
        ("county", {"leads": -1}, "0"),
    ],
)
def test_an_error_may_not_be_kept(world, unit, said, words):
    units = {"school": world.school.unit, "county": world.county}
    with pytest.raises(ValidationError, match=words):
        make.filled(world.people["principal"], units[unit], **said)
    assert not Return.objects.exists()


def test_a_period_to_come_is_not_filled_in(world):
    with pytest.raises(ValidationError, match="2026年11月上半月还没有开始"):
        services.fill(
            by=world.people["principal"], unit=world.school.unit, period=parse("2026-11-H1"), said=make.ALL_YES
        )


def test_those_who_have_not_sent_are_urged_once_a_day(world, signed_in, clock):
    make.sent(world)
    url = reverse("reports:return_remind", args=[world.city.code, "2026-10-H1"])
    assert signed_in("city_officer").post(url).status_code == 302
    job = Job.objects.get()
    tasks.remind_of_returns(job.pk)
    job.refresh_from_db()
    assert (job.state, job.note) == ("done", "已催3个单位")
    assert [one.code for one in late(world.city, make.PERIOD, TODAY)] == [
        world.county.code,
        world.other_county.code,
        world.other_school.unit.code,
    ]
    text = world.people["outside_academic_office"].notifications.get().text
    assert text == "催报：西县实验小学2026年10月上半月上报，10月13日已截止，还没有报送。"
    assert "10月14日截止，请尽快报送" in world.people["county_officer"].notifications.get(text__startswith="催报").text
    assert not world.people["principal"].notifications.filter(text__startswith="催报").exists()
    told = Notification.objects.count()
    services.remind(world.city, make.PERIOD, TODAY)
    assert Notification.objects.count() == told


def test_a_reporter_fills_in_and_sends_on_one_page(world, signed_in):
    url = reverse("reports:return_detail", args=[world.county.code, "2026-10-H1"])
    client = signed_in("county_officer")
    said = {
        **{"funding_secured": "yes", "advertising_controlled": "no", "authority_named": "yes"},
        **{"advertisements_dealt_with": "2", "leads": "5", "leads_closed": "6", "explanation": "甲"},
    }
    refused = client.post(url, said | {"action": "send"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "办结的线索不能多于线索总数" in page
    assert 'value="6"' in page
    assert client.post(url, said | {"leads_closed": "3", "action": "save"}).status_code == 302
    row = Return.objects.get()
    assert (row.state, row.answers) == ("filled", {6: True, 15: False, 16: 2, 17: 5, 18: 3, 21: True})
    assert client.post(url, said | {"leads_closed": "3", "action": "send"}).status_code == 302
    assert Return.objects.get().state == "sent"
    assert client.post(url, said | {"leads_closed": "3", "action": "save"}).status_code == 409
    assert AuditEntry.objects.filter(action="return.send").exists()


def test_a_county_is_offered_what_it_said_last(world, signed_in):
    last = services.fill(
        by=world.people["county_officer"], unit=world.county, period=parse("2026-09-H2"), said=make.OF_COUNTY
    )
    assert last.answers[17] == 5
    url = reverse("reports:return_detail", args=[world.county.code, "2026-10-H1"])
    page = signed_in("county_officer").get(url).content.decode()
    assert 'name="leads" value="5"' in page


def test_declared_stands_against_computed_with_the_record_behind_it(world, signed_in):
    make.sent(world)
    url = reverse("reports:return_compare", args=[world.county.code, "2026-10-H1"])
    page = signed_in("county_officer").get(url).content.decode()
    assert "已报的学校1所，其中系统里有本期上课日记录的1所" in page
    assert "2. 作业时间控制达标学校：申报“是”，计算“否”" in page
    # No rule, nobody within the limit, no service: 4 of the 5; nothing was mended after it had been accepted.
    assert "申报—计算差异共4项；接收后改过的上报0%（0/1）" in page
    officer = world.people["county_officer"]
    row = services.accept(by=officer, row=Return.objects.get())
    services.ask_unlock(by=world.people["principal"], row=row, text="填错了")
    services.unlock(by=officer, row=row)
    make.sent(world)
    assert "接收后改过的上报100%（1/1）" in signed_in("county_officer").get(url).content.decode()
    assert reverse("reports:insight_notices", args=[world.school.unit.code]) in page


def test_those_ticked_are_accepted_and_others_are_not(world, signed_in):
    row = make.sent(world)
    url = reverse("reports:return_accept", args=[world.county.code, "2026-10-H1"])
    client = signed_in("county_officer")
    assert client.post(url, {"return": ["x", "999999"]}).status_code == 302
    assert Return.objects.get().state == "sent"
    client.post(url, {"return": [row.pk]})
    assert Return.objects.get().state == "accepted"
    assert ReturnStep.objects.filter(kind="accept", by=world.people["county_officer"]).exists()


def test_the_collection_asks_as_often_for_many_as_for_few(world, signed_in, django_assert_max_num_queries):
    for _ in range(30):
        factories.SchoolFactory(parent=world.county)
    make.sent(world)
    client = signed_in("city_officer")
    url = reverse("reports:return_collection", args=[world.city.code, "2026-10-H1"])
    client.get(url)
    with django_assert_max_num_queries(10):
        page = client.get(url).content.decode()
    assert "已报" in page
    for state, count in (("missing", 33), ("sent", 1), ("accepted", 0)):
        shown = client.get(url, {"state": state}).content.decode()
        assert (f"共{count}条" in shown) == (count > 0)
