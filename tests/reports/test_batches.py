"""Reports that make themselves after each cut-off, and all of a period at once."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Job, Notification
from reports import batches, documents, services, shelf, tasks
from reports.models import Report
from schools.periods import parse
from tests.fixtures import SHANGHAI
from tests.reports.issue import AFTER, H1, officers

pytestmark = pytest.mark.django_db

SIXTEENTH = dt.date(2026, 10, 16)


@pytest.fixture(autouse=True)
def unprinted(monkeypatch):
    monkeypatch.setattr(documents, "print_all", lambda snapshot, made_at: [documents.make_json(snapshot)])


@pytest.mark.parametrize(
    ("today", "half_month", "month"),
    [
        (dt.date(2026, 10, 15), "2026-09-H2", "2026-09"),
        (dt.date(2026, 10, 16), "2026-10-H1", "2026-09"),
        (dt.date(2026, 10, 31), "2026-10-H1", "2026-09"),
        (dt.date(2026, 11, 1), "2026-10-H2", "2026-10"),
    ],
)
def test_a_period_is_closed_the_day_after_its_cut_off(today, half_month, month):
    assert {period.code for period in batches.closed_periods(today)} == {half_month, month}


def test_a_cut_off_before_the_end_closes_earlier(settings):
    settings.HALF_MONTH_CUT_OFF_DAYS = 3
    assert parse("2026-10-H1") in batches.closed_periods(dt.date(2026, 10, 13))


def _run(key):
    tasks.make_report(Job.objects.get(key=key).pk)


def test_after_the_cut_off_each_unit_gets_its_report_once_and_its_maker_is_told(world, clock):
    clock(AFTER)
    asked = batches.make_due(SIXTEENTH)
    assert asked == Job.objects.count() == 2 * 3  # the city and two counties, half-month and month
    assert batches.make_due(SIXTEENTH) == 0
    assert Job.objects.count() == asked
    maker, checker, _ = officers(world.county)
    _run(services.job_key(world.county, H1))
    assert Report.objects.get().state == "made"
    assert Notification.objects.filter(user=maker, text__contains="请核对后送审").count() == 1
    assert not Notification.objects.filter(user=checker).exists()
    assert batches.make_due(SIXTEENTH) == 0


def test_one_that_failed_is_tried_again_but_not_for_ever(world):
    for _ in range(batches.MOST_FAILURES):
        batches.make_due(SIXTEENTH)
        key = services.job_key(world.county, H1)
        assert Job.objects.filter(key=key).unfinished().update(state=Job.State.FAILED, note="坏了") == 1
    batches.make_due(SIXTEENTH)
    assert not Job.objects.filter(key=key).unfinished().exists()
    entry = shelf.entry(world.county, H1, SIXTEENTH)
    assert (entry.state, entry.job.note) == ("生成失败", "坏了")


def test_all_of_a_period_at_once_but_not_what_is_being_read(signed_in, world, clock):
    clock(AFTER)
    report = services.make_report(unit=world.county, period=H1, now=dt.datetime(2026, 10, 16, 8, tzinfo=SHANGHAI))
    Report.objects.filter(pk=report.pk).update(state="sent", sent_by=officers(world.county)[0])
    response = signed_in("city_officer").post(reverse("reports:report_make_all", args=[H1.code]), follow=True)
    assert "正在生成2份报告" in response.content.decode()
    assert set(Job.objects.values_list("key", flat=True)) == {
        services.job_key(world.city, H1),
        services.job_key(world.other_county, H1),
    }
