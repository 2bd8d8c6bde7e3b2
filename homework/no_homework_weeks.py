"""Weeks of classes with a day without written homework (无作业日), which is encouraged and not ordered."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from django.db import connection

from homework import policy
from schools.calendar import days_between, school_year

CLASS_WEEKS_SQL = (Path(__file__).parent / "sql" / "class_weeks.sql").read_text(encoding="utf8")


def class_weeks(schools: Iterable[int], first_day: dt.date, last_day: dt.date) -> dict[int, tuple[int, int]]:
    """By school id: class-weeks with such a day, and all class-weeks that had a school day. One query.

    Weeks run from Monday to Sunday; a week belongs to the days in which its Sunday lies, so one that is not over yet is
    left out by naming no day after today. Schools without any class-week are missing.
    """
    days = days_of_weeks(first_day, last_day)
    if not days:
        return {}
    arguments: dict[str, list[int] | list[dt.date]] = {
        "schools": list(schools),
        "days": days,
        "weeks": [number // 7 for number in range(len(days))],
        "school_years": [school_year(day) for day in days],
        "grades": sorted(_grades_with_homework(last_day)),
    }
    with connection.cursor() as cursor:
        cursor.execute(CLASS_WEEKS_SQL, arguments)
        return {school: (with_day, weeks) for school, with_day, weeks in cursor.fetchall()}


def days_of_weeks(first_day: dt.date, last_day: dt.date) -> list[dt.date]:
    """Every day of the weeks whose Sunday lies between, both included."""
    first_sunday = first_day + dt.timedelta(days=7 - first_day.isoweekday())
    last_sunday = last_day - dt.timedelta(days=last_day.isoweekday() % 7)
    return days_between(first_sunday - dt.timedelta(days=6), last_sunday) if first_sunday <= last_sunday else []


def _grades_with_homework(day: dt.date) -> set[int]:
    return {grade for limit in policy.national_limits_on(day) if limit.minutes for grade in limit.grades}
