"""How far a special operation has come: by county against its target, and day by day."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from schools.models import OrgUnit
from training.models import Campaign
from training.reduction import Fraction, percent


@dataclass(frozen=True, slots=True)
class Progress:
    """Of a county, or of all together."""

    county: OrgUnit | None
    target: int
    listed: int
    checked: int
    problems: int

    @property
    def share_words(self) -> str:
        """Checked of the target; "--" where there is none."""
        return percent(Fraction(self.checked, self.target) if self.target else None)

    @property
    def remaining(self) -> int:
        return self.listed - self.checked


def by_county(campaign: Campaign) -> list[Progress]:
    """Counties with a target or a list, by their code. Three queries."""
    counts: dict[str, Any] = {
        "listed": Count("pk"),
        "checked": Count("pk", filter=Q(checked_on__isnull=False)),
        "problems": Count("pk", filter=Q(has_problem=True)),
    }
    rows = campaign.checks.order_by().values("institution__county").annotate(**counts)
    numbers: Any = rows.values_list("institution__county", *counts)
    found = {county: dict(zip(counts, line, strict=True)) for county, *line in numbers}
    targets = dict(campaign.targets.values_list("county", "count"))
    counties = OrgUnit.objects.filter(pk__in=found.keys() | targets.keys()).order_by("code")
    nothing = dict.fromkeys(counts, 0)
    return [Progress(one, targets.get(one.pk, 0), **found.get(one.pk, nothing)) for one in counties]


def together(lines: list[Progress]) -> Progress:
    sums = {name: sum(getattr(line, name) for line in lines) for name in ("target", "listed", "checked", "problems")}
    return Progress(None, **sums)


def by_day(campaign: Campaign) -> list[tuple[dt.date, int, int]]:
    """Day, checked, with problems: of the days on which somebody was checked, the latest first. One query."""
    rows = campaign.checks.filter(checked_on__isnull=False).order_by().values("checked_on")
    counted = rows.annotate(checked=Count("pk"), problems=Count("pk", filter=Q(has_problem=True)))
    lines: Any = counted.order_by("-checked_on").values_list("checked_on", "checked", "problems")
    return list(lines)
