"""Who has sent what of a period: the numbers of a unit's area (R1, R2), and the rows of its collection page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from reports.indicators.returns import COMPLETE, IN_TIME
from reports.models import Return, ReturnStep
from reports.returns.due import LEVELS, due_on
from schools.models import OrgUnit
from schools.models.units import codes_in
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

    @property
    def actual_share(self) -> str:
        """R1."""
        return COMPLETE.text({"actual": self.actual, "expected": self.expected})

    @property
    def on_time_share(self) -> str:
        """R2."""
        return IN_TIME.text({"on_time": self.on_time, "expected": self.expected})


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


def reporting(paths: Iterable[str], day: dt.date) -> QuerySet[OrgUnit]:
    """Those at and below these paths that report of a period of which `day` is stated last."""
    return OrgUnit.objects.under_paths(paths, day).open_on(day).filter(level__in=LEVELS)


def with_returns(units: QuerySet[OrgUnit], period: Period) -> QuerySet[OrgUnit]:
    """With `return_id`, `return_state` (None: 未填), `return_sent_on` (first) and `return_imported` of this period."""
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


def collected(paths: Iterable[str], period: Period, day: dt.date) -> Collected:
    """R1 and R2 of what stood at and below these paths on `day`. One query."""
    here = Return.objects.of_period(period).filter(unit=OuterRef("pk"))
    stands = here.stands()
    in_time = Q(pk__in=[])
    for level in LEVELS:
        on_time = stands.filter(first_sent_on__lte=due_on(level, period))
        in_time |= Q(Exists(on_time), level=level)
    counts = (
        reporting(paths, day)
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


def reopened(units: QuerySet[OrgUnit], period: Period) -> int:
    """How many of their returns were unlocked after they had been accepted. One query."""
    unlocked = ReturnStep.objects.filter(kind=ReturnStep.Kind.UNLOCK, of=OuterRef("pk"))
    return Return.objects.of_period(period).filter(Exists(unlocked), unit__in=units).count()


def below(unit: OrgUnit, period: Period, today: dt.date) -> QuerySet[OrgUnit]:
    """Those of the area that report, `unit` itself apart, as they stand on the period's last day or today."""
    day = min(period.last_day, today)
    return reporting([unit.path_on(day)], day).exclude(pk=unit.pk)


def late(unit: OrgUnit, period: Period, today: dt.date) -> list[OrgUnit]:
    """Units below `unit` whose return does not stand yet, before the due day and after. Two queries."""
    stands = Return.objects.of_period(period).stands().filter(unit=OuterRef("pk"))
    return list(below(unit, period, today).filter(~Exists(stands)).order_by("level", "code"))


def receiver_of(unit: OrgUnit, day: dt.date) -> str:
    """The name of the county or city that takes in its returns; the city's own officers take in the city's."""
    above = codes_in(unit.path_on(day))[:-1] or [unit.code]
    names = dict(OrgUnit.objects.areas().filter(code__in=above).values_list("code", "name"))
    return next((names[code] for code in reversed(above) if code in names), unit.name)
