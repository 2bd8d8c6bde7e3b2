"""A class's homework of a vacation."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from homework.models.words import Kind, Layer
from schools.dated import in_order
from schools.models import ClassGroup, School, Subject


class VacationPlanQuerySet(models.QuerySet["VacationPlan"]):
    def inside(self, paths: Iterable[str]) -> VacationPlanQuerySet:
        return self.filter(school__in=School.objects.inside(paths))


class VacationPlan(models.Model):
    """What one class has to do in one vacation, public from the first item on. Its minutes are a day's, and within the
    limit: unlike a day's homework, a plan is made before it is set, so one beyond the limit is refused."""

    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="vacation_plans")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    grade = models.PositiveSmallIntegerField()  # on the last school day before
    first_day = models.DateField("放假第一天")
    last_day = models.DateField("放假最后一天")
    limit_minutes = models.PositiveSmallIntegerField()  # of written work a day
    load_minutes = models.PositiveSmallIntegerField(default=0)

    objects = VacationPlanQuerySet.as_manager()

    class Meta:
        constraints = [
            in_order("homework_vacationplan_begins_before_it_ends"),
            models.UniqueConstraint(
                name="homework_vacationplan_one_per_vacation",
                fields=["class_group", "first_day"],
                violation_error_message="这个班的假期作业计划已经有了。",
            ),
            models.CheckConstraint(
                name="homework_vacationplan_keeps_the_limit", condition=Q(load_minutes__lte=F("limit_minutes"))
            ),
        ]


class VacationItemQuerySet(models.QuerySet["VacationItem"]):
    def live(self) -> VacationItemQuerySet:
        return self.filter(withdrawn_at=None)

    def inside(self, paths: Iterable[str]) -> VacationItemQuerySet:
        return self.filter(plan__school__in=School.objects.inside(paths))


class VacationItem(models.Model):
    """One thing to do in the vacation. It is withdrawn, never deleted."""

    plan = models.ForeignKey(VacationPlan, models.PROTECT, related_name="items")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", db_index=False)
    content = models.CharField("作业内容", max_length=500)
    kind = models.CharField("类型", max_length=10, choices=Kind, default=Kind.WRITTEN)
    layer = models.CharField("适用学生", max_length=10, choices=Layer, default=Layer.ALL)
    daily_minutes = models.PositiveSmallIntegerField("平均每天用时（分钟）")
    posted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    posted_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = VacationItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="homework_vacationitem_minutes_are_0_to_240",
                condition=Q(daily_minutes__lte=240),
                violation_error_message="平均每天用时应在0到240分钟之间。",
            ),
            models.CheckConstraint(
                name="homework_vacationitem_written_work_takes_time",
                condition=~Q(kind="written") | Q(daily_minutes__gt=0),
                violation_error_message="书面作业请填写平均每天用时（至少1分钟）。",
            ),
            models.CheckConstraint(
                name="homework_vacationitem_says_something",
                condition=~Q(content=""),
                violation_error_message="请填写作业内容。",
            ),
        ]
