"""The sheet 单位: counties, districts, schools and member units below the importer's unit."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from schools.imports.known import Known, KnownUnit
from schools.imports.outcome import Outcome
from schools.imports.rows import UNITS, UnitRow
from schools.imports.trace import Trace, write_in_chunks
from schools.models import OrgUnit, School, UnitPlace
from schools.services.units import BELOW

Level = OrgUnit.Level
TOP_DOWN = (Level.CITY, Level.COUNTY, Level.DISTRICT, Level.SCHOOL, Level.DEPARTMENT)


def check(rows: list[UnitRow], known: Known) -> Outcome[UnitRow]:
    """Parents before their children, wherever they stand in the sheet; good new units become known."""
    outcome = Outcome[UnitRow](UNITS)
    first_lines: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: (TOP_DOWN.index(Level(row.level)), row.line)):
        first = first_lines.setdefault(row.code, row.line)
        problem = ("代码", f"与第{first}行重复。") if first != row.line else _problem(row, known)
        if problem:
            outcome.refuse(row.line, *problem)
        elif row.code not in known.units:
            known.units[row.code] = _future(row, known)
            outcome.new.append(row)
        elif _changes(row, known.units[row.code]):
            outcome.changed.append(row)
    return outcome


def _problem(row: UnitRow, known: Known) -> tuple[str, str] | None:
    """The column and the reason, or None for a good row."""
    parent, unit = known.units.get(row.parent), known.units.get(row.code)
    if parent is None:
        return "上级代码", f"没有代码为“{row.parent}”的上级单位，或它所在的行有错误。"
    if not parent.path.startswith(known.path):
        return "上级代码", "上级单位不在您的管理范围内。"
    if row.level not in BELOW.get(parent.level, ()):
        return "级别", f"{Level(parent.level).label}之下不能设“{Level(row.level).label}”。"
    if row.level == Level.SCHOOL and not row.stage and not (unit and unit.school):
        return "学段", "学校要填学段：小学、初中或九年一贯制。"
    return _problem_of_existing(row, unit) if unit else _problem_of_new(row, parent)


def _problem_of_new(row: UnitRow, parent: KnownUnit) -> tuple[str, str] | None:
    if parent.closed_on:
        return "上级代码", f"{parent.name}已停办。"
    if row.opened_on is None:
        return "开办日期", "新单位要填开办日期。"
    if row.opened_on < parent.opened_on:
        return "开办日期", f"不能早于上级单位{parent.name}的开办日期（{parent.opened_on:%Y-%m-%d}）。"
    return None


def _problem_of_existing(row: UnitRow, unit: KnownUnit) -> tuple[str, str] | None:
    if unit.closed_on:
        return "代码", f"{unit.name}已停办。"
    if unit.level != row.level:
        return "级别", f"这个代码已用于{Level(unit.level).label}“{unit.name}”。"
    if unit.parent != row.parent:
        return "上级代码", f"{unit.name}的上级单位是{unit.parent}，导入不能调整隶属关系。"
    school = unit.school
    if (
        school
        and unit.has_classes
        and (row.stage or school.stage, row.system or school.system)
        != (
            school.stage,
            school.system,
        )
    ):
        return "学段", f"{unit.name}已有班级，学段和学制不能由导入修改。"
    return None


def _future(row: UnitRow, known: Known) -> KnownUnit:
    path = f"{known.units[row.parent].path}{row.code}/"
    assert row.opened_on is not None  # noqa: S101 - _problem_of_new
    unit = KnownUnit(0, row.code, row.level, row.name, path, row.opened_on)
    if row.level == Level.SCHOOL:
        unit.school = School(stage=row.stage or "", **_said(row))
    return unit


def _said(row: UnitRow) -> dict[str, Any]:
    """Values of the columns that were filled in; the others keep the model's defaults or what is stored."""
    values = {"system": row.system, "is_public": row.is_public, "area": row.area}
    return {name: value for name, value in values.items() if value is not None}


def _changes(row: UnitRow, unit: KnownUnit) -> bool:
    return row.name != unit.name or bool(_school_changes(row, unit))


def _school_changes(row: UnitRow, unit: KnownUnit) -> dict[str, Any]:
    if unit.school is None:
        return {}
    said = _said(row) | ({"stage": row.stage} if row.stage else {})
    return {name: value for name, value in said.items() if getattr(unit.school, name) != value}


def write(outcome: Outcome[UnitRow], known: Known, trace: Trace) -> Iterator[int]:
    return write_in_chunks(outcome, lambda rows: _add(rows, known, trace), lambda rows: _change(rows, known, trace))


@transaction.atomic
def _add(rows: list[UnitRow], known: Known, trace: Trace) -> None:
    futures = [known.units[row.code] for row in rows]
    units = trace.make(
        OrgUnit(level=unit.level, code=unit.code, name=unit.name, opened_on=unit.opened_on) for unit in futures
    )
    for future, unit in zip(futures, units, strict=True):
        future.pk = unit.pk
    trace.make(
        UnitPlace(unit_id=unit.pk, parent_id=known.units[unit.parent].pk, path=unit.path, first_day=unit.opened_on)
        for unit in futures
    )
    schools = [(future.pk, future.school) for future in futures if future.school]
    for pk, school in schools:
        school.unit_id = pk
    trace.make(school for _, school in schools)


@transaction.atomic
def _change(rows: list[UnitRow], known: Known, trace: Trace) -> None:
    units = [known.units[row.code] for row in rows]
    trace.change(
        OrgUnit, {unit.pk: {"name": row.name} for row, unit in zip(rows, units, strict=True) if unit.name != row.name}
    )
    trace.change(School, {unit.pk: _school_changes(row, unit) for row, unit in zip(rows, units, strict=True)})
