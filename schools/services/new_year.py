"""September: leaving classes close, new ones open, and the others go up with their head teachers and teachings."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.services import audit
from schools.calendar import first_day_of_school_year
from schools.models import ChangedDay, ClassGroup, HeadTeacher, OrgUnit, School, SchoolDay, Teaching
from schools.models.classes import GRADE_NAMES


@dataclass(slots=True)
class Moving:
    """A class at the turn of the year, with the names it bears before and after (`after` is empty: it leaves)."""

    pk: int
    before: str
    after: str
    head_teacher: str
    teachings: list[str]  # 语文 王芳


@dataclass(slots=True)
class Entry:
    """The classes that enter a school in one grade."""

    grade: int
    existing: list[int]  # numbers of those already opened
    last_year: int  # how many entered a year before

    @property
    def name(self) -> str:
        return GRADE_NAMES[self.grade]

    @property
    def proposed(self) -> int:
        return len(self.existing) or self.last_year

    def missing(self, count: int) -> list[int]:
        """Numbers to be opened so that there are classes 1 to `count`."""
        return [number for number in range(1, count + 1) if number not in self.existing]


@dataclass(slots=True)
class SchoolYear:
    """What the new school year means for one school."""

    school: School
    entries: list[Entry] = field(default_factory=list)
    leaving: list[Moving] = field(default_factory=list)
    going_up: list[Moving] = field(default_factory=list)


Counts = Mapping[tuple[int, int], int]  # by school id and entry grade


def plan(schools: QuerySet[School], year: int) -> list[SchoolYear]:
    """For the school year that begins in `year`, one entry per school in their order. Four queries."""
    begins = first_day_of_school_year(year)
    known = list(schools.select_related("unit"))
    groups = ClassGroup.objects.filter(school__in=known).in_order()
    by_school: dict[int, list[ClassGroup]] = defaultdict(list)
    for group in groups:
        by_school[group.school_id].append(group)
    open_ones = [group for group in groups if group.last_day is None]
    heads, teachings = _heads(open_ones), _teachings(open_ones)
    result = []
    for school in known:
        mine = by_school[school.pk]
        running_through = _run_through(school, mine, begins)
        turn = SchoolYear(school, _entries(school, mine, year, running_through))
        for group in mine:
            if group.last_day is None and group.entry_year < year:
                leaves = _leaves(group, school, begins, running_through)
                _place(group, turn, begins, heads.get(group.pk, ""), teachings[group.pk], leaves)
        result.append(turn)
    return result


def _run_through(school: School, groups: list[ClassGroup], begins: dt.date) -> bool:
    """Whether the school keeps classes together from grade 1 to 9: one that entered then is in the upper stage."""
    return school.stage == School.Stage.NINE_YEAR and any(
        group.last_day is None and group.entry_grade == 1 and group.grade_on(begins) > school.last_primary_grade + 1
        for group in groups
    )


def _leaves(group: ClassGroup, school: School, begins: dt.date, running_through: bool) -> bool:
    grade = group.grade_on(begins) - 1
    return grade >= 9 if running_through else school.leaves_after(grade)


def _place(
    group: ClassGroup, turn: SchoolYear, begins: dt.date, head_teacher: str, teachings: list[str], leaves: bool
) -> None:
    the_day_before = begins - dt.timedelta(days=1)
    after = "" if leaves else group.name_on(begins)
    moving = Moving(group.pk, group.name_on(the_day_before), after, head_teacher, teachings)
    (turn.leaving if leaves else turn.going_up).append(moving)


def _entries(school: School, groups: list[ClassGroup], year: int, running_through: bool) -> list[Entry]:
    """One per stage that the school teaches, or one alone where classes run through both."""
    grades = {1} if running_through else {school.entry_grade_of(grade) for grade in school.grades}
    entered = {
        (at, grade): [group.number for group in groups if (group.entry_year, group.entry_grade) == (at, grade)]
        for at in (year - 1, year)
        for grade in grades
    }
    return [
        Entry(grade, numbers, len(entered[year - 1, grade]))
        for (at, grade), numbers in sorted(entered.items())
        if at == year
    ]


def _heads(groups: list[ClassGroup]) -> dict[int, str]:
    rows = HeadTeacher.objects.filter(class_group__in=groups, last_day=None)
    return dict(rows.values_list("class_group", "user__name"))


def _teachings(groups: list[ClassGroup]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = defaultdict(list)
    rows = Teaching.objects.filter(class_group__in=groups, last_day=None).order_by("subject__rank", "pk")
    for group, subject, teacher in rows.values_list("class_group", "subject__name", "teacher__name"):
        names[group].append(f"{subject} {teacher}")
    return names


@transaction.atomic
def begin_school_year(*, by: User, unit: OrgUnit, turns: Iterable[SchoolYear], year: int, counts: Counts) -> None:
    """Close what leaves (its last day is 31 July) and open classes 1 to the count of each entry grade.

    Classes that go up keep their rows, and with them head teachers and teachings. Applying it again changes nothing.
    """
    begins = first_day_of_school_year(year)
    known = list(turns)
    leaving = [moving.pk for turn in known for moving in turn.leaving]
    _close(leaving, begins - dt.timedelta(days=1))
    opened = ClassGroup.objects.bulk_create(
        ClassGroup(
            school=turn.school,
            entry_year=year,
            entry_grade=entry.grade,
            number=number,
            first_day=max(begins, turn.school.unit.opened_on),
        )
        for turn in known
        for entry in turn.entries
        for number in entry.missing(counts[turn.school.pk, entry.grade])
    )
    _note_days([turn.school.pk for turn in known], begins)
    path = unit.path_on(begins) if unit.opened_on <= begins else ""
    audit(by=by, action="school_year.begin", subject=unit, path=path, year=year, left=leaving, opened=len(opened))


def _close(groups: list[int], last_day: dt.date) -> None:
    ClassGroup.objects.filter(pk__in=groups, last_day=None).update(last_day=last_day)
    for rows in (HeadTeacher.objects, Teaching.objects):
        rows.filter(class_group__in=groups, last_day=None, first_day__lte=last_day).update(last_day=last_day)


def _note_days(schools: list[int], first_day: dt.date) -> None:
    days = SchoolDay.objects.filter(school__in=schools, day__gte=first_day)
    ChangedDay.objects.note(days.values_list("school", "day"))
