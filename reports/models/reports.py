"""Papers as they were made."""

from __future__ import annotations

from collections.abc import Iterable

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Job, User
from reports.issuing import life
from reports.issuing.particulars import spaced
from schools.models import OrgUnit
from schools.periods import Period, PeriodKind


class ReportQuerySet(models.QuerySet["Report"]):
    def inside(self, paths: Iterable[str]) -> ReportQuerySet:
        return self.filter(unit__in=OrgUnit.objects.inside(paths))

    def of(self, unit: OrgUnit, period: Period) -> ReportQuerySet:
        return self.filter(unit=unit, kind=period.kind, first_day=period.first_day)

    def issued(self) -> ReportQuerySet:
        return self.filter(state=life.State.ISSUED)

    def latest_first(self) -> ReportQuerySet:
        return self.order_by("-first_day", "kind", "unit__code", "-version")


class Report(models.Model):
    """A report of a county or city with the figures it is printed from.

    Until it is issued it is made anew in place as often as wished; of each period one at a time is not issued. Issued,
    it never changes again: the database refuses.
    """

    class Kind(models.TextChoices):
        HALF_MONTH = PeriodKind.HALF_MONTH, "半月报"
        MONTH = PeriodKind.MONTH, "月报"

    class State(models.TextChoices):
        DRAFT = life.State.DRAFT.value, "草稿"
        MADE = life.State.MADE.value, "待送审"
        SENT = life.State.SENT.value, "待审核"
        CHECKED = life.State.CHECKED.value, "待签发"
        ISSUED = life.State.ISSUED.value, "已签发"

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=10, choices=Kind)
    first_day = models.DateField()
    last_day = models.DateField()
    version = models.PositiveSmallIntegerField()  # 0: a draft; 2 and more: corrections
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    snapshot = models.JSONField(db_comment="figures, tree, rules and definitions as printed; see reports.snapshot")
    data_until = models.DateTimeField()  # 数据截至
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    job = models.OneToOneField(Job, models.PROTECT, null=True, related_name="report")
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="填表人")
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人")
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签发人")
    issued_at = models.DateTimeField(null=True, blank=True)
    serial = models.CharField("发文字号", max_length=40, blank=True)
    code = models.CharField("验证码", max_length=12, unique=True, null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="reports_report_version_once", fields=["unit", "kind", "first_day", "version"]
            ),
            models.UniqueConstraint(
                name="reports_report_one_not_issued",
                fields=["unit", "kind", "first_day"],
                condition=~Q(state="issued"),
            ),
            models.CheckConstraint(
                name="reports_report_draft_has_no_version",
                condition=Q(state="draft", version=0) | (~Q(state="draft") & Q(version__gte=1)),
            ),
            models.CheckConstraint(
                name="reports_report_checked_by_another",
                condition=Q(checked_by=None) | (Q(sent_by__isnull=False) & ~Q(checked_by=F("sent_by"))),
                violation_error_message="自己送审的不能自己审核。",
            ),
            models.CheckConstraint(
                name="reports_report_issued_by_another",
                condition=Q(issued_by=None) | (Q(sent_by__isnull=False) & ~Q(issued_by=F("sent_by"))),
                violation_error_message="自己送审的不能自己签发。",
            ),
            models.CheckConstraint(
                name="reports_report_issued_is_checked_and_signed",
                condition=Q(state="issued", checked_by__isnull=False, issued_by__isnull=False)
                & Q(issued_at__isnull=False, code__isnull=False)
                | (~Q(state="issued") & Q(issued_by=None, issued_at=None, code=None)),
            ),
            models.CheckConstraint(
                name="reports_report_begins_before_it_ends", condition=Q(last_day__gte=F("first_day"))
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="issued_is_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="issued"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit}{self.period.name}报表"

    @property
    def is_draft(self) -> bool:
        """Made before the cut-off: its figures may still change in the ordinary course."""
        return self.state == self.State.DRAFT

    @property
    def spaced_code(self) -> str:
        return spaced(self.code or "")

    @property
    def is_issued(self) -> bool:
        return self.state == self.State.ISSUED

    @property
    def period(self) -> Period:
        return Period(PeriodKind(self.kind), self.first_day, self.last_day)


class ReportFile(models.Model):
    """A report printed once in one format; the bytes that were signed are the bytes that are downloaded."""

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        DOCX = "docx", "Word"
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
        triggers = [
            pgtrigger.Trigger(
                name="file_of_issued_is_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (SELECT FROM reports_report WHERE id = OLD.report_id AND state = 'issued') THEN
                        RAISE EXCEPTION 'A file of an issued report is never changed.';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]


class ReportStep(models.Model):
    """One step on a report's way, never changed."""

    class Kind(models.TextChoices):
        SEND = life.Step.SEND.value, "送审"
        CHECK = life.Step.CHECK.value, "审核通过"
        ISSUE = life.Step.ISSUE.value, "签发"
        SEND_BACK = life.Step.SEND_BACK.value, "退回"

    of = models.ForeignKey(Report, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    text = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "pk"]
