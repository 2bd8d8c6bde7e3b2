"""The four sheets: their columns, the words that may stand in them, and the workbook to fill in."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from paper.workbook import Column, Kind, Sheet, write_workbook
from schools.imports.rows import CLASSES, STAFF, TEACHINGS, UNITS, ClassRow, StaffRow, TeachingRow, UnitRow
from schools.models import OrgUnit, Role, School
from schools.models.classes import GRADE_NAMES

CODE_WORDS = "只能是4到20位数字，前后和中间不要有小数点或字母。"
CODE_PATTERN = r"[0-9]{4,20}"

# Cells are read with half-width brackets: paper.workbook normalises them.
LEVELS = {unicodedata.normalize("NFKC", label): value for value, label in OrgUnit.Level.choices} | {
    "县": "county",
    "区": "county",
    "县级市": "county",
    "学区": "district",
    "中心校": "district",
}
STAGES = {label: value for value, label in School.Stage.choices}
SYSTEMS = {label: value for value, label in School.System.choices} | {"六三": "6-3", "五四": "5-4"}
OWNERS = {"公办": True, "民办": False}
AREAS = {label: value for value, label in School.Area.choices}
ROLES = {Role(role).label: role for role in (Role.TEACHER, Role.ACADEMIC_OFFICE, Role.PRINCIPAL)}
GRADES = (
    {name: grade for grade, name in enumerate(GRADE_NAMES) if name}
    | {str(grade): grade for grade in range(1, 10)}
    | {"初一": 7, "初二": 8, "初三": 9}
)


@dataclass(frozen=True, slots=True)
class Form:
    """One sheet: `choices`, `patterns` and `bounds` narrow the columns with these keys."""

    title: str
    row: type
    into: str  # the list of Rows it fills
    columns: tuple[Column, ...]
    examples: tuple[str, ...]  # one per column
    choices: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    patterns: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # the whole cell, and the words
    bounds: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    lengths: Mapping[str, int] = field(default_factory=dict)


def _required(key: str, header: str, kind: Kind = Kind.CODE, width: int = 14) -> Column:
    return Column(key, header, kind, width, is_required=True)


SCHOOL = _required("school", "学校代码")
CLASS = (
    SCHOOL,
    _required("year", "学年", width=8),
    _required("grade", "年级", width=8),
    _required("number", "班号", Kind.INT, width=8),
)
YEAR_PATTERN = (r"20[0-9]{2}", "填学年开始的那一年，如2026。")

FORMS = (
    Form(
        UNITS,
        UnitRow,
        "units",
        (
            _required("code", "代码"),
            _required("name", "名称", Kind.TEXT, 28),
            _required("level", "级别"),
            _required("parent", "上级代码"),
            Column("opened_on", "开办日期", Kind.DATE),
            Column("stage", "学段"),
            Column("system", "学制"),
            Column("is_public", "办学性质"),
            Column("area", "城乡"),
        ),
        ("4109020001", "城关镇第一小学", "学校", "410902", "2005-09-01", "小学", "六三学制", "公办", "镇区"),
        choices={"level": LEVELS, "stage": STAGES, "system": SYSTEMS, "is_public": OWNERS, "area": AREAS},
        patterns={"code": (CODE_PATTERN, CODE_WORDS), "parent": (CODE_PATTERN, CODE_WORDS)},
        lengths={"name": 80},
    ),
    Form(
        STAFF,
        StaffRow,
        "staff",
        (
            SCHOOL,
            _required("staff_no", "工号"),
            _required("name", "姓名", Kind.TEXT),
            Column("phone", "手机号", Kind.CODE),
            Column("role", "角色"),
            Column("first_day", "到岗日期", Kind.DATE),
        ),
        ("4109020001", "0017", "李芳", "13900000017", "教师", "2026-08-01"),
        choices={"role": ROLES},
        patterns={"school": (CODE_PATTERN, CODE_WORDS), "phone": (r"1[0-9]{10}", "应是11位手机号。")},
        lengths={"staff_no": 20, "name": 40},
    ),
    Form(
        CLASSES,
        ClassRow,
        "classes",
        (
            *CLASS,
            Column("pupils", "在籍人数", Kind.INT, 10),
            Column("head_teacher", "班主任工号", Kind.CODE),
            Column("first_day", "开班日期", Kind.DATE),
        ),
        ("4109020001", "2026", "五年级", "2", "45", "0017", ""),
        choices={"grade": GRADES},
        patterns={"school": (CODE_PATTERN, CODE_WORDS), "year": YEAR_PATTERN},
        bounds={"number": (1, 99), "pupils": (0, 150)},
    ),
    Form(
        TEACHINGS,
        TeachingRow,
        "teachings",
        (
            *CLASS,
            _required("subject", "学科"),
            _required("teacher", "教师工号"),
            Column("first_day", "起始日期", Kind.DATE),
        ),
        ("4109020001", "2026", "五年级", "2", "语文", "0017", ""),
        choices={"grade": GRADES},
        patterns={"school": (CODE_PATTERN, CODE_WORDS), "year": YEAR_PATTERN},
        bounds={"number": (1, 99)},
    ),
)

HINTS = {
    "代码": "4到20位数字，全系统唯一；市县6位，学校10位",
    "级别": "、".join(LEVELS),
    "上级代码": "上级单位的代码；可以是本表中的另一行",
    "开办日期": "新单位必填",
    "学段": "学校必填：" + "、".join(STAGES),
    "学制": "不填按六三学制",
    "办学性质": "公办或民办，不填按公办",
    "城乡": "、".join(AREAS) + "；不填按镇区",
    "学校代码": "学校的10位代码",
    "工号": "本校内唯一",
    "手机号": "11位；不填的用学校代码和工号登录",
    "角色": "、".join(ROLES) + "；不填按教师",
    "到岗日期": "不填按本学年8月1日",
    "学年": "学年开始的那一年，如2026—2027学年填2026",
    "年级": "一年级到九年级，或1到9",
    "班号": "1到99",
    "在籍人数": "0到150",
    "班主任工号": "本校教职工的工号",
    "开班日期": "不填按入学那年8月1日",
    "学科": "如语文、数学、英语",
    "教师工号": "本校教职工的工号；同一班同一学科以本表所列教师为准",
    "起始日期": "不填：新任课按本学年8月1日，换教师按导入当天",
}
NOTES = Sheet(
    "说明",
    (
        Column("sheet", "工作表", width=10),
        Column("column", "列", width=14),
        Column("needed", "是否必填", width=10),
        Column("hint", "填写要求", width=56),
        Column("example", "示例", width=20),
    ),
    [
        (form.title, column.header, "必填" if column.is_required else "选填", HINTS.get(column.header, ""), example)
        for form in FORMS
        for column, example in zip(form.columns, form.examples, strict=True)
    ],
)


def template() -> bytes:
    """The empty workbook; its first sheet explains every column by an example."""
    return write_workbook([NOTES, *(Sheet(form.title, form.columns) for form in FORMS)])
