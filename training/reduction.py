"""压减: how many of the baseline's institutions are gone, over two bases, as on a day.

The national form divides by the whole baseline, cities' own reports often by what had been approved: both are shown.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q

from training import life
from training.models import Institution


@dataclass(frozen=True, slots=True)
class Reduction:
    """Of the baseline's institutions: how many were approved (审批) when it was frozen, and what became of all."""

    baseline: int = 0
    approved: int = 0
    operating: int = 0
    suspended: int = 0
    closed: int = 0
    converted: int = 0
    revoked: int = 0

    @property
    def reduced(self) -> int:
        return self.closed + self.converted + self.revoked

    @property
    def remaining(self) -> int:
        return self.operating + self.suspended

    @property
    def share(self) -> Fraction | None:
        """Of the baseline; None where there is none."""
        return Fraction(self.reduced, self.baseline) if self.baseline else None

    @property
    def share_of_approved(self) -> Fraction | None:
        return Fraction(self.reduced, self.approved) if self.approved else None

    @property
    def share_words(self) -> str:
        return percent(self.share)

    @property
    def share_of_approved_words(self) -> str:
        return percent(self.share_of_approved)

    def __add__(self, other: "Reduction") -> "Reduction":
        return Reduction(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def percent(share: Fraction | None) -> str:
    """Two decimals, rounded half up, trailing zeros cut; "--" where there is no base."""
    if share is None:
        return "--"
    hundredths = (share.numerator * 20_000 // share.denominator + 1) // 2
    text = f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".")
    return f"{text}%"


def by_county(counties: Collection[int], day: dt.date) -> dict[int, Reduction]:
    """Of those of the counties whose baseline is frozen, as on `day`. One query."""
    rows = Institution.objects.filter(county__in=counties, baseline_entry__isnull=False).as_on(day)
    counts: dict[str, Any] = {state.value: Count("pk", filter=Q(state_then=state.value)) for state in life.State}
    counts["baseline"] = Count("pk")
    counts["approved"] = Count("pk", filter=Q(baseline_entry__permit=life.Permit.APPROVED))
    sums = rows.order_by().values("county").annotate(**counts).values_list("county", *counts)
    return {county: Reduction(**dict(zip(counts, numbers, strict=True))) for county, *numbers in sums}
