"""The calendar: terms become each school's days; counties and schools change single days."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from accounts.services import audit
from schools.calendar import days_between, statutory_day
from schools.models import CalendarChange, ChangedDay, OffWorkTime, OrgUnit, School, SchoolDay, Term, UnitPlace
from schools.models.units import codes_in


@transaction.atomic
def set_term(
    *, by: User | None, unit: OrgUnit, school_year: int, half: str, first_day: dt.date, last_day: dt.date
) -> Term:
    """Set or change a term of a city or county and write the days of every school below. Raises ValidationError."""
    path = unit.path_on_typed(first_day)
    key = {"unit": unit, "school_year": school_year, "half": half}
    term = Term.objects.filter(**key).first() or Term(**key)
    before = days_between(term.first_day, term.last_day) if term.pk else []
    term.first_day, term.last_day = first_day, last_day
    term.full_clean()
    term.save()
    for day in sorted({*before, *days_between(first_day, last_day)}):
        write_day(unit, day)
    audit(by=by, action="term.set", subject=term, path=path, first_day=str(first_day), last_day=str(last_day))
    return term


@transaction.atomic
def change_day(*, by: User | None, unit: OrgUnit, day: dt.date, teaches: bool, reason: str) -> CalendarChange:
    """A county or school teaches, or does not, on a day against the calendar above it. Raises ValidationError."""
    path = unit.path_on_typed(day)
    change = CalendarChange.objects.filter(unit=unit, day=day).first() or CalendarChange(unit=unit, day=day)
    change.teaches, change.reason, change.made_by = teaches, reason.strip(), by
    change.full_clean()
    change.save()
    write_day(unit, day)
    audit(by=by, action="day.change", subject=change, path=path, day=str(day), teaches=teaches)
    return change


@transaction.atomic
def take_change_back(*, by: User, change: CalendarChange) -> None:
    """The day follows the calendar above again. The audit trail keeps what was changed."""
    audit(by=by, action="day.change_back", subject=change, day=str(change.day), teaches=change.teaches)
    change.delete()
    write_day(change.unit, change.day)


@transaction.atomic
def set_off_work_time(*, by: User | None, unit: OrgUnit, first_day: dt.date, off_work_at: dt.time) -> OffWorkTime:
    """Off-work time at `unit` from `first_day` until the next entry; an entry of the same day is replaced."""
    entry = OffWorkTime.objects.filter(unit=unit, first_day=first_day).first() or OffWorkTime(
        unit=unit, first_day=first_day
    )
    entry.off_work_at = off_work_at
    entry.full_clean()
    entry.save()
    audit(by=by, action="off_work.set", subject=entry, path=unit.path_on_typed(first_day), at=off_work_at.isoformat())
    return entry


def write_day(unit: OrgUnit, day: dt.date) -> None:
    """Make the rows of `day` agree with terms and changes for every school at or below `unit`; note those that changed.

    A handful of queries whatever the number of schools.
    """
    schools = School.objects.under(unit, day).open_on(day)
    teaching = _teaching(schools, day)
    rows = dict(SchoolDay.objects.filter(day=day, school__in=schools).values_list("school", "is_cancelled"))
    new = teaching - rows.keys()
    turned = {school for school, is_cancelled in rows.items() if is_cancelled == (school in teaching)}
    SchoolDay.objects.add(day, new)
    SchoolDay.objects.filter(day=day, school__in=turned).update(is_cancelled=~F("is_cancelled"))
    ChangedDay.objects.note((school, day) for school in new | turned)


def _teaching(schools: QuerySet[School], day: dt.date) -> set[int]:
    """Ids of those that teach on `day`: the lowest unit that changed the day decides, else term and statute."""
    by_statute = statutory_day(day).is_workday
    in_term = _paths(Term.objects.filter(first_day__lte=day, last_day__gte=day).values_list("unit", flat=True), day)
    changes = dict(CalendarChange.objects.filter(day=day).values_list("unit", "teaches"))
    changed = {path: changes[unit] for unit, path in _paths(changes, day).items()}
    place = UnitPlace.objects.on(day).filter(unit=OuterRef("unit")).values("path")[:1]
    placed = schools.annotate(path=Subquery(place)).values_list("pk", "path")
    return {
        pk
        for pk, path in placed
        if _decision(path, changed, default=by_statute and any(path.startswith(term) for term in in_term.values()))
    }


def _decision(path: str, changed: dict[str, bool], *, default: bool) -> bool:
    """The word of the lowest changed unit at or above `path`."""
    above = [unit for unit in changed if path.startswith(unit)]
    return changed[max(above, key=len)] if above else default


def _paths(units: Iterable[int], day: dt.date) -> dict[int, str]:
    return dict(UnitPlace.objects.on(day).filter(unit__in=list(units)).values_list("unit", "path"))


def write_planned_days(unit: OrgUnit, first_day: dt.date) -> None:
    """Write the days from `first_day` on of the terms that are set already, for a unit that joins later."""
    path = unit.path_on(first_day)
    below = UnitPlace.objects.filter(path__startswith=path).values("unit")
    ours = Q(unit__code__in=codes_in(path)) | Q(unit__in=below)
    days: set[dt.date] = set()
    for term in Term.objects.filter(ours, last_day__gte=first_day):
        days.update(days_between(max(term.first_day, first_day), term.last_day))
    for day in sorted(days):
        write_day(unit, day)


def days_are_provisional(first_day: dt.date, last_day: dt.date) -> bool:
    """Whether some day between, both included, lies in a year whose make-up workdays are not published yet."""
    return any(statutory_day(dt.date(year, 6, 1)).is_provisional for year in range(first_day.year, last_day.year + 1))
