import pytest
from django.utils import timezone


@pytest.fixture(autouse=True)
def lock_out_clock(clock, monkeypatch):
    """axes took its `now` when it was imported; it must follow the clock of the tests."""
    monkeypatch.setattr("axes.handlers.proxy.now", lambda: timezone.now())
