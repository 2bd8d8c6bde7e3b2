"""Courses, employees and the prices set for academic training. Callers checked roles."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.refusals import insert
from accounts.sent_forms import is_first
from accounts.services import audit
from paper.pdf import require_printable
from schools.models import OrgUnit
from training.models import Course, CourseSlot, Employee, GuidePrice, Institution


@transaction.atomic
def add_course(
    *,
    by: User,
    institution: Institution,
    slots: Sequence[tuple[int, int, int]],
    key: uuid.UUID | None = None,
    **said: object,
) -> Course | None:
    """`slots`: weekday (1 is Monday), start and end in minutes of the day. None where it was carried out before.

    What breaks a rule is kept all the same: it is on sale, and its page says what is wrong. Raises ValidationError.
    """
    if key and not is_first(by, key):
        return None
    course = Course(institution=institution, made_by=by, **said)
    require_printable(name=course.name)
    course.full_clean(validate_constraints=False)
    insert(course)
    for weekday, start, end in slots:
        if start >= end:
            raise ValidationError({"slots": "上课的结束时间要晚于开始时间。"})
        CourseSlot.objects.create(course=course, weekday=weekday, start_minute=start, end_minute=end)
    audit(by=by, action="course.add", subject=course, path=_path(institution.county), name=course.name)
    return course


@transaction.atomic
def remove_course(*, by: User, course: Course) -> None:
    """It was entered by mistake, or was never on sale; one that is over stays."""
    path = _path(course.institution.county)
    audit(by=by, action="course.remove", subject=course, path=path, name=course.name, cents=course.cents)
    course.delete()


@transaction.atomic
def add_employee(
    *, by: User, institution: Institution, key: uuid.UUID | None = None, **said: object
) -> Employee | None:
    """None where the form was carried out before. Raises ValidationError."""
    if key and not is_first(by, key):
        return None
    employee = Employee(institution=institution, made_by=by, **said)
    require_printable(name=employee.name)
    employee.full_clean(validate_constraints=False)
    insert(employee)
    audit(by=by, action="employee.add", subject=employee, path=_path(institution.county))
    return employee


@transaction.atomic
def end_employee(*, by: User, employee: Employee, day: dt.date) -> None:
    """She works there until `day`. Raises ValidationError."""
    locked = Employee.objects.select_related("institution__county").select_for_update(of=("self",)).get(pk=employee.pk)
    if locked.last_day:
        raise ValidationError("已经登记过离岗。", code="state")
    if not locked.first_day <= day <= timezone.localdate():
        raise ValidationError({"day": "离岗日期不能早于到岗日期，也不能晚于今天。"})
    locked.last_day = day
    locked.save(update_fields=["last_day"])
    audit(by=by, action="employee.end", subject=locked, path=_path(locked.institution.county), day=day.isoformat())


@transaction.atomic
def set_guide_price(*, by: User, unit: OrgUnit, **said: object) -> GuidePrice:
    """As a city's or county's price office set it, from a day on. Raises ValidationError."""
    price = GuidePrice(unit=unit, made_by=by, **said)
    require_printable(document=price.document)
    price.full_clean(validate_constraints=False)
    insert(price)
    audit(by=by, action="guide_price.set", subject=price, path=_path(unit), cents=price.cents)
    return price


def _path(unit: OrgUnit) -> str:
    return unit.path_on(timezone.localdate())
