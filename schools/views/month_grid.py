"""A term's months as weeks of days, each day with what it is and why. Knows no database."""

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schools.calendar import StatutoryDay, statutory_day
from schools.models import CalendarChange


@dataclass(frozen=True, slots=True)
class Cell:
    day: dt.date
    teaches: bool
    kind: str  # school, weekend, holiday, makeup, changed, outside
    note: str  # what to print below the number
    change: CalendarChange | None


@dataclass(frozen=True, slots=True)
class Month:
    first_day: dt.date
    weeks: list[list[Cell | None]]  # Monday first; None where another month's day would stand
    school_days: int


def months(
    first_day: dt.date,
    last_day: dt.date,
    terms: Iterable[tuple[dt.date, dt.date]],
    changes: Mapping[dt.date, CalendarChange],
) -> list[Month]:
    """Every month from that of `first_day` to that of `last_day`. `changes`: the deciding one of each changed day."""
    spans = list(terms)
    result = []
    month = first_day.replace(day=1)
    while month <= last_day:
        weeks = [
            [_cell(day, spans, changes.get(day)) if day.month == month.month else None for day in week]
            for week in calendar.Calendar().monthdatescalendar(month.year, month.month)
        ]
        count = sum(cell is not None and cell.teaches for week in weeks for cell in week)
        result.append(Month(month, weeks, count))
        month = (month + dt.timedelta(days=31)).replace(day=1)
    return result


def _cell(day: dt.date, terms: list[tuple[dt.date, dt.date]], change: CalendarChange | None) -> Cell:
    statute = statutory_day(day)
    if change:
        return Cell(day, change.teaches, "changed", change.reason, change)
    if not any(first <= day <= last for first, last in terms):
        return Cell(day, False, "outside", statute.name if not statute.is_workday else "", None)
    return Cell(day, statute.is_workday, _kind(statute), statute.name, None)


def _kind(statute: StatutoryDay) -> str:
    if statute.is_workday:
        return "makeup" if statute.name else "school"
    return "holiday" if statute.name else "weekend"
