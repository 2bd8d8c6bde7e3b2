"""What somebody may see of inspections: rows loaded within her scope, and what is hers to do with them."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from inspections.life import Part
from inspections.models import Finding, Visit
from schools import access


def finding_of(user: User, finding_id: int) -> Finding:
    """Http404 outside her scope, PermissionDenied for those in it who have no business with findings."""
    rows = Finding.objects.with_owner().select_related("visit", "found_by", "answered_by", "verified_by", "closed_by")
    finding = access.get_visible(rows.defer("words"), user, pk=finding_id)
    access.require(user, "see_findings", finding.place)
    return finding


def parts_in(user: User, finding: Finding) -> list[Part]:
    """Whose steps she may take in the life of this finding."""
    parts = []
    if access.answers_for(user, finding.place):
        parts.append(Part.OWNER)
    if inspects(user, finding):
        parts.append(Part.OVERSEER)
    return parts


def inspects(user: User, row: Finding | Visit) -> bool:
    """Whether she oversees the school, unit or institution that it is about."""
    return access.inspects_at(user, row.path_on(timezone.localdate()))


def visit_of(user: User, visit_id: int) -> Visit:
    rows = Visit.objects.select_related("school__unit", "institution__county", "made_by")
    visit = access.get_visible(rows, user, pk=visit_id)
    access.require(user, "see_findings", visit.place)
    return visit
