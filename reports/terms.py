"""A term week by week, from the sums: how complete and punctual publicity was, and how long homework was by grade."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Sum

from paper import charts
from reports.compute import placed
from reports.indicators import H2, H3, H5, H6
from reports.insight import Figure, figures
from reports.snapshot import Counts
from schools.calendar import monday_of
from schools.models import OrgUnit
from schools.models.classes import GRADE_NAMES

# What the figures here are made of.
COUNTS = ("classes", "complete", "on_time", "judged", "over_limit", "written_minutes")


@dataclass(frozen=True, slots=True)
class Week:
    monday: dt.date
    counts: Counts
    grades: dict[int, Counts]

    @property
    def sunday(self) -> dt.date:
        return self.monday + dt.timedelta(days=6)

    @property
    def shares(self) -> list[Figure]:
        return figures((H2, H3, H5), self.counts)


@dataclass(frozen=True, slots=True)
class TermTrend:
    weeks: list[Week]
    grades: list[int]

    @property
    def grade_names(self) -> list[str]:
        return [GRADE_NAMES[grade] for grade in self.grades]

    @property
    def rows(self) -> list[tuple[Week, list[Figure | None]]]:
        """Each week with the mean minutes of each grade; None where the grade had no complete day."""
        return [
            (week, [figures([H6], week.grades[grade])[0] if grade in week.grades else None for grade in self.grades])
            for week in self.weeks
        ]

    @property
    def labels(self) -> list[str]:
        return [f"{week.monday.month}.{week.monday.day}" for week in self.weeks]

    def shares_chart(self) -> charts.Option:
        series = {one.name: [_number(one.value(week.counts)) for week in self.weeks] for one in (H2, H3)}
        return charts.trend(self.labels, series, unit="%", target=float(H2.target or 0))

    def minutes_chart(self) -> charts.Option:
        series = {
            GRADE_NAMES[grade]: [
                _number(H6.value(week.grades[grade])) if grade in week.grades else None for week in self.weeks
            ]
            for grade in self.grades
        }
        return charts.trend(self.labels, series, unit="分钟")


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def term_trend(unit: OrgUnit, first_day: dt.date, last_day: dt.date) -> TermTrend:
    """By week from Monday to Sunday. Two queries.

    Summed by day and put into weeks here: half a million rows of a city's term are grouped twice as fast by their own
    columns as by a week that is reckoned for each.
    """
    tallies = placed(unit, first_day, last_day).tallies()
    sums = {name: Sum(name) for name in COUNTS}
    weeks: dict[dt.date, dict[int, list[Counts]]] = defaultdict(lambda: defaultdict(list))
    for day, grade, *counts in tallies.order_by().values_list("day", "grade").annotate(**sums):
        weeks[monday_of(day)][grade].append(dict(zip(COUNTS, counts, strict=True)))
    found = [_week(monday, grades) for monday, grades in sorted(weeks.items())]
    return TermTrend(found, sorted({grade for week in found for grade in week.grades}))


def _week(monday: dt.date, days: Mapping[int, list[Counts]]) -> Week:
    grades = {grade: _sum(rows) for grade, rows in days.items()}
    return Week(monday, _sum(grades.values()), grades)


def _sum(rows: Iterable[Counts]) -> Counts:
    sums = dict.fromkeys(COUNTS, 0)
    for row in rows:
        for name, count in row.items():
            sums[name] += count
    return sums
