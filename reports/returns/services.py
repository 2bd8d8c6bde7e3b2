"""A return's way: filled, sent, accepted or sent back, unlocked by two; the late are urged. Callers checked roles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import jobs
from accounts.models import Job, User
from accounts.notifications import Line, tell, tell_lines
from accounts.refusals import in_words
from accounts.services import audit
from reports.compute import cut_off_days
from reports.models import ASKED, Return, ReturnStep
from reports.returns import checks, computed, life
from reports.returns.collection import late, receiver_of
from reports.returns.due import due_on
from reports.returns.life import Step
from schools import access
from schools.models import OrgUnit, Posting
from schools.periods import Period

NOT_NOW = "这份上报现在是“{}”，不能{}。请刷新页面看最新情况。"
ASKED_WORDS = {
    Step.SEND_BACK: "请写明退回的原因，对方看得到。",
    Step.ASK_UNLOCK: "请写明为什么要开锁。",
    Step.KEEP_LOCKED: "请写明不同意的原因。",
}
NOT_HERSELF = {
    Step.ACCEPT: "这份上报是您报送的，不能自己接收。请换一位接收。",
    Step.UNLOCK: "开锁是您申请的，不能自己同意。请换一位。",
}


def known_of(unit: OrgUnit, period: Period, today: dt.date) -> checks.Known:
    """What the system finds of the items that the unit is asked, as on `today`."""
    first_day, last_day = period.stated_days(cut_off_days(period))
    last_day = min(last_day, today)
    if last_day < first_day:
        return checks.Known()
    if unit.level == OrgUnit.Level.SCHOOL:
        found = computed.of_schools([unit.pk], first_day, last_day).get(unit.pk)
        return checks.Known(found.items, found.reasons) if found else checks.Known()
    return checks.Known(computed.of_area(unit, first_day, last_day))


def last_answers(unit: OrgUnit, period: Period) -> dict[int, Any]:
    """Of the period before; empty where there is no return of it."""
    before = Return.objects.of_period(period.previous()).filter(unit=unit).first()
    return before.answers if before else {}


@transaction.atomic
def fill(*, by: User, unit: OrgUnit, period: Period, said: Mapping[str, Any], explanation: str = "") -> Return:
    """Keep what was filled in. Raises ValidationError: not now (code "state"), a period to come, an unfit answer."""
    today = timezone.localdate()
    if today < period.stated_days(cut_off_days(period))[0]:
        raise ValidationError(f"{period.name}还没有开始，到时再填。")
    if not unit.is_open_on(min(period.last_day, today)):
        raise ValidationError(f"{unit.name}在{period.name}还没有开办或已停办。")
    row = Return.objects.select_for_update().filter(unit=unit).of_period(period).first()
    state = _moved(row, Step.FILL)
    if row is None:
        row = Return(unit=unit, level=unit.level, kind=period.kind)
        row.first_day, row.last_day = period.first_day, period.last_day
    for name in ASKED[unit.level].values():
        setattr(row, name, said.get(name))
    row.explanation, row.state, row.is_imported = explanation.strip(), state, False
    row.full_clean(validate_unique=False)
    return _kept(row, Step.FILL, by)


@transaction.atomic
def send(*, by: User, row: Return) -> Return:
    """Up to the unit above. Raises ValidationError: not now, or warnings that nobody explained (code "warning")."""
    locked = _locked(row)
    state = _moved(locked, Step.SEND)
    today = timezone.localdate()
    if not locked.explanation:
        _require_no_warning(locked, today)
    locked.state, locked.sent_by = state, by
    locked.first_sent_on = locked.first_sent_on or today
    return _kept(locked, Step.SEND, by, locked.explanation)


def _require_no_warning(row: Return, today: dt.date) -> None:
    known, last = known_of(row.unit, row.period, today), last_answers(row.unit, row.period)
    if found := checks.warnings(row.level, row.answers, known, last):
        raise ValidationError({"explanation": [*found, "核对无误的，请在“说明”里写明原因再报送。"]}, code="warning")


@transaction.atomic
def accept(*, by: User, row: Return, text: str = "") -> Return:
    """By another person than the one who sent it (code "same_person")."""
    locked = _locked(row)
    state = _moved(locked, Step.ACCEPT)
    if locked.sent_by_id == by.pk:
        raise ValidationError(NOT_HERSELF[Step.ACCEPT], code="same_person")
    locked.state, locked.accepted_by = state, by
    return _kept(locked, Step.ACCEPT, by, text)


@transaction.atomic
def send_back(*, by: User, row: Return, text: str) -> Return:
    """With the reason; its reporters are told."""
    locked = _locked(row)
    locked.state = _moved(locked, Step.SEND_BACK)
    kept = _kept(locked, Step.SEND_BACK, by, text)
    _tell_reporters(kept, f"上报被退回：{text.strip()}")
    return kept


@transaction.atomic
def ask_unlock(*, by: User, row: Return, text: str) -> Return:
    """Whoever reports or receives asks, with the reason; another person of the unit above answers."""
    locked = _locked(row)
    _moved(locked, Step.ASK_UNLOCK)
    if locked.unlock_asked_by_id:
        raise ValidationError("已经申请过开锁，还没有答复。", code="state")
    locked.unlock_asked_by, locked.unlock_reason = by, text.strip()[:300]
    return _kept(locked, Step.ASK_UNLOCK, by, text)


@transaction.atomic
def unlock(*, by: User, row: Return, text: str = "") -> Return:
    """By another person than the one who asked (code "same_person"); it goes back to be put right."""
    locked = _asked(row)
    locked.state = _moved(locked, Step.UNLOCK)
    if locked.unlock_asked_by_id == by.pk:
        raise ValidationError(NOT_HERSELF[Step.UNLOCK], code="same_person")
    locked.unlock_asked_by, locked.unlock_reason, locked.accepted_by = None, "", None
    kept = _kept(locked, Step.UNLOCK, by, text)
    _tell_reporters(kept, "已开锁，请改正后重新报送")
    return kept


@transaction.atomic
def keep_locked(*, by: User, row: Return, text: str) -> Return:
    locked = _asked(row)
    locked.unlock_asked_by, locked.unlock_reason = None, ""
    return _kept(locked, Step.KEEP_LOCKED, by, text)


CARRY_OUT: dict[Step, Callable[..., Return]] = {
    Step.ACCEPT: accept,
    Step.SEND_BACK: send_back,
    Step.ASK_UNLOCK: ask_unlock,
    Step.UNLOCK: unlock,
    Step.KEEP_LOCKED: keep_locked,
}


def accept_all(*, by: User, rows: Collection[Return]) -> tuple[int, list[str]]:
    """Each on its own: how many were accepted, and why the others were not."""
    done, refused = 0, []
    for row in rows:
        try:
            accept(by=by, row=row)
        except ValidationError as error:
            refused.append(f"{row.unit.name}：{''.join(error.messages)}")
        else:
            done += 1
    return done, refused


def ask_to_remind(*, by: User, unit: OrgUnit, period: Period) -> Job:
    """催报 in the background: everybody of the area who has not sent yet."""
    arguments: dict[str, object] = {"unit": unit.pk, "period": period.code}
    key = _remind_key(unit, period)
    return jobs.enqueue("reports.tasks.remind_of_returns", key=key, arguments=arguments, by=by)


def last_reminding(unit: OrgUnit, period: Period) -> Job | None:
    return Job.objects.filter(key=_remind_key(unit, period)).order_by("-pk").first()


def _remind_key(unit: OrgUnit, period: Period) -> str:
    return f"remind:{unit.code}:{period.code}"


def remind(unit: OrgUnit, period: Period, today: dt.date) -> int:
    """Tell the reporters of each unit below `unit` that has not sent; once a day. How many units. Three queries."""
    waiting = {one.pk: one for one in late(unit, period, today)}
    roles = access.ROLES_FOR["file_return"]
    posted = Posting.objects.on(today).filter(unit__in=waiting, role__in=roles, user__is_active=True).order_by()
    lines = []
    for user, pk in posted.values_list("user", "unit").distinct():
        one = waiting[pk]
        due = due_on(one.level, period)
        when = f"{due:%-m月%-d日}截止，请尽快报送" if today <= due else f"{due:%-m月%-d日}已截止，还没有报送"
        key = f"return-due:{one.pk}:{period.code}:{today.isoformat()}"
        lines.append(Line(user, key, f"催报：{one.name}{period.name}上报，{when}。", _url(one, period)))
    tell_lines(lines)
    audit(by=None, action="return.remind", subject=unit, period=period.code, units=len(waiting))
    return len(waiting)


def _locked(row: Return) -> Return:
    return Return.objects.select_related("unit").select_for_update(of=("self",)).get(pk=row.pk)


def _asked(row: Return) -> Return:
    locked = _locked(row)
    if locked.unlock_asked_by_id is None:
        raise ValidationError("没有待答复的开锁申请。", code="state")
    return locked


def _moved(row: Return | None, step: Step) -> str:
    state = row.state if row else life.State.EMPTY.value
    moved = life.after(state, step)
    if moved is None:
        label = ReturnStep.Kind(step.value).label
        now = row.get_state_display() if row else "未填"
        raise ValidationError(NOT_NOW.format(now, label), code="state")
    return moved.value


def _kept(row: Return, step: Step, by: User, text: str = "") -> Return:
    text = text.strip()
    if step in ASKED_WORDS and not text:
        raise ValidationError({"text": ASKED_WORDS[step]})
    with in_words(row):
        row.save()
    ReturnStep.objects.create(of=row, kind=step.value, by=by, text=text[:500])
    audit(by=by, action=f"return.{step}", subject=row, unit=row.unit.code, period=row.period.code)
    return row


def _tell_reporters(row: Return, text: str) -> None:
    today = timezone.localdate()
    roles = access.ROLES_FOR["file_return"]
    posted = Posting.objects.on(today).filter(unit=row.unit_id, role__in=roles).order_by()
    users = User.objects.filter(pk__in=posted.values("user"), is_active=True)
    key = f"return:{row.pk}:{row.steps.count()}"
    tell(users, key=key, text=f"{row.period.name}{text}", url=_url(row.unit, row.period))


def _url(unit: OrgUnit, period: Period) -> str:
    return reverse("reports:return_detail", args=[unit.code, period.code])


def lock_words(row: Return, today: dt.date) -> str:
    """As `life.lock_words`; two queries where it is locked."""
    return life.lock_words(row.state, receiver_of(row.unit, today)) if row.state in life.STANDS else ""
