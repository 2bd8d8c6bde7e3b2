"""The top navigation marks where somebody is."""

import pytest
from django.urls import reverse


def marked(client, name, **kwargs):
    response = client.get(reverse(name, kwargs=kwargs))
    return [entry["label"] for entry in response.context["menu"] if entry["active"]]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("home", ["首页"]),
        ("homework:limit_list", ["作业规定"]),
        ("homework:limit_add", ["作业规定"]),  # a page below it
        ("homework:overview", ["作业公示"]),
        ("reports:report_list", ["报表"]),
        ("afterschool:plan_list", ["课后服务"]),
        ("afterschool:body_list", ["课后服务"]),  # not below the entry's own address
        ("accounts:change_password", []),  # below none
    ],
)
def test_a_page_marks_the_entry_above_it_and_no_other(signed_in, page, expected):
    assert marked(signed_in("county_officer"), page) == expected


@pytest.mark.parametrize("person", ["principal", "county_officer"])
def test_figures_of_after_school_service_are_no_report(world, signed_in, person):
    code = world.school.unit.code
    assert marked(signed_in(person), "reports:service_school", code=code) == ["课后服务"]


def test_a_field_left_empty_says_what_to_do(signed_in):
    response = signed_in("county_officer").post(reverse("homework:limit_add"), {"clause": "第3条"})
    assert "请填写或选择这一项。" in response.content.decode()
    assert "必填项" not in response.content.decode()
