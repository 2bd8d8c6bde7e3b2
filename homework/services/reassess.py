"""Judging notices again when the rules of days gone by change: what it would do, shown before it does; and doing it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts import jobs
from accounts.models import Job, User
from homework import board, policy
from homework.models import CutOff, LocalLimit, Notice, NoticeQuerySet
from homework.rules import RuleBook
from homework.services.notices import is_punctual, judge_load, judge_punctuality
from schools.models import ChangedDay, ClassGroup, OrgUnit, School

TASK = "homework.tasks.reassess"

# Notices written in one statement, and the fields in which a verdict stands.
BATCH = 1000
JUDGED = [
    "limit_minutes",
    "breached_rule",
    "is_on_time",
    "review",
    "overrun_reason",
    "review_note",
    "reviewed_by",
    "reviewed_at",
]

EXAMPLES = 50


@dataclass(frozen=True, slots=True)
class Extent:
    """Which notices a change of rules concerns: at or below a unit, from a day to a day, of one grade or (None) all."""

    unit_id: int
    first_day: dt.date
    last_day: dt.date | None
    grade: int | None

    @classmethod
    def of_limit(cls, limit: LocalLimit) -> Extent:
        return cls(limit.unit_id, limit.first_day, limit.last_day, limit.grade)

    @classmethod
    def of_cut_off(cls, cut_off: CutOff) -> Extent:
        return cls(cut_off.unit_id, cut_off.first_day, None, None)

    @classmethod
    def from_arguments(cls, arguments: dict[str, object]) -> Extent:
        first_day, last_day = (arguments[name] and dt.date.fromisoformat(str(arguments[name])) for name in DAYS)
        return cls(arguments["unit"], first_day, last_day, arguments["grade"])  # type: ignore[arg-type]

    @property
    def arguments(self) -> dict[str, object]:
        """As a job keeps them."""
        last_day = self.last_day.isoformat() if self.last_day else None
        return {
            "unit": self.unit_id,
            "first_day": self.first_day.isoformat(),
            "last_day": last_day,
            "grade": self.grade,
        }

    @property
    def until(self) -> dt.date:
        """The last day that there can be anything to judge."""
        return min(self.last_day or dt.date.max, timezone.localdate())

    @property
    def school_ids(self) -> list[int]:
        """Schools that stood below the unit at some time, in one order, so that a run sent again knows where it was.

        Where on which day is the rules' business.
        """
        code = OrgUnit.objects.get(pk=self.unit_id).code
        schools = School.objects.filter(unit__places__path__contains=f"/{code}/")
        return list(schools.order_by("pk").distinct().values_list("pk", flat=True))

    def notices(self, school_ids: Iterable[int]) -> NoticeQuerySet:
        rows = Notice.objects.filter(school__in=school_ids).between(self.first_day, self.until)
        return rows if self.grade is None else rows.filter(grade=self.grade)


DAYS = ("first_day", "last_day")
Verdict = tuple[int, bool, bool]  # limit, over, on time


class _Judged(NamedTuple):
    """What is read of a notice to judge it: a month of a city are hundreds of thousands, too many for instances."""

    class_group_id: int
    school_id: int
    day: dt.date
    covers_until: dt.date | None
    grade: int
    limit_minutes: int
    load_minutes: int
    breached_rule: str
    completed_at: dt.datetime | None
    is_on_time: bool


@dataclass(slots=True)
class Changes:
    """How many notices a change of rules would change, and how."""

    changed: int = 0
    newly_over: int = 0
    over_no_more: int = 0
    newly_late: int = 0
    late_no_more: int = 0

    def add(self, before: Verdict, after: Verdict) -> None:
        (_, was_over, was_on_time), (_, is_over, is_on_time) = before, after
        self.changed += before != after
        self.newly_over += is_over and not was_over
        self.over_no_more += was_over and not is_over
        self.newly_late += was_on_time and not is_on_time
        self.late_no_more += is_on_time and not was_on_time


@dataclass(frozen=True, slots=True)
class Example:
    """A notice that would change. Minutes."""

    class_name: str
    school: School
    day: dt.date
    load: int
    old_limit: int
    new_limit: int
    was_over: bool
    is_over: bool
    was_on_time: bool
    is_on_time: bool


@dataclass(slots=True)
class Preview:
    judged: int = 0
    total: Changes = field(default_factory=Changes)
    schools: list[tuple[School, Changes]] = field(default_factory=list)  # those with changes, the most first
    examples: list[Example] = field(default_factory=list)  # the first few


def preview(change: Callable[[], Extent]) -> Preview:
    """What would be judged otherwise if `change` were made. It is made and taken back: nothing stays written.

    Raises whatever `change` raises.
    """
    with transaction.atomic():
        found = _differences(change())
        transaction.set_rollback(True)
    return found


def ask_to_judge_again(*, by: User | None, extent: Extent) -> Job | None:
    """Have a job judge the notices again; None where there are none.

    Each change asks for a job of its own, for one that runs already may be past the schools concerned.
    """
    if extent.first_day > extent.until or not extent.notices(extent.school_ids).exists():
        return None
    key = f"reassess:{uuid.uuid4()}"
    return jobs.enqueue(TASK, key=key, arguments=extent.arguments, by=by)


def judge_again(extent: Extent, *, skip: int = 0) -> Iterator[tuple[int, int]]:
    """Judge by the rules as they now stand, a transaction per school; yields how many of how many schools are done.

    Safe to repeat. `skip` schools have been done by a run that was interrupted.
    """
    school_ids = extent.school_ids
    yield min(skip, len(school_ids)), len(school_ids)
    for done, school_id in enumerate(school_ids[skip:], start=skip + 1):
        _judge_school(school_id, extent)
        yield done, len(school_ids)


@transaction.atomic
def _judge_school(school_id: int, extent: Extent) -> None:
    """Judge one school's notices and note the days whose verdict has changed."""
    locked = extent.notices([school_id]).select_for_update(of=("self",))
    rows = list(locked.select_related("school").order_by("class_group", "day"))
    book = RuleBook.read([school_id], extent.first_day, extent.until)
    changed = []
    for notice in rows:
        before = (notice.limit_minutes, notice.breached_rule, notice.is_on_time)
        covers_days_off = notice.covers_until is not None
        limit = book.limit(notice.school, notice.grade, notice.day, covers_days_off=covers_days_off)
        judge_load(notice, load=notice.load_minutes, limit=limit)
        judge_punctuality(notice, book.cut_off(school_id, notice.day))
        if before != (notice.limit_minutes, notice.breached_rule, notice.is_on_time):
            changed.append(notice)
    Notice.objects.bulk_update(changed, JUDGED, batch_size=BATCH)
    ChangedDay.objects.note([(school_id, notice.day) for notice in changed])
    if changed:
        transaction.on_commit(lambda: board.forget([school_id]))


def _differences(extent: Extent) -> Preview:
    """Of the verdicts as they stand from what the rules now say. A few queries, whatever the number of notices."""
    found, school_ids = Preview(), extent.school_ids
    if extent.first_day > extent.until:
        return found
    schools = School.objects.select_related("unit").in_bulk(school_ids)
    book = RuleBook.read(school_ids, extent.first_day, extent.until)
    limit_of, cut_off_of = cache(book.limit), cache(book.cut_off)
    by_school: dict[int, Changes] = defaultdict(Changes)
    shown: list[tuple[_Judged, Verdict, Verdict]] = []
    rows = extent.notices(school_ids).order_by("day", "class_group").values_list(*_Judged._fields)
    for notice in map(_Judged._make, rows.iterator(chunk_size=BATCH)):
        covers_days_off = notice.covers_until is not None
        limit = limit_of(schools[notice.school_id], notice.grade, notice.day, covers_days_off=covers_days_off)
        cut_off = cut_off_of(notice.school_id, notice.day)
        is_over = policy.check_load(notice.load_minutes, limit) is not None
        before = (notice.limit_minutes, bool(notice.breached_rule), notice.is_on_time)
        after = (limit, is_over, is_punctual(notice.completed_at, notice.day, cut_off))
        found.judged += 1
        if before == after:
            continue
        found.total.add(before, after)
        by_school[notice.school_id].add(before, after)
        if len(shown) < EXAMPLES:
            shown.append((notice, before, after))
    ordered = sorted(by_school.items(), key=lambda pair: (-pair[1].changed, schools[pair[0]].unit.code))
    found.schools = [(schools[pk], changes) for pk, changes in ordered]
    found.examples = _examples(shown, schools)
    return found


def _examples(shown: list[tuple[_Judged, Verdict, Verdict]], schools: dict[int, School]) -> list[Example]:
    classes = ClassGroup.objects.in_bulk({notice.class_group_id for notice, _, _ in shown})
    return [
        Example(
            class_name=classes[notice.class_group_id].name_on(notice.day),
            school=schools[notice.school_id],
            day=notice.day,
            load=notice.load_minutes,
            old_limit=before[0],
            new_limit=after[0],
            was_over=before[1],
            is_over=after[1],
            was_on_time=before[2],
            is_on_time=after[2],
        )
        for notice, before, after in shown
    ]
