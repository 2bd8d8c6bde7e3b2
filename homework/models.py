"""Homework in public: the notice of a class's day with its items, and the local rules it is judged by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pghistory
from django.db import models
from django.db.models import Count, F, Q
from django.utils import timezone

from accounts.models import User
from homework import policy
from schools.dated import holding_between, holding_on, in_order
from schools.models import ClassGroup, OrgUnit, School, Subject
from schools.models.classes import GRADE_NAMES

# Grade six where primary school lasts five years; elsewhere it is 小学's.
JUNIOR_SIX = "六年级（五四学制）"


class Kind(models.TextChoices):
    WRITTEN = policy.Kind.WRITTEN, "书面"
    ORAL = policy.Kind.ORAL, "口头"
    READING = policy.Kind.READING, "阅读"
    PRACTICE = policy.Kind.PRACTICE, "实践"
    SPORT = policy.Kind.SPORT, "体育"
    ART = policy.Kind.ART, "艺术"
    LABOUR = policy.Kind.LABOUR, "劳动"


class Place(models.TextChoices):
    HOME = policy.Place.HOME, "在家"
    SCHOOL = policy.Place.SCHOOL, "在校"


class Layer(models.TextChoices):
    ALL = policy.Layer.ALL, "全体"
    BASIC = policy.Layer.BASIC, "基础"
    HIGHER = policy.Layer.HIGHER, "提高"
    EXTENDED = policy.Layer.EXTENDED, "拓展"


class Rule(models.TextChoices):
    NO_WRITTEN_WORK = policy.Rule.NO_WRITTEN_WORK, "不应布置书面家庭作业"
    DAILY_TOTAL = policy.Rule.DAILY_TOTAL, "超出每日书面作业总量"


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
    """A county's or school's own limit on written home homework, stricter than what holds above it."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="homework_limits")
    stage = models.CharField("学段", max_length=10, choices=[("primary", "小学"), ("junior", "初中")])
    grade = models.PositiveSmallIntegerField("年级")
    minutes = models.PositiveSmallIntegerField("每天书面作业（分钟）")
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
                fields=["unit", "stage", "grade", "first_day"],
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


class NoticeQuerySet(models.QuerySet["Notice"]):
    def on(self, day: dt.date) -> NoticeQuerySet:
        return self.filter(day=day)

    def between(self, first_day: dt.date, last_day: dt.date) -> NoticeQuerySet:
        return self.filter(day__range=(first_day, last_day))

    def inside(self, paths: Iterable[str]) -> NoticeQuerySet:
        return self.filter(school__in=School.objects.inside(paths))

    def public(self) -> NoticeQuerySet:
        """What the public board shows now. What waits for 教导处 has its time of appearance ahead of it."""
        return self.filter(published_at__lte=timezone.now())

    def unreleased(self) -> NoticeQuerySet:
        """Where 教导处 looks first and has not yet: before its appearance or, marked, after."""
        return self.filter(awaits_release=True)

    def in_breach(self) -> NoticeQuerySet:
        return self.exclude(breached_rule="")

    def waiting(self) -> NoticeQuerySet:
        """Over the limit, and 教导处 has not decided yet."""
        return self.filter(review=Notice.Review.PENDING)

    def counts(self) -> dict[str, int]:
        return self.aggregate(**_counts())

    def counts_by_school(self) -> models.QuerySet[Notice, dict[str, int]]:
        """One dict per school with any notice: its id as "school", and the counts."""
        return self.order_by().values("school").annotate(**_counts())


def _counts() -> dict[str, Count]:
    return {
        "published": Count("pk"),
        "complete": Count("pk", filter=Q(is_complete=True)),
        "on_time": Count("pk", filter=Q(is_on_time=True)),
        "over": Count("pk", filter=~Q(breached_rule="")),
        "waiting": Count("pk", filter=Q(review="pending")),
    }


class Notice(models.Model):
    """One class's homework of one day, as the public sees it, with the verdict of the rules stored at write time.

    The notice of the last school day before days off covers those too, up to `covers_until`.
    """

    class Review(models.TextChoices):
        NOT_NEEDED = "", "无需审核"
        PENDING = "pending", "待审核"
        STANDS = "stands", "已审核，维持"
        RETURNED = "returned", "已退回修改"

    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="notices")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    day = models.DateField()
    covers_until = models.DateField(null=True, blank=True)
    grade = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField(null=True, blank=True)
    awaits_release = models.BooleanField(default=False, db_default=False)

    limit_minutes = models.PositiveSmallIntegerField()
    load_minutes = models.PositiveSmallIntegerField(default=0)
    breached_rule = models.CharField(max_length=20, choices=Rule, blank=True)
    subjects_due = models.PositiveSmallIntegerField(default=0)
    subjects_spoken = models.PositiveSmallIntegerField(default=0)  # of those due
    is_complete = models.BooleanField(default=False)
    completed_at = models.DateTimeField(null=True, blank=True)
    is_on_time = models.BooleanField(default=False)

    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    overrun_reason = models.TextField("超量原因", blank=True)  # each teacher's, with her subject
    review = models.CharField(max_length=10, choices=Review, blank=True, default=Review.NOT_NEEDED)
    review_note = models.CharField("审核意见", max_length=200, blank=True)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="homework_notice_one_per_class_and_day", fields=["day", "class_group"]),
            models.CheckConstraint(
                name="homework_notice_breach_is_over_the_limit",
                condition=(Q(breached_rule="") & Q(load_minutes__lte=F("limit_minutes")))
                | (~Q(breached_rule="") & Q(load_minutes__gt=F("limit_minutes"))),
            ),
            models.CheckConstraint(
                name="homework_notice_breach_is_reviewed",
                condition=Q(breached_rule="", review="") | (~Q(breached_rule="") & ~Q(review="")),
            ),
            models.CheckConstraint(
                name="homework_notice_spoken_within_due", condition=Q(subjects_spoken__lte=F("subjects_due"))
            ),
            models.CheckConstraint(
                name="homework_notice_covers_later_days", condition=Q(covers_until=None) | Q(covers_until__gt=F("day"))
            ),
            models.CheckConstraint(
                name="homework_notice_complete_since_a_time",
                condition=Q(is_complete=True, completed_at__isnull=False)
                | Q(is_complete=False, completed_at=None, is_on_time=False),
            ),
        ]
        indexes = [
            models.Index(name="homework_notice_of_school", fields=["school", "day"]),
            models.Index(
                name="homework_notice_waiting", fields=["school"], condition=Q(review="pending")
            ),  # the 教导处's queue
        ]

    def __str__(self) -> str:
        return f"{self.class_group_id} {self.day}"

    @property
    def is_hidden(self) -> bool:
        """Waits for 教导处 and has not appeared yet."""
        return self.published_at is not None and self.published_at > timezone.now()

    @property
    def is_over(self) -> bool:
        return bool(self.breached_rule)

    @property
    def minutes_left(self) -> int:
        """Minutes until the limit; 0 at it or over it."""
        return max(self.limit_minutes - self.load_minutes, 0)


class ItemQuerySet(models.QuerySet["Item"]):
    def live(self) -> ItemQuerySet:
        return self.filter(withdrawn_at=None)

    def inside(self, paths: Iterable[str]) -> ItemQuerySet:
        return self.filter(school__in=School.objects.inside(paths))


class Item(models.Model):
    """One thing a teacher set for a class on a day. It is withdrawn, never deleted."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="items")
    school = models.ForeignKey(School, models.PROTECT, related_name="+", db_index=False)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", db_index=False)
    content = models.CharField("作业内容", max_length=500)
    kind = models.CharField("类型", max_length=10, choices=Kind, default=Kind.WRITTEN)
    place = models.CharField("在哪里完成", max_length=10, choices=Place, default=Place.HOME)
    layer = models.CharField("适用学生", max_length=10, choices=Layer, default=Layer.ALL)
    minutes = models.PositiveSmallIntegerField("预计用时（分钟）")
    posted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    posted_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="homework_item_minutes_are_0_to_240",
                condition=Q(minutes__lte=240),
                violation_error_message="预计用时应在0到240分钟之间。",
            ),
            models.CheckConstraint(
                name="homework_item_written_work_takes_time",
                condition=~Q(kind="written") | Q(minutes__gt=0),
                violation_error_message="书面作业请填写预计用时（至少1分钟）。",
            ),
            models.CheckConstraint(
                name="homework_item_says_something",
                condition=~Q(content=""),
                violation_error_message="请填写作业内容。",
            ),
        ]

    @property
    def work(self) -> policy.Work:
        return policy.Work(self.kind, self.place, self.layer, self.minutes)


class NoHomeworkQuerySet(models.QuerySet["NoHomework"]):
    def live(self) -> NoHomeworkQuerySet:
        return self.filter(withdrawn_at=None)


class NoHomework(models.Model):
    """A subject's word that it sets nothing today (本科无作业)."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="no_homework")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", db_index=False)
    declared_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    declared_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = NoHomeworkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="homework_nohomework_said_once",
                fields=["notice", "subject"],
                condition=Q(withdrawn_at=None),
                violation_error_message="这个学科今天已报过无作业。",
            ),
        ]
