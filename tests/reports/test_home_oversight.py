"""The first page says which findings and complaints wait for whom; nothing where none do."""

import datetime as dt

import pytest

from reports.home import Oversight, sections
from tests import factories
from tests.inspections import make

pytestmark = pytest.mark.django_db


def waiting(world, person: str) -> Oversight | None:
    user = type(world.people[person]).objects.get(pk=world.people[person].pk)
    return next((part.data for part in sections(user, factories.TODAY) if part.name == "oversight"), None)


def test_each_sees_what_waits_for_her(world, signed_in):
    people = {"owner": world.people["principal"], "overseer": world.people["supervisor"]}
    by, school = world.people["supervisor"], world.school.unit
    make.finding(by, school)
    make.finding(by, school, found_on=dt.date(2026, 10, 8), due_on=dt.date(2026, 10, 12))
    make.brought_to("submitted", make.finding(by, school), **people)
    make.complaint(world.county)
    assert waiting(world, "principal") == Oversight(2, dt.date(2026, 10, 12), 1, 0, 0)
    assert waiting(world, "supervisor") == Oversight(0, None, 1, 1, 0)
    assert waiting(world, "county_officer") == Oversight(0, None, 1, 1, 1)
    assert waiting(world, "teacher") is None
    assert waiting(world, "outside_officer") is None
    page = signed_in("principal").get("/").content.decode()
    assert "2个问题待整改" in page
    assert "最近的期限10月12日" in page
