"""A county's list of outside bodies admitted into service (准入名单): put on it, taken off it."""

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.notifications import tell
from accounts.refusals import insert
from accounts.sent_forms import is_first
from accounts.services import audit
from afterschool.models import AdmittedBody, Worker
from schools.credit_code import fault, written
from schools.dated import not_over
from schools.models import OrgUnit, Posting, Role

FARTHEST = dt.timedelta(days=366)
GONE = "gone"


@transaction.atomic
def admit_body(
    *,
    by: User,
    unit: OrgUnit,
    name: str,
    first_day: dt.date,
    credit_code: str = "",
    services: str = "",
    key: uuid.UUID | None = None,
) -> AdmittedBody | None:
    """Put a body on the list of `unit` from a day on; None where the form with this key was carried out before.

    Raises ValidationError with keys: a bad code, or a body that is on the list already on some of these days.
    """
    if key and not is_first(by, key):
        return None
    OrgUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)  # the list is changed by one at a time
    path = unit.path_on_typed(first_day)
    body = AdmittedBody(
        unit=unit,
        name=" ".join(name.split()),
        credit_code=written(credit_code),
        services=" ".join(services.split()),
        first_day=first_day,
    )
    if body.credit_code and (wrong := fault(body.credit_code)):
        raise ValidationError({"credit_code": wrong})
    if first_day > timezone.localdate() + FARTHEST:
        raise ValidationError({"first_day": "最多提前一年，请核对年份。"})
    _require_new(body)
    body.full_clean(validate_constraints=False)
    insert(body)
    audit(by=by, action="body.admit", subject=body, path=path, name=body.name, first_day=first_day.isoformat())
    return body


@transaction.atomic
def end_body(*, by: User, body: AdmittedBody, last_day: dt.date, reason: str) -> AdmittedBody:
    """Take it off: `last_day` is its last on the list, and nobody of it serves after. Schools that have its people on
    their own lists are told. Raises ValidationError: it has been taken off already (code "gone"), or a bad field."""
    locked = AdmittedBody.objects.select_for_update(of=("self",)).select_related("unit").get(pk=body.pk)
    if locked.last_day is not None:
        raise ValidationError(f"{locked}已于{locked.last_day:%Y年%-m月%-d日}退出准入名单。", code=GONE)
    if last_day < locked.first_day:
        raise ValidationError({"last_day": f"不能早于准入日期{locked.first_day:%Y年%-m月%-d日}。"})
    if last_day > timezone.localdate() + FARTHEST:
        raise ValidationError({"last_day": "最多提前一年，请核对年份。"})
    locked.last_day, locked.leave_reason = last_day, reason.strip()
    if not locked.leave_reason:
        raise ValidationError({"reason": "请写明退出原因。"})
    locked.full_clean(validate_constraints=False)
    locked.save()
    path = locked.unit.path_on(timezone.localdate())
    audit(by=by, action="body.end", subject=locked, path=path, last_day=last_day.isoformat(), reason=reason)
    text = f"{locked}{last_day:%-m月%-d日}后退出准入名单（{locked.leave_reason}），此后该机构人员不得再参与课后服务。"
    tell(_offices(locked), key=f"body-end:{locked.pk}", text=text, url=reverse("afterschool:body_list"))
    return locked


def serving(body: AdmittedBody, day: dt.date) -> tuple[int, int]:
    """How many of its people are on schools' lists on `day` or later, and in how many schools. One query."""
    schools = list(Worker.objects.not_over(day).filter(body=body).values_list("school", flat=True))
    return len(schools), len(set(schools))


def _require_new(body: AdmittedBody) -> None:
    """The same name or the same code is not on the list twice on a day."""
    there = AdmittedBody.objects.filter(not_over(body.first_day), unit=body.unit)
    if said := there.filter(name=body.name).first():
        raise ValidationError({"name": f"{said.name}已在准入名单上{_until(said)}。"})
    if body.credit_code and (said := there.filter(credit_code=body.credit_code).first()):
        raise ValidationError({"credit_code": f"这个代码已在准入名单上：{said.name}{_until(said)}。"})


def _until(body: AdmittedBody) -> str:
    return f"，到{body.last_day:%Y年%-m月%-d日}为止" if body.last_day else ""


def _offices(body: AdmittedBody) -> models.QuerySet[User]:
    """教导处 of the schools that have its people on their lists."""
    today = timezone.localdate()
    schools = Worker.objects.not_over(today).filter(body=body).values("school")
    postings = Posting.objects.on(today).filter(role=Role.ACADEMIC_OFFICE, unit__in=schools)
    return User.objects.filter(pk__in=postings.order_by().values("user"), is_active=True)
