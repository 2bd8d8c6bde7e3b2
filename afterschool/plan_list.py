"""The schools of an area with their plans: what was sent last, what is in force, and how many of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from afterschool.models import Plan
from afterschool.policy import national_rules
from schools.models import School

# Names of filters with what they show.
FILTERS = {
    "waiting": ("待备案", Q(sent_state="submitted")),
    "returned": ("已退回", Q(sent_state="returned")),
    "none": ("没有执行中的", Q(current=None)),
    "failing": ("执行中不达标", Q(current__isnull=False) & ~Q(current_failures=[])),
    "good": ("执行中且达标", Q(current__isnull=False, current_failures=[])),
}


@dataclass(frozen=True, slots=True)
class Counts:
    schools: int
    waiting: int
    in_force: int
    compliant: int

    @property
    def in_force_percent(self) -> str:
        return percent(self.in_force, self.schools)

    @property
    def compliant_percent(self) -> str:
        """Of the schools with a plan in force."""
        return percent(self.compliant, self.in_force)


def with_plans(schools: QuerySet[School], day: dt.date) -> QuerySet[Any]:
    """With the last version that was sent, and the version in force on `day`: those that wait first, the oldest before.

    Drafts are the school's own.
    """
    of_school = Plan.objects.filter(school=OuterRef("pk"))
    sent = of_school.exclude(state=Plan.State.DRAFT).order_by("-version")
    current = Plan.objects.in_force(day).filter(school=OuterRef("pk"))
    return schools.annotate(
        sent=Subquery(sent.values("version")[:1]),
        sent_state=Subquery(sent.values("state")[:1]),
        sent_at=Subquery(sent.values("submitted_at")[:1]),
        sent_failures=Subquery(sent.values("failures")[:1]),
        current=Subquery(current.values("version")[:1]),
        current_failures=Subquery(current.values("failures")[:1]),
        current_last_day=Subquery(current.values("last_day")[:1]),
        waits=Case(When(sent_state="submitted", then=Value(0)), default=Value(1), output_field=IntegerField()),
    )


def count(schools: QuerySet[Any]) -> Counts:
    """Of `with_plans`. One query."""
    found = schools.aggregate(
        schools=Count("pk"),
        waiting=Count("pk", filter=FILTERS["waiting"][1]),
        in_force=Count("pk", filter=Q(current__isnull=False)),
        compliant=Count("pk", filter=FILTERS["good"][1]),
    )
    return Counts(**found)


def words(failures: Iterable[str] | None) -> list[str]:
    """Of stored verdicts."""
    rules = national_rules()
    return [rules[one].words for one in failures or [] if one in rules]


def percent(part: int, whole: int) -> str:
    return f"{part * 100 / whole:.1f}%" if whole else "–"
