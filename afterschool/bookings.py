"""Who and what is booked when, and how many places a group has left: asked before anything is written.

The database is the last guard (afterschool.models.booked); here the refusal gets its words, which name the other group.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from afterschool.models import CourseGroup, Enrolment
from afterschool.week import Slot, as_minutes, as_slots
from schools.models.classes import GRADE_NAMES


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody's days in a group, both ends included, with the group's times in minutes of the week."""

    group: int
    group_name: str
    first_day: dt.date
    last_day: dt.date
    minutes: tuple[tuple[int, int], ...]

    @property
    def days(self) -> str:
        return f"{self.first_day:%Y年%-m月%-d日}—{self.last_day:%-m月%-d日}"

    def shares_a_day(self, other: Stay) -> bool:
        return self.first_day <= other.last_day and other.first_day <= self.last_day

    def clash(self, other: Stay) -> str:
        """Where one would be in both at once: 周一16:00—17:00; empty where never."""
        if not self.shares_a_day(other):
            return ""
        return common_time(self.minutes, other.minutes)


def stay_in(group: CourseGroup, first_day: dt.date, last_day: dt.date) -> Stay:
    return Stay(group.pk, group.name, first_day, last_day, minutes_of(group))


def minutes_of(row: CourseGroup | Enrolment) -> tuple[tuple[int, int], ...]:
    return tuple((one.lower, one.upper) for one in row.weekly)


def common_time(some: Iterable[tuple[int, int]], others: Collection[tuple[int, int]]) -> str:
    """The first time of the week that both hold, in words; empty where there is none."""
    common = [
        (max(lower, other_lower), min(upper, other_upper))
        for lower, upper in some
        for other_lower, other_upper in others
        if lower < other_upper and other_lower < upper
    ]
    return as_slots([min(common)])[0].name if common else ""


def greatest(stays: Iterable[tuple[dt.date, dt.date]], first_day: dt.date, last_day: dt.date) -> int:
    """The greatest number of `stays` (first and last day) on any day from first to last, all ends included."""
    turns: list[tuple[dt.date, int]] = []
    for begins, ends in stays:
        if begins <= last_day and ends >= first_day:
            turns += [(max(begins, first_day), 1), (min(ends, last_day) + dt.timedelta(days=1), -1)]
    number = most = 0
    for _, change in sorted(turns):  # on one day those who have left go before those who come
        number += change
        most = max(most, number)
    return most


@dataclass(slots=True)
class Rosters:
    """The stays in some groups and of some pupils, to which more are added as long as they fit.

    Pupils are known by any key that the caller likes: their id, or the code of one who is yet to be written.
    """

    by_group: dict[int, list[tuple[dt.date, dt.date]]] = field(default_factory=lambda: defaultdict(list))
    by_pupil: dict[int | str, list[Stay]] = field(default_factory=lambda: defaultdict(list))

    def refusal(self, pupil: int | str, group: CourseGroup, first_day: dt.date, last_day: dt.date) -> str:
        """Why she cannot be in the group on these days; empty where she can."""
        wanted = stay_in(group, first_day, last_day)
        for stay in self.by_pupil[pupil]:
            if stay.group == group.pk and stay.shares_a_day(wanted):
                return f"已在“{group.name}”（{stay.days}）"
            if clash := stay.clash(wanted):
                return f"{clash}已在“{stay.group_name}”（{stay.days}）"
        if greatest(self.by_group[group.pk], first_day, last_day) >= group.capacity:
            return f"“{group.name}”人数已满（上限{group.capacity}人）"
        return ""

    def add(self, pupil: int | str, group: CourseGroup, first_day: dt.date, last_day: dt.date) -> None:
        self.by_group[group.pk].append((first_day, last_day))
        self.by_pupil[pupil].append(stay_in(group, first_day, last_day))


def rosters(groups: Collection[int], pupils: Collection[int], *, without: Collection[int] = ()) -> Rosters:
    """As stored, but for the enrolments `without`. By ids. One query."""
    known = Rosters()
    asked, hers = set(groups), set(pupils)
    rows = Enrolment.objects.filter(Q(group__in=asked) | Q(pupil__in=hers)).exclude(pk__in=list(without))
    for row in rows.select_related("group"):
        if row.group_id in asked:
            known.by_group[row.group_id].append((row.first_day, row.last_day))
        if row.pupil_id in hers:
            known.by_pupil[row.pupil_id].append(
                Stay(row.group_id, row.group.name, row.first_day, row.last_day, minutes_of(row))
            )
    return known


def unfit_grade(group: CourseGroup, grade: int) -> str:
    if grade in group.grades:
        return ""
    return f"的年级不对：“{group.name}”只收{'、'.join(GRADE_NAMES[one] for one in group.grades)}"


def clash_of_group(group: CourseGroup, others: QuerySet[CourseGroup], slots: Sequence[Slot]) -> str:
    """The first of `others` that shares a day and a time with `group` when it has `slots`; in words, or empty."""
    minutes = as_minutes(slots)
    touching = others.touching(group.first_day, group.last_day).exclude(pk=group.pk)  # type: ignore[attr-defined]
    return next(_named_clashes(touching, minutes), "")


def _named_clashes(groups: Iterable[CourseGroup], minutes: Collection[tuple[int, int]]) -> Iterator[str]:
    for other in groups:
        if time := common_time(minutes_of(other), minutes):
            days = f"{other.first_day:%Y年%-m月%-d日}—{other.last_day:%-m月%-d日}"
            yield f"{time}已有“{other.name}”（{days}）"
