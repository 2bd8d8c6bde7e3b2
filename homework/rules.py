"""Which rules hold for classes on days: the State's figures with the local rules above each school, and the school's
own shares and weekly plan."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from django.db.models import Min
from django.utils import timezone

from accounts.prepared import Prepared
from homework import policy
from homework.models import LocalLimit
from schools.dated import is_between
from schools.models import ClassGroup, School, SchoolDay, Subject, Teaching

RULES = Prepared("homework_rules", (Path(__file__).parent / "sql" / "rules.sql").read_text(encoding="utf8"))

# A day may be completed late, but not rewritten long after its half-month has been reported.
SCHOOL_DAYS_TO_ADD_LATE = 7

# Holidays before which the last notice covers the days off; longer ones are vacations, which no daily notice covers.
LONGEST_DAYS_OFF = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class ClassRules:
    """What a class's notice of one day is judged by."""

    grade: int
    limit: int  # minutes of written work at home; of the days off together where the notice covers them
    cut_off: dt.time | None
    reviewed_first: bool
    due: frozenset[int]  # ids of the subjects whose word is needed
    shares: dict[int, int]  # minutes that the school leaves to a subject, by its id
    rota: frozenset[int] | None  # ids of the subjects whose turn it is; None where the school's plan leaves it open
    is_no_homework_day: bool  # by the school's plan: encouraged, not ordered
    covers_until: dt.date | None  # the last of the days off that the notice covers
    days_open: list[dt.date]  # on which the school may publish now, the latest first


@dataclass(frozen=True, slots=True)
class Turns:
    """What a school's weekly plan says of a grade on a weekday."""

    rota: frozenset[int] | None = None
    is_no_homework_day: bool = False

    def shrink(self, subjects: Iterable[Subject]) -> list[Subject]:
        """Those of `subjects` whose word is due."""
        return [subject for subject in subjects if self.rota is None or subject.pk in self.rota]

    def due_of(self, subject_ids: Iterable[int]) -> frozenset[int]:
        """`shrink` for ids."""
        return frozenset(subject_ids) if self.rota is None else self.rota.intersection(subject_ids)


class RuleBook:
    """The rules of some schools in some days: read once by `read`, then asked without queries."""

    def __init__(self, places: Iterable[_Place]) -> None:
        self._places: dict[int, list[_Place]] = defaultdict(list)
        for place in places:
            self._places[place.school_id].append(place)

    @classmethod
    def read(
        cls, school_ids: Iterable[int], first_day: dt.date, last_day: dt.date, *, class_ids: Iterable[int] = ()
    ) -> RuleBook:
        """One query. With `class_ids` it also knows what these are taught on `first_day`."""
        rows = RULES.rows(
            schools=list(school_ids),
            classes=list(class_ids),
            first_day=first_day,
            last_day=last_day,
            today=timezone.localdate(),
            recent=SCHOOL_DAYS_TO_ADD_LATE + 1,
        )
        return cls(_Place(*row) for row in rows)

    def limit(self, school: School, grade: int, day: dt.date, *, covers_days_off: bool = False) -> int:
        """Minutes of written work at home. Raises policy.NoLimitKnownError."""
        stage = school.stage_of(grade)
        local = [
            row
            for place in self._on(school.pk, day)
            for row in place.limits
            if (row["stage"], row["grade"]) == (stage, grade) and _holds(row, day)
        ]
        national = policy.national_limit(stage, grade, day).minutes
        of_a_day = policy.strictest(national, _minutes(local, LocalLimit.Span.DAY))
        if not covers_days_off:
            return of_a_day
        return policy.days_off_limit(national, of_a_day, _minutes(local, LocalLimit.Span.DAYS_OFF))

    def cut_off(self, school_id: int, day: dt.date) -> dt.time | None:
        return policy.earliest(dt.time.fromisoformat(row["until"]) for row in self._cut_offs_on(school_id, day))

    def is_reviewed_first(self, school_id: int, day: dt.date) -> bool:
        return any(row["reviewed_first"] for row in self._cut_offs_on(school_id, day))

    def shares(self, school_id: int, grade: int, day: dt.date) -> dict[int, int]:
        """Minutes by subject id; empty where the school shares nothing out."""
        return {
            row["subject"]: row["minutes"]
            for place in self._on(school_id, day)
            for row in place.shares
            if row["grade"] == grade and _holds(row, day)
        }

    def turns(self, school_id: int, grade: int, day: dt.date) -> Turns:
        subjects = {
            row["subject"]
            for place in self._on(school_id, day)
            for row in place.turns
            if (row["grade"], row["weekday"]) == (grade, day.isoweekday()) and _holds(row, day)
        }
        if None in subjects:
            return Turns(is_no_homework_day=True)
        return Turns(frozenset(subjects)) if subjects else Turns()

    def covers_until(self, school_id: int, day: dt.date) -> dt.date | None:
        """The last of the days off after `day`. Only where the book was read for this one day."""
        for place in self._on(school_id, day):
            return _days_off_until(day, place.next_day)
        return None

    def days_open(self, school_id: int, day: dt.date) -> list[dt.date]:
        """The school's days on which homework may be published now, the latest first."""
        return [
            one for place in self._on(school_id, day) for one in still_open(place.recent_days, timezone.localdate())
        ]

    def taught(self, class_group: ClassGroup, day: dt.date) -> set[int]:
        """Ids of the subjects that are taught in the class and set homework in its grade."""
        grade = class_group.grade_on(day)
        return {
            row["subject"]
            for place in self._on(class_group.school_id, day)
            for row in place.taught
            if row["class"] == class_group.pk and grade in row["grades"]
        }

    def _on(self, school_id: int, day: dt.date) -> list[_Place]:
        """At most one; none when the school had no place that day."""
        return [place for place in self._places.get(school_id, ()) if is_between(day, place.first_day, place.last_day)]

    def _cut_offs_on(self, school_id: int, day: dt.date) -> list[dict[str, Any]]:
        """Each unit's latest entry."""
        latest: dict[int, dict[str, Any]] = {}
        for place in self._on(school_id, day):
            for row in sorted(place.cut_offs, key=lambda row: row["first_day"]):
                if dt.date.fromisoformat(row["first_day"]) <= day:
                    latest[row["unit"]] = row
        return list(latest.values())


class _Place(NamedTuple):
    """Where a school stood from a day to a day, with the rows of rules that hold there: a row of rules.sql."""

    school_id: int
    first_day: dt.date
    last_day: dt.date | None
    limits: list[dict[str, Any]]
    cut_offs: list[dict[str, Any]]
    shares: list[dict[str, Any]]
    turns: list[dict[str, Any]]
    recent_days: list[dt.date]
    next_day: dt.date | None  # on which the school teaches
    taught: list[dict[str, Any]]


def _holds(row: dict[str, Any], day: dt.date) -> bool:
    """ISO dates are in the order of their days."""
    return row["first_day"] <= day.isoformat() and (row["last_day"] is None or row["last_day"] >= day.isoformat())


def _minutes(rows: Iterable[dict[str, Any]], span: LocalLimit.Span) -> list[int]:
    return [row["minutes"] for row in rows if row["span"] == span]


def rules_for(class_group: ClassGroup, day: dt.date) -> ClassRules:
    """One query. `class_group.school` is read. Raises policy.NoLimitKnownError."""
    book = RuleBook.read([class_group.school_id], day, day, class_ids=[class_group.pk])
    grade, school_id = class_group.grade_on(day), class_group.school_id
    covers_until, turns = book.covers_until(school_id, day), book.turns(school_id, grade, day)
    return ClassRules(
        grade=grade,
        limit=book.limit(class_group.school, grade, day, covers_days_off=covers_until is not None),
        cut_off=book.cut_off(school_id, day),
        reviewed_first=book.is_reviewed_first(school_id, day),
        due=turns.due_of(book.taught(class_group, day)),
        shares=book.shares(school_id, grade, day),
        rota=turns.rota,
        is_no_homework_day=turns.is_no_homework_day,
        covers_until=covers_until,
        days_open=book.days_open(school_id, day),
    )


def subjects_due(class_groups: Iterable[ClassGroup], day: dt.date) -> dict[int, list[Subject]]:
    """By class id, the subjects taught in the class that set homework in its grade, in their order. One query.

    The school's weekly plan may leave fewer of them due: `Turns.shrink`.
    """
    groups = list(class_groups)
    teachings = Teaching.objects.on(day).filter(class_group__in=groups).select_related("subject")
    return due_among(groups, day, teachings.order_by("subject__rank", "subject"))


def due_among(
    class_groups: Iterable[ClassGroup], day: dt.date, teachings: Iterable[Teaching]
) -> dict[int, list[Subject]]:
    """As `subjects_due`, from all the teachings of these classes that day, which the caller has read."""
    grades = {class_group.pk: class_group.grade_on(day) for class_group in class_groups}
    due: dict[int, list[Subject]] = {pk: [] for pk in grades}
    for teaching in teachings:
        of_class = due[teaching.class_group_id]
        if grades[teaching.class_group_id] in teaching.subject.homework_grades and teaching.subject not in of_class:
            of_class.append(teaching.subject)
    return due


def days_off_after(school: School, day: dt.date) -> dt.date | None:
    """The last of the days off that follow `day`.

    None when school goes on the next day, when a vacation follows, or when nothing more is planned.
    """
    following = SchoolDay.objects.held().filter(school=school, day__gt=day)
    return _days_off_until(day, following.aggregate(next_day=Min("day"))["next_day"])


def _days_off_until(day: dt.date, next_day: dt.date | None) -> dt.date | None:
    if next_day is None or next_day == day + dt.timedelta(days=1) or next_day > day + LONGEST_DAYS_OFF:
        return None
    return next_day - dt.timedelta(days=1)


def still_open(latest: list[dt.date], today: dt.date) -> list[dt.date]:
    """Of a school's latest days, the latest first and one more than may be added late, those that are open."""
    return latest if latest[:1] == [today] else latest[:SCHOOL_DAYS_TO_ADD_LATE]
