"""Findings, visits and complaints about a training institution: the same life, answered for by its county."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from inspections import named
from inspections.models import Finding, FindingStep, Visit
from inspections.services import complaints, delays, findings, visits
from reports.oversight import oversight
from schools.models import Posting
from tests import factories
from tests.fixtures import SHANGHAI
from tests.inspections import make
from tests.training import make as make_training
from training.models import Signal

pytestmark = pytest.mark.django_db

TODAY = factories.TODAY
SAID = {"category": "disguised", "severity": "minor", "what": "周末上学科课", "found_on": TODAY}


@pytest.fixture
def officer(world):
    return world.people["county_officer"]


@pytest.fixture
def institution(world, officer):
    return make_training.institution(officer, world.county)


@pytest.fixture
def finding(world, institution):
    return findings.open_finding(by=world.people["city_officer"], institution=institution, **SAID)


def test_the_owner_is_exactly_one_of_unit_and_institution(world, institution, officer):
    for said in ({}, {"owner": world.school.unit, "institution": institution}):
        row = Finding(**SAID | said, due_on=TODAY, first_due_on=TODAY, found_by=officer)
        with pytest.raises(IntegrityError, match="inspections_finding_has_one_owner"), transaction.atomic():
            row.save()
    for said in ({}, {"school": world.school, "institution": institution}):
        row = Visit(day=TODAY, kind="special", made_by=officer, **said)
        with pytest.raises(IntegrityError, match="inspections_visit_is_of_one"), transaction.atomic():
            row.save()


def test_its_finding_lives_as_every_other_and_two_persons_of_the_county_see_it_through(world, officer, finding):
    closed = make.brought_to("closed", finding, owner=officer, overseer=world.people["supervisor"])
    assert (closed.state, closed.answered_by, closed.owner_name) == ("closed", officer, "启明培训学校")
    assert list(FindingStep.objects.filter(finding=closed).values_list("kind", flat=True)) == [
        *("open", "plan", "submit", "verify", "close")
    ]


def test_who_reported_the_change_does_not_verify_it(officer, finding):
    make.brought_to("submitted", finding, owner=officer, overseer=officer)
    with pytest.raises(ValidationError, match="不能自己核查"):
        findings.verify(by=officer, finding=finding)


def test_the_county_s_officers_are_told_and_a_delay_goes_up(world, officer, finding, clock):
    told = officer.notifications.values_list("text", flat=True)
    assert any("新的督导问题" in text for text in told)
    clock(dt.datetime(2026, 12, 30, 9, tzinfo=SHANGHAI))
    assert delays.pass_on(dt.date(2026, 12, 30)) == 3
    assert Finding.objects.get(pk=finding.pk).stage == Finding.Stage.CITY
    above = world.people["city_officer"].notifications.values_list("text", flat=True)
    assert any(text.startswith("启明培训学校整改超期") for text in above)


@pytest.mark.parametrize(
    ("person", "status"),
    [("county_officer", 200), ("city_officer", 200), ("supervisor", 200), ("outside_officer", 404), ("principal", 404)],
)
def test_who_sees_it(signed_in, finding, person, status):
    assert signed_in(person).get(reverse("inspections:finding_detail", args=[finding.pk])).status_code == status


def test_the_city_looks_on_and_the_county_answers(signed_in, finding):
    url = reverse("inspections:finding_step", args=[finding.pk, "plan"])
    assert signed_in("city_officer").post(url, {"text": "已停课退费"}).status_code == 403
    assert signed_in("county_officer").post(url, {"text": "已停课退费"}).status_code == 302
    assert Finding.objects.get(pk=finding.pk).state == "rectifying"


def test_enforcement_is_at_institutions_and_rounds_are_at_schools(world, institution, officer):
    made = visits.add_visit(by=officer, institution=institution, day=TODAY, kind="enforcement")
    assert str(made) == "启明培训学校 2026-10-14 执法检查"
    with pytest.raises(ValidationError, match="执法检查只用于培训机构"), transaction.atomic():
        make.visit(officer, world.school, kind="enforcement")
    with pytest.raises(ValidationError, match="到培训机构请选执法检查"), transaction.atomic():
        visits.add_visit(by=officer, institution=institution, day=TODAY, kind="round")


def test_an_officer_finds_it_visits_it_and_enters_what_was_found(signed_in, institution):
    client = signed_in("county_officer")
    listed = client.get(reverse("inspections:visit_list") + "?q=启明").content.decode()
    add = reverse("inspections:institution_visit_add", args=[institution.pk])
    assert add in listed
    form = client.get(add).content.decode()
    assert "执法检查" in form
    assert "综合督导" not in form
    assert "听课" not in form
    assert client.post(add, {"day": "2026-10-14", "kind": "enforcement"}).status_code == 302
    visit = Visit.objects.get()
    url = reverse("inspections:institution_finding_add", args=[institution.pk]) + f"?visit={visit.pk}"
    assert url in client.get(reverse("inspections:visit_detail", args=[visit.pk])).content.decode()
    said = {"category": "disguised", "severity": "major", "what": "周末上学科课", "found_on": "2026-10-14"}
    assert client.post(url, said).status_code == 302
    finding = Finding.objects.get()
    assert (finding.institution, finding.visit, finding.source_words) == (institution, visit, "现场检查")
    page = client.get(reverse("inspections:institution_file", args=[institution.pk])).content.decode()
    assert "周末上学科课" in page
    assert "执法检查" in page
    assert "启明培训学校" in client.get(reverse("inspections:ledger")).content.decode()
    assert "启明培训学校" in client.get(reverse("inspections:finding_detail", args=[finding.pk])).content.decode()


@pytest.mark.parametrize("page", ["institution_finding_add", "institution_visit_add", "institution_file"])
def test_another_county_does_not_know_it(signed_in, institution, page):
    assert signed_in("outside_officer").get(reverse(f"inspections:{page}", args=[institution.pk])).status_code == 404


def test_a_complaint_that_names_it_goes_to_its_county_and_warns_when_it_is_upheld(world, officer, institution):
    received = make.complaint(world.city, target_name="启明培训学校", kind="fees")
    assert (received.institution, received.target, received.unit) == (institution, None, world.county)
    assert not Signal.objects.exists()
    upheld = make.complaint_brought_to("replied", received, officer, outcome="upheld")
    (signal,) = Signal.objects.all()
    assert (signal.institution, signal.evidence) == (institution, "10月14日答复的举报（乱收费）属实")
    with pytest.raises(ValidationError, match="要先“转为督导问题”，再办结"):
        complaints.close(by=officer, complaint=upheld)
    said = {"what": "一次收半年学费", "demand": "退费", "severity": "major", "category": "safeguards"}
    made = complaints.open_finding(by=officer, complaint=upheld, **said)
    assert (made.institution, made.owner, made.source_words) == (institution, None, "举报查实")
    assert complaints.close(by=officer, complaint=upheld).closed_on == TODAY


def test_one_that_is_not_upheld_warns_of_nothing(world, officer, institution):
    received = make.complaint(world.county, target_name="启明培训学校")
    make.complaint_brought_to("replied", received, officer, outcome="not_upheld")
    assert not Signal.objects.exists()


def test_two_of_one_name_are_for_the_officer_to_tell_apart(world, institution):
    make_training.institution(world.people["outside_officer"], world.other_county)
    assert make.complaint(world.city, target_name="启明培训学校").institution is None
    assert make.complaint(world.county, target_name="启明培训学校").institution == institution


def test_one_that_is_upheld_and_named_only_then_warns_and_becomes_a_finding(world, officer, institution):
    received = make.complaint(world.county, target_name="启明", kind="fees")
    upheld = make.complaint_brought_to("replied", received, officer, outcome="upheld")
    assert named.may_be_about(upheld, "启明") == ([], [institution])
    assert not Signal.objects.exists()
    complaints.name_target(by=officer, complaint=upheld, target=institution)
    assert Signal.objects.get().institution == institution
    said = {"what": "一次收半年学费", "demand": "退费", "severity": "major", "category": "safeguards"}
    assert complaints.open_finding(by=officer, complaint=upheld, **said).institution == institution


def test_who_found_it_and_reported_the_change_is_not_asked_to_verify_it(world, officer, institution):
    colleague, city = make.another_officer(world.county), world.people["city_officer"]
    finding = findings.open_finding(by=officer, institution=institution, **SAID)
    make.brought_to("submitted", finding, owner=officer, overseer=officer)
    asked = "启明培训学校：整改已报送，请核查（周末上学科课）"
    told = {one: one.notifications.filter(text=asked).exists() for one in (officer, colleague, city)}
    assert told == {officer: False, colleague: True, city: False}


def test_where_the_county_has_nobody_else_the_city_is_asked(world, officer, institution):
    Posting.objects.filter(unit=world.county).exclude(user=officer).delete()
    finding = findings.open_finding(by=officer, institution=institution, **SAID)
    make.brought_to("submitted", finding, owner=officer, overseer=officer)
    assert world.people["city_officer"].notifications.filter(text__contains="请核查").exists()


def test_nobody_grants_the_time_she_asked_for(world, officer, finding, signed_in):
    findings.ask_extension(by=officer, finding=finding, until=TODAY + dt.timedelta(days=60), text="退费要三周")
    with pytest.raises(ValidationError, match="不能自己同意") as refused:
        findings.grant_extension(by=officer, finding=finding)
    assert refused.value.code == "same_person"
    page = signed_in("county_officer").get(reverse("inspections:finding_detail", args=[finding.pk])).content.decode()
    assert "延期是您申请的，要由别人答复。" in page
    granted = findings.grant_extension(by=world.people["supervisor"], finding=finding)
    assert granted.due_on == TODAY + dt.timedelta(days=60)


def test_it_counts_for_its_county_and_not_among_visits_of_schools(world, officer, institution, finding):
    visits.add_visit(by=officer, institution=institution, day=TODAY, kind="enforcement")
    make.visit(world.people["supervisor"], world.school)
    city = oversight(TODAY, TODAY, [world.city.path_on(TODAY)])
    counts = city[world.county.code]
    assert [counts[name] for name in ("findings_found", "visits", "schools_visited", "enforcements")] == [1, 1, 1, 1]
    assert counts["findings_of_visits"] == 0
    county = oversight(TODAY, TODAY, [world.county.path_on(TODAY)])
    assert county[""]["findings_found"] == 1
