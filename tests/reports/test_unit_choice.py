"""Menu entries about one unit: who has several chooses."""

import pytest
from django.urls import reverse

from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("entry", "page", "title"),
    [
        ("reports:insight", "reports:insight_unit", "作业分析"),
        ("reports:service", "reports:service_area", "课后服务情况"),
        ("reports:burden", "reports:burden_unit", "填报用时"),
    ],
)
def test_who_has_two_units_finds_both_and_who_has_one_goes_there(client, world, entry, page, title):
    officer = world.people["county_officer"]
    client.force_login(officer)
    assert client.get(reverse(entry))["Location"] == reverse(page, args=[world.county.code])
    make.PostingFactory(user=officer, unit=world.other_county, role="officer")
    client.force_login(officer)
    shown = client.get(reverse(entry)).content.decode()
    assert f"<h1>{title}</h1>" in shown
    for unit in (world.county, world.other_county):
        assert f'href="{reverse(page, args=[unit.code])}">{unit.name}</a>' in shown
