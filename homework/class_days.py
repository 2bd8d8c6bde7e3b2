"""Classes' days put together for a page: notice, items, who has not spoken, minutes left. The same few queries for any
number of classes. Knows nothing of who looks: public pages hand in `Notice.objects.public()`."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Max, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from homework import policy
from homework.models import Item, Layer, NoHomework, Notice, NoticeQuerySet
from homework.rules import RuleBook, subjects_due
from schools.calendar import school_year
from schools.models import ClassGroup, School, SchoolDay, Subject


@dataclass(frozen=True, slots=True)
class ClassDay:
    """One class on one day. `notice` is None while nobody has spoken (or nothing of it may be shown).

    The last four are as in ClassRules.
    """

    class_group: ClassGroup
    day: dt.date
    name: str
    notice: Notice | None
    items: list[Item]
    no_homework: list[Subject]
    due: list[Subject]
    limit: int
    shares: dict[int, int]
    rota: frozenset[int] | None
    is_no_homework_day: bool
    covers_until: dt.date | None

    @property
    def load(self) -> int:
        return self.notice.load_minutes if self.notice else 0

    @property
    def minutes_left(self) -> int:
        """Until the limit; negative by as much as it is overrun."""
        return self.limit - self.load

    @property
    def overrun(self) -> int:
        """Minutes beyond the limit, at least 0."""
        return max(-self.minutes_left, 0)

    @property
    def used_percent(self) -> int:
        """Of the limit, at most 100; all of it where none is allowed and some is set."""
        return min(self.load * 100 // self.limit, 100) if self.limit else min(self.load, 1) * 100

    @property
    def spoken(self) -> set[int]:
        """Ids of the subjects that set homework or said there is none."""
        return {item.subject_id for item in self.items} | {subject.pk for subject in self.no_homework}

    @property
    def missing(self) -> list[Subject]:
        """Subjects whose word is due and has not come. None on a closed day."""
        if self.notice and self.notice.closed_at:
            return []
        spoken = self.spoken
        return [subject for subject in self.due if subject.pk not in spoken]

    @property
    def layers_json(self) -> str:
        """Minutes set for each layer, for the page to reckon with before anything is saved."""
        return json.dumps({layer.value: minutes for layer, minutes in policy.minutes_by_layer(self._works).items()})

    @property
    def layers(self) -> list[tuple[str, int]]:
        """Each layer's name and load, when homework differs by layer; else empty."""
        if all(work.layer == policy.Layer.ALL for work in self._works):
            return []
        return [(Layer(layer).label, minutes) for layer, minutes in policy.load_by_layer(self._works).items()]

    @property
    def _works(self) -> list[policy.Work]:
        return [item.work for item in self.items]


def class_days(
    class_groups: Sequence[ClassGroup],
    day: dt.date,
    notices: NoticeQuerySet,
    due: Mapping[int, list[Subject]] | None = None,
) -> list[ClassDay]:
    """In the order of `class_groups`, whose `school` must be loaded; classes outside grades 1 to 9 are left out.

    Four queries, or three where the caller has read what is `due` by class.
    """
    taught = [class_group for class_group in class_groups if 1 <= class_group.grade_on(day) <= 9]
    shown = notices.on(day).filter(class_group__in=taught).annotate(said_none=_said_none())
    found = {notice.class_group_id: notice for notice in shown}
    ids = [notice.pk for notice in found.values()]
    items: dict[int, list[Item]] = defaultdict(list)
    for item in Item.objects.live().filter(notice__in=ids).select_related("subject").order_by("subject__rank", "pk"):
        items[item.notice_id].append(item)
    none = {notice.pk: [Subject(**row) for row in notice.said_none] for notice in found.values()}
    due = subjects_due(taught, day) if due is None else due
    book = RuleBook.read({class_group.school_id for class_group in taught}, day, day)
    return [
        _class_day(class_group, day, found.get(class_group.pk), items, none, due[class_group.pk], book)
        for class_group in taught
    ]


def _said_none() -> ArraySubquery:
    """The subjects that said there is none, read beside their notice: a page has few queries to spare."""
    words = NoHomework.objects.live().filter(notice=OuterRef("pk")).order_by("subject__rank")
    subject = {name: F(f"subject__{name}") for name in ("id", "code", "name", "rank", "homework_grades")}
    return ArraySubquery(words.values(row=JSONObject(**subject)))


def _class_day(
    class_group: ClassGroup,
    day: dt.date,
    notice: Notice | None,
    items: dict[int, list[Item]],
    none: dict[int, list[Subject]],
    due: list[Subject],
    book: RuleBook,
) -> ClassDay:
    school, grade = class_group.school, class_group.grade_on(day)
    covers_until, turns = book.covers_until(school.pk, day), book.turns(school.pk, grade, day)
    if notice:
        limit, covers_until = notice.limit_minutes, notice.covers_until
    else:
        limit = book.limit(school, grade, day, covers_days_off=covers_until is not None)
    return ClassDay(
        class_group=class_group,
        day=day,
        name=class_group.name_on(day),
        notice=notice,
        items=items[notice.pk] if notice else [],
        no_homework=none[notice.pk] if notice else [],
        due=turns.shrink(due),
        limit=limit,
        shares=book.shares(school.pk, grade, day),
        rota=turns.rota,
        is_no_homework_day=turns.is_no_homework_day,
        covers_until=covers_until,
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """A class's day in a grid."""

    day: dt.date
    notice: Notice | None

    @property
    def tone(self) -> str:
        """Names a shade; the words beside it say the same."""
        if self.notice is None:
            return "silent"
        if self.notice.is_over:
            return "over"
        if not self.notice.is_complete:
            return "part"
        return "full" if self.notice.load_minutes * 4 >= self.notice.limit_minutes * 3 > 0 else "light"

    @property
    def subjects_missing(self) -> int:
        if self.notice is None or self.notice.is_complete:
            return 0
        return self.notice.subjects_due - self.notice.subjects_spoken


def grid(school: School, days: Sequence[dt.date]) -> list[tuple[str, list[Cell | None]]]:
    """A row per class of the last of `days`: its name and a cell per day, in the order given, None before its first.

    Two queries.
    """
    last_day = max(days)
    classes = ClassGroup.objects.filter(school=school).on(last_day).in_order()
    notices = Notice.objects.filter(school=school).between(min(days), last_day)
    found = {(notice.class_group_id, notice.day): notice for notice in notices}
    return [
        (
            class_group.name_on(last_day),
            [Cell(day, found.get((class_group.pk, day))) if class_group.first_day <= day else None for day in days],
        )
        for class_group in classes
    ]


def last_school_days(school: School, until: dt.date, count: int) -> list[dt.date]:
    """At most `count` days on which the school taught, up to `until` and including it, the earliest first."""
    held = SchoolDay.objects.held().filter(school=school, day__lte=until).order_by("-day")
    return list(held.values_list("day", flat=True)[:count])[::-1]


def last_day_taught(schools: QuerySet[School], until: dt.date) -> dt.date | None:
    """The latest day up to `until`, included, on which one of the schools taught."""
    held = SchoolDay.objects.held().filter(school__in=schools, day__lte=until)
    return held.aggregate(last=Max("day"))["last"]


@dataclass(frozen=True, slots=True)
class DaySum:
    """One school's classes on one day, counted. `teaches` is False on a day off: then nothing is due."""

    school: School
    teaches: bool
    classes: int
    published: int = 0
    complete: int = 0
    on_time: int = 0
    over: int = 0
    waiting: int = 0

    @property
    def incomplete(self) -> int:
        return self.classes - self.complete


def day_sums(schools: Sequence[School], day: dt.date) -> list[DaySum]:
    """A row per school, in the order given. Three queries."""
    teaching = set(SchoolDay.objects.held().filter(day=day, school__in=schools).values_list("school", flat=True))
    classes = dict(_classes_due(day).filter(school__in=teaching).values_list("school").annotate(Count("pk")))
    counted = {row.pop("school"): row for row in Notice.objects.on(day).filter(school__in=teaching).counts_by_school()}
    return [
        DaySum(school, school.pk in teaching, classes.get(school.pk, 0), **counted.get(school.pk, {}))
        for school in schools
    ]


def total(schools: QuerySet[School], day: dt.date) -> dict[str, int]:
    """The counts of all these schools together, and how many of them teach. Three queries."""
    teaching = SchoolDay.objects.held().filter(day=day, school__in=schools).values("school")
    return {
        "schools": teaching.count(),
        "classes": _classes_due(day).filter(school__in=teaching).count(),
    } | Notice.objects.on(day).filter(school__in=teaching).counts()


def _classes_due(day: dt.date) -> QuerySet[ClassGroup]:
    grade = F("entry_grade") + school_year(day) - F("entry_year")
    return ClassGroup.objects.on(day).alias(grade=grade).filter(grade__range=(1, 9)).order_by()
