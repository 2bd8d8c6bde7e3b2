"""Spot checks of homework (作业检查): a plan, a draw that can be repeated, a record, a summary. They mark nobody."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from schools.dated import in_order
from schools.models import ClassGroup, School, Subject


class SpotCheckQuerySet(models.QuerySet["SpotCheck"]):
    def inside(self, paths: Iterable[str]) -> SpotCheckQuerySet:
        return self.filter(school__in=School.objects.inside(paths))


class SpotCheck(models.Model):
    """One check of a school's homework, with the seed and the list from which its classes and subjects were drawn.

    It is finished by its summary; then nothing in it changes any more.
    """

    school = models.ForeignKey(School, models.PROTECT, related_name="spot_checks")
    title = models.CharField("检查名称", max_length=100)
    scheme = models.TextField("检查方案", max_length=1000, blank=True)
    first_day = models.DateField("检查作业起始日期")
    last_day = models.DateField("检查作业截止日期")
    seed = models.PositiveIntegerField("抽样种子")
    # What was drawn from, frozen: [class id, subject id] of each, in order. So anybody can draw again.
    drawn_from = models.JSONField("抽样名单", default=list)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    summary = models.TextField("小结", max_length=1000, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = SpotCheckQuerySet.as_manager()

    class Meta:
        constraints = [
            in_order("homework_spotcheck_begins_before_it_ends"),
            models.CheckConstraint(
                name="homework_spotcheck_has_a_title",
                condition=~Q(title=""),
                violation_error_message="请填写检查名称。",
            ),
            models.CheckConstraint(
                name="homework_spotcheck_finished_with_a_summary",
                condition=Q(finished_at=None) | ~Q(summary=""),
                violation_error_message="请填写小结。",
            ),
        ]
        indexes = [models.Index(name="homework_spotcheck_of_school", fields=["school", "last_day"])]

    def __str__(self) -> str:
        return self.title


class SpotCheckSampleQuerySet(models.QuerySet["SpotCheckSample"]):
    def inside(self, paths: Iterable[str]) -> SpotCheckSampleQuerySet:
        return self.filter(check_of__school__in=School.objects.inside(paths))


class SpotCheckSample(models.Model):
    """One class and subject that was drawn, and what was seen there. Unrecorded until `recorded_at`."""

    check_of = models.ForeignKey(SpotCheck, models.CASCADE, related_name="samples")
    place = models.PositiveSmallIntegerField("序号")
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", db_index=False)
    is_all_marked = models.BooleanField("全批全改", null=True, blank=True)
    is_layered = models.BooleanField("分层布置", null=True, blank=True)
    is_face_to_face = models.BooleanField("有面批", null=True, blank=True)
    problems = models.CharField("问题", max_length=300, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(null=True, blank=True)

    objects = SpotCheckSampleQuerySet.as_manager()

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(name="homework_spotchecksample_one_per_place", fields=["check_of", "place"]),
            models.UniqueConstraint(
                name="homework_spotchecksample_drawn_once", fields=["check_of", "class_group", "subject"]
            ),
            models.CheckConstraint(
                name="homework_spotchecksample_recorded_whole",
                condition=Q(
                    recorded_at=None, recorded_by=None, is_all_marked=None, is_layered=None, is_face_to_face=None
                )
                | Q(
                    recorded_at__isnull=False,
                    recorded_by__isnull=False,
                    is_all_marked__isnull=False,
                    is_layered__isnull=False,
                    is_face_to_face__isnull=False,
                ),
                violation_error_message="请逐项选择是或否。",
            ),
        ]
