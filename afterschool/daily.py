"""What pages of a day show: rows of a roll, a school's sessions with who serves, a week of duties and of activities.

Knows nothing of who looks.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Case, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Value, When

from accounts.models import User
from afterschool.models import Absence, CourseGroup, Duty, Enrolment, FollowedWeekday, Incident, Session
from afterschool.week import Slot
from schools.calendar import days_between, monday_of
from schools.models import School

# Lists printed in one file: some 500 lines, which takes seconds.
GROUPS_IN_A_FILE = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A pupil who is expected in a session, with what was marked."""

    pupil_id: int
    name: str
    code: str
    class_name: str
    kind: str = ""  # an Absence.Kind; empty where she was there
    left_at: dt.time | None = None
    fetched_by: str = ""


def roll_rows(session: Session) -> list[Row]:
    """By class and code. One query."""
    enrolments = (
        Enrolment.objects.on(session.day)
        .filter(group=session.group_id)
        .annotate(taken=FilteredRelation("pupil__absences", condition=Q(pupil__absences__session=session)))
        .annotate(kind=F("taken__kind"), left_at=F("taken__left_at"), fetched_by=F("taken__fetched_by"))
    )
    return [
        Row(
            one.pupil_id,
            str(one.pupil),
            one.pupil.code,
            one.pupil.class_group.name_on(session.day),
            one.kind or "",  # type: ignore[attr-defined]
            one.left_at,  # type: ignore[attr-defined]
            one.fetched_by or "",  # type: ignore[attr-defined]
        )
        for one in _by_class(enrolments)
    ]


def roster(group: CourseGroup, first_day: dt.date, last_day: dt.date) -> list[Row]:
    """Who is in the group on any day from first to last, each once, by class and code. One query."""
    enrolments = Enrolment.objects.touching(first_day, last_day).filter(group=group)
    rows = {
        one.pupil_id: Row(one.pupil_id, str(one.pupil), one.pupil.code, one.pupil.class_group.name_on(last_day))
        for one in _by_class(enrolments)
    }
    return list(rows.values())


def _by_class(enrolments: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    return enrolments.select_related("pupil__class_group").order_by(
        F("pupil__class_group__entry_grade") - F("pupil__class_group__entry_year"),
        "pupil__class_group__number",
        "pupil__code",
    )


def with_people(sessions: QuerySet[Session]) -> QuerySet[Session]:
    return sessions.select_related("group__worker", "group__room", "worker", "school__unit")


def serves(user: User) -> Q:
    """Sessions whose roll is hers: of her own groups, and those in which she stands in."""
    return Q(group__worker__user=user) | Q(worker__user=user)


def day_of_school(school: School, day: dt.date) -> QuerySet[Session]:
    """Its sessions, those first whose roll has not been taken."""
    is_planned = Case(When(state=Session.State.PLANNED, then=Value(0)), default=Value(1))
    return with_people(Session.objects.on(day).filter(school=school)).order_by(is_planned, "starts_at", "group__name")


def with_named(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """With `is_named`: whether exceptions of pupils hang on it."""
    return sessions.annotate(is_named=Exists(Absence.objects.filter(session=OuterRef("pk"))))


def roster_of_day(schools: Iterable[School], day: dt.date) -> QuerySet[Duty]:
    """Who is on duty; those who stand in stand with their sessions."""
    duties = Duty.objects.on(day).standing().filter(school__in=schools).exclude(kind=Duty.Kind.SUBSTITUTE)
    return duties.select_related("worker", "school__unit").order_by("school", "kind", "starts_at")


@dataclass(frozen=True, slots=True)
class DutyDay:
    day: dt.date
    is_held: bool
    why_not: str  # the reason of a day without service
    duties: list[Duty]

    @property
    def leads(self) -> list[Duty]:
        return [duty for duty in self.duties if duty.kind == Duty.Kind.LEAD]

    @property
    def patrols(self) -> list[Duty]:
        return [duty for duty in self.duties if duty.kind == Duty.Kind.PATROL]

    @property
    def substitutes(self) -> list[Duty]:
        return [duty for duty in self.duties if duty.kind == Duty.Kind.SUBSTITUTE]


def duty_week(school: School, monday: dt.date) -> list[DutyDay]:
    """Monday to Friday, and days of the weekend when the school teaches or somebody is on duty. Three queries."""
    sunday = monday + dt.timedelta(days=6)
    held = set(school.days.held().between(monday, sunday).values_list("day", flat=True))
    breaks = dict(school.service_breaks.between(monday, sunday).values_list("day", "reason"))
    by_day: dict[dt.date, list[Duty]] = defaultdict(list)
    duties = Duty.objects.standing().filter(school=school, day__range=(monday, sunday))
    for duty in duties.select_related("worker", "session__group__worker").order_by("starts_at", "pk"):
        by_day[duty.day].append(duty)
    return [
        DutyDay(day, day in held, breaks.get(day, ""), by_day[day])
        for day in days_between(monday, sunday)
        if day.weekday() < 5 or day in held or day in by_day
    ]


@dataclass(frozen=True, slots=True)
class Activity:
    """A meeting of a group as its weekly record shows it."""

    session: Session
    incidents: int

    @property
    def teacher(self) -> str:
        return str(self.session.worker or self.session.group.worker)


def activity_week(group: CourseGroup, monday: dt.date) -> list[Activity]:
    """The group's sessions of the week, in order. Two queries."""
    sessions = list(
        with_people(Session.objects.between(monday, monday + dt.timedelta(days=6)).filter(group=group)).order_by(
            "day", "starts_at"
        )
    )
    counted: dict[int, int] = defaultdict(int)
    for session_id in Incident.objects.filter(session__in=sessions).values_list("session", flat=True):
        counted[session_id] += 1
    return [Activity(session, counted[session.pk]) for session in sessions]


def groups_of_week(school: School, monday: dt.date) -> Paginator[CourseGroup]:
    """The school's groups of the week, as many to a page as one file takes."""
    groups = CourseGroup.objects.touching(monday, monday + dt.timedelta(days=6)).filter(school=school)
    ordered = groups.select_related("worker", "room", "school__unit").order_by("name", "pk")
    return Paginator(ordered, GROUPS_IN_A_FILE)


def meetings(group: CourseGroup, first_day: dt.date, last_day: dt.date) -> list[tuple[dt.date, Slot]]:
    """When the group's timetable has it meet on the school days from first to last. Two queries."""
    followed = FollowedWeekday.objects.by_day(group.school, first_day, last_day)
    held = group.school.days.held().between(first_day, last_day).order_by("day").values_list("day", flat=True)
    return [
        (day, slot)
        for day in held
        if group.first_day <= day <= group.last_day
        for slot in group.slots
        if slot.weekday == followed.get(day, day.isoweekday())
    ]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A group's list to tick on paper."""

    group: CourseGroup
    rows: list[Row]
    meetings: list[tuple[dt.date, Slot]]

    @property
    def blank(self) -> range:
        """Empty lines: for who came since it was printed, or for all where nobody is on record."""
        return range(3 if self.rows else 20)


def sheet(group: CourseGroup, first_day: dt.date, last_day: dt.date) -> Sheet:
    """Two queries."""
    return Sheet(group, roster(group, first_day, last_day), meetings(group, first_day, last_day))


def week_around(day: dt.date) -> tuple[dt.date, dt.date]:
    """Its Monday and its Sunday."""
    monday = monday_of(day)
    return monday, monday + dt.timedelta(days=6)
