"""What is shown of the sums: by week and form, and by county. A sum of few is not shown to anybody."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from paper import charts
from reports.indicators import NOTHING, Counts
from reports.indicators.burden import BURDEN, EACH
from reports.models import BurdenChoice, BurdenTally, BurdenTallyQuerySet
from schools.calendar import monday_of
from schools.models import OrgUnit, School, UnitPlace

# Of fewer devices a sum would tell of persons.
LEAST_DEVICES = 5
# Of fewer schools a bureau would see a school, and no bureau sees one.
LEAST_SCHOOLS = 3
WEEKS_SHOWN = 16
COUNTS = ("burden_devices", "burden_filled", "burden_seconds", "burden_fields", "burden_schools")
NOT_KNOWN: dict[str, int] = dict.fromkeys(COUNTS, 0)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: a week's form, or a county."""

    name: str
    counts: Counts
    is_hidden: bool

    @property
    def filled(self) -> str:
        return NOTHING if self.is_hidden else str(self.counts["burden_filled"])

    @property
    def figures(self) -> list[str]:
        return [NOTHING if self.is_hidden else one.text(self.counts) for one in BURDEN]


@dataclass(frozen=True, slots=True)
class Week:
    monday: dt.date
    lines: Mapping[str, Line]  # by form

    @property
    def sunday(self) -> dt.date:
        return self.monday + dt.timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Burden:
    """Weeks, the newest first, and what those shown add up to."""

    weeks: list[Week]
    whole: Counts

    @property
    def figures(self) -> list[tuple[str, str, str]]:
        """Name, value, unit."""
        return [(one.name, one.text(self.whole), one.unit.value) for one in BURDEN]

    @property
    def is_shown(self) -> bool:
        return bool(self.whole["burden_filled"])

    def chart(self) -> charts.Option:
        """Seconds of one form, by week; a gap where a sum is not shown."""
        weeks = self.weeks[::-1]
        series = {form.label: [_seconds(week, form) for week in weeks] for form in BurdenTally.Form}
        labels = [f"{week.monday.month}.{week.monday.day}" for week in weeks]
        return charts.trend(labels, {name: line for name, line in series.items() if any(line)}, unit="秒")


def _seconds(week: Week, form: str) -> float | None:
    line = week.lines.get(form)
    value = None if line is None or line.is_hidden else EACH.value(line.counts)
    return None if value is None else float(value)


def of_school(school: School, today: dt.date) -> Burden:
    return _burden(_recent(today).filter(school=school), least_schools=1)


def of_area(paths: Collection[str], today: dt.date) -> Burden:
    return _burden(_recent(today).below(paths), least_schools=LEAST_SCHOOLS)


def _recent(today: dt.date) -> BurdenTallyQuerySet:
    monday = monday_of(today)
    return BurdenTally.objects.filter(week__range=(monday - dt.timedelta(weeks=WEEKS_SHOWN - 1), monday))


def _burden(tallies: BurdenTallyQuerySet, *, least_schools: int) -> Burden:
    weeks: dict[dt.date, dict[str, Line]] = defaultdict(dict)
    for row in tallies.sums_by("week", "form"):
        counts = {name: row[name] for name in COUNTS}
        form = BurdenTally.Form(row["form"])
        weeks[row["week"]][form] = Line(form.label, counts, is_few(counts, least_schools))
    lines = [line.counts for forms in weeks.values() for line in forms.values() if not line.is_hidden]
    found = [Week(monday, _in_order(forms)) for monday, forms in sorted(weeks.items(), reverse=True)]
    return Burden(found, _together(lines))


def _in_order(lines: Mapping[str, Line]) -> dict[str, Line]:
    return {form: lines[form] for form in BurdenTally.Form if form in lines}


def is_few(counts: Counts, least_schools: int = LEAST_SCHOOLS) -> bool:
    return counts["burden_devices"] < LEAST_DEVICES or counts["burden_schools"] < least_schools


def counties(city: OrgUnit, today: dt.date) -> list[Line]:
    """Each county's sum of the weeks shown. Where one alone would be hidden the smallest other is too: else it would be
    what the city's sum leaves over."""
    areas = UnitPlace.objects.on(today).filter(parent=city, unit__level=OrgUnit.Level.COUNTY)
    sums = [
        (name, _sum(_recent(today).below([path])))
        for name, path in areas.order_by("path").values_list("unit__name", "path")
    ]
    hidden = {name for name, counts in sums if is_few(counts)}
    if len([name for name, counts in sums if name in hidden and counts["burden_filled"]]) == 1:
        others = [(counts["burden_filled"], name) for name, counts in sums if name not in hidden]
        hidden |= {min(others)[1]} if others else set()
    return [Line(name, counts, name in hidden) for name, counts in sums]


def counts_between(paths: Collection[str], first_day: dt.date, last_day: dt.date) -> dict[str, int]:
    """For a report: the sum of the weeks that end in these days; zeros where it is of few, and so not to be shown."""
    counts = _sum(BurdenTally.objects.below(paths).ending_between(first_day, last_day))
    return NOT_KNOWN if is_few(counts) else counts


def _sum(tallies: BurdenTallyQuerySet) -> dict[str, int]:
    """One query."""
    by_school = list(tallies.sums_by("school"))
    return _together(by_school) | {"burden_schools": len(by_school)}


def _together(rows: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Not the schools: one of two weeks is one."""
    sums = dict(NOT_KNOWN)
    for row in rows:
        for name in COUNTS[:-1]:
            sums[name] += row[name]
    return sums


def schools_sharing(paths: Collection[str], today: dt.date) -> int:
    return BurdenChoice.objects.filter(is_shared=True, school__in=School.objects.under_paths(paths, today)).count()


def burden_notes(counts: Counts, before: Counts) -> list[str]:
    """For a month's report: how long filling in took, against the month before. Nothing where nothing is known."""
    if not counts.get("burden_filled"):
        return []
    each, a_week = (one.text(counts) for one in BURDEN[:2])
    words = (
        f"教师填报负担：{counts['burden_schools']}所学校自愿汇总填报用时（不记个人），共{counts['burden_filled']}份，"
        f"平均每份{each}秒，每人每周每类表{a_week}秒"
    )
    if not before.get("burden_filled"):
        return [f"{words}；上月没有可比的数。"]
    return [f"{words}；平均每份比上月{EACH.change(counts, before)}。"]
