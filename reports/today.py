"""A principal's three things today: what presses most of what waits at her school."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Q, Sum
from django.urls import reverse

from homework.models import Notice
from inspections.models import Finding
from reports.models import HomeworkTally, ServiceTally
from schools.models import School

SHOWN = 3
# Days before a deadline from which it presses.
NEAR_DAYS = 5


class Kind(StrEnum):
    """In the order in which they press, other things being equal."""

    FINDINGS_LATE = "findings_late"
    RETURNS_LATE = "returns_late"
    OVER_LIMIT = "over_limit"
    SILENT_BEFORE = "silent_before"
    UNCALLED = "uncalled"
    FINDINGS_NEAR = "findings_near"
    RETURNS_NEAR = "returns_near"
    SILENT_TODAY = "silent_today"


WORDS = {
    Kind.FINDINGS_LATE: "{}个问题整改已超期",
    Kind.RETURNS_LATE: "{}份上报已过截止日",
    Kind.OVER_LIMIT: "{}个超限的班级日等教导处审核",
    Kind.SILENT_BEFORE: "上一个上课日有{}个班没有公示作业",
    Kind.UNCALLED: "上一个上课日有{}个课后服务班组没有点名",
    Kind.FINDINGS_NEAR: f"{{}}个问题{NEAR_DAYS}天内到整改期限",
    Kind.RETURNS_NEAR: "{}份上报快到截止日",
    Kind.SILENT_TODAY: "今天还有{}个班没有公示作业",
}


def most_pressing(counts: Mapping[Kind, int], classes: int) -> list[Kind]:
    """At most three kinds with a count, the most pressing first.

    By the order of Kind; but where at least half of the `classes` were silent, that comes before everything.
    """
    waiting = [kind for kind in Kind if counts.get(kind, 0) > 0]
    mass = classes > 0 and counts.get(Kind.SILENT_BEFORE, 0) * 2 >= classes
    waiting.sort(key=lambda kind: not (mass and kind is Kind.SILENT_BEFORE))
    return waiting[:SHOWN]


@dataclass(frozen=True, slots=True)
class Thing:
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Owed:
    """How many returns of hers are late or near, and the page of the first."""

    late: int
    near: int
    url: str


def three_things(schools: Sequence[School], silent_today: int, owed: Owed, today: dt.date) -> list[Thing]:
    """Four queries."""
    before = _last(HomeworkTally, schools, today, "classes", "published")
    service = _last(ServiceTally, schools, today, "planned", "held", "cancelled")
    findings = Finding.objects.owing().filter(owner__in=[school.pk for school in schools])
    due = findings.aggregate(
        late=Count("pk", filter=Q(due_on__lt=today)),
        near=Count("pk", filter=Q(due_on__range=(today, today + dt.timedelta(days=NEAR_DAYS)))),
    )
    counts = {
        Kind.FINDINGS_LATE: due["late"],
        Kind.FINDINGS_NEAR: due["near"],
        Kind.RETURNS_LATE: owed.late,
        Kind.RETURNS_NEAR: owed.near,
        Kind.OVER_LIMIT: Notice.objects.filter(school__in=schools).waiting().count(),
        Kind.SILENT_BEFORE: before["classes"] - before["published"],
        Kind.UNCALLED: service["planned"] - service["held"] - service["cancelled"],
        Kind.SILENT_TODAY: silent_today,
    }
    pages = _pages(schools[0].unit.code, before["day"], owed)
    return [Thing(WORDS[kind].format(counts[kind]), pages[kind]) for kind in most_pressing(counts, before["classes"])]


def _last(tally: type[HomeworkTally | ServiceTally], schools: Sequence[School], today: dt.date, *names: str) -> dict:
    """The sums of the last day before today that has any, zeros where none has."""
    rows = tally.objects.filter(school__in=schools, day__lt=today).order_by("-day").values("day")
    found = rows.annotate(**{name: Sum(name) for name in names}).first()
    return dict(found) if found else {"day": today, **dict.fromkeys(names, 0)}


def _pages(code: str, before: dt.date, owed: Owed) -> dict[Kind, str]:
    week, ledger = reverse("reports:insight_unit", args=[code]), reverse("inspections:ledger")
    return {
        Kind.FINDINGS_LATE: f"{ledger}?shown=overdue",
        Kind.FINDINGS_NEAR: ledger,
        Kind.RETURNS_LATE: owed.url,
        Kind.RETURNS_NEAR: owed.url,
        Kind.OVER_LIMIT: f"{reverse('reports:insight_notices', args=[code])}?state=over",
        Kind.SILENT_BEFORE: f"{week}?day={before.isoformat()}",
        Kind.UNCALLED: reverse("reports:service_school", args=[code]),
        Kind.SILENT_TODAY: week,
    }
