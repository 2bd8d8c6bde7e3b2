"""Visits and findings in a world, through the services."""

import io
from typing import Any

from PIL import Image

from accounts.models import User
from inspections.models import Complaint, Finding, Letter, Visit
from inspections.services import complaints, findings, letters, visits
from paper.files import Taken
from schools.models import OrgUnit, School
from tests import factories
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


def a_picture() -> Taken:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    return Taken("图.jpg", "image/jpeg", out.getvalue())


def a_document(name: str = "整改情况.pdf") -> Taken:
    return Taken(name, "application/pdf", b"%PDF-1.7 words")


def complaint(unit: OrgUnit, **said: Any) -> Complaint:
    """A named one about homework, from the web."""
    values = {
        "source": "web",
        "kind": "homework",
        "target_name": "东县实验小学",
        "text": "三年级每天作业到十点。",
        "name": NAME,
        "phone": PHONE,
    }
    return complaints.receive(unit=unit, **values | said)


# Of the complainant in the tests: to be found nowhere.
NAME, PHONE = "欧阳举报", "13612345678"

COMPLAINT_ROADS = {
    "received": (),
    "accepted": ("accept",),
    "replied": ("accept", "answer"),
    "closed": ("accept", "answer", "close"),
    "rejected": ("reject",),
}


def complaint_brought_to(state: str, complaint: Complaint, by: User, outcome: str = "not_upheld") -> Complaint:
    """The complaint after the usual steps to `state`, all of them `by`'s."""
    said = {
        "accept": {},
        "answer": {"outcome": outcome, "text": "已核实"},
        "close": {},
        "reject": {"text": "不归我们管"},
    }
    for step in COMPLAINT_ROADS[state]:
        getattr(complaints, step)(by=by, complaint=complaint, **said.get(step, {}))
    return Complaint.objects.get(pk=complaint.pk)


def another_officer(unit: OrgUnit) -> User:
    user = factories.UserFactory(name="李同事")
    factories.PostingFactory(user=user, unit=unit, role="officer")
    return user


def letter(by: User, unit: OrgUnit, addressee: OrgUnit | None, **said: Any) -> Letter:
    values = {
        "kind": "advice",
        "title": "关于作业公示的整改建议书",
        "body": "公示不全。",
        "word": "东县双减督建",
        "issuer": "东县教育局",
    }
    made = letters.write(by=by, unit=unit, addressee=addressee, **values | said)
    assert made
    return made
