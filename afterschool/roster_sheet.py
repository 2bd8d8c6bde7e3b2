"""A school's pupils and their groups from a workbook: its rows, and what is wrong with each. Writes nothing.

Between the check and the bringing in, the rows travel with the page (signed), so that no list of names lies about.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from afterschool import bookings
from afterschool.models import CourseGroup, Pupil
from paper.workbook import (
    Column,
    ErrorSheet,
    Kind,
    Row,
    Sheet,
    WorkbookError,
    error_workbook,
    read_rows,
    write_workbook,
)
from schools.models import ClassGroup, School

SHEET = "学生名单"
COLUMNS = (
    Column("class_name", "班级", width=14),
    Column("code", "学号", Kind.CODE, width=18),
    Column("name", "姓名", width=12),
    Column("groups", "班组", width=36),
)
SEPARATORS = re.compile(r"[、,，;；\n]+")
MAX_ROWS = 3000
MAX_LENGTHS = {"班级": 20, "学号": 20, "姓名": 30}


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it came: `cells` in the order of COLUMNS; `unread` are header and reason of cells that are no text."""

    number: int  # as Excel counts
    cells: tuple[str, str, str, str]
    unread: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    line: int
    column: str
    message: str


@dataclass(slots=True)
class Joining:
    """A pupil who is to be in a group from a day on, to the group's end. `pupil` is her code."""

    code: str
    group: CourseGroup
    first_day: dt.date


@dataclass(slots=True)
class Checked:
    """What the lines would bring. New and changed pupils by code, with class and name."""

    lines: Sequence[Line]
    problems: list[Problem] = field(default_factory=list)
    new: dict[str, tuple[ClassGroup, str]] = field(default_factory=dict)
    changed: dict[str, tuple[ClassGroup, str]] = field(default_factory=dict)
    seen: list[int] = field(default_factory=list)  # ids of known pupils that the lines name
    joining: list[Joining] = field(default_factory=list)

    @property
    def bad_lines(self) -> int:
        return len({problem.line for problem in self.problems})

    @property
    def brings_something(self) -> bool:
        return bool(self.new or self.changed or self.joining)


def template(school: School, day: dt.date) -> bytes:
    """Empty, with a second sheet that says which classes and groups there are."""
    classes = [group.name_on(day) for group in ClassGroup.objects.filter(school=school).on(day).in_order()]
    groups = list(CourseGroup.objects.filter(school=school).not_over(day).values_list("name", flat=True))
    longest = max(len(classes), len(groups))
    rows = [
        (classes[place] if place < len(classes) else None, groups[place] if place < len(groups) else None)
        for place in range(longest)
    ]
    known = Sheet("可填的班级和班组", (Column("class_name", "班级"), Column("group", "班组", width=36)), rows)
    return write_workbook([Sheet(SHEET, COLUMNS), known])


def read(content: bytes) -> list[Line]:
    """Raises WorkbookError for a file that will not do."""
    lines = []
    for row in read_rows(content, SHEET, COLUMNS):
        values = [row.values[column.key] for column in COLUMNS]
        unread = tuple((error.header, error.message) for error in row.errors)
        lines.append(Line(row.number, tuple("" if one is None else str(one) for one in values), unread))  # type: ignore[arg-type]
    if not lines:
        raise WorkbookError(f"工作表“{SHEET}”里没有学生。请从第2行起，一行填一名学生。")
    if len(lines) > MAX_ROWS:
        raise WorkbookError(f"一次最多导入{MAX_ROWS}名学生，请分成几个文件。")
    return lines


def marked_workbook(checked: Checked) -> bytes:
    """All lines as they came, with reasons beside those that have problems. Corrected, it can be sent in as it is."""
    words: dict[int, list[str]] = defaultdict(list)
    for problem in checked.problems:
        words[problem.line].append(f"{problem.column}：{problem.message}")
    rows = [Row(line.number, {}, (), line.cells) for line in checked.lines]
    return error_workbook([ErrorSheet(SHEET, COLUMNS, rows, words)])


def check(lines: Sequence[Line], *, school: School, first_day: dt.date) -> Checked:
    """As things stand now. Who is put into a group is in it from `first_day`, or from the group's own first day.

    Four queries, whatever the number of lines.
    """
    return _Check(lines, school, first_day).run()


class _Check:
    def __init__(self, lines: Sequence[Line], school: School, first_day: dt.date) -> None:
        self.first_day = first_day
        self.done = Checked(lines)
        self.classes = _by_name(school, first_day)
        self.groups: dict[str, list[CourseGroup]] = defaultdict(list)
        for group in CourseGroup.objects.filter(school=school).not_over(first_day):
            self.groups[group.name].append(group)
        codes = {line.cells[1] for line in lines}
        known = Pupil.objects.named().filter(school=school, code__in=codes)
        self.pupils = {pupil.code: pupil for pupil in known}
        named = {group.pk for line in lines for name in _split(line.cells[3]) for group in self.groups.get(name, [])}
        self.rosters = bookings.rosters(named, [pupil.pk for pupil in self.pupils.values()])
        self.first_lines: dict[str, int] = {}

    def run(self) -> Checked:
        for line in self.done.lines:
            if not self._is_refused(line):
                self._take(line)
        self.done.seen = [self.pupils[code].pk for code in self.first_lines if code in self.pupils]
        return self.done

    def _refuse(self, line: Line, column: str, message: str) -> None:
        self.done.problems.append(Problem(line.number, column, message))

    def _is_refused(self, line: Line) -> bool:
        before = len(self.done.problems)
        class_name, code, name, _ = line.cells
        for column, message in line.unread:
            self._refuse(line, column, message)
        unread = {column for column, _ in line.unread}
        for column, text in (("班级", class_name), ("学号", code), ("姓名", name)):
            if not text and column not in unread:
                self._refuse(line, column, "必填，不能空着。")
            elif len(text) > MAX_LENGTHS[column]:
                self._refuse(line, column, f"最多{MAX_LENGTHS[column]}个字符。")
        if class_name and class_name not in self.classes:
            self._refuse(line, "班级", f"没有“{class_name}”这个班，请照“可填的班级和班组”表填写。")
        self._refuse_twice(line, code)
        return len(self.done.problems) > before

    def _refuse_twice(self, line: Line, code: str) -> None:
        if code and code in self.first_lines:
            self._refuse(line, "学号", f"和第{self.first_lines[code]}行重复。一名学生只填一行，几个班组用“、”隔开。")
        elif code:
            self.first_lines[code] = line.number

    def _take(self, line: Line) -> None:
        class_name, code, name, groups = line.cells
        class_group = self.classes[class_name]
        known = self.pupils.get(code)
        if known is None:
            self.done.new[code] = (class_group, name)
        elif (known.class_group_id, known.name) != (class_group.pk, name):
            self.done.changed[code] = (class_group, name)
        for group_name in _split(groups):
            self._join(line, code, class_group, group_name)

    def _join(self, line: Line, code: str, class_group: ClassGroup, group_name: str) -> None:
        found = self.groups.get(group_name, [])
        if len(found) != 1:
            why = "有几个班组都叫这个名称" if found else "没有这个班组，或已经结束"
            self._refuse(line, "班组", f"“{group_name}”：{why}。")
            return
        [group] = found
        first_day = max(self.first_day, group.first_day)
        known = self.pupils.get(code)
        key = known.pk if known else code
        if known and self._stays(known, group, first_day):
            return  # the same file once more
        why = bookings.unfit_grade(group, class_group.grade_on(first_day)) or self.rosters.refusal(
            key, group, first_day, group.last_day
        )
        if why:
            self._refuse(line, "班组", f"{why.removeprefix('的')}。")
            return
        self.rosters.add(key, group, first_day, group.last_day)
        self.done.joining.append(Joining(code, group, first_day))

    def _stays(self, pupil: Pupil, group: CourseGroup, first_day: dt.date) -> bool:
        """Whether she is in the group from `first_day` to its end already."""
        hers = [stay for stay in self.rosters.by_pupil[pupil.pk] if stay.group == group.pk]
        return any(stay.first_day <= first_day and stay.last_day == group.last_day for stay in hers)


def _by_name(school: School, day: dt.date) -> dict[str, ClassGroup]:
    """As people say it (三年级2班), and by the year of entry (2024级2班)."""
    classes = list(ClassGroup.objects.filter(school=school).on(day))
    return {str(group): group for group in classes} | {group.name_on(day): group for group in classes}


def _split(groups: str) -> Iterable[str]:
    return dict.fromkeys(name for part in SEPARATORS.split(groups) if (name := part.strip()))
