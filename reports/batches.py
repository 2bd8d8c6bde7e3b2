"""Many reports at once: after each cut-off by themselves, or asked for; one job a unit, so that one may fail alone."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Count

from accounts import jobs
from accounts.models import Job, User
from reports import shelf
from reports.compute import cut_off_days
from reports.services import job_key
from schools.models import OrgUnit
from schools.periods import Period, PeriodKind, containing

TASK = "reports.tasks.make_report"
# After so many failures in a period somebody must look; until then a failed report is tried again.
MOST_FAILURES = 3


def closed_periods(today: dt.date) -> list[Period]:
    """The latest half-month and the latest month whose cut-off day has ended before `today`."""
    return [_closed(kind, today) for kind in PeriodKind]


def _closed(kind: PeriodKind, today: dt.date) -> Period:
    running = containing(kind, today)
    return running if running.closes_on(cut_off_days(running)) < today else running.previous()


def make_due(today: dt.date) -> int:
    """Have every report made whose period is over and that is not there yet; return how many were asked for.

    What failed is tried again until MOST_FAILURES. Whoever calls this twice asks once.
    """
    units, periods = list(OrgUnit.objects.areas().order_by("level", "code")), closed_periods(today)
    due = [entry for entry in shelf.entries(units, periods, today) if entry.is_due and not entry.is_running]
    failures = _failures([job_key(entry.unit, entry.period) for entry in due])
    return _ask(
        entry
        for entry in due
        if entry.unit.is_open_on(entry.period.last_day)
        and failures.get(job_key(entry.unit, entry.period), 0) < MOST_FAILURES
    )


def _failures(keys: list[str]) -> dict[str, int]:
    rows = Job.objects.filter(key__in=keys, state=Job.State.FAILED).order_by().values("key")
    return dict(rows.annotate(number=Count("pk")).values_list("key", "number"))


def make_all(*, by: User, units: list[OrgUnit], period: Period, today: dt.date) -> int:
    """Have the period's reports of `units` made, but those being read or made; return how many were asked for."""
    entries = shelf.entries(units, [period], today)
    return _ask((entry for entry in entries if entry.may_be_made and not entry.is_running), by)


def _ask(entries: Iterable[shelf.Entry], by: User | None = None) -> int:
    wanted: dict[str, dict[str, object]] = {
        job_key(entry.unit, entry.period): {"unit": entry.unit.pk, "period": entry.period.code} for entry in entries
    }
    jobs.enqueue_all(TASK, wanted, by=by)
    return len(wanted)
