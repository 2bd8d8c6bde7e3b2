"""Pupils on a school's list: added, corrected, and forgotten when their time is over."""

import datetime as dt
import uuid
from collections import Counter

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from accounts.models import User
from accounts.refusals import in_words, insert
from accounts.sent_forms import is_first
from accounts.services import audit
from afterschool.models import Absence, Pupil
from afterschool.services.courses import path_of
from schools.models import ClassGroup, School
from schools.terms import term_on

FORGOTTEN = "（已删除）"


@transaction.atomic
def add_pupil(*, by: User, class_group: ClassGroup, code: str, name: str, key: uuid.UUID | None = None) -> Pupil | None:
    """None where the form with this key was carried out before. Raises ValidationError, also for a code taken."""
    if key and not is_first(by, key):
        return None
    pupil = Pupil(school=class_group.school, class_group=class_group, code=code.strip(), name=name.strip())
    _require_named(pupil)
    insert(pupil)
    audit(by=by, action="pupil.add", subject=pupil, path=path_of(pupil.school))
    return pupil


@transaction.atomic
def change_pupil(*, by: User, pupil: Pupil, class_group: ClassGroup, code: str, name: str) -> None:
    """Into another class, or her name or code put right. Raises ValidationError."""
    locked = Pupil.objects.select_for_update(no_key=True).get(pk=pupil.pk)
    if locked.erased_at:
        raise ValidationError("这名学生的姓名已按规定删除，不能再修改。")
    before = locked.class_group_id
    locked.class_group, locked.code, locked.name = class_group, code.strip(), name.strip()
    locked.listed_on = timezone.localdate()
    _require_named(locked)
    with in_words(locked):
        locked.save()
    audit(
        by=by,
        action="pupil.change",
        subject=locked,
        path=path_of(locked.school),
        class_before=before,
        class_after=class_group.pk,
    )


def _require_named(pupil: Pupil) -> None:
    """The trail says that a pupil was added or changed, never her name: it would outlive the list."""
    if pupil.class_group.school_id != pupil.school_id:
        raise ValidationError({"class_group": "请选择本校的班级。"})
    if not pupil.code:
        raise ValidationError({"code": "请填写学号。"})
    if not pupil.name:
        raise ValidationError({"name": "请填写姓名。"})
    pupil.full_clean(validate_constraints=False)


@transaction.atomic
def erase_old(today: dt.date) -> int:
    """Remove names and codes a year after a pupil's last day in a group; of somebody who was never in one, a year
    after the end of the term in which the school last listed her. Return how many.

    Their attendance stays as counts. Who fetched them early is forgotten with them.
    """
    limit = _a_year_before(today)
    listed = Pupil.objects.named().filter(listed_on__lte=limit).annotate(last=Max("enrolments__last_day"))
    candidates = listed.filter(Q(last__lte=limit) | Q(last=None)).values_list("pk", "school", "listed_on", "last")
    schools = School.objects.select_related("unit").in_bulk({school for _, school, _, last in candidates if not last})
    ends: dict[tuple[int, dt.date], dt.date] = {}
    due: dict[int, int] = {}
    for pk, school, listed_on, last in candidates:
        if last is None:
            key = (school, listed_on)
            if key not in ends:
                ends[key] = _end_of_term(schools[school], listed_on)
            last = ends[key]
        if last <= limit:
            due[pk] = school
    Absence.objects.filter(pupil__in=due, kind=Absence.Kind.LEFT_EARLY).update(fetched_by=FORGOTTEN)
    Pupil.objects.filter(pk__in=due).update(name="", code="", erased_at=timezone.now())
    counts = Counter(due.values())
    for found in School.objects.select_related("unit").filter(pk__in=counts).order_by("pk"):
        audit(by=None, action="pupil.erase", subject=found, pupils=counts[found.pk], until=limit.isoformat())
    return len(due)


def _a_year_before(day: dt.date) -> dt.date:
    """29 February stands for the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def _end_of_term(school: School, day: dt.date) -> dt.date:
    """Of the term that holds `day`; the day itself where none does."""
    term = term_on(school, day)
    return term.last_day if term and term.first_day <= day <= term.last_day else day
