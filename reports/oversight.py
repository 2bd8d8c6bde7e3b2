"""What is known of oversight in some days: findings and how they were put right, visits, letters, complaints.

Rows belong to the unit where it last stood in the period. Days are first and last, both included. What is "overdue" or
"closed so far" stands as on the last day, as far as the rows still tell.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from inspections.models import Complaint, Finding, FindingStep, Letter, Visit
from reports import by_area
from reports.snapshot import Counts

CATEGORIES = tuple(f"found_{category}" for category in Finding.Category.values)
FINDINGS = (
    "findings_found",
    "findings_of_visits",
    "findings_due",
    "findings_due_closed",
    "findings_in_time",
    "findings_overdue",
    "findings_closed",
    *CATEGORIES,
)
STEPS = ("findings_reopened", "findings_closings")
VISITS = ("visits", "enforcements", "schools_visited", "lessons_heard", "plans_read", "books_read")
STEP_LIES_IN = Coalesce("finding__owner", "finding__institution__county")
LETTERS = ("letters_advice", "letters_urge")
COMPLAINTS = (
    "complaints_received",
    "complaints_closed",
    "complaints_repeated",
    "complaints_rated",
    "complaints_satisfied",
    "complaint_days",
)
KNOWN = "oversight_known"
COUNTS = (*FINDINGS, *STEPS, *VISITS, *LETTERS, *COMPLAINTS)


def oversight(first_day: dt.date, last_day: dt.date, paths: Iterable[str]) -> dict[str, Counts]:
    """By the code of the unit directly below ours, "" for what is ours; with `oversight_known`, 1 where anything is.

    Six queries, one row a unit.
    """
    above = tuple(paths)
    places = by_area.placed(first_day, last_day, above)
    units = by_area.by_unit(_groups(list(places), first_day, last_day), COUNTS)
    found = by_area.summed(units, places, above, COUNTS)
    return {code: sums | {KNOWN: int(any(sums.values()))} for code, sums in found.items()}


def together(parts: Iterable[Counts]) -> Counts:
    """The sum of several units' counts; zeros where there is none."""
    return by_area.together(parts, COUNTS, KNOWN)


def _groups(
    units: list[int], first_day: dt.date, last_day: dt.date
) -> tuple[tuple[QuerySet[Any], str, dict[str, Any]], ...]:
    days = (first_day, last_day)
    return (
        (Finding.objects.by_place().filter(lies_in__in=units), "lies_in", _of_findings(first_day, last_day)),  # type: ignore[misc]
        (
            FindingStep.objects.filter(day__range=days).annotate(lies_in=STEP_LIES_IN).filter(lies_in__in=units),
            "lies_in",
            _of_steps(),
        ),
        (Visit.objects.by_place().filter(lies_in__in=units).between(*days), "lies_in", _of_visits()),  # type: ignore[misc]
        (Letter.objects.filter(unit__in=units).issued_between(*days), "unit", _of_letters()),
        (Complaint.objects.filter(unit__in=units, received_on__range=days), "unit", _of_complaints(last_day)),
    )


def _of_findings(first_day: dt.date, last_day: dt.date) -> dict[str, Any]:
    due, found = Q(due_on__range=(first_day, last_day)), Q(found_on__range=(first_day, last_day))
    closed = Q(closed_on__lte=last_day)
    answered = Q(answered_on__lte=F("due_on"))
    late = Q(found_on__lte=last_day, due_on__lt=last_day)
    owing = (Q(answered_on=None) | Q(answered_on__gt=last_day)) & (Q(closed_on=None) | Q(closed_on__gt=last_day))
    return {
        "findings_found": Count("pk", filter=found),
        "findings_of_visits": Count("pk", filter=found & Q(visit__school__isnull=False)),
        "findings_due": Count("pk", filter=due),
        "findings_due_closed": Count("pk", filter=due & closed),
        "findings_in_time": Count("pk", filter=due & closed & answered),
        "findings_overdue": Count("pk", filter=late & owing),
        "findings_closed": Count("pk", filter=Q(closed_on__range=(first_day, last_day))),
        **{
            name: Count("pk", filter=found & Q(category=category))
            for name, category in zip(CATEGORIES, Finding.Category.values, strict=True)
        },
    }


def _of_steps() -> dict[str, Any]:
    return {
        "findings_reopened": Count("pk", filter=Q(kind=FindingStep.Kind.REOPEN)),
        "findings_closings": Count("pk", filter=Q(kind=FindingStep.Kind.CLOSE)),
    }


def _of_visits() -> dict[str, Any]:
    return {
        "visits": Count("school"),
        "enforcements": Count("institution"),
        "schools_visited": Count("school", distinct=True),
        **{name: Sum(name) for name in ("lessons_heard", "plans_read", "books_read")},
    }


def _of_letters() -> dict[str, Any]:
    return {f"letters_{kind}": Count("pk", filter=Q(kind=kind)) for kind in ("advice", "urge")}


def _of_complaints(last_day: dt.date) -> dict[str, Any]:
    closed = Q(closed_on__lte=last_day)
    took = ExpressionWrapper(F("closed_on") - F("received_on"), output_field=DurationField())
    return {
        "complaints_received": Count("pk"),
        "complaints_closed": Count("pk", filter=closed),
        "complaints_repeated": Count("pk", filter=Q(repeat_of__isnull=False)),
        "complaints_rated": Count("pk", filter=Q(satisfied__isnull=False)),
        "complaints_satisfied": Count("pk", filter=Q(satisfied=True)),
        "complaint_days": Sum(took, filter=closed),
    }
