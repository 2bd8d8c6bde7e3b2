"""Sessions and hours that people served, by week: what is counted is that a session was held, and by whom."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, DateField, DurationField, ExpressionWrapper, F, Sum
from django.db.models.functions import Coalesce, TruncWeek

from afterschool.models import Session, Worker


@dataclass(frozen=True, slots=True)
class Served:
    """Of one person in one week, or of several together."""

    sessions: int = 0
    minutes: int = 0

    def __add__(self, other: Served) -> Served:
        return Served(self.sessions + other.sessions, self.minutes + other.minutes)

    @property
    def hours(self) -> str:
        """As people say it: 2小时30分."""
        hours, minutes = divmod(self.minutes, 60)
        return (f"{hours}小时" if hours else "") + (f"{minutes}分" if minutes or not hours else "")


def served(workers: Iterable[Worker], first_day: dt.date, last_day: dt.date) -> dict[int, dict[dt.date, Served]]:
    """By worker's id and the Monday of a week. A session counts for who stood in, else for the group's teacher.

    One query.
    """
    length = ExpressionWrapper(F("ends_at") - F("starts_at"), output_field=DurationField())
    held = Session.objects.held().between(first_day, last_day).annotate(who=Coalesce("worker", "group__worker"))
    weeks = (
        held.filter(who__in=[worker.pk for worker in workers])
        .order_by()
        .values("who", week=TruncWeek("day", output_field=DateField()))
        .annotate(sessions=Count("pk"), time=Sum(length))
    )
    found: dict[int, dict[dt.date, Served]] = defaultdict(dict)
    for row in weeks:
        found[row["who"]][row["week"]] = Served(row["sessions"], int(row["time"].total_seconds() // 60))
    return found


def total(weeks: Iterable[Served]) -> Served:
    return sum(weeks, Served())
