"""What happens every day: sessions with their counts, exceptions of pupils, duties, incidents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from afterschool.models.booked import never_at_once_in_a_day
from afterschool.models.courses import CourseGroup, Pupil, Worker
from schools.models import School


class SessionQuerySet(models.QuerySet["Session"]):
    def on(self, day: dt.date) -> SessionQuerySet:
        return self.filter(day=day)

    def between(self, first_day: dt.date, last_day: dt.date) -> SessionQuerySet:
        return self.filter(day__range=(first_day, last_day))

    def held(self) -> SessionQuerySet:
        return self.filter(state=Session.State.HELD)

    def inside(self, paths: Iterable[str]) -> SessionQuerySet:
        return self.filter(school__in=School.objects.inside(paths))


class Session(models.Model):
    """One meeting of a group on a day. Attendance is counts and a row per exception (Absence); present is the rest.

    `worker` is set only where somebody stands in for the group's own teacher.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "未点名"
        HELD = "held", "已点名"
        CANCELLED = "cancelled", "未开展"

    group = models.ForeignKey(CourseGroup, models.PROTECT, related_name="sessions", db_index=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    starts_at = models.TimeField()
    ends_at = models.TimeField()
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    reason = models.CharField("未开展的原因", max_length=100, blank=True)
    worker = models.ForeignKey(Worker, models.PROTECT, null=True, blank=True, related_name="stood_in", db_index=False)
    expected = models.PositiveSmallIntegerField("应到", default=0)
    absent = models.PositiveSmallIntegerField("缺席", default=0)
    on_leave = models.PositiveSmallIntegerField("请假", default=0)
    left_early = models.PositiveSmallIntegerField("提前接走", default=0)
    content = models.CharField("看管记录", max_length=300, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(null=True, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "group"]
        constraints = [
            models.UniqueConstraint(name="afterschool_session_once", fields=["group", "day", "starts_at"]),
            models.CheckConstraint(
                name="afterschool_session_cancelled_says_why",
                condition=~Q(state="cancelled") | ~Q(reason=""),
                violation_error_message="没有开展的，请写明原因。",
            ),
            models.CheckConstraint(
                name="afterschool_session_parts_within_expected",
                condition=Q(expected__gte=F("absent") + F("on_leave") + F("left_early")),
                violation_error_message="缺席、请假和提前接走合计不能超过应到人数。",
            ),
            models.CheckConstraint(
                name="afterschool_session_held_was_recorded",
                condition=~Q(state="held") | Q(recorded_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="afterschool_session_of_school", fields=["school", "day"])]

    def __str__(self) -> str:
        return f"{self.group} {self.day} {self.starts_at:%H:%M}"

    @property
    def present(self) -> int:
        """Who came, those who left early too."""
        return self.expected - self.absent - self.on_leave


class Absence(models.Model):
    """A pupil who was not there like the others: absent, on leave, or fetched early."""

    class Kind(models.TextChoices):
        ABSENT = "absent", "缺席"
        ON_LEAVE = "on_leave", "请假"
        LEFT_EARLY = "left_early", "提前接走"

    session = models.ForeignKey(Session, models.CASCADE, related_name="absences", db_index=False)
    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="absences", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    left_at = models.TimeField("接走时间", null=True, blank=True)
    fetched_by = models.CharField("接走人", max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="afterschool_absence_once", fields=["session", "pupil"]),
            models.CheckConstraint(
                name="afterschool_absence_early_says_when_and_by_whom",
                condition=(Q(kind="left_early", left_at__isnull=False) & ~Q(fetched_by=""))
                | (~Q(kind="left_early") & Q(left_at=None, fetched_by="")),
                violation_error_message="提前接走请填写时间和接走人。",
            ),
        ]
        # For names to be forgotten. An index of all pupils' would take a tenth of what a day of a city takes.
        indexes = [models.Index(name="afterschool_absence_fetched", fields=["pupil"], condition=Q(kind="left_early"))]


class DutyQuerySet(models.QuerySet["Duty"]):
    def on(self, day: dt.date) -> DutyQuerySet:
        return self.filter(day=day)

    def standing(self) -> DutyQuerySet:
        """Not handed over to somebody else."""
        return self.filter(replaced_at=None)

    def inside(self, paths: Iterable[str]) -> DutyQuerySet:
        return self.filter(school__in=School.objects.inside(paths))


class Duty(models.Model):
    """Who is on duty at a school on a day: 值班领导, 巡查, or 代班 for the teacher of one session.

    That a group's own teacher serves in its sessions (带班) is said by the group, not here.
    """

    class Kind(models.TextChoices):
        LEAD = "lead", "值班领导"
        PATROL = "patrol", "巡查"
        SUBSTITUTE = "substitute", "代班"

    school = models.ForeignKey(School, models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="duties")
    session = models.ForeignKey(Session, models.PROTECT, null=True, blank=True, related_name="duties")
    starts_at = models.TimeField("开始")
    ends_at = models.TimeField("结束")
    replaced_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)

    objects = DutyQuerySet.as_manager()

    class Meta:
        ordering = ["day", "kind", "starts_at"]
        constraints = [
            models.CheckConstraint(
                name="afterschool_duty_substitute_has_a_session",
                condition=Q(kind="substitute", session__isnull=False) | (~Q(kind="substitute") & Q(session=None)),
            ),
            models.CheckConstraint(
                name="afterschool_duty_ends_after_it_starts",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message="结束时间必须晚于开始时间。",
            ),
            models.UniqueConstraint(
                name="afterschool_duty_one_substitute_at_a_time", fields=["session"], condition=Q(replaced_at=None)
            ),
            never_at_once_in_a_day(
                "afterschool_duty_worker_in_one_place",
                "worker",
                message="此人在这个时间已有另一项值班。",
                condition=Q(replaced_at=None),
            ),
        ]
        indexes = [models.Index(name="afterschool_duty_of_school", fields=["school", "day"])]


class IncidentQuerySet(models.QuerySet["Incident"]):
    def open(self) -> IncidentQuerySet:
        return self.filter(closed_at=None)

    def inside(self, paths: Iterable[str]) -> IncidentQuerySet:
        return self.filter(school__in=School.objects.inside(paths))


class Incident(models.Model):
    """Something that happened during service and that the principal must know of until it is closed (突发情况)."""

    school = models.ForeignKey(School, models.PROTECT, related_name="incidents")
    session = models.ForeignKey(Session, models.PROTECT, null=True, blank=True, related_name="incidents")
    day = models.DateField("日期")
    happened_at = models.TimeField("时间")
    what = models.CharField("发生了什么", max_length=300)
    first_aid = models.CharField("现场处置", max_length=300, blank=True)
    guardian_told_at = models.TimeField("通知家长时间", null=True, blank=True)
    follow_up = models.TextField("后续处理", max_length=3000, blank=True)  # a line a step, with its time
    reported_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(default=timezone.now)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField("处理结果", max_length=300, blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-happened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="afterschool_incident_says_what_happened",
                condition=~Q(what=""),
                violation_error_message="请写明发生了什么。",
            ),
            models.CheckConstraint(
                name="afterschool_incident_closed_with_an_outcome",
                condition=Q(closed_at=None, closed_by=None) | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                violation_error_message="请写明处理结果再办结。",
            ),
        ]
        indexes = [models.Index(name="afterschool_incident_open", fields=["school"], condition=Q(closed_at=None))]
