"""Rooms, people who serve, courses and their groups of a term."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pghistory
from django.contrib.postgres.fields import ArrayField, IntegerRangeField
from django.db import models
from django.db.models import Count, F, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.models import User
from afterschool import policy
from afterschool.models.booked import never_at_once
from afterschool.models.plans import AdmittedBody
from afterschool.models.words import CourseKind, Nature, WorkerKind
from afterschool.week import Slot, as_slots, in_words
from schools.dated import hashed, holding_between, holding_on, in_order, no_overlap, not_over
from schools.models import School


class RoomQuerySet(models.QuerySet["Room"]):
    def inside(self, paths: Iterable[str]) -> RoomQuerySet:
        return self.filter(school__in=School.objects.inside(paths))


class Room(models.Model):
    """A place in a school where service is held."""

    school = models.ForeignKey(School, models.PROTECT, related_name="rooms")
    name = models.CharField("名称", max_length=40)
    is_closed = models.BooleanField("停用", default=False)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = "场地"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                name="afterschool_room_once_per_school",
                fields=["school", "name"],
                violation_error_message="本校已有这个场地。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class WorkerQuerySet(models.QuerySet["Worker"]):
    def on(self, day: dt.date) -> WorkerQuerySet:
        """On the school's list on `day`."""
        return self.filter(holding_on(day))

    def not_over(self, day: dt.date) -> WorkerQuerySet:
        return self.filter(not_over(day))

    def inside(self, paths: Iterable[str]) -> WorkerQuerySet:
        return self.filter(school__in=School.objects.inside(paths))


@pghistory.track(level=pghistory.Statement)
class Worker(models.Model):
    """Somebody who serves in a school's after-school service (课后服务人员). Only the school's own need an account."""

    school = models.ForeignKey(School, models.PROTECT, related_name="service_workers")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="service_at")
    name = models.CharField("姓名", max_length=30)
    kind = models.CharField("类别", max_length=10, choices=WorkerKind)
    body = models.ForeignKey(AdmittedBody, models.PROTECT, null=True, blank=True, related_name="workers")
    qualification = models.CharField("资质", max_length=100, blank=True)
    qualified_until = models.DateField("资质到期", null=True, blank=True)
    first_day = models.DateField("起始日期")
    last_day = models.DateField("截止日期", null=True, blank=True)

    objects = WorkerQuerySet.as_manager()

    class Meta:
        verbose_name = "课后服务人员"
        ordering = ["kind", "name", "pk"]
        constraints = [
            in_order("afterschool_worker_begins_before_it_ends"),
            models.UniqueConstraint(
                name="afterschool_worker_once_per_school",
                fields=["school", "user"],
                condition=Q(last_day=None),
                violation_error_message="此人已在本校课后服务人员名单上。",
            ),
            models.CheckConstraint(
                name="afterschool_worker_own_teacher_has_an_account",
                condition=~Q(kind="own") | Q(user__isnull=False),
                violation_error_message="本校教师请从教职工中选。",
            ),
            models.CheckConstraint(
                name="afterschool_worker_of_a_body_names_it",
                condition=Q(kind="body", body__isnull=False) | (~Q(kind="body") & Q(body=None)),
                violation_error_message="准入机构人员请选所在机构，其他人不选。",
            ),
            models.CheckConstraint(
                name="afterschool_worker_from_outside_is_qualified",
                condition=~Q(kind__in=["outside", "body"]) | ~Q(qualification=""),
                violation_error_message="校外人员请填写资质。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def fitness(self) -> policy.Fitness:
        """`body` is read."""
        return policy.Fitness(
            kind=self.kind,
            first_day=self.first_day,
            last_day=self.last_day,
            qualified_until=self.qualified_until,
            admitted_from=self.body.first_day if self.body else None,
            admitted_until=self.body.last_day if self.body else None,
        )


class CourseQuerySet(models.QuerySet["Course"]):
    def inside(self, paths: Iterable[str]) -> CourseQuerySet:
        return self.filter(school__in=School.objects.inside(paths))


class Course(models.Model):
    """What a school offers: 作业辅导, 阅读, 乒乓球 …"""

    school = models.ForeignKey(School, models.PROTECT, related_name="courses")
    name = models.CharField("名称", max_length=40)
    kind = models.CharField("类型", max_length=10, choices=CourseKind)
    nature = models.CharField("做什么", max_length=10, choices=Nature)
    about = models.CharField("简介", max_length=200, blank=True)
    is_closed = models.BooleanField("停开", default=False)

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = "课程"
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(
                name="afterschool_course_once_per_school",
                fields=["school", "name"],
                violation_error_message="本校已有这门课程。",
            ),
            models.CheckConstraint(
                name="afterschool_course_is_no_lesson",
                condition=Q(nature__in=["guidance", "interest"]),
                violation_error_message="课后服务不得讲授新课或集体补课。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CourseGroupQuerySet(models.QuerySet["CourseGroup"]):
    def on(self, day: dt.date) -> CourseGroupQuerySet:
        return self.filter(holding_on(day))

    def touching(self, first_day: dt.date, last_day: dt.date) -> CourseGroupQuerySet:
        return self.filter(holding_between(first_day, last_day))

    def inside(self, paths: Iterable[str]) -> CourseGroupQuerySet:
        return self.filter(school__in=School.objects.inside(paths))

    def not_over(self, day: dt.date) -> CourseGroupQuerySet:
        """In force on `day` or to begin later."""
        return self.filter(last_day__gte=day)

    def of_teacher(self, user: User) -> CourseGroupQuerySet:
        return self.filter(worker__user=user)

    def with_taken(self, today: dt.date) -> CourseGroupQuerySet:
        """With `taken`, how many are in it today; of a group yet to begin, on its first day."""
        day = Greatest(F("first_day"), Value(today))
        return self.annotate(
            taken=Count("enrolments", filter=Q(enrolments__first_day__lte=day, enrolments__last_day__gte=day))
        )


class CourseGroup(models.Model):
    """A group of a course in a term (班组): who teaches it where and when, for which grades, for how many.

    `weekly` is its timetable in minutes of the week; each pupil's enrolment carries a copy, for the database to tell
    who would be in two places at once.
    """

    school = models.ForeignKey(School, models.PROTECT, related_name="course_groups")
    course = models.ForeignKey(Course, models.PROTECT, related_name="groups")
    name = models.CharField("班组名称", max_length=40)
    grades = ArrayField(models.PositiveSmallIntegerField(), verbose_name="年级")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="groups", verbose_name="教师")
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="groups", verbose_name="场地")
    capacity = models.PositiveSmallIntegerField("人数上限")
    weekly = ArrayField(IntegerRangeField(), verbose_name="每周时间")
    first_day = models.DateField("起始日期")
    last_day = models.DateField("截止日期")

    objects = CourseGroupQuerySet.as_manager()

    class Meta:
        verbose_name = "班组"
        ordering = ["name", "pk"]
        constraints = [
            in_order("afterschool_coursegroup_begins_before_it_ends"),
            never_at_once(
                "afterschool_coursegroup_worker_in_one_place",
                "worker",
                message="这位教师在这个时间已有另一个班组。",
            ),
            never_at_once(
                "afterschool_coursegroup_room_holds_one",
                "room",
                message="这个场地在这个时间已有另一个班组。",
                condition=Q(room__isnull=False),
            ),
            no_overlap(
                "afterschool_coursegroup_name_once_at_a_time",
                "school",
                hashed("name"),
                message="这段时间已有同名的班组，请换一个名称。",
            ),
            models.CheckConstraint(
                name="afterschool_coursegroup_capacity_is_1_to_200",
                condition=Q(capacity__range=(1, 200)),
                violation_error_message="人数上限应在1到200之间。",
            ),
            models.CheckConstraint(
                name="afterschool_coursegroup_has_a_time",
                condition=Q(weekly__len__gt=0),
                violation_error_message="请选择每周上课的时间。",
            ),
        ]
        indexes = [models.Index(name="afterschool_group_of_school", fields=["school", "first_day"])]

    def __str__(self) -> str:
        return self.name

    @property
    def slots(self) -> list[Slot]:
        return as_slots((one.lower, one.upper) for one in self.weekly)

    @property
    def times(self) -> list[str]:
        return in_words(self.slots)


class PupilQuerySet(models.QuerySet["Pupil"]):
    def named(self) -> PupilQuerySet:
        """Whose name has not been removed."""
        return self.filter(erased_at=None)

    def inside(self, paths: Iterable[str]) -> PupilQuerySet:
        return self.filter(school__in=School.objects.inside(paths))


class Pupil(models.Model):
    """A pupil on a roster: name, class and the code that the school gave her. Nothing more is kept of her.

    A year after she was last enrolled the name and the code go; her attendance stays as a count.
    """

    school = models.ForeignKey(School, models.PROTECT, related_name="service_pupils")
    class_group = models.ForeignKey("schools.ClassGroup", models.PROTECT, related_name="service_pupils")
    code = models.CharField("学号", max_length=20, blank=True)
    name = models.CharField("姓名", max_length=30, blank=True)
    listed_on = models.DateField(default=timezone.localdate)  # when the school last gave her name
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = PupilQuerySet.as_manager()

    class Meta:
        verbose_name = "学生"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                name="afterschool_pupil_code_once_per_school",
                fields=["school", "code"],
                condition=Q(erased_at=None),
                violation_error_message="本校已有这个学号。",
            ),
            models.CheckConstraint(
                name="afterschool_pupil_has_a_name_until_erased",
                condition=(Q(erased_at=None) & ~Q(name="") & ~Q(code=""))
                | Q(erased_at__isnull=False, name="", code=""),
                violation_error_message="请填写学号和姓名。",
            ),
        ]

    def __str__(self) -> str:
        return self.name or "（姓名已删除）"


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def inside(self, paths: Iterable[str]) -> EnrolmentQuerySet:
        return self.filter(group__school__in=School.objects.inside(paths))

    def on(self, day: dt.date) -> EnrolmentQuerySet:
        return self.filter(holding_on(day))

    def not_over(self, day: dt.date) -> EnrolmentQuerySet:
        return self.filter(not_over(day))

    def touching(self, first_day: dt.date, last_day: dt.date) -> EnrolmentQuerySet:
        return self.filter(holding_between(first_day, last_day))


class Enrolment(models.Model):
    """A pupil in a group, from a day to a day. Leaving ends it; what is taken back before it begins is deleted."""

    group = models.ForeignKey(CourseGroup, models.PROTECT, related_name="enrolments")
    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="enrolments")
    first_day = models.DateField("加入日期")
    last_day = models.DateField("退出日期")
    weekly = ArrayField(IntegerRangeField())  # the group's
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [
            in_order("afterschool_enrolment_begins_before_it_ends"),
            never_at_once(
                "afterschool_enrolment_pupil_in_one_place",
                "pupil",
                message="这名学生在这个时间已在另一个班组。",
            ),
        ]
