"""What a spot check is drawn from, how its record adds up, and how many a school has finished this term."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from homework.drawing import Lot
from homework.models import SpotCheck, SpotCheckSample
from schools.models import ClassGroup, School, Subject, Teaching, Term, UnitPlace
from schools.models.units import codes_in

# 学校常规 (homework regulations of schools such as 崖窑小学: 每学期组织4次以上作业全面检查). Shown as information.
USUAL_CHECKS_A_TERM = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """A class and a subject that is taught there and sets homework in its grade."""

    class_group: ClassGroup
    subject: Subject

    @property
    def lot(self) -> Lot:
        return (self.class_group.pk, self.subject.pk)


def candidates(
    school: School, day: dt.date, *, grades: Collection[int] = (), subjects: Collection[Subject] = ()
) -> list[Candidate]:
    """Of the classes and their timetable on `day`, in the order of classes and subjects; all grades or subjects where
    none are named. One query."""
    teachings = Teaching.objects.on(day).filter(
        class_group__in=ClassGroup.objects.filter(school=school).on(day).order_by()
    )
    if subjects:
        teachings = teachings.filter(subject__in=subjects)
    found = {
        Candidate(teaching.class_group, teaching.subject): None
        for teaching in teachings.select_related("class_group", "subject")
        for grade in [teaching.class_group.grade_on(day)]
        if 1 <= grade <= 9 and grade in teaching.subject.homework_grades and (not grades or grade in grades)
    }
    return sorted(
        found,
        key=lambda one: (
            one.class_group.grade_on(day),
            one.class_group.number,
            one.subject.rank,
            one.subject.pk,
        ),
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """A check's record added up. Of a question: yes of how many recorded."""

    samples: int
    recorded: int
    all_marked: int
    layered: int
    face_to_face: int
    with_problems: int

    @property
    def unrecorded(self) -> int:
        return self.samples - self.recorded

    @property
    def answers(self) -> list[tuple[str, int]]:
        return [("全批全改", self.all_marked), ("分层布置", self.layered), ("有面批", self.face_to_face)]


def tally(samples: Collection[SpotCheckSample]) -> Tally:
    recorded = [sample for sample in samples if sample.recorded_at]
    return Tally(
        samples=len(samples),
        recorded=len(recorded),
        all_marked=sum(bool(sample.is_all_marked) for sample in recorded),
        layered=sum(bool(sample.is_layered) for sample in recorded),
        face_to_face=sum(bool(sample.is_face_to_face) for sample in recorded),
        with_problems=sum(bool(sample.problems) for sample in recorded),
    )


@dataclass(frozen=True, slots=True)
class TermDays:
    """A term of a school: its name and its days, both ends included."""

    name: str
    first_day: dt.date
    last_day: dt.date

    def holds(self, day: dt.date) -> bool:
        return self.first_day <= day <= self.last_day


def terms_of(schools: Iterable[School], today: dt.date) -> dict[int, list[TermDays]]:
    """By school id, the terms that have begun, the latest first. Two queries.

    Where the city and the county both set a term, it lasts from the first day of either to the last.
    """
    places = UnitPlace.objects.on(today).filter(unit__in=[school.pk for school in schools])
    codes = {place.unit_id: set(codes_in(place.path)) for place in places}
    every_code = set().union(*codes.values())
    begun = Term.objects.filter(unit__code__in=every_code, first_day__lte=today).select_related("unit")
    found: dict[int, list[TermDays]] = {}
    terms = list(begun)
    for school_id, above in codes.items():
        same: dict[str, list[Term]] = defaultdict(list)
        for term in terms:
            if term.unit.code in above:
                same[str(term)].append(term)
        days = [
            TermDays(name, min(term.first_day for term in rows), max(term.last_day for term in rows))
            for name, rows in same.items()
        ]
        found[school_id] = sorted(days, key=lambda term: term.first_day, reverse=True)
    return found


@dataclass(frozen=True, slots=True)
class SchoolChecks:
    """How many checks a school has finished, and begun, in its latest term. A check belongs to the term of the last day
    whose homework it looks at."""

    school: School
    term: TermDays | None
    finished: int
    begun: int


def count_checks(schools: Sequence[School], today: dt.date) -> list[SchoolChecks]:
    """A row per school, in the order given. Three queries."""
    terms = {school_id: rows[0] for school_id, rows in terms_of(schools, today).items() if rows}
    since = min((term.first_day for term in terms.values()), default=today)
    checks = SpotCheck.objects.filter(school__in=schools, last_day__gte=since)
    finished: Counter[int] = Counter()
    begun: Counter[int] = Counter()
    for school_id, last_day, finished_at in checks.values_list("school", "last_day", "finished_at"):
        if school_id in terms and terms[school_id].holds(last_day):
            (finished if finished_at else begun)[school_id] += 1
    return [SchoolChecks(school, terms.get(school.pk), finished[school.pk], begun[school.pk]) for school in schools]
