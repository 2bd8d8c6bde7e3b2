"""What somebody may see of a day's service: rows loaded within her scope, and whether they are hers."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.models import User
from afterschool.models import CourseGroup, Session
from afterschool.models.courses import CourseGroupQuerySet
from schools import access
from schools.models import School


def school_of(user: User, code: str) -> School:
    """Http404 outside her scope."""
    return get_object_or_404(School.objects.inside(access.scope(user)).select_related("unit"), unit__code=code)


def require_insider(user: User, school: School) -> None:
    """Who serves at the school or oversees it; PermissionDenied for others in scope."""
    if not (access.can(user, "serve", school.unit) or access.can(user, "oversee_school", school.unit)):
        raise PermissionDenied(f"service of {school.unit.code}")


def school_for(user: User, code: str, action: access.Action) -> School:
    school = school_of(user, code)
    access.require(user, action, school.unit)
    return school


def session_to_roll(user: User, session_id: int) -> Session:
    """One whose roll is hers: its teacher's, hers who stands in, or 教导处's of the school."""
    rows = Session.objects.select_related("group__worker", "group__room", "worker", "school__unit", "recorded_by")
    session = access.get_visible(rows, user, pk=session_id)
    if not (is_hers(user, session) or may_arrange(user, session.school)):
        raise PermissionDenied
    return session


def session_to_arrange(user: User, session_id: int) -> Session:
    rows = Session.objects.select_related("group__worker", "worker", "school__unit")
    session = access.get_visible(rows, user, pk=session_id)
    access.require(user, "arrange_service", session.school.unit)
    return session


def group_with_names(user: User, group_id: int, first_day: dt.date, last_day: dt.date) -> CourseGroup:
    """One whose pupils she may know by name: her own, one in which she stands in these days, or one of her school's as
    教导处."""
    group = access.get_visible(_groups(), user, pk=group_id)
    stands_in = Session.objects.between(first_day, last_day).filter(group=group, worker__user=user)
    if not (group.worker.user_id == user.pk or may_arrange(user, group.school) or stands_in.exists()):
        raise PermissionDenied
    return group


def group_recorded(user: User, group_id: int) -> CourseGroup:
    """One whose record of activities she may read: her own, or one that she oversees."""
    group = access.get_visible(_groups(), user, pk=group_id)
    if group.worker.user_id != user.pk:
        access.require(user, "oversee_school", group.school.unit)
    return group


def _groups() -> CourseGroupQuerySet:
    return CourseGroup.objects.select_related("worker", "room", "course", "school__unit")


def is_hers(user: User, session: Session) -> bool:
    """She is its teacher or stands in. `group__worker` and `worker` are read."""
    stand_in = session.worker.user_id if session.worker else None
    return user.pk in (session.group.worker.user_id, stand_in)


def may_arrange(user: User, school: School) -> bool:
    return access.can(user, "arrange_service", school.unit)
