"""What an institution teaches, when and for how much, who works there, and the prices that the State's offices set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from schools.models import OrgUnit
from training.models.register import Institution
from training.policy import yuan


class ClassSize(models.TextChoices):
    """As price offices divide them; the ceilings of each are theirs to set."""

    ONE = "one", "一对一"
    SMALL = "small", "10人以下"
    MIDDLE = "middle", "10—35人"
    LARGE = "large", "35人以上"


class CourseQuerySet(models.QuerySet["Course"]):
    def inside(self, paths: Iterable[str]) -> CourseQuerySet:
        return self.filter(institution__county__in=OrgUnit.objects.inside(paths))


class Course(models.Model):
    """A course on sale: `cents` for all its lessons, of `lesson_minutes` each."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="courses")
    name = models.CharField("课程", max_length=60)
    size = models.CharField("班型", max_length=10, choices=ClassSize)
    lessons = models.PositiveSmallIntegerField("课时数")
    lesson_minutes = models.PositiveSmallIntegerField("每课时分钟")
    cents = models.BigIntegerField("总价")
    first_day = models.DateField("开课日期")
    last_day = models.DateField("结课日期")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = "课程"
        ordering = ["-last_day", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="training_course_name_once_from_a_day",
                fields=["institution", "name", "first_day"],
                violation_error_message="这天开课的同名课程已经登记过。",
            ),
            models.CheckConstraint(
                name="training_course_has_lessons",
                condition=Q(lessons__gt=0, lesson_minutes__gt=0, cents__gte=0),
                violation_error_message="课时数和每课时分钟要大于0，总价不能是负数。",
            ),
            models.CheckConstraint(
                name="training_course_starts_before_it_ends",
                condition=Q(last_day__gte=F("first_day")),
                violation_error_message="结课日期不能早于开课日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> str:
        return yuan(self.cents)


class CourseSlot(models.Model):
    """When a course is held in the week. Times are minutes of the day; weekday 1 is Monday."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="slots")
    weekday = models.PositiveSmallIntegerField()
    start_minute = models.PositiveSmallIntegerField()
    end_minute = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["weekday", "start_minute"]
        constraints = [
            models.CheckConstraint(
                name="training_course_slot_starts_before_it_ends",
                condition=Q(start_minute__lt=F("end_minute"), end_minute__lte=1440),
                violation_error_message="上课的结束时间要晚于开始时间。",
            ),
            models.CheckConstraint(
                name="training_course_slot_is_in_the_week", condition=Q(weekday__gte=1, weekday__lte=7)
            ),
        ]


class GuidePriceQuerySet(models.QuerySet["GuidePrice"]):
    def inside(self, paths: Iterable[str]) -> GuidePriceQuerySet:
        return self.filter(unit__in=OrgUnit.objects.inside(paths))

    def of_area(self, codes: Iterable[str], day: dt.date) -> GuidePriceQuerySet:
        """Those set by the units with these codes and in force on `day`, the latest and nearest last."""
        return self.filter(unit__code__in=codes, first_day__lte=day).order_by("unit__level", "first_day", "pk")


class GuidePrice(models.Model):
    """政府指导价: the most that a lesson of so many minutes may cost, of academic training, from a day on."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    form = models.CharField("形式", max_length=10, choices=Institution.Form)
    size = models.CharField("班型", max_length=10, choices=ClassSize)
    minutes = models.PositiveSmallIntegerField("标准课时分钟")
    cents = models.BigIntegerField("最高限价")
    document = models.CharField("文件", max_length=100)
    first_day = models.DateField("执行日期")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = GuidePriceQuerySet.as_manager()

    class Meta:
        verbose_name = "政府指导价"
        ordering = ["form", "size", "-first_day"]
        constraints = [
            models.UniqueConstraint(
                name="training_guide_price_one_from_a_day",
                fields=["unit", "form", "size", "first_day"],
                violation_error_message="这一天起的同一班型已有指导价。",
            ),
            models.CheckConstraint(
                name="training_guide_price_is_a_price",
                condition=Q(cents__gt=0, minutes__gt=0),
                violation_error_message="价格和分钟要大于0。",
            ),
        ]

    @property
    def words(self) -> str:
        return f"{yuan(self.cents)}／{self.minutes}分钟"


class EmployeeQuerySet(models.QuerySet["Employee"]):
    def inside(self, paths: Iterable[str]) -> EmployeeQuerySet:
        return self.filter(institution__county__in=OrgUnit.objects.inside(paths))


class Employee(models.Model):
    """Somebody who works at an institution, from a day to a day."""

    class Post(models.TextChoices):
        TEACHER = "teacher", "教学人员"
        RESEARCH = "research", "教研人员"
        ASSISTANT = "assistant", "助教、带班"
        OTHER = "other", "其他人员"

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="employees")
    name = models.CharField("姓名", max_length=30)
    post = models.CharField("岗位", max_length=10, choices=Post)
    qualification = models.CharField("资格证明", max_length=60, blank=True)
    first_day = models.DateField("到岗日期")
    last_day = models.DateField("离岗日期", null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = EmployeeQuerySet.as_manager()

    class Meta:
        verbose_name = "从业人员"
        ordering = ["post", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="training_employee_once_at_a_time",
                fields=["institution", "name", "post"],
                condition=Q(last_day=None),
                violation_error_message="这个人已经登记在这个岗位。",
            ),
            models.CheckConstraint(
                name="training_employee_comes_before_leaving",
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                violation_error_message="离岗日期不能早于到岗日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def lacks_qualification(self) -> bool:
        """Who teaches or does research needs a certificate (国家: 教学、教研人员应具备教师资格或专业能力证明)."""
        return self.post in (self.Post.TEACHER, self.Post.RESEARCH) and not self.qualification
