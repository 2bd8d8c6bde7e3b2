"""Classes: their days, sizes, head teachers and teachings."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import models, transaction

from accounts.models import User
from accounts.services import audit
from schools.dated import not_over
from schools.models import ChangedDay, ClassGroup, ClassSize, HeadTeacher, School, SchoolDay, Subject, Teaching
from schools.models.classes import new_board_key


@transaction.atomic
def open_class(
    *,
    by: User | None,
    school: School,
    entry_year: int,
    entry_grade: int,
    number: int,
    first_day: dt.date,
    pupils: int | None = None,
) -> ClassGroup:
    """Raises ValidationError for a class that exists, or a grade the school does not teach."""
    if entry_grade not in school.grades:
        raise ValidationError({"entry_grade": f"{school}没有{entry_grade}年级。"})
    class_group = ClassGroup(
        school=school, entry_year=entry_year, entry_grade=entry_grade, number=number, first_day=first_day
    )
    class_group.full_clean()
    class_group.save()
    if pupils is not None:
        set_class_size(by=by, class_group=class_group, first_day=first_day, pupils=pupils)
    note_days_from(school, first_day)
    audit(by=by, action="class.open", subject=class_group, first_day=first_day.isoformat())
    return class_group


@transaction.atomic
def close_class(*, by: User | None, class_group: ClassGroup, last_day: dt.date) -> None:
    """The class is due until `last_day`; its head teacher and teachings end with it. Its past stays."""
    class_group.last_day = last_day
    class_group.full_clean()
    class_group.save()
    for rows in (class_group.head_teachers, class_group.teachings):
        rows.filter(last_day=None, first_day__lte=last_day).update(last_day=last_day)
    note_days_from(class_group.school, last_day)
    audit(by=by, action="class.close", subject=class_group, last_day=last_day.isoformat())


@transaction.atomic
def set_class_size(*, by: User | None, class_group: ClassGroup, first_day: dt.date, pupils: int) -> None:
    """Pupils on the roll from `first_day` until the next entry; an entry of the same day is replaced."""
    size = ClassSize.objects.filter(class_group=class_group, first_day=first_day).first() or ClassSize(
        class_group=class_group, first_day=first_day
    )
    size.pupils = pupils
    size.full_clean()
    size.save()
    audit(by=by, action="class.size", subject=class_group, pupils=pupils, first_day=first_day.isoformat())


@transaction.atomic
def assign_head_teacher(*, by: User | None, class_group: ClassGroup, user: User, first_day: dt.date) -> HeadTeacher:
    """From `first_day` on; the former 班主任 ends the day before. Naming the same person again changes nothing."""
    rows = HeadTeacher.objects.filter(class_group=class_group)
    current = rows.on(first_day).first()
    if current and current.user_id == user.pk:
        return current
    _end_before(rows, first_day)
    head_teacher = HeadTeacher(class_group=class_group, user=user, first_day=first_day)
    head_teacher.full_clean()
    head_teacher.save()
    audit(by=by, action="class.head_teacher", subject=class_group, user=user.pk, first_day=first_day.isoformat())
    return head_teacher


@transaction.atomic
def assign_teaching(
    *, by: User | None, class_group: ClassGroup, subject: Subject, teacher: User, first_day: dt.date
) -> Teaching:
    """From `first_day` on `teacher` teaches the subject; whoever did before ends the day before."""
    rows = Teaching.objects.filter(class_group=class_group, subject=subject)
    current = rows.on(first_day).filter(teacher=teacher).first()
    if current:
        return current
    _end_before(rows, first_day)
    teaching = Teaching(class_group=class_group, subject=subject, teacher=teacher, first_day=first_day)
    teaching.full_clean()
    teaching.save()
    note_days_from(class_group.school, first_day)
    audit(by=by, action="teaching.assign", subject=teaching, teacher=teacher.pk, first_day=first_day.isoformat())
    return teaching


@transaction.atomic
def end_teaching(*, by: User | None, teaching: Teaching, last_day: dt.date) -> None:
    """Raises ValidationError when it would end before it began, or has ended before."""
    if teaching.last_day and teaching.last_day < last_day:
        raise ValidationError(f"这项任课已于{teaching.last_day:%Y年%-m月%-d日}结束。")
    teaching.last_day = last_day
    teaching.full_clean()
    teaching.save()
    note_days_from(teaching.class_group.school, last_day)
    audit(by=by, action="teaching.end", subject=teaching, last_day=last_day.isoformat())


@transaction.atomic
def renew_board_key(*, by: User | None, class_group: ClassGroup) -> None:
    """The class's public page moves to an address that nobody knows yet; the old one leads nowhere.

    Neither key is written to the audit trail: who reads that need not know the address.
    """
    class_group.board_key = new_board_key()
    class_group.full_clean()
    class_group.save(update_fields=["board_key"])
    audit(by=by, action="class.renew_board_key", subject=class_group)


def note_days_from(school: School, first_day: dt.date) -> None:
    """What is due at the school has changed from `first_day` on: note its planned days for the sums."""
    days = SchoolDay.objects.filter(school=school, day__gte=first_day).values_list("day", flat=True)
    ChangedDay.objects.note((school.pk, day) for day in days)


def _end_before(rows: models.QuerySet, first_day: dt.date) -> None:
    """End rows that would still hold on `first_day`; one that began that very day is replaced outright."""
    rows.filter(first_day=first_day).delete()
    rows.filter(not_over(first_day), first_day__lt=first_day).update(last_day=first_day - dt.timedelta(days=1))
