"""When returns are due, and whether one was late. Pure but for the settings.

The State asks for the half-month return before the 15th and the end of each month (国务院教育督导委员会办公室, August
2021), so each level has its day before the period's end; a month's return follows its end. A due day that falls on a
day off moves to the working day before it: the level above cannot wait. Make-up workdays are working days.
"""

import datetime as dt

from django.conf import settings

from schools.calendar import statutory_day
from schools.deadlines import working_day_after
from schools.models import OrgUnit
from schools.periods import Period, PeriodKind

LEVELS = (OrgUnit.Level.SCHOOL, OrgUnit.Level.COUNTY, OrgUnit.Level.CITY)


def due_on(level: str, period: Period) -> dt.date:
    """The last day on which a return of the level is in time.

    Half-months: RETURN_DUE_DAYS before the period's end, moved back to a working day. Months: that many working days
    after the month's end, in MONTH_RETURN_DUE_DAYS.
    """
    if period.kind == PeriodKind.MONTH:
        return working_day_after(period.last_day, settings.MONTH_RETURN_DUE_DAYS[level])
    day = period.last_day - dt.timedelta(days=settings.RETURN_DUE_DAYS[level])
    while not statutory_day(day).is_workday:
        day -= dt.timedelta(days=1)
    return day


def is_late(level: str, period: Period, first_sent_on: dt.date | None, today: dt.date) -> bool:
    """First sent after its due day, or never sent and the day has passed; not to be asked of one from a file."""
    return (first_sent_on or today) > due_on(level, period)
