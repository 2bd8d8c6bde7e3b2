"""Cases of paid tutoring: read by who was named alone, each look written down, counted without names."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from accounts.models import AuditEntry
from reports.training import training
from tests.training.make import tutoring_case
from training.models import TutoringCase, TutoringOfficer
from training.services import tutoring

NAME = "欧阳某某"
TODAY = dt.date(2026, 10, 14)


@pytest.fixture
def officer(world):
    return world.people["county_officer"]


@pytest.fixture
def named(world, officer):
    return tutoring.name_officer(by=world.people["city_officer"], county=world.county, user=officer)


@pytest.fixture
def case(world, officer, named):
    return tutoring_case(officer, world.county, teacher_name=NAME, school=world.school.unit.code)


def looks(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


def test_each_look_is_written_down_without_the_name(signed_in, case):
    client = signed_in("county_officer")
    assert NAME in client.get(reverse("training:case_detail", args=[case.pk])).content.decode()
    assert NAME in client.get(reverse("training:case_list")).content.decode()
    assert (looks("tutoring.read"), looks("tutoring.list")) == (1, 1)
    assert AuditEntry.objects.get(action="tutoring.list").detail == {"cases": [case.pk]}


@pytest.mark.parametrize(
    ("person", "status"),
    [("city_officer", 403), ("supervisor", 403), ("outside_officer", 404), ("principal", 404), ("teacher", 404)],
)
def test_who_is_not_named_reads_no_case(signed_in, case, person, status):
    client = signed_in(person)
    for page in ("case_detail", "case_dispose"):
        assert client.get(reverse(f"training:{page}", args=[case.pk])).status_code == status
    assert looks("tutoring.read") == 0


def test_who_is_not_named_sees_numbers_alone(signed_in, case):
    page = signed_in("city_officer").get(reverse("training:case_list")).content.decode()
    assert "共1件，已处理0件" in page
    assert NAME not in page
    assert looks("tutoring.list") == 0


def test_who_was_named_and_is_no_more_or_lost_her_post_reads_nothing(signed_in, world, officer, named, case):
    tutoring.end_officer(by=world.people["city_officer"], officer=named)
    assert signed_in("county_officer").get(reverse("training:case_detail", args=[case.pk])).status_code == 403
    with pytest.raises(ValidationError, match="已经结束"):
        tutoring.end_officer(by=world.people["city_officer"], officer=named)
    tutoring.name_officer(by=world.people["city_officer"], county=world.county, user=officer)
    assert signed_in("county_officer").get(reverse("training:case_detail", args=[case.pk])).status_code == 200
    officer.postings.update(last_day=TODAY - dt.timedelta(days=1))
    assert signed_in("county_officer").get(reverse("training:case_detail", args=[case.pk])).status_code == 404


def test_nobody_names_herself_or_somebody_who_is_no_officer_of_the_area(world, officer):
    with pytest.raises(ValidationError, match="不能指定自己"):
        tutoring.name_officer(by=officer, county=world.county, user=officer)
    for person in ("outside_officer", "principal", "supervisor"):
        with pytest.raises(ValidationError, match="只能指定本县"):
            tutoring.name_officer(by=officer, county=world.county, user=world.people[person])


def test_naming_is_done_on_the_page_and_written_down(signed_in, world, officer):
    url = reverse("training:case_officers", args=[world.county.code])
    client = signed_in("city_officer")
    assert client.post(url, {"user": world.people["city_officer"].pk}).status_code == 422
    assert client.post(url, {"user": officer.pk}).status_code == 302
    assert AuditEntry.objects.get(action="tutoring.name_officer").detail == {"user": officer.pk}
    end = reverse("training:case_officer_end", args=[TutoringOfficer.objects.get().pk])
    assert client.post(end).status_code == 302
    assert not TutoringOfficer.objects.on(TODAY).exists()


def test_a_case_is_entered_and_disposed(signed_in, world, named):
    client, add = signed_in("county_officer"), reverse("training:case_add")
    said = {"county": world.county.pk, "teacher_name": NAME, "found_on": "2026-10-12", "what": "家中办班"}
    answer = client.post(add, said | {"school": "没有这所学校"})
    assert (answer.status_code, TutoringCase.objects.count()) == (422, 0)
    assert "没有找到这所学校" in answer.content.decode()
    assert client.post(add, said | {"school": "东县实验小学"}).status_code == 302
    case = TutoringCase.objects.get()
    assert case.school == world.school
    url = reverse("training:case_dispose", args=[case.pk])
    assert client.post(url, {"day": "2026-10-11", "disposal": "警告"}).status_code == 422
    assert client.post(url, {"day": "2026-10-13", "disposal": "警告，退还所收费用"}).status_code == 302
    assert client.post(url, {"day": "2026-10-13", "disposal": "警告"}).status_code == 409


def test_the_database_refuses_half_a_disposal(case):
    with pytest.raises(Exception, match="training_tutoring_case_disposed_whole"):
        TutoringCase.objects.filter(pk=case.pk).update(disposal="警告")


def test_reports_count_and_no_other_table_has_the_name(signed_in, world, officer, case):
    signed_in("county_officer").get(reverse("training:case_detail", args=[case.pk]))
    tutoring.dispose(by=officer, case=case, day=TODAY, disposal="警告")
    found = training(dt.date(2026, 10, 1), dt.date(2026, 10, 31), [world.city.path_on(TODAY)])
    counts = found[world.county.code]
    assert (counts["tutoring_found"], counts["tutoring_disposed"]) == (1, 1)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table != TutoringCase._meta.db_table:
                quoted = connection.ops.quote_name(table)
                cursor.execute(f"SELECT count(*) FROM {quoted} AS row WHERE row::text LIKE %s", [f"%{NAME}%"])
                assert cursor.fetchone() == (0,), table


def test_the_list_asks_as_often_for_many_as_for_few(signed_in, world, officer, named, django_assert_max_num_queries):
    for number in range(20):
        tutoring_case(officer, world.county, teacher_name=f"教师{number}")
    client = signed_in("county_officer")
    with django_assert_max_num_queries(12):
        client.get(reverse("training:case_list"))
