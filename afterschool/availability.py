"""Who serves where on a day: from the groups' timetables, what is not held, stand-ins and duties."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from afterschool import policy
from afterschool.models import CourseGroup, Duty, FollowedWeekday, Session, Worker
from schools.models import School


@dataclass(frozen=True, slots=True)
class Booking:
    """Something that somebody has to do from a time to a time."""

    what: str
    starts_at: dt.time
    ends_at: dt.time

    def __str__(self) -> str:
        return f"{self.what} {self.starts_at:%H:%M}—{self.ends_at:%H:%M}"

    def overlaps(self, starts_at: dt.time, ends_at: dt.time) -> bool:
        return self.starts_at < ends_at and starts_at < self.ends_at


def bookings(school: School, day: dt.date, workers: Collection[int] | None = None) -> dict[int, list[Booking]]:
    """By worker of the school, what she has to do on `day`; of all of them, or of these. Four queries.

    A group that is not held that day keeps nobody. Whoever is stood in for keeps her booking: she is away.
    """
    found: dict[int, list[Booking]] = defaultdict(list)
    groups = CourseGroup.objects.on(day).filter(school=school)
    duties = Duty.objects.on(day).standing().filter(school=school).select_related("session__group")
    if workers is not None:
        groups, duties = groups.filter(worker__in=workers), duties.filter(worker__in=workers)
    off = Session.objects.on(day).filter(school=school, state=Session.State.CANCELLED)
    weekday = FollowedWeekday.objects.by_day(school, day, day).get(day, day.isoweekday())
    not_held = set(off.values_list("group", "starts_at"))
    for group in groups:
        for slot in group.slots:
            if slot.weekday == weekday and (group.pk, slot.starts_at) not in not_held:
                found[group.worker_id].append(Booking(group.name, slot.starts_at, slot.ends_at))
    for duty in duties:
        what = f"代班{duty.session.group}" if duty.session else duty.get_kind_display()
        found[duty.worker_id].append(Booking(what, duty.starts_at, duty.ends_at))
    return found


def why_not(worker: Worker, booked: Collection[Booking], day: dt.date, starts_at: dt.time, ends_at: dt.time) -> str:
    """Why she cannot serve then: unfit, or the other booking; empty where she can. `worker.body` is read."""
    if unfit := policy.why_unfit(worker.fitness, day):
        return unfit
    clash = next((one for one in booked if one.overlaps(starts_at, ends_at)), None)
    return f"这个时间已有安排：{clash}" if clash else ""


def free_for(session: Session) -> list[Worker]:
    """Whom the session could be given to: fit that day and free at that time; its own teacher is none of them."""
    workers = Worker.objects.on(session.day).filter(school=session.school_id).select_related("body", "user")
    others = workers.exclude(pk__in=[session.group.worker_id, session.worker_id or 0]).exclude(
        Q(user__isnull=False, user__is_active=False)
    )
    booked = bookings(session.school, session.day)
    span = session.day, session.starts_at, session.ends_at
    return [worker for worker in others if not why_not(worker, booked[worker.pk], *span)]
