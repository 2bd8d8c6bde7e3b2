"""What stands in one row of each sheet, after its cells were read. None: the cell is empty, keep what is known."""

import datetime as dt
from dataclasses import dataclass, field

UNITS, CLASSES, STAFF, TEACHINGS = "单位", "班级", "教职工", "任课"


@dataclass(slots=True)
class UnitRow:
    line: int  # as the spreadsheet counts them; 1 is the header
    code: str
    name: str
    level: str
    parent: str
    opened_on: dt.date | None
    stage: str | None
    system: str | None
    is_public: bool | None
    area: str | None


@dataclass(slots=True)
class StaffRow:
    line: int
    school: str
    staff_no: str
    name: str
    phone: str | None
    role: str | None
    first_day: dt.date | None


@dataclass(slots=True)
class ClassRow:
    line: int
    school: str
    year: int  # in which the school year begins
    grade: int  # 1 to 9, in that school year
    number: int
    pupils: int | None
    head_teacher: str | None  # her 工号
    first_day: dt.date | None


@dataclass(slots=True)
class TeachingRow:
    line: int
    school: str
    year: int
    grade: int
    number: int
    subject: str
    teacher: str  # her 工号
    first_day: dt.date | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be brought in."""

    sheet: str
    line: int
    column: str
    message: str


@dataclass(slots=True)
class Rows:
    """A workbook's rows whose cells could all be read, and what was wrong with the others."""

    units: list[UnitRow] = field(default_factory=list)
    staff: list[StaffRow] = field(default_factory=list)
    classes: list[ClassRow] = field(default_factory=list)
    teachings: list[TeachingRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)  # rows per sheet, unreadable ones too
