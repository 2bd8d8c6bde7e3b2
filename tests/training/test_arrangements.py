"""What a city or county has laid down: with its document, one at a time, from a day to a day."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from training.models import Arrangement
from training.services import arrangements

TODAY = dt.date(2026, 10, 14)
SAID = {"kind": "advertising", "document": "东政办〔2026〕7号", "first_day": dt.date(2026, 9, 1)}


@pytest.fixture
def officer(world):
    return world.people["county_officer"]


def test_one_holds_at_a_time(world, officer):
    arrangements.arrange(by=officer, unit=world.county, **SAID)
    with pytest.raises(ValidationError, match="已经登记，还在执行"):
        arrangements.arrange(by=officer, unit=world.county, **SAID)


def test_it_holds_until_its_last_day_and_ends_once(world, officer):
    made = arrangements.arrange(by=officer, unit=world.county, **SAID)
    with pytest.raises(ValidationError, match="不能早于起始日期"):
        arrangements.end(by=officer, arrangement=made, day=dt.date(2026, 8, 31))
    arrangements.end(by=officer, arrangement=made, day=TODAY)
    with pytest.raises(ValidationError, match="已经结束"):
        arrangements.end(by=officer, arrangement=made, day=TODAY)
    held = [Arrangement.objects.on(day).exists() for day in (dt.date(2026, 8, 31), TODAY, dt.date(2026, 10, 15))]
    assert held == [False, True, False]


@pytest.mark.parametrize(
    ("said", "words"),
    [({"document": " "}, "不能为空|不能为空白|请写明"), ({"first_day": dt.date(2026, 10, 15)}, "不能晚于今天")],
)
def test_it_names_its_document_and_is_in_force(world, officer, said, words):
    with pytest.raises(ValidationError, match=words):
        arrangements.arrange(by=officer, unit=world.county, **SAID | said)


def test_an_officer_enters_and_ends_it_on_the_page(signed_in, world):
    client = signed_in("county_officer")
    said = {"unit": world.county.pk, "kind": "authority", "document": "东政办〔2026〕8号", "first_day": "2026-10-01"}
    add = reverse("training:arrangement_add")
    assert client.post(add, said | {"unit": world.other_county.pk}).status_code == 422
    assert client.post(add, said).status_code == 302
    assert "东政办〔2026〕8号" in client.get(reverse("training:standards")).content.decode()
    end = reverse("training:arrangement_end", args=[Arrangement.objects.get().pk])
    assert signed_in("outside_officer").post(end, {"day": "2026-10-13"}).status_code == 404
    assert signed_in("county_officer").post(end, {"day": "2026-10-13"}).status_code == 302
    assert "东政办〔2026〕8号" not in client.get(reverse("training:standards")).content.decode()
