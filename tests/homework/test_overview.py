"""The overseers' pages."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from schools.models import SchoolDay
from tests import factories as make

pytestmark = pytest.mark.django_db
OVERVIEW = reverse("homework:overview")


def text(response):
    return response.content.decode()


def row_of(response, school):
    return next(row for row in response.context["rows"] if row.school == school)


def test_an_officer_sees_what_each_school_of_her_area_did_on_the_day(signed_in, world):
    make.ItemFactory(class_group=world.class_group, minutes=70, overrun_reason="作文")
    make.ItemFactory(class_group=world.class_group, subject=make.subject("数学"), kind="oral")
    make.ClassGroupFactory(school=world.school, number=2)
    response = signed_in("county_officer").get(OVERVIEW)
    row = row_of(response, world.school)
    assert (row.classes, row.published, row.complete, row.on_time, row.over, row.waiting) == (2, 1, 1, 1, 1, 1)
    assert row.incomplete == 1
    assert world.other_school.unit.name not in text(response)


def test_the_totals_are_those_of_all_pages(signed_in, world):
    for _ in range(31):
        make.ClassGroupFactory(school=make.SchoolFactory(parent=world.county))
    SchoolDay.objects.bulk_create(
        SchoolDay(school=group.school, day=make.TODAY)
        for group in type(world.class_group).objects.exclude(school=world.school)
        if not group.school.days.exists()
    )
    response = signed_in("county_officer").get(OVERVIEW)
    assert (len(response.context["rows"]), response.context["total"]["classes"]) == (30, 32)


def test_on_a_day_off_nothing_is_due(signed_in, world):
    response = signed_in("county_officer").get(f"{OVERVIEW}?day=2026-10-11")
    assert row_of(response, world.school).teaches is False
    assert "这一天不上课" in text(response)
    assert response.context["total"]["classes"] == 0


def test_schools_are_found_by_name(signed_in, world):
    client = signed_in("city_officer")
    assert [row.school for row in client.get(f"{OVERVIEW}?q=西县").context["rows"]] == [world.other_school]


def test_the_number_of_queries_does_not_grow_with_the_schools(signed_in, world):
    client = signed_in("county_officer")
    with CaptureQueriesContext(connection) as with_one:
        client.get(OVERVIEW)
    for _ in range(12):
        make.ClassGroupFactory(school=make.SchoolFactory(parent=world.county))
    with CaptureQueriesContext(connection) as with_many:
        client.get(OVERVIEW)
    assert len(with_many) == len(with_one)


def test_a_principal_sees_her_own_schools_classes_by_day(signed_in, world):
    make.ItemFactory(class_group=world.class_group, minutes=70, overrun_reason="作文")
    page = text(signed_in("principal").get(OVERVIEW))
    assert "五年级1班" in page
    assert "70分" in page
    assert "超 待审" in page
    assert "缺1" in page


def test_the_grid_has_the_last_ten_school_days_the_latest_first_and_goes_back(signed_in, world):
    response = signed_in("supervisor").get(reverse("homework:school_overview", args=[world.school.unit.code]))
    days = response.context["days"]
    assert days == [day for day in world.days if day <= make.TODAY][::-1][:10]
    earlier = signed_in("supervisor").get(
        reverse("homework:school_overview", args=[world.school.unit.code]) + "?day=2026-10-09"
    )
    assert earlier.context["days"][0] == dt.date(2026, 10, 9)


def test_a_late_day_and_a_silent_day_say_so_in_words(signed_in, world):
    yesterday = make.TODAY - dt.timedelta(days=1)
    for name in ("语文", "数学"):
        make.ItemFactory(class_group=world.class_group, subject=make.subject(name), day=yesterday)
    page = text(signed_in("principal").get(OVERVIEW))
    assert "<small>迟</small>" in page
    assert "未公示</td>" in page


def test_the_grids_queries_do_not_grow_with_the_classes(signed_in, world):
    client = signed_in("principal")
    with CaptureQueriesContext(connection) as with_one:
        client.get(OVERVIEW)
    for number in range(2, 8):
        make.ItemFactory(class_group=make.ClassGroupFactory(school=world.school, number=number))
    with CaptureQueriesContext(connection) as with_seven:
        client.get(OVERVIEW)
    assert len(with_seven) == len(with_one)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_there_is_no_page_at_the_ends_of_time(signed_in, world, day):
    assert signed_in("supervisor").get(f"/homework/overview/?day={day}").status_code == 404
