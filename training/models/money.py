"""Money paid in advance: the accounts that hold it, the bank's statements of them, and contracts looked into."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from schools.models import OrgUnit
from training.models.register import Institution
from training.policy import ChargedBy, yuan


class AccountQuerySet(models.QuerySet["Account"]):
    def inside(self, paths: Iterable[str]) -> AccountQuerySet:
        return self.filter(institution__county__in=OrgUnit.objects.inside(paths))

    def open_on(self, day: dt.date) -> AccountQuerySet:
        return self.filter(Q(closed_on=None) | Q(closed_on__gte=day), opened_on__lte=day)


class Account(models.Model):
    """An account that is watched for a county: all that parents pay in advance, or a deposit against the risk."""

    class Kind(models.TextChoices):
        CUSTODY = "custody", "银行托管"
        DEPOSIT = "deposit", "风险保证金"

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="accounts")
    kind = models.CharField("监管方式", max_length=10, choices=Kind)
    bank = models.CharField("开户银行", max_length=60)
    number_end = models.CharField("账号后4位", max_length=4)  # the whole number is the bank's to know
    minimum_cents = models.BigIntegerField("最低留存余额", default=0)
    opened_on = models.DateField("监管开始")
    closed_on = models.DateField("监管结束", null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = "监管账户"
        ordering = ["opened_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="training_account_is_watched_once",
                fields=["institution", "bank", "number_end"],
                condition=Q(closed_on=None),
                violation_error_message="这个账户已经在监管。",
            ),
            models.CheckConstraint(
                name="training_account_minimum_is_not_negative",
                condition=Q(minimum_cents__gte=0),
                violation_error_message="最低留存余额不能是负数。",
            ),
            models.CheckConstraint(
                name="training_account_number_ends_in_four_digits",
                condition=Q(number_end__regex=r"^[0-9]{4}$"),
                violation_error_message="账号后4位应是4个数字。",
            ),
            models.CheckConstraint(
                name="training_account_opens_before_it_closes",
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                violation_error_message="结束日期不能早于开始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank}（尾号{self.number_end}）"

    @property
    def minimum_words(self) -> str:
        return yuan(self.minimum_cents)


class StatementQuerySet(models.QuerySet["Statement"]):
    def inside(self, paths: Iterable[str]) -> StatementQuerySet:
        return self.filter(account__institution__county__in=OrgUnit.objects.inside(paths))


class Statement(models.Model):
    """A month of an account as its bank wrote it. Sums in 分; what went in and out explains the balance exactly."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="statements")
    month = models.DateField("月份")  # its first day
    opening_cents = models.BigIntegerField("月初余额")
    in_cents = models.BigIntegerField("收入")
    out_cents = models.BigIntegerField("支出")
    closing_cents = models.BigIntegerField("月末余额")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = "银行流水"
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(
                name="training_statement_one_a_month",
                fields=["account", "month"],
                violation_error_message="这个月的流水已经导入过。要换一份，请先删除原来的。",
            ),
            models.CheckConstraint(name="training_statement_month_is_its_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="training_statement_explains_its_balance",
                condition=Q(closing_cents=F("opening_cents") + F("in_cents") - F("out_cents")),
            ),
            models.CheckConstraint(
                name="training_statement_sums_are_not_negative", condition=Q(in_cents__gte=0, out_cents__gte=0)
            ),
        ]

    @property
    def opening_words(self) -> str:
        return yuan(self.opening_cents)

    @property
    def in_words(self) -> str:
        return yuan(self.in_cents)

    @property
    def out_words(self) -> str:
        return yuan(self.out_cents)

    @property
    def closing_words(self) -> str:
        return yuan(self.closing_cents)


class Movement(models.Model):
    """A line of a statement: what went in (positive) or out (negative), in 分. Who paid is not kept: often a parent."""

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="movements")
    line = models.PositiveIntegerField()  # of the file
    day = models.DateField()
    cents = models.BigIntegerField()
    balance_cents = models.BigIntegerField()  # after it
    paid_to = models.CharField("收款方", max_length=100, blank=True)  # of what went out
    flag = models.CharField("异动", max_length=200, blank=True)  # the rule that it met, with its figures

    class Meta:
        verbose_name = "流水"
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(name="training_movement_one_a_line", fields=["statement", "line"]),
            models.CheckConstraint(name="training_movement_moves_something", condition=~Q(cents=0)),
        ]
        indexes = [
            models.Index(name="training_movement_flagged", fields=["day"], condition=~Q(flag="")),
        ]

    @property
    def words(self) -> str:
        return yuan(self.cents)

    @property
    def balance_words(self) -> str:
        return yuan(self.balance_cents)


class ContractSampleQuerySet(models.QuerySet["ContractSample"]):
    def inside(self, paths: Iterable[str]) -> ContractSampleQuerySet:
        return self.filter(institution__county__in=OrgUnit.objects.inside(paths))

    def over_limit(self) -> ContractSampleQuerySet:
        """Those that take too much at once: three months, sixty lessons, 5,000 yuan (T9)."""
        return self.filter(broken__overlap=["months_at_once", "lessons_at_once", "other_cents_at_once"])


class ContractSample(models.Model):
    """A contract that an officer looked into: what it takes at once, and which rules that breaks. No pupil's name."""

    class By(models.TextChoices):
        PERIOD = ChargedBy.PERIOD.value, "按周期"
        LESSONS = ChargedBy.LESSONS.value, "按课时"

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="contracts")
    number = models.CharField("合同编号", max_length=40)
    charged_by = models.CharField("收费方式", max_length=10, choices=By)
    cents = models.BigIntegerField("一次收费")
    paid_on = models.DateField("收费日期")
    first_day = models.DateField("开课日期")
    last_day = models.DateField("结课日期", null=True, blank=True)
    lessons = models.PositiveSmallIntegerField("课时数", null=True, blank=True)
    lessons_left = models.PositiveSmallIntegerField("续费时剩余课时", null=True, blank=True)
    on_model_text = models.BooleanField("使用示范合同文本", default=False)
    broken = ArrayField(
        models.CharField(max_length=30), default=list, blank=True
    )  # ids of the limits, judged when it was written
    problems = models.CharField("问题", max_length=500, blank=True)
    looked_on = models.DateField("抽查日期")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = ContractSampleQuerySet.as_manager()

    class Meta:
        verbose_name = "抽查合同"
        ordering = ["-looked_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="training_contract_sample_once",
                fields=["institution", "number"],
                violation_error_message="这份合同已经登记过。",
            ),
            models.CheckConstraint(
                name="training_contract_sample_costs_something",
                condition=Q(cents__gt=0),
                violation_error_message="请填写一次收费的金额。",
            ),
            models.CheckConstraint(
                name="training_contract_sample_says_for_what",
                condition=Q(charged_by="period", last_day__isnull=False, last_day__gte=F("first_day"))
                | Q(charged_by="lessons", lessons__isnull=False, lessons__gt=0),
                violation_error_message="按周期收费的请填结课日期（不早于开课日期），按课时收费的请填课时数。",
            ),
        ]
        indexes = [models.Index(name="training_contract_looked", fields=["looked_on"])]

    def __str__(self) -> str:
        return self.number

    @property
    def words(self) -> str:
        return yuan(self.cents)
