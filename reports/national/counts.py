"""The numbers of the national form: what was declared, what is computed, of a unit and of each area below it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from reports import by_area, oversight, training
from reports.models import Return
from reports.returns import computed
from schools.models import OrgUnit
from schools.models.units import codes_in
from schools.periods import Period
from training import half_month
from training.half_month import HalfMonth

Level = OrgUnit.Level
Side = dict[int, int]

OF_REGISTER = range(7, 15)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of one unit. An item that is in neither side is unknown, which is not 0; 19 and 20 are 1 for 是, 0 for 否."""

    counties: int = 0
    schools: int = 0
    institutions: HalfMonth = field(default_factory=HalfMonth)
    declared: Side = field(default_factory=dict)
    computed: Side = field(default_factory=dict)

    def __add__(self, other: Numbers) -> Numbers:
        return Numbers(
            self.counties + other.counties,
            self.schools + other.schools,
            self.institutions + other.institutions,
            _sum(self.declared, other.declared),
            _sum(self.computed, other.computed),
        )


def _sum(one: Side, other: Side) -> Side:
    """What only one side knows stands as that side has it."""
    return {item: one.get(item, 0) + other.get(item, 0) for item in one.keys() | other.keys()}


@dataclass(frozen=True, slots=True)
class Place:
    """A county of a city's form; without code: what lies directly below the unit, or is the unit itself."""

    code: str
    name: str
    numbers: Numbers


def by_place(period: Period, first_day: dt.date, last_day: dt.date, paths: tuple[str, ...]) -> list[Place]:
    """By code, the unit itself last where it has numbers of its own. Days are first and last, both included; `paths`
    are the unit's own in them. About thirty queries, whatever the number of schools.
    """
    placed = by_area.placed(first_day, last_day, paths)
    units = [unit for unit in OrgUnit.objects.filter(pk__in=placed) if unit.is_open_on(last_day)]
    area_of = {unit.pk: _area(placed[unit.pk], paths, unit.level) for unit in units}
    numbers: dict[str, Numbers] = {}
    for area, found in (
        *((area_of[unit.pk], _one(unit)) for unit in units),
        *_declared(period, units, area_of),
        *_of_schools(units, area_of, first_day, last_day),
        *_of_counties(units, area_of, last_day),
        *_of_areas(units, first_day, last_day, paths),
    ):
        numbers[area] = numbers.get(area, Numbers()) + found
    names = {unit.code: unit.name for unit in units}
    return [
        Place(code, names.get(code, ""), numbers[code]) for code in sorted(numbers, key=lambda code: (not code, code))
    ]


def total(places: Iterable[Place]) -> Numbers:
    return sum((place.numbers for place in places), Numbers())


def _area(path: str, paths: tuple[str, ...], level: str) -> str:
    """The code of the county directly below us; empty for ourselves and for a school or department directly below."""
    ours = next(above for above in paths if path.startswith(above))
    below = [code for code in codes_in(path[len(ours) :]) if code]
    is_area = len(below) > 1 or (below and level == Level.COUNTY)
    return below[0] if is_area else ""


def _one(unit: OrgUnit) -> Numbers:
    return Numbers(counties=int(unit.level == Level.COUNTY), schools=int(unit.level == Level.SCHOOL))


def _declared(period: Period, units: list[OrgUnit], area_of: dict[int, str]) -> Iterable[tuple[str, Numbers]]:
    for one in Return.objects.of_period(period).stands().filter(unit__in=units):
        yield area_of[one.unit_id], Numbers(declared={item: int(answer) for item, answer in one.answers.items()})


def _of_schools(
    units: list[OrgUnit], area_of: dict[int, str], first_day: dt.date, last_day: dt.date
) -> Iterable[tuple[str, Numbers]]:
    schools = [unit.pk for unit in units if unit.level == Level.SCHOOL]
    for school, found in computed.of_schools(schools, first_day, last_day).items():
        yield area_of[school], Numbers(computed={item: int(holds) for item, holds in found.items.items()})


def _of_counties(units: list[OrgUnit], area_of: dict[int, str], day: dt.date) -> Iterable[tuple[str, Numbers]]:
    """Items 7 to 14: the register is always known; a county without institutions has none of them."""
    counties = [unit.pk for unit in units if unit.level == Level.COUNTY]
    found = half_month.by_county(counties, day)
    for county in counties:
        institutions = found.get(county, HalfMonth())
        items = {item: getattr(institutions, f"item_{item}") for item in OF_REGISTER}
        yield area_of[county], Numbers(institutions=institutions, computed=items)


def _of_areas(
    units: list[OrgUnit], first_day: dt.date, last_day: dt.date, paths: tuple[str, ...]
) -> Iterable[tuple[str, Numbers]]:
    """Items 15 to 21; nothing where the system had no school day in these days, for then nothing was kept in it."""
    if not computed.with_a_day([unit.pk for unit in units], first_day, last_day):
        return
    trained = training.training(first_day, last_day, paths)
    overseen = oversight.oversight(first_day, last_day, paths)
    is_city = any(unit.level == Level.CITY for unit in units)
    counties = {unit.code for unit in units if unit.level == Level.COUNTY}
    for code in trained.keys() | overseen.keys():
        items = computed.county_items(trained.get(code, {}), overseen.get(code, {}))
        if is_city and not code:
            items |= computed.city_items(trained.get(code, {}))
        # A member unit's complaints, and a school's directly below the city, are the city's own.
        yield code if code in counties else "", Numbers(computed=items)
