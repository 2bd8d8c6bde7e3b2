"""Who holds which role where, and who is in post at a school."""

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from accounts.services import add_user, audit
from schools.models import OrgUnit, Posting, Role, School, Staff
from schools.signals import left_post


@transaction.atomic
def appoint(
    *, by: User | None, user: User, unit: OrgUnit, role: str, first_day: dt.date, duties: Sequence[str] = ()
) -> Posting:
    """Give `user` a role at `unit` from `first_day` on.

    Raises ValidationError when she has it already or the role does not fit the unit's level.
    """
    _require_fitting_level(role, unit)
    posting = Posting(user=user, unit=unit, role=role, first_day=first_day, duties=list(duties))
    posting.full_clean()
    posting.save()
    path = unit.path_on_typed(first_day)
    audit(by=by, action="posting.add", subject=posting, path=path, user=user.pk, role=role, duties=list(duties))
    return posting


@transaction.atomic
def end_posting(*, by: User | None, posting: Posting, last_day: dt.date) -> None:
    """The role holds until `last_day`, included. Raises ValidationError when that lies before its first day."""
    posting.last_day = last_day
    posting.full_clean()
    posting.save()
    audit(by=by, action="posting.end", subject=posting, user=posting.user_id, last_day=last_day.isoformat())


@transaction.atomic
def set_duties(*, by: User | None, posting: Posting, duties: Sequence[str]) -> None:
    """An officer's parts in reports, from now on. Raises ValidationError for anybody else's posting."""
    posting.duties = list(duties)
    posting.full_clean()
    posting.save()
    audit(by=by, action="posting.set_duties", subject=posting, user=posting.user_id, duties=posting.duties)


@transaction.atomic
def add_person(
    *,
    by: User | None,
    unit: OrgUnit,
    name: str,
    phone: str,
    role: str,
    first_day: dt.date,
    duties: Sequence[str] = (),
) -> User:
    """Somebody who signs in by phone and has no 工号: an officer, a supervisor. Raises ValidationError as `hire`."""
    user = _known_or_new(by, name, phone)
    appoint(by=by, user=user, unit=unit, role=role, first_day=first_day, duties=duties)
    return user


@transaction.atomic
def hire(
    *,
    by: User | None,
    school: School,
    name: str,
    staff_no: str,
    first_day: dt.date,
    phone: str | None = None,
    role: str = Role.TEACHER,
) -> Staff:
    """Put a person in post at a school with a 工号 and a role. Somebody known by her phone keeps her account.

    Raises ValidationError for a taken 工号, a bad phone, or a phone that belongs to somebody of another name.
    """
    user = _known_or_new(by, name, phone)
    staff = Staff(school=school, user=user, staff_no=staff_no.strip(), first_day=first_day)
    staff.full_clean()
    staff.save()
    audit(by=by, action="staff.hire", subject=staff, path=school.unit.path_on_typed(first_day), staff_no=staff.staff_no)
    if not Posting.objects.on(first_day).filter(user=user, unit=school.unit, role=role).exists():
        appoint(by=by, user=user, unit=school.unit, role=role, first_day=first_day)
    return staff


def _known_or_new(by: User | None, name: str, phone: str | None) -> User:
    user = User.objects.filter(phone=phone).first() if phone else None
    if user and user.name != name.strip():
        raise ValidationError({"phone": "这个手机号已登记在另一个姓名下，请核对姓名或手机号。"})
    return user or add_user(by=by, name=name.strip(), phone=phone)


@transaction.atomic
def dismiss(*, by: User | None, staff: Staff, last_day: dt.date) -> None:
    """She leaves the school after `last_day`: her post, her roles and her classes there end with it."""
    staff.last_day = last_day
    staff.full_clean()
    staff.save()
    still = {"last_day": None, "first_day__lte": last_day}
    staff.user.postings.filter(unit=staff.school.unit, **still).update(last_day=last_day)
    for rows in (staff.user.teachings, staff.user.head_teacher_of):
        rows.filter(class_group__school=staff.school, **still).update(last_day=last_day)
    left_post.send(Staff, staff=staff, last_day=last_day)
    audit(by=by, action="staff.dismiss", subject=staff, last_day=last_day.isoformat())


SCHOOL_ROLES = frozenset({Role.TEACHER, Role.ACADEMIC_OFFICE, Role.PRINCIPAL})
LEVELS_FOR: dict[Role, tuple[str, ...]] = {
    **dict.fromkeys(SCHOOL_ROLES, (OrgUnit.Level.SCHOOL,)),
    Role.SUPERVISOR: (OrgUnit.Level.CITY, OrgUnit.Level.COUNTY, OrgUnit.Level.DISTRICT, OrgUnit.Level.SCHOOL),
    Role.OFFICER: (OrgUnit.Level.CITY, OrgUnit.Level.COUNTY, OrgUnit.Level.DISTRICT),
    Role.LIAISON: (OrgUnit.Level.DEPARTMENT,),
    Role.ADMIN: (OrgUnit.Level.CITY,),
}


def _require_fitting_level(role: str, unit: OrgUnit) -> None:
    if unit.level not in LEVELS_FOR[Role(role)]:
        raise ValidationError({"role": f"“{Role(role).label}”不能设在{unit.get_level_display()}。"})
