"""Items 7 to 14 against a published form and against a register where everything differs."""

import datetime as dt

import pytest

from tests import factories
from tests.training import make
from training.half_month import HalfMonth, by_county
from training.services import register

pytestmark = pytest.mark.django_db

DAY = dt.date(2021, 9, 26)


def test_the_form_that_a_city_published(world, clock):
    """濮阳市, 26 September 2021: 118 offline academic institutions in 9 counties, 5 of them non-profit, all 118 found
    on rest days and cleared, none reduced, none online."""
    officer = world.people["city_officer"]
    counties = [factories.CountyFactory(parent=world.city, name=f"{number}县") for number in range(9)]
    for number in range(118):
        registration = "non_profit" if number < 5 else "profit"
        said = {"registration": registration, "rest_days_found": True, "rest_days_cleared": True}
        make.institution(officer, counties[number % 9], f"第{number}培训学校", **said)
    for county in counties:
        register.freeze_baseline(by=officer, county=county, day=DAY)
    found = by_county([county.pk for county in counties], DAY)
    assert len(found) == 9
    assert sum(found.values(), HalfMonth()) == HalfMonth(
        basis=118, basis_offline=118, operating=118, item_7=5, item_8=0, item_9=0, item_10=118, item_11=118
    )


def test_each_item_counts_what_its_line_says(world):
    officer, county = world.people["county_officer"], world.county
    frozen_on, then = dt.date(2026, 9, 1), dt.date(2026, 10, 10)
    every = {"model_contract": True, "guide_price": True, "prepaid_control": "custody", "rest_days_found": True}
    offline = make.institution(officer, county, "线下", rest_days_cleared=True, **every)
    online = make.institution(officer, county, "线上", form="online", permit="filed", **every)
    suspended = make.institution(officer, county, "停业", registration="non_profit", **every)
    closed = make.institution(officer, county, "注销", registration="non_profit", rest_days_cleared=True, **every)
    make.institution(officer, county, "非学科", subject="other", prepaid_control="deposit", model_contract=True)
    register.freeze_baseline(by=officer, county=county, day=frozen_on)
    make.institution(officer, county, "不在基数", founded_on=dt.date(2026, 9, 2), **every)
    for institution, step in (
        (offline, "turn_non_profit"),
        (online, "approve"),
        (suspended, "suspend"),
        (closed, "close"),
    ):
        register.take_step(by=officer, institution=institution, step=step, day=then, reason="有据")
    basis = {"basis": 4, "basis_offline": 3, "basis_online": 1}
    assert by_county([county.pk], dt.date(2026, 10, 14))[county.pk] == HalfMonth(
        **basis, operating=4, item_7=1, item_8=1, item_9=1, item_10=4, item_11=2, item_12=2, item_13=2, item_14=4
    )
    # The day before, two were non-profit already, and nobody was gone.
    assert by_county([county.pk], dt.date(2026, 10, 9))[county.pk] == HalfMonth(
        **basis, operating=6, item_7=2, item_8=0, item_9=0, item_10=4, item_11=2, item_12=4, item_13=4, item_14=6
    )
