"""Complaints, every step of their handling, and, sealed and apart, who complained."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from inspections import complaint_life as life
from schools.models import OrgUnit
from training.models import Institution


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def inside(self, paths: Iterable[str]) -> ComplaintQuerySet:
        return self.filter(unit__in=OrgUnit.objects.inside(paths))

    def open(self) -> ComplaintQuerySet:
        return self.filter(state__in=life.OPEN)

    def overdue(self, day: dt.date) -> ComplaintQuerySet:
        """Not replied to by its last day, which has passed on `day`."""
        return self.filter(state__in=(life.State.RECEIVED, life.State.ACCEPTED), due_on__lt=day)


@pghistory.track(exclude=["text", "satisfied_note"], level=pghistory.Statement)
class Complaint(models.Model):
    """Somebody's word that a rule is broken, in charge of one unit. Who complained stands in Complainant, sealed."""

    class Source(models.TextChoices):
        WEB = "web", "网上"
        PHONE = "phone", "电话"
        LETTER = "letter", "信件"
        ABOVE = "above", "上级转来"

    class Kind(models.TextChoices):
        HOMEWORK = "homework", "作业负担重"
        PARENTS = "parents", "要求家长批改或布置家长作业"
        SERVICE = "service", "未按规定开展课后服务"
        FORCED = "forced", "强制或变相强制参加"
        FEES = "fees", "乱收费"
        UNLICENSED = "unlicensed", "无证培训"
        DISGUISED = "disguised", "隐形变异培训"
        ADVERTISING = "advertising", "虚假宣传"
        PAID_TUTORING = "paid_tutoring", "在职教师有偿补课"
        OTHER = "other", "其他"

    class State(models.TextChoices):
        RECEIVED = life.State.RECEIVED.value, "待受理"
        ACCEPTED = life.State.ACCEPTED.value, "办理中"
        REPLIED = life.State.REPLIED.value, "已答复"
        CLOSED = life.State.CLOSED.value, "已办结"
        REJECTED = life.State.REJECTED.value, "不予受理"

    class Outcome(models.TextChoices):
        UPHELD = "upheld", "属实"
        PARTLY = "partly", "部分属实"
        NOT_UPHELD = "not_upheld", "不属实"

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="complaints", verbose_name="办理单位")
    source = models.CharField("来源", max_length=10, choices=Source)
    kind = models.CharField("类型", max_length=15, choices=Kind)
    target = models.ForeignKey(OrgUnit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="学校")
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name="培训机构"
    )
    target_name = models.CharField("被反映的学校或机构", max_length=100)
    text = models.CharField("情况", max_length=1000)
    is_named = models.BooleanField("实名", default=False)
    received_on = models.DateField("收到日期")
    due_on = models.DateField("办理期限")
    state = models.CharField("状态", max_length=10, choices=State, default=State.RECEIVED)
    handler = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承办人")
    outcome = models.CharField("核实结果", max_length=10, choices=Outcome, blank=True)
    reply = models.CharField("答复", max_length=1000, blank=True)
    replied_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    satisfied = models.BooleanField("满意", null=True, blank=True)
    satisfied_note = models.CharField(max_length=300, blank=True)
    repeat_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="repeats")
    receipt_digest = models.CharField(max_length=64, null=True, blank=True, unique=True)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = "举报"
        ordering = ["-received_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="inspections_complaint_is_about_one",
                condition=Q(target=None) | Q(institution=None),
                violation_error_message="一件举报只能反映一所学校或一家机构。",
            ),
            models.CheckConstraint(
                name="inspections_complaint_says_something",
                condition=~Q(text="") & ~Q(target_name=""),
                violation_error_message="请写明反映哪所学校或机构、什么情况。",
            ),
            models.CheckConstraint(
                name="inspections_complaint_replied_whole",
                condition=Q(replied_on=None, outcome="", reply="")
                | (Q(replied_on__isnull=False) & ~Q(outcome="") & ~Q(reply="")),
                violation_error_message="答复时请选择核实结果，并写明答复内容。",
            ),
            models.CheckConstraint(
                name="inspections_complaint_handled_by_somebody",
                condition=Q(state__in=["received", "rejected"]) | Q(handler__isnull=False),
            ),
            models.CheckConstraint(
                name="inspections_complaint_closed_has_a_day",
                condition=Q(state__in=["closed", "rejected"], closed_on__isnull=False)
                | (~Q(state__in=["closed", "rejected"]) & Q(closed_on=None)),
            ),
            models.CheckConstraint(
                name="inspections_complaint_repeats_another", condition=Q(repeat_of=None) | ~Q(repeat_of=F("pk"))
            ),
        ]
        indexes = [
            models.Index(name="inspections_complaint_of_unit", fields=["unit", "-received_on"]),
            models.Index(name="inspections_complaint_open", fields=["due_on"], condition=Q(closed_on=None)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.target_name}"

    @property
    def is_of_ours(self) -> bool:
        """Whether it is about a school or institution that the system knows."""
        return self.target_id is not None or self.institution_id is not None

    @property
    def may_be_named(self) -> bool:
        """Whether its handler may still say which school or institution it is about: once it is answered, just once."""
        return self.state == life.State.ACCEPTED or (self.state == life.State.REPLIED and not self.is_of_ours)

    @property
    def is_upheld(self) -> bool:
        return self.outcome in life.UPHELD


class Complainant(models.Model):
    """Who complained, readable with the key alone; kept apart from the complaint, its history and every list."""

    complaint = models.OneToOneField(Complaint, models.CASCADE, primary_key=True, related_name="complainant")
    name = models.TextField()  # sealed
    phone = models.TextField(blank=True)  # sealed
    phone_print = models.CharField(max_length=64, blank=True, db_index=True)


class ComplaintStep(models.Model):
    """One step in the handling of a complaint, never changed. `by` is null where the public or the system took it."""

    class Kind(models.TextChoices):
        RECEIVE = "receive", "收到"
        ACCEPT = life.Step.ACCEPT.value, "受理"
        ROUTE = life.Step.ROUTE.value, "转办"
        REJECT = life.Step.REJECT.value, "不予受理"
        REPLY = life.Step.REPLY.value, "答复"
        CLOSE = life.Step.CLOSE.value, "办结"
        NAMED = "named", "认定被反映的学校或机构"
        FINDING = "finding", "转为督导问题"
        REPEAT = "repeat", "认定为重复举报"
        RATED = "rated", "举报人评价"

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    text = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["at", "pk"]


class ComplaintPicture(models.Model):
    """A picture that came with a complaint: drawn anew, without what it tells of its sender."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="pictures")
    file = models.FileField(upload_to="complaints/%Y/%m")

    class Meta:
        ordering = ["pk"]
