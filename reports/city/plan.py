"""Who and what there is in the city: units, schools with their habits, classes, staff and teachings, as plain rows."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Model
from django.utils import timezone

from accounts.models import User
from reports.city import words
from reports.city.copy import copy_rows, endless_ids, reserve
from schools.calendar import school_year
from schools.models import (
    ClassGroup,
    ClassSize,
    HeadTeacher,
    OrgUnit,
    Posting,
    School,
    Staff,
    Subject,
    Teaching,
    UnitPlace,
)
from schools.models.classes import new_board_key

OPENED_ON = dt.date(2015, 9, 1)
STAGES = ("primary", "primary", "primary", "junior", "nine_year", "primary")
AREAS = ("urban", "town", "rural", "town", "rural", "urban")


@dataclass(frozen=True, slots=True)
class Habits:
    """How a school behaves: shares from 0 to 1."""

    silent: float  # class-days on which nobody posts
    forgets: float  # subjects that forget on a day that others post
    late: float  # class-days completed after the cut-off
    heavy: float  # class-days over the limit


@dataclass(slots=True)
class ClassPlan:
    id: int
    school_id: int
    county: str
    stage: str  # of its grade
    grade: int
    habits: Habits
    subjects: list[tuple[int, str, int]] = field(default_factory=list)  # subject id, code, teacher id; those due


@dataclass(slots=True)
class Plan:
    """The rows of a city, and its classes for the homework to come. Rows stand in the order of COLUMNS."""

    classes: list[ClassPlan] = field(default_factory=list)
    rows: dict[type[Model], list[tuple[object, ...]]] = field(default_factory=lambda: {model: [] for model in COLUMNS})
    user_ids: Iterator[int] = field(default_factory=lambda: endless_ids(User))


COLUMNS: dict[type[Model], tuple[str, ...]] = {
    OrgUnit: ("id", "level", "code", "name", "opened_on"),
    UnitPlace: ("unit_id", "parent_id", "path", "first_day"),
    School: ("unit_id", "stage", "system", "is_public", "area"),
    User: ("id", "name", "phone", "password", "is_active", "made_at"),
    Staff: ("school_id", "user_id", "staff_no", "first_day"),
    Posting: ("user_id", "unit_id", "role", "duties", "first_day"),
    ClassGroup: ("id", "school_id", "entry_year", "entry_grade", "number", "first_day", "board_key"),
    ClassSize: ("class_group_id", "first_day", "pupils"),
    HeadTeacher: ("class_group_id", "user_id", "first_day"),
    Teaching: ("class_group_id", "subject_id", "teacher_id", "first_day"),
}


def write(plan: Plan) -> None:
    """Copy every row of the plan, parents before children."""
    for model, columns in COLUMNS.items():
        copy_rows(model, columns, plan.rows[model])


def draw(rng: random.Random, *, counties: list[OrgUnit], schools: int, classes: int, day: dt.date) -> Plan:
    """Plan `schools` schools of about `classes` classes each, shared out over the counties, as they are on `day`."""
    plan = Plan()
    subjects = list(Subject.objects.exclude(homework_grades=[]).order_by("rank"))
    for number, unit_id in enumerate(reserve(OrgUnit, schools)):
        county = counties[number % len(counties)]
        school = _draw_school(rng, plan, unit_id, number, county)
        _draw_classes(rng, plan, school, county.code, classes, day, subjects)
    return plan


def _draw_school(rng: random.Random, plan: Plan, unit_id: int, number: int, county: OrgUnit) -> School:
    stage = STAGES[number % len(STAGES)]
    code = f"{county.code}{number + 1:04d}"
    word = words.SCHOOL_WORDS[number // 3 % len(words.SCHOOL_WORDS)]
    round_no = number // (3 * len(words.SCHOOL_WORDS))
    name = f"{county.name[:-1]}{word}{words.STAGE_WORDS[stage]}" + (f"{round_no + 1}校区" if round_no else "")
    system = "5-4" if number % 40 == 39 else "6-3"
    plan.rows[OrgUnit].append((unit_id, "school", code, name, OPENED_ON))
    plan.rows[UnitPlace].append((unit_id, county.pk, f"/{words.CITY[0]}/{county.code}/{code}/", OPENED_ON))
    plan.rows[School].append((unit_id, stage, system, number % 10 != 9, AREAS[number % len(AREAS)]))
    return School(unit_id=unit_id, stage=stage, system=system)


def _draw_classes(
    rng: random.Random,
    plan: Plan,
    school: School,
    county: str,
    classes: int,
    day: dt.date,
    subjects: list[Subject],
) -> None:
    habits = _draw_habits(rng)
    grades = school.grades
    per_grade = max(1, round(classes * rng.uniform(0.7, 1.3) / len(grades)))
    people = _People(rng, plan, school)
    ids = iter(reserve(ClassGroup, per_grade * len(grades)))
    for grade in grades:
        entry_grade = grades[0]
        entry_year = school_year(day) - (grade - entry_grade)
        for number in range(1, per_grade + 1):
            class_id, first_day = next(ids), dt.date(entry_year, 9, 1)
            row = (class_id, school.pk, entry_year, entry_grade, number, first_day, new_board_key())
            plan.rows[ClassGroup].append(row)
            plan.rows[ClassSize].append((class_id, first_day, rng.randint(28, 52)))
            group = ClassPlan(class_id, school.pk, county, school.stage_of(grade), grade, habits)
            people.teach(group, [subject for subject in subjects if grade in subject.homework_grades], first_day)
            plan.classes.append(group)


def _draw_habits(rng: random.Random) -> Habits:
    """Most schools are careful, one in eight is not."""
    weak = rng.random() < 0.125
    return Habits(
        silent=rng.uniform(0.05, 0.2) if weak else rng.uniform(0, 0.02),
        forgets=rng.uniform(0.03, 0.08) if weak else rng.uniform(0, 0.01),
        late=rng.uniform(0.1, 0.3) if weak else rng.uniform(0, 0.06),
        heavy=rng.uniform(0.04, 0.12) if weak else rng.choice((0, 0, rng.uniform(0, 0.03))),
    )


class _People:
    """Staff of one school: each teacher is given classes of her subject until she has her share."""

    def __init__(self, rng: random.Random, plan: Plan, school: School) -> None:
        self.rng, self.plan, self.school = rng, plan, school
        self.teachers: dict[str, tuple[int, int]] = {}  # subject code: teacher id, classes she can still take
        self.count = 0
        for role in ("principal", "academic_office"):
            self.hire(role)

    def hire(self, role: str) -> int:
        user_id = next(self.plan.user_ids)
        self.count += 1
        rows = self.plan.rows
        rows[User].append((user_id, person_name(self.rng), None, "!", "t", timezone.now()))
        rows[Staff].append((self.school.pk, user_id, f"{self.count:03d}", OPENED_ON))
        rows[Posting].append((user_id, self.school.pk, role, "{}", OPENED_ON))
        return user_id

    def teach(self, group: ClassPlan, subjects: list[Subject], first_day: dt.date) -> None:
        for subject in subjects:
            teacher = self._teacher_of(subject.code)
            group.subjects.append((subject.pk, subject.code, teacher))
            self.plan.rows[Teaching].append((group.id, subject.pk, teacher, first_day))
        head = group.subjects[0][2]
        self.plan.rows[HeadTeacher].append((group.id, head, first_day))

    def _teacher_of(self, code: str) -> int:
        teacher, free = self.teachers.get(code, (0, 0))
        if not free:
            teacher, free = self.hire("teacher"), 2 if code in ("chinese", "maths") else 5
        self.teachers[code] = (teacher, free - 1)
        return teacher


def person_name(rng: random.Random) -> str:
    return rng.choice(words.SURNAMES) + "".join(rng.sample(words.GIVEN, rng.choice((1, 2))))
