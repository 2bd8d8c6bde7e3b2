"""What is known of schools beside homework's days: rules in force, families' words, no-homework days, service."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from homework.feedback import upheld
from homework.models import Feedback, SchoolRule
from homework.no_homework_weeks import class_weeks
from homework.samples import SampleFigures, pooled_figures
from inspections.complaint_life import UPHELD
from inspections.models import Complaint
from reports import service
from reports.snapshot import Counts
from schools.dated import holding_between
from schools.models import OrgUnit, UnitPlace
from schools.models.units import beginning_with

COUNTS = (
    "schools_open",
    "schools_with_rule",
    "schools_sparing_parents",
    "answers_with_limit",
    "answers_in_time",
    "gap_answers",
    "gap_doubled",
    "class_weeks",
    "class_weeks_with_none",
    "problems",
    *service.COUNTS,
)
NOTHING_KNOWN: Counts = dict.fromkeys(COUNTS, 0)
PROBLEMS = (Feedback.Kind.REPETITIVE, Feedback.Kind.PUNITIVE, Feedback.Kind.PHONE)


@dataclass(frozen=True, slots=True)
class Known:
    """One school, and what adds up to its county's."""

    pk: int
    path: str  # where it last stood in the period
    code: str
    name: str
    is_open: bool  # on the last day
    counts: Counts


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of the schools that last stood in the unit in these days, both included."""

    first_day: dt.date
    last_day: dt.date
    schools: list[Known]

    def counts(self, groups: Sequence[Sequence[Known]]) -> list[Counts]:
        """Of each group of schools together; zeros for one without any. Two queries at most.

        Too few answers for a group are none; in a larger group they count.
        """
        ids = {number: [school.pk for school in schools] for number, schools in enumerate(groups)}
        figures = pooled_figures(ids, self.first_day, self.last_day)
        people = self._people(groups)
        return [
            _sums(school.counts for school in schools) | _answers(figures.get(number)) | people[number]
            for number, schools in enumerate(groups)
        ]

    def _people(self, groups: Sequence[Sequence[Known]]) -> list[Counts]:
        """Nobody is asked for where nothing at all is known of service."""
        if not any(school.counts["service_known"] for school in self.schools):
            return [{} for _ in groups]
        taught = [[school.pk for school in schools if school.counts["service_days"]] for schools in groups]
        return service.people(taught, self.first_day, self.last_day)


def evidence(first_day: dt.date, last_day: dt.date, paths: Iterable[str]) -> Evidence:
    """A school's is counted where it last stood in the period, whatever it moved before: unlike homework's days, rules
    and weeks have no place of their own. By path. The same few queries for any number of schools.
    """
    later = UnitPlace.objects.filter(
        holding_between(first_day, last_day), unit=OuterRef("unit"), first_day__gt=OuterRef("first_day")
    )
    places = UnitPlace.objects.filter(
        ~Exists(later),
        holding_between(first_day, last_day),
        beginning_with("path", paths),
        unit__level=OrgUnit.Level.SCHOOL,
    )
    units = {place.unit_id: place for place in places.select_related("unit").order_by("path")}
    ruled = set(SchoolRule.objects.in_force(last_day).filter(school__in=units).values_list("school", flat=True))
    cases = upheld(units, first_day, last_day)
    complained = parents_burdened(units, first_day, last_day)
    weeks = class_weeks(list(units), first_day, last_day)
    open_then = {pk for pk, place in units.items() if place.unit.is_open_on(last_day)}
    served = service.held(units, open_then, first_day, last_day)
    taught = [pk for pk, counts in served.items() if counts["service_days"]]
    knows_service = any(counts["service_known"] for counts in served.values())
    pupils = service.pupils(taught, first_day, last_day) if knows_service else {}
    schools = []
    for pk, place in units.items():
        is_open = pk in open_then
        counts = _of_school(is_open, pk in ruled, cases.get(pk, {}), weeks.get(pk, (0, 0)))
        counts["schools_sparing_parents"] &= pk not in complained
        counts |= served[pk] | pupils.get(pk, {})
        schools.append(Known(pk, place.path, place.unit.code, place.unit.name, is_open, counts))
    return Evidence(first_day, last_day, schools)


def parents_burdened(schools: Iterable[int], first_day: dt.date, last_day: dt.date) -> set[int]:
    """Those of which a complaint that parents must set or mark homework was upheld by an answer of these days."""
    rows = Complaint.objects.filter(kind=Complaint.Kind.PARENTS, outcome__in=UPHELD, target__in=list(schools))
    return set(rows.filter(replied_on__range=(first_day, last_day)).values_list("target", flat=True))


def _of_school(is_open: bool, has_rule: bool, cases: Mapping[str, int], weeks: tuple[int, int]) -> Counts:
    with_none, all_weeks = weeks
    return {
        "schools_open": int(is_open),
        "schools_with_rule": int(is_open and has_rule),
        "schools_sparing_parents": int(is_open and not cases.get(Feedback.Kind.PARENTS)),
        "class_weeks": all_weeks,
        "class_weeks_with_none": with_none,
        "problems": sum(cases.get(kind, 0) for kind in PROBLEMS),
    }


def _sums(schools: Iterable[Counts]) -> Counts:
    sums = dict(NOTHING_KNOWN)
    for counts in schools:
        for name, count in counts.items():
            sums[name] += count
    return sums


def _answers(figures: SampleFigures | None) -> Counts:
    """Only what may be shown. The median is doubled, so that a half between two answers stays whole."""
    if figures is None or not figures.is_shown:
        return {}
    shown = {"gap_answers": figures.answers, "gap_doubled": round(figures.difference * 2)}
    if figures.in_limit_is_shown:
        shown |= {"answers_with_limit": figures.judged, "answers_in_time": figures.in_limit}
    return shown
