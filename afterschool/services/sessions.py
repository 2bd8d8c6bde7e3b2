"""Sessions of a day: made from the groups' timetables, not held, and a whole day without service."""

import datetime as dt
from collections.abc import Collection
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts import refusals
from accounts.models import User
from accounts.notifications import tell
from accounts.services import audit
from afterschool.models import CourseGroup, Duty, Enrolment, FollowedWeekday, ServiceBreak, Session
from afterschool.services.courses import path_of
from paper.pdf import require_printable
from schools.models import ChangedDay, School, SchoolDay

SQL = Path(__file__).parent.parent / "sql"
MAKE_SQL = (SQL / "sessions_of_day.sql").read_text(encoding="utf8")
ASTRAY_SQL = (SQL / "sessions_astray.sql").read_text(encoding="utf8")
EXPECT_SQL = (SQL / "expected_of_day.sql").read_text(encoding="utf8")

# For which days a roll may still be taken or put right, today's not counted.
SCHOOL_DAYS_TO_ADD_LATE = 7
# How far ahead sessions may be made, for somebody to stand in who is known to be away.
DAYS_AHEAD = 7


@transaction.atomic
def make_sessions(day: dt.date, schools: Collection[int] | None = None) -> int:
    """Make the sessions of `day` that are not there yet, of all schools or of these; return how many."""
    return _run(MAKE_SQL, [day], schools, groups=None)


@transaction.atomic
def refresh_expected(day: dt.date, schools: Collection[int] | None = None) -> int:
    """Expect in the sessions still planned those who are enrolled now; return in how many that changed something."""
    return _run(EXPECT_SQL, [day], schools)


@transaction.atomic
def follow_timetable(group: CourseGroup, now: dt.datetime) -> None:
    """The sessions to come are those of the group as it is now; `group` is held and saved.

    What its timetable no longer has goes, with who was to stand in, unless it has begun or says anything already. On
    the days whose sessions the school has, those that it has now are made.
    """
    made = Session.objects.filter(school=group.school_id, day__gte=timezone.localdate(now))
    days = list(made.values_list("day", flat=True).distinct().order_by())
    _drop_astray(days, now, groups=[group.pk])
    _run(MAKE_SQL, days, [group.school_id], groups=[group.pk])


@transaction.atomic
def follow_calendar(*, pairs: Collection[tuple[int, dt.date]], **of_signal: object) -> None:
    """Sessions to come on days that are no longer taught go; today's are made where it is taught after all.

    Hears `schools.signals.days_turned`.
    """
    now = timezone.localtime()
    today = timezone.localdate(now)
    days = sorted({day for _, day in pairs if day >= today})
    if not days:
        return
    schools = {school for school, day in pairs if day >= today}
    _drop_astray(days, now, schools=schools)
    if today in days:
        make_sessions(today, schools)


def _drop_astray(
    days: Collection[dt.date],
    now: dt.datetime,
    *,
    schools: Collection[int] | None = None,
    groups: Collection[int] | None = None,
) -> int:
    """Take away what no timetable has any more, and return how many; who was to stand in is told."""
    with connection.cursor() as cursor:
        chosen = {"schools": _array(schools), "groups": _array(groups)}
        cursor.execute(ASTRAY_SQL, {"days": list(days), "now": timezone.make_naive(now), **chosen})
        gone = Session.objects.filter(pk__in=[pk for (pk,) in cursor.fetchall()])
    if not gone:
        return 0
    _tell_who_was_to_stand_in(gone)
    Duty.objects.filter(session__in=gone).delete()
    ChangedDay.objects.note(gone.values_list("school", "day"))
    return gone.delete()[0]


def _tell_who_was_to_stand_in(sessions: Collection[Session]) -> None:
    duties = Duty.objects.standing().filter(session__in=sessions, worker__user__isnull=False)
    for duty in duties.select_related("worker__user", "session__group"):
        text = f"{duty.day:%-m月%-d日}{duty.starts_at:%H:%M}{duty.session.group}的时间有变动，原定代班取消。"  # type: ignore[union-attr]
        tell([duty.worker.user], key=f"duty-gone:{duty.pk}", text=text, url=reverse("afterschool:today"))  # type: ignore[list-item]


def expect_anew(groups: Collection[int]) -> None:
    """After their rosters changed: who is expected in the sessions of today and to come whose roll is not taken. One
    statement."""
    on_the_day = Enrolment.objects.filter(
        group=OuterRef("group"), first_day__lte=OuterRef("day"), last_day__gte=OuterRef("day")
    )
    counted = on_the_day.order_by().values("group").annotate(count=Count("pk")).values("count")
    waiting = Session.objects.filter(group__in=groups, day__gte=timezone.localdate(), state=Session.State.PLANNED)
    waiting.update(expected=Coalesce(Subquery(counted), 0))


def _run(sql: str, days: Collection[dt.date], schools: Collection[int] | None, **groups: Collection[int] | None) -> int:
    """Carry out what answers with counts by school and day, note these as changed and return the sum."""
    with connection.cursor() as cursor:
        chosen = {name: _array(values) for name, values in groups.items()}
        cursor.execute(sql, {"days": list(days), "schools": _array(schools), **chosen})
        counts = {(school, day): count for school, day, count in cursor.fetchall()}
    if counts:
        ChangedDay.objects.note(counts)
    return sum(counts.values())


def _array(ids: Collection[int] | None) -> list[int] | None:
    return None if ids is None else sorted(ids)


@transaction.atomic
def make_missing_sessions(*, by: User, school: School, day: dt.date, weekday: int | None = None) -> int:
    """教导处 has them made: on a make-up day, for a roster that came late, or ahead.

    `weekday`: whose timetable the day follows from now on; None: its own. What was made by another goes, unless it has
    begun or says anything already. Returns how many were made. Raises ValidationError.
    """
    now = timezone.localtime()
    today = timezone.localdate(now)
    if day > today + dt.timedelta(days=DAYS_AHEAD):
        raise ValidationError(f"最多提前{DAYS_AHEAD}天生成。")
    if day < today:
        require_open(school, day)
    if not SchoolDay.objects.held().filter(school=school, day=day).exists():
        raise ValidationError("这一天不上课。校历有误时，请先调整校历。")
    if ServiceBreak.objects.filter(school=school, day=day).exists():
        raise ValidationError("这一天已登记为停止课后服务。请先恢复，再生成。")
    _follow_weekday(by, school, day, weekday)
    gone = _drop_astray([day], now, schools=[school.pk])
    made = make_sessions(day, [school.pk])
    if not made and not gone:
        raise ValidationError("没有可生成的安排：这一天没有班组上课，或者都已生成。班组的时间在“课程和班组”里设置。")
    said = {"day": day.isoformat(), "weekday": weekday, "sessions": made}
    audit(by=by, action="session.make", subject=school, path=path_of(school), **said)
    return made


def _follow_weekday(by: User, school: School, day: dt.date, weekday: int | None) -> None:
    followed = FollowedWeekday.objects.filter(school=school, day=day)
    if weekday in (None, day.isoweekday()):
        followed.delete()
    else:
        values = {"weekday": weekday, "made_by": by}
        FollowedWeekday.objects.update_or_create(school=school, day=day, defaults=values)


@transaction.atomic
def cancel_session(*, by: User, session: Session, reason: str) -> None:
    """Say that it was not held, and why; whoever stands in is free again.

    Raises ValidationError: the roll has been taken, too late, or no reason.
    """
    locked = lock(session)
    require_open(locked.school, locked.day, ahead=DAYS_AHEAD)
    if locked.state == Session.State.HELD:
        raise ValidationError("已经点名，不能登记为未开展。")
    locked.state, locked.reason = Session.State.CANCELLED, _said(reason)
    locked.recorded_by, locked.recorded_at, locked.worker = by, timezone.now(), None
    locked.save(update_fields=["state", "reason", "recorded_by", "recorded_at", "worker"])
    locked.duties.standing().update(replaced_at=timezone.now())
    ChangedDay.objects.note([(locked.school_id, locked.day)])
    audit(by=by, action="session.cancel", subject=locked, path=path_of(locked.school), reason=locked.reason)


@transaction.atomic
def cancel_day(*, by: User, school: School, day: dt.date, reason: str) -> ServiceBreak:
    """A school day without service, with the reason; its sessions are not held and nobody is on duty.

    Raises ValidationError: no school day, a roll has been taken, too late, said before, or no reason.
    """
    if day < timezone.localdate():
        require_open(school, day)
    if not SchoolDay.objects.held().filter(school=school, day=day).exists():
        raise ValidationError({"day": "这一天不上课，不用登记。"})
    stopped = ServiceBreak(school=school, day=day, reason=_said(reason), made_by=by)
    stopped.full_clean(validate_constraints=False)
    refusals.insert(stopped)
    sessions = Session.objects.filter(school=school, day=day).select_for_update()
    states = {session.state for session in sessions}
    if Session.State.HELD in states:
        raise ValidationError("这一天已有班组点名，不能登记为全天停止。没有开展的班组请逐个登记。")
    Session.objects.filter(school=school, day=day, state=Session.State.PLANNED).update(
        state=Session.State.CANCELLED, reason=stopped.reason, recorded_by=by, recorded_at=timezone.now(), worker=None
    )
    Duty.objects.on(day).standing().filter(school=school).update(replaced_at=timezone.now())
    ChangedDay.objects.note([(school.pk, day)])
    audit(by=by, action="service_break.add", subject=stopped, path=path_of(school), day=day.isoformat())
    return stopped


@transaction.atomic
def resume_day(*, by: User, school: School, day: dt.date) -> None:
    """There is service on this day after all; what was not held for the day's reason is to be held again.

    The entry goes, the audit trail keeps it. Raises ValidationError: nothing was said, or too late.
    """
    stopped = ServiceBreak.objects.select_for_update().filter(school=school, day=day).first()
    if stopped is None:
        raise ValidationError("这一天没有登记停止课后服务。")
    if day < timezone.localdate():
        require_open(school, day)
    stopped_too = Session.objects.filter(school=school, day=day, state=Session.State.CANCELLED, reason=stopped.reason)
    is_made = stopped_too.update(state=Session.State.PLANNED, reason="", recorded_by=None, recorded_at=None)
    audit(by=by, action="service_break.end", subject=stopped, path=path_of(school), day=f"{day}", reason=stopped.reason)
    stopped.delete()
    _drop_astray([day], timezone.localtime(), schools=[school.pk])
    if is_made or day == timezone.localdate():
        make_sessions(day, [school.pk])
    ChangedDay.objects.note([(school.pk, day)])


def lock(session: Session) -> Session:
    """As it is now, held until the transaction ends, with its group and school."""
    rows = Session.objects.select_related("group", "school__unit").select_for_update(of=("self",))
    return rows.get(pk=session.pk)


def is_open(school: School, day: dt.date) -> bool:
    """Whether what happened on `day` may still be written down: today's, and that of the last few school days."""
    return day == timezone.localdate() or day in _open_days(school)


def require_open(school: School, day: dt.date, *, ahead: int = 0) -> None:
    """Raises ValidationError for a day to come (further off than `ahead` days) or too long ago."""
    today = timezone.localdate()
    if day > today + dt.timedelta(days=ahead):
        raise ValidationError("还没有到这一天，不能提前登记。")
    if day < today and day not in _open_days(school):
        raise ValidationError(f"只能补登、更正最近{SCHOOL_DAYS_TO_ADD_LATE}个上课日的。", code="late")


def _open_days(school: School) -> list[dt.date]:
    held = SchoolDay.objects.held().filter(school=school, day__lt=timezone.localdate()).order_by("-day")
    return list(held.values_list("day", flat=True)[:SCHOOL_DAYS_TO_ADD_LATE])


def _said(reason: str) -> str:
    """Raises ValidationError for none, or one that cannot be printed."""
    text = reason.strip()
    if not text:
        raise ValidationError({"reason": "请写明原因。"})
    require_printable(reason=text)
    return text
