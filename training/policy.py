"""The rules of training outside school, as plain functions of plain values: no database, no clock, no settings.

The State's figures stand in limits.toml with their sources. Money is in 分, times are minutes of the day.
"""

from __future__ import annotations

import calendar
import datetime as dt
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

LIMITS = Path(__file__).parent / "limits.toml"
EARLY = ("months_ahead", "lessons_left")


class ChargedBy(StrEnum):
    PERIOD = "period"
    LESSONS = "lessons"


@dataclass(frozen=True, slots=True)
class Limit:
    id: str
    value: int
    clause: str
    source: str  # who issued it, document and number, as a page prints them


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that is broken, by its limit's id, with the figures that show it."""

    limit: str
    words: str


@dataclass(frozen=True, slots=True)
class Charge:
    """What a contract takes at once. `first_day` to `last_day`: of the lessons, where it is charged by period."""

    by: ChargedBy
    cents: int
    paid_on: dt.date
    first_day: dt.date
    last_day: dt.date | None = None
    lessons: int | None = None
    lessons_left: int | None = None  # when it was paid, of what was paid for before


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson of a timetable. `gap`: minutes since the one before it on that day, None for the first."""

    start: int
    end: int
    is_rest_day: bool
    gap: int | None = None


@cache
def _rows() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads(LIMITS.read_text(encoding="utf8"))["limit"])


@lru_cache(maxsize=366)
def limits(day: dt.date) -> dict[str, Limit]:
    """Those in force on `day`, by id."""
    rows = sorted((row for row in _rows() if row["first_day"] <= day), key=lambda row: row["first_day"])
    return {row["id"]: Limit(row["id"], row["value"], row["clause"], _source(row)) for row in rows}


def _source(row: dict[str, Any]) -> str:
    return f"{row['issued_by']}《{row['document']}》（{row['number']}）"


def charge_limits(day: dt.date, *, is_academic: bool) -> list[Limit]:
    """Those that a contract of `day` is held to."""
    ids = ("months_at_once", "lessons_at_once", *(() if is_academic else ("other_cents_at_once",)), *EARLY)
    known = limits(day)
    return [known[one] for one in ids if one in known]


def charge_problems(charge: Charge, *, is_academic: bool) -> list[Problem]:
    """What a contract takes too much of, or too early; by the rules in force when it was paid."""
    known = limits(charge.paid_on)
    found = [*_too_much(charge, known), *_too_early(charge, known)]
    most = known.get("other_cents_at_once")
    if most and not is_academic and charge.cents > most.value:
        found.append(Problem(most.id, f"非学科类一次收费{yuan(charge.cents)}，超过{yuan(most.value)}"))
    return found


def _too_much(charge: Charge, known: dict[str, Limit]) -> list[Problem]:
    months, lessons = known.get("months_at_once"), known.get("lessons_at_once")
    last_day = charge.last_day
    if (
        charge.by == ChargedBy.PERIOD
        and months
        and last_day
        and last_day >= months_after(charge.first_day, months.value)
    ):
        days = f"{_day(charge.first_day)}至{_day(last_day)}"
        return [Problem(months.id, f"一次收取{days}的费用，超过{months.value}个月")]
    if charge.by == ChargedBy.LESSONS and lessons and (charge.lessons or 0) > lessons.value:
        return [Problem(lessons.id, f"一次收取{charge.lessons}课时的费用，超过{lessons.value}课时")]
    return []


def _too_early(charge: Charge, known: dict[str, Limit]) -> list[Problem]:
    """By period: before a month ahead. By lessons: also where more than twenty of those paid for are left."""
    ahead, left = known.get("months_ahead"), known.get("lessons_left")
    if charge.by == ChargedBy.LESSONS and charge.lessons_left is not None:
        if left and charge.lessons_left > left.value:
            return [Problem(left.id, f"还剩{charge.lessons_left}课时就续费，早于剩余{left.value}课时")]
        return []
    if ahead and months_after(charge.paid_on, ahead.value) < charge.first_day:
        early = f"{_day(charge.paid_on)}收费，{_day(charge.first_day)}开课"
        return [Problem(ahead.id, f"{early}，早于开课前{ahead.value}个月")]
    return []


def lesson_problems(lesson: Lesson, day: dt.date, *, is_academic: bool, is_online: bool) -> list[Problem]:
    """What a lesson of a timetable breaks on `day`. Up to 20:30 in a room, 21:00 on line, are allowed."""
    known = limits(day)
    found = []
    end = known.get("online_end" if is_online else "offline_end")
    if end and lesson.end > end.value:
        found.append(Problem(end.id, f"{clock(lesson.end)}结束，晚于{clock(end.value)}"))
    rest = known.get("rest_days")
    if rest and is_academic and lesson.is_rest_day:
        found.append(Problem(rest.id, "学科类培训占用节假日、休息日或寒暑假"))
    return found + (_online_problems(lesson, known) if is_online and is_academic else [])


def _online_problems(lesson: Lesson, known: dict[str, Limit]) -> list[Problem]:
    found = []
    longest, shortest = known.get("online_lesson_minutes"), known.get("online_gap_minutes")
    if longest and lesson.end - lesson.start > longest.value:
        found.append(Problem(longest.id, f"一课时{lesson.end - lesson.start}分钟，超过{longest.value}分钟"))
    if shortest and lesson.gap is not None and lesson.gap < shortest.value:
        found.append(Problem(shortest.id, f"课间{lesson.gap}分钟，少于{shortest.value}分钟"))
    return found


def is_big_outflow(out: int, opening: int, *, percent: int, least: int) -> bool:
    """Whether `out` 分 leaving at once is unusual: `least` or more, and at least `percent` of what was there before."""
    return out >= least and out * 100 >= opening * percent


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def yuan(cents: int) -> str:
    """ "1,280.50元"; whole yuan without a fraction."""
    whole, fraction = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    return f"{sign}{whole:,}.{fraction:02d}元" if fraction else f"{sign}{whole:,}元"


def clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"


def _day(day: dt.date) -> str:
    return f"{day:%Y年%-m月%-d日}"
