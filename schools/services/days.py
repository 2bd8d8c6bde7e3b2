"""The calendar: terms become each school's days; counties and schools change single days."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.services import audit
from schools.calendar import days_between, statutory_day
from schools.dated import holding_between, is_between
from schools.models import CalendarChange, ChangedDay, OffWorkTime, OrgUnit, SchoolDay, Term, UnitPlace
from schools.models.units import codes_in
from schools.signals import days_turned


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
    write_days(unit, {*before, *days_between(first_day, last_day)})
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
    write_days(unit, [day])
    audit(by=by, action="day.change", subject=change, path=path, day=str(day), teaches=teaches)
    return change


@transaction.atomic
def take_change_back(*, by: User, change: CalendarChange) -> None:
    """The day follows the calendar above again. The audit trail keeps what was changed."""
    audit(by=by, action="day.change_back", subject=change, day=str(change.day), teaches=change.teaches)
    change.delete()
    write_days(change.unit, [change.day])


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


def write_days(unit: OrgUnit, days: Collection[dt.date]) -> None:
    """Make the rows of `days` agree with terms and changes for every school at or below `unit`, and note what changed.

    Seven queries, whatever the number of schools and days, and those of who listens (`schools.signals`).
    """
    if not days:
        return
    placed = _placed_below(unit, days)
    teaching = _teaching(placed, days)
    found = SchoolDay.objects.filter(school__in={pk for pk, _ in placed}, day__in=days)
    rows = {(pk, day): is_cancelled for pk, day, is_cancelled in found.values_list("school", "day", "is_cancelled")}
    new = teaching - rows.keys()
    turned = {pair for pair, is_cancelled in rows.items() if pair in placed and is_cancelled == (pair in teaching)}
    SchoolDay.objects.add(new)
    SchoolDay.objects.turn(turned)
    ChangedDay.objects.note(new | turned)
    days_turned.send(SchoolDay, pairs=new | turned)


# Where a school stood: the codes from the city's to its own, by its id and the day.
Placed = dict[tuple[int, dt.date], list[str]]


def _placed_below(unit: OrgUnit, days: Collection[dt.date]) -> Placed:
    """The schools open at or below `unit` on each of the days."""
    below = UnitPlace.objects.filter(
        holding_between(min(days), max(days)), unit__school__isnull=False, path__contains=f"/{unit.code}/"
    )
    return {
        (place.unit_id, day): codes
        for place, codes in [(place, codes_in(place.path)) for place in below.select_related("unit")]
        for day in days
        if is_between(day, place.first_day, place.last_day) and place.unit.is_open_on(day)
    }


def _teaching(placed: Placed, days: Collection[dt.date]) -> set[tuple[int, dt.date]]:
    """Those that teach: the lowest unit that changed the day decides, else term and statute."""
    in_term = _in_term(days)
    changes = CalendarChange.objects.filter(day__in=days).values_list("unit__code", "day", "teaches")
    changed = {(code, day): teaches for code, day, teaches in changes}
    workdays = {day for day in days if statutory_day(day).is_workday}
    return {
        (pk, day)
        for (pk, day), codes in placed.items()
        if next(
            (changed[code, day] for code in reversed(codes) if (code, day) in changed),
            day in workdays and any((code, day) in in_term for code in codes),
        )
    }


def _in_term(days: Collection[dt.date]) -> set[tuple[str, dt.date]]:
    """Each unit's code with the days that lie in a term of its own."""
    terms = Term.objects.filter(first_day__lte=max(days), last_day__gte=min(days)).select_related("unit")
    return {(term.unit.code, day) for term in terms for day in days if is_between(day, term.first_day, term.last_day)}


def write_planned_days(unit: OrgUnit, first_day: dt.date) -> None:
    """Write the days from `first_day` on of the terms that are set already, for a unit that joins later."""
    path = unit.path_on(first_day)
    below = UnitPlace.objects.filter(path__startswith=path).values("unit")
    ours = Q(unit__code__in=codes_in(path)) | Q(unit__in=below)
    days: set[dt.date] = set()
    for term in Term.objects.filter(ours, last_day__gte=first_day):
        days.update(days_between(max(term.first_day, first_day), term.last_day))
    write_days(unit, days)


def days_are_provisional(first_day: dt.date, last_day: dt.date) -> bool:
    """Whether some day between, both included, lies in a year whose make-up workdays are not published yet."""
    return any(statutory_day(dt.date(year, 6, 1)).is_provisional for year in range(first_day.year, last_day.year + 1))
