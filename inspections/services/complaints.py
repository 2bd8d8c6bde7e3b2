"""Complaints: received from the public or entered by an officer, routed, accepted, answered, closed.

Who complained is sealed at once; nothing else that is written here — steps, lines, audit entries — says it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import User
from accounts.notifications import tell
from accounts.refusals import in_words, insert
from accounts.services import audit
from accounts.sign_in import code_digest
from inspections import complaint_life as life
from inspections import identity, named
from inspections.complaint_life import Step
from inspections.models import Complainant, Complaint, ComplaintPicture, ComplaintStep, Finding
from inspections.services import findings
from paper.files import Taken
from schools import access
from schools.deadlines import working_day_after
from schools.models import OrgUnit, Posting
from training.models import Institution, SignalKind
from training.services import warning

MOST_PICTURES = 5
# The same phone about the same matter within so long says it again.
REPEATED_WITHIN = dt.timedelta(days=365)
WARN_DAYS_BEFORE = 3

# What a kind becomes in the ledger, where it is upheld.
CATEGORY_OF = {
    Complaint.Kind.HOMEWORK: Finding.Category.HOMEWORK,
    Complaint.Kind.PARENTS: Finding.Category.HOMEWORK,
    Complaint.Kind.SERVICE: Finding.Category.SERVICE,
    Complaint.Kind.FORCED: Finding.Category.SERVICE,
    Complaint.Kind.FEES: Finding.Category.SAFEGUARDS,
    Complaint.Kind.UNLICENSED: Finding.Category.DISGUISED,
    Complaint.Kind.DISGUISED: Finding.Category.DISGUISED,
}
NOT_NOW = "这件举报现在是“{}”，不能{}。请刷新页面看最新情况。"
NOT_HANDLER = "这件举报由承办人办理，请找承办人。"


@transaction.atomic
def receive(
    *,
    unit: OrgUnit,
    source: str,
    kind: str,
    target_name: str,
    text: str,
    name: str = "",
    phone: str = "",
    pictures: Sequence[Taken] = (),
    receipt: str = "",
    received_on: dt.date | None = None,
    by: User | None = None,
) -> Complaint:
    """Take it in: real-name where a name is given, else anonymous. `receipt`: the code that its form was given.

    The same form sent again is the same complaint. Raises ValidationError: too many pictures, a day to come.
    """
    today = timezone.localdate()
    digest = code_digest(receipt) if receipt else None
    if digest and (earlier := _earlier(digest)):
        return earlier
    if len(pictures) > MOST_PICTURES:
        raise ValidationError({"pictures": f"最多{MOST_PICTURES}张图片。"})
    received_on = received_on or today
    if received_on > today:
        raise ValidationError({"received_on": "收到日期不能晚于今天。"})
    target_name = " ".join(target_name.split())
    target = named.school(unit, target_name, today)
    institution = None if target else named.institution(unit, target_name, today)
    complaint = Complaint(
        unit=_in_charge(unit, institution.county if institution else target, today),
        source=source,
        kind=kind,
        target=target,
        institution=institution,
        target_name=target_name,
        text=text.strip(),
        is_named=bool(name.strip()),
        received_on=received_on,
        due_on=working_day_after(received_on, life.DAYS_TO_ANSWER),
        receipt_digest=digest,
    )
    complaint.full_clean(validate_constraints=False)
    insert(complaint)
    _seal(complaint, name.strip(), phone.strip())
    for taken in pictures:
        file = ContentFile(taken.content, name=get_random_string(32))
        ComplaintPicture.objects.create(complaint=complaint, file=file)
    _note(complaint, ComplaintStep.Kind.RECEIVE, by)
    audit(by=by, action="complaint.receive", subject=complaint, path=_path(complaint.unit), source=source)
    _tell_unit(complaint, f"收到一件举报（{complaint.get_kind_display()}），最晚{_day(complaint.due_on)}答复。")
    return complaint


def _earlier(digest: str) -> Complaint | None:
    """What the same form brought before; one sent at the same moment is waited for."""
    _wait_for_the_same(digest)
    return Complaint.objects.filter(receipt_digest=digest).first()


def _in_charge(unit: OrgUnit, target: OrgUnit | None, today: dt.date) -> OrgUnit:
    """The county of the school or institution, where the city's form was about one; else the unit of the form."""
    if target is None or unit.level != OrgUnit.Level.CITY:
        return unit
    codes = target.path_on(today).strip("/").split("/")
    return OrgUnit.objects.filter(code__in=codes, level=OrgUnit.Level.COUNTY).first() or unit


def _seal(complaint: Complaint, name: str, phone: str) -> None:
    if not name and not phone:
        return
    sealed_phone, phone_print = (identity.sealed(phone), identity.fingerprint(phone)) if phone else ("", "")
    Complainant.objects.create(
        complaint=complaint, name=identity.sealed(name), phone=sealed_phone, phone_print=phone_print
    )
    since = complaint.received_on - REPEATED_WITHIN
    same = Complaint.objects.filter(complainant__phone_print=phone_print, kind=complaint.kind, received_on__gte=since)
    first = same.filter(target_name=complaint.target_name).exclude(pk=complaint.pk).order_by("pk").first()
    if phone and first:
        _link(complaint, first, None)


@transaction.atomic
def accept(*, by: User, complaint: Complaint) -> Complaint:
    """She handles it from now on. Raises ValidationError, as every step below: not now (code "state")."""
    locked = _moved(complaint, Step.ACCEPT)
    locked.handler = by
    return _kept(locked, Step.ACCEPT, by)


@transaction.atomic
def route(*, by: User, complaint: Complaint, unit: OrgUnit, text: str = "") -> Complaint:
    """Hand it to the unit that is in charge; its people are told."""
    locked = _moved(complaint, Step.ROUTE)
    if unit.pk == locked.unit_id:
        raise ValidationError({"unit": "已经在这个单位，请选择另一个。"})
    before = locked.unit
    locked.unit = unit
    said = f"由{before.name}转{unit.name}。{text.strip()}"
    _kept(locked, Step.ROUTE, by, said)
    _tell_unit(locked, f"转来一件举报（{locked.get_kind_display()}），最晚{_day(locked.due_on)}答复。")
    return locked


@transaction.atomic
def reject(*, by: User, complaint: Complaint, text: str) -> Complaint:
    """Not to be dealt with here or at all; the complainant reads the reason."""
    locked = _moved(complaint, Step.REJECT)
    if not text.strip():
        raise ValidationError({"text": "请写明不予受理的原因，举报人看得到。"})
    locked.closed_on = timezone.localdate()
    return _kept(locked, Step.REJECT, by, text)


@transaction.atomic
def answer(*, by: User, complaint: Complaint, outcome: str, text: str) -> Complaint:
    """What was found out, for the complainant to read; the handler's alone (code "handler")."""
    locked = _moved(complaint, Step.REPLY)
    _require_handler(locked, by)
    if not text.strip():
        raise ValidationError({"text": "请写明答复内容，举报人看得到。"})
    if not outcome:
        raise ValidationError({"outcome": "请选择核实结果。"})
    locked.outcome, locked.reply, locked.replied_on = outcome, text.strip(), timezone.localdate()
    if locked.is_upheld and locked.institution:
        _warn_of(locked.institution, locked)
    return _kept(locked, Step.REPLY, by, f"{locked.get_outcome_display()}。{text.strip()}")


@transaction.atomic
def name_target(*, by: User, complaint: Complaint, target: OrgUnit | Institution) -> Complaint:
    """The handler says which school or institution is meant, where its name was short, wrong or shared.

    What the complainant wrote stays. Raises ValidationError: not the handler (code "handler"), or too late ("state").
    """
    locked = _locked(complaint)
    _require_handler(locked, by)
    if not locked.may_be_named:
        raise ValidationError(NOT_NOW.format(locked.get_state_display(), "再认定"), code="state")
    locked.target = target if isinstance(target, OrgUnit) else None
    locked.institution = target if isinstance(target, Institution) else None
    locked.save(update_fields=["target", "institution"])
    if locked.is_upheld and locked.institution:
        _warn_of(locked.institution, locked)
    _note(locked, ComplaintStep.Kind.NAMED, by, target.name)
    audit(by=by, action="complaint.named", subject=locked, path=_path(locked.unit), target=target.name)
    return locked


def _warn_of(institution: Institution, complaint: Complaint) -> None:
    """An upheld complaint speaks of risk; nothing in it says who complained."""
    warning.record_signal(
        institution=institution,
        kind=SignalKind.COMPLAINT_UPHELD,
        key=f"complaint:{complaint.pk}",
        evidence=f"{_day(timezone.localdate())}答复的举报（{complaint.get_kind_display()}）{complaint.get_outcome_display()}",
        seen_on=timezone.localdate(),
    )


@transaction.atomic
def close(*, by: User, complaint: Complaint, text: str = "") -> Complaint:
    """办结. Upheld ones about a school or an institution come into the ledger first."""
    locked = _moved(complaint, Step.CLOSE)
    _require_handler(locked, by)
    if locked.is_upheld and locked.is_of_ours and not Finding.objects.filter(complaint=locked).exists():
        raise ValidationError("查实的举报要先“转为督导问题”，再办结。")
    locked.closed_on = timezone.localdate()
    return _kept(locked, Step.CLOSE, by, text)


@transaction.atomic
def open_finding(
    *, by: User, complaint: Complaint, what: str, demand: str, severity: str, category: str
) -> Finding | None:
    """What was upheld becomes a finding of the school or institution, in the officer's own words. Once (constraint).

    Raises ValidationError: not upheld, neither school nor institution, done before, or words that name the complainant.
    """
    locked = _locked(complaint)
    _require_handler(locked, by)
    if not (locked.is_upheld and locked.is_of_ours):
        raise ValidationError("只有查实的、反映本系统内学校或登记册内机构的举报才能转为督导问题。")
    _require_nameless(locked, what=what, demand=demand)
    finding = findings.open_finding(
        by=by,
        owner=locked.target,
        institution=locked.institution,
        category=category,
        severity=severity,
        what=what,
        demand=demand,
        found_on=timezone.localdate(),
        complaint=locked,
    )
    _note(locked, ComplaintStep.Kind.FINDING, by)
    return finding


def _require_nameless(complaint: Complaint, **texts: str) -> None:
    """Raises ValidationError where what the other side will read holds the complainant's name or phone."""
    who = Complainant.objects.filter(complaint=complaint).first()
    known = [identity.opened(sealed) for sealed in (who.name, who.phone) if sealed] if who else []
    for name, text in texts.items():
        if any(secret and secret in text for secret in known):
            raise ValidationError({name: "这里写了举报人的姓名或电话，被反映的一方会看到，请删去。"})


@transaction.atomic
def link(*, by: User, complaint: Complaint, first: Complaint) -> None:
    """It says again what `first` says. Raises ValidationError for itself, or a circle."""
    locked = _locked(complaint)
    if first.pk == locked.pk or first.repeat_of_id == locked.pk:
        raise ValidationError("请填另一件更早的举报的编号。")
    _link(locked, first, by)


def _link(complaint: Complaint, first: Complaint, by: User | None) -> None:
    complaint.repeat_of = first.repeat_of or first
    complaint.save(update_fields=["repeat_of"])
    _note(complaint, ComplaintStep.Kind.REPEAT, by, f"与第{complaint.repeat_of.pk}号重复。")


@transaction.atomic
def rate(*, complaint: Complaint, satisfied: bool, note: str = "") -> Complaint:
    """What the complainant thinks of the answer: once, after it. Raises ValidationError."""
    locked = _locked(complaint)
    if locked.replied_on is None:
        raise ValidationError("答复以后才能评价。")
    if locked.satisfied is not None:
        raise ValidationError("已经评价过，谢谢。")
    locked.satisfied, locked.satisfied_note = satisfied, note.strip()
    locked.full_clean(validate_constraints=False)
    locked.save(update_fields=["satisfied", "satisfied_note"])
    _note(locked, ComplaintStep.Kind.RATED, None, "满意" if satisfied else "不满意")
    return locked


def show_identity(*, by: User, complaint: Complaint) -> tuple[str, str]:
    """Name and phone, to the handling officer alone; each look is written down. Raises ValidationError for others."""
    if complaint.handler_id != by.pk:
        raise ValidationError(NOT_HANDLER, code="handler")
    audit(by=by, action="complaint.show_identity", subject=complaint, path=_path(complaint.unit))
    who = Complainant.objects.filter(complaint=complaint).first()
    if who is None:
        return "", ""
    return identity.opened(who.name), identity.opened(who.phone) if who.phone else ""


def remind(day: dt.date) -> int:
    """Tell who handles it, or the unit while nobody does, of complaints about to fall due or overdue; how many."""
    soon = working_day_after(day, WARN_DAYS_BEFORE)
    waiting = (life.State.RECEIVED, life.State.ACCEPTED)
    rows = list(Complaint.objects.filter(state__in=waiting, due_on__lte=soon).select_related("unit", "handler"))
    for complaint in rows:
        late = complaint.due_on < day
        what = f"一件举报（{complaint.get_kind_display()}）{'已超期' if late else '快到期'}"
        text = f"{what}，最晚{_day(complaint.due_on)}答复。"
        told = [complaint.handler] if complaint.handler else list(officers(complaint.unit, day))
        key = f"complaint-due:{complaint.pk}:{day.isoformat() if late else 'soon'}"
        tell(told, key=key, text=text, url=_url(complaint))
    return len(rows)


def by_receipt(code: str) -> Complaint | None:
    return Complaint.objects.select_related("unit").filter(receipt_digest=code_digest(code)).first()


def officers(unit: OrgUnit, day: dt.date) -> QuerySet[User]:
    """Those of the unit itself who handle complaints."""
    roles = access.ROLES_FOR["handle_complaints"]
    at_work = Posting.objects.on(day).filter(unit=unit, role__in=roles)
    return User.objects.filter(pk__in=at_work.order_by().values("user"), is_active=True)


def _locked(complaint: Complaint) -> Complaint:
    rows = Complaint.objects.select_related("unit", "target", "institution__county", "handler", "repeat_of")
    return rows.select_for_update(of=("self",)).get(pk=complaint.pk)


def _moved(complaint: Complaint, step: Step) -> Complaint:
    locked = _locked(complaint)
    state = life.after(locked.state, step)
    if state is None:
        label = ComplaintStep.Kind(step.value).label
        raise ValidationError(NOT_NOW.format(locked.get_state_display(), label), code="state")
    locked.state = state
    return locked


def _require_handler(complaint: Complaint, by: User) -> None:
    if complaint.handler_id != by.pk:
        raise ValidationError(NOT_HANDLER, code="handler")


def _kept(complaint: Complaint, step: Step, by: User, text: str = "") -> Complaint:
    complaint.full_clean(validate_constraints=False)
    with in_words(complaint):
        complaint.save()
    _note(complaint, ComplaintStep.Kind(step.value), by, text.strip())
    audit(by=by, action=f"complaint.{step}", subject=complaint, path=_path(complaint.unit))
    return complaint


def _note(complaint: Complaint, kind: ComplaintStep.Kind, by: User | None, text: str = "") -> None:
    step = ComplaintStep(complaint=complaint, kind=kind, by=by, text=text)
    step.full_clean(validate_constraints=False)
    step.save()


def _tell_unit(complaint: Complaint, text: str) -> None:
    today = timezone.localdate()
    key = f"complaint:{complaint.pk}:{complaint.unit_id}"
    tell(officers(complaint.unit, today), key=key, text=text, url=_url(complaint))


def _wait_for_the_same(digest: str) -> None:
    """A form sent twice at one moment is carried out the second time when the first is done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [digest])


def _url(complaint: Complaint) -> str:
    return reverse("inspections:complaint_detail", args=[complaint.pk])


def _path(unit: OrgUnit) -> str:
    return unit.path_on(timezone.localdate())


def _day(day: dt.date) -> str:
    return f"{day:%-m月%-d日}"
