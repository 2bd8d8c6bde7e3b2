"""Courses and the rooms they need."""

import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.refusals import insert
from accounts.sent_forms import is_first
from accounts.services import audit
from afterschool import policy
from afterschool.models import Course, Room
from schools.models import School


@transaction.atomic
def add_course(
    *, by: User, school: School, name: str, kind: str, nature: str, about: str = "", key: uuid.UUID | None = None
) -> Course | None:
    """None where the form with this key was carried out before. Raises ValidationError: a lesson, or a name taken."""
    if key and not is_first(by, key):
        return None
    course = Course(school=school, name=name.strip(), kind=kind, nature=nature, about=about.strip())
    _require_service(nature)
    course.full_clean(validate_constraints=False)
    insert(course)
    audit(by=by, action="service_course.add", subject=course, path=path_of(school), name=course.name)
    return course


@transaction.atomic
def change_course(
    *, by: User, course: Course, name: str, kind: str, nature: str, about: str = "", is_closed: bool = False
) -> None:
    """Raises ValidationError: a lesson, a name taken, or closed (停开) while groups go on."""
    _require_service(nature)
    going_on = course.groups.not_over(timezone.localdate()).count()
    if is_closed and going_on:
        raise ValidationError({"is_closed": f"还有{going_on}个班组没有结束，请先结束班组。"})
    course.name, course.kind, course.nature = name.strip(), kind, nature
    course.about, course.is_closed = about.strip(), is_closed
    course.full_clean()
    course.save()
    audit(
        by=by,
        action="service_course.change",
        subject=course,
        path=path_of(course.school),
        name=course.name,
        is_closed=is_closed,
    )


@transaction.atomic
def add_room(*, by: User, school: School, name: str) -> Room:
    room = Room(school=school, name=name.strip())
    room.full_clean(validate_constraints=False)
    insert(room)
    audit(by=by, action="service_room.add", subject=room, path=path_of(school), name=room.name)
    return room


@transaction.atomic
def set_room_closed(*, by: User, room: Room, is_closed: bool) -> None:
    """Raises ValidationError while groups need it."""
    locked = Room.objects.select_for_update(no_key=True).get(pk=room.pk)
    needing = locked.groups.not_over(timezone.localdate()).count()
    if is_closed and needing:
        raise ValidationError(f"还有{needing}个班组在用“{room}”，请先给它们换场地。")
    locked.is_closed = is_closed
    locked.save(update_fields=["is_closed"])
    audit(by=by, action="service_room.close", subject=room, path=path_of(room.school), is_closed=is_closed)


def path_of(school: School) -> str:
    return school.unit.path_on(timezone.localdate())


def _require_service(nature: str) -> None:
    rule = policy.check_nature(nature)
    if rule:
        raise ValidationError({"nature": f"{rule.words}，这样的课程不能开设。依据：{rule.source}。"})
