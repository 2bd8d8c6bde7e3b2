"""The figures of a unit and period, read from the sums in a handful of queries whatever the number of schools."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from homework.models import LocalLimit
from homework.policy import NationalLimit, national_limits
from reports import bands, oversight, rollup, training
from reports.burden import reading as burden
from reports.evidence import NOTHING_KNOWN, Evidence, Known, evidence
from reports.indicators import BY_CODE, H4_SHARE, HOMEWORK, OVERSIGHT, SCHOOL_FIGURES, SERVICE, TRAINING
from reports.models import PLACE, HomeworkTally, TallyQuerySet
from reports.notes import Facts, data_notes
from reports.snapshot import (
    Area,
    Counts,
    DayLine,
    Definition,
    GradeLine,
    Limit,
    PlaceLine,
    SchoolLine,
    Shortfall,
    Snapshot,
)
from schools.dated import holding_between
from schools.models import OrgUnit, School, UnitPlace
from schools.models.units import beginning_with, codes_in
from schools.periods import Period, PeriodKind

EXTRA_COUNTS = ("schools", "schools_within", "schools_silent", "days_off_within")
DIRECT_SCHOOLS = "市直学校"


class NoReportError(Exception):
    """There is nothing to report; the message is for the one who asked."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a report counts, and the paths under which its unit stood in them."""

    first_day: dt.date
    last_day: dt.date
    paths: tuple[str, ...]

    def tallies(self) -> TallyQuerySet:
        return HomeworkTally.objects.below(self.paths).between(self.first_day, self.last_day)


def cut_off_days(period: Period) -> int:
    """Half-month returns fall due before the half-month ends; months are stated in full."""
    return settings.HALF_MONTH_CUT_OFF_DAYS if period.kind == PeriodKind.HALF_MONTH else 0


def is_draft(period: Period, now: dt.datetime) -> bool:
    """Until the last day that the report states has ended its figures may change in the ordinary course."""
    return timezone.localdate(now) <= period.closes_on(cut_off_days(period))


@transaction.atomic
def compute(unit: OrgUnit, period: Period, now: dt.datetime) -> Snapshot:
    """All that the report says, as the facts stand at `now`. Days that have not come yet are not counted.

    Raises NoReportError for a unit that does not report, was not there, or a period that has not begun.
    """
    span, before = _span(unit, period, now), _span_before(unit, period)
    rollup.hold(before.first_day, span.last_day)
    tree = places_below(span)
    is_city = unit.level == OrgUnit.Level.CITY
    found = evidence(span.first_day, span.last_day, span.paths)
    beside = _beside(found, span, tree, is_city=is_city)
    schools = _with_evidence(school_lines(span, tree, is_city=is_city), beside, tree)
    days = _day_lines(span)
    last_school_day = dt.date.fromisoformat(days[-1].day) if days else None
    draft = is_draft(period, now)
    national, local = _national_limits(span), _local_limits(span, tree)
    with_service = bool(beside.whole["service_known"])
    apart = _apart(span)
    filled = [burden.counts_between(one.paths, one.first_day, one.last_day) for one in (span, before)]
    facts = Facts(
        period, span.first_day, span.last_day, now, draft, schools, _moved(tree), last_school_day, bool(local), filled
    )
    areas = area_lines(schools, tree) if is_city else []
    return Snapshot(
        unit_code=unit.code,
        unit_name=unit.name,
        level=unit.level,
        period=period.code,
        first_day=span.first_day.isoformat(),
        last_day=span.last_day.isoformat(),
        school_days=len(days),
        data_until=timezone.localtime(now).isoformat(timespec="seconds"),
        is_draft=draft,
        counts=total(line.counts for line in schools) | beside.whole | apart.whole,
        previous_counts=total(_per_school(before).values()) | _whole_beside(before),
        areas=[
            replace(line, counts=line.counts | beside.areas.get(line.name, NOTHING_KNOWN) | apart.of_area(line.code))
            for line in areas
        ],
        schools=schools,
        grades=_grade_lines(span),
        days=days,
        bands=bands.bands(span.first_day, span.last_day, span.paths),
        shortfalls=[missed for line in schools if (missed := _shortfall(line, with_service=with_service))],
        limits=[*national, *local],
        definitions=_definitions(beside.whole | apart.whole),
        notes=data_notes(facts),
        tree=tree,
        year_ago_counts=_year_ago(unit, period),
    )


def _span(unit: OrgUnit, period: Period, now: dt.datetime) -> Span:
    if unit.level not in (OrgUnit.Level.CITY, OrgUnit.Level.COUNTY):
        raise NoReportError(f"{unit.name}是{unit.get_level_display()}，只有市和县（市、区）有报表。")
    first_day, last_day = period.stated_days(cut_off_days(period))
    if timezone.localdate(now) < first_day:
        raise NoReportError(f"{period.name}还没有开始，{first_day:%Y年%-m月%-d日}起才能生成。")
    span = placed(unit, first_day, min(last_day, timezone.localdate(now)))
    if not span.paths:
        raise NoReportError(f"{unit.name}在{period.name}还没有设立，或已经撤销。")
    return span


def _span_before(unit: OrgUnit, period: Period) -> Span:
    return placed(unit, *period.previous().stated_days(cut_off_days(period)))


def _year_ago(unit: OrgUnit, period: Period) -> Counts:
    """Of the same month of last year; empty for a half-month, and where there was no school day."""
    if period.kind != PeriodKind.MONTH:
        return {}
    span = placed(unit, *period.year_before().stated_days(cut_off_days(period)))
    schools = _per_school(span)
    return total(schools.values()) | _whole_beside(span) if schools else {}


def placed(unit: OrgUnit, first_day: dt.date, last_day: dt.date) -> Span:
    places = UnitPlace.objects.filter(holding_between(first_day, last_day), unit=unit)
    return Span(first_day, last_day, tuple(sorted(set(places.values_list("path", flat=True)))))


def places_below(span: Span) -> list[PlaceLine]:
    places = UnitPlace.objects.filter(
        holding_between(span.first_day, span.last_day), beginning_with("path", span.paths)
    ).exclude(unit__level=OrgUnit.Level.DEPARTMENT)
    rows = places.order_by("path", "first_day").values_list(
        "unit__code", "unit__name", "unit__level", "path", "first_day", "last_day"
    )
    return [
        PlaceLine(code, name, level, path, first.isoformat(), last.isoformat() if last else None)
        for code, name, level, path, first, last in rows
    ]


def _moved(tree: list[PlaceLine]) -> list[str]:
    """Names of schools that stood in more than one place."""
    places = Counter((line.code, line.name) for line in tree if line.level == OrgUnit.Level.SCHOOL)
    return [name for (_, name), number in sorted(places.items()) if number > 1]


def _per_school(span: Span) -> dict[str, Counts]:
    """Path of a school, with its area, → its counts while it stood there."""
    rows = span.tallies().sums_by(f"{PLACE}path")
    return {str(row.pop(f"{PLACE}path")): _with_school_counts(row) for row in rows}


def _with_school_counts(row: dict[str, object]) -> Counts:
    counts = {name: int(str(row[name])) for name in HomeworkTally.COUNTS}
    return counts | {
        "schools": int(counts["classes"] > 0),
        "schools_within": int(keeps_the_limit(counts)),
        "schools_silent": int(counts["published"] == 0),
        "days_off_within": counts["days_off"] - counts["days_off_over"],
    }


def keeps_the_limit(counts: Counts) -> bool:
    """Whether a school with these sums does: H4. Without a complete class-day nobody knows, so it does not."""
    over = counts["over_limit"] + counts["days_off_over"]
    return counts["complete"] > 0 and (counts["complete"] - over) * 100 >= H4_SHARE * counts["complete"]


def total(lines: Iterable[Counts]) -> Counts:
    """The sum of every count of days; zeros where there is no line. What is known beside the days is not added up."""
    sums = dict.fromkeys((*HomeworkTally.COUNTS, *EXTRA_COUNTS), 0)
    for counts in lines:
        for name in sums.keys() & counts.keys():
            sums[name] += counts[name]
    return sums


def school_lines(span: Span, tree: list[PlaceLine], *, is_city: bool) -> list[SchoolLine]:
    """By area and code. Two places in one area, below another district, are one line."""
    names = {line.code: line.name for line in tree}
    pieces: dict[tuple[str, str], list[Counts]] = defaultdict(list)
    for path, counts in _per_school(span).items():
        *_, code = codes_in(path)
        pieces[_area_code(path, span.paths) if is_city else "", code].append(counts)
    return [
        SchoolLine(code, names[code], names.get(area, DIRECT_SCHOOLS) if is_city else "", _one_school(counts))
        for (area, code), counts in sorted(pieces.items())
    ]


def _one_school(pieces: list[Counts]) -> Counts:
    return pieces[0] if len(pieces) == 1 else _with_school_counts(dict(total(pieces)))


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known beside the days: of the whole unit, of each area by its name, of each school by code and area."""

    whole: Counts
    areas: dict[str, Counts]
    schools: dict[tuple[str, str], Counts]


def _beside(found: Evidence, span: Span, tree: list[PlaceLine], *, is_city: bool) -> Beside:
    names = {line.code: line.name for line in tree}
    areas: dict[str, list[Known]] = defaultdict(list)
    schools: dict[tuple[str, str], list[Known]] = {}
    for school in found.schools:
        area = names.get(_area_code(school.path, span.paths), DIRECT_SCHOOLS) if is_city else ""
        areas[area].append(school)
        schools[school.code, area] = [school]
    counts = found.counts([found.schools, *areas.values(), *schools.values()])
    return Beside(
        counts[0],
        dict(zip(areas, counts[1:], strict=False)),
        dict(zip(schools, counts[1 + len(areas) :], strict=True)),
    )


def _whole_beside(span: Span) -> Counts:
    found = evidence(span.first_day, span.last_day, span.paths)
    return found.counts([found.schools])[0] | _apart(span).whole


@dataclass(frozen=True, slots=True)
class Apart:
    """What is known apart from schools' days, by the code of the area directly below: oversight, and training."""

    overseen: dict[str, Counts]
    trained: dict[str, Counts]

    @property
    def whole(self) -> Counts:
        return oversight.together(self.overseen.values()) | training.together(self.trained.values())

    def of_area(self, code: str) -> Counts:
        """Zeros where nothing is known of it."""
        return Apart(_only(self.overseen, code), _only(self.trained, code)).whole


def _only(areas: dict[str, Counts], code: str) -> dict[str, Counts]:
    return {code: areas[code]} if code in areas else {}


def _apart(span: Span) -> Apart:
    days = (span.first_day, span.last_day)
    return Apart(oversight.oversight(*days, span.paths), training.training(*days, span.paths))


def _with_evidence(lines: list[SchoolLine], beside: Beside, tree: list[PlaceLine]) -> list[SchoolLine]:
    """Each school's counts completed; an open school that had no day due gets a line too. In the lines' order.

    A school that moved away has its days in the line of the place it left, and the rest where it went.
    """
    names = {line.code: line.name for line in tree}
    areas = {line.name: line.code for line in tree if line.level != OrgUnit.Level.SCHOOL}
    rows = {(line.code, line.area): line for line in lines}
    for (code, area), counts in beside.schools.items():
        if counts["schools_open"]:
            rows.setdefault((code, area), SchoolLine(code, names[code], area, total([])))
    return [
        replace(line, counts=line.counts | beside.schools.get(key, NOTHING_KNOWN))
        for key, line in sorted(rows.items(), key=lambda row: (areas.get(row[0][1], ""), row[0][0]))
    ]


def _area_code(path: str, above: tuple[str, ...]) -> str:
    """The unit directly below ours on this school's path; empty for a school directly below us."""
    ours = next(part for part in above if path.startswith(part))
    below = codes_in(path[len(ours) :])
    return below[0] if len(below) > 1 else ""


def area_lines(schools: list[SchoolLine], tree: list[PlaceLine]) -> list[Area]:
    """Every county, also one without a single row; then the schools directly below the city, if any."""
    counties = {line.name: line.code for line in tree if line.level == OrgUnit.Level.COUNTY}
    lines: dict[str, list[Counts]] = {name: [] for name in counties}
    for school in schools:
        lines.setdefault(school.area, []).append(school.counts)
    return [Area(counties.get(name, ""), name, total(counts)) for name, counts in lines.items()]


def _grade_lines(span: Span) -> list[GradeLine]:
    grades: dict[tuple[int, str], list[Counts]] = defaultdict(list)
    for row in span.tallies().sums_by("school__system", "grade"):
        school, grade = School(system=str(row["school__system"])), int(str(row["grade"]))
        grades[grade, school.stage_of(grade)].append(_only_sums(row))
    # Primary's grade 6 before junior's.
    ordered = sorted(grades.items(), key=lambda item: (item[0][0], item[0][1] != School.Stage.PRIMARY))
    return [GradeLine(stage, grade, total(counts)) for (grade, stage), counts in ordered]


def _only_sums(row: dict[str, object]) -> Counts:
    return {name: int(str(row[name])) for name in HomeworkTally.COUNTS}


def _day_lines(span: Span) -> list[DayLine]:
    return [DayLine(str(row["day"]), _only_sums(row)) for row in span.tallies().sums_by("day")]


def _shortfall(line: SchoolLine, *, with_service: bool) -> Shortfall | None:
    figures = (*SCHOOL_FIGURES, BY_CODE["A2"]) if with_service else SCHOOL_FIGURES
    missed = [indicator.code for indicator in figures if indicator.misses(line.counts)]
    return Shortfall(line.code, line.name, line.area, line.is_silent, missed) if missed else None


def _national_limits(span: Span) -> list[Limit]:
    return [_national(limit) for limit in national_limits() if _holds(limit, span)]


def _local_limits(span: Span, tree: list[PlaceLine]) -> list[Limit]:
    """Those of our unit, above it and below it."""
    codes = {line.code for line in tree} | {code for path in span.paths for code in codes_in(path)}
    local = LocalLimit.objects.of_units(codes).touching(span.first_day, span.last_day).select_related("unit")
    return [
        Limit(
            issued_by=limit.unit.name,
            stage=limit.stage,
            grades=[limit.grade],
            minutes=limit.minutes,
            source=f"《{limit.document}》{limit.clause}",
            first_day=limit.first_day.isoformat(),
            last_day=limit.last_day.isoformat() if limit.last_day else None,
        )
        for limit in local.order_by("unit__code", "grade", "first_day")
    ]


def _holds(limit: NationalLimit, span: Span) -> bool:
    return limit.first_day <= span.last_day and (limit.last_day is None or limit.last_day >= span.first_day)


def _national(limit: NationalLimit) -> Limit:
    return Limit(
        issued_by=limit.issued_by,
        stage=limit.stage,
        grades=list(limit.grades),
        minutes=limit.minutes,
        source=f"《{limit.document}》{limit.clause}",
        first_day=limit.first_day.isoformat(),
        last_day=limit.last_day.isoformat() if limit.last_day else None,
    )


def _definitions(counts: Counts) -> list[Definition]:
    """Of the figures that the report states: nothing is said of what nothing is known of."""
    parts = (("service_known", SERVICE), ("training_known", TRAINING), ("oversight_known", OVERSIGHT))
    stated = (*HOMEWORK, *(one for known, indicators in parts if counts[known] for one in indicators))
    return [
        Definition(indicator.code, indicator.name, indicator.source, indicator.target_text(), indicator.definition)
        for indicator in stated
    ]
