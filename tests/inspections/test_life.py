"""The table of a finding's life, and what the services make of it."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from inspections import life
from inspections.life import Part, Step
from inspections.models import Finding, FindingStep
from inspections.services import findings
from inspections.views.findings import CARRY_OUT
from tests import factories as factory
from tests.fixtures import SHANGHAI
from tests.inspections import make

pytestmark = pytest.mark.django_db

# Every step that may be taken, and where it leads; every other is refused.
LEADS_TO = {
    "found": {"plan": "rectifying", "ask_extension": "found"},
    "rectifying": {"plan": "rectifying", "submit": "submitted", "ask_extension": "rectifying"},
    "submitted": {"send_back": "rectifying", "verify": "verified"},
    "verified": {"close": "closed"},
    "closed": {"reopen": "found"},
}
WITH_A_REQUEST = {
    "found": {"plan": "rectifying", "grant_extension": "found", "refuse_extension": "found"},
    "rectifying": {
        "plan": "rectifying",
        "submit": "submitted",
        "grant_extension": "rectifying",
        "refuse_extension": "rectifying",
    },
}
OWNERS = {"plan", "submit", "ask_extension"}


@pytest.fixture
def finding(world) -> Finding:
    return make.finding(world.people["supervisor"], world.school.unit)


def outcome(step: str, finding: Finding, by) -> str:
    """The state after the step, or the code of its refusal; nothing of it is kept."""
    more = {"until": dt.date(2026, 12, 1)} if step == Step.ASK_EXTENSION else {}
    with transaction.atomic():
        try:
            state = CARRY_OUT[Step(step)](by=by, finding=finding, text="说明", **more).state
        except ValidationError as error:
            state = error.code
        transaction.set_rollback(True)
    return str(state)


@pytest.mark.parametrize("state", LEADS_TO)
def test_each_step_leads_where_the_table_says_and_every_other_is_refused(world, finding, state):
    there = make.brought_to(state, finding, owner=world.people["principal"], overseer=world.people["supervisor"])
    by = world.people["county_officer"]
    assert {step: outcome(step, there, by) for step in Step} == {
        step: LEADS_TO[state].get(step, "state") for step in Step
    }


@pytest.mark.parametrize("state", WITH_A_REQUEST)
def test_an_asked_extension_waits_for_one_answer(world, finding, state):
    there = make.brought_to(state, finding, owner=world.people["principal"], overseer=world.people["supervisor"])
    findings.ask_extension(by=world.people["principal"], finding=there, until=dt.date(2026, 12, 1), text="等材料")
    by = world.people["county_officer"]
    assert {step: outcome(step, there, by) for step in Step} == {
        step: WITH_A_REQUEST[state].get(step, "state") for step in Step
    }


def test_the_page_offers_what_the_services_allow():
    for has_request, table in ((False, LEADS_TO), (True, WITH_A_REQUEST)):
        for state, steps in table.items():
            for part in Part:
                offered = set(life.allowed(state, part, has_request=has_request))
                assert offered == {step for step in steps if (step in OWNERS) == (part == Part.OWNER)}


def test_who_reported_the_change_does_not_verify_it(world, finding):
    # An officer who also answers for the school: one person with both parts.
    both = world.people["county_officer"]
    factory.PostingFactory(user=both, unit=world.school.unit, role="principal")
    there = make.brought_to("submitted", finding, owner=both, overseer=world.people["supervisor"])
    with pytest.raises(ValidationError, match="整改是您报送的，不能自己核查。请换一位核查。"):
        findings.verify(by=both, finding=there)
    with pytest.raises(IntegrityError, match="verified_by_another"), transaction.atomic():
        Finding.objects.filter(pk=there.pk).update(verified_by=both)
    assert findings.verify(by=world.people["supervisor"], finding=there).state == "verified"


def test_the_deadline_counts_school_days_by_severity(world):
    by = world.people["supervisor"]
    due = {
        severity: make.finding(by, world.school.unit, severity=severity).due_on
        for severity in ("minor", "major", "grave")
    }
    # From Wednesday 14 October 2026.
    assert due == {"minor": dt.date(2026, 10, 28), "major": dt.date(2026, 10, 23), "grave": dt.date(2026, 10, 19)}


def test_what_is_put_right_on_the_spot_is_closed_at_once(world):
    made = make.finding(world.people["supervisor"], world.school.unit, on_the_spot="已当场补贴公示")
    assert (made.state, made.on_the_spot, made.closed_on) == ("closed", True, factory.TODAY)
    assert [step.kind for step in made.steps.all()] == ["open", "close"]


def test_an_extension_moves_the_deadline_and_keeps_the_first(world, finding):
    findings.ask_extension(by=world.people["principal"], finding=finding, until=dt.date(2026, 11, 11), text="等材料")
    granted = findings.grant_extension(by=world.people["supervisor"], finding=finding)
    assert (granted.due_on, granted.first_due_on) == (dt.date(2026, 11, 11), dt.date(2026, 10, 28))
    with pytest.raises(ValidationError, match="请填一个晚于11月11日的日期"):
        findings.ask_extension(by=world.people["principal"], finding=finding, until=dt.date(2026, 11, 11), text="还要")


def test_what_comes_back_is_counted_and_has_a_new_deadline(world, finding, clock):
    closed = make.brought_to("closed", finding, owner=world.people["principal"], overseer=world.people["supervisor"])
    clock(dt.datetime(2026, 10, 26, 9, tzinfo=SHANGHAI))
    again = findings.reopen(by=world.people["supervisor"], finding=closed, text="公示又停了")
    again.refresh_from_db()
    assert (again.state, again.reopened, again.due_on) == ("found", 1, dt.date(2026, 11, 9))
    assert (again.answered_by, again.verified_by, again.closed_by, again.closed_on) == (None, None, None, None)


@pytest.mark.parametrize("step", ["plan", "ask_extension"])
def test_a_step_without_words_says_which_are_asked_for(world, finding, step):
    more = {"until": dt.date(2026, 12, 1)} if step == "ask_extension" else {}
    with pytest.raises(ValidationError, match="请写明"):
        CARRY_OUT[Step(step)](by=world.people["principal"], finding=finding, text="  ", **more)
    assert FindingStep.objects.filter(finding=finding).count() == 1


def test_each_step_is_kept_with_its_person_and_in_the_audit_trail(world, finding):
    make.brought_to("closed", finding, owner=world.people["principal"], overseer=world.people["supervisor"])
    steps = list(FindingStep.objects.filter(finding=finding).values_list("kind", "by__name"))
    principal, supervisor = world.people["principal"].name, world.people["supervisor"].name
    assert steps == [
        ("open", supervisor),
        ("plan", principal),
        ("submit", principal),
        ("verify", supervisor),
        ("close", supervisor),
    ]
    written = AuditEntry.objects.filter(subject=f"inspections.Finding:{finding.pk}").values_list("action", flat=True)
    assert sorted(written) == [f"finding.{kind}" for kind in ("close", "open", "plan", "submit", "verify")]


def test_those_whose_turn_it_is_are_told(world, finding):
    principal, supervisor = world.people["principal"], world.people["supervisor"]
    make.brought_to("submitted", finding, owner=principal, overseer=supervisor)
    findings.send_back(by=supervisor, finding=finding, text="照片看不清")
    told = {
        name: [line.text for line in world.people[name].notifications.order_by("pk")]
        for name in ("principal", "academic_office", "supervisor", "county_officer", "teacher")
    }
    opened = "有一个新的督导问题，最晚10月28日报送整改（三年级作业公示不全）"
    back = "整改被退回：照片看不清（三年级作业公示不全）"
    assert told == {
        "principal": [opened, back],
        "academic_office": [opened, back],
        "supervisor": ["东县实验小学：整改已报送，请核查（三年级作业公示不全）"],
        "county_officer": [],
        "teacher": [],
    }


def test_the_same_form_sent_twice_opens_one_finding(world):
    key = "6d3f1c1e-30ab-4e4a-9f5d-0a1b2c3d4e5f"
    values = {"category": "homework", "severity": "minor", "what": "公示不全", "found_on": factory.TODAY, "key": key}
    by, owner = world.people["supervisor"], world.school.unit
    assert findings.open_finding(by=by, owner=owner, **values)
    assert findings.open_finding(by=by, owner=owner, **values) is None
    assert Finding.objects.count() == 1


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ("公示", True),
        ("作业公示", True),
        ("三", True),
        ("不", True),
        ("实验小学", True),
        ("公 示", True),
        ("示公", False),
    ],
)
def test_words_are_found_by_any_part_of_them(world, finding, asked, is_found):
    assert Finding.objects.saying(asked).exists() == is_found
