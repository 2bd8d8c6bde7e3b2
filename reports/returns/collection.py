"""Who has sent what of a period: the numbers of a unit's area (R1, R2), and the rows of its collection page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from reports.models import Return
from reports.returns.due import LEVELS, due_on
from schools.models import OrgUnit
from schools.periods import Period


@dataclass(frozen=True, slots=True)
class Line:
    """Of one level: how many returns are expected, have come in, came in time. Those from files have no day."""

    level: str
    due_on: dt.date
    expected: int
    actual: int
    on_time: int
    imported: int

    @property
    def missing(self) -> int:
        return self.expected - self.actual

    @property
    def label(self) -> str:
        return str(OrgUnit.Level(self.level).label)


@dataclass(frozen=True, slots=True)
class Collected:
    """By level, schools first; levels that the area has none of are left out."""

    lines: list[Line]

    @property
    def expected(self) -> int:
        return sum(line.expected for line in self.lines)

    @property
    def actual(self) -> int:
        return sum(line.actual for line in self.lines)

    @property
    def on_time(self) -> int:
        return sum(line.on_time for line in self.lines)


def reporting(unit: OrgUnit, day: dt.date) -> QuerySet[OrgUnit]:
    """Those of the area of `unit`, itself included, that report of a period of which `day` is stated last."""
    return OrgUnit.objects.under(unit, day).open_on(day).filter(level__in=LEVELS)


def with_returns(units: QuerySet[OrgUnit], period: Period) -> QuerySet[OrgUnit]:
    """With `return_state` (None: 未填), `first_sent_on`, `is_imported` and `return_id` of this period."""
    found = Return.objects.of_period(period).filter(unit=OuterRef("pk"))
    columns: dict[str, Any] = {
        name: Subquery(found.values(field)[:1])
        for name, field in (
            ("return_id", "pk"),
            ("return_state", "state"),
            ("return_sent_on", "first_sent_on"),
            ("return_imported", "is_imported"),
        )
    }
    return units.annotate(**columns)


def collected(unit: OrgUnit, period: Period, last_day: dt.date, today: dt.date) -> Collected:
    """R1 and R2 of the area as on `today`. Two queries."""
    here = Return.objects.of_period(period).filter(unit=OuterRef("pk"))
    stands = here.stands()
    in_time = Q(pk__in=[])
    for level in LEVELS:
        on_time = stands.filter(first_sent_on__lte=due_on(level, period))
        in_time |= Q(Exists(on_time), level=level)
    counts = (
        reporting(unit, min(last_day, today))
        .order_by()
        .values("level")
        .annotate(
            expected=Count("pk"),
            actual=Count("pk", filter=Q(Exists(stands))),
            on_time=Count("pk", filter=in_time),
            imported=Count("pk", filter=Q(Exists(stands.filter(first_sent_on=None)))),
        )
    )
    rows = {row["level"]: row for row in counts}
    return Collected(
        [
            Line(
                level,
                due_on(level, period),
                *(rows[level][name] for name in ("expected", "actual", "on_time", "imported")),
            )
            for level in LEVELS
            if level in rows
        ]
    )
