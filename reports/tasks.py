"""Doors for Celery. Days are ISO 8601, e.g. "2026-03-09"."""

import datetime as dt
import logging

from celery import shared_task
from django.utils import timezone

from accounts import jobs
from reports import batches, rollup, services
from reports.issuing import services as issuing
from reports.returns import services as returns
from schools import periods
from schools.calendar import days_between
from schools.models import OrgUnit

log = logging.getLogger(__name__)

# What may still change: late posts, corrections and reviews of the current and the last month.
DAYS_RECONCILED = 62


@shared_task
def take_changed_days() -> int:
    return rollup.take_changed_days(until=timezone.localdate())


@shared_task
def reconcile_recent() -> int:
    today = timezone.localdate()
    differences = rollup.reconcile(today - dt.timedelta(days=DAYS_RECONCILED), today)
    for difference in differences:
        log.warning("Sum put right: %s", difference)
    return len(differences)


@shared_task
def rebuild_days(job_id: int) -> None:
    """Arguments of the job: first_day, last_day."""
    with jobs.running(job_id) as job:
        if job is None:
            return
        days = days_between(*(dt.date.fromisoformat(job.arguments[name]) for name in ("first_day", "last_day")))
        for done, day in enumerate(days):
            jobs.advance(job, done=done, total=len(days), note=f"正在汇总{day:%Y年%-m月%-d日}")
            rollup.rebuild_day(day)


@shared_task
def make_report(job_id: int) -> None:
    """Arguments of the job: unit (id), period (code)."""
    with jobs.running(job_id) as job:
        if job is None:
            return
        period = periods.parse(job.arguments["period"])
        report = services.make_report(
            unit=OrgUnit.objects.get(pk=job.arguments["unit"]),
            period=period,
            now=timezone.now(),
            by=job.made_by,
            job=job,
            told=lambda done, note: jobs.advance(job, done=done, total=services.STEPS, note=note),
        )
        job.note = "已完成" if report.job_id == job.pk else "数字没有变化，沿用原来的一版"
        if job.made_by is None:
            issuing.tell_made(report)


@shared_task
def make_due_reports() -> int:
    return batches.make_due(timezone.localdate())


@shared_task
def remind_of_returns(job_id: int) -> None:
    """Arguments of the job: unit (its id), period (its code)."""
    with jobs.running(job_id) as job:
        if job is None:
            return
        unit = OrgUnit.objects.get(pk=job.arguments["unit"])
        period = periods.parse(job.arguments["period"])
        count = returns.remind(unit, period, timezone.localdate())
        job.note = f"已催{count}个单位"
