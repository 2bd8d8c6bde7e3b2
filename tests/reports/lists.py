"""Lists as offices keep them, for the import commands."""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.core.management import call_command

from schools.credit_code import check_character

UNITS = "级别,代码,名称,上级代码"
SCHOOL_RETURNS = "学校代码,期次,建立作业公示制度,作业时间达标,不给家长布置作业,提供课后服务,服务时间达标"
COUNTY_RETURNS = "县代码,期次,建立经费保障机制,广告管控,查处违规广告数,举报线索数,举报办结数,分类明确非学科主管部门"
CITY_RETURNS = "市代码,期次,明确非学科主管部门,分类制定标准"
INSTITUTIONS = (
    "统一社会信用代码,名称,县代码,类别,形式,纳入基数,状态,登记,备改审,"
    "占用节假日培训,已清理,示范合同,政府指导价,预收费监管"
)


def table(header: str, rows: Iterable[Sequence[object]]) -> str:
    return "".join(f"{line}\n" for line in (header, *(",".join(str(cell) for cell in row) for row in rows)))


def credit_code(number: int) -> str:
    first = f"91410900MA{number:07d}"
    return first + check_character(first)


def bring_in(folder: Path, command: str, text: str, encoding: str = "utf-8") -> str:
    """The command's words."""
    path = folder / f"{command}.csv"
    path.write_bytes(text.encode(encoding))
    said = io.StringIO()
    call_command(command, str(path), stdout=said)
    return said.getvalue()


def form(unit: str, period: str, out: Path, **options: object) -> bytes:
    call_command("report", form="half-month", unit=unit, period=period, out=out, stdout=io.StringIO(), **options)
    return out.read_bytes()
