"""Workbooks of institutions: read by a mapping, compared, decided on line by line, brought in, perhaps undone."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.utils import timezone

from accounts.models import User
from schools.models import OrgUnit
from training.models.register import Institution


class RegisterImportQuerySet(models.QuerySet["RegisterImport"]):
    def inside(self, paths: Iterable[str]) -> RegisterImportQuerySet:
        return self.filter(unit__in=OrgUnit.objects.inside(paths))


class RegisterImport(models.Model):
    """One workbook. `mapping`: field to header. `taken`: the lines whose values shall replace the register's."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "待对应列"
        CHECKED = "checked", "待导入"
        APPLIED = "applied", "已导入"
        UNDONE = "undone", "已撤销"

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")  # every line's county lies at or below it
    name = models.CharField("文件名", max_length=200)
    content = models.BinaryField()
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    mapping = models.JSONField(default=dict)
    taken = models.JSONField(default=list)
    summary = models.JSONField(default=dict)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True, blank=True)

    objects = RegisterImportQuerySet.as_manager()

    class Meta:
        verbose_name = "登记册导入"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name


class ImportedInstitution(models.Model):
    """What an import made (`before` is None) or changed: the changed fields before and after."""

    batch = models.ForeignKey(RegisterImport, models.PROTECT, related_name="rows")
    institution = models.ForeignKey(Institution, models.CASCADE, related_name="imports")
    before = models.JSONField(null=True)
    after = models.JSONField()
