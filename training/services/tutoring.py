"""Cases of paid tutoring: officers named, cases kept, each look written down, counted without names."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.refusals import in_words, insert
from accounts.sent_forms import is_first
from accounts.services import audit
from paper.pdf import require_printable
from schools import access
from schools.models import OrgUnit, Posting, Role, School
from schools.models.units import codes_in
from training.models import TutoringCase, TutoringOfficer


def counties_of(user: User) -> QuerySet[OrgUnit]:
    """Those whose cases she may read: she is named, and still an officer there or above."""
    named = TutoringOfficer.objects.on(timezone.localdate()).filter(user=user)
    return OrgUnit.objects.inside(access.scope(user, "keep_register")).filter(pk__in=named.values("county"))


def candidates(county: OrgUnit) -> QuerySet[User]:
    """Officers of the county or above it, who are not named yet."""
    today = timezone.localdate()
    above = OrgUnit.objects.filter(code__in=codes_in(county.path_on(today)))
    posted = Posting.objects.on(today).filter(unit__in=above, role=Role.OFFICER)
    named = TutoringOfficer.objects.on(today).filter(county=county)
    users = User.objects.filter(pk__in=posted.values("user"), is_active=True).exclude(pk__in=named.values("user"))
    return users.order_by("name", "pk")


@transaction.atomic
def name_officer(*, by: User, county: OrgUnit, user: User) -> TutoringOfficer:
    """Nobody names herself. Raises ValidationError."""
    if not candidates(county).filter(pk=user.pk).exists():
        raise ValidationError({"user": "只能指定本县（市、区）或上级的工作人员，已经指定的不用再指定。"})
    row = TutoringOfficer(county=county, user=user, named_by=by)
    insert(row)
    audit(by=by, action="tutoring.name_officer", subject=row, path=_path(county), user=user.pk)
    return row


@transaction.atomic
def end_officer(*, by: User, officer: TutoringOfficer) -> None:
    """She may read no case from now on. Raises ValidationError where that was so before."""
    locked = TutoringOfficer.objects.select_related("county").select_for_update(of=("self",)).get(pk=officer.pk)
    if locked.last_day:
        raise ValidationError("已经结束。", code="state")
    locked.last_day = timezone.localdate() - dt.timedelta(days=1)
    locked.save(update_fields=["last_day"])
    audit(by=by, action="tutoring.end_officer", subject=locked, path=_path(locked.county), user=locked.user_id)


@transaction.atomic
def add_case(
    *, by: User, county: OrgUnit, school: str = "", key: uuid.UUID | None = None, **said: object
) -> TutoringCase | None:
    """`school`: its name or code, where the teacher's is known. None where the form was carried out before.

    Raises ValidationError.
    """
    if key and not is_first(by, key):
        return None
    case = TutoringCase(county=county, school=_school(county, school), made_by=by, **said)
    if case.found_on > timezone.localdate():
        raise ValidationError({"found_on": "发现日期不能晚于今天。"})
    require_printable(teacher_name=case.teacher_name, what=case.what)
    case.full_clean(validate_constraints=False)
    insert(case)
    audit(by=by, action="tutoring.add", subject=case, path=_path(county))
    return case


def _school(county: OrgUnit, asked: str) -> School | None:
    asked = asked.strip()
    if not asked:
        return None
    inside = School.objects.inside([_path(county)])
    found = list(inside.filter(Q(unit__code=asked) | Q(unit__name=asked))[:2])
    if len(found) != 1:
        raise ValidationError({"school": "没有找到这所学校，请写全称或学校代码；不清楚的不填。"})
    return found[0]


@transaction.atomic
def dispose(*, by: User, case: TutoringCase, day: dt.date, disposal: str, document_no: str = "") -> None:
    """How it was dealt with. Raises ValidationError: done before, a bad day, no words."""
    locked = TutoringCase.objects.select_related("county").select_for_update(of=("self",)).get(pk=case.pk)
    if locked.disposed_on:
        raise ValidationError("这个案件已经处理过。", code="state")
    if not locked.found_on <= day <= timezone.localdate():
        raise ValidationError({"day": "处理日期不能早于发现日期，也不能晚于今天。"})
    if not disposal.strip():
        raise ValidationError({"disposal": "请写明处理情况。"})
    require_printable(disposal=disposal)
    locked.disposed_on, locked.disposal, locked.document_no = day, disposal.strip(), document_no.strip()
    with in_words(locked):
        locked.save()
    audit(by=by, action="tutoring.dispose", subject=locked, path=_path(locked.county))


def note_look(*, by: User, case: TutoringCase) -> None:
    audit(by=by, action="tutoring.read", subject=case, path=_path(case.county))


def note_list(*, by: User, cases: Collection[TutoringCase]) -> None:
    """A list with names was read, of these cases."""
    path = access.scope(by, "keep_register")[0]
    audit(by=by, action="tutoring.list", subject=by, path=path, cases=[case.pk for case in cases])


def _path(unit: OrgUnit) -> str:
    return unit.path_on(timezone.localdate())
