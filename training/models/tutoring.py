"""Cases of teachers in service who tutor for money (在职教师有偿补课), and the officers who alone may read them.

No table of history keeps a second copy of a name, and no entry of the audit trail has one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from schools.models import OrgUnit, School


class TutoringOfficerQuerySet(models.QuerySet["TutoringOfficer"]):
    def inside(self, paths: Iterable[str]) -> TutoringOfficerQuerySet:
        return self.filter(county__in=OrgUnit.objects.inside(paths))

    def on(self, day: dt.date) -> TutoringOfficerQuerySet:
        return self.filter(Q(last_day=None) | Q(last_day__gte=day), first_day__lte=day)


class TutoringOfficer(models.Model):
    """Somebody who may read and keep a county's cases, from a day to a day; named by another."""

    county = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    first_day = models.DateField(default=timezone.localdate)
    last_day = models.DateField(null=True, blank=True)
    named_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = TutoringOfficerQuerySet.as_manager()

    class Meta:
        verbose_name = "案件专办人员"
        ordering = ["county__code", "first_day", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="training_tutoring_officer_named_once",
                fields=["county", "user"],
                condition=Q(last_day=None),
                violation_error_message="这个人已经是专办人员。",
            ),
            models.CheckConstraint(
                name="training_tutoring_officer_named_by_another",
                condition=~Q(user=F("named_by")),
                violation_error_message="不能指定自己，请由另一位工作人员指定。",
            ),
        ]
        triggers = [pgtrigger.Protect(name="naming_is_kept", operation=pgtrigger.Delete)]


class TutoringCaseQuerySet(models.QuerySet["TutoringCase"]):
    def inside(self, paths: Iterable[str]) -> TutoringCaseQuerySet:
        return self.filter(county__in=OrgUnit.objects.inside(paths))


class TutoringCase(models.Model):
    """One teacher's case. Read by named officers alone, each look written down; counted everywhere without names."""

    county = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name="县（市、区）")
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="学校")
    teacher_name = models.CharField("教师姓名", max_length=30)
    found_on = models.DateField("发现日期")
    what = models.CharField("情况", max_length=500)
    disposal = models.CharField("处理", max_length=300, blank=True)
    document_no = models.CharField("文号", max_length=60, blank=True)
    disposed_on = models.DateField("处理日期", null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = TutoringCaseQuerySet.as_manager()

    class Meta:
        verbose_name = "有偿补课案件"
        ordering = ["-found_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="training_tutoring_case_says_who_and_what",
                condition=~Q(teacher_name="") & ~Q(what=""),
                violation_error_message="请写明教师姓名和情况。",
            ),
            models.CheckConstraint(
                name="training_tutoring_case_disposed_whole",
                condition=Q(disposed_on=None, disposal="")
                | (Q(disposed_on__isnull=False, disposed_on__gte=F("found_on")) & ~Q(disposal="")),
                violation_error_message="请写明处理情况；处理日期不能早于发现日期。",
            ),
        ]
        indexes = [models.Index(name="training_tutoring_case_county", fields=["county", "-found_on"])]

    def __str__(self) -> str:
        """Never the name: this stands in addresses of audit entries and in errors."""
        return f"案件{self.pk}"
