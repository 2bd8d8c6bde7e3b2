"""When people leave work where a school stands (当地正常下班时间), for judging plans: of one school or of many."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from afterschool.plan_terms import PlanTerms
from schools.dated import is_between
from schools.models import OffWorkTime, School, UnitPlace
from schools.models.units import codes_in


@dataclass(frozen=True, slots=True)
class OffWorkBook:
    """The off-work times said so far, by the code of the unit; and where each school has stood."""

    entries: dict[str, list[tuple[dt.date, dt.time]]]  # in the order of their first days
    places: dict[int, list[UnitPlace]]

    @classmethod
    def read(cls, school_ids: Collection[int]) -> OffWorkBook:
        """Two queries, whatever the number of schools."""
        entries: dict[str, list[tuple[dt.date, dt.time]]] = defaultdict(list)
        said = OffWorkTime.objects.order_by("first_day").values_list("unit__code", "first_day", "off_work_at")
        for code, first_day, off_work_at in said:
            entries[code].append((first_day, off_work_at))
        places: dict[int, list[UnitPlace]] = defaultdict(list)
        for place in UnitPlace.objects.filter(unit__in=school_ids):
            places[place.unit_id].append(place)
        return cls(dict(entries), dict(places))

    def by_season(self, school_id: int, terms: PlanTerms) -> dict[str, dt.time | None]:
        """By season of the plan, the latest time that holds on one of its days; None where nobody said it."""
        return {
            season.value: max((time for span in spans for time in self._times(school_id, *span)), default=None)
            for season, spans in terms.seasons.items()
        }

    def on(self, school_id: int, day: dt.date) -> dt.time | None:
        """The lowest unit on the school's path that has said something by `day` decides."""
        place = next((one for one in self.places.get(school_id, []) if _holds(one, day)), None)
        for code in reversed(codes_in(place.path) if place else []):
            said = self.entries.get(code, [])
            before = bisect_right(said, day, key=lambda entry: entry[0])
            if before:
                return said[before - 1][1]
        return None

    def _times(self, school_id: int, first_day: dt.date, last_day: dt.date) -> Iterable[dt.time]:
        """Those that hold on some day between: looked up wherever something may change."""
        begins = [day for said in self.entries.values() for day, _ in said]
        begins += [place.first_day for place in self.places.get(school_id, [])]
        for day in {first_day, *(begin for begin in begins if first_day < begin <= last_day)}:
            if (time := self.on(school_id, day)) is not None:
                yield time


def off_work_at(school: School, terms: PlanTerms) -> dict[str, dt.time | None]:
    """`OffWorkBook.by_season` of one school."""
    return OffWorkBook.read([school.pk]).by_season(school.pk, terms)


def _holds(place: UnitPlace, day: dt.date) -> bool:
    return is_between(day, place.first_day, place.last_day)
