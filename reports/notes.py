"""What a reader must know about the data behind a report, in words."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from reports.burden.reading import burden_notes
from reports.indicators import H3, Counts
from reports.indicators.service import VOLUNTARY_CHECK
from reports.snapshot import SchoolLine
from schools.periods import Period, PeriodKind
from schools.services.days import days_are_provisional

# So many names are printed; of the others only the number.
MOST_NAMES = 30


@dataclass(frozen=True, slots=True)
class Facts:
    """What the notes speak about. Days are those counted, both included."""

    period: Period
    first_day: dt.date
    last_day: dt.date
    now: dt.datetime
    is_draft: bool
    schools: list[SchoolLine]
    moved: list[str]
    last_school_day: dt.date | None
    has_local_limits: bool
    burden: Sequence[Counts]  # of the period, and of the one before


def data_notes(facts: Facts) -> list[str]:
    """Numbered when printed; the most important first."""
    notes = [_coverage(facts), *_draft(facts), *_silent(facts), *_late(facts), *_days_off(facts), *_waiting(facts)]
    notes += _all_joined(facts)
    if facts.has_local_limits:
        notes.append("有更严的地方或学校规定的，按更严的规定判断是否超限。")
    if facts.moved:
        notes.append(
            f"期内调整隶属关系的学校{_named(facts.moved)}，各日数字计入当日所在地，制度、反馈、抽样、无作业日和课后服务计入期末所在地。"
        )
    if days_are_provisional(facts.first_day, facts.last_day):
        notes.append("国家尚未公布本年度调休安排，上课日为暂定，公布后可能调整。")
    if facts.period.kind == PeriodKind.MONTH:
        notes += burden_notes(*facts.burden)
    return notes


def _coverage(facts: Facts) -> str:
    schools = sum(line.counts["schools"] for line in facts.schools)
    return (
        f"统计{_day(facts.first_day)}至{_day(facts.last_day)}的上课日，涉及学校{schools}所。"
        f"数据截至{timezone.localtime(facts.now):%Y年%-m月%-d日%H时%M分}，此后的补报和更正不在其内。"
    )


def _draft(facts: Facts) -> list[str]:
    if not facts.is_draft:
        return []
    words = "本期尚未截止，本稿为草稿，数字还会变化。"
    if facts.last_school_day == timezone.localdate(facts.now):
        words += f"{_day(facts.last_school_day)}尚未结束，当日数字不完整。"
    return [words]


def _silent(facts: Facts) -> list[str]:
    silent = [line.name for line in facts.schools if line.is_silent]
    return [f"整期没有任何公示的学校{_named(silent)}，按零计入各项公示率，作业时间控制按不达标计。"] if silent else []


def _late(facts: Facts) -> list[str]:
    late = sum(1 for line in facts.schools if not line.is_silent and H3.misses(line.counts))
    return [f"另有{late}所学校按时公示率低于{H3.target}%。"] if late else []


def _days_off(facts: Facts) -> list[str]:
    covering, over = (sum(line.counts[name] for line in facts.schools) for name in ("days_off", "days_off_over"))
    words = f"周末和节假日前布置的作业{covering}个班级日，其中超限{over}个，不计入班级日超限率。"
    return [words] if covering else []


def _waiting(facts: Facts) -> list[str]:
    waiting = sum(line.counts["waiting"] for line in facts.schools)
    return [f"有{waiting}个班级日超限后教导处尚未审核（含周末和节假日前的），已按超限计。"] if waiting else []


def _all_joined(facts: Facts) -> list[str]:
    """A share that leaves nobody out is shown as it is, and asked about."""
    names = [
        line.name
        for line in facts.schools
        if line.counts["roll_joined"] * 100 >= VOLUNTARY_CHECK * max(line.counts["pupils_on_roll"], 1)
    ]
    words = (
        f"课后服务学生参与率达到{VOLUNTARY_CHECK}%的学校{_named(names)}，请核实学生是否自愿参加、在籍人数是否已更新。"
    )
    return [words] if names else []


def _named(names: list[str]) -> str:
    listed = "、".join(names[:MOST_NAMES])
    return f"{len(names)}所（{listed}{'等' if len(names) > MOST_NAMES else ''}）"


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
