"""Special operations: opened, institutions listed, checks recorded. Callers checked roles."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.refusals import in_words, insert
from accounts.sent_forms import is_first
from accounts.services import audit
from paper.pdf import require_printable
from schools.models import OrgUnit
from training.models import Campaign, CampaignCheck, CampaignTarget, Institution


@transaction.atomic
def open_campaign(
    *, by: User, unit: OrgUnit, targets: Mapping[int, int], key: uuid.UUID | None = None, **said: object
) -> Campaign | None:
    """`targets`: how many institutions each county is to check, by its id; none of 0 is kept.

    None where the form was carried out before. Raises ValidationError.
    """
    if key and not is_first(by, key):
        return None
    campaign = Campaign(unit=unit, made_by=by, **said)
    require_printable(name=campaign.name, what=campaign.what)
    campaign.full_clean(validate_constraints=False)
    insert(campaign)
    CampaignTarget.objects.bulk_create(
        CampaignTarget(campaign=campaign, county_id=county, count=count) for county, count in targets.items() if count
    )
    audit(by=by, action="campaign.open", subject=campaign, path=_path(unit), name=campaign.name)
    return campaign


@transaction.atomic
def put_on_list(*, by: User, campaign: Campaign, county: OrgUnit, subject: str = "") -> int:
    """All of the county's operating institutions, or those of one kind; how many are new on it.

    Raises ValidationError for a county in which the campaign is not run.
    """
    if not _path(county).startswith(_path(campaign.unit)):
        raise ValidationError({"county": f"这是{campaign.unit.name}的行动，只能列入{campaign.unit.name}的机构。"})
    rows = Institution.objects.filter(county=county, state=Institution.State.OPERATING)
    if subject:
        rows = rows.filter(subject=subject)
    before = campaign.checks.count()
    CampaignCheck.objects.bulk_create(
        (CampaignCheck(campaign=campaign, institution=row) for row in rows), ignore_conflicts=True
    )
    new = campaign.checks.count() - before
    audit(by=by, action="campaign.list", subject=campaign, path=_path(county), new=new)
    return new


@transaction.atomic
def record_check(*, by: User, check: CampaignCheck, day: dt.date, result: str, has_problem: bool) -> CampaignCheck:
    """What came of it, on a day of the campaign that is not to come. Raises ValidationError."""
    rows = CampaignCheck.objects.select_related("campaign", "institution__county")
    locked = rows.select_for_update(of=("self",)).get(pk=check.pk)
    campaign = locked.campaign
    if not campaign.first_day <= day <= min(campaign.last_day, timezone.localdate()):
        raise ValidationError({"day": "检查日期要在行动期间内，也不能晚于今天。"})
    if not result.strip():
        raise ValidationError({"result": "请写明检查结果。"})
    require_printable(result=result)
    locked.checked_on, locked.checked_by = day, by
    locked.result, locked.has_problem = result.strip(), has_problem
    locked.full_clean(validate_constraints=False)
    with in_words(locked):
        locked.save()
    audit(by=by, action="campaign.check", subject=locked, path=_path(locked.institution.county), day=day.isoformat())
    return locked


def _path(unit: OrgUnit) -> str:
    return unit.path_on(timezone.localdate())
