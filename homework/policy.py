"""The homework rules, as plain functions of plain values: no database, no clock, no settings.

The State's figures stand in national.toml with their sources; local figures come in as arguments.
"""

import datetime as dt
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path


class Kind(StrEnum):
    WRITTEN = "written"
    ORAL = "oral"
    READING = "reading"
    PRACTICE = "practice"
    SPORT = "sport"
    ART = "art"
    LABOUR = "labour"


class Place(StrEnum):
    HOME = "home"
    SCHOOL = "school"


class Layer(StrEnum):
    ALL = "all"
    BASIC = "basic"
    HIGHER = "higher"
    EXTENDED = "extended"


class Rule(StrEnum):
    NO_WRITTEN_WORK = "no_written_work"
    DAILY_TOTAL = "daily_total"


@dataclass(frozen=True, slots=True)
class NationalLimit:
    """Minutes of written home homework a day for some grades of a stage, with where it is written."""

    id: str
    stage: str  # "primary" or "junior"
    grades: tuple[int, ...]
    minutes: int
    words: str  # what a refused looser rule is answered
    issued_by: str
    document: str
    document_no: str
    clause: str
    issued_on: dt.date
    first_day: dt.date
    last_day: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """One item of homework as far as the rules look at it."""

    kind: str
    place: str
    layer: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Breach:
    rule: Rule
    limit: int  # minutes
    actual: int  # minutes


class NoLimitKnownError(LookupError):
    """No national limit speaks of this stage, grade and day."""


@cache
def national_limits() -> tuple[NationalLimit, ...]:
    data = tomllib.loads((Path(__file__).parent / "national.toml").read_text(encoding="utf8"))
    return tuple(NationalLimit(**(entry | {"grades": tuple(entry["grades"])})) for entry in data["limit"])


def national_limits_on(day: dt.date) -> list[NationalLimit]:
    """The State's limits in force on `day`."""
    return [
        limit
        for limit in national_limits()
        if limit.first_day <= day and (limit.last_day is None or limit.last_day >= day)
    ]


def national_limit(stage: str, grade: int, day: dt.date) -> NationalLimit:
    """The State's limit in force on `day`; the latest where several are. Raises NoLimitKnownError."""
    in_force = [limit for limit in national_limits_on(day) if limit.stage == stage and grade in limit.grades]
    if not in_force:
        raise NoLimitKnownError(f"stage {stage}, grade {grade}, {day}")
    return max(in_force, key=lambda limit: limit.first_day)


def strictest(national_minutes: int, local_minutes: Iterable[int]) -> int:
    """The minutes that hold where a county and a school have rules of their own."""
    return min([national_minutes, *local_minutes])


def days_off_limit(national_minutes: int, of_a_day: int, local_minutes: Collection[int]) -> int:
    """The minutes that hold for days off together: a local rule where there is one, else those of one day.

    The State's minutes of one day are the most that a local rule may say of all the days off.
    """
    return strictest(national_minutes, local_minutes) if local_minutes else of_a_day


def minutes_by_layer(works: Iterable[Work]) -> dict[Layer, int]:
    """Minutes of written work at home as set for each layer; ALL holds what is set for everybody."""
    minutes = dict.fromkeys(Layer, 0)
    for work in works:
        if work.kind == Kind.WRITTEN and work.place == Place.HOME:
            minutes[Layer(work.layer)] += work.minutes
    return minutes


def load_by_layer(works: Iterable[Work]) -> dict[Layer, int]:
    """What a pupil of each layer has to do: her layer's minutes and everybody's. ALL is not a layer of pupils."""
    minutes = minutes_by_layer(works)
    for_all = minutes.pop(Layer.ALL)
    return {layer: for_all + own for layer, own in minutes.items()}


def load(works: Iterable[Work]) -> int:
    """Minutes of written work at home in the heaviest layer."""
    return max(load_by_layer(works).values())


def check_load(minutes: int, limit: int) -> Breach | None:
    """Judge one class's written home homework of one day. Exactly at the limit is within it."""
    if minutes <= limit:
        return None
    return Breach(Rule.NO_WRITTEN_WORK if limit == 0 else Rule.DAILY_TOTAL, limit, minutes)


def earliest(cut_offs: Iterable[dt.time]) -> dt.time | None:
    """The cut-off that holds where several units above a class have one: a lower unit may only be earlier."""
    return min(cut_offs, default=None)


def is_complete(*, due: Collection[int], spoken: Collection[int], is_closed: bool) -> bool:
    """Whether a class's day has been accounted for: each subject due has set homework or said there is none,
    or the day was closed. A day on which no subject is due is complete only once somebody has spoken."""
    return is_closed or (bool(spoken) and set(due) <= set(spoken))


def is_on_time(completed_at: dt.datetime | None, day: dt.date, cut_off: dt.time | None) -> bool:
    """Whether a day was complete by its cut-off, or without one on the day itself.

    Times are local wall time; the cut-off's own minute is still in time.
    """
    if completed_at is None or completed_at.date() > day:
        return False
    return (
        completed_at.date() < day or cut_off is None or completed_at.time().replace(second=0, microsecond=0) <= cut_off
    )
