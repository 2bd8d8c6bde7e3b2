"""A school's plan of its after-school service, in versions, and what the county said of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from afterschool import policy
from afterschool.models.words import Season, SlotKind
from afterschool.week import Slot
from schools.dated import holding_between, holding_on, in_order, no_overlap
from schools.models import OrgUnit, School


class PlanQuerySet(models.QuerySet["Plan"]):
    def inside(self, paths: Iterable[str]) -> PlanQuerySet:
        return self.filter(school__in=School.objects.inside(paths))

    def filed(self) -> PlanQuerySet:
        return self.filter(state=Plan.State.FILED)

    def in_force(self, day: dt.date) -> PlanQuerySet:
        """Filed, and its days hold `day`."""
        return self.filed().filter(holding_on(day))

    def touching(self, first_day: dt.date, last_day: dt.date) -> PlanQuerySet:
        """Filed, and in force on some day between, both included."""
        return self.filed().filter(holding_between(first_day, last_day))

    def waiting(self) -> PlanQuerySet:
        """Sent to the county, which has not answered."""
        return self.filter(state=Plan.State.SUBMITTED)


@pghistory.track(level=pghistory.Statement)
class Plan(models.Model):
    """A version of a school's plan (课后服务方案) from a day to a day. Only what the county has filed is in force.

    The verdict of the rules is stored whenever it is written, sent or filed, and again when the off-work time changes:
    `failures` are ids of afterschool/national.toml.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "未报送"
        SUBMITTED = "submitted", "已报送，待备案"
        RETURNED = "returned", "已退回"
        FILED = "filed", "已备案"

    school = models.ForeignKey(School, models.PROTECT, related_name="service_plans")
    version = models.PositiveSmallIntegerField("版本")  # 1, 2, 3 … within the school
    first_day = models.DateField("起始日期")
    last_day = models.DateField("截止日期")
    lessons_end_at = models.TimeField("课程结束时间")
    winter_first_day = models.DateField("冬季作息从", null=True, blank=True)
    winter_last_day = models.DateField("冬季作息到", null=True, blank=True)
    places = models.CharField("服务场所", max_length=200, blank=True)
    fee = models.CharField("收费标准", max_length=200, blank=True)
    fee_published_at = models.CharField("收费公示在哪里", max_length=200, blank=True)
    safety = models.TextField("安全保障", max_length=1000, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    failures = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField("退回原因", max_length=200, blank=True)
    filing_no = models.CharField("备案号", max_length=40, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "课后服务方案"
        constraints = [
            in_order("afterschool_plan_begins_before_it_ends"),
            no_overlap(
                "afterschool_plan_one_filed_at_a_time",
                "school",
                message="这段时间学校已有一份备案的方案。",
                condition=Q(state="filed"),
            ),
            models.UniqueConstraint(
                name="afterschool_plan_versions_count_up",
                fields=["school", "version"],
                violation_error_message="这一版已由他人保存，请刷新后再试。",
            ),
            models.CheckConstraint(
                name="afterschool_plan_winter_is_whole",
                condition=Q(winter_first_day=None, winter_last_day=None)
                | Q(winter_last_day__gte=F("winter_first_day")),
                violation_error_message="冬季作息请填写起止两个日期，截止不早于起始。",
            ),
            models.CheckConstraint(
                name="afterschool_plan_filed_has_a_number",
                condition=~Q(state="filed") | ~Q(filing_no=""),
                violation_error_message="请填写备案号。",
            ),
            models.CheckConstraint(
                name="afterschool_plan_returned_says_why",
                condition=~Q(state="returned") | ~Q(note=""),
                violation_error_message="退回时请写明原因，学校才知道怎么改。",
            ),
        ]

    def __str__(self) -> str:
        return f"课后服务方案第{self.version}版"

    @property
    def is_compliant(self) -> bool:
        return not self.failures

    @property
    def seasons(self) -> tuple[Season, ...]:
        """Which timetables it has."""
        return (Season.SUMMER, Season.WINTER) if self.winter_first_day else (Season.ALL,)

    def season_on(self, day: dt.date) -> Season:
        if self.winter_first_day is None or self.winter_last_day is None:
            return Season.ALL
        return Season.WINTER if self.winter_first_day <= day <= self.winter_last_day else Season.SUMMER


class PlanSlot(models.Model):
    """A time of the school week in a plan."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="slots")
    kind = models.CharField("类型", max_length=10, choices=SlotKind, default=SlotKind.SERVICE)
    season = models.CharField("作息", max_length=6, choices=Season, default=Season.ALL)
    weekday = models.PositiveSmallIntegerField("星期")  # 1 Monday … 7 Sunday
    starts_at = models.TimeField("开始")
    ends_at = models.TimeField("结束")
    title = models.CharField("内容", max_length=40, blank=True)  # 作业辅导, 社团 …

    class Meta:
        ordering = ["weekday", "starts_at", "season"]
        constraints = [
            models.CheckConstraint(
                name="afterschool_planslot_ends_after_it_starts",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message="结束时间必须晚于开始时间。",
            ),
            models.CheckConstraint(
                name="afterschool_planslot_is_on_a_weekday",
                condition=Q(weekday__range=(1, 7)),
                violation_error_message="星期应为1到7。",
            ),
            models.UniqueConstraint(
                name="afterschool_planslot_said_once",
                fields=["plan", "season", "weekday", "starts_at", "kind"],
                violation_error_message="同一天同一时间只能安排一次。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot.name} {self.title or self.get_kind_display()}"

    @property
    def slot(self) -> Slot:
        return Slot(self.weekday, self.starts_at, self.ends_at)

    @property
    def planned(self) -> policy.PlannedSlot:
        return policy.PlannedSlot(self.kind, self.season, self.slot)


class Dismissal(models.Model):
    """When a grade leaves after the service, in shifts (错时放学)."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="dismissals")
    grade = models.PositiveSmallIntegerField("年级")
    leaves_at = models.TimeField("离校时间")

    class Meta:
        ordering = ["grade"]
        constraints = [
            models.UniqueConstraint(
                name="afterschool_dismissal_one_per_grade",
                fields=["plan", "grade"],
                violation_error_message="这个年级的离校时间已经填过。",
            )
        ]


class ServiceBreakQuerySet(models.QuerySet["ServiceBreak"]):
    def between(self, first_day: dt.date, last_day: dt.date) -> ServiceBreakQuerySet:
        return self.filter(day__range=(first_day, last_day))


class ServiceBreak(models.Model):
    """A school day on which a school holds no service, with the reason: without one the day counts against it (A2)."""

    school = models.ForeignKey(School, models.PROTECT, related_name="service_breaks")
    day = models.DateField("日期")
    reason = models.CharField("原因", max_length=100)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = ServiceBreakQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="afterschool_servicebreak_one_per_day",
                fields=["school", "day"],
                violation_error_message="这一天已登记过停止课后服务的原因。",
            ),
            models.CheckConstraint(
                name="afterschool_servicebreak_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message="请写明原因。",
            ),
        ]


class FollowedWeekdayQuerySet(models.QuerySet["FollowedWeekday"]):
    def by_day(self, school: School, first_day: dt.date, last_day: dt.date) -> dict[dt.date, int]:
        """The weekdays that the school follows on days between, both included, other than their own."""
        return dict(self.filter(school=school, day__range=(first_day, last_day)).values_list("day", "weekday"))


class FollowedWeekday(models.Model):
    """A day on which a school's service follows another weekday's timetable: a make-up day, as a Saturday that follows
    Friday's."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    day = models.DateField("日期")
    weekday = models.PositiveSmallIntegerField("按周几的时间")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = FollowedWeekdayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="afterschool_followedweekday_one_per_day", fields=["school", "day"]),
            models.CheckConstraint(
                name="afterschool_followedweekday_is_a_weekday", condition=Q(weekday__gte=1, weekday__lte=7)
            ),
        ]


class AdmittedBodyQuerySet(models.QuerySet["AdmittedBody"]):
    def on(self, day: dt.date) -> AdmittedBodyQuerySet:
        return self.filter(holding_on(day))

    def inside(self, paths: Iterable[str]) -> AdmittedBodyQuerySet:
        """On the lists of units within a user's scope."""
        return self.filter(unit__in=OrgUnit.objects.inside(paths))


@pghistory.track(level=pghistory.Statement)
class AdmittedBody(models.Model):
    """An outside body on a county's list of those admitted into service (准入名单), from a day to a day."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="admitted_bodies")
    name = models.CharField("机构名称", max_length=80)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    services = models.CharField("可提供的服务", max_length=200, blank=True)
    first_day = models.DateField("准入日期")
    last_day = models.DateField("准入截止", null=True, blank=True)
    leave_reason = models.CharField("退出原因", max_length=100, blank=True)

    objects = AdmittedBodyQuerySet.as_manager()

    class Meta:
        verbose_name = "准入机构"
        ordering = ["name", "first_day"]
        constraints = [
            in_order("afterschool_admittedbody_begins_before_it_ends"),
            models.UniqueConstraint(
                name="afterschool_admittedbody_once_on_a_list",
                fields=["unit", "name"],
                condition=Q(last_day=None),
                violation_error_message="这个机构已在准入名单上。",
            ),
        ]

    def __str__(self) -> str:
        return self.name
