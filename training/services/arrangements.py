"""What a city or county has laid down: entered with its document, ended by a day. Callers checked roles."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.refusals import insert
from accounts.services import audit
from paper.pdf import require_printable
from schools.models import OrgUnit
from training.models import Arrangement


@transaction.atomic
def arrange(*, by: User, unit: OrgUnit, kind: str, document: str, first_day: dt.date) -> Arrangement:
    """Raises ValidationError: a day to come, no document, or the same in force already."""
    if first_day > timezone.localdate():
        raise ValidationError({"first_day": "起始日期不能晚于今天：执行以后再登记。"})
    row = Arrangement(unit=unit, kind=kind, document=document.strip(), first_day=first_day, made_by=by)
    require_printable(document=row.document)
    row.full_clean(validate_constraints=False)
    insert(row)
    audit(by=by, action="arrangement.add", subject=row, path=unit.path_on(timezone.localdate()), kind=kind)
    return row


@transaction.atomic
def end(*, by: User, arrangement: Arrangement, day: dt.date) -> None:
    """It holds until `day`. Raises ValidationError."""
    locked = Arrangement.objects.select_related("unit").select_for_update(of=("self",)).get(pk=arrangement.pk)
    if locked.last_day:
        raise ValidationError("已经结束。", code="state")
    if not locked.first_day <= day <= timezone.localdate():
        raise ValidationError({"day": "截止日期不能早于起始日期，也不能晚于今天。"})
    locked.last_day = day
    locked.save(update_fields=["last_day"])
    path = locked.unit.path_on(timezone.localdate())
    audit(by=by, action="arrangement.end", subject=locked, path=path, day=day.isoformat())
