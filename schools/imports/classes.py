"""The sheet 班级: classes, how many pupils they have, and their head teachers."""

import datetime as dt
from collections.abc import Iterator
from typing import Protocol

from django.db import transaction

from schools.calendar import first_day_of_school_year, school_year
from schools.imports.known import ClassKey, Held, Known, KnownClass, KnownStaff
from schools.imports.outcome import Outcome
from schools.imports.rows import CLASSES, ClassRow
from schools.imports.staff import Refusal, school_problem
from schools.imports.trace import Trace, write_in_chunks
from schools.models import ClassGroup, ClassSize, HeadTeacher
from schools.models.classes import GRADE_NAMES


class NamesClass(Protocol):
    """A row that names a class as people do."""

    school: str
    year: int
    grade: int
    number: int


def key_of(row: NamesClass, known: Known) -> ClassKey:
    """A class of the upper stage entered there, unless the school has one that runs through from grade 1."""
    school = known.units[row.school].school
    assert school is not None  # noqa: S101 - school_problem
    running_through = (row.school, row.year - row.grade + 1, 1, row.number)
    if running_through in known.classes and not known.classes[running_through].last_day:
        return running_through
    entry_grade = school.entry_grade_of(row.grade)
    return row.school, row.year - (row.grade - entry_grade), entry_grade, row.number


def name_of(row: NamesClass) -> str:
    return f"{row.year}学年{GRADE_NAMES[row.grade]}{row.number}班"


def named_problem(row: NamesClass, known: Known) -> Refusal | None:
    """What is wrong with the way a row names its class, apart from whether it exists."""
    school = known.units.get(row.school)
    problem = school_problem(row.school, school, known)
    if problem or not school or not school.school:
        return problem
    if abs(row.year - school_year(known.today)) > 1:
        return "学年", f"学年应是{school_year(known.today)}或它的前后一年，填开始的那一年。"
    if row.grade not in school.school.grades:
        return "年级", f"{school.name}没有{GRADE_NAMES[row.grade]}。"
    return None


def check(rows: list[ClassRow], known: Known) -> Outcome[ClassRow]:
    outcome = Outcome[ClassRow](CLASSES)
    first_lines: dict[ClassKey, int] = {}
    for row in rows:
        problem = named_problem(row, known)
        if not problem:
            key = key_of(row, known)
            first = first_lines.setdefault(key, row.line)
            problem = ("班号", f"与第{first}行是同一个班。") if first != row.line else _problem(row, key, known)
        if problem:
            outcome.refuse(row.line, *problem)
        elif key not in known.classes:
            known.classes[key] = _future(row, key, known)
            outcome.new.append(row)
        elif _resized(row, known.classes[key]) or _new_head(row, known.classes[key], known):
            outcome.changed.append(row)
    return outcome


def _problem(row: ClassRow, key: ClassKey, known: Known) -> Refusal | None:
    group = known.classes.get(key)
    if group and group.last_day:
        return "班号", f"{name_of(row)}已于{group.last_day:%Y-%m-%d}结束。"
    opened_on = known.units[row.school].opened_on
    if row.first_day and row.first_day < opened_on:
        return "开班日期", f"不能早于学校的开办日期（{opened_on:%Y-%m-%d}）。"
    if row.head_teacher:
        return staff_problem("班主任工号", row.school, row.head_teacher, known)
    return None


def staff_problem(column: str, school: str, staff_no: str, known: Known) -> Refusal | None:
    staff = known.staff.get((school, staff_no))
    if staff is None:
        return column, f"本校没有工号“{staff_no}”，或它所在的行有错误。"
    return (column, f"{staff.name}已离岗。") if staff.last_day else None


def _future(row: ClassRow, key: ClassKey, known: Known) -> KnownClass:
    entered = first_day_of_school_year(key[1])
    first_day = row.first_day or max(entered, known.units[row.school].opened_on)
    return KnownClass(0, row.school, first_day, pupils=row.pupils, is_new=True)


def _resized(row: ClassRow, group: KnownClass) -> bool:
    return row.pupils is not None and row.pupils != group.pupils


def _new_head(row: ClassRow, group: KnownClass, known: Known) -> KnownStaff | None:
    """The named head teacher, unless she is it already."""
    if not row.head_teacher:
        return None
    staff = known.staff[row.school, row.head_teacher]
    current = known.heads[group.pk][-1:] if group.pk else []
    return None if current and current[0].user == staff.user and not current[0].last_day else staff


def write(outcome: Outcome[ClassRow], known: Known, trace: Trace) -> Iterator[int]:
    return write_in_chunks(outcome, lambda rows: _add(rows, known, trace), lambda rows: _change(rows, known, trace))


@transaction.atomic
def _add(rows: list[ClassRow], known: Known, trace: Trace) -> None:
    keys = [key_of(row, known) for row in rows]
    futures = [known.classes[key] for key in keys]
    made = trace.make(
        ClassGroup(
            school_id=known.units[school].pk,
            entry_year=year,
            entry_grade=grade,
            number=number,
            first_day=future.first_day,
        )
        for (school, year, grade, number), future in zip(keys, futures, strict=True)
    )
    for future, group in zip(futures, made, strict=True):
        future.pk = group.pk
    trace.make(
        ClassSize(class_group_id=future.pk, first_day=future.first_day, pupils=future.pupils)
        for future in futures
        if future.pupils is not None
    )
    _appoint(rows, known, trace)


@transaction.atomic
def _change(rows: list[ClassRow], known: Known, trace: Trace) -> None:
    groups = {row.line: known.classes[key_of(row, known)] for row in rows}
    sizes = {
        groups[row.line].pk: row.pupils for row in rows if row.pupils is not None and _resized(row, groups[row.line])
    }
    begins = {group.pk: group.first_day for group in groups.values()}
    today = ClassSize.objects.filter(class_group__in=sizes, first_day=known.today)
    entered = dict(today.values_list("class_group", "pk"))
    trace.change(ClassSize, {pk: {"pupils": sizes[group]} for group, pk in entered.items()})
    trace.make(
        ClassSize(class_group_id=group, first_day=max(known.today, begins[group]), pupils=pupils)
        for group, pupils in sizes.items()
        if group not in entered
    )
    _appoint(rows, known, trace)


def _appoint(rows: list[ClassRow], known: Known, trace: Trace) -> None:
    """Make the named people 班主任; whoever was it before ends the day before."""
    wanted = []
    ended: dict[int, dict[str, dt.date]] = {}
    for row in rows:
        group = known.classes[key_of(row, known)]
        staff = _new_head(row, group, known)
        if staff is None:
            continue
        before = known.heads[group.pk]
        first_day = start_after(before, max(group.first_day, first_day_of_school_year(row.year)), known.today)
        ended |= {held.pk: {"last_day": first_day - dt.timedelta(days=1)} for held in before if not held.last_day}
        wanted.append(HeadTeacher(class_group_id=group.pk, user_id=staff.user, first_day=first_day))
    trace.change(HeadTeacher, ended)
    trace.make(wanted)


def start_after(before: list[Held], first_day: dt.date, today: dt.date) -> dt.date:
    """The first day of whoever takes over: `first_day` where nobody was before, else today, after all `before`."""
    if not before:
        return first_day
    return max(first_day, today, *((held.last_day or held.first_day) + dt.timedelta(days=1) for held in before))
