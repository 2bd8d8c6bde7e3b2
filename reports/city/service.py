"""The demo's after-school service: plans as the offices write them, groups and their pupils, and each day's sessions.

Some plans fail as real ones do: 80 minutes, no Thursday, not filed yet. One school does nothing at all.
"""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.backends.postgresql.psycopg_any import NumericRange

from accounts.models import User
from afterschool.models import (
    Absence,
    AdmittedBody,
    Course,
    CourseGroup,
    Duty,
    Enrolment,
    Incident,
    Plan,
    PlanSlot,
    Pupil,
    Room,
    ServiceBreak,
    Session,
    Worker,
)
from afterschool.services import plans
from afterschool.week import Slot, as_minutes
from reports.city import words
from reports.city.copy import copy_rows, reserve
from reports.city.days import SHANGHAI
from reports.city.make import Tell
from reports.city.plan import person_name
from schools.calendar import days_between, monday_of
from schools.models import ChangedDay, ClassGroup, HeadTeacher, OrgUnit, Posting, Role, School, SchoolDay, Staff

Times = tuple[tuple[dt.time, dt.time], tuple[dt.time, dt.time]]
TWO_HOURS: Times = ((dt.time(16), dt.time(17)), (dt.time(17), dt.time(18)))
EIGHTY_MINUTES: Times = ((dt.time(16), dt.time(16, 40)), (dt.time(16, 50), dt.time(17, 30)))
EVERY_DAY, NO_THURSDAY = (1, 2, 3, 4, 5), (1, 2, 3, 5)
LESSONS_END_AT = dt.time(15, 50)
CAPACITY = 50

SESSION_COLUMNS = (
    *("id", "group_id", "school_id", "day", "starts_at", "ends_at", "state", "reason", "worker_id", "expected"),
    *("absent", "on_leave", "left_early", "content", "recorded_by_id", "recorded_at"),
)
ABSENCE_COLUMNS = ("session_id", "pupil_id", "kind", "left_at", "fetched_by")


@dataclass(frozen=True, slots=True)
class Style:
    """How a school goes about it. Shares are from 0 to 1."""

    times: Times = TWO_HOURS
    weekdays: tuple[int, ...] = EVERY_DAY
    state: str = Plan.State.FILED
    misses: float = 0.0  # days on which nothing is held, without a word
    takes_part: float = 0.9  # pupils
    has_break: bool = False


# Of twelve schools, in the order of their codes.
STYLES: tuple[Style | None, ...] = (
    Style(),
    Style(has_break=True),
    Style(times=EIGHTY_MINUTES, takes_part=0.82),
    Style(),
    Style(weekdays=NO_THURSDAY, takes_part=0.78),
    Style(takes_part=0.94),
    Style(misses=0.12),
    Style(state=Plan.State.SUBMITTED),
    Style(),
    Style(times=EIGHTY_MINUTES, weekdays=NO_THURSDAY, takes_part=0.7),
    Style(takes_part=1.0),
    None,
)


@dataclass(slots=True)
class Group:
    """A group and who is in it."""

    row: CourseGroup
    weekdays: tuple[int, ...]
    times: tuple[dt.time, dt.time]
    pupils: list[int] = field(default_factory=list)  # ids


def serve(first_day: dt.date, last_day: dt.date, seed: int, tell: Tell) -> None:
    """Service on each school day from first to last, both included; plans and groups last half a year longer."""
    rng = random.Random(seed)  # noqa: S311 - for play, not for secrets
    tell("课后服务：方案、班组、名单、点名…")
    schools = School.objects.select_related("unit").order_by("unit__code")
    bodies = _admit_bodies(first_day)
    for school, style in zip(schools, STYLES * (len(schools) // len(STYLES) + 1), strict=False):
        if style:
            _School(rng, school, style, first_day, last_day, bodies[school.unit.code[:6]]).serve()
    plans.judge_plans(last_day)
    held = SchoolDay.objects.held().between(first_day, last_day)
    ChangedDay.objects.note(held.values_list("school", "day"))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE afterschool_enrolment, afterschool_coursegroup, afterschool_worker, afterschool_pupil")


def _admit_bodies(first_day: dt.date) -> dict[str, AdmittedBody]:
    """One on each county's list, by the county's code."""
    counties = OrgUnit.objects.filter(level=OrgUnit.Level.COUNTY)
    return {
        county.code: AdmittedBody.objects.create(
            unit=county, name=f"{county.name[:-1]}青少年艺术中心", services="书画、舞蹈", first_day=first_day
        )
        for county in counties
    }


class _School:
    """One school's service."""

    def __init__(
        self,
        rng: random.Random,
        school: School,
        style: Style,
        first_day: dt.date,
        last_day: dt.date,
        body: AdmittedBody,
    ) -> None:
        self.rng, self.school, self.style, self.body = rng, school, style, body
        self.first_day, self.last_day = first_day, last_day
        self.until = last_day + dt.timedelta(days=180)
        self.office: User = Posting.objects.get(unit=school.unit, role=Role.ACADEMIC_OFFICE).user
        self.classes = list(ClassGroup.objects.filter(school=school).in_order().with_pupils(last_day))
        self.workers: dict[int, Worker] = {}  # by user
        self.groups: list[Group] = []

    def serve(self) -> None:
        self._plan()
        pupils = self._pupils()
        self._guidance(pupils)
        self._clubs(pupils)
        Enrolment.objects.bulk_create(list(self._enrolments()), batch_size=2000)
        breaks = self._breaks()
        days = SchoolDay.objects.held().filter(school=self.school).between(self.first_day, self.last_day)
        for day in days.order_by("day").values_list("day", flat=True):
            if day not in breaks and self.rng.random() >= self.style.misses:
                self._hold(day)
        self._duties(breaks)
        self._incident()

    def _plan(self) -> None:
        style, slots = (
            self.style,
            [
                PlanSlot(weekday=weekday, starts_at=starts_at, ends_at=ends_at, title=title)
                for weekday in self.style.weekdays
                for (starts_at, ends_at), title in zip(self.style.times, ("作业辅导", "社团"), strict=True)
            ],
        )
        sent_at = dt.datetime.combine(self.first_day, dt.time(10), SHANGHAI) - dt.timedelta(days=12)
        is_filed = style.state == Plan.State.FILED
        plan = Plan.objects.create(
            school=self.school,
            version=1,
            first_day=self.first_day,
            last_day=self.until,
            lessons_end_at=LESSONS_END_AT,
            places="各班教室、功能室、操场",
            fee="不收费",
            fee_published_at="学校公示栏",
            safety="值班领导每天巡查，教师护送到校门。",
            state=style.state,
            made_by=self.office,
            made_at=sent_at,
            submitted_by=self.office,
            submitted_at=sent_at,
            decided_at=sent_at + dt.timedelta(days=3) if is_filed else None,
            filing_no=f"课备{self.school.unit.code[-4:]}号" if is_filed else "",
        )
        for slot in slots:
            slot.plan = plan
        PlanSlot.objects.bulk_create(slots)

    def _pupils(self) -> dict[int, list[Pupil]]:
        """By class, those who take part."""
        rows: dict[int, list[Pupil]] = {}
        for place, group in enumerate(self.classes, start=1):
            size: int = group.pupils or 40  # type: ignore[attr-defined]
            rows[group.pk] = [
                Pupil(
                    school=self.school,
                    class_group=group,
                    code=f"{group.entry_year}{place:02d}{number:02d}",
                    name=person_name(self.rng),
                    listed_on=self.first_day,
                )
                for number in range(1, size + 1)
                if self.rng.random() < self.style.takes_part
            ]
        Pupil.objects.bulk_create([pupil for pupils in rows.values() for pupil in pupils], batch_size=2000)
        return rows

    def _worker(self, user: User) -> Worker:
        if user.pk not in self.workers:
            self.workers[user.pk] = Worker.objects.create(
                school=self.school, user=user, name=user.name, kind="own", first_day=self.first_day
            )
        return self.workers[user.pk]

    def _outsider(self, number: int) -> Worker:
        kind = ("retired", "body", "volunteer", "outside")[number % 4]
        return Worker.objects.create(
            school=self.school,
            name=person_name(self.rng),
            kind=kind,
            body=self.body if kind == "body" else None,
            qualification="书画教师资格" if kind in ("body", "outside") else "",
            first_day=self.first_day,
        )

    def _open(
        self,
        course: Course,
        name: str,
        grades: Sequence[int],
        worker: Worker,
        weekdays: tuple[int, ...],
        times: tuple[dt.time, dt.time],
    ) -> Group:
        """A group in a room of its own."""
        minutes = as_minutes(Slot(weekday, *times) for weekday in weekdays)
        row = CourseGroup.objects.create(
            school=self.school,
            course=course,
            name=name,
            grades=list(grades),
            worker=worker,
            room=Room.objects.create(school=self.school, name=f"{name.removesuffix('作业辅导')}教室"),
            capacity=CAPACITY,
            weekly=[NumericRange(lower, upper) for lower, upper in minutes],
            first_day=self.first_day,
            last_day=self.until,
        )
        group = Group(row, weekdays, times)
        self.groups.append(group)
        return group

    def _guidance(self, pupils: dict[int, list[Pupil]]) -> None:
        """Homework of each class with its 班主任, in the first slot. One pupil in ten only comes to a club."""
        course = Course.objects.create(school=self.school, name="作业辅导", kind="homework", nature="guidance")
        heads = HeadTeacher.objects.on(self.last_day).filter(class_group__in=self.classes).select_related("user")
        users = {head.class_group_id: head.user for head in heads}
        spare = self._spare_teachers()
        taken: set[int] = set()
        for group in self.classes:
            user = users[group.pk] if users[group.pk].pk not in taken else next(spare, users[group.pk])
            if user.pk in taken:
                continue  # nobody is left for this class
            taken.add(user.pk)
            name, grade = group.name_on(self.last_day), group.grade_on(self.last_day)
            opened = self._open(
                course, f"{name}作业辅导", [grade], self._worker(user), self.style.weekdays, self.style.times[0]
            )
            opened.pupils = [pupil.pk for pupil in pupils[group.pk] if self.rng.random() < 0.9][:CAPACITY]

    def _spare_teachers(self) -> Iterator[User]:
        """Teachers who head no class, in the order of their 工号."""
        staff = Staff.objects.filter(school=self.school, user__postings__role=Role.TEACHER, user__head_teacher_of=None)
        return iter([one.user for one in staff.select_related("user").order_by("staff_no")])

    def _clubs(self, pupils: dict[int, list[Pupil]]) -> None:
        """In the second slot: a club on some days, another on the rest, for each class's worth of pupils."""
        spare = self._spare_teachers()
        free: dict[tuple[int, ...], list[Group]] = defaultdict(list)
        halves = tuple(
            tuple(weekday for weekday in self.style.weekdays if weekday in days) for days in ((1, 3, 5), (2, 4))
        )
        grades = sorted({group.grade_on(self.last_day) for group in self.classes})
        for number in range(len(self.classes)):
            name, kind = words.CLUBS[number % len(words.CLUBS)]
            course, _ = Course.objects.get_or_create(
                school=self.school, name=name, defaults={"kind": kind, "nature": "interest"}
            )
            teacher = next(spare, None) if number % 5 != 2 else None
            worker = self._worker(teacher) if teacher else self._outsider(number)
            for weekdays, mark in zip(halves, ("一三五", "二四"), strict=True):
                round_no = f"{number // len(words.CLUBS) + 1}" if number >= len(words.CLUBS) else ""
                group = self._open(course, f"{name}{round_no}（{mark}）", grades, worker, weekdays, self.style.times[1])
                free[weekdays].append(group)
        for pupil in (pupil for group in pupils.values() for pupil in group):
            for weekdays in halves:
                if self.rng.random() < 0.85:
                    chosen = self.rng.choice(free[weekdays])
                    if len(chosen.pupils) < CAPACITY:
                        chosen.pupils.append(pupil.pk)

    def _enrolments(self) -> Iterator[Enrolment]:
        """One in forty leaves on the way."""
        half = self.first_day + (self.last_day - self.first_day) / 2
        for group in self.groups:
            for number, pupil in enumerate(group.pupils):
                yield Enrolment(
                    group=group.row,
                    pupil_id=pupil,
                    first_day=self.first_day,
                    last_day=half if number % 40 == 39 else self.until,
                    weekly=group.row.weekly,
                    made_by=self.office,
                )

    def _breaks(self) -> set[dt.date]:
        if not self.style.has_break:
            return set()
        days = days_between(self.last_day - dt.timedelta(days=9), self.last_day)
        held = SchoolDay.objects.held().filter(school=self.school, day__in=days).order_by("day")
        day = held[0].day
        ServiceBreak.objects.create(
            school=self.school, day=day, reason="学校运动会，学生按通知时间离校", made_by=self.office
        )
        return {day}

    def _hold(self, day: dt.date) -> None:
        """The day's sessions; a Saturday that makes up for another day follows Friday's timetable."""
        half = self.first_day + (self.last_day - self.first_day) / 2
        meeting = [group for group in self.groups if min(day.isoweekday(), 5) in group.weekdays]
        sessions, absences = [], []
        for number, group in zip(reserve(Session, len(meeting)), meeting, strict=False):
            present = [pk for place, pk in enumerate(group.pupils) if day <= half or place % 40 != 39]
            exceptions = list(self._exceptions(number, present, group.times))
            sessions.append(self._session(number, group, day, len(present), [kind for _, _, kind, *_ in exceptions]))
            if sessions[-1][6] == Session.State.HELD:
                absences += exceptions
        copy_rows(Session, SESSION_COLUMNS, sessions)
        copy_rows(Absence, ABSENCE_COLUMNS, absences)

    def _exceptions(
        self, session: int, present: list[int], times: tuple[dt.time, dt.time]
    ) -> Iterator[tuple[object, ...]]:
        for pupil in present:
            drawn = self.rng.random()
            if drawn < 0.008:
                yield session, pupil, "absent", None, ""
            elif drawn < 0.025:
                yield session, pupil, "on_leave", None, ""
            elif drawn < 0.03:
                yield session, pupil, "left_early", _later(times[0], 20), self.rng.choice(("母亲", "父亲", "祖母"))

    def _session(
        self, number: int, group: Group, day: dt.date, expected: int, kinds: list[object]
    ) -> tuple[object, ...]:
        drawn, (starts_at, ends_at) = self.rng.random(), group.times
        head = (number, group.row.pk, self.school.pk, day, starts_at, ends_at)
        if drawn < 0.006:
            return *head, "cancelled", "教师外出培训", None, expected, 0, 0, 0, "", None, None
        if drawn < 0.01:
            return *head, "planned", "", None, expected, 0, 0, 0, "", None, None
        counts = [kinds.count(kind) for kind in ("absent", "on_leave", "left_early")]
        at = dt.datetime.combine(day, starts_at, SHANGHAI) + dt.timedelta(minutes=self.rng.randrange(3, 25))
        content = self.rng.choice(words.SERVICE_CONTENTS)
        return *head, "held", "", None, expected, *counts, content, group.row.worker.user_id, at

    def _duties(self, breaks: set[dt.date]) -> None:
        """Of the last week and the next, as 教导处 writes them ahead: principal and 教导处 lead by turns."""
        leaders, clubs = self._leaders(), list(self.workers.values())
        first_day = monday_of(self.last_day)
        days = SchoolDay.objects.held().filter(school=self.school).between(first_day, first_day + dt.timedelta(days=13))
        (starts_at, break_at), (_, ends_at) = self.style.times
        busy = {group.row.worker_id for group in self.groups if group.times[0] == starts_at}
        free = [worker for worker in clubs if worker.pk not in busy and worker not in leaders]
        for number, day in enumerate(days.exclude(day__in=breaks).order_by("day").values_list("day", flat=True)):
            if leaders:
                self._duty(day, Duty.Kind.LEAD, leaders[number % len(leaders)], starts_at, ends_at)
            if free:
                self._duty(day, Duty.Kind.PATROL, free[number % len(free)], starts_at, break_at)

    def _duty(self, day: dt.date, kind: Duty.Kind, worker: Worker, starts_at: dt.time, ends_at: dt.time) -> None:
        Duty.objects.create(
            school=self.school,
            day=day,
            kind=kind,
            worker=worker,
            starts_at=starts_at,
            ends_at=ends_at,
            made_by=self.office,
        )

    def _leaders(self) -> list[Worker]:
        """Those who serve in no group."""
        roles = (Role.PRINCIPAL, Role.ACADEMIC_OFFICE)
        heads = Posting.objects.filter(unit=self.school.unit, role__in=roles).select_related("user").order_by("pk")
        return [self._worker(head.user) for head in heads if head.user_id not in self.workers]

    def _incident(self) -> None:
        """One in the city's first school waits for its principal."""
        if self.school.unit.code.endswith("0001"):
            Incident.objects.create(
                school=self.school,
                day=self.last_day,
                happened_at=dt.time(17, 20),
                what="一名学生在操场活动时扭伤脚踝。",
                first_aid="校医冰敷处理，送到校门。",
                guardian_told_at=dt.time(17, 30),
                reported_by=self.office,
            )


def _later(time: dt.time, minutes: int) -> dt.time:
    return (dt.datetime.combine(dt.date.min, time) + dt.timedelta(minutes=minutes)).time()
