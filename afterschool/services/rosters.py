"""Who is in which group: joining, leaving, moving, and what is taken back before it began."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.refusals import in_words
from accounts.sent_forms import is_first
from accounts.services import audit
from afterschool import bookings
from afterschool.models import CourseGroup, Enrolment, Pupil
from afterschool.services.courses import path_of
from afterschool.services.groups import lock_group, lock_pupils
from afterschool.services.sessions import expect_anew
from schools.services.classes import note_days_from


@transaction.atomic
def enrol(
    *,
    by: User,
    group: CourseGroup,
    pupils: Sequence[Pupil],
    first_day: dt.date,
    last_day: dt.date | None = None,
    key: uuid.UUID | None = None,
) -> list[Enrolment] | None:
    """All of them or none, from `first_day` to the group's end or `last_day`.

    None where the form with this key was carried out before. Raises ValidationError: a place or a time that is taken,
    a grade that the group is not for.
    """
    if key and not is_first(by, key):
        return None
    locked = lock_group(group.pk)
    held = lock_pupils([pupil.pk for pupil in pupils])
    return _put(by, locked, held, first_day, last_day or locked.last_day)


@transaction.atomic
def leave(*, by: User, enrolment: Enrolment, last_day: dt.date) -> None:
    """Always possible. Raises ValidationError for a day outside the enrolment."""
    group = lock_group(enrolment.group_id)
    row = _locked(enrolment)
    if not row.first_day <= last_day <= row.last_day:
        raise ValidationError(
            {"last_day": f"请填{row.first_day:%Y年%-m月%-d日}到{row.last_day:%-m月%-d日}之间的一天。"}
        )
    row.last_day = last_day
    row.save(update_fields=["last_day"])
    expect_anew([group.pk])
    note_days_from(group.school, last_day)
    _audit(by, "enrolment.leave", row, group, last_day=last_day.isoformat())


@transaction.atomic
def take_back(*, by: User, enrolment: Enrolment) -> None:
    """As if she had never been put in. Raises ValidationError once it has begun: then she can only leave."""
    group = lock_group(enrolment.group_id)
    _take_back(by, _locked(enrolment), group)


@transaction.atomic
def move(*, by: User, enrolment: Enrolment, group: CourseGroup, first_day: dt.date) -> Enrolment:
    """From one group into another on `first_day`; she is in the old one to the day before. Raises ValidationError."""
    if enrolment.group_id == group.pk:
        raise ValidationError({"group": "请选择另一个班组。"})
    locked = {pk: lock_group(pk) for pk in sorted((enrolment.group_id, group.pk))}
    old, new = locked[enrolment.group_id], locked[group.pk]
    held = lock_pupils([enrolment.pupil_id])
    row = _locked(enrolment)
    if first_day > row.last_day:
        raise ValidationError({"first_day": f"{row.last_day:%Y年%-m月%-d日}后已不在原班组，请直接加入新班组。"})
    if first_day <= row.first_day:
        _take_back(by, row, old)
    else:
        row.last_day = first_day - dt.timedelta(days=1)
        row.save(update_fields=["last_day"])
        expect_anew([old.pk])
        note_days_from(old.school, first_day)
        _audit(by, "enrolment.leave", row, old, last_day=row.last_day.isoformat())
    [added] = _put(by, new, held, first_day, new.last_day)
    return added


def has_begun(enrolment: Enrolment) -> bool:
    """Whether she has, or may have, been there: from yesterday, or since the roll was called."""
    if enrolment.first_day < timezone.localdate():
        return True
    return enrolment.group.sessions.held().filter(day__gte=enrolment.first_day).exists()


def _put(
    by: User, group: CourseGroup, pupils: Sequence[Pupil], first_day: dt.date, last_day: dt.date
) -> list[Enrolment]:
    """`group` and `pupils` are locked."""
    _require_days(group, first_day, last_day)
    known = bookings.rosters([group.pk], [pupil.pk for pupil in pupils])
    problems = []
    for pupil in pupils:
        if why := why_not(known, group, pupil, first_day, last_day):
            problems.append(f"{pupil}{why}。")
        else:
            known.add(pupil.pk, group, first_day, last_day)
    if problems:
        raise ValidationError(problems)
    rows = [
        Enrolment(group=group, pupil=pupil, first_day=first_day, last_day=last_day, weekly=group.weekly, made_by=by)
        for pupil in pupils
    ]
    with in_words(Enrolment()):
        Enrolment.objects.bulk_create(rows)
    expect_anew([group.pk])
    note_days_from(group.school, first_day)
    audit(
        by=by,
        action="enrolment.add",
        subject=group,
        path=path_of(group.school),
        pupils=[pupil.pk for pupil in pupils],
        days=[first_day.isoformat(), last_day.isoformat()],
    )
    return rows


def why_not(known: bookings.Rosters, group: CourseGroup, pupil: Pupil, first_day: dt.date, last_day: dt.date) -> str:
    """Why this pupil cannot be in the group on these days; empty where she can. `pupil.class_group` is read."""
    if pupil.school_id != group.school_id or pupil.erased_at:
        return "不在本校名单上"
    if why := bookings.unfit_grade(group, pupil.class_group.grade_on(first_day)):
        return why
    return known.refusal(pupil.pk, group, first_day, last_day)


def _require_days(group: CourseGroup, first_day: dt.date, last_day: dt.date) -> None:
    days = f"{group.first_day:%Y年%-m月%-d日}到{group.last_day:%-m月%-d日}"
    if not group.first_day <= first_day <= group.last_day:
        raise ValidationError({"first_day": f"请填班组开展的日子：{days}之间。"})
    if not first_day <= last_day <= group.last_day:
        raise ValidationError({"last_day": f"请填班组开展的日子：{days}之间，不早于加入日期。"})


def _take_back(by: User, row: Enrolment, group: CourseGroup) -> None:
    if has_begun(row):
        raise ValidationError("已经开始或已点过名，不能撤销，只能退出。")
    _audit(by, "enrolment.take_back", row, group)
    note_days_from(group.school, row.first_day)
    row.delete()
    expect_anew([group.pk])


def _locked(enrolment: Enrolment) -> Enrolment:
    """As it is now that its group is held. Raises ValidationError where it has gone meanwhile."""
    row = Enrolment.objects.filter(pk=enrolment.pk).select_related("group", "pupil").first()
    if row is None:
        raise ValidationError("这条名单刚被他人撤销，请刷新后再看。")
    return row


def _audit(by: User, action: str, row: Enrolment, group: CourseGroup, **detail: object) -> None:
    audit(by=by, action=action, subject=row, path=path_of(group.school), group=group.pk, pupil=row.pupil_id, **detail)
