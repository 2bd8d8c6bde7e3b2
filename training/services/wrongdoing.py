"""Wrongdoing: 发现一起、查处一起、通报一起. Entered, decided by a clause, made known. Callers checked roles."""

from __future__ import annotations

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.refusals import in_words, insert
from accounts.sent_forms import is_first
from accounts.services import audit
from paper.pdf import require_printable
from schools.models import OrgUnit
from training import penalties
from training.models import Institution, Violation


@transaction.atomic
def enter(
    *,
    by: User,
    county: OrgUnit,
    found_on: dt.date,
    institution: Institution | None = None,
    key: uuid.UUID | None = None,
    **said: object,
) -> Violation | None:
    """What was found, of an institution or, by its name `who`, of somebody outside the register.

    None where the form was carried out before. Raises ValidationError.
    """
    if key and not is_first(by, key):
        return None
    if found_on > timezone.localdate():
        raise ValidationError({"found_on": "发现日期不能晚于今天。"})
    if institution:
        said["who"] = institution.name
    row = Violation(county=county, institution=institution, found_on=found_on, made_by=by, **said)
    row.who = " ".join(row.who.split())
    require_printable(who=row.who, what=row.what, place=row.place)
    row.full_clean(validate_constraints=False)
    insert(row)
    audit(by=by, action="violation.enter", subject=row, path=_path(county), kind=row.kind)
    return row


@transaction.atomic
def decide(
    *,
    by: User,
    violation: Violation,
    clause: str,
    basis: str,
    decision: str,
    decided_on: dt.date,
    document_no: str = "",
    illegal_cents: int = 0,
    fine_cents: int = 0,
    confiscated_cents: int = 0,
    refunded_cents: int = 0,
    must_publish: bool = True,
) -> Violation:
    """It is dealt with, by a clause of penalties.toml. Raises ValidationError: decided before (code "state"), a clause
    that is not for it, a fine beyond its bounds, no words, a bad day."""
    locked = _locked(violation)
    if locked.decided_on:
        raise ValidationError("这个案件已经处理过。", code="state")
    if not locked.found_on <= decided_on <= timezone.localdate():
        raise ValidationError({"decided_on": "处理日期不能早于发现日期，也不能晚于今天。"})
    chosen = {one.id: one for one in penalties.open_to(locked.kind, locked.found_on)}.get(clause)
    if chosen is None:
        raise ValidationError({"clause": "这一条不适用于这类违规，或违规时还没有施行，请另选依据。"})
    if wrong := chosen.fine_problem(fine_cents, illegal_cents):
        raise ValidationError({"fine_cents": wrong})
    locked.clause, locked.basis, locked.decision = clause, _said("basis", basis), _said("decision", decision)
    locked.decided_on, locked.decided_by, locked.document_no = decided_on, by, document_no.strip()
    locked.illegal_cents, locked.fine_cents = illegal_cents, fine_cents
    locked.confiscated_cents, locked.refunded_cents = confiscated_cents, refunded_cents
    locked.must_publish = must_publish
    return _kept(locked, by, "violation.decide")


@transaction.atomic
def publish(*, by: User, violation: Violation, day: dt.date, where: str) -> Violation:
    """It is made known, in a notice or at an address. Raises ValidationError: not decided, done before, a bad day."""
    locked = _locked(violation)
    if locked.decided_on is None or locked.published_on:
        raise ValidationError("先处理，再通报；通报过的不用再报。", code="state")
    if not locked.decided_on <= day <= timezone.localdate():
        raise ValidationError({"day": "通报日期不能早于处理日期，也不能晚于今天。"})
    locked.published_on, locked.published_at = day, _said("where", where)
    return _kept(locked, by, "violation.publish")


ASKED = {
    "basis": "请写明条款，如《校外培训行政处罚暂行办法》（教育部令第53号）第十八条第（三）项。",
    "decision": "请写明处理决定。",
    "where": "请写明通报文号或网址。",
}


def _said(name: str, text: str) -> str:
    if not text.strip():
        raise ValidationError({name: ASKED[name]})
    require_printable(**{name: text})
    return text.strip()


def _locked(violation: Violation) -> Violation:
    rows = Violation.objects.select_related("county", "institution")
    return rows.select_for_update(of=("self",)).get(pk=violation.pk)


def _kept(violation: Violation, by: User, action: str) -> Violation:
    violation.full_clean(validate_constraints=False)
    with in_words(violation):
        violation.save()
    audit(by=by, action=action, subject=violation, path=_path(violation.county))
    return violation


def _path(unit: OrgUnit) -> str:
    return unit.path_on(timezone.localdate())
