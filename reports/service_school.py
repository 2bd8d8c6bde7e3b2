"""What a school's leaders see of after-school service: the day as it goes, the term by class, course and week.

Numbers and groups, no pupil's name.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.db.models import Count, Q

from afterschool.models import CourseGroup, CourseKind, Incident, ServiceBreak, Session, Worker, WorkerKind
from reports import service
from reports.indicators.service import A3, A4, A5, A6
from reports.insight import Figure, figures
from reports.models import ServiceTally
from reports.snapshot import Counts
from schools.calendar import monday_of
from schools.models import ClassGroup, School, SchoolDay

CLASSES_SQL = (Path(__file__).parent / "sql" / "service_classes.sql").read_text(encoding="utf8")
WEEKDAYS = (1, 2, 3, 4, 5)


# --- The day ---


@dataclass(frozen=True, slots=True)
class Today:
    """A school's day so far. `late`: sessions that have begun and whose roll nobody has called."""

    teaches: bool
    stopped: str  # why there is no service
    sessions: list[Session]
    now: dt.time

    @property
    def held(self) -> list[Session]:
        return [one for one in self.sessions if one.state == Session.State.HELD]

    @property
    def cancelled(self) -> list[Session]:
        return [one for one in self.sessions if one.state == Session.State.CANCELLED]

    @property
    def running(self) -> int:
        """Sessions of this very moment, those cancelled left out."""
        return sum(
            1
            for one in self.sessions
            if one.state != Session.State.CANCELLED and one.starts_at <= self.now < one.ends_at
        )

    @property
    def late(self) -> list[Session]:
        return [one for one in self.sessions if one.state == Session.State.PLANNED and one.starts_at <= self.now]

    @property
    def absent(self) -> int:
        return sum(one.absent for one in self.held)

    @property
    def on_leave(self) -> int:
        return sum(one.on_leave for one in self.held)

    @property
    def present(self) -> int:
        return sum(one.present for one in self.held)

    @property
    def expected(self) -> int:
        return sum(one.expected for one in self.held)


def today(school: School, now: dt.datetime) -> Today:
    """Three queries."""
    day = now.date()
    sessions = Session.objects.on(day).filter(school=school).select_related("group__worker", "group__room", "worker")
    stopped = ServiceBreak.objects.filter(school=school, day=day).values_list("reason", flat=True).first()
    return Today(
        teaches=SchoolDay.objects.held().filter(school=school, day=day).exists(),
        stopped=stopped or "",
        sessions=list(sessions.order_by("starts_at", "group__name")),
        now=now.time(),
    )


def open_incidents(school: School) -> list[Incident]:
    return list(Incident.objects.open().filter(school=school).order_by("day", "happened_at"))


# --- The term ---


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class: how many of its pupils are in a group, in all and on each weekday; `roll` is None while unknown."""

    name: str
    roll: int | None
    joined: int
    weekdays: list[int]


@dataclass(frozen=True, slots=True)
class Mix:
    name: str
    groups: int
    pupils: int


@dataclass(frozen=True, slots=True)
class Week:
    monday: dt.date
    counts: Counts

    @property
    def minutes(self) -> int | None:
        """Of a day on which service was held, on average."""
        return round(self.counts["minutes"] / self.counts["served"]) if self.counts["served"] else None

    @property
    def present_percent(self) -> int | None:
        return self.counts["present"] * 100 // self.counts["expected"] if self.counts["expected"] else None


@dataclass(frozen=True, slots=True)
class Term:
    figures: list[tuple[str, Figure]]  # A3 to A6 with their names
    classes: list[ClassRow]
    courses: list[Mix]
    workers: list[tuple[str, int]]  # on the list on the day, by kind
    weeks: list[Week]

    @property
    def is_empty(self) -> bool:
        return not (self.courses or self.workers or any(week.counts["planned"] for week in self.weeks))


def term(school: School, first_day: dt.date, day: dt.date, until: dt.date) -> Term:
    """Sums from the first day until `until`, lists as on `day`. The same few queries for any number of classes."""
    counts = service.pupils([school.pk], first_day, until).get(school.pk, dict.fromkeys(service.PUPILS, 0))
    counts = counts | service.people([[school.pk]], first_day, until)[0]
    shown = (A3, A4, A5, A6)
    return Term(
        figures=list(zip((one.name for one in shown), figures(shown, counts), strict=True)),
        classes=_classes(school, day),
        courses=_courses(school, day),
        workers=_workers(school, day),
        weeks=_weeks(school, first_day, until),
    )


def _classes(school: School, day: dt.date) -> list[ClassRow]:
    with connection.cursor() as cursor:
        cursor.execute(CLASSES_SQL, {"school": school.pk, "day": day})
        joined = {(group, weekday): pupils for group, weekday, pupils in cursor.fetchall()}
    groups = ClassGroup.objects.filter(school=school).on(day).with_pupils(day).in_order()
    return [
        ClassRow(
            name=group.name_on(day),
            roll=group.pupils,  # type: ignore[attr-defined]
            joined=joined.get((group.pk, 0), 0),
            weekdays=[joined.get((group.pk, weekday), 0) for weekday in WEEKDAYS],
        )
        for group in groups
        if 1 <= group.grade_on(day) <= 9
    ]


def _courses(school: School, day: dt.date) -> list[Mix]:
    """By kind, in the order of the kinds; pupils are places taken, so that one in two clubs counts twice."""
    taken = Q(enrolments__first_day__lte=day, enrolments__last_day__gte=day)
    rows = CourseGroup.objects.on(day).filter(school=school).order_by().values_list("course__kind")
    counted = rows.annotate(groups=Count("pk", distinct=True), places=Count("enrolments", filter=taken))
    found = {kind: (groups, pupils) for kind, groups, pupils in counted}
    return [Mix(kind.label, *found[kind]) for kind in CourseKind if kind in found]


def _workers(school: School, day: dt.date) -> list[tuple[str, int]]:
    rows = Worker.objects.on(day).filter(school=school).order_by().values_list("kind")
    found = dict(rows.annotate(Count("pk")))
    return [(str(kind.label), found[kind]) for kind in WorkerKind if kind in found]


def _weeks(school: School, first_day: dt.date, until: dt.date) -> list[Week]:
    """The latest first."""
    tallies = ServiceTally.objects.filter(school=school).between(first_day, until)
    weeks: dict[dt.date, list[Counts]] = defaultdict(list)
    for row in tallies.values("day", *ServiceTally.COUNTS):
        weeks[monday_of(row.pop("day"))].append(row)
    return [Week(monday, _sum(rows)) for monday, rows in sorted(weeks.items(), reverse=True)]


def _sum(rows: Iterable[Counts]) -> Counts:
    sums = dict.fromkeys(ServiceTally.COUNTS, 0)
    for row in rows:
        for name, count in row.items():
            sums[name] += count
    return sums
