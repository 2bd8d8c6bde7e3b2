"""Vacations as the calendar has them, and what a class has to do in one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace

from django.db.models import Max, Min, Prefetch, Q

from homework.models import VacationItem, VacationPlan
from homework.rules import LONGEST_DAYS_OFF
from schools.models import ClassGroup, SchoolDay

# So long before a vacation begins its plan may be written, and families may see it.
OPENS_BEFORE = dt.timedelta(days=14)
# No vacation lasts longer. While the next term is not set, a plan can be written until then.
LONGEST = dt.timedelta(days=92)
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Vacation:
    """The days without school after `last_school_day`. `last_day` is None while the next term is not set."""

    last_school_day: dt.date
    last_day: dt.date | None

    @property
    def first_day(self) -> dt.date:
        return self.last_school_day + ONE_DAY

    @property
    def name(self) -> str:
        """寒假 is the one with winter in it."""
        return "暑假" if 5 <= self.first_day.month <= 9 else "寒假"

    def is_open_on(self, day: dt.date) -> bool:
        """Whether its plan may be written and shown."""
        return self.first_day - OPENS_BEFORE <= day <= (self.last_day or self.first_day + LONGEST)


def vacations_near(school_ids: Collection[int], day: dt.date) -> dict[int, Vacation]:
    """By school, the vacation that `day` lies in or that begins within 14 days. One query.

    A gap between school days is a vacation when it is longer than the days off that a notice covers.
    """
    edge = day + OPENS_BEFORE - ONE_DAY  # the last school day at which a vacation of interest begins
    held = SchoolDay.objects.held().filter(school__in=school_ids, day__range=(day - LONGEST - ONE_DAY, edge + LONGEST))
    rows = held.values("school").annotate(
        before=Max("day", filter=Q(day__lte=day)),
        after=Min("day", filter=Q(day__gt=day)),
        before_edge=Max("day", filter=Q(day__lte=edge)),
        after_edge=Min("day", filter=Q(day__gt=edge)),
    )
    found = {}
    for school_id, *ends in rows.values_list("school", "before", "after", "before_edge", "after_edge"):
        vacation = _gap(*ends[:2]) or _gap(*ends[2:])
        if vacation and vacation.is_open_on(day):
            found[school_id] = vacation
    return found


def open_vacations(school_ids: Collection[int], day: dt.date) -> dict[int, Vacation]:
    """By school, the vacation whose plans may be written on `day`. Two queries.

    Its last day is 教导处's word where the calendar does not know it, and None where she has not given it yet.
    """
    near = vacations_near(school_ids, day)
    unknown = {school_id: vacation.first_day for school_id, vacation in near.items() if vacation.last_day is None}
    stated = dict(
        VacationPlan.objects.filter(school__in=unknown, last_day__gte=min(unknown.values(), default=day))
        .values_list("school")
        .annotate(Max("last_day"))
    )
    found = {pk: replace(one, last_day=one.last_day or stated.get(pk)) for pk, one in near.items()}
    return {pk: vacation for pk, vacation in found.items() if vacation.is_open_on(day)}


def _gap(before: dt.date | None, after: dt.date | None) -> Vacation | None:
    """Between one school day and the next."""
    if before is None or (after is not None and after - before <= LONGEST_DAYS_OFF):
        return None
    return Vacation(before, after - ONE_DAY if after else None)


def plan_for(class_group: ClassGroup, day: dt.date) -> VacationPlan | None:
    """What the class has to do in the vacation that `day` lies in or that begins within 14 days; None while that is
    nothing. Its `live_items` are in the order of subjects. Two queries."""
    plans = VacationPlan.objects.filter(
        class_group=class_group, first_day__lte=day + OPENS_BEFORE, last_day__gte=day
    ).order_by("first_day")
    live = VacationItem.objects.live().select_related("subject").order_by("subject__rank", "pk")
    plan = plans.prefetch_related(Prefetch("items", live, to_attr="live_items")).first()
    return plan if plan and plan.live_items else None
