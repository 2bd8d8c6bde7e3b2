"""The people who serve in a school's after-school service: put on its list, corrected, taken off."""

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.refusals import in_words, insert
from accounts.sent_forms import is_first
from accounts.services import audit
from afterschool import policy
from afterschool.models import AdmittedBody, CourseGroup, Worker, WorkerKind
from afterschool.services.courses import path_of
from schools.dated import not_over
from schools.models import Posting, School, Staff
from schools.models.units import codes_in


@transaction.atomic
def add_worker(
    *,
    by: User,
    school: School,
    kind: str,
    first_day: dt.date,
    name: str = "",
    user: User | None = None,
    body: AdmittedBody | None = None,
    qualification: str = "",
    qualified_until: dt.date | None = None,
    last_day: dt.date | None = None,
    key: uuid.UUID | None = None,
) -> Worker | None:
    """Who has an account goes by its name. None where the form with this key was carried out before.

    Raises ValidationError: an own teacher who is not in post, a body that is not on the county's list on that day …
    """
    if key and not is_first(by, key):
        return None
    worker = Worker(
        school=school,
        user=user,
        name=(user.name if user else name).strip(),
        kind=kind,
        body=body,
        qualification=qualification.strip(),
        qualified_until=qualified_until,
        first_day=first_day,
        last_day=last_day,
    )
    _require_fields(worker)
    _require_account(worker)
    _require_admitted(worker, first_day)
    if qualified_until and qualified_until < first_day:
        raise ValidationError({"qualified_until": "资质在起始日期前就已到期。"})
    _require_once(worker)
    worker.full_clean(validate_constraints=False)
    insert(worker)
    audit(by=by, action="service_worker.add", subject=worker, path=path_of(school), kind=kind, name=worker.name)
    return worker


@transaction.atomic
def change_worker(
    *,
    by: User,
    worker: Worker,
    name: str = "",
    body: AdmittedBody | None = None,
    qualification: str = "",
    qualified_until: dt.date | None = None,
) -> None:
    """A name put right, a new qualification, another body. Raises ValidationError."""
    locked = (
        Worker.objects.select_for_update(no_key=True, of=("self",)).select_related("school__unit").get(pk=worker.pk)
    )
    locked.name = locked.user.name if locked.user else name.strip()
    body_is_new = body is not None and body.pk != locked.body_id
    locked.body = body if locked.kind == WorkerKind.BODY else None
    locked.qualification, locked.qualified_until = qualification.strip(), qualified_until
    _require_fields(locked)
    if body_is_new:
        _require_admitted(locked, timezone.localdate())
    locked.full_clean(validate_constraints=False)
    with in_words(locked):
        locked.save()
    audit(
        by=by,
        action="service_worker.change",
        subject=locked,
        path=path_of(locked.school),
        name=locked.name,
        qualified_until=qualified_until.isoformat() if qualified_until else None,
    )


@transaction.atomic
def end_worker(*, by: User, worker: Worker, last_day: dt.date) -> int:
    """Her last day. Return how many groups need another teacher after it. Raises ValidationError."""
    locked = Worker.objects.select_for_update(no_key=True).get(pk=worker.pk)
    if last_day < locked.first_day:
        raise ValidationError({"last_day": f"最后一天不能早于起始日期{locked.first_day:%Y年%-m月%-d日}。"})
    locked.last_day = last_day
    locked.save(update_fields=["last_day"])
    audit(
        by=by,
        action="service_worker.end",
        subject=locked,
        path=path_of(locked.school),
        last_day=last_day.isoformat(),
    )
    return CourseGroup.objects.filter(worker=locked, last_day__gt=last_day).count()


def end_with_post(*, staff: Staff, last_day: dt.date, **of_signal: object) -> None:
    """An own teacher who leaves the school leaves its service too; her groups then want another teacher.

    Hears `schools.signals.left_post`.
    """
    hers = Worker.objects.filter(school=staff.school_id, user=staff.user_id, kind=WorkerKind.OWN)
    hers.not_over(last_day).filter(first_day__lte=last_day).update(last_day=last_day)


def bodies_for(school: School, day: dt.date) -> QuerySet[AdmittedBody]:
    """On the lists of the county and whatever else stands above the school, on `day`."""
    return AdmittedBody.objects.on(day).filter(unit__code__in=codes_in(school.unit.path_on_typed(day)))


def accounts_of(school: School, day: dt.date) -> QuerySet[User]:
    """Who has a role at the school itself on `day`, in name order."""
    posted = Posting.objects.on(day).filter(unit=school.unit).values("user")
    return User.objects.filter(pk__in=posted).order_by("name", "pk")


def _require_fields(worker: Worker) -> None:
    """In the words of the form; the table's constraints say the same once more."""
    if worker.kind == WorkerKind.OWN and worker.user is None:
        raise ValidationError({"user": "本校教师请从教职工中选。"})
    if not worker.name:
        raise ValidationError({"name": "请填写姓名。"})
    if worker.kind == WorkerKind.BODY and worker.body is None:
        raise ValidationError({"body": "请选择所在的准入机构。"})
    if worker.kind != WorkerKind.BODY and worker.body:
        raise ValidationError({"body": "只有准入机构人员才选机构，请改类别或不选机构。"})
    if worker.kind in (WorkerKind.OUTSIDE, WorkerKind.BODY) and not worker.qualification:
        raise ValidationError({"qualification": "校外人员请填写资质，如“教师资格证”“社会体育指导员”。"})
    if worker.last_day and worker.last_day < worker.first_day:
        raise ValidationError({"last_day": "截止日期不能早于起始日期。"})


def _require_account(worker: Worker) -> None:
    if worker.user is None:
        return
    if worker.kind == WorkerKind.OWN:
        in_post = Staff.objects.on(worker.first_day).filter(school=worker.school, user=worker.user).exists()
        if not in_post:
            raise ValidationError({"user": f"{worker.user}在这一天不是本校在岗教职工。"})
    elif not accounts_of(worker.school, worker.first_day).filter(pk=worker.user.pk).exists():
        raise ValidationError({"user": f"{worker.user}在这一天没有本校的账号。"})


def _require_admitted(worker: Worker, day: dt.date) -> None:
    if worker.body is None or bodies_for(worker.school, day).filter(pk=worker.body.pk).exists():
        return
    rule = policy.national_rules()["admitted_only"]
    raise ValidationError(
        {"body": f"{day:%Y年%-m月%-d日}{worker.body}不在县（市、区）准入名单上。依据：{rule.source}。"}
    )


def _require_once(worker: Worker) -> None:
    if worker.user is None:
        return
    others = Worker.objects.filter(not_over(worker.first_day), school=worker.school, user=worker.user)
    before_its_end = Q(first_day__lte=worker.last_day) if worker.last_day else Q()
    if others.filter(before_its_end).exists():
        raise ValidationError({"user": f"{worker.user}已在本校课后服务人员名单上。"})
