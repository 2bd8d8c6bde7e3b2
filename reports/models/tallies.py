"""Sums: what one school did on one day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import F, Q, Sum

from schools.dated import holding_on
from schools.models import School
from schools.models.units import beginning_with

# From a row of a school to the places of its unit.
PLACE = "school__unit__places__"


class TallyQuerySet(models.QuerySet):
    """Of a model whose COUNTS name what adds up."""

    def between(self, first_day: dt.date, last_day: dt.date) -> Self:
        """Days from first to last, both included."""
        return self.filter(day__range=(first_day, last_day))

    def below(self, paths: Iterable[str]) -> Self:
        """Rows of schools that stood at or below these paths on the row's own day, joined to that place.

        A school that changed county keeps its past there. One filter, because each further filter over a to-many
        relation would join the places anew.
        """
        return self.filter(beginning_with(f"{PLACE}path", paths) & holding_on(F("day"), PLACE))

    def sums(self) -> dict[str, int]:
        """The sum of every count; 0 where there is no row."""
        return {name: total or 0 for name, total in self.aggregate(**self._sums()).items()}

    def sums_by(self, *keys: str) -> models.QuerySet[Any, dict[str, object]]:
        """One dict per combination of `keys`, with the sum of every count."""
        return self.order_by().values(*keys).annotate(**self._sums()).order_by(*keys)

    def _sums(self) -> dict[str, Sum]:
        return {name: Sum(name) for name in self.model.COUNTS}  # type: ignore[attr-defined]


class HomeworkTally(models.Model):
    """Homework of one grade of one school on one school day: the finest grain the reports know.

    Derived data: reports.rollup may delete and rebuild any day at any time. County and city figures are sums of these
    rows, never stored, so that no two levels can disagree. Days-off notices are counted apart from ordinary days.
    """

    COUNTS = (
        "classes",
        "subjects_due",
        "subjects_spoken",
        "published",
        "complete",
        "on_time",
        "judged",
        "over_limit",
        "written_minutes",
        "days_off",
        "days_off_over",
        "waiting",
    )

    # Unchecked by the database: the rows come from the schools' own, and checking each again doubles a rebuild's cost.
    school = models.ForeignKey(School, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    day = models.DateField()
    grade = models.PositiveSmallIntegerField(db_comment="1 to 9")
    classes = models.PositiveIntegerField(db_comment="class-days due by the calendar")
    subjects_due = models.PositiveIntegerField(db_comment="subject-class-days whose word was needed")
    subjects_spoken = models.PositiveIntegerField(db_comment="of these, those that set homework or said there is none")
    published = models.PositiveIntegerField(db_comment="class-days with anything public")
    complete = models.PositiveIntegerField(db_comment="class-days accounted for in full")
    on_time = models.PositiveIntegerField(db_comment="of these, complete by the cut-off")
    judged = models.PositiveIntegerField(db_comment="complete class-days that cover one ordinary day")
    over_limit = models.PositiveIntegerField(db_comment="of the judged, those over the limit")
    written_minutes = models.PositiveIntegerField(db_comment="minutes of written home homework of the judged")
    days_off = models.PositiveIntegerField(db_comment="complete class-days whose notice covers days off")
    days_off_over = models.PositiveIntegerField(db_comment="of these, those over the limit")
    waiting = models.PositiveIntegerField(db_comment="class-days over the limit on which 教导处 has not decided")

    objects = TallyQuerySet.as_manager()

    class Meta:
        db_table_comment = "Grain: school x school day x grade. Rebuilt by reports.rollup; do not edit."
        constraints = [
            models.UniqueConstraint(name="reports_homeworktally_once", fields=["day", "school", "grade"]),
            models.CheckConstraint(
                name="reports_homeworktally_parts_within_wholes",
                condition=Q(
                    subjects_spoken__lte=F("subjects_due"),
                    published__lte=F("classes"),
                    complete__lte=F("published"),
                    on_time__lte=F("complete"),
                    judged=F("complete") - F("days_off"),
                    over_limit__lte=F("judged"),
                    days_off_over__lte=F("days_off"),
                ),
            ),
        ]
        indexes = [models.Index(name="reports_homeworktally_school", fields=["school", "day"])]


class ServiceTally(models.Model):
    """After-school service of one school on one school day, also where nothing happened.

    Derived data like HomeworkTally. Who took part or served on some day of several is not the sum of these rows: see
    reports.service. The flags are 0 or 1, so that they add up to days.
    """

    COUNTS = (
        "days",
        "planned",
        "held",
        "cancelled",
        "expected",
        "present",
        "absent",
        "on_leave",
        "left_early",
        "workers",
        "outside_workers",
        "minutes",
        "served",
        "has_break",
        "unexcused",
        "plan_in_force",
        "plan_ok",
    )

    # Unchecked by the database, as in HomeworkTally.
    school = models.ForeignKey(School, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    day = models.DateField()
    days = models.PositiveSmallIntegerField(default=1, db_comment="school-days due by the calendar: 1")
    planned = models.PositiveIntegerField(db_comment="sessions of the day, whatever became of them")
    held = models.PositiveIntegerField(db_comment="of these, those whose roll was called")
    cancelled = models.PositiveIntegerField(db_comment="of the planned, those cancelled with a reason")
    expected = models.PositiveIntegerField(db_comment="pupils expected at the held sessions, once for each")
    present = models.PositiveIntegerField(db_comment="of these, those who came")
    absent = models.PositiveIntegerField(db_comment="of the expected, those who stayed away without leave")
    on_leave = models.PositiveIntegerField(db_comment="of the expected, those on leave")
    left_early = models.PositiveIntegerField(db_comment="of the present, those fetched early")
    workers = models.PositiveIntegerField(db_comment="distinct persons who served in the held sessions")
    outside_workers = models.PositiveIntegerField(db_comment="of these, those who are not the school's own teachers")
    minutes = models.PositiveIntegerField(db_comment="minutes of the clock covered by held sessions")
    served = models.PositiveSmallIntegerField(db_comment="1 where a session was held")
    has_break = models.PositiveSmallIntegerField(
        db_comment="1 where the school gave a reason for a day without service"
    )
    unexcused = models.PositiveSmallIntegerField(db_comment="1 where neither a session nor a reason is known")
    plan_in_force = models.PositiveSmallIntegerField(db_comment="1 where a filed plan was in force")
    plan_ok = models.PositiveSmallIntegerField(db_comment="1 where that plan keeps every rule of time")

    objects = TallyQuerySet.as_manager()

    class Meta:
        db_table_comment = "Grain: school x school day. Rebuilt by reports.rollup; do not edit."
        constraints = [
            models.UniqueConstraint(name="reports_servicetally_once", fields=["day", "school"]),
            models.CheckConstraint(
                name="reports_servicetally_parts_within_wholes",
                condition=Q(
                    days=1,
                    planned__gte=F("held") + F("cancelled"),
                    present=F("expected") - F("absent") - F("on_leave"),
                    left_early__lte=F("present"),
                    outside_workers__lte=F("workers"),
                    workers__lte=F("held"),
                    served__lte=F("held"),
                    has_break__lte=1,
                    unexcused__lte=1 - F("served"),
                    plan_in_force__lte=1,
                    plan_ok__lte=F("plan_in_force"),
                ),
            ),
        ]
        indexes = [models.Index(name="reports_servicetally_school", fields=["school", "day"])]
