"""A school's weekly plan: which subjects set homework on which weekday, and the no-homework day of each grade."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import audit
from homework.models import WeekPlan, WeekPlanEntry
from schools.models import School, Subject

# Of a plan: Monday to Friday. A Saturday that is taught in place of a day off is left open.
WEEKDAYS = range(1, 6)


@dataclass(frozen=True, slots=True)
class Cell:
    """One grade on one weekday: a no-homework day, or the subjects whose turn it is; neither leaves it open."""

    subjects: Collection[int] = ()
    is_no_homework_day: bool = False


@transaction.atomic
def adopt_week_plan(*, by: User, school: School, first_day: dt.date, cells: Mapping[tuple[int, int], Cell]) -> WeekPlan:
    """Adopt a plan from a coming day on; the one before ends the day before. `cells` are by grade and weekday.

    Raises ValidationError: begins today or earlier, when homework has been set by the plan before; both a no-homework
    day and subjects in one cell; a subject that sets no homework in the grade.
    """
    School.objects.select_for_update(no_key=True).get(pk=school.pk)
    if first_day <= timezone.localdate():
        raise ValidationError({"first_day": "周计划从明天起才能执行，今天及以前的作业已按原来的安排公示。"})
    school.unit.path_on_typed(first_day)
    _end_earlier(school, first_day)
    plan = WeekPlan(school=school, first_day=first_day, made_by=by)
    plan.full_clean()
    plan.save()
    subjects = Subject.objects.in_bulk({pk for cell in cells.values() for pk in cell.subjects})
    entries = []
    for (grade, weekday), cell in cells.items():
        _require_sense(grade, weekday, cell, subjects)
        said = [None] if cell.is_no_homework_day else [subjects[pk] for pk in cell.subjects]
        entries += [WeekPlanEntry(plan=plan, grade=grade, weekday=weekday, subject=subject) for subject in said]
    WeekPlanEntry.objects.bulk_create(entries)
    audit(by=by, action="week_plan.adopt", subject=plan, path=school.unit.path_on(first_day))
    return plan


def _end_earlier(school: School, first_day: dt.date) -> None:
    """A plan that has not begun gives way to the new one; what held earlier ends the day before."""
    for plan in WeekPlan.objects.touching(first_day, dt.date.max).filter(school=school):
        if plan.first_day >= first_day:
            plan.delete()
        else:
            plan.last_day = first_day - dt.timedelta(days=1)
            plan.save(update_fields=["last_day"])


def _require_sense(grade: int, weekday: int, cell: Cell, subjects: Mapping[int, Subject]) -> None:
    key = f"cell_{grade}_{weekday}"
    if cell.is_no_homework_day and cell.subjects:
        raise ValidationError({key: "选了无作业日，就不能再选学科。"})
    for pk in cell.subjects:
        if grade not in subjects[pk].homework_grades:
            raise ValidationError({key: f"这个年级不布置{subjects[pk]}作业。"})


def cells_of(plan: WeekPlan) -> dict[tuple[int, int], Cell]:
    """What a plan says, by grade and weekday. One query."""
    said: dict[tuple[int, int], list[int | None]] = {}
    for entry in plan.entries.order_by("subject__rank"):
        said.setdefault((entry.grade, entry.weekday), []).append(entry.subject_id)
    return {
        key: Cell(is_no_homework_day=True) if None in subjects else Cell([pk for pk in subjects if pk is not None])
        for key, subjects in said.items()
    }
