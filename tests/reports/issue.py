"""Reports on their way to the issue."""

import datetime as dt

from django.utils import timezone

from accounts.models import User
from reports.compute import compute
from reports.issuing import services
from reports.models import Report
from schools.models import OrgUnit
from schools.periods import Period, parse
from tests import factories as make
from tests.fixtures import SHANGHAI

AFTER = dt.datetime(2026, 10, 16, 9, tzinfo=SHANGHAI)
H1 = parse("2026-10-H1")
ADDRESS = "https://sj.example.cn/reports/verify/{}/"


def officers(unit: OrgUnit) -> tuple[User, User, User]:
    """Maker, checker, signer."""
    maker, checker, signer = (
        make.PostingFactory(unit=unit, role="officer", duties=[duty]).user for duty in ("maker", "checker", "signer")
    )
    return maker, checker, signer


def unprinted_report(unit: OrgUnit, period: Period = H1, now: dt.datetime = AFTER) -> Report:
    """Made after the cut-off, with its figures and without files."""
    snapshot = compute(unit, period, now)
    return Report.objects.create(
        unit=unit,
        kind=period.kind,
        first_day=period.first_day,
        last_day=period.last_day,
        version=1,
        state="made",
        snapshot=snapshot.as_json(),
        data_until=now,
    )


def marked_issued(unit: OrgUnit, code: str = "ABCD2345EFGH", period: Period = H1) -> Report:
    """Issued by the row alone, without a paper."""
    report = unprinted_report(unit, period)
    maker, checker, signer = officers(unit)
    report.state, report.code, report.issued_at = "issued", code, timezone.now()
    report.sent_by, report.checked_by, report.issued_by = maker, checker, signer
    report.save()
    return report


def issue(report: Report, serial: str = "") -> Report:
    """Through all three hands."""
    maker, checker, signer = officers(report.unit)
    services.send(by=maker, report=report)
    services.check(by=checker, report=report)
    return services.issue(by=signer, report=report, address=ADDRESS.format, serial=serial)
