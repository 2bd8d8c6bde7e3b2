import re
from types import SimpleNamespace

import pytest
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory

from shuangjian import static_finder
from shuangjian.static_finder import ALLOWED, NpmFinder


def page_of(number, **query):
    request = RequestFactory().get("/", query)
    return render_to_string("_paginator.html", {"page": Paginator(range(45), 20).page(number)}, request)


def test_the_paginator_keeps_the_filters_of_the_address():
    markup = page_of(2, q="东关", page=2)
    assert "共45条" in markup
    assert "第2/3页" in markup
    targets = re.findall(r'href="\?([^"]*)"', markup)
    assert len(targets) == 4
    assert all("q=%E4%B8%9C%E5%85%B3" in target for target in targets)


def test_an_empty_list_has_no_paginator():
    page = Paginator([], 20).page(1)
    assert render_to_string("_paginator.html", {"page": page}).strip() == ""


def test_a_chart_on_the_page_cannot_break_out_of_its_data():
    markup = render_to_string("_chart.html", {"id": "c1", "option": {"title": "</script><b>"}, "label": "图"})
    assert "</script><b>" not in markup
    assert 'data-chart="c1"' in markup


def test_an_error_message_is_announced_as_an_alert():
    shown = [SimpleNamespace(level_tag="error", __str__=lambda self: "没有保存")]
    assert 'role="alert"' in render_to_string("_messages.html", {"messages": shown})


def test_the_page_for_a_failure_stands_alone():
    markup = render_to_string("500.html")
    assert "系统出错" in markup
    assert "<link" not in markup
    assert "<script" not in markup


@pytest.mark.parametrize("name", ALLOWED)
def test_each_allowed_file_is_there(name):
    assert finders.find(f"npm/{name}")


@pytest.mark.parametrize("name", ["npm/echarts/package.json", "npm/../manage.py", "echarts/dist/echarts.min.js"])
def test_nothing_else_of_node_modules_is_served(name):
    assert not finders.find(name)


def test_missing_packages_are_told_with_the_command_that_brings_them(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    (error,) = NpmFinder().check()
    assert "make setup" in error.hint


def test_the_collection_holds_the_allowed_files_and_no_others():
    assert {name for name, _ in NpmFinder().list([])} == set(static_finder.ALLOWED)
