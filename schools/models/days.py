"""The calendar as tables: terms, each school's days, changes to them, off-work times, the outbox of changed days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import connection, models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from schools.dated import in_order
from schools.models.units import OrgUnit, School

# A city's change of its calendar concerns 100,000 school-days: model objects would cost several times the statement.
NOTE_SQL = """
    INSERT INTO schools_changedday (school_id, day, at)
    SELECT school, day, %s FROM unnest(%s::bigint[], %s::date[]) AS changed (school, day)
"""
ADD_SQL = """
    INSERT INTO schools_schoolday (school_id, day, is_cancelled)
    SELECT school, day, false FROM unnest(%s::bigint[], %s::date[]) AS added (school, day)
"""
TURN_SQL = """
    UPDATE schools_schoolday AS stored SET is_cancelled = NOT is_cancelled
    FROM unnest(%s::bigint[], %s::date[]) AS turned (school, day)
    WHERE stored.school_id = turned.school AND stored.day = turned.day
"""


class Term(models.Model):
    """A term of a city's or county's schools. Its school days follow the statutory calendar, then changes by hand."""

    class Half(models.TextChoices):
        AUTUMN = "autumn", "秋季学期"
        SPRING = "spring", "春季学期"

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="terms")
    school_year = models.PositiveSmallIntegerField("学年")  # the year in which it began
    half = models.CharField("学期", max_length=6, choices=Half)
    first_day = models.DateField("开学日期")
    last_day = models.DateField("放假前最后一天")

    class Meta:
        verbose_name = "学期"
        constraints = [
            models.UniqueConstraint(
                name="schools_term_once_per_unit",
                fields=["unit", "school_year", "half"],
                violation_error_message="这个学期已经设置过。",
            ),
            in_order("schools_term_begins_before_it_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.school_year}—{self.school_year + 1}学年{self.get_half_display()}"


class CalendarChange(models.Model):
    """A county, city or school teaches on a day that the calendar calls free, or the other way round.

    The lowest unit's word counts.
    """

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="calendar_changes")
    day = models.DateField("日期")
    teaches = models.BooleanField("上课")
    reason = models.CharField("原因", max_length=100)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "校历调整"
        constraints = [
            models.UniqueConstraint(
                name="schools_calendarchange_one_per_unit_and_day",
                fields=["unit", "day"],
                violation_error_message="这一天已有调整，请修改原来的一条。",
            ),
            models.CheckConstraint(
                name="schools_calendarchange_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message="请写明调整原因。",
            ),
        ]


class SchoolDayQuerySet(models.QuerySet["SchoolDay"]):
    def held(self) -> SchoolDayQuerySet:
        """Days on which the school teaches."""
        return self.filter(is_cancelled=False)

    def between(self, first_day: dt.date, last_day: dt.date) -> SchoolDayQuerySet:
        return self.filter(day__range=(first_day, last_day))

    def add(self, pairs: Iterable[tuple[int, dt.date]]) -> None:
        """Insert these (school id, day)s."""
        _write(ADD_SQL, pairs)

    def turn(self, pairs: Iterable[tuple[int, dt.date]]) -> None:
        """Cancel those of these (school id, day)s that are held, and hold those that are cancelled."""
        _write(TURN_SQL, pairs)


class SchoolDay(models.Model):
    """A day on which a school teaches: what every denominator counts. It is cancelled, never deleted."""

    school = models.ForeignKey(School, models.PROTECT, related_name="days")
    day = models.DateField()
    is_cancelled = models.BooleanField(default=False)

    objects = SchoolDayQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="schools_schoolday_one_per_day", fields=["day", "school"])]
        indexes = [models.Index(name="schools_schoolday_of_school", fields=["school", "day"])]


class OffWorkTime(models.Model):
    """When ordinary people of a county leave work, from a day until the next entry, as summer and winter."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="off_work_times")
    first_day = models.DateField("起始日期")
    off_work_at = models.TimeField("下班时间")

    class Meta:
        verbose_name = "下班时间"
        constraints = [
            models.UniqueConstraint(
                name="schools_offworktime_one_per_unit_and_day",
                fields=["unit", "first_day"],
                violation_error_message="这一天起的下班时间已经设置过。",
            ),
        ]


class ChangedDayQuerySet(models.QuerySet["ChangedDay"]):
    def note(self, pairs: Iterable[tuple[int, dt.date]]) -> None:
        """Append (school id, day)s to the outbox, in the transaction that changed the facts."""
        _write(NOTE_SQL, set(pairs), timezone.now())


def _write(sql: str, pairs: Iterable[tuple[int, dt.date]], *first: dt.datetime) -> None:
    """Run `sql` with its `first` parameters and the pairs as two arrays."""
    ordered = sorted(pairs)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*first, [school for school, _ in ordered], [day for _, day in ordered]])


class ChangedDay(models.Model):
    """An outbox: facts of this school and day have changed and its sums must be made again.

    Append-only. A mark kept unique per day would lose a change that commits while the sums are being made.
    """

    school = models.ForeignKey(School, models.PROTECT, related_name="+", db_constraint=False)
    day = models.DateField()
    at = models.DateTimeField(default=timezone.now)

    objects = ChangedDayQuerySet.as_manager()
