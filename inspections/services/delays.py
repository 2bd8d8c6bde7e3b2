"""Delays: the owner is reminded, then the county is told, then the city; every step stands in the finding's life."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.notifications import tell
from inspections import deadlines, people
from inspections.models import Finding, FindingStep
from schools.deadlines import working_day_after
from schools.models import OrgUnit

# How far a delay has gone, the name of its number in deadlines.toml, and the step that says so.
STAGES = (
    (Finding.Stage.CITY, "city", FindingStep.Kind.TO_CITY),
    (Finding.Stage.COUNTY, "county", FindingStep.Kind.TO_COUNTY),
    (Finding.Stage.REMINDED, "reminded", FindingStep.Kind.REMIND),
)


def pass_on(day: dt.date) -> int:
    """Pass on each delay as far as it has come by `day`; return how many steps were taken. Safe to repeat.

    Each finding in a transaction of its own: one that fails holds up no other.
    """
    rows = Finding.objects.overdue(day).filter(stage__lt=Finding.Stage.CITY).order_by("pk")
    return sum(_pass_on(pk, day) for pk in rows.values_list("pk", flat=True))


@transaction.atomic
def _pass_on(pk: int, day: dt.date) -> int:
    finding = Finding.objects.with_owner().select_for_update(of=("self",)).get(pk=pk)
    if not finding.is_overdue(day):
        return 0
    due = [
        (stage, kind)
        for stage, name, kind in STAGES
        if stage > finding.stage and working_day_after(finding.due_on, deadlines.passed_on_after(name)) <= day
    ]
    for stage, kind in reversed(due):
        FindingStep.objects.create(finding=finding, kind=kind, day=day)
        _tell(finding, stage, day)
        finding.stage = stage
    if due:
        finding.save(update_fields=["stage"])
    return len(due)


def _tell(finding: Finding, stage: int, day: dt.date) -> None:
    path = finding.path_on(day)
    late = f"整改超期（{finding.due_on:%-m月%-d日}到期）"
    if stage == Finding.Stage.REMINDED:
        told: Iterable[User] = people.answering(finding.place.pk, day)
        text = f"{late}，请尽快报送：{finding.what}"
    else:
        level = OrgUnit.Level.COUNTY if stage == Finding.Stage.COUNTY else OrgUnit.Level.CITY
        told = people.bureau(path, level, day)
        text = f"{finding.owner_name}{late}：{finding.what}"
    url = reverse("inspections:finding_detail", args=[finding.pk])
    tell(told, key=f"finding-late:{finding.pk}:{finding.due_on.isoformat()}:{stage}", text=text, url=url)
