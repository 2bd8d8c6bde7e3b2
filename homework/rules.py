"""Which limit and cut-off hold for classes on days: the State's figures with the local rules above each school."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from homework import policy
from homework.models import CutOff, LocalLimit
from schools.dated import holding_between
from schools.models import ClassGroup, School, Subject, Teaching, UnitPlace
from schools.models.units import codes_in


@dataclass(frozen=True, slots=True)
class ClassRules:
    """What a class's notice of one day is judged by."""

    grade: int
    limit: int  # minutes of written work at home
    cut_off: dt.time | None
    reviewed_first: bool
    due: frozenset[int]  # ids of the subjects whose word is needed


class RuleBook:
    """The local rules above some schools in some days: read once by `read`, then asked without queries."""

    def __init__(self, places: Iterable[UnitPlace], limits: Iterable[LocalLimit], cut_offs: Iterable[CutOff]) -> None:
        self._places: dict[int, list[UnitPlace]] = defaultdict(list)
        for place in places:
            self._places[place.unit_id].append(place)
        self._limits: dict[tuple[str, str, int], list[LocalLimit]] = defaultdict(list)
        for limit in limits:
            self._limits[limit.unit.code, limit.stage, limit.grade].append(limit)
        self._cut_offs: dict[str, list[CutOff]] = defaultdict(list)
        for cut_off in sorted(cut_offs, key=lambda row: row.first_day):
            self._cut_offs[cut_off.unit.code].append(cut_off)

    @classmethod
    def read(cls, school_ids: Iterable[int], first_day: dt.date, last_day: dt.date) -> RuleBook:
        """Three queries."""
        in_time = holding_between(first_day, last_day)
        places = list(UnitPlace.objects.filter(in_time, unit__in=list(school_ids)))
        codes = {code for place in places for code in codes_in(place.path)}
        limits = LocalLimit.objects.of_units(codes).touching(first_day, last_day).select_related("unit")
        cut_offs = CutOff.objects.filter(unit__code__in=codes, first_day__lte=last_day).select_related("unit")
        return cls(places, limits, cut_offs)

    def codes(self, school_id: int, day: dt.date) -> list[str]:
        """Codes from the city down to the school itself; empty when the school had no place that day."""
        for place in self._places[school_id]:
            if holds(place, day):
                return codes_in(place.path)
        return []

    def limit(self, school: School, grade: int, day: dt.date) -> int:
        """Minutes of written work at home. Raises policy.NoLimitKnownError."""
        stage = school.stage_of(grade)
        local = [
            rule.minutes
            for code in self.codes(school.pk, day)
            for rule in self._limits[code, stage, grade]
            if holds(rule, day)
        ]
        return policy.strictest(policy.national_limit(stage, grade, day).minutes, local)

    def cut_off(self, school_id: int, day: dt.date) -> dt.time | None:
        return policy.earliest(row.until for row in self._cut_offs_on(school_id, day))

    def is_reviewed_first(self, school_id: int, day: dt.date) -> bool:
        return any(row.reviewed_first for row in self._cut_offs_on(school_id, day))

    def _cut_offs_on(self, school_id: int, day: dt.date) -> list[CutOff]:
        """Each unit's latest entry."""
        begun = ([row for row in self._cut_offs[code] if row.first_day <= day] for code in self.codes(school_id, day))
        return [rows[-1] for rows in begun if rows]


def rules_for(class_group: ClassGroup, day: dt.date) -> ClassRules:
    """Four queries. `class_group.school` is read. Raises policy.NoLimitKnownError."""
    book = RuleBook.read([class_group.school_id], day, day)
    grade = class_group.grade_on(day)
    return ClassRules(
        grade=grade,
        limit=book.limit(class_group.school, grade, day),
        cut_off=book.cut_off(class_group.school_id, day),
        reviewed_first=book.is_reviewed_first(class_group.school_id, day),
        due=frozenset(subject.pk for subject in subjects_due([class_group], day)[class_group.pk]),
    )


def subjects_due(class_groups: Iterable[ClassGroup], day: dt.date) -> dict[int, list[Subject]]:
    """By class id, the subjects taught in the class that set homework in its grade, in their order. One query."""
    grades = {class_group.pk: class_group.grade_on(day) for class_group in class_groups}
    due: dict[int, list[Subject]] = {pk: [] for pk in grades}
    teachings = Teaching.objects.on(day).filter(class_group__in=grades).select_related("subject")
    for teaching in teachings.order_by("subject__rank", "subject"):
        of_class = due[teaching.class_group_id]
        if grades[teaching.class_group_id] in teaching.subject.homework_grades and teaching.subject not in of_class:
            of_class.append(teaching.subject)
    return due


def holds(row: UnitPlace | LocalLimit, day: dt.date) -> bool:
    return row.first_day <= day and (row.last_day is None or row.last_day >= day)
