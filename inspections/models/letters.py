"""Letters of a bureau about findings: written, issued with a number, frozen, read by those whom they concern."""

from __future__ import annotations

import datetime as dt

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from inspections.models.findings import Finding
from schools.models import OrgUnit


class LetterQuerySet(models.QuerySet["Letter"]):
    def issued(self) -> LetterQuerySet:
        return self.filter(number__isnull=False)

    def issued_between(self, first_day: dt.date, last_day: dt.date) -> LetterQuerySet:
        """By the day they bear, both included."""
        return self.issued().filter(issued_on__range=(first_day, last_day))


class Letter(models.Model):
    """A draft until it is issued; from then on neither it nor its PDF changes (database trigger)."""

    class Kind(models.TextChoices):
        ADVICE = "advice", "整改建议书"
        URGE = "urge", "督办单"
        PRAISE = "praise", "表彰通报"
        NOTICE = "notice", "情况通报"
        PUNISH = "punish", "查处通报"

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="letters", verbose_name="发文单位")
    kind = models.CharField("文种", max_length=10, choices=Kind)
    addressee = models.ForeignKey(
        OrgUnit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="主送"
    )  # null: every school of the area
    issuer = models.CharField("发文机关", max_length=40)
    title = models.CharField("标题", max_length=100)
    body = models.TextField("正文", max_length=8000)
    word = models.CharField("代字", max_length=20)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    number = models.PositiveIntegerField(null=True, blank=True)
    findings = models.ManyToManyField(Finding, related_name="letters", blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    issued_on = models.DateField(null=True, blank=True)
    content = models.BinaryField(null=True, blank=True)  # the PDF
    sha256 = models.CharField(max_length=64, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = "文书"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(name="inspections_letter_number_once", fields=["unit", "kind", "year", "number"]),
            models.CheckConstraint(
                name="inspections_letter_issued_whole",
                condition=Q(number=None, year=None, issued_on=None, issued_by=None, content=None)
                | Q(
                    number__gte=1,
                    year__isnull=False,
                    issued_on__isnull=False,
                    issued_by__isnull=False,
                    content__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="inspections_letter_says_something",
                condition=~Q(title="") & ~Q(body="") & ~Q(word="") & ~Q(issuer=""),
                violation_error_message="请填写发文机关、代字、标题和正文。",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="issued_letter_is_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__number__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_issued(self) -> bool:
        return self.number is not None

    @property
    def serial(self) -> str:
        """发文字号 after GB/T 9704: 东县双减督建〔2026〕3号; empty for a draft."""
        return f"{self.word}〔{self.year}〕{self.number}号" if self.is_issued else ""


class LetterReading(models.Model):
    """Somebody whom the letter concerns has read it (收文回执)."""

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="readings")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["read_at"]
        constraints = [models.UniqueConstraint(name="inspections_letterreading_once", fields=["letter", "unit"])]
