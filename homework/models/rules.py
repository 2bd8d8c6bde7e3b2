"""Local rules: limits, cut-offs, a school's own rule of homework (一校一策) with its shares, and its weekly plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from schools.dated import holding_between, holding_on, in_order, no_overlap
from schools.models import OrgUnit, School, Subject
from schools.models.classes import GRADE_NAMES

# Grade six where primary school lasts five years; elsewhere it is 小学's.
JUNIOR_SIX = "六年级（五四学制）"


class LocalLimitQuerySet(models.QuerySet["LocalLimit"]):
    def in_force(self, day: dt.date) -> LocalLimitQuerySet:
        return self.filter(holding_on(day))

    def touching(self, first_day: dt.date, last_day: dt.date) -> LocalLimitQuerySet:
        """In force on any day from first to last."""
        return self.filter(holding_between(first_day, last_day))

    def of_units(self, codes: Iterable[str]) -> LocalLimitQuerySet:
        return self.filter(unit__code__in=list(codes))

    def inside(self, paths: Iterable[str]) -> LocalLimitQuerySet:
        return self.filter(unit__in=OrgUnit.objects.inside(paths))


@pghistory.track(level=pghistory.Statement)
class LocalLimit(models.Model):
    """A county's or school's own limit on written home homework, stricter than what holds above it.

    Minutes of one day or, by its span, of all the days off together that follow a notice's day.
    """

    class Span(models.TextChoices):
        DAY = "day", "每天"
        DAYS_OFF = "days_off", "双休日、节假日合计"

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="homework_limits")
    school_rule = models.ForeignKey(
        "homework.SchoolRule", models.PROTECT, null=True, blank=True, related_name="limits"
    )  # the version of 一校一策 that says so; None where it was entered by itself
    span = models.CharField("适用于", max_length=10, choices=Span, default=Span.DAY, db_default=Span.DAY)
    stage = models.CharField("学段", max_length=10, choices=[("primary", "小学"), ("junior", "初中")])
    grade = models.PositiveSmallIntegerField("年级")
    minutes = models.PositiveSmallIntegerField("书面作业（分钟）")
    document = models.CharField("依据文件", max_length=200)
    clause = models.CharField("条款", max_length=100, blank=True)
    first_day = models.DateField("起始日期")
    last_day = models.DateField("截止日期", null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = LocalLimitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="homework_locallimit_grade_is_1_to_9",
                condition=Q(grade__range=(1, 9)),
                violation_error_message="年级应为1到9。",
            ),
            models.CheckConstraint(
                name="homework_locallimit_names_its_document",
                condition=~Q(document=""),
                violation_error_message="请写明依据文件。",
            ),
            in_order("homework_locallimit_begins_before_it_ends"),
            models.UniqueConstraint(
                name="homework_locallimit_one_open_per_grade",
                fields=["unit", "span", "stage", "grade", "first_day"],
                violation_error_message="同一天起该年级已有规定，请修改原来的一条。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.grade_name} {self.minutes}分钟"

    @property
    def grade_name(self) -> str:
        return JUNIOR_SIX if (self.stage, self.grade) == ("junior", 6) else GRADE_NAMES[self.grade]


class CutOffQuerySet(models.QuerySet["CutOff"]):
    def inside(self, paths: Iterable[str]) -> CutOffQuerySet:
        return self.filter(unit__in=OrgUnit.objects.inside(paths))


class CutOff(models.Model):
    """Until when a day's homework must be public, at a unit and below, from a day until the unit's next entry.

    A school may add that 教导处 looks first (先审后公示): what she has not released appears at the cut-off, marked so.
    """

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="homework_cut_offs")
    school_rule = models.ForeignKey("homework.SchoolRule", models.PROTECT, null=True, blank=True, related_name="+")
    first_day = models.DateField("起始日期")
    until = models.TimeField("公示截止时间")
    reviewed_first = models.BooleanField("先审后公示", default=False, db_default=False)

    objects = CutOffQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="homework_cutoff_one_per_unit_and_day",
                fields=["unit", "first_day"],
                violation_error_message="这一天起的截止时间已经设置过。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.until:%H:%M}"


class SchoolRuleQuerySet(models.QuerySet["SchoolRule"]):
    def in_force(self, day: dt.date) -> SchoolRuleQuerySet:
        return self.filter(holding_on(day))

    def inside(self, paths: Iterable[str]) -> SchoolRuleQuerySet:
        return self.filter(school__in=School.objects.inside(paths))


@pghistory.track(level=pghistory.Statement)
class SchoolRule(models.Model):
    """A version of a school's own rule of homework (一校一策作业管理办法), in force from a day until the next begins.

    Its limits and its cut-off are LocalLimit and CutOff rows that name it, so that they are judged like any other.
    """

    school = models.ForeignKey(School, models.PROTECT, related_name="homework_rules")
    version = models.PositiveSmallIntegerField("版本")  # 1, 2, 3 … within the school
    title = models.CharField("名称", max_length=100)
    text = models.TextField("其他规定", max_length=1000, blank=True)
    first_day = models.DateField("起始日期")
    last_day = models.DateField("截止日期", null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = SchoolRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            in_order("homework_schoolrule_begins_before_it_ends"),
            no_overlap("homework_schoolrule_one_at_a_time", "school", message="这段时间学校已有一份作业管理办法。"),
            models.UniqueConstraint(
                name="homework_schoolrule_versions_count_up",
                fields=["school", "version"],
                violation_error_message="这一版已由他人保存，请刷新后再试。",
            ),
            models.CheckConstraint(
                name="homework_schoolrule_has_a_title",
                condition=~Q(title=""),
                violation_error_message="请填写名称。",
            ),
        ]

    def __str__(self) -> str:
        return f"《{self.title}》第{self.version}版"


class SubjectShare(models.Model):
    """How many minutes of a day's written homework a school leaves to one subject in one grade."""

    school_rule = models.ForeignKey(SchoolRule, models.CASCADE, related_name="shares")
    grade = models.PositiveSmallIntegerField("年级")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", db_index=False)
    minutes = models.PositiveSmallIntegerField("书面作业（分钟）")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="homework_subjectshare_one_per_subject",
                fields=["school_rule", "grade", "subject"],
                violation_error_message="这个年级的这个学科已经分配过。",
            ),
            models.CheckConstraint(
                name="homework_subjectshare_is_part_of_a_day",
                condition=Q(minutes__lte=240),
                violation_error_message="分配的时间应在0到240分钟之间。",
            ),
        ]


class WeekPlanQuerySet(models.QuerySet["WeekPlan"]):
    def in_force(self, day: dt.date) -> WeekPlanQuerySet:
        return self.filter(holding_on(day))

    def touching(self, first_day: dt.date, last_day: dt.date) -> WeekPlanQuerySet:
        return self.filter(holding_between(first_day, last_day))

    def inside(self, paths: Iterable[str]) -> WeekPlanQuerySet:
        return self.filter(school__in=School.objects.inside(paths))


@pghistory.track(level=pghistory.Statement)
class WeekPlan(models.Model):
    """A school's plan of the week: which subjects set homework on which weekday, and the no-homework day (无作业日)."""

    school = models.ForeignKey(School, models.PROTECT, related_name="week_plans")
    first_day = models.DateField("起始日期")
    last_day = models.DateField("截止日期", null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = WeekPlanQuerySet.as_manager()

    class Meta:
        constraints = [
            in_order("homework_weekplan_begins_before_it_ends"),
            no_overlap("homework_weekplan_one_at_a_time", "school", message="这段时间学校已有一份周计划。"),
        ]


class WeekPlanEntry(models.Model):
    """One subject that sets homework in a grade on a weekday or, without a subject, that grade's no-homework day.

    A grade and weekday without any entry is left open: every subject may set homework.
    """

    plan = models.ForeignKey(WeekPlan, models.CASCADE, related_name="entries")
    grade = models.PositiveSmallIntegerField("年级")
    weekday = models.PositiveSmallIntegerField("星期")  # 1 Monday … 7 Sunday
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="homework_weekplanentry_said_once",
                fields=["plan", "grade", "weekday", "subject"],
                nulls_distinct=False,
                violation_error_message="这一天已经选过。",
            ),
            models.CheckConstraint(
                name="homework_weekplanentry_is_of_a_week",
                condition=Q(weekday__range=(1, 7), grade__range=(1, 9)),
                violation_error_message="年级应为1到9，星期应为1到7。",
            ),
        ]


class BoardSettings(models.Model):
    """What a school chose for its public board."""

    school = models.OneToOneField(School, models.PROTECT, primary_key=True, related_name="board_settings")
    may_be_indexed = models.BooleanField("允许搜索引擎收录", default=False)
