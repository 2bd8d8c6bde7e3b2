"""Days: school years, terms' names, and the statutory calendar with its make-up workdays. Knows no database."""

import datetime as dt
from dataclasses import dataclass
from functools import cache

import chinese_calendar
import holidays


def school_year(day: dt.date) -> int:
    """The year in which the school year of `day` began.

    It turns on 1 August: the year begins by law on 1 September, many schools call in the last days of August,
    and none teaches the old year in August.
    """
    return day.year if day.month >= 8 else day.year - 1


def first_day_of_school_year(year: int) -> dt.date:
    return dt.date(year, 8, 1)


@dataclass(frozen=True, slots=True)
class StatutoryDay:
    """What the State's calendar says of a day. `is_provisional`: make-up workdays of its year are not published."""

    is_workday: bool
    name: str  # the holiday, or "调休上班"; empty on ordinary days
    is_provisional: bool


def statutory_day(day: dt.date) -> StatutoryDay:
    try:
        is_workday = chinese_calendar.is_workday(day)
        _, holiday = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return _statutory_holidays_only(day)
    if is_workday:
        return StatutoryDay(True, "调休上班" if day.weekday() >= 5 else "", False)
    return StatutoryDay(False, HOLIDAY_NAMES.get(holiday or "", ""), False)


HOLIDAY_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


def _statutory_holidays_only(day: dt.date) -> StatutoryDay:
    name = _holidays_of(day.year).get(day, "")
    return StatutoryDay(day.weekday() < 5 and not name, name, True)


@cache
def _holidays_of(year: int) -> dict[dt.date, str]:
    return dict(holidays.country_holidays("CN", years=year, language="zh_CN"))


def monday_of(day: dt.date) -> dt.date:
    """The Monday of its week."""
    return day - dt.timedelta(days=day.weekday())


def days_between(first_day: dt.date, last_day: dt.date) -> list[dt.date]:
    """Every day from first to last, both included."""
    return [first_day + dt.timedelta(days=n) for n in range((last_day - first_day).days + 1)]
