"""(h) A register of 5,000 institutions brought in from a workbook with 200 broken lines, looked at, undone."""

from bench import clock
from paper.workbook import Column, Sheet, write_workbook
from reports.city.make import Made
from schools.credit_code import check_character
from schools.models import OrgUnit, Posting, Role
from training.models import Institution
from training.services import imports

LINES, BROKEN = 5_000, 200
HEADERS = (
    "机构名称",
    "统一社会信用代码",
    "县（市、区）",
    "类别",
    "状态",
    "登记",
    "许可",
    "地址",
    "示范合同",
    "成立日期",
)


def measure(made: Made) -> None:
    city = OrgUnit.objects.get(level=OrgUnit.Level.CITY)
    officer = Posting.objects.filter(role=Role.OFFICER, unit=city)[0].user
    content = _workbook([county.name for county in OrgUnit.objects.filter(level=OrgUnit.Level.COUNTY)])
    batch = imports.send_in(by=officer, unit=city, name="平台导出.xlsx", content=content)
    looked = clock.seconds(lambda: imports.set_mapping(by=officer, batch=batch, mapping=batch.mapping))
    batch.refresh_from_db()
    errors = clock.seconds(lambda: imports.broken_workbook(batch))
    applied = clock.seconds(lambda: imports.apply(by=officer, batch=batch, only_good=True))
    count = Institution.objects.count()
    undone = clock.seconds(lambda: imports.undo(by=officer, batch=batch))
    clock.keep(
        "register_import",
        f"{LINES}行、{batch.summary['broken']}行错误：比对 {looked:.1f}秒，错误表 {errors:.1f}秒，"
        f"写入{count}家 {applied:.1f}秒，撤销 {undone:.1f}秒",
        looked_seconds=looked,
        errors_seconds=errors,
        applied_seconds=applied,
        undone_seconds=undone,
        broken=batch.summary["broken"],
    )


def _workbook(counties: list[str]) -> bytes:
    columns = [Column(header, header) for header in HEADERS]
    return write_workbook([Sheet("导出", columns, [_line(number, counties) for number in range(LINES)])])


def _line(number: int, counties: list[str]) -> tuple[str, ...]:
    """Each 25th has a code with one character wrong."""
    first = f"91410{number:012d}"
    code = first + check_character(first)
    if number % (LINES // BROKEN) == 0:
        code = code[:-1] + ("0" if code[-1] != "0" else "1")
    county = counties[number % len(counties)]
    return (
        *(f"{county}第{number}培训学校", code, county, "学科类" if number % 3 else "非学科类"),
        *("在营", "营利性", "已审批", f"人民路{number}号", "是", "2019-03-01"),
    )
