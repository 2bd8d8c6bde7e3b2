"""Money paid in advance: accounts put under watch, statements brought in, contracts looked into."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.refusals import in_words, insert
from accounts.sent_forms import is_first
from accounts.services import audit
from paper.pdf import require_printable
from training import policy, thresholds
from training.models import Account, ContractSample, Institution, Movement, Statement
from training.policy import Charge, ChargedBy, yuan
from training.services import warning
from training.statement import Line, Read, StatementError, read


@transaction.atomic
def open_account(*, by: User, institution: Institution, key: uuid.UUID | None = None, **said: object) -> Account | None:
    """Put an account under watch. None where the form was carried out before. Raises ValidationError."""
    if key and not is_first(by, key):
        return None
    account = Account(institution=institution, made_by=by, **said)
    if account.opened_on > timezone.localdate():
        raise ValidationError({"opened_on": "监管开始日期不能晚于今天。"})
    require_printable(bank=account.bank)
    account.full_clean(validate_constraints=False)
    insert(account)
    _audit(by, "account.open", account, kind=account.kind, minimum=account.minimum_cents)
    return account


@transaction.atomic
def set_minimum(*, by: User, account: Account, minimum_cents: int) -> None:
    """What must stay in it, from now on."""
    locked = _locked(account)
    before, locked.minimum_cents = locked.minimum_cents, minimum_cents
    with in_words(locked):
        locked.save(update_fields=["minimum_cents"])
    _audit(by, "account.minimum", locked, before=before, after=minimum_cents)
    warning.look_at([locked.institution_id], timezone.localdate())


@transaction.atomic
def close_account(*, by: User, account: Account, day: dt.date) -> None:
    """It is watched no longer after `day`. Raises ValidationError."""
    locked = _locked(account)
    if locked.closed_on:
        raise ValidationError("这个账户已经结束监管。", code="state")
    if not locked.opened_on <= day <= timezone.localdate():
        raise ValidationError({"day": "结束日期不能早于开始日期，也不能晚于今天。"})
    locked.closed_on = day
    locked.save(update_fields=["closed_on"])
    _audit(by, "account.close", locked, day=day.isoformat())


@transaction.atomic
def bring_in_statement(*, by: User, account: Account, content: bytes) -> Statement:
    """A month of it from the bank's CSV, whole or not at all; unusual movements are marked by the figures in force.

    Raises ValidationError: a file that does not add up, a month that does not follow, or one that is there.
    """
    locked = _locked(account)
    try:
        found = read(content)
    except StatementError as error:
        raise ValidationError({"file": error.problems}) from error
    _require_month(locked, found)
    statement = Statement(
        account=locked,
        month=found.month,
        opening_cents=found.opening,
        in_cents=found.came_in,
        out_cents=found.went_out,
        closing_cents=found.closing,
        made_by=by,
    )
    insert(statement)
    figures = thresholds.in_force([locked.institution.county_id], found.lines[-1].day)[locked.institution.county_id]
    Movement.objects.bulk_create(_movement(statement, line, figures) for line in found.lines)
    _audit(by, "statement.bring_in", locked, month=found.month.isoformat(), lines=len(found.lines))
    warning.look_at([locked.institution_id], timezone.localdate())
    return statement


def _movement(statement: Statement, line: Line, figures: Mapping[str, int]) -> Movement:
    return Movement(
        statement=statement,
        line=line.number,
        day=line.day,
        cents=line.cents,
        balance_cents=line.balance,
        paid_to=line.paid_to,
        flag=_flag(line, figures),
    )


def _flag(line: Line, figures: Mapping[str, int]) -> str:
    before, out = line.balance - line.cents, -line.cents
    percent, least = figures["big_outflow_percent"], figures["big_outflow_cents"]
    if out <= 0 or not policy.is_big_outflow(out, before, percent=percent, least=least):
        return ""
    share = f"占流出前余额{yuan(before)}的{out * 100 // before}%" if before > 0 else f"流出前余额{yuan(before)}"
    return f"一次流出{yuan(out)}，{share}（标准：不低于{yuan(least)}且不低于{percent}%）"


def _require_month(account: Account, found: Read) -> None:
    """The month is one of its watch, and its balance follows from the months beside it."""
    if found.lines[-1].day > timezone.localdate():
        raise ValidationError({"file": "流水里有今天以后的日期，请检查。"})
    if policy.months_after(found.month, 1) <= account.opened_on or (
        account.closed_on and found.month > account.closed_on
    ):
        raise ValidationError({"file": f"{found.month:%Y年%-m月}不在这个账户的监管期内。"})
    before = policy.months_after(found.month, -1)
    beside = {
        row.month: row for row in account.statements.filter(month__in=(before, policy.months_after(found.month, 1)))
    }
    for month, row in beside.items():
        known, ours = (row.closing_cents, found.opening) if month == before else (row.opening_cents, found.closing)
        if known != ours:
            says = "上月末" if month == before else "下月初"
            raise ValidationError(
                {"file": f"{says}余额是{yuan(known)}，这份流水推算是{yuan(ours)}，对不上。请核对是否漏了交易。"}
            )


@transaction.atomic
def take_back_statement(*, by: User, statement: Statement) -> None:
    """It was the wrong file. What it held is gone; the audit trail keeps its sums."""
    account = _locked(statement.account)
    sums = {"opening": statement.opening_cents, "closing": statement.closing_cents}
    _audit(by, "statement.take_back", account, month=statement.month.isoformat(), **sums)
    statement.delete()
    warning.look_at([account.institution_id], timezone.localdate())


@transaction.atomic
def look_into_contract(
    *, by: User, institution: Institution, key: uuid.UUID | None = None, **said: object
) -> ContractSample | None:
    """Judge by the rules in force when it was paid, and keep the verdict. Raises ValidationError."""
    if key and not is_first(by, key):
        return None
    sample = ContractSample(institution=institution, made_by=by, **said)
    if max(sample.paid_on, sample.looked_on) > timezone.localdate():
        raise ValidationError("收费日期和抽查日期都不能晚于今天。")
    problems = policy.charge_problems(_charge(sample), is_academic=institution.is_academic)
    sample.broken = [problem.limit for problem in problems]
    sample.problems = "；".join(problem.words for problem in problems)
    require_printable(number=sample.number)
    sample.full_clean(validate_constraints=False)
    insert(sample)
    audit(by=by, action="contract.look_into", subject=sample, path=_path(institution), broken=sample.broken)
    return sample


def _charge(sample: ContractSample) -> Charge:
    return Charge(
        by=ChargedBy(sample.charged_by),
        cents=sample.cents,
        paid_on=sample.paid_on,
        first_day=sample.first_day,
        last_day=sample.last_day,
        lessons=sample.lessons,
        lessons_left=sample.lessons_left,
    )


def _locked(account: Account) -> Account:
    rows = Account.objects.select_related("institution__county")
    return rows.select_for_update(of=("self",)).get(pk=account.pk)


def _audit(by: User, action: str, account: Account, **detail: object) -> None:
    audit(by=by, action=action, subject=account, path=_path(account.institution), **detail)


def _path(institution: Institution) -> str:
    return institution.county.path_on(timezone.localdate())
