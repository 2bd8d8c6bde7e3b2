"""Early warning: what speaks of an institution about to close its doors, and the thresholds by which that is seen."""

from __future__ import annotations

from collections.abc import Iterable

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from schools.models import OrgUnit
from training.models.register import Institution


class SignalKind(models.TextChoices):
    """What computes, what officers note, what others hand down; how much each counts stands in signals.toml."""

    BELOW_MINIMUM = "below_minimum", "余额低于最低留存"
    BIG_OUTFLOW = "big_outflow", "大额资金流出"
    LICENCE_EXPIRED = "licence_expired", "许可证过期"
    STATEMENT_MISSED = "statement_missed", "没有按时报送流水"
    WAGE_ARREARS = "wage_arrears", "拖欠工资"
    RENT_ARREARS = "rent_arrears", "拖欠房租"
    STOPPED = "stopped", "非正常停课"
    REFUND_REFUSED = "refund_refused", "拒绝退费"
    COMPLAINT_UPHELD = "complaint_upheld", "举报查实"


class SignalQuerySet(models.QuerySet["Signal"]):
    def inside(self, paths: Iterable[str]) -> SignalQuerySet:
        return self.filter(institution__county__in=OrgUnit.objects.inside(paths))

    def counting(self) -> SignalQuerySet:
        """Those that make up a score: not dismissed, not over."""
        return self.filter(state__in=(Signal.State.OPEN, Signal.State.CONFIRMED), ended_on=None)


@pghistory.track(level=pghistory.Statement)
class Signal(models.Model):
    """One thing that speaks of risk, with its evidence. `key` tells it from others of its kind: it is noted once."""

    class State(models.TextChoices):
        OPEN = "open", "待核实"
        CONFIRMED = "confirmed", "已确认"
        DISMISSED = "dismissed", "已排除"

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="signals")
    kind = models.CharField("信号", max_length=20, choices=SignalKind)
    key = models.CharField(max_length=60)
    seen_on = models.DateField("发现日期")
    evidence = models.CharField("依据", max_length=300)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    reason = models.CharField("说明", max_length=300, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField("解除日期", null=True, blank=True)  # what it said holds no longer
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")  # null: computed

    objects = SignalQuerySet.as_manager()

    class Meta:
        verbose_name = "风险信号"
        ordering = ["-seen_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="training_signal_once",
                fields=["institution", "kind", "key"],
                violation_error_message="这个信号已经登记过。",
            ),
            models.CheckConstraint(
                name="training_signal_has_evidence",
                condition=~Q(evidence=""),
                violation_error_message="请写明依据。",
            ),
            models.CheckConstraint(
                name="training_signal_decided_with_a_reason",
                condition=Q(state="open", reason="", decided_on=None)
                | (~Q(state="open") & ~Q(reason="") & Q(decided_on__isnull=False, decided_by__isnull=False)),
                violation_error_message="确认或排除都要写明理由。",
            ),
        ]
        indexes = [
            models.Index(
                name="training_signal_counting",
                fields=["institution"],
                condition=Q(ended_on=None) & ~Q(state="dismissed"),
            ),
            models.Index(name="training_signal_seen", fields=["seen_on"]),
        ]

    def __str__(self) -> str:
        return self.evidence


class Threshold(models.Model):
    """A figure of early warning as a city or county sets it, from a day on; else the one in signals.toml holds."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    name = models.CharField("项目", max_length=30)  # an id of signals.toml
    value = models.PositiveBigIntegerField("数值")
    first_day = models.DateField("执行日期")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "预警标准"
        ordering = ["name", "-first_day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="training_threshold_one_from_a_day",
                fields=["unit", "name", "first_day"],
                violation_error_message="这一天起的标准已经设过。",
            ),
        ]
