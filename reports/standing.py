"""How a unit stands in the half-month that is running, for first pages. Reads sums only, in a few queries."""

import datetime as dt
from dataclasses import dataclass

from reports.compute import area_lines, placed, places_below, school_lines, total
from reports.snapshot import Counts
from reports.tables import Table, by_area, by_school
from schools.models import OrgUnit
from schools.periods import Period, PeriodKind, containing


@dataclass(frozen=True, slots=True)
class Standing:
    """The days of `period` that have ended, up to `last_day`; on its first day, the period before."""

    unit: OrgUnit
    period: Period
    last_day: dt.date
    counts: Counts
    table: Table


def standing(unit: OrgUnit, today: dt.date) -> Standing:
    """Three queries. By county for a city, by school for any other unit."""
    last_day = today - dt.timedelta(days=1)  # a day half over would look like a bad one
    period = containing(PeriodKind.HALF_MONTH, last_day)
    span = placed(unit, period.first_day, last_day)
    tree = places_below(span)
    is_city = unit.level == OrgUnit.Level.CITY
    schools = school_lines(span, tree, is_city=is_city)
    counts = total(line.counts for line in schools)
    table = by_area(area_lines(schools, tree), counts) if is_city else by_school(schools, counts)
    return Standing(unit, period, last_day, counts, table)
