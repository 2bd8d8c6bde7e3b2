"""Visits: entered after they were made, changed by their maker, one comprehensive one a year."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AuditEntry
from inspections.models import Evidence, Visit
from inspections.services import visits
from tests import factories
from tests.inspections import make

pytestmark = pytest.mark.django_db


def test_a_second_comprehensive_one_in_a_year_is_refused_and_says_what_to_do(world, signed_in):
    make.visit(world.people["supervisor"], world.school, kind="comprehensive", day=dt.date(2026, 3, 2))
    values = {"day": "2026-10-14", "kind": "comprehensive", "lessons_heard": 1, "plans_read": 0, "books_read": 0}
    url = reverse("inspections:visit_add", args=[world.school.unit.code])
    page = signed_in("county_officer").post(url, values | {"notes": "全面看了一遍"})
    assert page.status_code == 422
    assert "这所学校今年已有一次综合督导，每年最多一次。" in page.content.decode()
    assert "全面看了一遍" in page.content.decode()
    assert Visit.objects.count() == 1
    make.visit(world.people["supervisor"], world.school, kind="comprehensive", day=dt.date(2025, 12, 31))


@pytest.mark.parametrize(("day", "words"), [("2026-10-15", "不能晚于今天"), ("2025-10-01", "一年内")])
def test_a_visit_is_entered_when_it_was_made(world, day, words):
    with pytest.raises(ValidationError, match=words):
        make.visit(world.people["supervisor"], world.school, day=dt.date.fromisoformat(day))


def test_a_change_keeps_what_was_written_before(world):
    by = world.people["supervisor"]
    visit = make.visit(by, world.school)
    visits.change_visit(by=by, visit=visit, notes="看了四个班", lessons_heard=2)
    assert AuditEntry.objects.get(action="visit.change").detail["before"] == {
        "notes": "看了三个班",
        "lessons_heard": "0",
    }


def test_the_list_asks_as_often_for_many_as_for_few(world, signed_in, django_assert_num_queries):
    client, url = signed_in("county_officer"), reverse("inspections:visit_list")
    for _ in range(12):
        make.visit(world.people["supervisor"], world.school)
    with django_assert_num_queries(6):
        page = client.get(url)
    assert page.content.decode().count("责任督学日常督导") == 12


def test_a_document_is_taken_away_and_written_down_and_a_picture_is_shown(world, signed_in):
    made = make.finding(world.people["supervisor"], world.school.unit, attached=[make.a_document("<方案>.pdf")])
    file = Evidence.objects.get(step__finding=made)
    answer = signed_in("principal").get(reverse("inspections:evidence", args=[file.pk]))
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 words"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    entry = AuditEntry.objects.get(action="evidence.download")
    assert (entry.by, entry.detail) == (world.people["principal"], {"name": "<方案>.pdf"})


def test_a_finding_of_another_school_s_visit_is_not_there(world, signed_in):
    visit = make.visit(world.people["city_officer"], world.other_school, day=factories.TODAY)
    url = reverse("inspections:finding_add", args=[world.school.unit.code])
    client = signed_in("city_officer")
    assert [client.get(f"{url}?visit={text}").status_code for text in (visit.pk, "x", "9" * 30)] == [404, 404, 404]


def test_an_inspector_finds_schools_to_visit_and_units_below_her(world, signed_in, django_assert_num_queries):
    client, url = signed_in("city_officer"), reverse("inspections:visit_list")
    with django_assert_num_queries(7):
        page = client.get(url, {"q": "县"}).content.decode()
    assert page.count("记一次督导") == 2
    assert page.count("记一个问题") == 2  # 东县 and 西县
    assert "记一" not in signed_in("principal").get(url, {"q": "实验"}).content.decode()
