"""Workbooks that were brought in, so that a batch can be looked at, applied and undone."""

from django.db import models
from django.utils import timezone

from accounts.models import User
from schools.models.units import OrgUnit


class ImportBatch(models.Model):
    """One workbook of units, classes, staff and teachings: first tried, then applied, perhaps undone."""

    class State(models.TextChoices):
        CHECKED = "checked", "已检查"
        APPLIED = "applied", "已导入"
        UNDONE = "undone", "已撤销"

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="import_batches")  # everything in it lies below
    name = models.CharField("文件名", max_length=200)
    content = models.BinaryField()
    state = models.CharField(max_length=10, choices=State, default=State.CHECKED)
    summary = models.JSONField(default=dict)  # per sheet: rows, new, changed, bad
    problems = models.JSONField(default=list)  # [sheet, row, column, message]
    undo = models.JSONField(default=dict)  # per model: ids made, and changed rows as they were
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
