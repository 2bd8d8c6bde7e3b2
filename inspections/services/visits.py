"""Visits: who was where, when, for what, and what she wrote down."""

from __future__ import annotations

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.refusals import in_words, insert
from accounts.sent_forms import is_first
from accounts.services import audit
from inspections.models import Visit
from paper.pdf import require_printable
from schools.models import School
from training.models import Institution

EARLIEST = dt.timedelta(days=366)  # a visit is entered within a year


@transaction.atomic
def add_visit(
    *,
    by: User,
    school: School | None = None,
    institution: Institution | None = None,
    key: uuid.UUID | None = None,
    **said: object,
) -> Visit | None:
    """Enter a visit of a school or an institution; `said` are its other fields.

    None where the form with this key was carried out before.

    Raises ValidationError: a day to come or long gone, a second comprehensive one in a year.
    """
    if key and not is_first(by, key):
        return None
    visit = Visit(school=school, institution=institution, made_by=by, **said)
    _check(visit)
    insert(visit)
    audit(by=by, action="visit.add", subject=visit, path=visit.path_on(timezone.localdate()))
    return visit


@transaction.atomic
def change_visit(*, by: User, visit: Visit, **said: object) -> Visit:
    """Put right what was written down. Raises ValidationError as `add_visit`."""
    locked = (
        Visit.objects.select_related("school__unit", "institution__county")
        .select_for_update(of=("self",))
        .get(pk=visit.pk)
    )
    before = {name: str(getattr(locked, name)) for name in said}
    for name, value in said.items():
        setattr(locked, name, value)
    _check(locked)
    with in_words(locked):
        locked.save()
    path = locked.path_on(timezone.localdate())
    audit(by=by, action="visit.change", subject=locked, path=path, before=before)
    return locked


def _check(visit: Visit) -> None:
    today = timezone.localdate()
    if visit.day > today:
        raise ValidationError({"day": "日期不能晚于今天：去过之后再记。"})
    if visit.day < today - EARLIEST:
        raise ValidationError({"day": "只能补记一年内的督导。"})
    require_printable(notes=visit.notes, companions=visit.companions)
    visit.full_clean(validate_constraints=False)
