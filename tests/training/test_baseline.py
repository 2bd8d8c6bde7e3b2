"""The frozen baseline, 压减 over two bases, and that nothing is ever lost between them."""

import datetime as dt
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from django.db import InternalError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.training import make
from training.life import Step
from training.models import Baseline, BaselineEntry
from training.reduction import Reduction, by_county, percent
from training.services import register

pytestmark = pytest.mark.django_db

FROZEN_ON = dt.date(2026, 10, 1)
TODAY = dt.date(2026, 10, 14)


@pytest.fixture
def officer(world):
    return world.people["county_officer"]


def freeze(world, officer, count: int, **said) -> list:
    made = [make.institution(officer, world.county, f"第{number}培训学校", **said) for number in range(count)]
    register.freeze_baseline(by=officer, county=world.county, day=FROZEN_ON)
    return made


def reduction(world, day: dt.date = TODAY) -> Reduction:
    return by_county([world.county.pk], day)[world.county.pk]


def test_both_bases_are_counted_and_who_suspended_is_not_reduced(world, officer):
    approved = [make.institution(officer, world.county, f"审批{number}") for number in range(4)]
    filed = [make.institution(officer, world.county, f"备案{number}", permit="filed") for number in range(3)]
    make.institution(officer, world.county, "美术学校", subject="other")
    make.institution(officer, world.county, "后来的学校", founded_on=dt.date(2026, 10, 2))
    register.freeze_baseline(by=officer, county=world.county, day=FROZEN_ON)
    for step, institution in zip(("close", "convert", "revoke", "suspend"), (*approved[:2], *filed[:2]), strict=True):
        register.take_step(by=officer, institution=institution, step=step, day=dt.date(2026, 10, 10), reason="有据")
    found = reduction(world)
    assert found == Reduction(baseline=7, approved=4, operating=3, suspended=1, closed=1, converted=1, revoked=1)
    assert (found.share, found.share_words) == (Fraction(3, 7), "42.86%")
    assert (found.share_of_approved, found.share_of_approved_words) == (Fraction(3, 4), "75%")
    # The day before, nobody was gone.
    assert reduction(world, dt.date(2026, 10, 9)) == Reduction(baseline=7, approved=4, operating=7)


def test_who_was_gone_before_the_day_is_not_in_the_baseline(world, officer):
    early, late = (make.institution(officer, world.county, name) for name in ("早走的", "晚走的"))
    register.take_step(by=officer, institution=early, step="close", day=FROZEN_ON, reason="注销")
    register.take_step(by=officer, institution=late, step="close", day=dt.date(2026, 10, 2), reason="注销")
    register.freeze_baseline(by=officer, county=world.county, day=FROZEN_ON)
    assert [entry.institution for entry in BaselineEntry.objects.all()] == [late]


def test_it_is_frozen_once_and_for_all(world, officer):
    freeze(world, officer, 1)
    with pytest.raises(ValidationError, match="已经锁定，不能再改"):
        register.freeze_baseline(by=officer, county=world.county, day=TODAY)
    for change in (
        lambda: Baseline.objects.update(day=TODAY),
        lambda: BaselineEntry.objects.update(permit="filed"),
        lambda: BaselineEntry.objects.all().delete(),
    ):
        with pytest.raises(InternalError, match="Cannot "), transaction.atomic():
            change()


@pytest.mark.parametrize(("day", "words"), [("2026-10-15", "不能晚于今天"), ("2026-10-01", "没有学科类机构")])
def test_a_bad_baseline_says_what_to_do(world, officer, day, words):
    with pytest.raises(ValidationError, match=words):
        register.freeze_baseline(by=officer, county=world.county, day=dt.date.fromisoformat(day))


def test_one_in_the_baseline_stays_academic(world, officer):
    (made,) = freeze(world, officer, 1)
    with pytest.raises(ValidationError, match="不能改类别"):
        register.correct_institution(by=officer, institution=made, subject="other")


STEPS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([*Step, "take_back"])), max_size=25)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taken=STEPS)
def test_what_is_gone_and_what_is_left_are_the_baseline_whatever_happens(world, officer, taken):
    with transaction.atomic():
        made = freeze(world, officer, 4)
        for place, step in taken:
            try:
                with transaction.atomic():
                    if step == "take_back":
                        register.take_back_step(by=officer, institution=made[place])
                    else:
                        register.take_step(by=officer, institution=made[place], step=step, day=TODAY, reason="有据")
            except ValidationError:
                continue
        for day in (FROZEN_ON, TODAY):
            found = reduction(world, day)
            assert found.reduced + found.remaining == found.baseline == 4
        transaction.set_rollback(True)


def test_shares_are_rounded_as_they_are_published():
    shares = {(92, 100): "92%", (1, 3): "33.33%", (2, 3): "66.67%", (1, 8): "12.5%", (1, 1): "100%", (0, 5): "0%"}
    assert {pair: percent(Fraction(*pair)) for pair in shares} == shares
    assert percent(None) == "--"


def test_the_page_shows_first_how_many_it_takes_in(world, officer, signed_in):
    make.institution(officer, world.county)
    client, url = signed_in("county_officer"), reverse("training:baseline_freeze", args=[world.county.code])
    page = client.post(url, {"day": "2026-10-01"}).content.decode()
    assert "锁定这1家" in page
    assert not Baseline.objects.exists()
    assert client.post(url, {"day": "2026-10-01", "freeze": "1"}).status_code == 302
    assert "占审批数" in client.get(reverse("training:baseline_list")).content.decode()


def test_the_lists_ask_as_often_for_many_as_for_few(world, officer, signed_in, django_assert_num_queries):
    client = signed_in("city_officer")
    freeze(world, officer, 30)
    with django_assert_num_queries(7):
        page = client.get(reverse("training:register"), {"q": "培训", "subject": "academic"})
    assert page.content.decode().count("培训学校</a>") == 30
    with django_assert_num_queries(7):
        client.get(reverse("training:baseline_list"))
