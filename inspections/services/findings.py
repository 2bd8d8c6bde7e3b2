"""The life of a finding: opened, answered, verified by another person, closed, reopened. Callers have checked roles.

Every step is a row of its own, with who took it and when; the row of the finding says where it stands.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from django.contrib.postgres.search import SearchVector
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Value
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.notifications import tell
from accounts.refusals import in_words, insert
from accounts.sent_forms import is_first
from accounts.services import audit
from inspections import deadlines, life, people, words
from inspections.life import Step
from inspections.models import Complaint, Finding, FindingStep, Visit
from inspections.services.evidence import attach
from paper.files import Taken
from paper.pdf import require_printable
from schools.models import OrgUnit
from training.models import Institution

# Steps that are nothing without words, and what is asked for.
ASKED_WORDS = {
    Step.PLAN: "请写明准备怎么整改、谁负责、什么时候完成。",
    Step.SUBMIT: "请写明整改了什么、结果怎样。",
    Step.SEND_BACK: "请写明退回的原因。",
    Step.REOPEN: "请写明又发现了什么。",
    Step.ASK_EXTENSION: "请写明为什么要延期。",
    Step.REFUSE_EXTENSION: "请写明不同意延期的原因。",
}

NOT_NOW = "这个问题现在是“{}”，不能{}。请刷新页面看最新情况。"
SAME_PERSON = "整改是您报送的，不能自己核查。请换一位核查。"
ASKED_HERSELF = "延期是您申请的，不能自己同意。请换一位答复。"


@transaction.atomic
def open_finding(
    *,
    by: User,
    owner: OrgUnit | None = None,
    institution: Institution | None = None,
    category: str,
    severity: str,
    what: str,
    demand: str = "",
    found_on: dt.date,
    due_on: dt.date | None = None,
    visit: Visit | None = None,
    complaint: Complaint | None = None,
    on_the_spot: str = "",
    attached: Sequence[Taken] = (),
    key: uuid.UUID | None = None,
) -> Finding | None:
    """Enter what was found at a unit or, else, an institution, and tell those who answer for it.

    `due_on` follows from the severity unless given. `on_the_spot`: what was put right at once (立行立改); it is then
    closed. None where the form with this key was carried out before. Raises ValidationError.
    """
    if key and not is_first(by, key):
        return None
    if found_on > timezone.localdate():
        raise ValidationError({"found_on": "发现日期不能晚于今天。"})
    finding = Finding(
        owner=owner,
        institution=institution,
        visit=visit,
        complaint=complaint,
        category=category,
        severity=severity,
        what=what.strip(),
        demand=demand.strip(),
        found_on=found_on,
        found_by=by,
    )
    finding.due_on = finding.first_due_on = due_on or deadlines.due_on(finding.place.pk, found_on, severity)
    require_printable(what=finding.what, demand=finding.demand)
    finding.full_clean(exclude=["words"], validate_constraints=False)
    finding.words = vector(finding)
    insert(finding)
    step = _note(finding, FindingStep.Kind.OPEN, by, finding.demand, finding.due_on)
    attach(step, attached)
    if on_the_spot.strip():
        _close_on_the_spot(finding, by, on_the_spot.strip())
    audit(by=by, action="finding.open", subject=finding, path=_path(finding))
    _tell_owner(finding, step, f"有一个新的督导问题，最晚{_day(finding.due_on)}报送整改")
    return finding


def _close_on_the_spot(finding: Finding, by: User, text: str) -> None:
    require_printable(on_the_spot=text)
    today = timezone.localdate()
    finding.state, finding.on_the_spot = life.State.CLOSED, True
    finding.closed_by, finding.closed_on, finding.answered_on = by, today, today
    finding.save(update_fields=["state", "on_the_spot", "closed_by", "closed_on", "answered_on"])
    _note(finding, FindingStep.Kind.CLOSE, by, f"当场整改：{text}")


@transaction.atomic
def plan(*, by: User, finding: Finding, text: str, attached: Sequence[Taken] = ()) -> Finding:
    """What the owner will do. Raises ValidationError, as every step below: not now (code "state"), or no words."""
    locked, step = _take(by, finding, Step.PLAN, text, attached)
    return _kept(locked, step)


@transaction.atomic
def submit(*, by: User, finding: Finding, text: str, attached: Sequence[Taken] = ()) -> Finding:
    """What was done, for somebody else to verify."""
    locked, step = _take(by, finding, Step.SUBMIT, text, attached)
    locked.answered_by, locked.answered_on, locked.asked_until = by, step.day, None
    locked.verified_by = locked.verified_on = None
    _kept(locked, step)
    _tell_inspectors(locked, step, "整改已报送，请核查")
    return locked


@transaction.atomic
def send_back(*, by: User, finding: Finding, text: str, attached: Sequence[Taken] = ()) -> Finding:
    """It is not put right: with the reason. The deadline stays."""
    locked, step = _take(by, finding, Step.SEND_BACK, text, attached)
    locked.answered_on = None
    _kept(locked, step)
    _tell_owner(locked, step, f"整改被退回：{step.text}")
    return locked


@transaction.atomic
def verify(*, by: User, finding: Finding, text: str = "", attached: Sequence[Taken] = ()) -> Finding:
    """It is put right. By another person than the one who answered (code "same_person")."""
    locked, step = _take(by, finding, Step.VERIFY, text, attached)
    if locked.answered_by_id == by.pk:
        raise ValidationError(SAME_PERSON, code="same_person")
    locked.verified_by, locked.verified_on = by, step.day
    _kept(locked, step)
    return locked


@transaction.atomic
def close(*, by: User, finding: Finding, text: str = "") -> Finding:
    """销号."""
    locked, step = _take(by, finding, Step.CLOSE, text)
    locked.closed_by, locked.closed_on = by, step.day
    _kept(locked, step)
    _tell_owner(locked, step, "问题已销号")
    return locked


@transaction.atomic
def reopen(
    *, by: User | None, finding: Finding, text: str, due_on: dt.date | None = None, attached: Sequence[Taken] = ()
) -> Finding:
    """It is there again: counted, with a deadline of its own. `by` is None where a rule found it."""
    locked, step = _take(by, finding, Step.REOPEN, text, attached)
    locked.due_on = due_on or deadlines.due_on(locked.place.pk, step.day, locked.severity)
    if locked.due_on < step.day:
        raise ValidationError({"due_on": "整改期限不能早于今天。"})
    locked.first_due_on, locked.stage, locked.reopened = locked.due_on, Finding.Stage.NONE, locked.reopened + 1
    locked.answered_by = locked.verified_by = locked.closed_by = None
    locked.answered_on = locked.verified_on = locked.closed_on = None
    locked.on_the_spot = False
    step.until = locked.due_on
    step.save(update_fields=["until"])
    _kept(locked, step)
    _tell_owner(locked, step, f"问题复发，重新立项，最晚{_day(locked.due_on)}报送整改")
    return locked


@transaction.atomic
def ask_extension(*, by: User, finding: Finding, until: dt.date, text: str) -> Finding:
    """More time, if somebody above agrees: until a day after the deadline and not gone by. Once at a time."""
    locked, step = _take(by, finding, Step.ASK_EXTENSION, text)
    if locked.asked_until:
        raise ValidationError("已经申请过延期，还没有答复。", code="state")
    if until <= max(locked.due_on, step.day):
        raise ValidationError({"until": f"请填一个晚于{_day(max(locked.due_on, step.day))}的日期。"})
    locked.asked_until, step.until = until, until
    step.save(update_fields=["until"])
    _kept(locked, step)
    _tell_inspectors(locked, step, f"申请延期到{_day(until)}")
    return locked


@transaction.atomic
def grant_extension(*, by: User, finding: Finding, text: str = "") -> Finding:
    """By another person than the one who asked (code "same_person"); the delay counts from the new deadline."""
    locked, step = _take(by, finding, Step.GRANT_EXTENSION, text)
    until = _asked(locked)
    if asked_by(locked) == by.pk:
        raise ValidationError(ASKED_HERSELF, code="same_person")
    locked.due_on, locked.asked_until, locked.stage, step.until = until, None, Finding.Stage.NONE, until
    step.save(update_fields=["until"])
    _kept(locked, step)
    _tell_owner(locked, step, f"同意延期，最晚{_day(locked.due_on)}报送整改")
    return locked


@transaction.atomic
def refuse_extension(*, by: User, finding: Finding, text: str) -> Finding:
    locked, step = _take(by, finding, Step.REFUSE_EXTENSION, text)
    _asked(locked)
    locked.asked_until = None
    _kept(locked, step)
    _tell_owner(locked, step, f"不同意延期：{step.text}")
    return locked


@transaction.atomic
def remind(*, by: User, finding: Finding) -> Finding:
    """Urge the owner to answer. Raises ValidationError: it owes nothing (code "state"), or was reminded today."""
    locked = Finding.objects.with_owner().select_for_update(of=("self",)).get(pk=finding.pk)
    if locked.state not in life.OWING:
        raise ValidationError(f"“{locked.get_state_display()}”的不用催办。", code="state")
    if locked.steps.filter(kind=FindingStep.Kind.REMIND, day=timezone.localdate()).exists():
        raise ValidationError("今天已经催办过。")
    step = _note(locked, FindingStep.Kind.REMIND, by, "")
    locked.stage = max(locked.stage, Finding.Stage.REMINDED)
    _kept(locked, step)
    _tell_owner(locked, step, f"催办：最晚{_day(locked.due_on)}报送整改")
    return locked


def asked_by(finding: Finding) -> int | None:
    """The key of who asked for more time and waits for the answer; None where nobody does."""
    if finding.asked_until is None:
        return None
    asked = FindingStep.objects.filter(finding=finding, kind=FindingStep.Kind.ASK_EXTENSION)
    return asked.order_by("-pk").values_list("by", flat=True).first()


def _asked(finding: Finding) -> dt.date:
    if finding.asked_until is None:
        raise ValidationError("没有待答复的延期申请。", code="state")
    return finding.asked_until


def _take(
    by: User | None, finding: Finding, kind: Step, text: str, attached: Sequence[Taken] = ()
) -> tuple[Finding, FindingStep]:
    """Lock it, move its state and note the step; the caller sets the rest and saves."""
    locked = Finding.objects.with_owner().select_for_update(of=("self",)).get(pk=finding.pk)
    moved = life.after(locked.state, kind)
    if moved is None:
        label = FindingStep.Kind(kind.value).label
        raise ValidationError(NOT_NOW.format(locked.get_state_display(), label), code="state")
    text = text.strip()
    if not text and kind in ASKED_WORDS:
        raise ValidationError({"text": ASKED_WORDS[kind]})
    require_printable(text=text)
    locked.state = moved
    step = _note(locked, FindingStep.Kind(kind.value), by, text)
    attach(step, attached)
    return locked, step


def _note(
    finding: Finding, kind: FindingStep.Kind, by: User | None, text: str, until: dt.date | None = None
) -> FindingStep:
    step = FindingStep(finding=finding, kind=kind, by=by, text=text, until=until)
    step.full_clean(validate_unique=False, validate_constraints=False)
    step.save()
    return step


def _kept(finding: Finding, step: FindingStep) -> Finding:
    with in_words(finding):
        finding.save()
    audit(by=step.by, action=f"finding.{step.kind}", subject=finding, path=_path(finding))
    return finding


def vector(finding: Finding) -> SearchVector:
    """By what it is found: what was found and asked, whose it is, its category."""
    text = words.document(finding.what, finding.demand, finding.owner_name, finding.get_category_display())
    return SearchVector(Value(text), config="simple")


def _tell_owner(finding: Finding, step: FindingStep, text: str) -> None:
    told = people.answering(finding.place.pk, timezone.localdate()).exclude(pk__in=[step.by_id] if step.by_id else [])
    _tell(told, finding, step, text)


def _tell_inspectors(finding: Finding, step: FindingStep, text: str) -> None:
    """Who found it, while she still may see it; the others of the county where a rule did, or she took the step."""
    inspectors = people.inspectors(_path(finding), timezone.localdate(), but=step.by)
    found_by = inspectors.filter(pk__in=[finding.found_by_id])
    _tell(found_by if found_by.exists() else inspectors, finding, step, f"{finding.owner_name}：{text}")


def _tell(users: Iterable[User], finding: Finding, step: FindingStep, text: str) -> None:
    url = reverse("inspections:finding_detail", args=[finding.pk])
    tell(users, key=f"finding:{finding.pk}:{step.pk}", text=f"{text}（{finding.what}）", url=url)


def _path(finding: Finding) -> str:
    return finding.path_on(timezone.localdate())


def _day(day: dt.date) -> str:
    return f"{day:%-m月%-d日}"
