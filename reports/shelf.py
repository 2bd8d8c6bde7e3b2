"""Which reports there are of some units and periods, and how far those being made are. A handful of queries."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F, Func, JSONField, Q, QuerySet, Value

from accounts.models import Job
from reports.compute import DIRECT_SCHOOLS, cut_off_days
from reports.issuing import life
from reports.models import Report, ReportFile
from reports.services import job_key
from reports.snapshot import SchoolLine
from schools.models import OrgUnit, School, UnitPlace
from schools.models.units import codes_in
from schools.periods import Period, PeriodKind, containing

REPORTING_LEVELS = (OrgUnit.Level.CITY, OrgUnit.Level.COUNTY)


@dataclass(frozen=True, slots=True)
class Entry:
    """A unit's report of a period as it stands today: the latest version, if any, and the job at work, if any."""

    unit: OrgUnit
    period: Period
    closes_on: dt.date
    has_begun: bool
    is_closed: bool  # its cut-off day has ended
    report: Report | None
    formats: tuple[str, ...]
    job: Job | None

    @property
    def is_running(self) -> bool:
        return self.job is not None and self.job.state in Job.UNFINISHED

    @property
    def has_failed(self) -> bool:
        """The last attempt failed, and nothing has been made since."""
        if self.job is None or self.job.state != Job.State.FAILED:
            return False
        return self.report is None or self.report.made_at < self.job.made_at

    @property
    def was_confirmed(self) -> bool:
        """The last attempt found nothing to correct in the report at hand."""
        done = self.job is not None and self.job.state == Job.State.DONE
        return done and self.report is not None and self.report.job_id != self.job.pk  # type: ignore[union-attr]

    @property
    def is_due(self) -> bool:
        """The final report can be made and is not there yet."""
        return self.is_closed and (self.report is None or self.report.is_draft)

    @property
    def may_be_made(self) -> bool:
        """It has begun, and nobody is reading it just now."""
        return self.has_begun and not (self.report and self.report.state in life.IN_REVIEW)

    @property
    def state(self) -> str:
        if self.is_running:
            return "生成中"
        if self.has_failed:
            return "生成失败"
        if self.report is None:
            return "未生成" if self.has_begun else "未开始"
        behind = "" if self.report.version < 2 else f"（第{self.report.version}版）"
        return f"{self.report.get_state_display()}{behind}"

    @property
    def tone(self) -> str:
        """good, warn, bad or accent, for its tag; empty is plain."""
        if self.is_running:
            return "accent"
        if self.has_failed:
            return "bad"
        if self.report and self.report.is_issued:
            return "good"
        return "warn" if self.is_due or self.report else ""


def reporting_units(paths: Iterable[str]) -> QuerySet[OrgUnit]:
    """Cities and counties of today at or below these paths, the city first."""
    return OrgUnit.objects.inside(paths).filter(level__in=REPORTING_LEVELS).order_by("level", "code")


def entries(units: Sequence[OrgUnit], periods: Sequence[Period], today: dt.date) -> list[Entry]:
    """By period, then unit, in the given orders. Three queries."""
    reports = _latest_reports(units, periods)
    formats = _formats(reports.values())
    jobs = _latest_jobs([job_key(unit, period) for unit in units for period in periods])
    return [
        _entry(unit, period, today, reports.get((unit.pk, period)), formats, jobs.get(job_key(unit, period)))
        for period in periods
        for unit in units
    ]


def entry(unit: OrgUnit, period: Period, today: dt.date) -> Entry:
    return entries([unit], [period], today)[0]


def _entry(
    unit: OrgUnit,
    period: Period,
    today: dt.date,
    report: Report | None,
    formats: dict[int, tuple[str, ...]],
    job: Job | None,
) -> Entry:
    opens_on, closes_on = period.stated_days(cut_off_days(period))
    return Entry(
        unit=unit,
        period=period,
        closes_on=closes_on,
        has_begun=opens_on <= today,
        is_closed=closes_on < today,
        report=report,
        formats=formats.get(report.pk, ()) if report else (),
        job=job,
    )


def _latest_reports(units: Sequence[OrgUnit], periods: Sequence[Period]) -> dict[tuple[int, Period], Report]:
    """The highest version of each; a draft stands below every version. Snapshots are large and stay behind."""
    wanted = Q(pk__in=[])
    for period in periods:
        wanted |= Q(kind=period.kind, first_day=period.first_day)
    rows = Report.objects.filter(wanted, unit__in=units).defer("snapshot").order_by("version")
    return {(report.unit_id, report.period): report for report in rows}


def _formats(reports: Iterable[Report]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for report, format in ReportFile.objects.filter(report__in=list(reports)).values_list("report", "format"):
        found[report] = (*found.get(report, ()), format)
    order = list(ReportFile.Format.values)
    return {report: tuple(sorted(formats, key=order.index)) for report, formats in found.items()}


def _latest_jobs(keys: Sequence[str]) -> dict[str, Job]:
    return {job.key: job for job in Job.objects.filter(key__in=keys).order_by("pk")}


def periods_of_month(day: dt.date) -> list[Period]:
    """The two half-months and the month of `day`."""
    first = containing(PeriodKind.HALF_MONTH, day.replace(day=1))
    return [first, containing(PeriodKind.HALF_MONTH, day.replace(day=16)), containing(PeriodKind.MONTH, day)]


# In a county's report lines have no area; in a city's only the schools directly below it are looked for.
LINE_OF_SCHOOL = '$.schools[*] ? (@.code == $code && (@.area == "" || @.area == $direct))'


@dataclass(frozen=True, slots=True)
class Said:
    """What the issued report of a period says of one school."""

    period: Period
    unit: OrgUnit
    line: SchoolLine


def lines_of_school(school: School, *, most: int) -> list[Said]:
    """The school's line in the latest versions of its county's reports, the latest period first. Two queries.

    A school directly below a city is found in the city's reports. What is not issued is the bureau's own.
    """
    codes = {
        code
        for path in UnitPlace.objects.filter(unit=school.unit_id).values_list("path", flat=True)
        for code in codes_in(path)
    }
    found = Func(
        F("snapshot"),
        Func(Value(LINE_OF_SCHOOL), template="(%(expressions)s)::jsonpath"),
        Func(
            Value(json.dumps({"code": school.unit.code, "direct": DIRECT_SCHOOLS})), template="(%(expressions)s)::jsonb"
        ),
        function="jsonb_path_query_first",
        output_field=JSONField(),
    )
    rows = (
        Report.objects.filter(unit__code__in=codes)
        .issued()
        .annotate(line=found)
        .exclude(line=None)
        .select_related("unit")
        .defer("snapshot")
        .order_by("-last_day", "kind", "-version")
    )
    latest = {(report.unit_id, report.period): report for report in reversed(rows[: most * 2])}
    said = [Said(report.period, report.unit, SchoolLine(**report.line)) for report in latest.values()]
    return said[::-1][:most]
