"""What can become of an institution: the table, the services that keep to it, the pages that offer it."""

import datetime as dt
from itertools import product

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry
from tests.training import make
from training.life import Permit, Registration, Standing, State, after, open_steps
from training.services import register

DAY = dt.date(2026, 10, 1)


def steps(
    state: str, registration: str = "profit", permit: str = "none", *, is_academic: bool = True
) -> dict[str, str]:
    """Each step that can be taken, and what it changes."""
    standing = Standing(State(state), Registration(registration), Permit(permit))
    changed = {}
    for step in open_steps(standing, is_academic=is_academic):
        then = after(standing, step, is_academic=is_academic)
        new = {then.state, then.registration, then.permit} - {standing.state, standing.registration, standing.permit}
        changed[step.value] = str(*new)
    return changed


ENDS = {"close": "closed", "convert": "converted", "revoke": "revoked"}


@pytest.mark.parametrize(
    ("standing", "leads_to"),
    [
        (
            ("operating", "profit", "none"),
            ENDS | {"suspend": "suspended", "file": "filed", "approve": "approved", "turn_non_profit": "non_profit"},
        ),
        (
            ("operating", "profit", "filed"),
            ENDS | {"suspend": "suspended", "approve": "approved", "turn_non_profit": "non_profit"},
        ),
        (("operating", "non_profit", "approved"), ENDS | {"suspend": "suspended"}),
        (("suspended", "non_profit", "approved"), ENDS | {"resume": "operating"}),
        (
            ("suspended", "profit", "filed"),
            ENDS | {"resume": "operating", "approve": "approved", "turn_non_profit": "non_profit"},
        ),
    ],
)
def test_each_step_that_can_be_taken_and_no_other(standing, leads_to):
    assert steps(*standing) == leads_to


def test_nothing_leads_back_from_the_end():
    for state, registration, permit in product(("closed", "converted", "revoked"), Registration, Permit):
        assert steps(state, registration, permit) == {}


def test_only_an_academic_institution_turns_non_profit():
    assert "turn_non_profit" not in steps("operating", is_academic=False)


pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(world):
    return world.people["county_officer"]


def test_a_step_that_cannot_be_taken_says_how_it_stands(world, officer):
    made = make.institution(officer, world.county)
    register.take_step(by=officer, institution=made, step="close", day=DAY, reason="东民注〔2026〕3号")
    with pytest.raises(ValidationError, match="这家机构现在是“注销、营利性、许可已审批”，不能办“转型”。") as refusal:
        register.take_step(by=officer, institution=made, step="convert", day=DAY, reason="转为非学科")
    assert refusal.value.code == "state"


@pytest.mark.parametrize(
    ("day", "reason", "words"),
    [
        ("2026-10-15", "有", "日期不能晚于今天"),
        ("2020-01-01", "有", "日期不能早于成立日期"),
        ("2026-09-30", "有", "不能早于上一次变动（2026年10月1日）"),
        ("2026-10-02", " ", "请写明依据"),
    ],
)
def test_a_bad_step_says_what_to_do(world, officer, day, reason, words):
    made = make.institution(officer, world.county, founded_on=dt.date(2021, 3, 1))
    register.take_step(by=officer, institution=made, step="suspend", day=DAY)
    with pytest.raises(ValidationError, match=words):
        register.take_step(by=officer, institution=made, step="revoke", day=dt.date.fromisoformat(day), reason=reason)


def test_a_step_taken_by_mistake_is_taken_back_and_stays_in_the_audit_trail(world, officer):
    made = make.institution(officer, world.county)
    register.take_step(by=officer, institution=made, step="revoke", day=DAY, reason="写错了一家")
    register.take_back_step(by=officer, institution=made)
    made.refresh_from_db()
    assert (made.state, made.steps.count()) == ("operating", 0)
    kept = AuditEntry.objects.get(action="institution.take_back").detail
    assert kept == {"step": "revoke", "day": "2026-10-01", "reason": "写错了一家"}
    with pytest.raises(ValidationError, match="没有可以撤销的变动"):
        register.take_back_step(by=officer, institution=made)


def test_a_name_taken_since_keeps_a_step_from_being_taken_back(world, officer):
    made = make.institution(officer, world.county)
    register.take_step(by=officer, institution=made, step="close", day=DAY, reason="注销")
    make.institution(officer, world.county)
    with pytest.raises(ValidationError, match="已有同名的在营机构"):
        register.take_back_step(by=officer, institution=made)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"credit_code": "91330100799655058A"}, "校验位不对"),
        ({"credit_code": "9133"}, "18位"),
        ({"name": "启明  培训学校 "}, "已有同名的在营机构"),
        ({"name": "乙", "rest_days_cleared": True}, "不能填已清理"),
        ({"name": "乙", "subject": "other", "guide_price": True}, "只适用于学科类"),
        ({"name": "乙", "credit_code": " 91330100 799655058b"}, "已有这个统一社会信用代码"),
    ],
)
def test_what_is_wrong_with_an_institution_is_said(world, officer, said, words):
    make.institution(officer, world.county, "启明 培训学校", credit_code="91330100799655058B")
    with pytest.raises(ValidationError, match=words):
        make.institution(officer, world.county, **said)
