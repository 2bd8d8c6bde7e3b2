"""The page of definitions says of every figure what it counts."""

import html

import pytest
from django.urls import reverse

from reports.indicators import CATALOGUE
from reports.indicators.burden import BURDEN
from reports.indicators.returns import RETURNS

pytestmark = pytest.mark.django_db


def test_every_figure_of_the_catalogue_is_defined_once(signed_in):
    page = html.unescape(signed_in("teacher").get(reverse("reports:indicator_list")).content.decode())
    for indicator in (*CATALOGUE, *RETURNS, *BURDEN):
        assert page.count(f'id="{indicator.code}"') == 1
        assert indicator.name in page
        assert indicator.definition in page
        assert indicator.source in page


def test_a_target_and_the_way_up_are_said(signed_in):
    page = signed_in("principal").get(reverse("reports:indicator_list")).content.decode()
    section = page.split('id="H2"')[1].split("</section>")[0]
    assert "≥95%" in section and "下级相加即上级" in section and "半月、月" in section
