"""Whose names somebody may read: the group's teacher her group's, 班主任 her class's, 教导处 all of the school's.

Everybody else who oversees the school sees counts. A page that shows names says so in the audit trail.
"""

from __future__ import annotations

import datetime as dt

from django.db import models

from accounts.models import User
from accounts.services import audit
from afterschool import policy
from afterschool.models import CourseGroup, Pupil
from schools import access
from schools.models import ClassGroup, HeadTeacher, School


def classes_of(user: User, school: School, day: dt.date) -> list[ClassGroup]:
    """The classes of the school whose 班主任 she is on `day`."""
    heads = HeadTeacher.objects.on(day).filter(user=user, class_group__school=school)
    return list(ClassGroup.objects.filter(pk__in=heads.values("class_group")).on(day).in_order())


def readable_in_school(user: User, school: School, day: dt.date) -> models.QuerySet[Pupil]:
    pupils = Pupil.objects.named().filter(school=school)
    if access.can(user, "arrange_service", school.unit):
        return pupils
    return pupils.filter(class_group__in=classes_of(user, school, day))


def readable_in_group(user: User, group: CourseGroup, day: dt.date) -> models.QuerySet[Pupil]:
    """Whoever of them may have been enrolled in `group`. `group.worker.body` and `group.school.unit` are read."""
    if teaches_group(user, group, day):
        return Pupil.objects.named().filter(school=group.school_id)
    return readable_in_school(user, group.school, day)


def teaches_group(user: User, group: CourseGroup, day: dt.date) -> bool:
    """A teacher who is no longer fit to serve reads nothing more."""
    return group.worker.user_id == user.pk and not policy.why_unfit(group.worker.fitness, day)


def note_read(*, by: User, subject: models.Model, school: School, day: dt.date, pupils: int) -> None:
    """Into the audit trail: how many pupils' names she was shown, of which group, class or school."""
    if pupils:
        path = school.unit.path_on(day)
        audit(by=by, action="pupil.read_names", subject=subject, path=path, pupils=pupils)
