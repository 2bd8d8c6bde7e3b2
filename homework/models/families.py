"""What families say without signing in: minutes really needed, and what is wrong. Nothing here tells who said it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from homework.models.notices import Notice
from schools.models import ClassGroup, School


class TimeSampleQuerySet(models.QuerySet["TimeSample"]):
    def between(self, first_day: dt.date, last_day: dt.date) -> TimeSampleQuerySet:
        """Of notices of these days."""
        return self.filter(notice__day__range=(first_day, last_day))

    def inside(self, paths: Iterable[str]) -> TimeSampleQuerySet:
        return self.filter(school__in=School.objects.inside(paths))


class TimeSample(models.Model):
    """Minutes that pupils really needed for one notice: a family's answer or, counted from paper, several equal ones.

    `device` is a digest of a random cookie and the day: it stops a second answer on that day and tells nothing else.
    """

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="time_samples")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField("实际用时（分钟）")
    finished = models.BooleanField("做完了")
    answers = models.PositiveSmallIntegerField("人数", default=1)
    given_on = models.DateField()
    device = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001 - unique where there is one
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    objects = TimeSampleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="homework_timesample_minutes_are_0_to_300",
                condition=Q(minutes__lte=300),
                violation_error_message="实际用时应在0到300分钟之间。",
            ),
            models.CheckConstraint(
                name="homework_timesample_counts_somebody",
                condition=Q(answers__range=(1, 150)),
                violation_error_message="人数应在1到150之间。",
            ),
            models.CheckConstraint(
                name="homework_timesample_is_a_family_s_or_from_paper",
                condition=Q(device__isnull=False, entered_by=None, answers=1)
                | Q(device=None, entered_by__isnull=False),
            ),
            models.UniqueConstraint(
                name="homework_timesample_once_a_device_and_day",
                fields=["device", "given_on"],
                violation_error_message="这台设备今天已经填过，谢谢。",
            ),
        ]


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def open(self) -> FeedbackQuerySet:
        return self.filter(answered_at=None)

    def overdue(self, day: dt.date) -> FeedbackQuerySet:
        """Unanswered after the last day for it: the county reads these too."""
        return self.open().filter(answer_by__lt=day)

    def escalated(self, day: dt.date) -> FeedbackQuerySet:
        """Overdue on `day`, or answered only after its last day."""
        return self.filter(Q(answered_at=None, answer_by__lt=day) | Q(answered_at__date__gt=F("answer_by")))

    def inside(self, paths: Iterable[str]) -> FeedbackQuerySet:
        return self.filter(school__in=School.objects.inside(paths))


class Feedback(models.Model):
    """A family's word that something about homework is wrong (异常反馈). Only the receipt code leads back to it."""

    class Kind(models.TextChoices):
        TOO_LONG = "too_long", "超时"
        REPETITIVE = "repetitive", "机械重复"
        PUNITIVE = "punitive", "惩罚性作业"
        PHONE = "phone", "要求用手机"
        PARENTS = "parents", "要求家长批改"
        OTHER = "other", "其他"

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="+")
    day = models.DateField("哪一天的作业", null=True, blank=True)
    kind = models.CharField("类型", max_length=12, choices=Kind)
    text = models.CharField("情况说明", max_length=500)
    receipt = models.CharField("查询码", max_length=20, unique=True)
    sent_at = models.DateTimeField(default=timezone.now)
    answer_by = models.DateField()  # the fifth school day after
    answer = models.CharField("答复", max_length=500, blank=True)
    is_upheld = models.BooleanField("属实", null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="homework_feedback_says_something",
                condition=~Q(text=""),
                violation_error_message="请写明情况。",
            ),
            models.CheckConstraint(
                name="homework_feedback_is_answered_whole",
                condition=Q(answered_at=None, answer="", is_upheld=None, answered_by=None)
                | (Q(answered_at__isnull=False, is_upheld__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                violation_error_message="答复时请写明答复内容，并选择是否属实。",
            ),
        ]
        indexes = [
            models.Index(name="homework_feedback_of_school", fields=["school", "sent_at"]),
        ]
