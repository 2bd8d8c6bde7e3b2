"""Papers as they were made."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Job, User
from schools.models import OrgUnit
from schools.periods import Period, PeriodKind


class ReportQuerySet(models.QuerySet["Report"]):
    def inside(self, paths: Iterable[str]) -> ReportQuerySet:
        return self.filter(unit__in=OrgUnit.objects.inside(paths))

    def of(self, unit: OrgUnit, period: Period) -> ReportQuerySet:
        return self.filter(unit=unit, kind=period.kind, first_day=period.first_day)

    def latest_first(self) -> ReportQuerySet:
        return self.order_by("-first_day", "kind", "unit__code", "-version")


class Report(models.Model):
    """A report of a county or city as it was made: the figures it was printed from are kept, never recalculated."""

    class Kind(models.TextChoices):
        HALF_MONTH = PeriodKind.HALF_MONTH, "半月报"
        MONTH = PeriodKind.MONTH, "月报"

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=10, choices=Kind)
    first_day = models.DateField()
    last_day = models.DateField()
    version = models.PositiveSmallIntegerField()
    is_draft = models.BooleanField()  # made before the cut-off: may still change
    snapshot = models.JSONField(db_comment="figures, tree, rules and definitions as printed; see reports.snapshot")
    data_until = models.DateTimeField()  # 数据截至
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    job = models.OneToOneField(Job, models.PROTECT, null=True, related_name="report")

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="reports_report_version_once", fields=["unit", "kind", "first_day", "version"]
            ),
            models.UniqueConstraint(
                name="reports_report_one_draft", fields=["unit", "kind", "first_day"], condition=Q(is_draft=True)
            ),
            models.CheckConstraint(
                name="reports_report_begins_before_it_ends", condition=Q(last_day__gte=F("first_day"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}{self.period.name}报表"

    @property
    def period(self) -> Period:
        return Period(PeriodKind(self.kind), self.first_day, self.last_day)


class ReportFile(models.Model):
    """A report printed once in one format; the bytes that were signed are the bytes that are downloaded."""

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        XLSX = "xlsx", "Excel"
        JSON = "json", "JSON"

    report = models.ForeignKey(Report, models.CASCADE, related_name="files")
    format = models.CharField(max_length=4, choices=Format)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveSmallIntegerField(null=True)  # of a PDF
    fonts = models.JSONField(default=list)  # of a PDF: which were used

    class Meta:
        constraints = [models.UniqueConstraint(name="reports_reportfile_one_per_format", fields=["report", "format"])]
