"""Classes, how large they are, and the subjects taught in them."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from schools.calendar import school_year
from schools.dated import holding_on, in_order
from schools.models.units import School

GRADE_NAMES = ("", "一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "七年级", "八年级", "九年级")


# Without letters and digits that look alike: an address is also typed from paper.
BOARD_KEY_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
BOARD_KEY_LENGTH = 12


def new_board_key() -> str:
    """59 bits by chance: nobody finds a class's address by trying, or from another's."""
    return "".join(secrets.choice(BOARD_KEY_LETTERS) for _ in range(BOARD_KEY_LENGTH))


class ClassGroupQuerySet(models.QuerySet["ClassGroup"]):
    def on(self, day: dt.date) -> ClassGroupQuerySet:
        """Classes that exist on `day`."""
        return self.filter(holding_on(day))

    def inside(self, paths: Iterable[str]) -> ClassGroupQuerySet:
        return self.filter(school__in=School.objects.inside(paths))

    def with_pupils(self, day: dt.date) -> ClassGroupQuerySet:
        """With `pupils`, the number on the roll on `day`; None while it was never entered."""
        entries = ClassSize.objects.filter(class_group=OuterRef("pk"), first_day__lte=day).order_by("-first_day")
        return self.annotate(pupils=Subquery(entries.values("pupils")[:1]))

    def in_order(self) -> ClassGroupQuerySet:
        """By grade from the lowest, then by number. (Who entered later or lower is in a lower grade.)"""
        return self.order_by(F("entry_grade") - F("entry_year"), "number")


class ClassGroup(models.Model):
    """A class of pupils that entered together; it keeps its identity while its grade rises with the school year."""

    school = models.ForeignKey(School, models.PROTECT, related_name="classes")
    entry_year = models.PositiveSmallIntegerField("入学年份")
    entry_grade = models.PositiveSmallIntegerField("入学年级")  # 1, or the first junior grade
    number = models.PositiveSmallIntegerField("班号")
    first_day = models.DateField("开班日期")
    last_day = models.DateField("结束日期", null=True, blank=True)
    board_key = models.CharField(max_length=BOARD_KEY_LENGTH, unique=True, default=new_board_key)  # of its public page

    objects = ClassGroupQuerySet.as_manager()

    class Meta:
        verbose_name = "班级"
        constraints = [
            models.UniqueConstraint(
                name="schools_classgroup_once_per_school",
                fields=["school", "entry_year", "entry_grade", "number"],
                violation_error_message="这个班已经存在。",
            ),
            models.CheckConstraint(
                name="schools_classgroup_enters_in_grade_1_to_9",
                condition=Q(entry_grade__range=(1, 9)),
                violation_error_message="入学年级应为1到9。",
            ),
            models.CheckConstraint(
                name="schools_classgroup_number_is_1_to_99",
                condition=Q(number__range=(1, 99)),
                violation_error_message="班号应为1到99。",
            ),
            in_order("schools_classgroup_begins_before_it_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_year}级{self.number}班"

    def grade_on(self, day: dt.date) -> int:
        return self.entry_grade + school_year(day) - self.entry_year

    def name_on(self, day: dt.date) -> str:
        """As people say it: 三年级2班. A class before or after its years keeps the name of its entry."""
        grade = self.grade_on(day)
        return f"{GRADE_NAMES[grade]}{self.number}班" if 1 <= grade <= 9 else str(self)


class ClassSize(models.Model):
    """How many pupils are on the class's roll (在籍人数), from a day until the next entry."""

    class_group = models.ForeignKey(ClassGroup, models.CASCADE, related_name="sizes")
    first_day = models.DateField("起始日期")
    pupils = models.PositiveSmallIntegerField("在籍人数")

    class Meta:
        verbose_name = "在籍人数"
        constraints = [
            models.UniqueConstraint(
                name="schools_classsize_one_per_day",
                fields=["class_group", "first_day"],
                violation_error_message="这一天已登记过在籍人数。",
            ),
            models.CheckConstraint(
                name="schools_classsize_is_plausible",
                condition=Q(pupils__lte=150),
                violation_error_message="在籍人数应在0到150之间。",
            ),
        ]


class Subject(models.Model):
    """A subject, and the grades in which it sets homework: there its word is needed for a complete class-day."""

    code = models.CharField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=20, unique=True)
    rank = models.PositiveSmallIntegerField("排序", default=0)
    homework_grades = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name="布置作业的年级", default=list, blank=True
    )

    class Meta:
        verbose_name = "学科"
        ordering = ["rank"]

    def __str__(self) -> str:
        return self.name
