"""A snapshot as tables of words: the one place from which page, PDF, workbook and JSON take what they print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.indicators import (
    BY_CODE,
    H6,
    KEY_FIGURES,
    MONTH_FIGURES,
    NOTHING,
    ROW_FIGURES,
    SCHOOL_FIGURES,
    Indicator,
    Kind,
)
from reports.service import why_late
from reports.snapshot import Area, Counts, SchoolLine, Shortfall, Snapshot
from schools.models import School
from schools.models.classes import GRADE_NAMES
from schools.periods import PeriodKind

# Beyond this a printed table ends and the attached file goes on.
MOST_ROWS = 1000
MOST_SHORTFALLS = 300
MOST_CORRECTIONS = 200

STAGES = dict(School.Stage.choices)


@dataclass(frozen=True, slots=True)
class KeyFigure:
    code: str
    name: str
    numerator: int | None  # None of a median
    denominator: int | None  # None of a count
    parts: str
    number: Decimal | None
    value: str
    previous: str
    change: str
    year_ago: str  # – where nothing is known of the same month of last year
    target: str
    misses: bool


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    misses: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table by county or school: its name, some counts, and its figures."""

    code: str
    name: str
    counts: tuple[int, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` are the headings after the name. `left_out` rows stand only in the attached file."""

    columns: tuple[str, ...]
    rows: list[Row]
    total: Row
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class GradeRow:
    name: str
    class_days: int
    minutes: str
    over: str
    limit: str


@dataclass(frozen=True, slots=True)
class ShortfallRow:
    name: str
    area: str
    words: str


def key_figures(snapshot: Snapshot) -> list[KeyFigure]:
    """In the catalogue's order; only what the period states and the snapshot knows."""
    return [key_figure(indicator, snapshot) for indicator in stated(snapshot, KEY_FIGURES, MONTH_FIGURES)]


def stated(snapshot: Snapshot, always: Sequence[Indicator], months: Sequence[Indicator]) -> list[Indicator]:
    """Of a period, those of months only of a month; in the catalogue's order, only what the snapshot knows."""
    asked = {*always, *(months if snapshot.reported.kind == PeriodKind.MONTH else ())}
    return [indicator for indicator in BY_CODE.values() if indicator in asked and indicator.is_in(snapshot.counts)]


def key_figure(indicator: Indicator, snapshot: Snapshot) -> KeyFigure:
    counts, year_ago = snapshot.counts, snapshot.year_ago_counts
    return KeyFigure(
        code=indicator.code,
        name=indicator.name,
        numerator=None if indicator.kind is Kind.MEDIAN else counts[indicator.numerator],
        denominator=counts[indicator.denominator] if indicator.denominator else None,
        parts=indicator.parts_text(counts),
        number=indicator.value(snapshot.counts),
        value=indicator.text(snapshot.counts),
        previous=indicator.text(snapshot.previous_counts),
        change=indicator.change(snapshot.counts, snapshot.previous_counts),
        year_ago=indicator.text(year_ago) if indicator.is_in(year_ago) else NOTHING,
        target=indicator.target_text(),
        misses=indicator.misses(snapshot.counts),
    )


def main_table(snapshot: Snapshot) -> Table:
    """A city's counties, a county's schools."""
    return (
        by_area(snapshot.areas, snapshot.counts) if snapshot.is_city else by_school(snapshot.schools, snapshot.counts)
    )


def by_area(areas: Sequence[Area], whole: Counts) -> Table:
    indicators = ROW_FIGURES
    counts = ("schools", "classes")
    rows = [_row(area.code, area.name, area.counts, counts, indicators) for area in areas]
    total = _row("", "合计", whole, counts, indicators)
    return Table(("学校数", "应公示班级日", *_names(indicators)), rows, total)


def area_table(snapshot: Snapshot, counted: Mapping[str, str], figures: Mapping[Indicator, str]) -> Table:
    """A city's counties: counts, then figures, each with its heading; lines that know none of the counts left out."""

    def row(code: str, name: str, counts: Counts) -> Row:
        cells = tuple(cell(one, counts, is_sum=True) for one in figures)
        return Row(code, name, tuple(counts[count] for count in counted), cells)

    lines = [line for line in snapshot.areas if counted.keys() <= line.counts.keys()]
    return Table(
        columns=(*counted.values(), *figures.values()),
        rows=[row(line.code, line.name, line.counts) for line in lines],
        total=row("", "合计", snapshot.counts),
    )


def by_school(lines: Sequence[SchoolLine], whole: Counts) -> Table:
    """The last cell says whether a school keeps the limit (H4), and for the total the share that does."""
    counts = ("classes",)
    rows = [_row(line.code, line.name, line.counts, counts, SCHOOL_FIGURES, keeps=True) for line in lines[:MOST_ROWS]]
    total = _row("", "合计", whole, counts, SCHOOL_FIGURES, ends_with=BY_CODE["H4"])
    columns = ("应公示班级日", *_names(SCHOOL_FIGURES), "时间控制")
    return Table(columns, rows, total, left_out=max(len(lines) - MOST_ROWS, 0))


# What is known beside the days: these figures have a table of their own.
BESIDE = ("H1", "H7", "H10")
BESIDE_OF_MONTHS = ("H8", "H9", "H11", "H12")
# Of one school, these are a yes or a no.
VERDICTS = {
    "H1": ("已建立", "未建立"),
    "H7": ("达标", "不达标"),
    "A1": ("已覆盖", "未覆盖"),
    "A2": ("达标", "不达标"),
}


def beside(snapshot: Snapshot) -> Table | None:
    """A city's counties, a county's schools: publicity rules, parents, days off and, of months, families' answers.

    None of a snapshot that does not know them.
    """
    indicators = _beside(snapshot)
    if not indicators:
        return None
    names = tuple(SHORT_NAMES[indicator.code] for indicator in indicators)
    lines: Sequence[Area | SchoolLine] = snapshot.areas if snapshot.is_city else snapshot.schools
    rows = [
        Row(line.code, line.name, (), tuple(cell(one, line.counts, is_sum=snapshot.is_city) for one in indicators))
        for line in lines[:MOST_ROWS]
    ]
    whole = Row("", "合计", (), tuple(cell(one, snapshot.counts, is_sum=True) for one in indicators))
    return Table(names, rows, whole, left_out=max(len(lines) - MOST_ROWS, 0))


def _beside(snapshot: Snapshot) -> list[Indicator]:
    return stated(snapshot, [BY_CODE[code] for code in BESIDE], [BY_CODE[code] for code in BESIDE_OF_MONTHS])


def cell(indicator: Indicator, counts: Counts, *, is_sum: bool) -> Cell:
    """A figure of one school, or of several together."""
    if is_sum or indicator.code not in VERDICTS:
        return Cell(indicator.text(counts), indicator.misses(counts))
    return verdict(indicator, counts)


def verdict(indicator: Indicator, counts: Counts) -> Cell:
    """Of one school."""
    if not counts[indicator.denominator]:
        return Cell(NOTHING)
    return Cell(VERDICTS[indicator.code][indicator.misses(counts)], indicator.misses(counts))


def _row(
    code: str,
    name: str,
    counts: Counts,
    shown: Sequence[str],
    indicators: Sequence[Indicator],
    *,
    keeps: bool = False,
    ends_with: Indicator | None = None,
) -> Row:
    cells = [Cell(indicator.text(counts), indicator.misses(counts)) for indicator in indicators]
    if keeps:
        cells.append(keeps_the_limit(counts))
    if ends_with:
        cells.append(Cell(ends_with.text(counts), ends_with.misses(counts)))
    return Row(code, name, tuple(counts[count] for count in shown), tuple(cells))


def keeps_the_limit(counts: Counts) -> Cell:
    """H4 of one school."""
    if not counts["schools"]:
        return Cell(NOTHING)
    return Cell("达标") if counts["schools_within"] else Cell("不达标", misses=True)


SHORT_NAMES = {
    "H1": "公示制度",
    "H2": "班级日公示率",
    "H3": "按时公示率",
    "H4": "时间控制达标校占比",
    "H5": "班级日超限率",
    "H7": "不要求家长批改",
    "H8": "规定时间内完成率",
    "H9": "申报实际差（分钟）",
    "H10": "周末节假日达标率",
    "H11": "无作业日落实率",
    "H12": "重复惩罚手机问题数",
    "A1": "覆盖率",
    "A2": "服务时间达标校占比",
    "A3": "学生参与率",
    "A4": "每天参加占比",
    "A5": "教师参与率",
    "A6": "校外人员占比",
    "A11": "课程类型",
    "A11a": "开课班组",
}


def _names(indicators: Sequence[Indicator]) -> tuple[str, ...]:
    return tuple(SHORT_NAMES[indicator.code] for indicator in indicators)


def by_grade(snapshot: Snapshot) -> list[GradeRow]:
    """From the lowest grade up; grade 6 twice where both school systems are found."""
    return [
        GradeRow(
            name=_grade_name(line.grade, line.stage),
            class_days=line.counts["judged"],
            minutes=H6.text(line.counts),
            over=BY_CODE["H5"].text(line.counts),
            limit=_national_minutes(snapshot, line.stage, line.grade),
        )
        for line in snapshot.grades
    ]


def _grade_name(grade: int, stage: str) -> str:
    name = GRADE_NAMES[grade]
    return f"{name}（五四学制）" if grade == 6 and stage == School.Stage.JUNIOR else name


def _national_minutes(snapshot: Snapshot, stage: str, grade: int) -> str:
    minutes = [limit.minutes for limit in snapshot.limits if limit.stage == stage and grade in limit.grades]
    return f"{minutes[0]}" if minutes else "–"


def shortfalls(snapshot: Snapshot) -> list[ShortfallRow]:
    """The schools that missed targets, with what they missed and by which figure; at most MOST_SHORTFALLS."""
    counts = {(line.code, line.area): line.counts for line in snapshot.schools}
    return [
        ShortfallRow(line.name, line.area, _missed(line, counts[line.code, line.area]))
        for line in snapshot.shortfalls[:MOST_SHORTFALLS]
    ]


def _missed(line: Shortfall, counts: Counts) -> str:
    homework = [code for code in line.missed if code != "A2"]
    words = [f"{SHORT_NAMES[code]}{BY_CODE[code].text(counts)}" for code in homework]
    if homework and line.is_silent:
        words = ["整期未公示"]
    if "A2" in line.missed:
        words.append(f"课后服务{'，'.join(why_late(counts))}")
    return "；".join(words) if "A2" in line.missed else "、".join(words)


# Headings of the full table by school, in the attached file and the workbook.
SCHOOL_COUNTS = {
    "classes": "应公示班级日",
    "published": "有公示班级日",
    "complete": "公示完整班级日",
    "on_time": "按时公示班级日",
    "subjects_due": "应填报学科数",
    "subjects_spoken": "已填报学科数",
    "judged": "平日班级日",
    "over_limit": "其中超限",
    "days_off": "周末节假日班级日",
    "days_off_over": "其中周末节假日超限",
    "written_minutes": "书面作业分钟",
    "waiting": "待审核",
}


# The same for what is known beside the days, by the figure that it belongs to.
BESIDE_COUNTS = {
    "H1": {"schools_with_rule": "已建立公示制度"},
    "H7": {"schools_sparing_parents": "没有要求家长批改"},
    "H8": {"answers_in_time": "规定时间内完成份数", "answers_with_limit": "完成率抽样份数"},
    "H9": {"gap_answers": "时长差抽样份数"},
    "H10": {},
    "H11": {"class_weeks_with_none": "有无作业日的班级周", "class_weeks": "班级周"},
    "H12": {"problems": "重复惩罚手机问题数"},
}
BESIDE_TEXTS = ("H8", "H9", "H10", "H11")


# And for after-school service.
SERVICE_COUNTS = {
    "service_days": "课后服务应开展日",
    "service_served": "已开展日",
    "service_has_break": "说明停止日",
    "service_unexcused": "未开展未说明日",
    "service_plan_in_force": "有备案方案日",
    "service_plan_ok": "方案符合时间规定日",
    "service_minutes": "课后服务分钟",
    "pupils_on_roll": "在籍学生",
    "pupils_joined": "参加学生",
    "pupils_five_days": "每天参加学生",
    "teachers_in_post": "在岗教职工",
    "teachers_serving": "参与教师",
    "persons_serving": "服务人员",
    "outsiders_serving": "校外人员",
    "course_groups": "开课班组",
}


def school_counts(snapshot: Snapshot) -> dict[str, str]:
    """Names of the counts that the full table by school has, with their headings."""
    beside = {name: heading for one in _beside(snapshot) for name, heading in BESIDE_COUNTS[one.code].items()}
    return SCHOOL_COUNTS | beside | (SERVICE_COUNTS if snapshot.has_service else {})


def _school_texts(snapshot: Snapshot) -> list[Indicator]:
    return [*SCHOOL_FIGURES, *(one for one in _beside(snapshot) if one.code in BESIDE_TEXTS)]


def school_headings(snapshot: Snapshot) -> list[str]:
    names = (SHORT_NAMES[indicator.code] for indicator in _school_texts(snapshot))
    ends = ["时间控制", *(["课后服务时间"] if snapshot.has_service else [])]
    return ["学校代码", "学校", "县（市、区）", *school_counts(snapshot).values(), *names, *ends]


def school_rows(snapshot: Snapshot) -> list[list[str | int]]:
    """Every school with every count and figure, in the order of `school_headings`."""
    counts, texts = school_counts(snapshot), _school_texts(snapshot)
    return [
        [
            line.code,
            line.name,
            line.area or snapshot.unit_name,
            *(line.counts[name] for name in counts),
            *(indicator.text(line.counts) for indicator in texts),
            keeps_the_limit(line.counts).text,
            *([verdict(BY_CODE["A2"], line.counts).text] if snapshot.has_service else []),
        ]
        for line in snapshot.schools
    ]


def limits(snapshot: Snapshot) -> list[str]:
    """The limits in force, a sentence each."""
    return [
        f"{limit.issued_by}：{STAGES[limit.stage]}{_grades(limit.grades)}每天书面家庭作业"
        + (f"不超过{limit.minutes}分钟" if limit.minutes else "为0分钟（不布置）")
        + f"（{limit.source}）。"
        for limit in snapshot.limits
    ]


def _grades(grades: list[int]) -> str:
    first, last = GRADE_NAMES[grades[0]], GRADE_NAMES[grades[-1]]
    return first if first == last else f"{first}至{last}"
