"""Visits and findings in a world, through the services."""

from typing import Any

from accounts.models import User
from inspections.models import Finding, Visit
from inspections.services import findings, visits
from paper.files import Taken
from schools.models import OrgUnit, School
from tests import factories as make


def visit(by: User, school: School, **said: Any) -> Visit:
    made = visits.add_visit(by=by, school=school, **{"day": make.TODAY, "kind": "round", "notes": "看了三个班"} | said)
    assert made
    return made


def finding(by: User, owner: OrgUnit, **said: Any) -> Finding:
    values = {"category": "homework", "severity": "minor", "what": "三年级作业公示不全", "found_on": make.TODAY} | said
    made = findings.open_finding(by=by, owner=owner, **values)
    assert made
    return Finding.objects.get(pk=made.pk)


# How a finding comes to each state, by whom: the steps that lead there.
ROADS = {
    "found": (),
    "rectifying": ("plan",),
    "submitted": ("plan", "submit"),
    "verified": ("plan", "submit", "verify"),
    "closed": ("plan", "submit", "verify", "close"),
}


def brought_to(state: str, finding: Finding, *, owner: User, overseer: User) -> Finding:
    """The finding after the usual steps to `state`."""
    for step in ROADS[state]:
        by = owner if step in ("plan", "submit") else overseer
        getattr(findings, step)(by=by, finding=finding, text="按要求做了")
    return Finding.objects.get(pk=finding.pk)


def a_document(name: str = "整改情况.pdf") -> Taken:
    return Taken(name, "application/pdf", b"%PDF-1.7 words")
