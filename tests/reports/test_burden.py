"""How long forms take: what a browser may send, who may see what of it, and that nobody is in it."""

import datetime as dt
import json

import pytest
from django.db import IntegrityError

from accounts.models import AuditEntry
from reports.burden import reading, received, services
from reports.compute import compute
from reports.models import BurdenChoice, BurdenTally
from reports.views import burden
from schools.periods import parse
from tests import factories as make
from tests.fixtures import SHANGHAI

WEDNESDAY = dt.date(2026, 10, 14)
MONDAY = dt.date(2026, 10, 12)
SUM = {"week": "2026-10-12", "form": "homework", "filled": 3, "seconds": 120, "fields": 12, "is_first": True}
FORMS = ("homework", "roll")
ADD = "/reports/burden/add/"


def read(**changed):
    return received.read(json.dumps([SUM | changed]).encode(), FORMS, WEDNESDAY)


def test_sums_in_bounds_are_taken():
    assert read() == [received.Sum(MONDAY, "homework", 3, 120, 12, True)]
    assert read(filled=200, seconds=200 * 1800, fields=200 * 300)[0].filled == 200
    assert read(week="2026-08-17")[0].week == dt.date(2026, 8, 17)


@pytest.mark.parametrize(
    "changed",
    [
        {"filled": 0},
        {"filled": 201},
        {"filled": True},
        {"filled": 2.5},
        {"seconds": -1},
        {"seconds": 3 * 1800 + 1},
        {"fields": 3 * 300 + 1},
        {"form": "diary"},
        {"form": ["homework"]},
        {"week": "2026-10-13"},  # a Tuesday
        {"week": "2026-10-19"},  # to come
        {"week": "2026-08-10"},  # long ago
        {"week": "today"},
        {"week": 20261012},
        {"is_first": 1},
        {"user": 7},  # more than we want to know
    ],
)
def test_what_is_absurd_is_refused(changed):
    with pytest.raises(ValueError):
        read(**changed)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"[1]", b"\xff", b"[" * 100_000, json.dumps([SUM] * 2).encode()])
def test_what_is_no_list_of_sums_is_refused(body):
    with pytest.raises(ValueError):
        received.read(body, FORMS, WEDNESDAY)


@pytest.fixture
def sharing(world):
    principal = world.people["principal"]
    services.choose(by=principal, school=world.school, is_shared=True, today=WEDNESDAY)
    return world


def send(client, **changed):
    return client.post(ADD, json.dumps([SUM | changed]), content_type="application/json")


def test_a_school_shares_nothing_until_its_principal_says_so(world, signed_in):
    client = signed_in("teacher")
    assert client.get("/reports/burden/asked/").json()["is_shared"] is False
    assert send(client).status_code == 403
    assert not BurdenTally.objects.exists()


def test_two_sendings_are_one_sum(sharing, signed_in):
    client = signed_in("teacher")
    assert client.get("/reports/burden/asked/").json()["is_shared"] is True
    assert send(client).status_code == 204
    assert send(client, filled=1, seconds=30, fields=4, is_first=False).status_code == 204
    row = BurdenTally.objects.get()
    assert (row.school, row.week, row.form) == (sharing.school, MONDAY, "homework")
    assert (row.devices, row.filled, row.seconds, row.fields) == (1, 4, 150, 16)


def test_nothing_that_is_kept_leads_to_a_person(sharing, signed_in):
    columns = {field.name for field in BurdenTally._meta.get_fields()}
    assert columns == {"id", "school", "week", "form", "devices", "filled", "seconds", "fields"}
    audited = AuditEntry.objects.count()
    send(signed_in("teacher"))
    assert AuditEntry.objects.count() == audited


def test_one_absurd_sum_refuses_them_all(sharing, signed_in):
    rows = [SUM, SUM | {"form": "roll", "seconds": 10**9}]
    answer = signed_in("teacher").post(ADD, json.dumps(rows), content_type="application/json")
    assert answer.status_code == 400
    assert not BurdenTally.objects.exists()


def test_too_many_sendings_are_refused(sharing, signed_in, monkeypatch):
    monkeypatch.setattr(burden, "SENDING", burden.rates.Rate("burden", most=1, seconds=600))
    client = signed_in("teacher")
    assert [send(client).status_code for _ in range(2)] == [204, 429]
    assert BurdenTally.objects.get().filled == 3


def test_who_works_in_two_schools_is_of_none(sharing, signed_in):
    make.PostingFactory(unit=sharing.other_school.unit, user=sharing.teacher, role="teacher")
    assert send(signed_in("teacher")).status_code == 403


def test_an_officer_has_no_school(sharing, signed_in):
    assert send(signed_in("county_officer")).status_code == 403


def test_only_the_principal_turns_it_on_and_both_ways_are_audited(world, signed_in):
    address = f"/reports/burden/schools/{world.school.unit.code}/"
    assert signed_in("academic_office").post(address, {"is_shared": "on"}).status_code == 403
    client = signed_in("principal")
    client.post(address, {"is_shared": "on"})
    choice = BurdenChoice.objects.get()
    assert (choice.is_shared, choice.chosen_by, choice.chosen_on) == (True, world.people["principal"], WEDNESDAY)
    client.post(address, {})
    assert not services.is_shared(world.school)
    entries = AuditEntry.objects.filter(action="burden.choose").order_by("pk")
    assert [entry.detail for entry in entries] == [{"is_shared": True}, {"is_shared": False}]


def test_a_teacher_reads_what_is_sent(sharing, signed_in):
    page = signed_in("teacher").get(f"/reports/burden/schools/{sharing.school.unit.code}/").content.decode()
    assert "已开启" in page
    assert 'name="is_shared"' not in page


def tally(school, *, devices=6, filled=10, seconds=400, week=MONDAY, form="homework"):
    return BurdenTally.objects.create(
        school=school, week=week, form=form, devices=devices, filled=filled, seconds=seconds, fields=4 * filled
    )


def test_the_principal_sees_each_week_but_no_sum_of_few(world, signed_in):
    tally(world.school)
    tally(world.school, devices=4, seconds=9999, form="return")
    response = signed_in("principal").get(f"/reports/burden/units/{world.school.unit.code}/")
    (week,) = response.context["burden"].weeks
    assert week.lines["homework"].figures == ["40", "66.7", "4"]
    assert week.lines["return"].figures == ["–", "–", "–"]
    assert response.context["burden"].whole["burden_seconds"] == 400
    assert "9999" not in response.content.decode()


def schools_of(county, number):
    return [make.SchoolFactory(parent=county) for _ in range(number)]


def test_a_bureau_sees_no_school_and_no_two(world, signed_in):
    tally(world.school)
    (other,) = schools_of(world.county, 1)
    tally(other)
    client = signed_in("county_officer")
    assert client.get(f"/reports/burden/units/{world.school.unit.code}/").status_code == 403
    address = f"/reports/burden/units/{world.county.code}/"
    assert client.get(address).context["burden"].whole["burden_filled"] == 0
    tally(*schools_of(world.county, 1), seconds=1000)
    (week,) = client.get(address).context["burden"].weeks
    assert week.lines["homework"].figures == ["60", "100", "4"]


def test_a_county_left_out_cannot_be_reckoned_from_the_rest(world):
    third = make.CountyFactory(parent=world.city, name="南县")
    for school in (*schools_of(world.other_county, 3), *schools_of(third, 3)):
        tally(school, filled=20)
    tally(schools_of(third, 1)[0])
    assert [line.is_hidden for line in reading.counties(world.city, WEDNESDAY)] == [True, False, False]
    tally(world.school)  # one alone in its county
    assert [line.is_hidden for line in reading.counties(world.city, WEDNESDAY)] == [True, True, False]


def test_the_page_costs_as_much_for_many_weeks(world, signed_in, django_assert_max_num_queries):
    for back in range(10):
        for form in BurdenTally.Form:
            tally(world.school, week=MONDAY - dt.timedelta(weeks=back), form=form)
    client = signed_in("principal")
    with django_assert_max_num_queries(10):
        client.get(f"/reports/burden/units/{world.school.unit.code}/")


@pytest.mark.parametrize("wrong", [{"week": WEDNESDAY}, {"devices": 11}])
def test_the_database_refuses_what_cannot_be(world, wrong):
    with pytest.raises(IntegrityError):
        tally(world.school, **wrong)


AFTER = dt.datetime(2026, 11, 2, 9, tzinfo=SHANGHAI)


def notes(county, period="2026-10"):
    return [note for note in compute(county, parse(period), AFTER).notes if "填报负担" in note]


def test_a_month_s_report_says_how_long_filling_in_took_and_whether_it_falls(world):
    schools = [world.school, *schools_of(world.county, 2)]
    for school in schools:
        tally(school)
        tally(school, seconds=500, week=dt.date(2026, 9, 14))
        tally(school, seconds=90_000, week=dt.date(2026, 10, 26))  # ends in November
    assert notes(world.county) == [
        "教师填报负担：3所学校自愿汇总填报用时（不记个人），共30份，平均每份40秒，每人每周每类表66.7秒；"
        "平均每份比上月下降10秒。"
    ]
    assert notes(world.county, "2026-10-H1") == []


def test_a_report_says_nothing_of_two_schools(world):
    for school in (world.school, *schools_of(world.county, 1)):
        tally(school)
    assert notes(world.county) == []
