"""What leaders see of the ledger: how old findings are, whose, how long they took; and who was not visited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Max, Q, QuerySet

from inspections import life
from inspections.models import Finding, Visit
from inspections.models.findings import FindingQuerySet
from schools.calendar import first_day_of_school_year, school_year
from schools.models import OrgUnit, School, Term
from schools.models.units import codes_in

# Of open findings by the days since they were found: up to so many; the last is what is older.
AGES = ((0, 7, "7天以内"), (8, 15, "8—15天"), (16, 30, "16—30天"), (31, None, "超过30天"))


class Median(Aggregate):
    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(slots=True)
class Line:
    """Of a unit, a category, or all: open ones by age, and what became of those found since the year began."""

    code: str
    name: str
    ages: list[int]
    overdue: int = 0
    waiting: int = 0  # answered, not yet verified or closed
    found: int = 0
    closed: int = 0
    again: int = 0

    @property
    def open(self) -> int:
        return sum(self.ages)

    def add(self, counts: Mapping[str, Any]) -> None:
        self.ages = [known + counts[f"age_{place}"] for place, known in enumerate(self.ages)]
        for name in ("overdue", "waiting", "found", "closed", "again"):
            setattr(self, name, getattr(self, name) + counts[name])


def _empty(code: str, name: str) -> Line:
    return Line(code, name, [0] * len(AGES))


def _counted(today: dt.date, since: dt.date) -> dict[str, Count]:
    is_open = Q(state__in=life.OPEN)
    counted = {}
    for place, (youngest, oldest, _) in enumerate(AGES):
        age = Q(found_on__lte=today - dt.timedelta(days=youngest))
        if oldest is not None:
            age &= Q(found_on__gte=today - dt.timedelta(days=oldest))
        counted[f"age_{place}"] = Count("pk", filter=is_open & age)
    return counted | {
        "overdue": Count("pk", filter=Q(state__in=life.OWING, due_on__lt=today)),
        "waiting": Count("pk", filter=Q(state__in=(life.State.SUBMITTED, life.State.VERIFIED))),
        "found": Count("pk", filter=Q(found_on__gte=since)),
        "closed": Count("pk", filter=Q(closed_on__gte=since)),
        "again": Count("pk", filter=Q(reopened__gt=0, found_on__gte=since)),
    }


def by_unit(rows: FindingQuerySet, paths: Sequence[str], today: dt.date, since: dt.date) -> list[Line]:
    """By the unit just below hers: counties for a city, schools for a county; the most that is overdue first.

    What is her own bureau's stands under its own name. Two queries, one row a unit.
    """
    units = OrgUnit.objects.under_paths(paths, today).placed(today)
    placed = {unit.pk: (unit.path, unit.code) for unit in units}  # type: ignore[attr-defined]
    names = {unit.code: unit.name for unit in units}
    lines: dict[str, Line] = {}
    for counts in rows.by_place().order_by().values("lies_in").annotate(**_counted(today, since)):  # type: ignore[misc]
        path, own = placed.get(counts["lies_in"], ("", ""))
        below = next((codes_in(path)[len(codes_in(above)) :] for above in paths if path.startswith(above)), [])
        code = below[0] if below else own
        lines.setdefault(code, _empty(code, names.get(code, "已撤销的单位"))).add(counts)
    return sorted(lines.values(), key=lambda line: (-line.overdue, -line.open, line.code))


def by_category(rows: FindingQuerySet, today: dt.date, since: dt.date) -> list[Line]:
    """In the order of the list of categories; those without any left out. One query."""
    found = {row["category"]: row for row in rows.order_by().values("category").annotate(**_counted(today, since))}
    lines = []
    for category, label in Finding.Category.choices:
        if category in found:
            line = _empty(category, str(label))
            line.add(found[category])
            lines.append(line)
    return lines


def total(lines: Iterable[Line]) -> Line:
    whole = _empty("", "合计")
    for line in lines:
        counts: dict[str, Any] = {f"age_{place}": count for place, count in enumerate(line.ages)}
        whole.add(counts | {name: getattr(line, name) for name in ("overdue", "waiting", "found", "closed", "again")})
    return whole


def median_days(rows: FindingQuerySet, since: dt.date) -> float | None:
    """From the day of finding to the closing, of those closed since; None where there is none."""
    took = ExpressionWrapper(F("closed_on") - F("found_on"), output_field=DurationField())
    median: dt.timedelta | None = rows.filter(closed_on__gte=since).aggregate(median=Median(took))["median"]
    return None if median is None else median / dt.timedelta(days=1)


def year_began(today: dt.date) -> dt.date:
    return first_day_of_school_year(school_year(today))


def term_began(paths: Sequence[str], today: dt.date) -> dt.date:
    """The first day of the latest term that her units or those above have begun; else of the school year."""
    codes = {code for path in paths for code in codes_in(path)}
    terms = Term.objects.filter(unit__code__in=codes, first_day__lte=today).order_by("-first_day")
    return terms.values_list("first_day", flat=True).first() or year_began(today)


def unvisited(paths: Sequence[str], since: dt.date, today: dt.date) -> QuerySet[School]:
    """Open schools without a visit since that day, with `last_visit`: never visited ones first, then by it."""
    lately = Visit.objects.filter(day__gte=since).values("school")
    schools = School.objects.inside(paths).open_on(today).exclude(pk__in=lately).select_related("unit")
    return schools.annotate(last_visit=Max("visits__day")).order_by(F("last_visit").asc(nulls_first=True), "unit__code")
