"""What leaders see between reports: a school's week, and an area's units side by side. Reads sums and notices."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from homework.class_days import Cell
from homework.models import Notice
from reports.compute import area_lines, placed, places_below, school_lines, total
from reports.indicators import H2, H3, H5, Indicator
from reports.snapshot import Counts
from schools.calendar import monday_of
from schools.dated import holding_between, is_between
from schools.models import ClassGroup, OrgUnit, School, SchoolDay, Term, UnitPlace
from schools.models.classes import GRADE_NAMES
from schools.models.units import beginning_with, codes_in

# A share of fewer is printed grey: one more or less would turn it over.
FEW = 10


def week_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """Monday and Sunday."""
    monday = monday_of(day)
    return monday, monday + dt.timedelta(days=6)


def paths_then(unit: OrgUnit, day: dt.date) -> list[str]:
    """The unit's path on `day`; none where it was not there. One query."""
    return list(UnitPlace.objects.on(day).filter(unit=unit).values_list("path", flat=True))


def term_of(unit: OrgUnit, day: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the unit's term that runs on `day`, or of the half-year where no term was entered.

    Between two terms it is the one that ended last. Two queries.
    """
    above = [code for path in paths_then(unit, day) for code in codes_in(path)]
    terms = Term.objects.filter(unit__code__in=above, first_day__lte=day)
    term = terms.order_by("-first_day").first()
    if term and (day - term.last_day).days <= 60:
        return term.first_day, term.last_day
    if day.month >= 8:
        return dt.date(day.year, 8, 1), dt.date(day.year + 1, 1, 31)
    if day.month == 1:
        return dt.date(day.year - 1, 8, 1), dt.date(day.year, 1, 31)
    return dt.date(day.year, 2, 1), dt.date(day.year, 7, 31)


@dataclass(frozen=True, slots=True)
class MapRow:
    """A class and its days: None before it began or after it ended."""

    class_group: ClassGroup
    name: str
    cells: list[Cell | None]

    @property
    def silent(self) -> int:
        return sum(1 for cell in self.cells if cell and cell.notice is None)

    @property
    def incomplete(self) -> int:
        return sum(1 for cell in self.cells if cell and cell.notice and not cell.notice.is_complete)

    @property
    def late(self) -> int:
        return sum(
            1 for cell in self.cells if cell and cell.notice and cell.notice.is_complete and not cell.notice.is_on_time
        )

    @property
    def is_behind(self) -> bool:
        return bool(self.silent or self.incomplete or self.late)

    def before(self, day: dt.date) -> MapRow:
        """The same with only the days before `day`: one that is not over cannot be behind."""
        return replace(self, cells=[cell for cell in self.cells if cell and cell.day < day])


@dataclass(frozen=True, slots=True)
class SchoolMap:
    days: list[dt.date]  # on which the school taught
    rows: list[MapRow]

    def of_day(self, day: dt.date) -> list[tuple[str, list[tuple[MapRow, Cell]]]]:
        """Grade by grade, the classes on one of the days."""
        if day not in self.days:
            return []
        place = self.days.index(day)
        grades: dict[str, list[tuple[MapRow, Cell]]] = defaultdict(list)
        for row in self.rows:
            cell = row.cells[place]
            if cell:
                grades[GRADE_NAMES[row.class_group.grade_on(day)]].append((row, cell))
        return list(grades.items())


def school_map(school: School, first_day: dt.date, last_day: dt.date) -> SchoolMap:
    """Three queries. Classes outside grades 1 to 9 are left out."""
    held = SchoolDay.objects.held().filter(school=school).between(first_day, last_day).order_by("day")
    days = list(held.values_list("day", flat=True))
    groups = ClassGroup.objects.filter(holding_between(first_day, last_day), school=school)
    notices = Notice.objects.filter(school=school).between(first_day, last_day)
    found = {(notice.class_group_id, notice.day): notice for notice in notices}
    rows = [
        MapRow(group, group.name_on(last_day), [_cell(group, day, found) for day in days])
        for group in groups.in_order()
        if 1 <= group.grade_on(last_day) <= 9
    ]
    return SchoolMap(days, rows)


def _cell(group: ClassGroup, day: dt.date, found: Mapping[tuple[int, dt.date], Notice]) -> Cell | None:
    if not is_between(day, group.first_day, group.last_day):
        return None
    return Cell(day, found.get((group.pk, day)))


# --- Areas ---


@dataclass(frozen=True, slots=True)
class Figure:
    """A share with the counts behind it; grey where they are few."""

    text: str
    parts: str
    is_grey: bool


@dataclass(frozen=True, slots=True)
class AreaRow:
    code: str  # empty: schools directly below a city, which stand below by themselves
    name: str
    classes: int
    silent: int
    late: int
    over: int
    figures: list[Figure]


FIGURES = (H2, H3, H5)


def area_rows(unit: OrgUnit, first_day: dt.date, last_day: dt.date) -> tuple[list[AreaRow], AreaRow]:
    """A city's counties and direct schools, any other unit's schools, by code; and all together.

    Three queries, of sums.
    """
    span = placed(unit, first_day, last_day)
    tree = places_below(span)
    is_city = unit.level == OrgUnit.Level.CITY
    schools = school_lines(span, tree, is_city=is_city)
    whole = area_row("", "合计", total(line.counts for line in schools))
    if not is_city:
        return [area_row(line.code, line.name, line.counts) for line in schools], whole
    counties = [area_row(area.code, area.name, area.counts) for area in area_lines(schools, tree) if area.code]
    named = {row.name for row in counties}
    direct = [area_row(line.code, line.name, line.counts) for line in schools if line.area not in named]
    return [*counties, *direct], whole


def schools_by_unit(unit: OrgUnit, day: dt.date) -> list[tuple[str, str, list[int]]]:
    """Code, name and schools of a city's counties and direct schools, by code; elsewhere each school by itself.

    Three queries.
    """
    above = paths_then(unit, day)
    places = UnitPlace.objects.on(day).filter(beginning_with("path", above), unit__level=OrgUnit.Level.SCHOOL)
    found: dict[str, list[int]] = defaultdict(list)
    for pk, path in places.values_list("unit", "path"):
        below = codes_in(path[len(above[0]) :])
        found[below[0] if unit.level == OrgUnit.Level.CITY else below[-1]].append(pk)
    names = dict(OrgUnit.objects.filter(code__in=found).values_list("code", "name"))
    return [(code, names[code], schools) for code, schools in sorted(found.items())]


def area_row(code: str, name: str, counts: Counts) -> AreaRow:
    return AreaRow(
        code=code,
        name=name,
        classes=counts["classes"],
        silent=counts["classes"] - counts["published"],
        late=counts["complete"] - counts["on_time"],
        over=counts["over_limit"] + counts["days_off_over"],
        figures=figures(FIGURES, counts),
    )


def figures(indicators: Sequence[Indicator], counts: Counts) -> list[Figure]:
    return [Figure(one.text(counts), one.parts_text(counts), counts[one.denominator] < FEW) for one in indicators]
