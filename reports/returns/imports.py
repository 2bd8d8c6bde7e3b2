"""Returns from a file: school, county or city returns, told by their header. All of it or nothing; they are 接收."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from accounts.services import audit
from paper.table_file import headers, refuse, whole_table
from paper.workbook import Column, Kind, Row, WorkbookError
from reports.models import ASKED, NUMBERS, Return, ReturnStep
from schools.models import OrgUnit
from schools.periods import Period, UnknownPeriodError, parse

Level = OrgUnit.Level

PERIOD = Column("period", "期次", Kind.CODE, is_required=True)
# The first column tells whose returns these are.
CODE_HEADERS = {"学校代码": Level.SCHOOL, "县代码": Level.COUNTY, "市代码": Level.CITY}
HEADERS: dict[str, dict[int, str]] = {
    Level.SCHOOL: {
        1: "建立作业公示制度",
        2: "作业时间达标",
        3: "不给家长布置作业",
        4: "提供课后服务",
        5: "服务时间达标",
    },
    Level.COUNTY: {
        6: "建立经费保障机制",
        15: "广告管控",
        16: "查处违规广告数",
        17: "举报线索数",
        18: "举报办结数",
        21: "分类明确非学科主管部门",
    },
    Level.CITY: {19: "明确非学科主管部门", 20: "分类制定标准"},
}


@dataclass(frozen=True, slots=True)
class BroughtIn:
    level: str
    count: int


@transaction.atomic
def bring_in(content: bytes, *, by: User | None = None) -> BroughtIn:
    """Keep each line as an accepted return. Raises paper.workbook.WorkbookError with every line that will not do: an
    unknown unit or period, a return that is there already; then nothing has been brought in.
    """
    level, code_header = _told_by(headers(content))
    columns = [
        Column("code", code_header, Kind.CODE, is_required=True),
        PERIOD,
        *(_column(ASKED[level][item], header) for item, header in HEADERS[level].items()),
    ]
    rows = whole_table(content, columns)
    codes = {row.values["code"] for row in rows}
    units = OrgUnit.objects.filter(level=level).in_bulk(codes, field_name="code")
    there = _there(units)
    made, reasons = [], []
    for row in rows:
        try:
            made.append(_return(row, level, units, there))
        except (ValidationError, UnknownPeriodError) as error:
            words = "".join(error.messages) if isinstance(error, ValidationError) else str(error)
            reasons.append(f"第 {row.number} 行：{words}")
    refuse(reasons)
    kept = Return.objects.bulk_create(made, batch_size=1000)
    kind = ReturnStep.Kind.IMPORT
    ReturnStep.objects.bulk_create([ReturnStep(of=one, kind=kind, by=by) for one in kept], batch_size=1000)
    audit(by=by, action="return.import", subject=kept[0], level=level, count=len(kept))
    return BroughtIn(level, len(kept))


def _column(field: str, header: str) -> Column:
    return Column(field, header, Kind.INT if field in NUMBERS else Kind.YES_NO, is_required=True)


def _told_by(found: list[str]) -> tuple[str, str]:
    for header, level in CODE_HEADERS.items():
        if header in found:
            return level, header
    raise WorkbookError(f"认不出是哪一级的上报：第 1 行要有“{'”“'.join(CODE_HEADERS)}”中的一列。")


def _there(units: dict[str, OrgUnit]) -> set[tuple[str, Period]]:
    rows = Return.objects.filter(unit__in=units.values()).select_related("unit")
    return {(row.unit.code, row.period) for row in rows}


def _return(row: Row, level: str, units: dict[str, OrgUnit], there: set[tuple[str, Period]]) -> Return:
    code, period = row.values["code"], parse(row.values["period"])
    unit = units.get(code)
    if unit is None:
        raise ValidationError(f"没有代码为“{code}”的{Level(level).label}。")
    if not unit.is_open_on(period.last_day):
        raise ValidationError(f"{unit.name}在{period.name}还没有开办或已停办。")
    if (code, period) in there:
        raise ValidationError(f"{unit.name}{period.name}的上报已经有了。")
    there.add((code, period))
    answers: dict[str, Any] = {field: row.values[field] for field in ASKED[level].values()}
    made = Return(
        unit=unit,
        level=level,
        kind=period.kind,
        first_day=period.first_day,
        last_day=period.last_day,
        state=Return.State.ACCEPTED,
        is_imported=True,
        **answers,
    )
    made.full_clean(validate_unique=False, validate_constraints=False)
    for constraint in made._meta.constraints:
        if constraint.name.removeprefix("reports_return_") in ANSWERED_RIGHT:
            constraint.validate(Return, made)
    return made


# The constraints that speak of the answers alone.
ANSWERED_RIGHT = ("closed_leads_are_leads", "service_in_time_is_offered")
