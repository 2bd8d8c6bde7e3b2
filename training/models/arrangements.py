"""What a city or county has laid down for training outside school, by which document, from a day to a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from schools.models import OrgUnit


class ArrangementQuerySet(models.QuerySet["Arrangement"]):
    def inside(self, paths: Iterable[str]) -> ArrangementQuerySet:
        return self.filter(unit__in=OrgUnit.objects.inside(paths))

    def on(self, day: dt.date) -> ArrangementQuerySet:
        return self.filter(Q(last_day=None) | Q(last_day__gte=day), first_day__lte=day)


class Arrangement(models.Model):
    """One thing that the national half-month form asks of units (items 15, 19 to 21), with its document."""

    class Kind(models.TextChoices):
        ADVERTISING = "advertising", "严格执行广告管控"
        AUTHORITY = "authority", "明确非学科类主管部门"
        STANDARDS = "standards", "非学科类分类制定标准"

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    kind = models.CharField("事项", max_length=15, choices=Kind)
    document = models.CharField("依据文件", max_length=100)
    first_day = models.DateField("起始日期")
    last_day = models.DateField("截止日期", null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = ArrangementQuerySet.as_manager()

    class Meta:
        verbose_name = "制度安排"
        ordering = ["unit__level", "unit__code", "kind", "-first_day"]
        constraints = [
            models.UniqueConstraint(
                name="training_arrangement_one_in_force",
                fields=["unit", "kind"],
                condition=Q(last_day=None),
                violation_error_message="这一项已经登记，还在执行。要换文件，请先结束原来的。",
            ),
            models.CheckConstraint(
                name="training_arrangement_names_its_document",
                condition=~Q(document=""),
                violation_error_message="请写明依据文件。",
            ),
            models.CheckConstraint(
                name="training_arrangement_starts_before_it_ends",
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                violation_error_message="截止日期不能早于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}：{self.get_kind_display()}"
