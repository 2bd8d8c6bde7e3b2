"""What a teacher may want to set again, and how long it usually takes: read for all her classes at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Aggregate, DateField, IntegerField, Q, Value
from django.utils.formats import date_format

from accounts.models import User
from homework.models import Item, Kind, Place, SavedItem
from schools.models import ClassGroup

# Far enough for last week's lesson when a holiday lies between.
DAYS_BACK = dt.timedelta(days=14)
# Of what is usual: long enough for a subject of one lesson a week to have a median.
DAYS_OF_HABIT = dt.timedelta(days=42)
WEEK = dt.timedelta(days=7)
# A phone shows so many without scrolling past the form.
MOST_SAVED_SHOWN = 4

FIELDS = ("subject", "content", "kind", "place", "layer", "minutes")


class Median(Aggregate):
    """The lower of two middle values, so that it is one that somebody wrote."""

    function = "PERCENTILE_DISC"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True, slots=True)
class Earlier:
    """What she set in a class on a day or, without class and day, keeps among 常用作业."""

    pk: int
    class_id: int | None
    day: dt.date | None
    subject_id: int
    content: str
    kind: str
    place: str
    layer: str
    minutes: int

    @property
    def text(self) -> tuple[int, str, str, str, str]:
        """What makes two the same homework; only the minutes may differ."""
        return self.subject_id, self.content, self.kind, self.place, self.layer


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One tap that fills a class's form. `also` are the other classes that had the same then."""

    label: str
    what: Earlier
    also: tuple[int, ...]

    @property
    def query(self) -> str:
        """For the form's own page, where nothing runs in the browser."""
        return f"{'saved' if self.what.day is None else 'again'}={self.what.pk}"


def earlier(user: User, class_ids: Collection[int], day: dt.date) -> list[Earlier]:
    """What `user` set in these classes in the fortnight before `day`, the latest first, then what she keeps.

    One query.
    """
    own = Item.objects.live().filter(
        posted_by=user, notice__class_group__in=class_ids, notice__day__range=(day - DAYS_BACK, day - dt.timedelta(1))
    )
    kept = SavedItem.objects.filter(user=user).values_list(
        "pk", Value(None, IntegerField()), Value(None, DateField()), *FIELDS
    )
    rows = own.values_list("pk", "notice__class_group", "notice__day", *FIELDS).union(kept, all=True)
    return sorted((Earlier(*row) for row in rows), key=lambda row: (row.day or dt.date.min, row.pk), reverse=True)


def suggest(
    known: Iterable[Earlier], *, class_id: int, subject_ids: Collection[int], day: dt.date, grades: Mapping[int, int]
) -> list[Suggestion]:
    """For one class: what she set last, in it or else in one beside it, the same day last week, and what she keeps.

    `grades` are those of all her classes, by id.
    """
    hers = [row for row in known if row.subject_id in subject_ids]
    beside = [row for row in hers if row.class_id is not None and grades.get(row.class_id) == grades[class_id]]
    suggestions = []
    for subject_id in subject_ids:
        of_subject = [row for row in beside if row.subject_id == subject_id]
        last_day = max((row.day for row in of_subject if row.day), default=None)
        for label, then in ((f"上次 {_short(last_day)}", last_day), (f"上周 {_short(day - WEEK)}", day - WEEK)):
            suggestions += [
                Suggestion(label, row, _classes_with(row, beside, but=class_id))
                for row in _of_day(of_subject, then, class_id)
            ]
    kept = [Suggestion("常用", row, ()) for row in hers if row.day is None]
    return _once(suggestions) + kept[:MOST_SAVED_SHOWN]


def usual_minutes(user: User, class_groups: Iterable[ClassGroup], day: dt.date) -> dict[tuple[int, int, int], int]:
    """By school, grade and subject, the median minutes of written work at home: hers or, where she set none, the
    school's. One query."""
    groups = list(class_groups)
    written = Item.objects.live().filter(
        kind=Kind.WRITTEN,
        place=Place.HOME,
        notice__school__in={group.school_id for group in groups},
        notice__day__range=(day - DAYS_OF_HABIT, day),
        notice__grade__in={group.grade_on(day) for group in groups},
        subject__in=user.teachings.filter(class_group__in=groups).values("subject"),
    )
    rows = written.values_list("notice__school", "notice__grade", "subject").annotate(
        own=Median("minutes", filter=Q(posted_by=user)), all=Median("minutes")
    )
    return {(school, grade, subject): own or all_ for school, grade, subject, own, all_ in rows.order_by()}


def _short(day: dt.date | None) -> str:
    return date_format(day, "n月j日") if day else ""


def _of_day(rows: list[Earlier], day: dt.date | None, class_id: int) -> list[Earlier]:
    """What the class itself had that day or, when it had nothing, what those beside it had."""
    that_day = [row for row in rows if day and row.day == day]
    return [row for row in that_day if row.class_id == class_id] or that_day


def _classes_with(row: Earlier, rows: list[Earlier], *, but: int) -> tuple[int, ...]:
    same = {other.class_id for other in rows if other.day == row.day and other.text == row.text}
    return tuple(sorted(pk for pk in same if pk is not None and pk != but))


def _once(suggestions: list[Suggestion]) -> list[Suggestion]:
    """Each text once, where it stands first."""
    first: dict[object, Suggestion] = {}
    for suggestion in suggestions:
        first.setdefault(suggestion.what.text, suggestion)
    return list(first.values())
