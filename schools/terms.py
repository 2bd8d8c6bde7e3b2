"""Which term of its school a day belongs to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from schools.models import School, Term, UnitPlace
from schools.models.units import codes_in


@dataclass(frozen=True, slots=True)
class TermDays:
    """A term of a school: its name and its days, both ends included."""

    name: str
    first_day: dt.date
    last_day: dt.date


def term_on(school: School, day: dt.date) -> TermDays | None:
    """The term that holds `day`; else the next one to come, else the last one gone. None where no term is set.

    Where the city and the county both set a term, it lasts from the first day of either to the last. Two queries.
    """
    place = UnitPlace.objects.filter(unit=school.pk).order_by("-first_day").first()
    if place is None:
        return None
    by_name: dict[str, TermDays] = {}
    for term in Term.objects.filter(unit__code__in=codes_in(place.path)).order_by("first_day"):
        known = by_name.get(str(term))
        last_day = max(known.last_day, term.last_day) if known else term.last_day
        by_name[str(term)] = TermDays(str(term), known.first_day if known else term.first_day, last_day)
    terms = sorted(by_name.values(), key=lambda one: one.first_day)
    return next((one for one in terms if one.last_day >= day), terms[-1] if terms else None)
