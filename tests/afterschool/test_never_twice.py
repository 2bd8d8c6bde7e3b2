"""Whatever is done in whatever order: no group is overfull on any day, nobody and nothing is in two places at once."""

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afterschool.models import CourseGroup, Enrolment, Pupil, Room, Worker
from afterschool.roster_sheet import Line
from afterschool.services import groups, roster_imports, rosters
from afterschool.services.groups import Arrangement
from afterschool.week import Slot
from tests.afterschool import make
from tests.world import World

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 10, 14)
DAYS = [TODAY + dt.timedelta(days=number) for number in range(7)]
TIMES = [
    Slot(weekday, dt.time(16 + half // 2, half % 2 * 30), dt.time(17 + half // 2, half % 2 * 30))
    for weekday in (3, 4)
    for half in (0, 1, 2)
]
few = st.integers(0, 2)
days = st.integers(0, len(DAYS) - 1)
times = st.lists(st.sampled_from(TIMES), min_size=1, max_size=2, unique=True)


def enrolling():
    return st.tuples(st.just("enrol"), few, st.lists(few, min_size=1, max_size=2, unique=True), days)


acts = st.one_of(
    *(enrolling() for _ in range(8)),  # the more often, the fuller
    st.tuples(st.just("open"), few, st.none() | few, st.integers(1, 2), times, days, days),
    st.tuples(st.just("change"), few, few, st.none() | few, st.integers(1, 2), times),
    st.tuples(st.just("end"), few, days),
    st.tuples(st.just("leave"), few, few, days),
    st.tuples(st.just("move"), few, few, few, days),
    st.tuples(st.just("take_back"), few, few),
    st.tuples(st.just("import"), st.lists(st.tuples(few, few), min_size=1, max_size=3), days),
)


@dataclass
class School:
    """Three teachers, two rooms, three pupils; the acts name them, their groups and enrolments by number."""

    world: World
    workers: list[Worker]
    rooms: list[Room]
    pupils: list[Pupil]

    @property
    def office(self):
        return self.world.people["academic_office"]

    def group(self, number):
        there = list(CourseGroup.objects.order_by("pk"))
        return there[number % len(there)] if there else None

    def enrolment(self, pupil, number):
        there = list(Enrolment.objects.filter(pupil=self.pupils[pupil]).select_related("group").order_by("pk"))
        return there[number % len(there)] if there else None

    def arrangement(self, name, worker, room, capacity, slots, first_day, last_day):
        place = self.rooms[room % 2] if room is not None else None
        return Arrangement(name, [5], self.workers[worker], place, capacity, slots, first_day, last_day)

    def open(self, worker, room, capacity, slots, first, last):
        name = f"班组{CourseGroup.objects.count()}"
        said = self.arrangement(name, worker, room, capacity, slots, DAYS[first], DAYS[last])
        groups.open_group(by=self.office, course=make.course(self.world.school), arrangement=said)

    def change(self, number, worker, room, capacity, slots):
        if group := self.group(number):
            said = self.arrangement(group.name, worker, room, capacity, slots, group.first_day, group.last_day)
            groups.change_group(by=self.office, group=group, arrangement=said)

    def end(self, number, day):
        if group := self.group(number):
            groups.end_group(by=self.office, group=group, last_day=DAYS[day])

    def enrol(self, number, pupils, day):
        """Refused only with good reason."""
        group = self.group(number)
        if group is None:
            return
        who = [self.pupils[pupil] for pupil in pupils]
        first_day = DAYS[day]
        fits = all(self.fits(group, pupil, first_day, len(who)) for pupil in who)
        try:
            rosters.enrol(by=self.office, group=group, pupils=who, first_day=first_day)
        except ValidationError:
            assert not fits
        else:
            assert fits

    def fits(self, group, pupil, first_day, coming):
        """By looking at each day for itself."""
        if not group.first_day <= first_day <= group.last_day:
            return False
        on = [day for day in DAYS if first_day <= day <= group.last_day]
        hers = Enrolment.objects.filter(pupil=pupil).select_related("group")
        return all(
            Enrolment.objects.on(day).filter(group=group).count() + coming <= group.capacity
            and not any(row.first_day <= day <= row.last_day and meet(row, group) for row in hers)
            and not any(row.first_day <= day <= row.last_day and row.group == group for row in hers)
            for day in on
        )

    def leave(self, pupil, number, day):
        if row := self.enrolment(pupil, number):
            rosters.leave(by=self.office, enrolment=row, last_day=DAYS[day])

    def move(self, pupil, number, to, day):
        row, group = self.enrolment(pupil, number), self.group(to)
        if row and group:
            rosters.move(by=self.office, enrolment=row, group=group, first_day=DAYS[day])

    def take_back(self, pupil, number):
        if row := self.enrolment(pupil, number):
            rosters.take_back(by=self.office, enrolment=row)

    def do_import(self, pairs, day):
        lines = [
            Line(place, ("五年级1班", self.pupils[pupil].code, self.pupils[pupil].name, f"班组{group}"))
            for place, (pupil, group) in enumerate(pairs, 2)
        ]
        roster_imports.bring_in(by=self.office, school=self.world.school, lines=lines, first_day=DAYS[day])

    def do(self, name, *values):
        with suppress(ValidationError):
            getattr(self, {"import": "do_import"}.get(name, name))(*values)

    def check(self):
        opened, enrolled = list(CourseGroup.objects.all()), list(Enrolment.objects.select_related("group"))
        for group in opened:
            for day in DAYS:
                assert sum(holds(row, day) for row in enrolled if row.group_id == group.pk) <= group.capacity
        for row in enrolled:
            assert row.group.first_day <= row.first_day <= row.last_day <= row.group.last_day
        for one, other in combinations(opened, 2):
            if any(holds(one, day) and holds(other, day) for day in DAYS) and meet(one, other):
                assert one.worker_id != other.worker_id
                assert one.room_id is None or one.room_id != other.room_id
        for one, other in combinations(enrolled, 2):
            if one.pupil_id == other.pupil_id and any(holds(one, day) and holds(other, day) for day in DAYS):
                assert not meet(one, other)
                assert one.group_id != other.group_id


def holds(row, day):
    return row.first_day <= day <= row.last_day


def meet(one, other):
    return any(a.lower < b.upper and b.lower < a.upper for a in one.weekly for b in other.weekly)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(sequence=st.lists(acts, min_size=12, max_size=24))
def test_no_sequence_overfills_a_group_or_books_anybody_twice(world, sequence):
    with transaction.atomic():
        school = School(
            world,
            [make.worker(world, person) for person in ("teacher", "head_teacher", "principal")],
            [make.room(world.school, name) for name in ("阶梯教室", "操场")],
            [make.pupil(world, number) for number in range(3)],
        )
        for act in [("open", 0, 0, 2, TIMES[:1], 0, 6), ("open", 1, 1, 1, TIMES[1:2], 0, 6), *sequence]:
            school.do(*act)
            school.check()
        transaction.set_rollback(True)
