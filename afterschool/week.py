"""A week's timetable as ranges of minutes since Monday's midnight, from which PostgreSQL sees who is booked twice.

Pure: only the standard library.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

MINUTES_OF_A_DAY = 24 * 60
WEEKDAYS = ("", "周一", "周二", "周三", "周四", "周五", "周六", "周日")


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A time of the week, as 周二16:00—16:40; its end is not included."""

    weekday: int  # 1 Monday … 7 Sunday
    starts_at: dt.time
    ends_at: dt.time

    @property
    def minutes(self) -> int:
        return minute_of(self.ends_at) - minute_of(self.starts_at)

    @property
    def name(self) -> str:
        return f"{WEEKDAYS[self.weekday]}{self.starts_at:%H:%M}—{self.ends_at:%H:%M}"

    def overlaps(self, other: Slot) -> bool:
        return self.weekday == other.weekday and self.starts_at < other.ends_at and other.starts_at < self.ends_at


def in_words(slots: Iterable[Slot]) -> list[str]:
    """As people say them, days of one time together: 周一至周五16:00—17:00, 周二、周四17:00—18:00."""
    by_time: dict[tuple[dt.time, dt.time], list[int]] = defaultdict(list)
    for slot in sorted(slots):
        by_time[slot.starts_at, slot.ends_at].append(slot.weekday)
    return [f"{_days_in_words(days)}{starts:%H:%M}—{ends:%H:%M}" for (starts, ends), days in sorted(by_time.items())]


def _days_in_words(weekdays: list[int]) -> str:
    """Three and more in a row are a stretch."""
    first, last = weekdays[0], weekdays[-1]
    if len(weekdays) >= 3 and weekdays == list(range(first, last + 1)):
        return f"{WEEKDAYS[first]}至{WEEKDAYS[last]}"
    return "、".join(WEEKDAYS[weekday] for weekday in weekdays)


def minute_of(time: dt.time) -> int:
    """Minutes since midnight."""
    return time.hour * 60 + time.minute


def time_of(minute: int) -> dt.time:
    """Of minutes since midnight, below a day."""
    return dt.time(minute // 60, minute % 60)


def as_minutes(slots: Iterable[Slot]) -> list[tuple[int, int]]:
    """First minute and the minute after the last, since Monday's midnight; in the order of the week."""
    first_of_day = {slot: (slot.weekday - 1) * MINUTES_OF_A_DAY for slot in slots}
    return [
        (midnight + minute_of(slot.starts_at), midnight + minute_of(slot.ends_at))
        for slot, midnight in sorted(first_of_day.items())
    ]


def as_slots(ranges: Iterable[tuple[int, int]]) -> list[Slot]:
    """The inverse of `as_minutes`."""
    return [
        Slot(lower // MINUTES_OF_A_DAY + 1, time_of(lower % MINUTES_OF_A_DAY), time_of(upper % MINUTES_OF_A_DAY))
        for lower, upper in ranges
    ]
