"""Groups of a course: opened, changed with everybody's timetable, ended."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.db.models import Max, Q
from django.utils import timezone

from accounts.models import User
from accounts.refusals import in_words, insert
from accounts.sent_forms import is_first
from accounts.services import audit
from afterschool import policy
from afterschool.bookings import clash_of_group
from afterschool.models import Course, CourseGroup, Enrolment, Pupil, Room, Session, Worker
from afterschool.services.courses import path_of
from afterschool.services.sessions import follow_timetable
from afterschool.services.timetables import Rewriting, rewrite, write
from afterschool.week import Slot, as_minutes
from schools.models import School
from schools.services.classes import note_days_from


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Who teaches a group, where, when, for whom. Both ends of its days are included."""

    name: str
    grades: Sequence[int]
    worker: Worker
    room: Room | None
    capacity: int
    slots: Sequence[Slot]
    first_day: dt.date
    last_day: dt.date


@transaction.atomic
def open_group(
    *, by: User, course: Course, arrangement: Arrangement, key: uuid.UUID | None = None
) -> CourseGroup | None:
    """None where the form with this key was carried out before. Raises ValidationError, naming the other booking."""
    if key and not is_first(by, key):
        return None
    if course.is_closed:
        raise ValidationError(f"“{course}”已停开，不能再开班组。")
    group = CourseGroup(school=course.school, course=course)
    _arrange(group, arrangement)
    _hold(arrangement)
    _require_fit(arrangement, arrangement.first_day)
    _require_free(group, arrangement)
    insert(group)
    follow_timetable(group, timezone.localtime())
    note_days_from(course.school, group.first_day)
    audit(by=by, action="service_group.open", subject=group, path=path_of(group.school), **_said(arrangement))
    return group


@transaction.atomic
def change_group(*, by: User, group: CourseGroup, arrangement: Arrangement) -> None:
    """Another timetable holds from today: the pupils' enrolments follow, or none of it is done.

    Raises ValidationError: the teacher or the room is booked, pupils would be in two places, too many pupils.
    """
    today = timezone.localdate()
    locked = lock_group(group.pk)
    old_worker, old_slots = locked.worker, locked.slots
    old_days = (locked.first_day, locked.last_day)
    _require_days(locked, arrangement, today)
    _arrange(locked, arrangement)
    rewriting = rewrite(locked, old_days=old_days, is_retimed=old_slots != locked.slots, today=today)
    lock_pupils(rewriting.pupils)
    _hold(arrangement)
    if old_worker != locked.worker or old_days != (locked.first_day, locked.last_day):
        _require_fit(arrangement, max(locked.first_day, min(today, locked.last_day)))
    _require_free(locked, arrangement)
    _require_pupils_fit(by, locked, rewriting)
    with in_words(locked):
        locked.save()
    with in_words(Enrolment()):
        write(locked, rewriting)
    if old_worker != locked.worker:
        _keep_who_served(locked, old_worker, today)
    follow_timetable(locked, timezone.localtime())
    note_days_from(locked.school, min(locked.first_day, old_days[0]))
    audit(by=by, action="service_group.change", subject=locked, path=path_of(locked.school), **_said(arrangement))


@transaction.atomic
def end_group(*, by: User, group: CourseGroup, last_day: dt.date) -> None:
    """Its pupils leave with it; who would have come later does not come. Raises ValidationError for a day that will
    not do."""
    today = timezone.localdate()
    locked = lock_group(group.pk)
    old_days = (locked.first_day, locked.last_day)
    if not locked.first_day <= last_day <= locked.last_day:
        raise ValidationError(
            {"last_day": f"请填{locked.first_day:%Y年%-m月%-d日}到{locked.last_day:%-m月%-d日}之间的一天。"}
        )
    _require_nothing_held_after(locked, last_day)
    locked.last_day = last_day
    write(locked, rewrite(locked, old_days=old_days, is_retimed=False, today=today))
    locked.save(update_fields=["last_day"])
    follow_timetable(locked, timezone.localtime())
    note_days_from(locked.school, last_day)
    audit(
        by=by,
        action="service_group.end",
        subject=locked,
        path=path_of(locked.school),
        last_day=last_day.isoformat(),
    )


@transaction.atomic
def take_back_group(*, by: User, group: CourseGroup) -> None:
    """A group that has not begun goes, with who was to come. Raises ValidationError once it has."""
    locked = lock_group(group.pk)
    if locked.first_day <= timezone.localdate() or locked.sessions.exists():
        raise ValidationError("班组已经开始，不能撤销，只能结束。")
    audit(by=by, action="service_group.take_back", subject=locked, path=path_of(locked.school), name=locked.name)
    locked.enrolments.all().delete()
    school, first_day = locked.school, locked.first_day
    locked.delete()
    note_days_from(school, first_day)


def lock_group(group_id: int) -> CourseGroup:
    """Whoever changes a group or its roster takes the group first, then pupils, then the teacher, then the room."""
    groups = CourseGroup.objects.select_for_update(no_key=True, of=("self",))
    return groups.select_related("school__unit", "worker__body", "course", "room").get(pk=group_id)


def lock_pupils(pupils: Sequence[int]) -> list[Pupil]:
    """By ids; after their groups."""
    rows = Pupil.objects.select_for_update(no_key=True, of=("self",)).select_related("class_group")
    return list(rows.filter(pk__in=pupils).order_by("pk"))


def _hold(arrangement: Arrangement) -> None:
    """So that nobody books the teacher or the room between our question and our answer: of two inserts that exclude
    each other each may otherwise wait for the other. Raises ValidationError for a room closed meanwhile."""
    Worker.objects.select_for_update(no_key=True).get(pk=arrangement.worker.pk)
    if arrangement.room and Room.objects.select_for_update(no_key=True).get(pk=arrangement.room.pk).is_closed:
        raise ValidationError({"room": "这个场地已停用，请另选一个。"})


def _arrange(group: CourseGroup, arrangement: Arrangement) -> None:
    """Raises ValidationError for what the arrangement alone says wrong."""
    _require_times(arrangement.slots)
    school: School = group.school
    if wrong := [grade for grade in arrangement.grades if grade not in school.grades]:
        raise ValidationError({"grades": f"{school}没有{'、'.join(map(str, wrong))}年级。"})
    if not arrangement.grades:
        raise ValidationError({"grades": "请选择年级。"})
    if arrangement.worker.school_id != school.pk:
        raise ValidationError({"worker": "请选择本校课后服务人员。"})
    if arrangement.room and arrangement.room.school_id != school.pk:
        raise ValidationError({"room": "请选择本校的场地。"})
    group.name, group.grades = arrangement.name.strip(), sorted(arrangement.grades)
    group.worker, group.room, group.capacity = arrangement.worker, arrangement.room, arrangement.capacity
    group.weekly = [NumericRange(lower, upper) for lower, upper in as_minutes(arrangement.slots)]
    group.first_day, group.last_day = arrangement.first_day, arrangement.last_day
    if group.last_day < group.first_day:
        raise ValidationError({"last_day": "截止日期不能早于起始日期。"})
    group.full_clean(validate_constraints=False)
    if not 1 <= group.capacity <= 200:
        raise ValidationError({"capacity": "人数上限应在1到200之间。"})
    same = CourseGroup.objects.filter(school=school, name=group.name).exclude(pk=group.pk)
    if same.touching(group.first_day, group.last_day).exists():
        raise ValidationError({"name": "这段时间已有同名的班组，请换一个名称。"})


def _require_times(slots: Sequence[Slot]) -> None:
    if not slots:
        raise ValidationError("请填写每周的时间：选星期，再填开始和结束。")
    for slot in slots:
        if slot.ends_at <= slot.starts_at:
            raise ValidationError(f"{slot.name}：结束时间必须晚于开始时间。")
    ordered = sorted(slots)
    for one, after in pairwise(ordered):
        if one.overlaps(after):
            raise ValidationError(f"{one.name}和{after.name}有重叠，请分开。")


def _require_fit(arrangement: Arrangement, first_day: dt.date) -> None:
    fitness = arrangement.worker.fitness
    day = policy.first_unfit_day(fitness, first_day, arrangement.last_day)
    if day:
        why = policy.why_unfit(fitness, day)
        rule = policy.national_rules()["admitted_only"]
        raise ValidationError(
            {"worker": f"{arrangement.worker}{day:%Y年%-m月%-d日}不能任教：{why}。依据：{rule.source}。"}
        )


def _require_free(group: CourseGroup, arrangement: Arrangement) -> None:
    taught = CourseGroup.objects.filter(worker=arrangement.worker)
    if clash := clash_of_group(group, taught, arrangement.slots):
        raise ValidationError({"worker": f"{arrangement.worker}{clash}，请换教师或时间。"})
    if arrangement.room:
        held = CourseGroup.objects.filter(room=arrangement.room)
        if clash := clash_of_group(group, held, arrangement.slots):
            raise ValidationError({"room": f"{arrangement.room}{clash}，请换场地或时间。"})


def _require_days(group: CourseGroup, arrangement: Arrangement, today: dt.date) -> None:
    """Days on which something has happened stay."""
    if group.first_day <= today and arrangement.first_day != group.first_day:
        raise ValidationError({"first_day": "班组已经开始，不能改起始日期。"})
    _require_nothing_held_after(group, arrangement.last_day)


def _require_nothing_held_after(group: CourseGroup, last_day: dt.date) -> None:
    held_on = group.sessions.held().aggregate(day=Max("day"))["day"]
    if held_on and held_on > last_day:
        raise ValidationError({"last_day": f"{held_on:%Y年%-m月%-d日}已点过名，截止日期不能早于这一天。"})


def _require_pupils_fit(by: User, group: CourseGroup, rewriting: Rewriting) -> None:
    if words := rewriting.clash_words(by, group):
        raise ValidationError(words)
    most = rewriting.greatest_from(max(group.first_day, timezone.localdate()), group.last_day)
    if most > group.capacity:
        raise ValidationError({"capacity": f"班组里同一天最多已有{most}人，人数上限不能低于{most}。"})


def _keep_who_served(group: CourseGroup, worker: Worker, today: dt.date) -> None:
    """What was held stays with who held it: the hours of days gone by do not pass to the new teacher."""
    gone = Q(day__lt=today) | Q(state=Session.State.HELD)
    Session.objects.filter(gone, group=group, worker=None).update(worker=worker)
    Session.objects.filter(~gone, group=group, worker=group.worker).update(worker=None)


def _said(arrangement: Arrangement) -> dict[str, object]:
    return {
        "name": arrangement.name,
        "worker": arrangement.worker.pk,
        "room": arrangement.room.pk if arrangement.room else None,
        "capacity": arrangement.capacity,
        "times": [slot.name for slot in arrangement.slots],
        "days": [arrangement.first_day.isoformat(), arrangement.last_day.isoformat()],
    }
