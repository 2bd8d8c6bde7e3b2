"""Asking for a report and making it. Callers at the edge have checked that `by` may."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

from django.db import connection, transaction
from django.utils import timezone

from accounts import jobs
from accounts.models import Job, User
from accounts.services import audit
from reports import documents, rollup
from reports.compute import NoReportError, compute, cut_off_days
from reports.corrections import corrections
from reports.issuing import life
from reports.models import Report, ReportFile
from reports.snapshot import Snapshot, from_json
from schools.models import OrgUnit
from schools.periods import Period

DRAFT = 0
STEPS = 4

Told = Callable[[int, str], None]


def job_key(unit: OrgUnit, period: Period) -> str:
    return f"report:{unit.code}:{period.code}"


@transaction.atomic
def ask_for_report(*, by: User, unit: OrgUnit, period: Period, now: dt.datetime) -> Job:
    """Have the report made in the background; while one is being made, that job is returned.

    Raises NoReportError when the unit does not report or the period has not begun.
    """
    if unit.level not in (OrgUnit.Level.CITY, OrgUnit.Level.COUNTY):
        raise NoReportError(f"{unit.name}没有报表，只有市和县（市、区）有。")
    if timezone.localdate(now) < period.stated_days(cut_off_days(period))[0]:
        raise NoReportError(f"{period.name}还没有开始。")
    arguments: dict[str, object] = {"unit": unit.pk, "period": period.code}
    return jobs.enqueue("reports.tasks.make_report", key=job_key(unit, period), arguments=arguments, by=by)


def make_report(
    *,
    unit: OrgUnit,
    period: Period,
    now: dt.datetime,
    by: User | None = None,
    job: Job | None = None,
    told: Told = lambda done, note: None,
) -> Report:
    """Compute, print and keep the report as of `now`, and return it.

    One that is not issued is made anew in place: before the cut-off a draft, after it version 1. Behind an issued one
    comes a new version that says what changed, or the issued one itself when no figure changed. While one is reviewed
    it stays as it is. Two at once make one: whoever finishes second looks again. `told` hears how many of STEPS are
    done. Raises NoReportError as `compute`, and paper.errors.PaperError.
    """
    told(0, "正在更新汇总")
    rollup.take_changed_days(until=now.date())
    told(1, "正在计算指标")
    snapshot = compute(unit, period, now)
    while True:
        latest = _latest(unit, period)
        if latest and _will_do(latest, snapshot):
            return latest
        said = _in_succession(snapshot, unit, period)
        told(2, "正在排版打印")
        files = documents.print_all(said, now)
        told(3, "正在保存")
        report = _keep(said, files, after=latest, unit=unit, period=period, by=by, job=job, now=now)
        if report:
            return report


def hand_out(*, by: User, files: Sequence[ReportFile]) -> list[tuple[str, bytes]]:
    """Name and content of each file; who took what goes on record. Reads each file's report and its unit."""
    for file in files:
        audit(by=by, action="report.download", subject=file.report, format=file.format)
    return [(documents.file_name(file.report, file.format), bytes(file.content)) for file in files]


def _latest(unit: OrgUnit, period: Period) -> Report | None:
    return Report.objects.of(unit, period).latest_first().first()


def _will_do(latest: Report, snapshot: Snapshot) -> bool:
    """Whether the report at hand stays: it is being reviewed, has newer facts, or is past drafts and says the same."""
    if latest.state in life.IN_REVIEW or latest.data_until >= snapshot.data_until_at:
        return True
    return not latest.is_draft and not corrections(from_json(latest.snapshot), snapshot)


def _in_succession(snapshot: Snapshot, unit: OrgUnit, period: Period) -> Snapshot:
    """The snapshot with its number and, behind an issued version, the list of what changed."""
    issued = Report.objects.of(unit, period).issued().latest_first().first()
    if issued is None:
        return replace(snapshot, version=DRAFT if snapshot.is_draft else 1)
    return replace(snapshot, version=issued.version + 1, corrections=corrections(from_json(issued.snapshot), snapshot))


@transaction.atomic
def _keep(
    snapshot: Snapshot,
    files: list[ReportFile],
    *,
    after: Report | None,
    unit: OrgUnit,
    period: Period,
    by: User | None,
    job: Job | None,
    now: dt.datetime,
) -> Report | None:
    """Write the report and its files, over the one that is not issued; None when something was kept since `after`."""
    _lock(unit, period)
    latest = _latest(unit, period)
    if _stand(latest) != _stand(after):
        return None
    report = latest if latest and not latest.is_issued else Report(unit=unit, kind=period.kind)
    report.first_day, report.last_day = period.first_day, period.last_day
    report.version = snapshot.version
    report.state = life.State.DRAFT if snapshot.is_draft else life.State.MADE
    report.snapshot, report.data_until = snapshot.as_json(), snapshot.data_until_at
    report.made_by, report.made_at, report.job = by, now, job
    report.save()
    put_files(report, files)
    audit(by=by, action="report.make", subject=report, unit=unit.code, period=period.code, version=report.version)
    return report


def put_files(report: Report, files: list[ReportFile]) -> None:
    """In the place of those of the same formats. Call it within the transaction that changes the report."""
    report.files.filter(format__in=[file.format for file in files]).delete()
    for file in files:
        file.report = report
    ReportFile.objects.bulk_create(files)


def _stand(report: Report | None) -> tuple[object, ...]:
    """What differs when somebody else has kept or moved the report meanwhile."""
    return (report.pk, report.state, report.made_at) if report else ()


def _lock(unit: OrgUnit, period: Period) -> None:
    """Hold this report's succession until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [job_key(unit, period)])
