"""Incidents during service: told to the principal at once, followed up, closed with an outcome."""

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.notifications import tell
from accounts.sent_forms import is_first
from accounts.services import audit
from afterschool.models import Incident, Session
from afterschool.services.courses import path_of
from afterschool.services.sessions import require_open
from paper.pdf import require_printable
from schools.models import ChangedDay, Posting, Role, School


@transaction.atomic
def report_incident(
    *,
    by: User,
    school: School,
    day: dt.date,
    happened_at: dt.time,
    what: str,
    first_aid: str = "",
    guardian_told_at: dt.time | None = None,
    follow_up: str = "",
    session: Session | None = None,
    key: uuid.UUID | None = None,
) -> Incident | None:
    """Write down what happened and tell the school's principals at once.

    None where the form with this key was carried out before. Raises ValidationError.
    """
    if key and not is_first(by, key):
        return None
    require_open(school, day)
    incident = Incident(
        school=school,
        session=session,
        day=day,
        happened_at=happened_at,
        what=what.strip(),
        first_aid=first_aid.strip(),
        guardian_told_at=guardian_told_at,
        follow_up=_step(follow_up) if follow_up.strip() else "",
        reported_by=by,
    )
    require_printable(what=incident.what, first_aid=incident.first_aid, follow_up=incident.follow_up)
    incident.full_clean()
    incident.save()
    ChangedDay.objects.note([(school.pk, day)])
    audit(by=by, action="incident.report", subject=incident, path=path_of(school))
    _tell_principals(incident)
    return incident


@transaction.atomic
def add_follow_up(*, by: User, incident: Incident, text: str) -> None:
    """Append what was done since, with the time. Raises ValidationError: closed (code "closed"), empty, or too long."""
    locked = _lock_open(incident)
    text = text.strip()
    if not text:
        raise ValidationError({"text": "请写明后续处理。"})
    require_printable(text=text)
    locked.follow_up = "\n".join(filter(None, [locked.follow_up, _step(text)]))
    locked.full_clean(validate_constraints=False)
    locked.save(update_fields=["follow_up"])
    audit(by=by, action="incident.follow_up", subject=locked, path=path_of(locked.school))


@transaction.atomic
def close_incident(*, by: User, incident: Incident, outcome: str) -> None:
    """End it with its outcome. Raises ValidationError: closed already (code "closed"), or no outcome."""
    locked = _lock_open(incident)
    if not outcome.strip():
        raise ValidationError({"outcome": "请写明处理结果再办结。"})
    locked.outcome, locked.closed_by, locked.closed_at = outcome.strip(), by, timezone.now()
    require_printable(outcome=locked.outcome)
    locked.full_clean(validate_constraints=False)
    locked.save(update_fields=["outcome", "closed_by", "closed_at"])
    ChangedDay.objects.note([(locked.school_id, locked.day)])
    audit(by=by, action="incident.close", subject=locked, path=path_of(locked.school))


def _lock_open(incident: Incident) -> Incident:
    rows = Incident.objects.select_related("school__unit").select_for_update(of=("self",))
    locked = rows.get(pk=incident.pk)
    if locked.closed_at:
        raise ValidationError("这件事已经办结，不能再改。", code="closed")
    return locked


def _step(text: str) -> str:
    return f"{timezone.localtime():%-m月%-d日%H:%M} {text.strip()}"


def _tell_principals(incident: Incident) -> None:
    """In the words of the report; they read it inside the product only."""
    at_work = Posting.objects.on(timezone.localdate()).filter(role=Role.PRINCIPAL, unit=incident.school_id)
    principals = User.objects.filter(pk__in=at_work.values("user"), is_active=True)
    when = f"{incident.day:%-m月%-d日}{incident.happened_at:%H:%M}"
    url = reverse("afterschool:incident_detail", args=[incident.pk])
    tell(principals, key=f"incident:{incident.pk}", text=f"课后服务突发情况（{when}）：{incident.what}", url=url)
