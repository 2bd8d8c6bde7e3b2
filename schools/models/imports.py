"""Workbooks that were brought in, so that a batch can be looked at, applied and undone."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.utils import timezone

from accounts.models import User
from schools.models.units import OrgUnit


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def inside(self, paths: Iterable[str]) -> ImportBatchQuerySet:
        return self.filter(unit__in=OrgUnit.objects.inside(paths))


class ImportBatch(models.Model):
    """One workbook of units, classes, staff and teachings: first tried, then applied, perhaps undone."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "待检查"
        CHECKED = "checked", "已检查"
        APPLIED = "applied", "已导入"
        UNDONE = "undone", "已撤销"

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="import_batches")  # everything in it lies below
    name = models.CharField("文件名", max_length=200)
    content = models.BinaryField()
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    summary = models.JSONField(default=dict)  # per sheet: rows, new, changed, bad
    problems = models.JSONField(default=list)  # [sheet, line, column, message]
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "导入文件"

    def __str__(self) -> str:
        return self.name

    @property
    def job_key(self) -> str:
        """One job at a time works on a batch."""
        return f"import:{self.pk}"

    @property
    def bad_rows(self) -> int:
        return sum(sheet["bad"] for sheet in self.summary.values())

    @property
    def good_rows(self) -> int:
        """Rows that would bring something new or change something."""
        return sum(sheet["new"] + sheet["changed"] for sheet in self.summary.values())


class ImportedRow(models.Model):
    """One row that a batch made (`before` is None) or changed (the changed fields before and after)."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    model = models.CharField(max_length=60)  # "schools.ClassGroup"
    row_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(name="schools_importedrow_of_batch", fields=["batch", "model", "row_id"])]
