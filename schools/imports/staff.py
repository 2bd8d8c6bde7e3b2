"""The sheet 教职工: who is in post at which school, under which 工号 and with which role."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import User
from schools.calendar import first_day_of_school_year, school_year
from schools.imports.known import Known, KnownPerson, KnownStaff, KnownUnit
from schools.imports.outcome import Outcome
from schools.imports.rows import STAFF, StaffRow
from schools.imports.trace import Trace, write_in_chunks
from schools.models import Posting, Role, Staff

Refusal = tuple[str, str]  # the column and the reason


def check(rows: list[StaffRow], known: Known) -> Outcome[StaffRow]:
    outcome = Outcome[StaffRow](STAFF)
    first_lines: dict[tuple[str, str], int] = {}
    phones: dict[str, StaffRow] = {}
    for row in rows:
        first = first_lines.setdefault((row.school, row.staff_no), row.line)
        problem = ("工号", f"与第{first}行重复。") if first != row.line else _problem(row, known, phones)
        if problem:
            outcome.refuse(row.line, *problem)
            continue
        if row.phone:
            phones[row.phone] = row
        _sort(row, known, outcome)
    return outcome


def _sort(row: StaffRow, known: Known, outcome: Outcome[StaffRow]) -> None:
    staff = known.staff.get((row.school, row.staff_no))
    if staff is None:
        known.staff[row.school, row.staff_no] = _future(row, known)
        outcome.new.append(row)
    elif _user_changes(row, staff) or (row.role and row.role not in staff.roles):
        outcome.changed.append(row)


def _problem(row: StaffRow, known: Known, phones: dict[str, StaffRow]) -> Refusal | None:
    school = known.units.get(row.school)
    staff = known.staff.get((row.school, row.staff_no))
    return (
        school_problem(row.school, school, known)
        or _role_problem(row, staff, known)
        or _phone_problem(row, staff, known, phones)
        or (_problem_of_existing(row, staff, known) if staff else _problem_of_new(row, school))
    )


def school_problem(code: str, school: KnownUnit | None, known: Known) -> Refusal | None:
    if school is None or school.school is None:
        return "学校代码", f"没有代码为“{code}”的学校，或它所在的行有错误。"
    if not school.path.startswith(known.path):
        return "学校代码", f"{school.name}不在您的管理范围内。"
    return ("学校代码", f"{school.name}已停办。") if school.closed_on else None


def _role_problem(row: StaffRow, staff: KnownStaff | None, known: Known) -> Refusal | None:
    role = Role(row.role or Role.TEACHER)
    if role in known.roles or (staff and role in staff.roles):
        return None
    return "角色", f"您不能任命{role.label}。"


def _phone_problem(
    row: StaffRow, staff: KnownStaff | None, known: Known, phones: dict[str, StaffRow]
) -> Refusal | None:
    if not row.phone:
        return None
    other = phones.get(row.phone)
    if other:
        return "手机号", _shared_phone(row, other)
    person = known.phones.get(row.phone)
    if person is None or (staff and staff.user == person.user):
        return None
    if staff or person.name != row.name:
        return "手机号", "这个手机号已登记在另一个姓名下，请核对。"
    return _elsewhere_problem(row, person)


def _shared_phone(row: StaffRow, other: StaffRow) -> str:
    if other.name == row.name and other.school != row.school:
        return f"同一人不能同时在两所学校在岗（见第{other.line}行）。"
    return f"与第{other.line}行的手机号重复。"


def _elsewhere_problem(row: StaffRow, person: KnownPerson) -> Refusal | None:
    if row.school in person.places:
        return "工号", "此人在本校已有另一个工号。"
    return ("手机号", f"此人在{person.place_names}还有岗位，请先办理离岗。") if person.places else None


def _problem_of_existing(row: StaffRow, staff: KnownStaff, known: Known) -> Refusal | None:
    if staff.last_day:
        return "工号", f"这个工号属于已离岗的{staff.name}，请换一个工号。"
    if staff.elsewhere and _user_changes(row, staff):
        return "姓名", f"此人在{staff.elsewhere}也有岗位，姓名和手机号不能由导入修改。"
    # As on her page: an account is put right by whoever may give each of its roles.
    if not staff.roles <= known.roles and _user_changes(row, staff):
        return "姓名", "此人有的角色不由您任命，姓名和手机号不能由导入修改。"
    return None


def _problem_of_new(row: StaffRow, school: KnownUnit | None) -> Refusal | None:
    if row.first_day and school and row.first_day < school.opened_on:
        return "到岗日期", f"不能早于学校的开办日期（{school.opened_on:%Y-%m-%d}）。"
    return None


def _future(row: StaffRow, known: Known) -> KnownStaff:
    person = known.phones.get(row.phone or "")
    opened_on = known.units[row.school].opened_on
    first_day = row.first_day or max(opened_on, first_day_of_school_year(school_year(known.today)))
    role = row.role or Role.TEACHER
    return KnownStaff(0, person.user if person else 0, row.name, row.phone, first_day, roles={role})


def _user_changes(row: StaffRow, staff: KnownStaff) -> dict[str, Any]:
    said = {"name": row.name} | ({"phone": row.phone} if row.phone else {})
    return {name: value for name, value in said.items() if getattr(staff, name) != value}


def write(outcome: Outcome[StaffRow], known: Known, trace: Trace) -> Iterator[int]:
    return write_in_chunks(outcome, lambda rows: _add(rows, known, trace), lambda rows: _change(rows, known, trace))


@transaction.atomic
def _add(rows: list[StaffRow], known: Known, trace: Trace) -> None:
    futures = [known.staff[row.school, row.staff_no] for row in rows]
    strangers = [staff for staff in futures if not staff.user]
    users = trace.make(User(name=staff.name, phone=staff.phone, password=make_password(None)) for staff in strangers)
    for staff, user in zip(strangers, users, strict=True):
        staff.user = user.pk
    pairs = [(known.units[row.school].pk, row, staff) for row, staff in zip(rows, futures, strict=True)]
    made = trace.make(
        Staff(school_id=school, user_id=staff.user, staff_no=row.staff_no, first_day=staff.first_day)
        for school, row, staff in pairs
    )
    for staff, row_made in zip(futures, made, strict=True):
        staff.pk = row_made.pk
    _post([(school, staff, row.role or Role.TEACHER, staff.first_day) for school, row, staff in pairs], trace)


def _post(wanted: list[tuple[int, KnownStaff, str, dt.date]], trace: Trace) -> None:
    trace.make(
        Posting(user_id=staff.user, unit_id=school, role=role, first_day=first_day)
        for school, staff, role, first_day in wanted
    )


@transaction.atomic
def _change(rows: list[StaffRow], known: Known, trace: Trace) -> None:
    pairs = [(row, known.staff[row.school, row.staff_no]) for row in rows]
    trace.change(User, {staff.user: _user_changes(row, staff) for row, staff in pairs})
    _post(
        [
            (known.units[row.school].pk, staff, row.role, known.today)
            for row, staff in pairs
            if row.role and row.role not in staff.roles
        ],
        trace,
    )
