"""Deadlines that count the days on which a unit works."""

import datetime as dt

from schools.calendar import statutory_day
from schools.models import SchoolDay


def school_day_after(unit_id: int, day: dt.date, count: int) -> dt.date:
    """The `count`-th school day after `day` of the school with this unit's id.

    Where its days are not laid down so far, and for a unit that is no school, working days take their place. One query.
    """
    known = SchoolDay.objects.held().filter(school=unit_id, day__gt=day).order_by("day")
    days = list(known.values_list("day", flat=True)[:count])
    return working_day_after(days[-1] if days else day, count - len(days))


def working_day_after(day: dt.date, count: int) -> dt.date:
    """The `count`-th working day of the State's calendar after `day`."""
    while count:
        day += dt.timedelta(days=1)
        count -= statutory_day(day).is_workday
    return day
