"""Sums of facts, made again whenever facts change: whole days, set-based, in one transaction each."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from reports.models import HomeworkTally, ServiceTally
from schools.calendar import days_between, school_year
from schools.models import ChangedDay

SQL = Path(__file__).parent / "sql"

# First half of the advisory lock's key; the second half is the day. Any constant unused elsewhere does.
LOCK_SPACE = 5201

# Changed school-days taken in one go: a tick stays far below the task's time limit, and the next tick takes the rest.
MOST_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class Sums:
    """A table of sums: what tells the rows of a day apart, and the statement that makes them."""

    model: type[HomeworkTally] | type[ServiceTally]
    key: tuple[str, ...]
    sql: str


HOMEWORK = Sums(HomeworkTally, ("school_id", "grade"), (SQL / "homework_tally.sql").read_text(encoding="utf8"))
SERVICE = Sums(ServiceTally, ("school_id",), (SQL / "service_tally.sql").read_text(encoding="utf8"))
ALL_SUMS = (HOMEWORK, SERVICE)

Key = tuple[int, ...]
Rows = dict[Key, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored row that the facts no longer gave; `stored` or `fresh` is None where there was none.

    `key` stands in the order of `sums.key`, the counts in that of the model's COUNTS.
    """

    sums: Sums
    day: dt.date
    key: Key
    stored: tuple[int, ...] | None
    fresh: tuple[int, ...] | None

    def __str__(self) -> str:
        named = [f"{name} {number}" for name, number in zip(self.sums.key, self.key, strict=True)]
        return f"{self.sums.model.__name__} {self.day} {' '.join(named)}: {self.stored} -> {self.fresh}"


def rebuild_day(day: dt.date, schools: Iterable[int] | None = None) -> int:
    """Replace all sums of `day`, of all schools or of these, in one transaction; return the number of rows.

    Safe to repeat and to run twice at once: the second run waits, then does the same work again.
    """
    chosen = None if schools is None else sorted(schools)
    with transaction.atomic():
        _lock(day)
        return sum(replace_day(sums, day, chosen) for sums in ALL_SUMS)


def replace_day(sums: Sums, day: dt.date, schools: list[int] | None = None) -> int:
    """One kind of sums. For `rebuild_day`, which holds the day's lock, and for whoever measures."""
    stored = sums.model.objects.filter(day=day)
    # _raw_delete: no row hangs on a sum, so there is nothing to collect first.
    (stored if schools is None else stored.filter(school__in=schools))._raw_delete(stored.db)
    with connection.cursor() as cursor:
        cursor.execute(sums.sql, {"day": day, "school_year": school_year(day), "schools": schools})
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
            stored = [_stored(sums, day) for sums in ALL_SUMS]
            rebuild_day(day)
            for sums, before in zip(ALL_SUMS, stored, strict=True):
                differences += _compare(sums, day, before, _stored(sums, day))
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


def _stored(sums: Sums, day: dt.date) -> Rows:
    rows = sums.model.objects.filter(day=day).values_list(*sums.key, *sums.model.COUNTS)
    width = len(sums.key)
    return {tuple(row[:width]): tuple(row[width:]) for row in rows}


def _compare(sums: Sums, day: dt.date, stored: Rows, fresh: Rows) -> list[Difference]:
    return [
        Difference(sums, day, key, stored.get(key), fresh.get(key))
        for key in sorted(stored.keys() | fresh.keys())
        if stored.get(key) != fresh.get(key)
    ]
