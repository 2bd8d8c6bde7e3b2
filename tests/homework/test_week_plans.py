"""The weekly plan of a school, its page, and the no-homework day's coverage on it."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from homework.models import WeekPlan
from homework.rules import rules_for
from homework.services.week_plans import Cell, adopt_week_plan, cells_of
from tests import factories as make
from tests.homework.conftest import close

pytestmark = pytest.mark.django_db

TOMORROW = make.TODAY + dt.timedelta(days=1)  # a Thursday
NEXT_WEEK = make.TODAY + dt.timedelta(days=7)


def adopt(school, cells, first_day=TOMORROW):
    return adopt_week_plan(by=make.UserFactory(), school=school, first_day=first_day, cells=cells)


def url(world, name="detail"):
    return reverse(f"homework:week_plan_{name}", args=[world.school.unit.code])


def text(response):
    return response.content.decode()


def test_a_plan_is_what_classes_go_by_from_its_first_day(class_group):
    chinese = make.subject("语文").pk
    cells = {(5, 4): Cell([chinese]), (5, 5): Cell(is_no_homework_day=True)}
    plan = adopt(class_group.school, cells)
    assert cells_of(plan) == cells
    assert rules_for(class_group, TOMORROW).due == {chinese}
    assert rules_for(class_group, TOMORROW + dt.timedelta(days=1)).is_no_homework_day
    assert rules_for(class_group, make.TODAY - dt.timedelta(days=6)).rota is None


def test_the_next_plan_ends_the_one_before_and_replaces_one_that_has_not_begun(class_group):
    school = class_group.school
    first = adopt(school, {})
    adopt(school, {}, first_day=NEXT_WEEK + dt.timedelta(days=7))
    adopt(school, {(5, 3): Cell(is_no_homework_day=True)}, first_day=NEXT_WEEK)
    first.refresh_from_db()
    assert first.last_day == NEXT_WEEK - dt.timedelta(days=1)
    assert list(WeekPlan.objects.order_by("first_day").values_list("first_day", flat=True)) == [TOMORROW, NEXT_WEEK]


@pytest.mark.parametrize("days", [0, -1])
def test_a_plan_begins_tomorrow_at_the_earliest(class_group, days):
    with pytest.raises(ValidationError, match="从明天起"):
        adopt(class_group.school, {}, first_day=make.TODAY + dt.timedelta(days=days))


def test_a_no_homework_day_has_no_subjects_and_no_grade_a_subject_it_does_not_set(class_group):
    english = make.subject("英语").pk
    with pytest.raises(ValidationError) as error:
        adopt(class_group.school, {(5, 3): Cell([english], is_no_homework_day=True)})
    assert "cell_5_3" in error.value.message_dict
    with pytest.raises(ValidationError, match="不布置英语作业"):
        adopt(class_group.school, {(2, 3): Cell([english])})
    assert not WeekPlan.objects.exists()


def test_academic_office_writes_a_plan_and_everybody_at_the_school_reads_it(signed_in, world):
    chinese = make.subject("语文")
    client = signed_in("academic_office")
    data = {"first_day": "2026-10-15", "cell_5_1": [chinese.pk], "cell_5_3": ["none"]}
    response = client.post(url(world, "write"), data)
    assert response["Location"] == url(world)
    page = text(signed_in("teacher").get(url(world)))
    assert "无作业日</span>" in page
    assert "鼓励，不作要求" in page
    assert "一年级</th>" not in page
    assert "checked" in text(signed_in("academic_office").get(url(world, "write")))


@pytest.mark.parametrize(
    "values",
    [
        {"first_day": "2026-10-14"},
        {"first_day": "2026-02-30"},
        {"first_day": "2026-10-15", "cell_5_1": ["999999"]},
        {"first_day": "2026-10-15", "cell_5_1": ["no\0ne"]},
        {"first_day": "2026-10-15", "cell_5_1": ["none", "语文"]},
    ],
)
def test_bad_input_is_sent_back(signed_in, world, values):
    if "语文" in values.get("cell_5_1", []):
        values = values | {"cell_5_1": ["none", make.subject("语文").pk]}
    response = signed_in("academic_office").post(url(world, "write"), values)
    assert response.status_code == 422
    assert "还没有保存" in text(response)
    assert not WeekPlan.objects.exists()


def test_coverage_counts_weeks_that_are_over(signed_in, world):
    """Up to 11 October the term has one week; the week of 14 October is not over."""
    close(world.class_group, dt.date(2026, 10, 9))
    close(world.class_group, make.TODAY)
    page = text(signed_in("principal").get(url(world)))
    assert page.count("100.0%") == 2
    assert page.count("1 / 1 个班级周") == 2


def test_earlier_plans_stay_readable(signed_in, world):
    adopt(world.school, {(5, 1): Cell([make.subject("数学").pk])})
    adopt(world.school, {}, first_day=NEXT_WEEK)
    client = signed_in("principal")
    assert "数学" in text(client.get(url(world), {"from": TOMORROW.isoformat()}))
    assert client.get(url(world), {"from": "2026-01-01"}).status_code == 404


def test_the_page_takes_few_queries(signed_in, world):
    adopt(world.school, {(grade, day): Cell([make.subject("语文").pk]) for grade in range(3, 7) for day in range(1, 6)})
    client = signed_in("academic_office")
    with CaptureQueriesContext(connection) as queries:
        client.get(url(world))
    assert len(queries) <= 15
