"""Every step in every state, by each role: done (302), too late or too early (409), not hers (403), not there (404)."""

import pytest
from django.db import transaction
from django.urls import reverse

from inspections.life import Step
from tests import factories
from tests.access import PERSONS
from tests.inspections import make
from tests.inspections.test_life import LEADS_TO, OWNERS

pytestmark = pytest.mark.django_db

OWNER_SIDE = ("academic_office", "principal")
INSPECTORS = ("supervisor", "county_officer", "city_officer")
IN_SCOPE = ("teacher", "head_teacher", "admin", *OWNER_SIDE, *INSPECTORS)


def expected(person: str, state: str, step: str) -> int:
    if person == "anonymous":
        return 302
    if person not in IN_SCOPE:
        return 404
    if person not in (OWNER_SIDE if step in OWNERS else INSPECTORS):
        return 403
    return 302 if step in LEADS_TO[state] else 409


@pytest.mark.parametrize("state", LEADS_TO)
def test_each_step_is_its_side_s(world, client, state):
    made = make.finding(world.people["supervisor"], world.school.unit)
    finding = make.brought_to(state, made, owner=world.people["principal"], overseer=world.people["supervisor"])
    answers = {}
    for person in PERSONS:
        client.logout()
        if person != "anonymous":
            client.force_login(world.people[person], "accounts.sign_in.PhoneBackend")
        for step in Step:
            with transaction.atomic():
                url = reverse("inspections:finding_step", args=[finding.pk, step])
                answers[person, step] = client.post(url, {"text": "说明", "until": "2026-12-01"}).status_code
                transaction.set_rollback(True)
    wanted = {(person, step): expected(person, state, step) for person in PERSONS for step in Step}
    assert answers == wanted


def test_the_page_says_why_the_answerer_does_not_verify(world, signed_in):
    """An officer who also answers for the school, as where a bureau's person leads one for a while."""
    both = world.people["county_officer"]
    factories.PostingFactory(user=both, unit=world.school.unit, role="principal")
    made = make.finding(world.people["supervisor"], world.school.unit)
    finding = make.brought_to("submitted", made, owner=both, overseer=world.people["supervisor"])
    page = signed_in("county_officer").post(reverse("inspections:finding_step", args=[finding.pk, "verify"]), {})
    assert page.status_code == 422
    assert "整改是您报送的，不能自己核查。请换一位核查。" in page.content.decode()


def test_a_step_that_somebody_else_took_before_keeps_what_was_typed(world, signed_in):
    made = make.finding(world.people["supervisor"], world.school.unit)
    finding = make.brought_to("submitted", made, owner=world.people["principal"], overseer=world.people["supervisor"])
    url = reverse("inspections:finding_step", args=[finding.pk, "submit"])
    page = signed_in("academic_office").post(url, {"text": "我也来报送"})
    assert page.status_code == 409
    assert "这个问题现在是“待核查”，不能报送整改。请刷新页面看最新情况。" in page.content.decode()
    assert "我也来报送" in page.content.decode()


def test_an_unknown_step_is_not_there(world, signed_in):
    finding = make.finding(world.people["supervisor"], world.school.unit)
    assert signed_in("principal").post(f"/inspections/findings/{finding.pk}/delete/").status_code == 404


def test_nobody_inspects_her_own_bureau(world, signed_in):
    url = reverse("inspections:finding_add", args=[world.county.code])
    assert signed_in("county_officer").get(url).status_code == 403
    assert signed_in("city_officer").get(url).status_code == 200
