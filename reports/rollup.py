"""Sums of facts, made again whenever facts change: whole days, set-based, in one transaction each."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from reports.models import HomeworkTally
from schools.calendar import days_between, school_year
from schools.models import ChangedDay

HOMEWORK_SQL = (Path(__file__).parent / "sql" / "homework_tally.sql").read_text(encoding="utf8")

# First half of the advisory lock's key; the second half is the day. Any constant unused elsewhere does.
LOCK_SPACE = 5201

# Changed school-days taken in one go: a tick stays far below the task's time limit, and the next tick takes the rest.
MOST_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored sum that the facts no longer gave; `stored` or `fresh` is None where the row was missing."""

    school_id: int
    day: dt.date
    grade: int
    stored: tuple[int, ...] | None
    fresh: tuple[int, ...] | None


def rebuild_day(day: dt.date, schools: Iterable[int] | None = None) -> int:
    """Replace the sums of `day`, of all schools or of these, in one transaction; return the number of rows.

    Safe to repeat and to run twice at once: the second run waits, then does the same work again.
    """
    chosen = None if schools is None else sorted(schools)
    with transaction.atomic(), connection.cursor() as cursor:
        _lock(day)
        stored = HomeworkTally.objects.filter(day=day)
        # _raw_delete: no row hangs on a sum, so there is nothing to collect first.
        (stored if chosen is None else stored.filter(school__in=chosen))._raw_delete(stored.db)
        cursor.execute(HOMEWORK_SQL, {"day": day, "school_year": school_year(day), "schools": chosen})
        return cursor.rowcount


def rebuild_days(first_day: dt.date, last_day: dt.date) -> int:
    """Replace the sums of each day from first to last, a transaction a day; return the number of rows."""
    return sum(rebuild_day(day) for day in days_between(first_day, last_day))


def take_changed_days(until: dt.date) -> int:
    """Rebuild what the outbox names and empty it, in one transaction; return the number of school-days.

    Days after `until` are nothing to report yet: the reconcile of their own morning makes their sums. Rows that another
    tick holds are left to it. A change that commits meanwhile has a row of its own for the next tick.
    """
    with transaction.atomic():
        rows = ChangedDay.objects.select_for_update(skip_locked=True).order_by("pk")[:MOST_AT_ONCE]
        schools_by_day: dict[dt.date, set[int]] = defaultdict(set)
        taken = []
        for pk, school_id, day in rows.values_list("pk", "school_id", "day"):
            taken.append(pk)
            if day <= until:
                schools_by_day[day].add(school_id)
        for day in sorted(schools_by_day):  # in one order, so that two ticks never wait for each other
            rebuild_day(day, schools_by_day[day])
        ChangedDay.objects.filter(pk__in=taken)._raw_delete(ChangedDay.objects.db)
        return sum(map(len, schools_by_day.values()))


def reconcile(first_day: dt.date, last_day: dt.date) -> list[Difference]:
    """Prove the stored sums of each day against the facts, put right and return what differs, by day."""
    differences: list[Difference] = []
    for day in days_between(first_day, last_day):
        with transaction.atomic():
            _lock(day)
            stored = _stored(day)
            rebuild_day(day)
            differences += _compare(day, stored, _stored(day))
    return differences


def hold(first_day: dt.date, last_day: dt.date) -> None:
    """Keep the sums of these days as they are until the transaction ends; readers do not wait for each other."""
    days = [day.toordinal() for day in days_between(first_day, last_day)]
    with connection.cursor() as cursor:
        # In the order in which a tick takes them, so that the two never wait for each other.
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, day) FROM unnest(%s) AS day", [LOCK_SPACE, days])


def _lock(day: dt.date) -> None:
    """Hold the day's sums until the transaction ends; taking it again in the same transaction is free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, day.toordinal()])


def _stored(day: dt.date) -> dict[tuple[int, int], tuple[int, ...]]:
    rows = HomeworkTally.objects.filter(day=day).values_list("school_id", "grade", *HomeworkTally.COUNTS)
    return {(school, grade): tuple(counts) for school, grade, *counts in rows}


def _compare(
    day: dt.date, stored: dict[tuple[int, int], tuple[int, ...]], fresh: dict[tuple[int, int], tuple[int, ...]]
) -> list[Difference]:
    return [
        Difference(school, day, grade, stored.get((school, grade)), fresh.get((school, grade)))
        for school, grade in sorted(stored.keys() | fresh.keys())
        if stored.get((school, grade)) != fresh.get((school, grade))
    ]
