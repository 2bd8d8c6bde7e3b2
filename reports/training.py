"""What is known of training institutions: the register as on the last day, and what was done in the period.

A county's rows belong to where it last stood in the period. Sums of money in 分.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from reports import by_area
from reports.snapshot import Counts
from schools.models import OrgUnit
from training import life
from training.half_month import IN_BASIS, OFFLINE, ONLINE, OPERATING
from training.models import (
    Account,
    Arrangement,
    ContractSample,
    Institution,
    Movement,
    Statement,
    TutoringCase,
    Violation,
)

ACADEMIC = Q(subject=Institution.Subject.ACADEMIC)
KEPT = ACADEMIC & Q(state_then__in=life.THERE)
CONTROLLED = OPERATING & ~Q(prepaid_control=Institution.Control.NONE)
CONDITIONS: dict[str, Q] = {
    "institutions": Q(),
    "baseline": IN_BASIS,
    "baseline_approved": IN_BASIS & Q(baseline_entry__permit=life.Permit.APPROVED),
    "reduced": IN_BASIS & Q(state_then__in=life.REDUCED),
    "reduced_closed": IN_BASIS & Q(state_then=life.State.CLOSED),
    "reduced_converted": IN_BASIS & Q(state_then=life.State.CONVERTED),
    "reduced_revoked": IN_BASIS & Q(state_then=life.State.REVOKED),
    "offline_kept": KEPT & OFFLINE,
    "offline_non_profit": KEPT & OFFLINE & Q(registration_then=life.Registration.NON_PROFIT),
    "online_kept": KEPT & ONLINE,
    "online_approved": KEPT & ONLINE & Q(permit_then=life.Permit.APPROVED),
    "rest_days_found": IN_BASIS & Q(rest_days_found=True),
    "rest_days_cleared": IN_BASIS & Q(rest_days_cleared=True),
    "operating": OPERATING,
    "operating_academic": OPERATING & ACADEMIC,
    "operating_other": OPERATING & ~ACADEMIC,
    "on_model_contract": OPERATING & Q(model_contract=True),
    "on_guide_price": OPERATING & ACADEMIC & Q(guide_price=True),
    "controlled": CONTROLLED,
    "controlled_academic": CONTROLLED & ACADEMIC,
    "controlled_other": CONTROLLED & ~ACADEMIC,
    "on_platform": OPERATING & Q(on_platform=True),
}
MONEY = ("watched_cents", "flagged_movements", "contracts_looked", "contracts_over")
DISGUISES = tuple(f"disguise_{disguise}" for disguise in Violation.Disguise.values)
WRONGDOING = (
    "violations_found",
    "violations_decided",
    "violations_open",
    "advertising_decided",
    "disguised_decided",
    "enforcement_persons",
    "penalty_cents",
    "tutoring_found",
    "tutoring_disposed",
    *DISGUISES,
)
ARRANGED = ("counties", "advertising_counties", "authority_counties", "city_authority", "city_standards")
KNOWN = "training_known"
COUNTS = (*CONDITIONS, *MONEY, *WRONGDOING, *ARRANGED)
ADVERTISING = (Violation.Kind.ADVERTISING, Violation.Kind.FALSE_PROMISE)


def training(first_day: dt.date, last_day: dt.date, paths: Iterable[str]) -> dict[str, Counts]:
    """By the code of the unit directly below ours, "" for what is ours; with `training_known`, 1 where anything is.

    Eight queries, one row a county.
    """
    above = tuple(paths)
    places = by_area.placed(first_day, last_day, above)
    units = by_area.by_unit(_groups(list(places), first_day, last_day), COUNTS)
    found = by_area.summed(units, places, above, COUNTS)
    return {code: sums | {KNOWN: int(_is_known(sums))} for code, sums in found.items()}


def _is_known(counts: Counts) -> bool:
    """Whether anything is, beyond that there are counties."""
    return any(count for name, count in counts.items() if name != "counties")


def together(parts: Iterable[Counts]) -> Counts:
    """The sum of several units' counts; zeros where there is none."""
    return by_area.together(parts, COUNTS, KNOWN)


def _groups(
    counties: list[int], first_day: dt.date, last_day: dt.date
) -> list[tuple[QuerySet[Any], str, dict[str, Any]]]:
    days = (first_day, last_day)
    latest = Statement.objects.filter(account=OuterRef("pk"), month__lte=last_day).order_by("-month")
    accounts = Account.objects.open_on(last_day).annotate(latest=Subquery(latest.values("closing_cents")[:1]))
    flagged = Movement.objects.filter(day__range=days).exclude(flag="")
    over = ContractSample.objects.over_limit().values("pk")
    groups: tuple[tuple[QuerySet[Any], str, dict[str, Any]], ...] = (
        (Institution.objects.as_on(last_day), "county", _conditions()),
        (accounts, "institution__county", {"watched_cents": Sum("latest")}),
        (flagged, "statement__account__institution__county", {"flagged_movements": Count("pk")}),
        (
            ContractSample.objects.filter(looked_on__range=days),
            "institution__county",
            {"contracts_looked": Count("pk"), "contracts_over": Count("pk", filter=Q(pk__in=over))},
        ),
        (Violation.objects.filter(found_on__lte=last_day), "county", _of_wrongdoing(first_day, last_day)),
        (OrgUnit.objects.areas(), "pk", _of_arrangements(last_day)),
        (TutoringCase.objects.filter(found_on__lte=last_day), "county", _of_tutoring(first_day, last_day)),
    )
    return [(rows.filter(**{f"{county}__in": counties}), county, counted) for rows, county, counted in groups]


def _conditions() -> dict[str, Any]:
    return {name: Count("pk", filter=condition) for name, condition in CONDITIONS.items()}


def _of_wrongdoing(first_day: dt.date, last_day: dt.date) -> dict[str, Any]:
    found, decided = Q(found_on__range=(first_day, last_day)), Q(decided_on__range=(first_day, last_day))
    undecided = Q(decided_on=None) | Q(decided_on__gt=last_day)
    unpublished = Q(must_publish=True) & (Q(published_on=None) | Q(published_on__gt=last_day))
    return {
        "violations_found": Count("pk", filter=found),
        "violations_decided": Count("pk", filter=decided),
        "violations_open": Count("pk", filter=undecided | unpublished),
        "advertising_decided": Count("pk", filter=decided & Q(kind__in=ADVERTISING)),
        "disguised_decided": Count("pk", filter=decided & Q(kind=Violation.Kind.DISGUISED)),
        "enforcement_persons": Sum("officers", filter=found),
        "penalty_cents": Sum(F("fine_cents") + F("confiscated_cents"), filter=decided),
        **{
            name: Count("pk", filter=decided & Q(disguise=disguise))
            for name, disguise in zip(DISGUISES, Violation.Disguise.values, strict=True)
        },
    }


def _of_tutoring(first_day: dt.date, last_day: dt.date) -> dict[str, Any]:
    """Numbers alone: no name is read."""
    days = (first_day, last_day)
    return {
        "tutoring_found": Count("pk", filter=Q(found_on__range=days)),
        "tutoring_disposed": Count("pk", filter=Q(disposed_on__range=days)),
    }


def _of_arrangements(day: dt.date) -> dict[str, Any]:
    """What units had laid down on `day`."""
    county, city = Q(level=OrgUnit.Level.COUNTY), Q(level=OrgUnit.Level.CITY)

    def has(kind: Arrangement.Kind) -> Q:
        return Q(Exists(Arrangement.objects.on(day).filter(unit=OuterRef("pk"), kind=kind)))

    return {
        "counties": Count("pk", filter=county),
        "advertising_counties": Count("pk", filter=county & has(Arrangement.Kind.ADVERTISING)),
        "authority_counties": Count("pk", filter=county & has(Arrangement.Kind.AUTHORITY)),
        "city_authority": Count("pk", filter=city & has(Arrangement.Kind.AUTHORITY)),
        "city_standards": Count("pk", filter=city & has(Arrangement.Kind.STANDARDS)),
    }
