"""The register of training institutions, the history of each, and the frozen baseline (基数)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pghistory
import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import User
from schools.credit_code import fault
from schools.models import OrgUnit
from training import life


def validate_credit_code(code: str) -> None:
    if wrong := fault(code):
        raise ValidationError(wrong)


class InstitutionQuerySet(models.QuerySet["Institution"]):
    def inside(self, paths: Iterable[str]) -> InstitutionQuerySet:
        return self.filter(county__in=OrgUnit.objects.inside(paths))

    def academic(self) -> InstitutionQuerySet:
        return self.filter(subject=Institution.Subject.ACADEMIC)

    def there(self) -> InstitutionQuerySet:
        """Not closed, converted or revoked."""
        return self.filter(state__in=life.THERE)

    def matching(self, text: str) -> InstitutionQuerySet:
        """By a part of the name or the beginning of the code."""
        return self.filter(Q(name__contains=text) | Q(credit_code__startswith=text.upper()))

    def there_on(self, day: dt.date) -> InstitutionQuerySet:
        """Not closed, converted or revoked at the end of `day`; with what `as_on` gives."""
        return self.as_on(day).filter(state_then__in=life.THERE)  # type: ignore[misc]

    def as_on(self, day: dt.date) -> InstitutionQuerySet:
        """With `state_then`, `registration_then` and `permit_then`: as they were at the end of `day`.

        Before its first step it stood as that step found it; one that was founded later drops out.
        """
        last = InstitutionStep.objects.filter(institution=OuterRef("pk"), day__lte=day).order_by("-day", "-pk")
        first = InstitutionStep.objects.filter(institution=OuterRef("pk")).order_by("day", "pk")

        def then(name: str) -> models.functions.Coalesce:
            return models.functions.Coalesce(
                Subquery(last.values(f"{name}_after")[:1]), Subquery(first.values(f"{name}_before")[:1]), name
            )

        there = self.filter(Q(founded_on=None) | Q(founded_on__lte=day))
        return there.annotate(
            state_then=then("state"), registration_then=then("registration"), permit_then=then("permit")
        )


@pghistory.track(level=pghistory.Statement)
class Institution(models.Model):
    """A training institution in its county's register. What became of it, and when, is said by its steps."""

    class Subject(models.TextChoices):
        ACADEMIC = "academic", "学科类"
        OTHER = "other", "非学科类"

    class Form(models.TextChoices):
        OFFLINE = "offline", "线下"
        ONLINE = "online", "线上"

    class State(models.TextChoices):
        OPERATING = life.State.OPERATING.value, "在营"
        SUSPENDED = life.State.SUSPENDED.value, "停业"
        CLOSED = life.State.CLOSED.value, "注销"
        CONVERTED = life.State.CONVERTED.value, "转型"
        REVOKED = life.State.REVOKED.value, "吊销"

    class Registration(models.TextChoices):
        PROFIT = life.Registration.PROFIT.value, "营利性"
        NON_PROFIT = life.Registration.NON_PROFIT.value, "非营利性"

    class Permit(models.TextChoices):
        NONE = life.Permit.NONE.value, "无"
        FILED = life.Permit.FILED.value, "已备案"
        APPROVED = life.Permit.APPROVED.value, "已审批"

    class Control(models.TextChoices):
        """Of money paid in advance."""

        NONE = "none", "没有"
        CUSTODY = "custody", "银行托管"
        DEPOSIT = "deposit", "风险保证金"
        STATED = "stated", "有（方式未登记）"

    county = models.ForeignKey(OrgUnit, models.PROTECT, related_name="institutions", verbose_name="所在县（市、区）")
    name = models.CharField("名称", max_length=100)
    credit_code = models.CharField(
        "统一社会信用代码", max_length=18, blank=True, validators=[validate_credit_code]
    )  # may be missing in old data
    subject = models.CharField("类别", max_length=10, choices=Subject)
    form = models.CharField("形式", max_length=10, choices=Form, default=Form.OFFLINE)
    authority = models.CharField("主管部门", max_length=40, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    approver = models.CharField("审批机关", max_length=60, blank=True)
    licence_no = models.CharField("许可证号", max_length=40, blank=True)
    licence_until = models.DateField("许可证有效期至", null=True, blank=True)
    founded_on = models.DateField("成立日期", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPERATING)
    registration = models.CharField("登记", max_length=10, choices=Registration, default=Registration.PROFIT)
    permit = models.CharField("许可", max_length=10, choices=Permit, default=Permit.NONE)
    on_platform = models.BooleanField("已入驻全国平台", default=False)
    model_contract = models.BooleanField("使用示范合同", default=False)
    contract_text = models.CharField("合同文本", max_length=60, blank=True)  # its title and edition
    guide_price = models.BooleanField("执行政府指导价", default=False)
    prepaid_control = models.CharField("预收费监管", max_length=10, choices=Control, default=Control.NONE)
    rest_days_found = models.BooleanField("曾占用节假日培训", default=False)
    rest_days_cleared = models.BooleanField("占用节假日培训已清理", default=False)
    made_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+"
    )  # null: from the command line
    made_at = models.DateTimeField(default=timezone.now)

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = "培训机构"
        ordering = ["county", "name"]
        constraints = [
            models.UniqueConstraint(
                name="training_institution_code_is_unique",
                fields=["credit_code"],
                condition=~Q(credit_code=""),
                violation_error_message="登记册里已有这个统一社会信用代码。",
            ),
            models.UniqueConstraint(
                name="training_institution_name_is_unique_while_there",
                fields=["county", "name"],
                condition=Q(state__in=["operating", "suspended"]),
                violation_error_message="这个县（市、区）已有同名的在营机构。",
            ),
            models.CheckConstraint(
                name="training_institution_has_a_name",
                condition=~Q(name=""),
                violation_error_message="请填写机构名称。",
            ),
            models.CheckConstraint(
                name="training_institution_cleared_was_found",
                condition=Q(rest_days_cleared=False) | Q(rest_days_found=True),
                violation_error_message="没有发现占用节假日培训的，不能填已清理。",
            ),
            models.CheckConstraint(
                name="training_institution_guide_price_is_for_academic_ones",
                condition=Q(guide_price=False) | Q(subject="academic"),
                violation_error_message="政府指导价只适用于学科类机构。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_academic(self) -> bool:
        return self.subject == self.Subject.ACADEMIC

    @property
    def standing(self) -> life.Standing:
        return life.Standing(life.State(self.state), life.Registration(self.registration), life.Permit(self.permit))


class InstitutionStep(models.Model):
    """What became of an institution on a day. Only the last one can be taken back, which the audit trail keeps."""

    class Kind(models.TextChoices):
        SUSPEND = life.Step.SUSPEND.value, "停业"
        RESUME = life.Step.RESUME.value, "恢复营业"
        FILE = life.Step.FILE.value, "备案"
        APPROVE = life.Step.APPROVE.value, "审批（含备改审）"
        TURN_NON_PROFIT = life.Step.TURN_NON_PROFIT.value, "营转非"
        CLOSE = life.Step.CLOSE.value, "注销"
        CONVERT = life.Step.CONVERT.value, "转型"
        REVOKE = life.Step.REVOKE.value, "吊销"

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="steps")
    kind = models.CharField("办理事项", max_length=20, choices=Kind)
    day = models.DateField("日期")
    reason = models.CharField("依据或说明", max_length=200, blank=True)
    state_before = models.CharField(max_length=10)
    registration_before = models.CharField(max_length=10)
    permit_before = models.CharField(max_length=10)
    state_after = models.CharField(max_length=10)
    registration_after = models.CharField(max_length=10)
    permit_after = models.CharField(max_length=10)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "机构变动"
        ordering = ["day", "pk"]
        indexes = [models.Index(name="training_step_of_institution", fields=["institution", "day"])]


class Baseline(models.Model):
    """The academic institutions of a county on a day, from which 压减 is counted; frozen once, never changed."""

    county = models.OneToOneField(OrgUnit, models.PROTECT, related_name="training_baseline")
    day = models.DateField("基数日期")
    made_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+"
    )  # null: from the command line
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "压减基数"
        triggers = [pgtrigger.Protect(name="baseline_is_frozen", operation=pgtrigger.Update | pgtrigger.Delete)]


class BaselineEntry(models.Model):
    """One institution of a baseline, with its form and permit as they were on its day."""

    baseline = models.ForeignKey(Baseline, models.PROTECT, related_name="entries")
    institution = models.OneToOneField(Institution, models.PROTECT, related_name="baseline_entry")
    form = models.CharField(max_length=10)
    permit = models.CharField(max_length=10)

    class Meta:
        triggers = [pgtrigger.Protect(name="entry_is_frozen", operation=pgtrigger.Update | pgtrigger.Delete)]
