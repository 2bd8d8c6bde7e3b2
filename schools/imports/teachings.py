"""The sheet 任课: who teaches which subject to which class. It names all who teach a class's subject, or nobody."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from django.db import transaction

from schools.calendar import first_day_of_school_year
from schools.imports.classes import key_of, name_of, named_problem, staff_problem, start_after
from schools.imports.known import Held, Known, KnownClass
from schools.imports.outcome import Outcome
from schools.imports.rows import TEACHINGS, TeachingRow
from schools.imports.staff import Refusal
from schools.imports.trace import Trace, chunks
from schools.models import Teaching


def check(rows: list[TeachingRow], known: Known) -> Outcome[TeachingRow]:
    outcome = Outcome[TeachingRow](TEACHINGS)
    first_lines: dict[tuple[object, ...], int] = {}
    for row in rows:
        key = (row.school, row.year, row.grade, row.number, row.subject, row.teacher)
        first = first_lines.setdefault(key, row.line)
        problem = ("教师工号", f"与第{first}行重复。") if first != row.line else _problem(row, known)
        if problem:
            outcome.refuse(row.line, *problem)
        elif not _is_there(row, known):
            outcome.new.append(row)
    return outcome


def _problem(row: TeachingRow, known: Known) -> Refusal | None:
    problem = named_problem(row, known)
    if problem:
        return problem
    group = known.classes.get(key_of(row, known))
    if group is None:
        return "班号", f"没有{name_of(row)}，或它所在的行有错误。"
    if group.last_day:
        return "班号", f"{name_of(row)}已于{group.last_day:%Y-%m-%d}结束。"
    if row.subject not in known.subjects:
        return "学科", f"没有“{row.subject}”这个学科。"
    if row.first_day and row.first_day < group.first_day:
        return "起始日期", f"不能早于开班日期（{group.first_day:%Y-%m-%d}）。"
    return staff_problem("教师工号", row.school, row.teacher, known)


def _class_of(row: TeachingRow, known: Known) -> KnownClass:
    return known.classes[key_of(row, known)]


def _held(row: TeachingRow, known: Known) -> list[Held]:
    pk = _class_of(row, known).pk
    return known.teachings.get((pk, known.subjects[row.subject]), []) if pk else []


def _is_there(row: TeachingRow, known: Known) -> bool:
    user = known.staff[row.school, row.teacher].user
    return any(held.user == user and held.last_day is None for held in _held(row, known))


def write(outcome: Outcome[TeachingRow], known: Known, trace: Trace, named: list[TeachingRow]) -> Iterator[int]:
    """`named`: all good rows of the sheet, those that change nothing too: whoever they name keeps teaching."""
    staying: dict[tuple[int, str], set[int]] = defaultdict(set)
    for row in named:
        staying[_class_of(row, known).pk, row.subject].add(known.staff[row.school, row.teacher].user)
    for chunk in chunks(outcome.new):
        _add(chunk, known, trace, staying)
        yield len(chunk)


@transaction.atomic
def _add(rows: list[TeachingRow], known: Known, trace: Trace, staying: dict[tuple[int, str], set[int]]) -> None:
    wanted = []
    ended: dict[int, dict[str, dt.date]] = {}
    for row in rows:
        group = _class_of(row, known)
        user = known.staff[row.school, row.teacher].user
        leaving = [
            held for held in _held(row, known) if held.user == user or held.user not in staying[group.pk, row.subject]
        ]
        begins = max(group.first_day, row.first_day or first_day_of_school_year(row.year))
        first_day = start_after(leaving, begins, known.today)
        ended |= {held.pk: {"last_day": first_day - dt.timedelta(days=1)} for held in leaving if not held.last_day}
        wanted.append(
            Teaching(
                class_group_id=group.pk,
                subject_id=known.subjects[row.subject],
                teacher_id=user,
                first_day=first_day,
            )
        )
    trace.change(Teaching, ended)
    trace.make(wanted)
