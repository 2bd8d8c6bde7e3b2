"""Early warning: signals seen in what is known, noted by officers or handed down; confirmed or dismissed; over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from accounts.refusals import in_words, insert
from accounts.services import audit
from paper.pdf import require_printable
from schools.models import OrgUnit
from training import life, policy, thresholds
from training.models import Account, Institution, Movement, Signal, SignalKind, Statement, Threshold
from training.policy import yuan

# What an officer may note; the others are computed or handed down.
NOTED = (SignalKind.WAGE_ARREARS, SignalKind.RENT_ARREARS, SignalKind.STOPPED, SignalKind.REFUND_REFUSED)
# Over as soon as what they say holds no longer. The rest is over when an officer says so.
PASSING = (SignalKind.BELOW_MINIMUM, SignalKind.LICENCE_EXPIRED, SignalKind.STATEMENT_MISSED)


def look_everywhere(day: dt.date) -> int:
    """The morning's job, of every institution that is there; how many signals are new."""
    return look_at(list(Institution.objects.there().values_list("pk", flat=True)), day)


@transaction.atomic
def look_at(institutions: Collection[int], day: dt.date) -> int:
    """Note what is to be seen of them on `day`, once each, and end what holds no longer; how many are new."""
    seen = [signal for find in FINDERS for signal in find(institutions, day)]
    had = set(_of(institutions).values_list("institution", "kind", "key"))
    new = [signal for signal in seen if (signal.institution_id, signal.kind, signal.key) not in had]
    Signal.objects.bulk_create(new, ignore_conflicts=True)
    still = {(signal.institution_id, signal.kind, signal.key) for signal in seen}
    _end(institutions, still, day)
    return len(new)


def _of(institutions: Collection[int]) -> QuerySet[Signal]:
    return Signal.objects.filter(institution__in=institutions)


def _end(institutions: Collection[int], still: set[tuple[int, str, str]], day: dt.date) -> None:
    """End the passing ones that were not seen again; begin anew those that are back."""
    rows = _of(institutions).filter(kind__in=PASSING).values_list("pk", "institution", "kind", "key", "ended_on")
    over, back = [], []
    for pk, institution, kind, key, ended_on in rows:
        is_seen = (institution, kind, key) in still
        if ended_on is None and not is_seen:
            over.append(pk)
        elif ended_on is not None and is_seen:
            back.append(pk)
    Signal.objects.filter(pk__in=over).update(ended_on=day)
    Signal.objects.filter(pk__in=back).update(ended_on=None)


def _below_minimum(institutions: Collection[int], day: dt.date) -> Iterator[Signal]:
    latest = Statement.objects.filter(account=OuterRef("pk")).order_by("-month")
    accounts = _accounts(institutions, day).annotate(
        month=Subquery(latest.values("month")[:1]), closing=Subquery(latest.values("closing_cents")[:1])
    )
    for account in accounts.filter(closing__lt=F("minimum_cents")):
        words = f"{account} {account.month:%Y年%-m月}末余额{yuan(account.closing)}，低于最低留存{account.minimum_words}"
        yield _signal(account.institution_id, SignalKind.BELOW_MINIMUM, f"{account.pk}:{account.month}", words, day)


def _big_outflows(institutions: Collection[int], day: dt.date) -> Iterator[Signal]:
    rows = Movement.objects.filter(statement__account__institution__in=institutions).exclude(flag="")
    for row in rows.select_related("statement__account"):
        account = row.statement.account
        key = f"{account.pk}:{row.day}:{row.cents}:{row.balance_cents}"
        words = f"{account} {row.day:%Y年%-m月%-d日}{row.flag}"
        yield _signal(account.institution_id, SignalKind.BIG_OUTFLOW, key, words, day)


def _expired(institutions: Collection[int], day: dt.date) -> Iterator[Signal]:
    rows = Institution.objects.there().filter(pk__in=institutions, licence_until__lt=day)
    for pk, until in rows.values_list("pk", "licence_until"):
        words = f"许可证有效期至{until:%Y年%-m月%-d日}，已经过期"
        yield _signal(pk, SignalKind.LICENCE_EXPIRED, f"{until}", words, day)


def _missed(institutions: Collection[int], day: dt.date) -> Iterator[Signal]:
    """The statement of the last month whose day has gone by."""
    accounts = list(_accounts(institutions, day).select_related("institution"))
    figures = thresholds.in_force({account.institution.county_id for account in accounts}, day)
    this_month = day.replace(day=1)
    had = set(Statement.objects.filter(account__in=accounts).values_list("account", "month"))
    for account in accounts:
        due = figures[account.institution.county_id]["statement_due_day"]
        month = policy.months_after(this_month, -1 if day.day > due else -2)
        if (account.pk, month) not in had and account.opened_on < policy.months_after(month, 1):
            words = f"{account} 没有{month:%Y年%-m月}的流水（应在次月{due}日前报送）"
            yield _signal(account.institution_id, SignalKind.STATEMENT_MISSED, f"{account.pk}:{month}", words, day)


FINDERS = (_below_minimum, _big_outflows, _expired, _missed)


def _accounts(institutions: Collection[int], day: dt.date) -> QuerySet[Account]:
    there = Q(institution__in=institutions, institution__state__in=life.THERE)
    return Account.objects.open_on(day).filter(there)


def _signal(institution: int, kind: SignalKind, key: str, evidence: str, day: dt.date) -> Signal:
    return Signal(institution_id=institution, kind=kind.value, key=key, evidence=evidence[:300], seen_on=day)


@transaction.atomic
def record_signal(
    *, institution: Institution, kind: str, key: str, evidence: str, seen_on: dt.date, by: User | None = None
) -> Signal | None:
    """What others know of it, such as an upheld complaint. None where it was noted before. Raises ValidationError."""
    if Signal.objects.filter(institution=institution, kind=kind, key=key).exists():
        return None
    signal = Signal(
        institution=institution, kind=kind, key=key, evidence=evidence.strip()[:300], seen_on=seen_on, made_by=by
    )
    signal.full_clean(validate_constraints=False)
    insert(signal)
    audit(by=by, action="signal.record", subject=signal, path=_path(institution), kind=kind)
    return signal


def note_signal(*, by: User, institution: Institution, kind: str, seen_on: dt.date, evidence: str) -> Signal | None:
    """What an officer saw or heard; of one kind once a day. Raises ValidationError."""
    if kind not in NOTED:
        raise ValidationError({"kind": "请从列表中选择。"})
    if seen_on > timezone.localdate():
        raise ValidationError({"seen_on": "日期不能晚于今天。"})
    if not evidence.strip():
        raise ValidationError({"evidence": "请写明依据：谁反映、什么情况、核实到什么。"})
    require_printable(evidence=evidence)
    key = seen_on.isoformat()
    return record_signal(institution=institution, kind=kind, key=key, evidence=evidence, seen_on=seen_on, by=by)


@transaction.atomic
def decide(*, by: User, signal: Signal, confirm: bool, reason: str) -> Signal:
    """An officer confirms it or dismisses it, with her reason; she may change her mind while it is not over."""
    locked = _locked(signal)
    _require_not_over(locked)
    locked.state = Signal.State.CONFIRMED if confirm else Signal.State.DISMISSED
    locked.reason, locked.decided_by, locked.decided_on = _said(reason), by, timezone.localdate()
    return _kept(locked, by, f"signal.{locked.state}")


@transaction.atomic
def end(*, by: User, signal: Signal, reason: str) -> Signal:
    """What was confirmed is over: the wages are paid, lessons are held again."""
    locked = _locked(signal)
    _require_not_over(locked)
    if locked.state != Signal.State.CONFIRMED:
        raise ValidationError("先确认，再解除；不属实的请排除。", code="state")
    if locked.kind in PASSING:
        raise ValidationError("这个信号由系统判断，情况消除后自动解除。", code="state")
    locked.reason, locked.ended_on = f"{locked.reason}；解除：{_said(reason)}"[:300], timezone.localdate()
    return _kept(locked, by, "signal.end")


def _said(reason: str) -> str:
    if not reason.strip():
        raise ValidationError({"reason": "请写明理由。"})
    require_printable(reason=reason)
    return reason.strip()


def _require_not_over(signal: Signal) -> None:
    if signal.ended_on:
        raise ValidationError("这个信号已经解除。", code="state")


def _locked(signal: Signal) -> Signal:
    rows = Signal.objects.select_related("institution__county")
    return rows.select_for_update(of=("self",)).get(pk=signal.pk)


def _kept(signal: Signal, by: User, action: str) -> Signal:
    signal.full_clean(validate_constraints=False)
    with in_words(signal):
        signal.save()
    audit(by=by, action=action, subject=signal, path=_path(signal.institution))
    return signal


@transaction.atomic
def set_threshold(*, by: User, unit: OrgUnit, name: str, value: int, first_day: dt.date) -> Threshold:
    """From `first_day`, today or later: what was judged stays as it was. Raises ValidationError."""
    kind = thresholds.kinds().get(name)
    if kind is None:
        raise ValidationError({"name": "请从列表中选择。"})
    if first_day < timezone.localdate():
        raise ValidationError({"first_day": "执行日期不能早于今天。"})
    if kind.unit == "day" and not 1 <= value <= 28:
        raise ValidationError({"value": "请填1到28。"})
    if kind.unit == "percent" and not 1 <= value <= 100:
        raise ValidationError({"value": "请填1到100。"})
    row = Threshold(unit=unit, name=name, value=value, first_day=first_day, made_by=by)
    row.full_clean(validate_constraints=False)
    insert(row)
    audit(by=by, action="threshold.set", subject=row, path=unit.path_on(timezone.localdate()), name=name, value=value)
    return row


def _path(institution: Institution) -> str:
    return institution.county.path_on(timezone.localdate())
