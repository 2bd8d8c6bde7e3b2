"""Fixtures of the apps' tests: the clock stands still, and a small world can be had."""

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from tests.world import World, ready

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> Callable[[dt.datetime], None]:
    """`clock(moment)` sets the time; until then it is half past four on Wednesday, 14 October 2026, in Shanghai."""

    def stand_at(moment: dt.datetime) -> None:
        aware = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
        monkeypatch.setattr(timezone, "now", lambda: aware.astimezone(dt.UTC))
        # axes took its own `now` when it was imported.
        monkeypatch.setattr("axes.handlers.proxy.now", timezone.now)

    stand_at(dt.datetime(2026, 10, 14, 16, 30, tzinfo=SHANGHAI))
    return stand_at


@pytest.fixture
def world(db) -> World:
    return ready()


@pytest.fixture
def signed_in(world: World, client: Client) -> Callable[[str], Client]:
    """`signed_in("teacher")` is the client of that person of the world."""

    def sign_in(person: str) -> Client:
        client.force_login(world.people[person], "accounts.sign_in.PhoneBackend")
        return client

    return sign_in
