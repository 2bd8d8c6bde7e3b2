"""A school's term beside the median of its county. No other school is named or ranked; of few there is no median."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.area_map import COUNTS, FIGURES, Line, area_map
from reports.indicators import Indicator
from reports.indicators.service import A3
from reports.insight import Figure, figures, paths_then
from reports.service_area import latest_reported
from reports.snapshot import Counts
from reports.spread import median_of
from schools.calendar import monday_of
from schools.models import OrgUnit
from schools.models.units import codes_in


@dataclass(frozen=True, slots=True)
class Compared:
    indicator: Indicator
    mine: Figure
    median: str  # – where fewer schools than needed have the figure
    schools: int  # that have it
    source: str = ""  # the report it is of, where it is of one


@dataclass(frozen=True, slots=True)
class Week:
    monday: dt.date
    mine: Decimal | None
    median: Decimal | None

    @property
    def mine_as_number(self) -> float | None:
        return None if self.mine is None else float(self.mine)

    @property
    def median_as_number(self) -> float | None:
        return None if self.median is None else float(self.median)


@dataclass(frozen=True, slots=True)
class OwnSchool:
    county: OrgUnit | None
    rows: list[Compared]
    weeks: list[Week]  # of the figure asked for


def own_school(unit: OrgUnit, first_day: dt.date, last_day: dt.date, one: Indicator) -> OwnSchool:
    """Of the days on which the school stood in its county. The same few queries for any number of schools."""
    above = [code for path in paths_then(unit, last_day) for code in codes_in(path)]
    county = OrgUnit.objects.filter(code__in=above, level=OrgUnit.Level.COUNTY).first()
    schools = area_map(county or unit, first_day, last_day).schools
    mine = next((line for line in schools if line.code == unit.code), Line(unit.code, unit.name))
    rows = [_compared(figure, mine.counts, [line.counts for line in schools]) for figure in FIGURES.values()]
    return OwnSchool(county, rows + _joined(unit, county, last_day), _weeks(mine, schools, one))


def _compared(one: Indicator, mine: Counts, schools: Sequence[Counts], source: str = "") -> Compared:
    values = [value for counts in schools if (value := one.value(counts)) is not None]
    return Compared(one, figures([one], mine)[0], _written(one, median_of(values)), len(values), source)


def _written(one: Indicator, value: Decimal | None) -> str:
    """A median may lie halfway between two shares: two decimals are printed."""
    return one.written(None if value is None else value.quantize(Decimal("0.01")))


def _joined(unit: OrgUnit, county: OrgUnit | None, day: dt.date) -> list[Compared]:
    """Of pupils, as the county last reported; nothing where it reported nothing of service."""
    reported = latest_reported(county, day) if county else None
    if reported is None:
        return []
    below = {code: counts for code, counts in reported.below.items() if A3.is_in(counts)}
    if unit.code not in below:
        return []
    return [_compared(A3, below[unit.code], list(below.values()), reported.report.period.name)]


def _weeks(mine: Line, schools: Sequence[Line], one: Indicator) -> list[Week]:
    of_mine, of_all = _by_week(mine), [_by_week(line) for line in schools]
    return [Week(monday, _value(of_mine, monday, one), _median(of_all, monday, one)) for monday in sorted(of_mine)]


def _by_week(line: Line) -> dict[dt.date, Counts]:
    weeks: dict[dt.date, Counts] = defaultdict(lambda: dict.fromkeys(COUNTS, 0))
    for day, counts in line.days.items():
        week = weeks[monday_of(day)]
        for name, count in counts.items():
            week[name] += count
    return weeks


def _value(weeks: dict[dt.date, Counts], monday: dt.date, one: Indicator) -> Decimal | None:
    return one.value(weeks[monday]) if monday in weeks else None


def _median(schools: Sequence[dict[dt.date, Counts]], monday: dt.date, one: Indicator) -> Decimal | None:
    values = [value for weeks in schools if (value := _value(weeks, monday, one)) is not None]
    found = median_of(values)
    return None if found is None else found.quantize(Decimal("0.01"))
