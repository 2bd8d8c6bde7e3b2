"""Who does what where, from a day to a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import User
from schools.dated import holding_on, in_order, no_overlap, not_over
from schools.models.classes import ClassGroup, Subject
from schools.models.units import OrgUnit, School, UnitPlace


class Role(models.TextChoices):
    """What a posting makes of a user. 班主任 is not among them: that is a dated row per class, HeadTeacher."""

    TEACHER = "teacher", "教师"
    ACADEMIC_OFFICE = "academic_office", "教导处"
    PRINCIPAL = "principal", "校长"
    SUPERVISOR = "supervisor", "责任督学"
    OFFICER = "officer", "教育局工作人员"
    LIAISON = "liaison", "成员单位联络员"
    ADMIN = "admin", "系统管理员"


class Duty(models.TextChoices):
    """An officer's part in a report."""

    MAKER = "maker", "填表"
    CHECKER = "checker", "审核"
    SIGNER = "signer", "签发"


class DatedQuerySet(models.QuerySet):
    def on(self, day: dt.date) -> Self:
        """Rows in force on `day`."""
        return self.filter(holding_on(day))

    def not_over(self, day: dt.date) -> Self:
        """Rows in force on `day` or to begin later."""
        return self.filter(not_over(day))


class PostingQuerySet(DatedQuerySet):
    def inside(self, paths: Iterable[str]) -> Self:
        """Postings at units of today within a user's scope (`schools.access.scope`)."""
        return self.filter(unit__in=OrgUnit.objects.inside(paths))

    def placed(self, day: dt.date) -> Self:
        """With the unit's `path` on `day`; None where it had no place."""
        places = UnitPlace.objects.on(day).filter(unit=models.OuterRef("unit"))
        return self.annotate(path=models.Subquery(places.values("path")[:1]))

    def matching(self, text: str) -> Self:
        """By a part of the person's or the unit's name, a part of the phone number, or the 工号."""
        whose = Q(user__name__contains=text) | Q(user__phone__contains=text) | Q(user__employments__staff_no=text)
        return self.filter(whose | Q(unit__name__contains=text))


@pghistory.track(level=pghistory.Statement)
class Posting(models.Model):
    """A user's role at one unit; it counts for everything below the unit."""

    user = models.ForeignKey(User, models.PROTECT, related_name="postings")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="postings")
    role = models.CharField("角色", max_length=20, choices=Role)
    duties = ArrayField(
        models.CharField(max_length=10, choices=Duty), verbose_name="报表职责", default=list, blank=True
    )
    first_day = models.DateField("起始日期")
    last_day = models.DateField("截止日期", null=True, blank=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位"
        constraints = [
            in_order("schools_posting_begins_before_it_ends"),
            models.CheckConstraint(
                name="schools_posting_duties_are_an_officers",
                condition=Q(duties=[]) | Q(role="officer"),
                violation_error_message="只有教育局工作人员才有报表职责。",
            ),
            models.UniqueConstraint(
                name="schools_posting_one_open_per_role_and_unit",
                fields=["user", "unit", "role"],
                condition=Q(last_day=None),
                violation_error_message="此人在该单位已有这个角色。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.unit} {self.get_role_display()}"


class Staff(models.Model):
    """A teacher in post at a school, by whose 工号 she may sign in."""

    school = models.ForeignKey(School, models.PROTECT, related_name="staff")
    user = models.ForeignKey(User, models.PROTECT, related_name="employments")
    staff_no = models.CharField("工号", max_length=20)
    first_day = models.DateField("到岗日期")
    last_day = models.DateField("离岗日期", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "教职工"
        constraints = [
            models.UniqueConstraint(
                name="schools_staff_number_is_unique_in_the_school",
                fields=["school", "staff_no"],
                violation_error_message="本校已有这个工号。",
            ),
            no_overlap("schools_staff_in_post_once", "school", "user", message="此人在本校已在岗。"),
            in_order("schools_staff_begins_before_it_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.staff_no} {self.user}"


class HeadTeacher(models.Model):
    """The 班主任 of a class."""

    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="head_teachers")
    user = models.ForeignKey(User, models.PROTECT, related_name="head_teacher_of")
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "班主任"
        constraints = [
            no_overlap("schools_headteacher_one_per_class", "class_group", message="这个班在这段时间已有班主任。"),
            in_order("schools_headteacher_begins_before_it_ends"),
        ]


class TeachingQuerySet(DatedQuerySet):
    def inside(self, paths: Iterable[str]) -> TeachingQuerySet:
        return self.filter(class_group__school__in=School.objects.inside(paths))


@pghistory.track(level=pghistory.Statement)
class Teaching(models.Model):
    """Who teaches which subject to which class."""

    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="teachings")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    teacher = models.ForeignKey(User, models.PROTECT, related_name="teachings")
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)

    objects = TeachingQuerySet.as_manager()

    class Meta:
        verbose_name = "任课"
        constraints = [
            no_overlap(
                "schools_teaching_once",
                "class_group",
                "subject",
                "teacher",
                message="这位教师已在这段时间任教该班该学科。",
            ),
            in_order("schools_teaching_begins_before_it_ends"),
        ]
        indexes = [models.Index(name="schools_teaching_of_teacher", fields=["teacher", "first_day"])]
