"""Which limit and which cut-off hold for a class on a day: the State's figure with the local rules above the school."""

import datetime as dt
from dataclasses import dataclass

from homework import policy
from homework.models import CutOff, LocalLimit
from schools.models import ClassGroup, School, Teaching


@dataclass(frozen=True, slots=True)
class ClassRules:
    """What a class's notice of one day is judged by."""

    grade: int
    limit: int  # minutes of written work at home
    cut_off: dt.time | None
    due: frozenset[int]  # ids of the subjects whose word is needed


def rules_for(class_group: ClassGroup, day: dt.date) -> ClassRules:
    """Four queries: the school's place, local limits, the cut-off, and the subjects due. `class_group.school.unit` is read."""
    grade = class_group.grade_on(day)
    codes = units_above(class_group.school, day)
    cut_off = CutOff.objects.in_force(codes, day)
    teachings = Teaching.objects.on(day).filter(class_group=class_group).setting_homework(grade)
    return ClassRules(
        grade=grade,
        limit=limit_minutes(class_group.school, grade, day, codes),
        cut_off=cut_off.until if cut_off else None,
        due=frozenset(teachings.values_list("subject_id", flat=True)),
    )


def units_above(school: School, day: dt.date) -> list[str]:
    """Codes from the city down to the school itself."""
    return school.unit.path_on(day).strip("/").split("/")


def limit_minutes(school: School, grade: int, day: dt.date, codes: list[str]) -> int:
    """The strictest of the State's limit and those of the units with these codes. Raises policy.NoLimitKnownError."""
    stage = school.stage_of(grade)
    local = LocalLimit.objects.in_force(day).of_units(codes).filter(stage=stage, grade=grade)
    return policy.strictest(policy.national_limit(stage, grade, day).minutes, local.values_list("minutes", flat=True))
