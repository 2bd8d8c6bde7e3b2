"""Special operations (专项行动): institutions to be checked by each county in some days, and who was checked."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from schools.models import OrgUnit
from training.models.register import Institution


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def around(self, paths: Iterable[str], codes: Iterable[str]) -> CampaignQuerySet:
        """Those run by units at or below `paths`, or by one of the units above with these `codes`."""
        return self.filter(Q(unit__in=OrgUnit.objects.inside(paths)) | Q(unit__code__in=codes))


class Campaign(models.Model):
    """What a city or county undertakes between two days, both included."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    name = models.CharField("名称", max_length=60)
    what = models.CharField("内容", max_length=500, blank=True)
    first_day = models.DateField("开始日期")
    last_day = models.DateField("结束日期")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = "专项行动"
        ordering = ["-first_day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="training_campaign_name_once_from_a_day",
                fields=["unit", "name", "first_day"],
                violation_error_message="这天开始的同名行动已经登记过。",
            ),
            models.CheckConstraint(
                name="training_campaign_starts_before_it_ends",
                condition=Q(last_day__gte=F("first_day")),
                violation_error_message="结束日期不能早于开始日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignTarget(models.Model):
    """How many institutions a county is to check."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="targets")
    county = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    count = models.PositiveIntegerField("任务数")

    class Meta:
        constraints = [models.UniqueConstraint(name="training_campaign_target_once", fields=["campaign", "county"])]


class CampaignCheckQuerySet(models.QuerySet["CampaignCheck"]):
    def inside(self, paths: Iterable[str]) -> CampaignCheckQuerySet:
        return self.filter(institution__county__in=OrgUnit.objects.inside(paths))


class CampaignCheck(models.Model):
    """An institution on a campaign's list; on the day when it was checked, with what came of it."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="checks")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    checked_on = models.DateField("检查日期", null=True, blank=True)
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    result = models.CharField("结果", max_length=300, blank=True)
    has_problem = models.BooleanField("有问题", default=False)

    objects = CampaignCheckQuerySet.as_manager()

    class Meta:
        ordering = ["institution__county__code", "institution__name"]
        constraints = [
            models.UniqueConstraint(name="training_campaign_check_once", fields=["campaign", "institution"]),
            models.CheckConstraint(
                name="training_campaign_check_says_what_came_of_it",
                condition=Q(checked_on=None, checked_by=None, result="", has_problem=False)
                | (Q(checked_on__isnull=False, checked_by__isnull=False) & ~Q(result="")),
                violation_error_message="请写明检查结果。",
            ),
        ]
        indexes = [models.Index(name="training_check_of_a_day", fields=["campaign", "checked_on"])]
