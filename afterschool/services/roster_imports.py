"""A workbook of pupils and their groups, brought in whole or not at all."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.refusals import in_words
from accounts.sent_forms import is_first
from accounts.services import audit
from afterschool.models import CourseGroup, Enrolment, Pupil
from afterschool.roster_sheet import Checked, Line, check
from afterschool.services.courses import path_of
from afterschool.services.sessions import expect_anew
from schools.models import School
from schools.services.classes import note_days_from


@transaction.atomic
def bring_in(
    *, by: User, school: School, lines: Sequence[Line], first_day: dt.date, key: uuid.UUID | None = None
) -> Checked | None:
    """What was brought in. None where the form with this key was carried out before.

    Raises ValidationError while any line has a problem: looked at once more, with groups and pupils held.
    """
    if key and not is_first(by, key):
        return None
    found = check(lines, school=school, first_day=first_day)
    groups = sorted({joining.group.pk for joining in found.joining})
    list(CourseGroup.objects.select_for_update(no_key=True).filter(pk__in=groups).order_by("pk"))
    codes = {line.cells[1] for line in lines}
    held = Pupil.objects.select_for_update(no_key=True).named().filter(school=school, code__in=codes)
    pupils = {pupil.code: pupil for pupil in held.order_by("pk")}
    found = check(lines, school=school, first_day=first_day)
    if found.problems or {joining.group.pk for joining in found.joining} - set(groups):
        raise ValidationError("检查后名单有变动，请重新上传文件再看一遍。")
    _write(by, school, found, pupils)
    if found.joining:
        note_days_from(school, min(joining.first_day for joining in found.joining))
    audit(
        by=by,
        action="roster.import",
        subject=school,
        path=path_of(school),
        new=len(found.new),
        changed=len(found.changed),
        joining=len(found.joining),
    )
    return found


def _write(by: User, school: School, found: Checked, pupils: dict[str, Pupil]) -> None:
    today = timezone.localdate()
    Pupil.objects.filter(pk__in=found.seen).update(listed_on=today)
    for code, (class_group, name) in found.changed.items():
        pupils[code].class_group, pupils[code].name = class_group, name
    Pupil.objects.bulk_update([pupils[code] for code in found.changed], ["class_group", "name"])
    new = [
        Pupil(school=school, class_group=class_group, code=code, name=name, listed_on=today)
        for code, (class_group, name) in found.new.items()
    ]
    with in_words(Pupil()):
        Pupil.objects.bulk_create(new)
    pupils |= {pupil.code: pupil for pupil in new}
    rows = [
        Enrolment(
            group=joining.group,
            pupil=pupils[joining.code],
            first_day=joining.first_day,
            last_day=joining.group.last_day,
            weekly=joining.group.weekly,
            made_by=by,
        )
        for joining in found.joining
    ]
    with in_words(Enrolment()):
        Enrolment.objects.bulk_create(rows)
    expect_anew({joining.group.pk for joining in found.joining})
