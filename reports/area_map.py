"""An area's schools and the units directly below it, day by day, from the sums. Four queries whatever their number."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Sum

from reports.compute import Span, placed, places_below
from reports.indicators import H2, H3, H5, NOTHING, Indicator
from reports.indicators.service import SERVED
from reports.insight import FEW, Figure, figures
from reports.models import PLACE, ServiceTally, TallyQuerySet
from reports.snapshot import Counts, PlaceLine
from reports.spread import One, step_of
from schools.models import OrgUnit
from schools.models.units import codes_in

FIGURES = {one.code: one for one in (H2, H3, H5, SERVED)}
OF_HOMEWORK = ("classes", "complete", "on_time", "judged", "over_limit")
OF_SERVICE = ("served", "unexcused", "planned", "plan_in_force", "has_break")
COUNTS = (*OF_HOMEWORK, *OF_SERVICE, SERVED.denominator)


@dataclass(slots=True)
class Line:
    """A unit or a school: its counts of the whole span, and of each day."""

    code: str
    name: str
    above: str = ""  # the name of a school's county on a city's page
    is_school: bool = False
    counts: Counts = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    days: dict[dt.date, Counts] = field(default_factory=dict)

    def add(self, day: dt.date, counts: Counts) -> None:
        of_day = self.days.setdefault(day, dict.fromkeys(COUNTS, 0))
        for name, count in counts.items():
            self.counts[name] += count
            of_day[name] += count

    @property
    def figures(self) -> list[tuple[Figure, str]]:
        """Each of FIGURES with the tone of its cell; none where it is grey."""
        return [(shown, self._tone(one)) for one, shown in zip(FIGURES.values(), self._shown, strict=True)]

    @property
    def _shown(self) -> list[Figure]:
        return figures(tuple(FIGURES.values()), self.counts)

    def _tone(self, one: Indicator) -> str:
        value = one.value(self.counts)
        if value is None or self.counts[one.denominator] < FEW:
            return "few"
        return step_of(value, higher_is_better=one.higher_is_better).tone

    def text_on(self, day: dt.date, one: Indicator) -> str:
        return one.text(self.days[day]) if day in self.days else NOTHING

    def value_on(self, day: dt.date, one: Indicator) -> float | None:
        value = one.value(self.days[day]) if day in self.days else None
        return None if value is None else float(value)


@dataclass(frozen=True, slots=True)
class AreaMap:
    """By code. The units of a city are its counties, then its direct schools; elsewhere they are the schools."""

    paths: tuple[str, ...]  # of the area in those days
    whole: Line
    units: list[Line]
    schools: list[Line]

    @property
    def days(self) -> list[dt.date]:
        """On which a class or a service was due somewhere."""
        return sorted(self.whole.days)

    def shares(self, one: Indicator) -> list[One]:
        """Of the schools that have any."""
        found = [(school, one.value(school.counts)) for school in self.schools]
        return [
            One(
                school.code,
                school.name,
                school.above,
                value,
                one.text(school.counts),
                one.parts_text(school.counts),
                school.counts[one.denominator] < FEW,
            )
            for school, value in found
            if value is not None
        ]


def area_map(unit: OrgUnit, first_day: dt.date, last_day: dt.date) -> AreaMap:
    """A school that moved within the area counts where it stood on each day."""
    span = placed(unit, first_day, last_day)
    tree = places_below(span)
    homework = _read(span.tallies(), OF_HOMEWORK)
    service = _read(ServiceTally.objects.below(span.paths).between(first_day, last_day), OF_SERVICE)
    if not any(counts["planned"] or counts["plan_in_force"] or counts["has_break"] for _, _, counts in service):
        service = []  # nothing is known of service here: then nothing was due
    due = [
        (path, day, counts | {SERVED.denominator: counts["served"] + counts["unexcused"]})
        for path, day, counts in service
    ]
    return _put_together(unit, span, tree, [*homework, *due])


def _read(tallies: TallyQuerySet, names: Iterable[str]) -> list[tuple[str, dt.date, Counts]]:
    rows = tallies.order_by().values_list(f"{PLACE}path", "day").annotate(*(Sum(name) for name in names))
    return [(path, day, dict(zip(names, counts, strict=True))) for path, day, *counts in rows]


def _put_together(unit: OrgUnit, span: Span, tree: list[PlaceLine], rows: list[tuple[str, dt.date, Counts]]) -> AreaMap:
    is_city = unit.level == OrgUnit.Level.CITY
    names = {line.code: line.name for line in tree}
    whole = Line("", "合计")
    units = {line.code: Line(line.code, line.name) for line in tree if is_city and line.level == OrgUnit.Level.COUNTY}
    schools: dict[tuple[str, str], Line] = {}
    keys = {path: _keys(path, span, is_city=is_city) for path in {path for path, _, _ in rows}}
    for path, day, counts in rows:
        above, code = keys[path]
        if (above, code) not in schools:
            schools[above, code] = Line(code, names[code], names[above] if above != code else "", True)
            units.setdefault(above, Line(above, names[above], is_school=above == code))
        for line in (whole, units[above], schools[above, code]):
            line.add(day, counts)
    return AreaMap(
        span.paths,
        whole,
        sorted(units.values(), key=lambda line: (line.is_school, line.code)),
        sorted(schools.values(), key=lambda line: line.code),
    )


def _keys(path: str, span: Span, *, is_city: bool) -> tuple[str, str]:
    """Of a school's path: the code of its unit in the table, and its own."""
    *_, code = codes_in(path)
    ours = next(part for part in span.paths if path.startswith(part))
    return (codes_in(path[len(ours) :])[0] if is_city else code), code
