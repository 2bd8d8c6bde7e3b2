"""What the public board shows, read in at most four queries for any number of classes.

Apart from homework.class_days, which staff pages use: here a notice comes with its items, a class with its subjects, a
school with its neighbouring days, each in one statement, because families open these pages all at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject
from django.shortcuts import get_object_or_404
from django.utils import timezone

from homework import policy
from homework.class_days import ClassDay
from homework.models import Item, NoHomework, Notice, NoticeQuerySet, VacationItem, VacationPlan
from homework.rules import RuleBook, Turns
from homework.vacations import OPENS_BEFORE
from schools.calendar import monday_of
from schools.dated import holding_between, is_between
from schools.models import ClassGroup, School, SchoolDay, Subject, Teaching
from schools.models.days import SchoolDayQuerySet

ONE_DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)
ITEM_FIELDS = ("content", "kind", "place", "layer", "minutes")
VACATION_ITEM_FIELDS = ("content", "kind", "layer", "daily_minutes")
SUBJECT_FIELDS = {name: F(f"subject__{name}") for name in ("id", "name", "rank")}

ModelT = TypeVar("ModelT", bound=Model)


@dataclass(frozen=True, slots=True)
class Days:
    """The school day that a page shows and those around it, none after today. `day` is None before the first.

    `week` are the school days of the week that was asked for; `week_before` and `week_after` lie in the nearest weeks
    with school.
    """

    today: dt.date
    monday: dt.date
    day: dt.date | None
    previous_day: dt.date | None
    next_day: dt.date | None
    week: list[dt.date]
    week_before: dt.date | None
    week_after: dt.date | None

    @property
    def is_today(self) -> bool:
        return self.day == self.today

    @property
    def sunday(self) -> dt.date:
        return self.monday + WEEK - ONE_DAY


@dataclass(frozen=True, slots=True)
class Vacation:
    """What a class has to do in a vacation, in the order of subjects."""

    plan: VacationPlan
    items: list[VacationItem]


def school_and_days(code: str, asked: dt.date, today: dt.date) -> tuple[School, Days]:
    """Raises Http404. One query."""
    schools = School.objects.select_related("unit", "board_settings")
    held = SchoolDay.objects.held().filter(school=OuterRef("pk"))
    return _with_days(schools.filter(unit__code=code), held, asked, today)


def class_and_days(key: str, asked: dt.date, today: dt.date) -> tuple[ClassGroup, Days]:
    """With `taught` and `vacation_rows`. Raises Http404. One query."""
    classes = _with_taught(ClassGroup.objects.select_related("school__unit"), Q()).annotate(
        vacation_rows=_vacation_rows(today)
    )
    last_day = Coalesce(OuterRef("last_day"), Value(dt.date.max))
    held = SchoolDay.objects.held().filter(school=OuterRef("school"), day__gte=OuterRef("first_day"), day__lte=last_day)
    return _with_days(classes.filter(board_key=key), held, asked, today)


def classes_on(school: School, days: Sequence[dt.date]) -> list[ClassGroup]:
    """The school's classes of these days, in order, with `taught`. One query."""
    if not days:
        return []
    in_time = holding_between(min(days), max(days))
    classes = _with_taught(ClassGroup.objects.filter(in_time, school=school).in_order(), in_time)
    return [_of_school(class_group, school) for class_group in classes]


def public_days(class_groups: Sequence[ClassGroup], days: Sequence[dt.date]) -> list[ClassDay]:
    """Of classes of one school with `taught`: a row per class and day on which it exists, day after day.

    Two queries.
    """
    if not class_groups or not days:
        return []
    notices = _with_items(Notice.objects.public().filter(class_group__in=class_groups, day__in=days))
    found = {(notice.class_group_id, notice.day): notice for notice in notices}
    book = RuleBook.read({class_group.school_id for class_group in class_groups}, min(days), max(days))
    return [
        _class_day(class_group, day, found.get((class_group.pk, day)), book)
        for day in days
        for class_group in class_groups
        if is_between(day, class_group.first_day, class_group.last_day) and 1 <= class_group.grade_on(day) <= 9
    ]


def vacation(class_group: ClassGroup) -> Vacation | None:
    """The nearest of those in `vacation_rows`. No query."""
    rows: list[dict[str, Any]] = class_group.vacation_rows  # type: ignore[attr-defined]
    if not rows:
        return None
    first = rows[0]["plan"]
    days = {name: dt.date.fromisoformat(first[name]) for name in ("first_day", "last_day")}
    plan = VacationPlan(**first | days)
    own = [row for row in rows if row["plan"] == first]
    return Vacation(plan, [_subject_s(VacationItem, row, VACATION_ITEM_FIELDS) for row in own])


def _with_days(rows: QuerySet[ModelT], held: SchoolDayQuerySet, asked: dt.date, today: dt.date) -> tuple[ModelT, Days]:
    until, monday = min(asked, today), monday_of(asked)
    past, coming = held.order_by("-day").values("day"), held.filter(day__lte=today).order_by("day").values("day")
    row = get_object_or_404(
        rows.annotate(
            shown_day=Subquery(past.filter(day__lte=until)[:1]),
            previous_day=Subquery(past.filter(day__lte=until)[1:2]),
            next_day=Subquery(coming.filter(day__gt=until)[:1]),
            week=ArraySubquery(coming.filter(day__range=(monday, monday + WEEK - ONE_DAY))),
            week_before=Subquery(past.filter(day__lt=monday)[:1]),
            week_after=Subquery(coming.filter(day__gte=monday + WEEK)[:1]),
        )
    )
    names = ("shown_day", "previous_day", "next_day", "week", "week_before", "week_after")
    return row, Days(today, monday, *(getattr(row, name) for name in names))  # type: ignore[return-value]


def _with_taught(classes: QuerySet[ClassGroup], in_time: Q) -> QuerySet[ClassGroup]:
    """With `taught`: the subjects of the class's teachings, in their order, with the days of each."""
    teachings = Teaching.objects.filter(in_time, class_group=OuterRef("pk")).order_by("subject__rank", "subject")
    row = JSONObject(
        subject=JSONObject(**SUBJECT_FIELDS, homework_grades=F("subject__homework_grades")),
        first_day=F("first_day"),
        last_day=F("last_day"),
    )
    return classes.annotate(taught=ArraySubquery(teachings.values(row=row)))


def _with_items(notices: NoticeQuerySet) -> NoticeQuerySet:
    """With `item_rows` and `word_rows`, in the order of subjects, and whether it `holds_back` any item."""
    items = Item.objects.shown().filter(notice=OuterRef("pk")).order_by("subject__rank", "pk")
    held_back = Item.objects.live().filter(notice=OuterRef("pk"), appears_at__gt=timezone.now())
    words = NoHomework.objects.live().filter(notice=OuterRef("pk")).order_by("subject__rank")
    return notices.annotate(
        item_rows=ArraySubquery(items.values(row=_row(*ITEM_FIELDS))),
        word_rows=ArraySubquery(words.values(row=_row())),
        holds_back=Exists(held_back),
    )


def _vacation_rows(today: dt.date) -> ArraySubquery:
    """What there is to do in a vacation that `today` lies in or that begins soon, as homework.vacations.plan_for."""
    items = VacationItem.objects.live().filter(
        plan__class_group=OuterRef("pk"), plan__first_day__lte=today + OPENS_BEFORE, plan__last_day__gte=today
    )
    plan = {name: F(f"plan__{name}") for name in ("id", "first_day", "last_day", "limit_minutes", "load_minutes")}
    row = _row(*VACATION_ITEM_FIELDS, plan=JSONObject(**plan))
    return ArraySubquery(items.order_by("plan__first_day", "subject__rank", "pk").values(row=row))


def _row(*fields: str, **more: JSONObject) -> JSONObject:
    return JSONObject(subject=JSONObject(**SUBJECT_FIELDS), **{name: F(name) for name in fields}, **more)


def _subject_s(model: type[ModelT], row: dict[str, Any], fields: Iterable[str]) -> ModelT:
    """An instance for reading only, of what the database wrote."""
    return model(subject=Subject(**row["subject"]), **{name: row[name] for name in fields})


def _of_school(class_group: ClassGroup, school: School) -> ClassGroup:
    class_group.school = school
    return class_group


def _class_day(class_group: ClassGroup, day: dt.date, notice: Notice | None, book: RuleBook) -> ClassDay:
    school, grade = class_group.school, class_group.grade_on(day)
    turns = book.turns(school.pk, grade, day)
    items: list[dict[str, Any]] = notice.item_rows if notice else []  # type: ignore[attr-defined]
    words: list[dict[str, Any]] = notice.word_rows if notice else []  # type: ignore[attr-defined]
    class_day = ClassDay(
        class_group=class_group,
        day=day,
        name=class_group.name_on(day),
        notice=notice,
        items=[_subject_s(Item, row, ITEM_FIELDS) for row in items],
        no_homework=[Subject(**row["subject"]) for row in words],
        due=_due(class_group, day, grade, turns),
        limit=notice.limit_minutes if notice else book.limit(school, grade, day),
        shares={},
        rota=turns.rota,
        is_no_homework_day=turns.is_no_homework_day,
        covers_until=notice.covers_until if notice else None,
    )
    if notice and notice.holds_back:  # type: ignore[attr-defined]
        _leave_out(notice, class_day)
    return class_day


def _leave_out(notice: Notice, class_day: ClassDay) -> None:
    """Let the notice, as it is read here, say what its shown items say: what 教导处 has released."""
    notice.load_minutes = policy.load([item.work for item in class_day.items])
    notice.is_complete = notice.is_complete and not class_day.missing
    notice.awaits_release = False
    if notice.load_minutes <= notice.limit_minutes:
        notice.breached_rule, notice.review = "", Notice.Review.NOT_NEEDED


def _due(class_group: ClassGroup, day: dt.date, grade: int, turns: Turns) -> list[Subject]:
    """The subjects whose word is due, each once."""
    today = day.isoformat()
    rows: list[dict[str, Any]] = class_group.taught  # type: ignore[attr-defined]
    due = {
        row["subject"]["id"]: Subject(**row["subject"])
        for row in rows
        if row["first_day"] <= today <= (row["last_day"] or today) and grade in row["subject"]["homework_grades"]
    }
    return turns.shrink(due.values())
