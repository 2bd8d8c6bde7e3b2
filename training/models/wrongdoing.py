"""Wrongdoing in training outside school: found, dealt with, made known where that was ordered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from schools.models import OrgUnit
from training.models.register import Institution
from training.policy import yuan


class ViolationQuerySet(models.QuerySet["Violation"]):
    def inside(self, paths: Iterable[str]) -> ViolationQuerySet:
        return self.filter(county__in=OrgUnit.objects.inside(paths))

    def open(self) -> ViolationQuerySet:
        """Not yet dealt with, or not yet made known though that was ordered."""
        return self.filter(Q(decided_on=None) | Q(must_publish=True, published_on=None))

    def undecided(self) -> ViolationQuerySet:
        return self.filter(decided_on=None)

    def unpublished(self) -> ViolationQuerySet:
        return self.filter(decided_on__isnull=False, must_publish=True, published_on=None)

    def done(self) -> ViolationQuerySet:
        return self.filter(decided_on__isnull=False).exclude(must_publish=True, published_on=None)

    def published(self) -> ViolationQuerySet:
        return self.filter(published_on__isnull=False)


@pghistory.track(level=pghistory.Statement)
class Violation(models.Model):
    """One case of wrongdoing: of an institution of the register, or of somebody who is not in it."""

    class Kind(models.TextChoices):
        UNLICENSED = "unlicensed", "无证无照"
        AHEAD = "ahead", "超前教学"
        BEYOND = "beyond", "超纲教学"
        OVERTIME = "overtime", "超时培训"
        EXAM_DRILL = "exam_drill", "应试训练"
        HOMEWORK = "homework", "留作业"
        FALSE_PROMISE = "false_promise", "虚假宣传"
        ADVERTISING = "advertising", "违规广告"
        FEES = "fees", "违规收费"
        SERVING_TEACHERS = "serving_teachers", "在职教师兼职"
        SAFETY = "safety", "安全隐患"
        DISGUISED = "disguised", "隐形变异"
        OTHER = "other", "其他"

    class Disguise(models.TextChoices):
        """Under which name academic training was hidden."""

        ONE_TO_ONE = "one_to_one", "一对一"
        LIVE_IN = "live_in", "住家教师"
        HOUSEKEEPING = "housekeeping", "家政服务"
        SHARED = "shared", "众筹私教"
        STUDY_TOUR = "study_tour", "研学"
        CAMP = "camp", "夏令营"
        CARE = "care", "托管"

    county = models.ForeignKey(OrgUnit, models.PROTECT, related_name="violations", verbose_name="所在县（市、区）")
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, related_name="violations", verbose_name="机构"
    )
    who = models.CharField("名称", max_length=100)  # as it was then
    kind = models.CharField("类型", max_length=20, choices=Kind)
    disguise = models.CharField("变异形式", max_length=15, choices=Disguise, blank=True)
    found_on = models.DateField("发现日期")
    place = models.CharField("地点", max_length=200, blank=True)
    what = models.CharField("情况", max_length=500)
    officers = models.PositiveSmallIntegerField("执法人数", default=0)  # who were there
    clause = models.CharField("依据", max_length=20, blank=True)  # an id of penalties.toml
    basis = models.CharField("条款", max_length=200, blank=True)  # as printed in the decision
    decision = models.CharField("处理决定", max_length=500, blank=True)
    document_no = models.CharField("文号", max_length=60, blank=True)
    illegal_cents = models.BigIntegerField("违法所得", default=0)
    fine_cents = models.BigIntegerField("罚款", default=0)
    confiscated_cents = models.BigIntegerField("没收违法所得", default=0)
    refunded_cents = models.BigIntegerField("责令退费", default=0)
    decided_on = models.DateField("处理日期", null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    must_publish = models.BooleanField("要求通报", default=True)
    published_on = models.DateField("通报日期", null=True, blank=True)
    published_at = models.CharField("通报文号或网址", max_length=200, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = ViolationQuerySet.as_manager()

    class Meta:
        verbose_name = "违规案件"
        ordering = ["-found_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="training_violation_says_who_and_what",
                condition=~Q(who="") & ~Q(what=""),
                violation_error_message="请写明是谁、什么情况。",
            ),
            models.CheckConstraint(
                name="training_violation_disguise_has_a_form",
                condition=Q(kind="disguised") & ~Q(disguise="") | ~Q(kind="disguised") & Q(disguise=""),
                violation_error_message="隐形变异要选变异形式，其他类型不选。",
            ),
            models.CheckConstraint(
                name="training_violation_decided_whole",
                condition=Q(decided_on=None, clause="", basis="", decision="")
                | (
                    Q(decided_on__isnull=False, decided_by__isnull=False)
                    & ~Q(clause="")
                    & ~Q(basis="")
                    & ~Q(decision="")
                ),
                violation_error_message="处理时请选依据、写明条款和处理决定。",
            ),
            models.CheckConstraint(
                name="training_violation_decided_after_it_was_found",
                condition=Q(decided_on=None) | Q(decided_on__gte=F("found_on")),
                violation_error_message="处理日期不能早于发现日期。",
            ),
            models.CheckConstraint(
                name="training_violation_published_after_it_was_decided",
                condition=Q(published_on=None, published_at="")
                | (Q(published_on__gte=F("decided_on"), decided_on__isnull=False) & ~Q(published_at="")),
                violation_error_message="先处理，再通报；通报日期不能早于处理日期，并写明文号或网址。",
            ),
            models.CheckConstraint(
                name="training_violation_sums_are_not_negative",
                condition=Q(illegal_cents__gte=0, fine_cents__gte=0, confiscated_cents__gte=0, refunded_cents__gte=0),
                violation_error_message="金额不能是负数。",
            ),
        ]
        indexes = [
            models.Index(name="training_violation_of_county", fields=["county", "-found_on"]),
            models.Index(name="training_violation_decided", fields=["decided_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.who} {self.get_kind_display()}"

    @property
    def state_words(self) -> str:
        if self.decided_on is None:
            return "待处理"
        return "待通报" if self.must_publish and self.published_on is None else "已办结"

    @property
    def kind_words(self) -> str:
        return (
            f"{self.get_kind_display()}（{self.get_disguise_display()}）" if self.disguise else self.get_kind_display()
        )

    @property
    def sums_words(self) -> str:
        sums = (("罚款", self.fine_cents), ("没收违法所得", self.confiscated_cents), ("责令退费", self.refunded_cents))
        return "，".join(f"{label}{yuan(cents)}" for label, cents in sums if cents)

    def is_open_on(self, day: dt.date) -> bool:
        """Whether it still waited for its decision, or for being made known, at the end of `day`."""
        if self.decided_on is None or self.decided_on > day:
            return True
        return self.must_publish and (self.published_on is None or self.published_on > day)
