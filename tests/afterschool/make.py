"""One maker per table of after-school service, with boring valid defaults."""

import datetime as dt
from typing import Any

from psycopg2.extras import NumericRange

from afterschool.models import (
    AdmittedBody,
    Course,
    CourseGroup,
    Enrolment,
    Plan,
    PlanSlot,
    Pupil,
    Room,
    Session,
    Worker,
)
from afterschool.week import Slot, as_minutes
from schools.models import School
from tests.world import World

FIRST_DAY, LAST_DAY = dt.date(2026, 10, 1), dt.date(2026, 10, 31)  # the world's term
FOUR, FIVE, SIX = dt.time(16), dt.time(17), dt.time(18)


def weekly(*slots: Slot) -> list[NumericRange]:
    """As `CourseGroup.weekly` is stored."""
    return [NumericRange(lower, upper) for lower, upper in as_minutes(slots)]


def every_day(starts_at: dt.time = FOUR, ends_at: dt.time = FIVE) -> list[Slot]:
    """Monday to Friday."""
    return [Slot(weekday, starts_at, ends_at) for weekday in range(1, 6)]


def plan(world: World, *, state: str = Plan.State.FILED, **values: Any) -> Plan:
    """Filed; 16:00—17:00 作业辅导 and 17:00—18:00 社团, Monday to Friday."""
    school = values.pop("school", world.school)
    office = world.people["academic_office"]
    made = Plan.objects.create(
        **{
            "school": school,
            "version": Plan.objects.filter(school=school).count() + 1,
            "first_day": FIRST_DAY,
            "last_day": LAST_DAY,
            "lessons_end_at": dt.time(15, 50),
            "state": state,
            "filing_no": "东教课备〔2026〕1号" if state == Plan.State.FILED else "",
            "note": "请补充安全保障" if state == Plan.State.RETURNED else "",
            "made_by": office,
        }
        | values
    )
    for starts_at, ends_at, title in ((FOUR, FIVE, "作业辅导"), (FIVE, SIX, "社团")):
        for slot in every_day(starts_at, ends_at):
            PlanSlot.objects.create(plan=made, weekday=slot.weekday, starts_at=starts_at, ends_at=ends_at, title=title)
    return made


def worker(world: World, person: str = "teacher", **values: Any) -> Worker:
    """An own teacher; another kind has no account unless one is given."""
    own = values.get("kind", "own") == "own"
    user = values.pop("user", world.people[person] if own else None)
    defaults: dict[str, Any] = {"kind": "own", "first_day": FIRST_DAY, "name": user.name if user else "周师傅"}
    return Worker.objects.create(school=values.pop("school", world.school), user=user, **(defaults | values))


def body(world: World, **values: Any) -> AdmittedBody:
    defaults: dict[str, Any] = {"unit": world.county, "name": "东县少儿艺术中心", "first_day": FIRST_DAY}
    return AdmittedBody.objects.create(**(defaults | values))


def room(school: School, name: str = "阶梯教室") -> Room:
    return Room.objects.get_or_create(school=school, name=name)[0]


def course(school: School, name: str = "作业辅导", kind: str = "homework", nature: str = "guidance") -> Course:
    return Course.objects.get_or_create(school=school, name=name, defaults={"kind": kind, "nature": nature})[0]


def group(world: World, *, slots: list[Slot] | None = None, **values: Any) -> CourseGroup:
    """五年级 作业辅导, Monday to Friday 16:00—17:00, of 语文's teacher, for up to 40."""
    school = values.pop("school", world.school)
    teacher = values.pop("worker", None) or worker(world, school=school)
    defaults: dict[str, Any] = {
        "course": course(school),
        "name": "五年级1班作业辅导",
        "grades": [5],
        "capacity": 40,
        "first_day": FIRST_DAY,
        "last_day": LAST_DAY,
        "weekly": weekly(*(slots or every_day())),
    }
    return CourseGroup.objects.create(school=school, worker=teacher, **(defaults | values))


def pupil(world: World, number: int = 1, **values: Any) -> Pupil:
    defaults: dict[str, Any] = {
        "school": world.school,
        "class_group": world.class_group,
        "code": f"{20220000 + number}",
        "name": f"学生{number}",
    }
    return Pupil.objects.create(**(defaults | values))


def enrolment(group: CourseGroup, pupil: Pupil, **values: Any) -> Enrolment:
    """For the whole of the group's days."""
    defaults: dict[str, Any] = {
        "first_day": group.first_day,
        "last_day": group.last_day,
        "weekly": group.weekly,
        "made_by": group.worker.user,
    }
    return Enrolment.objects.create(group=group, pupil=pupil, **(defaults | values))


def session(group: CourseGroup, day: dt.date, **values: Any) -> Session:
    """Planned, at the group's first time of that weekday."""
    slot = next(slot for slot in group.slots if slot.weekday == day.isoweekday())
    defaults: dict[str, Any] = {"starts_at": slot.starts_at, "ends_at": slot.ends_at}
    return Session.objects.create(group=group, school=group.school, day=day, **(defaults | values))
