"""Returns (上报): what a school, county or city declares of a period, and every step of its way up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from reports.returns import life
from schools.models import OrgUnit
from schools.periods import Period, PeriodKind

# What each level is asked: the item of the national form → the field that holds its answer.
ASKED: dict[str, dict[int, str]] = {
    OrgUnit.Level.SCHOOL: {
        1: "homework_posted",
        2: "homework_in_time",
        3: "parents_spared",
        4: "service_offered",
        5: "service_in_time",
    },
    OrgUnit.Level.COUNTY: {
        6: "funding_secured",
        15: "advertising_controlled",
        16: "advertisements_dealt_with",
        17: "leads",
        18: "leads_closed",
        21: "authority_named",
    },
    OrgUnit.Level.CITY: {19: "authority_named", 20: "standards_set"},
}
ANSWERS = tuple(dict.fromkeys(field for fields in ASKED.values() for field in fields.values()))
# Of the answers, those that are numbers; the others are 是 or 否.
NUMBERS = frozenset({"advertisements_dealt_with", "leads", "leads_closed"})


def _answers_of(level: str) -> Q:
    """All that the level is asked is answered, and nothing else."""
    asked = ASKED[level].values()
    return Q(level=level, **{f"{field}__isnull": field not in asked for field in ANSWERS})


class ReturnQuerySet(models.QuerySet["Return"]):
    def inside(self, paths: Iterable[str]) -> ReturnQuerySet:
        return self.filter(unit__in=OrgUnit.objects.inside(paths))

    def of_period(self, period: Period) -> ReturnQuerySet:
        return self.filter(kind=period.kind, first_day=period.first_day)

    def stands(self) -> ReturnQuerySet:
        """Sent or accepted: what a sum may count."""
        return self.filter(state__in=life.STANDS)


@pghistory.track(level=pghistory.Statement)
class Return(models.Model):
    """One unit's return of one period. No row: 未填. Which answers there are follows from the unit's level (ASKED)."""

    class Kind(models.TextChoices):
        HALF_MONTH = PeriodKind.HALF_MONTH.value, "半月"
        MONTH = PeriodKind.MONTH.value, "月"

    class State(models.TextChoices):
        FILLED = life.State.FILLED.value, "已填"
        SENT = life.State.SENT.value, "已报"
        RETURNED = life.State.RETURNED.value, "退回"
        ACCEPTED = life.State.ACCEPTED.value, "接收"

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="returns", verbose_name="单位")
    level = models.CharField(max_length=10, choices=OrgUnit.Level)  # the unit's own, which never changes
    kind = models.CharField(max_length=10, choices=Kind)
    first_day = models.DateField()
    last_day = models.DateField()
    state = models.CharField("状态", max_length=10, choices=State, default=State.FILLED)
    homework_posted = models.BooleanField("建立作业校内公示制度", null=True, blank=True)
    homework_in_time = models.BooleanField("作业时间控制达标", null=True, blank=True)
    parents_spared = models.BooleanField("不给家长布置作业、不要求家长批改作业", null=True, blank=True)
    service_offered = models.BooleanField("提供课后服务", null=True, blank=True)
    service_in_time = models.BooleanField("服务时间达标", null=True, blank=True)
    funding_secured = models.BooleanField("建立课后服务经费保障机制", null=True, blank=True)
    advertising_controlled = models.BooleanField("严格执行广告管控", null=True, blank=True)
    advertisements_dealt_with = models.PositiveIntegerField("查处违规广告（起）", null=True, blank=True)
    leads = models.PositiveIntegerField("举报问题线索（条）", null=True, blank=True)
    leads_closed = models.PositiveIntegerField("其中办结（条）", null=True, blank=True)
    authority_named = models.BooleanField("明确非学科类主管部门", null=True, blank=True)
    standards_set = models.BooleanField("非学科类分类制定标准", null=True, blank=True)
    explanation = models.CharField("说明", max_length=500, blank=True)
    is_imported = models.BooleanField(default=False)  # brought in from a file, already accepted
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    first_sent_on = models.DateField(
        null=True, blank=True
    )  # by which it is in time or late, however often it was sent back
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    unlock_asked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    unlock_reason = models.CharField(max_length=300, blank=True)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        verbose_name = "上报"
        constraints = [
            models.UniqueConstraint(name="reports_return_once", fields=["unit", "kind", "first_day"]),
            models.CheckConstraint(
                name="reports_return_answers_what_its_level_is_asked",
                condition=_answers_of("school") | _answers_of("county") | _answers_of("city"),
                violation_error_message="还有没填的项目，请填完。",
            ),
            models.CheckConstraint(
                name="reports_return_closed_leads_are_leads",
                condition=Q(leads_closed=None) | Q(leads_closed__lte=F("leads")),
                violation_error_message="办结的线索不能多于线索总数。",
            ),
            models.CheckConstraint(
                name="reports_return_service_in_time_is_offered",
                condition=~Q(service_in_time=True) | Q(service_offered=True),
                violation_error_message="没有提供课后服务的，服务时间不能填达标。",
            ),
            models.CheckConstraint(
                name="reports_return_sent_by_somebody",
                condition=Q(state="filled")
                | Q(is_imported=True)
                | Q(sent_by__isnull=False, first_sent_on__isnull=False),
            ),
            models.CheckConstraint(
                name="reports_return_accepted_by_another",
                condition=~Q(state="accepted")
                | Q(is_imported=True)
                | (Q(accepted_by__isnull=False) & ~Q(accepted_by=F("sent_by"))),
                violation_error_message="自己报送的不能自己接收。",
            ),
            models.CheckConstraint(
                name="reports_return_unlock_has_a_reason",
                condition=Q(unlock_asked_by=None, unlock_reason="")
                | (Q(state="accepted", unlock_asked_by__isnull=False) & ~Q(unlock_reason="")),
                violation_error_message="请写明为什么要开锁。",
            ),
        ]
        indexes = [models.Index(name="reports_return_of_period", fields=["kind", "first_day", "unit"])]

    def __str__(self) -> str:
        return f"{self.unit}{self.period.name}上报"

    @property
    def period(self) -> Period:
        return Period(PeriodKind(self.kind), self.first_day, self.last_day)

    @property
    def answers(self) -> dict[int, Any]:
        """By the item of the national form."""
        return {item: getattr(self, field) for item, field in ASKED[self.level].items()}


class ReturnStep(models.Model):
    """One step on a return's way, never changed. `by` is null where a file was brought in on the command line."""

    class Kind(models.TextChoices):
        FILL = life.Step.FILL.value, "填写"
        SEND = life.Step.SEND.value, "报送"
        SEND_BACK = life.Step.SEND_BACK.value, "退回"
        ACCEPT = life.Step.ACCEPT.value, "接收"
        ASK_UNLOCK = life.Step.ASK_UNLOCK.value, "申请开锁"
        UNLOCK = life.Step.UNLOCK.value, "同意开锁"
        KEEP_LOCKED = life.Step.KEEP_LOCKED.value, "不同意开锁"
        IMPORT = "import", "由文件导入"

    of = models.ForeignKey(Return, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    text = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    @property
    def day(self) -> dt.date:
        return timezone.localdate(self.at)
