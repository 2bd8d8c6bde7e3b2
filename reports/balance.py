"""How homework is spread over subjects and kinds, what families say it takes, and which wordings were warned of.

From items themselves, so the longer the span the fewer the schools: see SPANS. No teacher is named anywhere.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet, Sum

from homework.models import Item, Kind, WordingWarning
from homework.samples import SampleFigures, figures_of_school, pooled_figures
from homework.wording import wording_rules
from reports.insight import term_of, week_of
from schools.models import ClassGroup, OrgUnit, School, Subject
from schools.periods import PeriodKind, containing

SPAN_NAMES = {"day": "一天", "week": "一周", "month": "一个月", "term": "本学期"}
# A city's month is some two million items: what it asks of longer spans it asks of a county.
SPANS: dict[str, tuple[str, ...]] = {
    OrgUnit.Level.SCHOOL: ("week", "month", "term"),
    OrgUnit.Level.DISTRICT: ("week", "month"),
    OrgUnit.Level.COUNTY: ("week", "day"),
    OrgUnit.Level.CITY: ("day",),
}


def span_days(span: str, unit: OrgUnit, day: dt.date) -> tuple[dt.date, dt.date]:
    if span == "day":
        return day, day
    if span == "week":
        return week_of(day)
    if span == "month":
        month = containing(PeriodKind.MONTH, day)
        return month.first_day, month.last_day
    return term_of(unit, day)


@dataclass(frozen=True, slots=True)
class Part:
    """A subject or a kind: how many items, on how many class-days, and their written minutes at home or all minutes."""

    key: str
    name: str
    items: int
    class_days: int
    minutes: int
    all_minutes: int
    percent: int  # of the written minutes at home of all parts, rounded

    @property
    def mean(self) -> float | None:
        """Written minutes at home a class-day on which there was any item of it."""
        return round(self.minutes / self.class_days, 1) if self.class_days else None


@dataclass(frozen=True, slots=True)
class Balance:
    subjects: list[Part]
    kinds: list[Part]

    @property
    def chart_names(self) -> list[str]:
        return [part.name for part in self.subjects]


def balance(schools: Iterable[int] | QuerySet[School], first_day: dt.date, last_day: dt.date) -> Balance:
    """Two queries. A layered subject counts each layer's minutes."""
    items = Item.objects.live().filter(notice__school__in=schools, notice__day__range=(first_day, last_day))
    subjects = _sums(items, "subject", "subject__name", "subject__rank").order_by("subject__rank")
    kinds = {row["kind"]: row for row in _sums(items, "kind").order_by("kind")}
    return Balance(
        _parts([(str(row["subject"]), row["subject__name"], row) for row in subjects]),
        _parts([(kind.value, kind.label, kinds[kind.value]) for kind in Kind if kind.value in kinds]),
    )


def _sums(items: QuerySet[Item], *keys: str) -> QuerySet[Item, dict]:
    return (
        items.order_by()
        .values(*keys)
        .annotate(
            posted=Count("pk"),
            class_days=Count("notice", distinct=True),
            written=Sum("minutes", filter=Q(kind="written", place="home"), default=0),
            whole=Sum("minutes"),
        )
    )


def _parts(rows: Sequence[tuple[str, str, dict]]) -> list[Part]:
    written = sum(row["written"] for _, _, row in rows)
    return [
        Part(
            key,
            name,
            row["posted"],
            row["class_days"],
            row["written"],
            row["whole"],
            round(row["written"] * 100 / written) if written else 0,
        )
        for key, name, row in rows
    ]


@dataclass(frozen=True, slots=True)
class Warned:
    """How often items of a subject stand although this rule of wording warned of them."""

    rule: str
    name: str
    subject: int
    subject_name: str
    times: int
    class_days: int


def warned(schools: Iterable[int] | QuerySet[School], first_day: dt.date, last_day: dt.date) -> list[Warned]:
    """By rule, then subject. One query."""
    rows = (
        WordingWarning.objects.filter(
            school__in=schools, item__notice__day__range=(first_day, last_day), item__withdrawn_at=None
        )
        .values("rule", subject=F("item__subject"), subject_name=F("item__subject__name"))
        .annotate(times=Count("pk"), class_days=Count("item__notice", distinct=True))
        .order_by("rule", "item__subject__rank")
    )
    rules = wording_rules()
    return [Warned(name=rules[row["rule"]].name if row["rule"] in rules else row["rule"], **row) for row in rows]


@dataclass(frozen=True, slots=True)
class Experienced:
    """Declared and experienced minutes of a class, a subject, a school or a county; enough answers to be shown."""

    name: str
    figures: SampleFigures
    code: str = ""
    class_id: int | None = None
    subject_id: int | None = None


def experienced_in_school(school: School, first_day: dt.date, last_day: dt.date) -> list[Experienced]:
    """The school's, each subject's, each class's. Three queries."""
    found = figures_of_school(school.pk, first_day, last_day)
    rows = [Experienced("全校", found.school)] if found.school else []
    rows += [
        Experienced(subject.name, found.subjects[subject.pk], subject_id=subject.pk)
        for subject in Subject.objects.filter(pk__in=found.subjects)
    ]
    rows += [
        Experienced(group.name_on(last_day), found.classes[group.pk], class_id=group.pk)
        for group in ClassGroup.objects.filter(pk__in=found.classes).in_order()
    ]
    return [row for row in rows if row.figures.is_shown]


def experienced_in_area(
    groups: Sequence[tuple[str, str, list[int]]], first_day: dt.date, last_day: dt.date
) -> list[Experienced]:
    """Of each (code, name, schools). One query."""
    found = pooled_figures({code: schools for code, _, schools in groups}, first_day, last_day)
    rows = [Experienced(name, found[code], code=code) for code, name, _ in groups if code in found]
    return [row for row in rows if row.figures.is_shown]
