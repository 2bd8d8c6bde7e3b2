"""Rows of units counted, and summed for the areas directly below a report's unit.

Rows belong to the unit where it last stood in the period. Days are first and last, both included.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from reports.snapshot import Counts
from schools.dated import holding_between
from schools.models import UnitPlace
from schools.models.units import beginning_with, codes_in


def placed(first_day: dt.date, last_day: dt.date, paths: tuple[str, ...]) -> dict[int, str]:
    """Unit → its last path in the period, ours among them."""
    later = UnitPlace.objects.filter(
        holding_between(first_day, last_day), unit=OuterRef("unit"), first_day__gt=OuterRef("first_day")
    )
    places = UnitPlace.objects.filter(
        ~Exists(later), holding_between(first_day, last_day), beginning_with("path", paths)
    )
    return dict(places.values_list("unit", "path"))


def by_unit(groups: Iterable[tuple[QuerySet[Any], str, dict[str, Any]]], names: Sequence[str]) -> dict[int, Counts]:
    """Of each group — rows, the field of their unit, what is counted of them — by unit; one query a group.

    A duration counts in days.
    """
    units: dict[int, Counts] = {}
    for queryset, key, aggregates in groups:
        for row in queryset.order_by().values(key).annotate(**aggregates):
            counts = units.setdefault(row[key], dict.fromkeys(names, 0))
            for name in aggregates:
                value = row[name] or 0
                counts[name] += value.days if isinstance(value, dt.timedelta) else value
    return units


def summed(
    units: Mapping[int, Counts], places: Mapping[int, str], above: tuple[str, ...], names: Sequence[str]
) -> dict[str, Counts]:
    """By the code of the unit directly below ours, "" for what is ours."""
    areas: dict[str, Counts] = {}
    for unit, counts in units.items():
        _add(areas.setdefault(_below(places[unit], above), dict.fromkeys(names, 0)), counts)
    return areas


def together(parts: Iterable[Counts], names: Sequence[str], known: str) -> Counts:
    """The sum of several areas' counts, zeros where there is none; `known` is 1 where one of them has it."""
    sums = dict.fromkeys((*names, known), 0)
    for counts in parts:
        _add(sums, counts)
    return sums | {known: int(sums[known] > 0)}


def _add(sums: dict[str, int], counts: Counts) -> None:
    for name, count in counts.items():
        sums[name] += count


def _below(path: str, above: tuple[str, ...]) -> str:
    ours = next(part for part in above if path.startswith(part))
    return next(iter(code for code in codes_in(path[len(ours) :]) if code), "")
