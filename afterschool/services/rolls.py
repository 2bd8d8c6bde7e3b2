"""The roll of a session: everybody was there but for the exceptions. Its counts and its rows always agree."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification, User
from accounts.notifications import Line, tell_lines
from accounts.sent_forms import is_first
from accounts.services import audit
from afterschool.models import Absence, Enrolment, Pupil, ServiceBreak, Session
from afterschool.services.sessions import lock, require_open
from paper.pdf import require_printable
from schools.models import ChangedDay, HeadTeacher
from schools.services.webhooks import Message, queue_messages

LONGEST_CONTENT = 300


@dataclass(frozen=True, slots=True)
class Mark:
    """An exception: `kind` is an Absence.Kind; somebody fetched early has a time and one who fetched her."""

    pupil_id: int
    kind: str
    left_at: dt.time | None = None
    fetched_by: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a paper list says. `expected` counts only where no pupil of the group is on record."""

    expected: int
    absent: int = 0
    on_leave: int = 0
    left_early: int = 0


@transaction.atomic
def record_roll(
    *,
    by: User,
    session: Session,
    marks: Sequence[Mark],
    content: str,
    seen: dt.datetime | None,
    key: uuid.UUID | None = None,
    may_correct: bool = False,
) -> bool:
    """Replace the roll of a session wholly; False where the form with this key was carried out before.

    `seen`: when the roll that she saw had been taken, None where she saw none: what somebody else has written since
    stays (code "changed"). `may_correct`: 教导处 puts right what lies back. Raises ValidationError.
    """
    if key and not is_first(by, key):
        return False
    locked = _lock_open(session, by=by, may_correct=may_correct)
    _require_as_seen(locked, by, seen)
    pupils = _enrolled(locked)
    _check_marks(marks, pupils)
    counts = Counter(mark.kind for mark in marks)
    before = _absent(locked)
    _write(locked, by, content, Counts(len(pupils), *(counts[kind] for kind in Absence.Kind)), marks)
    _tell_head_teachers(locked, pupils, marks, before)
    return True


@transaction.atomic
def record_counts(
    *,
    by: User,
    session: Session,
    counts: Counts,
    content: str = "",
    marks: Sequence[Mark] = (),
    seen: dt.datetime | None = None,
    key: uuid.UUID | None = None,
) -> bool:
    """Enter a paper list of a session: its counts, and rows for those of the exceptions that are known.

    It is for 教导处. False where the form with this key was carried out before. `seen` and errors as in `record_roll`.
    """
    if key and not is_first(by, key):
        return False
    locked = _lock_open(session, by=by, may_correct=True)
    _require_as_seen(locked, by, seen)
    pupils = _enrolled(locked)
    _check_marks(marks, pupils)
    expected = len(pupils) or counts.expected
    if expected > locked.group.capacity and not pupils:
        raise ValidationError({"expected": f"应到人数不能超过班组人数上限{locked.group.capacity}。"})
    known = Counter(mark.kind for mark in marks)
    for kind, number in zip(Absence.Kind, (counts.absent, counts.on_leave, counts.left_early), strict=True):
        if known[kind] > number:
            raise ValidationError({str(kind): f"{kind.label}只有{number}人，却点出了{known[kind]}人。"})
    before = _absent(locked)
    _write(locked, by, content, Counts(expected, counts.absent, counts.on_leave, counts.left_early), marks)
    _tell_head_teachers(locked, pupils, marks, before)
    return True


@transaction.atomic
def record_day_counts(
    *,
    by: User,
    entries: Sequence[tuple[Session, Counts, str, dt.datetime | None]],
    key: uuid.UUID | None = None,
) -> dict[int, ValidationError]:
    """Enter several paper lists, all or none: what is in the way, by session. A form sent twice is entered once.

    Of each: the session, its counts, what was done, and when the roll that was seen had been taken.
    """
    if key and not is_first(by, key):
        return {}
    refused: dict[int, ValidationError] = {}
    for session, counts, content, seen in sorted(entries, key=lambda entry: entry[0].pk):
        try:
            record_counts(by=by, session=session, counts=counts, content=content, seen=seen)
        except ValidationError as error:
            refused[session.pk] = error
    if refused:
        transaction.set_rollback(True)
    return refused


def _require_as_seen(session: Session, by: User, seen: dt.datetime | None) -> None:
    """Raises ValidationError where somebody else has written the roll since."""
    if session.recorded_at != seen and session.recorded_by_id not in (by.pk, None):
        who = session.recorded_by.name if session.recorded_by else ""
        raise ValidationError(f"{who}在这期间已经登记过这次点名，您的没有保存。请刷新页面核对后再改。", code="changed")


def _lock_open(session: Session, *, by: User, may_correct: bool) -> Session:
    """The session, if its roll may be written now. Raises ValidationError."""
    locked = lock(session)
    require_open(locked.school, locked.day)
    if ServiceBreak.objects.filter(school=locked.school_id, day=locked.day).exists():
        raise ValidationError("这一天已登记为停止课后服务，不能点名。有误请联系教导处。")
    is_correction = locked.state != Session.State.PLANNED
    if is_correction and not may_correct and locked.day < timezone.localdate():
        raise ValidationError("点名只能当天更正。以后要更正，请联系教导处。", code="late")
    return locked


def _enrolled(session: Session) -> dict[int, Pupil]:
    """Who is expected, by id, with their classes."""
    enrolments = Enrolment.objects.on(session.day).filter(group=session.group_id)
    return {enrolment.pupil_id: enrolment.pupil for enrolment in enrolments.select_related("pupil__class_group")}


def _check_marks(marks: Sequence[Mark], pupils: Collection[int]) -> None:
    seen = [mark.pupil_id for mark in marks]
    if len(seen) != len(set(seen)):
        raise ValidationError("同一名学生点了两次，请刷新页面后再试。")
    if set(seen) - set(pupils):
        raise ValidationError("名单已有变动：有学生已不在这个班组。请刷新页面，按新名单点名。", code="changed")
    for mark in marks:
        is_early = mark.kind == Absence.Kind.LEFT_EARLY
        if is_early and (mark.left_at is None or not mark.fetched_by.strip()):
            raise ValidationError("提前接走请填写时间和接走人。")


def _write(session: Session, by: User, content: str, counts: Counts, marks: Sequence[Mark]) -> None:
    session.content = content.strip()
    require_printable(content=session.content)
    session.state, session.reason = Session.State.HELD, ""
    session.expected = counts.expected
    session.absent, session.on_leave, session.left_early = counts.absent, counts.on_leave, counts.left_early
    if counts.absent + counts.on_leave + counts.left_early > counts.expected:
        raise ValidationError("缺席、请假和提前接走合计不能超过应到人数。")
    session.recorded_by, session.recorded_at = by, timezone.now()
    session.full_clean(validate_constraints=False, exclude=["group", "school", "worker", "recorded_by"])
    session.save()
    session.absences.all().delete()
    Absence.objects.bulk_create(_row(session, mark) for mark in marks)
    ChangedDay.objects.note([(session.school_id, session.day)])
    path = session.school.unit.path_on(timezone.localdate())
    audit(by=by, action="session.record", subject=session, path=path, absent=session.absent, expected=session.expected)


def _row(session: Session, mark: Mark) -> Absence:
    is_early = mark.kind == Absence.Kind.LEFT_EARLY
    return Absence(
        session=session,
        pupil_id=mark.pupil_id,
        kind=mark.kind,
        left_at=mark.left_at if is_early else None,
        fetched_by=mark.fetched_by.strip()[:20] if is_early else "",
    )


def _absent(session: Session) -> set[int]:
    """By id, who was absent without leave when the roll was written last."""
    return set(session.absences.filter(kind=Absence.Kind.ABSENT).values_list("pupil", flat=True))


def _tell_head_teachers(
    session: Session, pupils: dict[int, Pupil], marks: Sequence[Mark], before: Collection[int]
) -> None:
    """Who is absent without leave today is at once the matter of her class's 班主任: told once per pupil and day.

    `before`: who was when the roll was written last. Of a class without 班主任 the robot alone tells, of these once.
    """
    if session.day != timezone.localdate():
        return
    classes = {pupil.class_group_id for pupil in pupils.values()}
    heads = dict(HeadTeacher.objects.on(session.day).filter(class_group__in=classes).values_list("class_group", "user"))
    keys = {_key(session.day, "absent", pk): pupil for pk, pupil in pupils.items()}
    lines = Notification.objects.filter(user__in=heads.values(), key__in=keys)
    told = {keys[key].pk for key in lines.values_list("key", flat=True)}
    absent = {mark.pupil_id for mark in marks if mark.kind == Absence.Kind.ABSENT}
    fresh = [pupils[pk] for pk in sorted(absent - told)]
    righted = [pupils[pk] for pk in sorted(told - absent)]
    where = f"{session.group}（{session.starts_at:%H:%M}）"
    url = reverse("accounts:notification_list")
    tell_lines(
        Line(heads[pupil.class_group_id], _key(session.day, kind, pupil.pk), f"{pupil}{words}", url)
        for kind, words, some in (
            ("absent", f"今天课后服务{where}点名缺席，没有请假。请马上联系家长核实去向。", fresh),
            ("found", f"今天在课后服务{where}不再记为缺席：点名已更正，或后一次服务已到。", righted),
        )
        for pupil in some
        if pupil.class_group_id in heads
    )
    untold = [pupil for pupil in fresh if pupil.class_group_id in heads or pupil.pk not in before]
    _tell_the_group(session, untold, heads)


def _tell_the_group(session: Session, absent: Sequence[Pupil], heads: dict[int, int]) -> None:
    """To the school's robot, in numbers: no pupil is named there."""
    if not absent:
        return
    classes = Counter(pupil.class_group.name_on(session.day) for pupil in absent)
    counted = "、".join(f"{name}{number}人" for name, number in sorted(classes.items()))
    text = (
        f"【作业公示】{session.school}课后服务点名：{session.group}（{session.starts_at:%H:%M}）缺席未请假，{counted}。"
        "请班主任打开“消息”查看，马上联系家长。"
    )
    mentions = tuple({heads[one.class_group_id]: None for one in absent if one.class_group_id in heads})
    queue_messages([Message(session.school_id, f"absent:{session.pk}:{timezone.now():%H%M%S}", text, mentions)])


def _key(day: dt.date, kind: str, pupil_id: int) -> str:
    return f"service:{day.isoformat()}:{kind}:{pupil_id}"
