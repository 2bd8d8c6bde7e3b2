"""What a county or a city sees of after-school service in a month: from the sums, beside the latest report's shares.

Who took part and who served on some day is not asked of a city's rows for a page: those shares are the report's.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from afterschool.models import Plan
from afterschool.policy import national_rules
from reports import insight, service, shelf
from reports.indicators.service import A1, A2, A3, A5
from reports.insight import Figure, figures
from reports.models import Report, ServiceTally
from reports.snapshot import Counts, from_json
from schools.models import OrgUnit, School
from schools.models.units import codes_in

NOTHING: Counts = dict.fromkeys(service.HELD, 0)


@dataclass(frozen=True, slots=True)
class Row:
    """A county or a school. `figures`: coverage and time; `shares`: of pupils and teachers, as last reported."""

    code: str  # empty of all together
    name: str
    is_school: bool
    counts: Counts
    figures: list[Figure]
    shares: list[Figure | None]
    reasons: list[str]

    @property
    def minutes(self) -> int | None:
        """Of a day on which service was held, on average."""
        served = self.counts["service_served"]
        return round(self.counts["service_minutes"] / served) if served else None


@dataclass(frozen=True, slots=True)
class Reported:
    """The shares of the latest report that knows them: of the whole and of each unit or school below, by code."""

    report: Report
    whole: Counts
    below: Mapping[str, Counts]


@dataclass(frozen=True, slots=True)
class AreaMonth:
    rows: list[Row]
    whole: Row
    reported: Reported | None


def area_month(unit: OrgUnit, first_day: dt.date, last_day: dt.date) -> AreaMonth:
    """A city's counties and direct schools, any other unit's schools, by code. The same few queries for any number."""
    units = insight.schools_by_unit(unit, last_day)
    ids = [school for _, _, schools in units for school in schools]
    open_then = set(School.objects.filter(pk__in=ids).open_on(last_day).values_list("pk", flat=True))
    held = service.held(ids, open_then, first_day, last_day)
    failures = _failures(ids, last_day)
    reported = latest_reported(unit, last_day)
    codes = dict(School.objects.filter(pk__in=ids).values_list("pk", "unit__code"))
    rows = []
    for code, name, schools in units:
        is_school = codes[schools[0]] == code
        reasons = _why(schools[0], held, failures) if is_school else _in_all(schools, held)
        shares = reported.below.get(code) if reported else None
        rows.append(_row(code, name, [held[school] for school in schools], shares, reasons, is_school=is_school))
    whole = reported.whole if reported else None
    return AreaMonth(rows, _row("", "合计", held.values(), whole, _in_all(ids, held), is_school=False), reported)


def _row(
    code: str, name: str, lines: Iterable[Counts], shares: Counts | None, reasons: list[str], *, is_school: bool
) -> Row:
    counts = dict(NOTHING)
    for line in lines:
        for count, number in line.items():
            counts[count] += number
    return Row(
        code=code,
        name=name,
        is_school=is_school,
        counts=counts,
        figures=figures((A1, A2), counts),
        shares=list(figures((A3, A5), shares)) if shares else [None, None],
        reasons=reasons,
    )


def _failures(schools: Sequence[int], day: dt.date) -> dict[int, list[str]]:
    """By school, the rules that its plan in force fails, in words."""
    plans = Plan.objects.in_force(day).filter(school__in=schools).exclude(failures=[])
    rules = national_rules()
    return {
        school: [rules[rule].words for rule in failed if rule in rules]
        for school, failed in plans.values_list("school", "failures")
    }


def _why(school: int, held: Mapping[int, Counts], failures: Mapping[int, list[str]]) -> list[str]:
    words = service.why_late(held[school])
    if failures.get(school) and service.PLAN_FAILS in words:
        place = words.index(service.PLAN_FAILS)
        words[place] = f"方案{'、'.join(failures[school])}"
    return words


def _in_all(schools: Sequence[int], held: Mapping[int, Counts]) -> list[str]:
    """How many schools fail for which reason; one may have two."""
    counted: Counter[str] = Counter()
    for school in schools:
        counted.update(service.why_late_in_short(held[school]))
    return [f"{reason}{counted[reason]}所" for reason in service.REASONS if counted[reason]]


def latest_reported(unit: OrgUnit, day: dt.date) -> Reported | None:
    """Of the unit itself; of a 学区, its schools' lines in its county's report."""
    paths = insight.paths_then(unit, day)
    above = OrgUnit.objects.filter(code__in=[code for path in paths for code in codes_in(path)])
    is_reporting = unit.level in shelf.REPORTING_LEVELS
    reporting = unit if is_reporting else above.filter(level=OrgUnit.Level.COUNTY).first()
    report = Report.objects.filter(unit=reporting).order_by("-last_day", "-version").first()
    if report is None:
        return None
    snapshot = from_json(report.snapshot)
    if not snapshot.has_service:
        return None
    below = {school.code: school.counts for school in snapshot.schools}
    below |= {area.code: area.counts for area in snapshot.areas}
    return Reported(report, snapshot.counts if is_reporting else {}, below)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a first page."""

    day: dt.date
    counts: Counts


def line_of_area(path: str, today: dt.date) -> Line | None:
    """The last day before today on which a school taught; None where nothing is known of service. Two queries."""
    tallies = ServiceTally.objects.below([path]).filter(day__lt=today)
    day = tallies.order_by("-day").values_list("day", flat=True).first()
    if day is None:
        return None
    counts = ServiceTally.objects.below([path]).between(day, day).sums()
    return Line(day, counts) if _is_known(counts) else None


def lines_of_schools(schools: Sequence[School], today: dt.date) -> dict[int, Line]:
    """Today's, by school; none where nothing is known of service. One query."""
    rows = ServiceTally.objects.filter(school__in=schools, day=today).values("school", *ServiceTally.COUNTS)
    return {row.pop("school"): Line(today, row) for row in rows if _is_known(row)}


def _is_known(counts: Counts) -> bool:
    return bool(counts["planned"] or counts["plan_in_force"] or counts["has_break"])
