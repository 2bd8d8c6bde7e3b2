"""Who is on duty: 值班领导 and 巡查 of a day, and who stands in for a session's teacher."""

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import refusals
from accounts.models import User
from accounts.notifications import Line, tell_lines
from accounts.sent_forms import is_first
from accounts.services import audit
from afterschool.availability import bookings, why_not
from afterschool.models import Duty, ServiceBreak, Session, Worker
from afterschool.services.courses import path_of
from afterschool.services.sessions import DAYS_AHEAD, lock, require_open
from schools.models import ChangedDay, School, SchoolDay

ROSTER = (Duty.Kind.LEAD, Duty.Kind.PATROL)
# How far ahead a roster of duties may be written.
ROSTER_AHEAD = dt.timedelta(days=200)
WEEK = dt.timedelta(days=7)


@transaction.atomic
def set_duty(
    *,
    by: User,
    school: School,
    day: dt.date,
    kind: str,
    worker: Worker,
    starts_at: dt.time,
    ends_at: dt.time,
    key: uuid.UUID | None = None,
) -> Duty | None:
    """Put somebody on duty; None where the form with this key was carried out before.

    Raises ValidationError: no school day, unfit, or booked already (the other booking is named).
    """
    if key and not is_first(by, key):
        return None
    if kind not in ROSTER:
        raise ValidationError({"kind": "请选择值班领导或巡查。"})
    if ends_at <= starts_at:
        raise ValidationError({"ends_at": "结束时间必须晚于开始时间。"})
    if day > timezone.localdate() + ROSTER_AHEAD:
        raise ValidationError({"day": "日期太远，请核对。"})
    if day < timezone.localdate():
        require_open(school, day)
    if not SchoolDay.objects.held().filter(school=school, day=day).exists():
        raise ValidationError({"day": "这一天不上课。校历有误时，请先调整校历。"})
    _lock_free(worker, school, day, starts_at, ends_at)
    duty = Duty(school=school, day=day, kind=kind, worker=worker, starts_at=starts_at, ends_at=ends_at, made_by=by)
    duty.full_clean(validate_constraints=False)
    refusals.insert(duty)
    audit(
        by=by, action="duty.set", subject=duty, path=path_of(school), day=day.isoformat(), kind=kind, worker=worker.pk
    )
    return duty


@transaction.atomic
def remove_duty(*, by: User, duty: Duty) -> None:
    """Take somebody off the roster; the row stays. Raises ValidationError for one who stands in, or too late."""
    locked = Duty.objects.select_for_update().get(pk=duty.pk)
    if locked.kind not in ROSTER:
        raise ValidationError("代班请在“代班”里更换。")
    if locked.day < timezone.localdate():
        require_open(locked.school, locked.day)
    if locked.replaced_at is None:
        locked.replaced_at = timezone.now()
        locked.save(update_fields=["replaced_at"])
        audit(by=by, action="duty.remove", subject=locked, path=path_of(locked.school))


@transaction.atomic
def copy_week(*, by: User, school: School, monday: dt.date) -> tuple[int, list[str]]:
    """Put those on duty in this week who were a week before, on the same weekdays; what is there already stays.

    Return how many were copied, and in words whom that left out and why. Today and later only.
    """
    sunday = monday + WEEK - dt.timedelta(days=1)
    held = SchoolDay.objects.held().filter(school=school).between(monday, sunday).values_list("day", flat=True)
    stopped = ServiceBreak.objects.filter(school=school).between(monday, sunday).values_list("day", flat=True)
    days = set(held) - set(stopped)
    roster = Duty.objects.standing().filter(school=school, kind__in=ROSTER)
    there = set(roster.filter(day__range=(monday, sunday)).values_list("day", "kind", "worker", "starts_at"))
    before = roster.filter(day__range=(monday - WEEK, sunday - WEEK))
    copied, left_out = 0, []
    for duty in before.select_related("worker__body").order_by("day", "pk"):
        day = duty.day + WEEK
        same = (day, duty.kind, duty.worker_id, duty.starts_at)
        if day < timezone.localdate() or same in there:
            continue
        try:
            if day not in days:
                raise ValidationError("这一天不上课，或停止课后服务")
            _copy(by, duty, day)
        except ValidationError as error:
            left_out.append(f"{day:%-m月%-d日}{duty.worker}：{''.join(error.messages)}")
        else:
            copied += 1
    if copied:
        audit(by=by, action="duty.copy", subject=school, path=path_of(school), monday=monday.isoformat(), duties=copied)
    return copied, left_out


def _copy(by: User, duty: Duty, day: dt.date) -> None:
    _lock_free(duty.worker, duty.school, day, duty.starts_at, duty.ends_at)
    fresh = Duty(
        school_id=duty.school_id,
        day=day,
        kind=duty.kind,
        worker=duty.worker,
        starts_at=duty.starts_at,
        ends_at=duty.ends_at,
        made_by=by,
    )
    with transaction.atomic():
        refusals.insert(fresh)


@transaction.atomic
def substitute(*, by: User, session: Session, worker: Worker) -> None:
    """Let `worker` stand in for the session's teacher; the group's own teacher: she takes it herself again.

    Raises ValidationError: not held, too late, unfit, or booked already (the other booking is named).
    """
    locked = lock(session)
    require_open(locked.school, locked.day, ahead=DAYS_AHEAD)
    if locked.state == Session.State.CANCELLED:
        raise ValidationError("这一次已登记为未开展，不用代班。")
    if worker.pk == (locked.worker_id or locked.group.worker_id):
        return
    before = locked.worker or locked.group.worker
    replaced = Duty.objects.standing().filter(session=locked)
    if worker.pk == locked.group.worker_id:
        replaced.update(replaced_at=timezone.now())
        locked.worker = None
    else:
        taken = _lock_free(worker, locked.school, locked.day, locked.starts_at, locked.ends_at)
        replaced.update(replaced_at=timezone.now())
        _insert(locked, taken, by)
        locked.worker = taken
    locked.save(update_fields=["worker"])
    ChangedDay.objects.note([(locked.school_id, locked.day)])
    path = path_of(locked.school)
    audit(by=by, action="session.substitute", subject=locked, path=path, before=before.pk, after=worker.pk)
    _tell(locked, before, worker)


def _insert(session: Session, worker: Worker, by: User) -> None:
    refusals.insert(
        Duty(
            school_id=session.school_id,
            day=session.day,
            kind=Duty.Kind.SUBSTITUTE,
            worker=worker,
            session=session,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            made_by=by,
        )
    )


def _lock_free(worker: Worker, school: School, day: dt.date, starts_at: dt.time, ends_at: dt.time) -> Worker:
    """Her row, held until the transaction ends, so that nobody books her twice. Raises ValidationError."""
    rows = Worker.objects.select_related("body", "user").select_for_update(of=("self",))
    locked = rows.filter(school=school, pk=worker.pk).first()
    if locked is None:
        raise ValidationError("请从本校课后服务人员中选。")
    booked = bookings(school, day, [locked.pk])[locked.pk]
    if words := why_not(locked, booked, day, starts_at, ends_at):
        raise ValidationError(f"{locked}{words}。", code="booked")
    return locked


def _tell(session: Session, before: Worker, after: Worker) -> None:
    """Both, where they have an account; again for each change."""
    what = f"{session.day:%-m月%-d日}{session.starts_at:%H:%M}—{session.ends_at:%H:%M} {session.group}"
    key = f"substitute:{session.pk}:{before.pk}:{after.pk}:{timezone.now():%Y%m%d%H%M%S}"
    url = f"{reverse('afterschool:today')}?day={session.day.isoformat()}"
    tell_lines(
        Line(worker.user_id, key, text, url)
        for worker, text in (
            (after, f"请您带班：{what}（原由{before}）。"),
            (before, f"{what}改由{after}带班。"),
        )
        if worker.user_id
    )
