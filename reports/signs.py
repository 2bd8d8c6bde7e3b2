"""Signs that figures may have been made up: reasons to look, with their rows. No person is named, and
nothing of this enters a report. The rules and their thresholds stand in signs.toml."""

import datetime as dt
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

from reports.compute import cut_off_days
from reports.models import Return
from reports.returns.computed import of_schools
from schools.models import ClassGroup, School, Subject
from schools.periods import PeriodKind, last_full

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class SignRule:
    number: int
    id: str
    name: str
    text: str  # with its thresholds in words
    harmless: str  # how it may have come about in good order
    thresholds: Mapping[str, int]


@cache
def sign_rules() -> dict[str, SignRule]:
    """By id, in the order of their numbers."""
    rules = {}
    for entry in tomllib.loads((FOLDER / "signs.toml").read_text(encoding="utf8"))["sign"]:
        thresholds = {name: value for name, value in entry.items() if isinstance(value, int) and name != "number"}
        text = entry["text"].format(**thresholds)
        rules[entry["id"]] = SignRule(entry["number"], entry["id"], entry["name"], text, entry["harmless"], thresholds)
    return rules


@cache
def _sql(id: str) -> str:
    return (FOLDER / "sql" / f"sign_{id}.sql").read_text(encoding="utf8")


@dataclass(frozen=True, slots=True)
class Trace:
    """What one rule found in a class or, without a class, in a school: `count` of `of` (None: not a share)."""

    rule: SignRule
    school: int
    count: int
    of: int | None = None
    class_group: int | None = None
    subject: int | None = None
    minutes: int | None = None
    text: str = ""
    late: int = 0
    quick: int = 0
    first_day: dt.date | None = None  # the days looked at
    last_day: dt.date | None = None
    notices: list[int] = field(default_factory=list)  # those posted in quick succession
    on: list[dt.date] = field(default_factory=list)  # the days with a page of their own behind it


@dataclass(frozen=True, slots=True)
class Days:
    """`term_begins` bounds every rule; those that look at the last weeks begin later."""

    term_begins: dt.date
    until: dt.date

    def last(self, days: int) -> tuple[dt.date, dt.date]:
        return max(self.term_begins, self.until - dt.timedelta(days=days - 1)), self.until


def traces(schools: Iterable[int], days: Days) -> list[Trace]:
    """By the rules' numbers, then school and class. Ten queries, each for all the schools, and eight more where
    returns are to be compared.
    """
    ids = list(schools)
    return [
        *_same_minutes(ids, days),
        *_copied_text(ids, days),
        *(trace for trace in late_or_quick(ids, days) if _is_enough(trace)),
        *_at_limit(ids, days),
        *_counted("odd_hours", ids, days),
        *_counted("full_participation", ids, days),
        *_counted("all_satisfied", ids, days),
        *_counted("no_finding", ids, days),
        *_declared_differs(ids, days),
        *_early_roll(ids, days),
    ]


@dataclass(frozen=True, slots=True)
class Named:
    """A trace with the names that a page prints."""

    trace: Trace
    class_name: str
    subject_name: str


def named(found: Sequence[Trace], day: dt.date) -> list[Named]:
    """By rule, then in the order of classes, the lowest grade first. Two queries."""
    groups = ClassGroup.objects.in_bulk({trace.class_group for trace in found if trace.class_group})
    subjects = Subject.objects.in_bulk({trace.subject for trace in found if trace.subject})
    rows = [
        Named(
            trace,
            groups[trace.class_group].name_on(day) if trace.class_group else "",
            subjects[trace.subject].name if trace.subject else "",
        )
        for trace in found
    ]

    def place(row: Named) -> tuple[int, int, int]:
        group = groups.get(row.trace.class_group or 0)
        return row.trace.rule.number, group.grade_on(day) if group else 0, group.number if group else 0

    return sorted(rows, key=place)


def by_school(schools: Sequence[School], days: Days) -> list[tuple[School, list[int]]]:
    """In the order given: how many traces each rule found in the school."""
    found = Counter((trace.school, trace.rule.id) for trace in traces([school.pk for school in schools], days))
    return [(school, [found[school.pk, rule] for rule in sign_rules()]) for school in schools]


def _same_minutes(schools: list[int], days: Days) -> list[Trace]:
    rule = sign_rules()["same_minutes"]
    rows = _rows(rule, schools, days.term_begins, days.until)
    return [
        Trace(rule, school, count, class_group=group, minutes=minutes, first_day=first, last_day=last)
        for school, group, minutes, count, first, last in rows
    ]


def _copied_text(schools: list[int], days: Days) -> list[Trace]:
    rule = sign_rules()["copied_text"]
    rows = _rows(rule, schools, days.term_begins, days.until)
    return [
        Trace(
            rule,
            school,
            count,
            class_group=group,
            subject=subject,
            text=text,
            first_day=days.term_begins,
            last_day=days.until,
        )
        for school, group, subject, text, count in rows
    ]


def late_or_quick(schools: list[int], days: Days) -> list[Trace]:
    """A trace per school with published class-days, whether there are enough to speak of or not."""
    rule = sign_rules()["late_or_quick"]
    first_day, last_day = days.last(rule.thresholds["days"])
    rows = _rows(rule, schools, first_day, last_day)
    return [
        Trace(
            rule,
            school,
            count,
            of=published,
            late=late,
            quick=len(quick or ()),
            first_day=first_day,
            last_day=last_day,
            notices=quick or [],
        )
        for school, published, late, count, quick in rows
    ]


def _is_enough(trace: Trace) -> bool:
    least, percent = (trace.rule.thresholds[name] for name in ("least", "percent"))
    return trace.of is not None and trace.of >= least and trace.count * 100 >= percent * trace.of


def _at_limit(schools: list[int], days: Days) -> list[Trace]:
    rule = sign_rules()["at_limit"]
    first_day, last_day = days.last(rule.thresholds["days"])
    return [
        Trace(rule, school, count, of=complete, class_group=group, first_day=first_day, last_day=last_day)
        for school, group, count, complete in _rows(rule, schools, first_day, last_day)
    ]


def _counted(id: str, schools: list[int], days: Days) -> list[Trace]:
    """Of a rule that finds a school at most once: its count, of how many where the rule says."""
    rule = sign_rules()[id]
    looks_back = rule.thresholds.get("days")
    first_day, last_day = days.last(looks_back) if looks_back else (days.term_begins, days.until)
    return [
        Trace(rule, school, count, of=rest[0] if rest else None, first_day=first_day, last_day=last_day)
        for school, count, *rest in _rows(rule, schools, first_day, last_day)
    ]


def _declared_differs(schools: list[int], days: Days) -> list[Trace]:
    """Of the last half-month that was over on the day looked at."""
    rule = sign_rules()["declared_differs"]
    period = last_full(PeriodKind.HALF_MONTH, days.until)
    declared = {
        row.unit_id: row.answers
        for row in Return.objects.of_period(period).stands().filter(unit__in=schools).order_by("unit")
    }
    if not declared:
        return []
    first_day, last_day = period.stated_days(cut_off_days(period))
    found = of_schools(list(declared), first_day, last_day)
    differing = {school: len(found[school].unlike(declared[school])) for school in declared if school in found}
    return [
        Trace(rule, school, count, of=len(declared[school]), text=period.code)
        for school, count in differing.items()
        if count >= rule.thresholds["least"]
    ]


def _early_roll(schools: list[int], days: Days) -> list[Trace]:
    rule = sign_rules()["early_roll"]
    first_day, last_day = days.last(rule.thresholds["days"])
    return [
        Trace(rule, school, early, of=held, first_day=first_day, last_day=last_day, on=on)
        for school, early, held, on in _rows(rule, schools, first_day, last_day)
    ]


def _rows(rule: SignRule, schools: list[int], first_day: dt.date, last_day: dt.date) -> list[tuple[Any, ...]]:
    values: dict[str, Any] = {"schools": schools, "first_day": first_day, "last_day": last_day, **rule.thresholds}
    with connection.cursor() as cursor:
        cursor.execute(_sql(rule.id), values)
        return cursor.fetchall()
