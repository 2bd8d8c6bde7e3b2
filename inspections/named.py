"""Which school or institution a complaint means: by the name that was written, or as the officer finds it."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from inspections.models import Complaint
from schools.models import OrgUnit
from training.models import Institution

# Of schools and of institutions, offered to the officer who says which is meant.
MOST_NAMED = 20


def school(unit: OrgUnit, name: str, today: dt.date) -> OrgUnit | None:
    """The one school of the area with exactly this name."""
    schools = OrgUnit.objects.under(unit, today).filter(level=OrgUnit.Level.SCHOOL, name=name)
    found = list(schools[:2])
    return found[0] if len(found) == 1 else None


def institution(unit: OrgUnit, name: str, today: dt.date) -> Institution | None:
    """The one institution of the area with exactly this name, of those that are there before those that are gone."""
    rows = Institution.objects.inside([unit.path_on(today)]).filter(name=name).select_related("county")
    there = list(rows.there()[:2]) or list(rows[:2])
    return there[0] if len(there) == 1 else None


def may_be_about(complaint: Complaint, text: str) -> tuple[list[OrgUnit], list[Institution]]:
    """Schools and institutions with `text` in their names, of the area of the unit in charge: the first of each."""
    area = complaint.unit.path_on(timezone.localdate())
    if complaint.unit.level == OrgUnit.Level.DEPARTMENT:
        area = area.removesuffix(f"{complaint.unit.code}/")
    schools = OrgUnit.objects.inside([area]).filter(level=OrgUnit.Level.SCHOOL, name__contains=text)
    institutions = Institution.objects.inside([area]).matching(text).select_related("county")
    return list(schools.order_by("name")[:MOST_NAMED]), list(institutions.order_by("name")[:MOST_NAMED])
