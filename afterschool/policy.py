"""The rules of after-school service, as plain functions of plain values: no database, no clock, no settings.

The State's figures and words stand in national.toml with their sources; local times come in as arguments.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from afterschool.week import WEEKDAYS, Slot, minute_of

SCHOOL_WEEK = (1, 2, 3, 4, 5)


class SlotKind(StrEnum):
    SERVICE = "service"
    EARLY = "early"
    LUNCH = "lunch"
    EVENING = "evening"


class Season(StrEnum):
    """When a slot of a plan is in use."""

    ALL = "all"
    SUMMER = "summer"
    WINTER = "winter"


class Nature(StrEnum):
    """What is done in a course. The last two are lessons by another name."""

    GUIDANCE = "guidance"
    INTEREST = "interest"
    NEW_LESSON = "new_lesson"
    DRILL = "drill"


class WorkerKind(StrEnum):
    OWN = "own"
    RETIRED = "retired"
    OUTSIDE = "outside"
    VOLUNTEER = "volunteer"
    BODY = "body"


NO_SERVICE = frozenset({Nature.NEW_LESSON, Nature.DRILL})


@dataclass(frozen=True, slots=True)
class NationalRule:
    """A rule with where it is written. `words` are what somebody is told who breaks it."""

    id: str
    words: str
    issued_by: str
    document: str
    clause: str
    first_day: dt.date
    days: int = 0  # a week, at least
    minutes: int = 0  # a day, at least

    @property
    def source(self) -> str:
        return f"{self.issued_by}《{self.document}》：{self.clause}"


@dataclass(frozen=True, slots=True)
class PlannedSlot:
    """A slot of a plan as far as the rules look at it."""

    kind: str
    season: str
    slot: Slot


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that a plan breaks, and where: `detail` names the days and times."""

    rule: NationalRule
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.rule.words}（{self.detail}）" if self.detail else self.rule.words


@cache
def national_rules() -> dict[str, NationalRule]:
    """By id."""
    data = tomllib.loads((Path(__file__).parent / "national.toml").read_text(encoding="utf8"))
    return {entry["id"]: NationalRule(**entry) for entry in data["rule"]}


def service_slots(slots: Iterable[PlannedSlot], season: str) -> list[Slot]:
    """The slots that count as 课后服务 in a season, in the order of the week."""
    return sorted(one.slot for one in slots if one.kind == SlotKind.SERVICE and one.season in (season, Season.ALL))


def service_minutes(slots: Iterable[Slot]) -> dict[int, int]:
    """By weekday of the school week, the minutes of these slots; a minute covered twice counts once."""
    covered: dict[int, set[int]] = {weekday: set() for weekday in SCHOOL_WEEK}
    for slot in slots:
        if slot.weekday in covered:
            start = minute_of(slot.starts_at)
            covered[slot.weekday].update(range(start, start + slot.minutes))
    return {weekday: len(minutes) for weekday, minutes in covered.items()}


def check_plan(
    slots: Collection[PlannedSlot], *, lessons_end_at: dt.time, off_work_at: Mapping[str, dt.time | None]
) -> list[Failure]:
    """The rules that a plan breaks, in the order of national.toml; none where it meets them all.

    `off_work_at` is the local off-work time by season, None where the county has not said it: then the rule is not
    judged. Its seasons are those that the plan has: ALL alone, or SUMMER and WINTER.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for season, off_work in off_work_at.items():
        in_season = service_slots(slots, season)
        mark = {Season.SUMMER: "夏季", Season.WINTER: "冬季"}.get(Season(season), "")
        _check_days(found, in_season, mark)
        if off_work:
            _check_ends(found, in_season, off_work, mark)
    _check_overlaps(found, slots, lessons_end_at)
    return [
        Failure(rule, "；".join(dict.fromkeys(found[rule.id])))
        for rule in national_rules().values()
        if rule.id in found
    ]


def _check_days(found: dict[str, list[str]], slots: Collection[Slot], mark: str) -> None:
    rules = national_rules()
    minutes = service_minutes(slots)
    served = [weekday for weekday in SCHOOL_WEEK if minutes[weekday]]
    if len(served) < rules["five_days"].days:
        missing = "、".join(WEEKDAYS[weekday] for weekday in SCHOOL_WEEK if not minutes[weekday])
        found["five_days"].append(f"{mark}{missing}没有安排")
    by_minutes: dict[int, list[str]] = defaultdict(list)
    for weekday in served:
        if minutes[weekday] < rules["two_hours"].minutes:
            by_minutes[minutes[weekday]].append(WEEKDAYS[weekday])
    found_short = [f"{mark}{'、'.join(days)}{number}分钟" for number, days in by_minutes.items()]
    if found_short:
        found["two_hours"] += found_short


def _check_ends(found: dict[str, list[str]], slots: Collection[Slot], off_work_at: dt.time, mark: str) -> None:
    ends: dict[int, dt.time] = {}
    for slot in slots:
        ends[slot.weekday] = max(ends.get(slot.weekday, slot.ends_at), slot.ends_at)
    early = sorted({end for weekday, end in ends.items() if weekday in SCHOOL_WEEK and end < off_work_at})
    found_early = [f"{mark}{end:%H:%M}结束，下班时间{off_work_at:%H:%M}" for end in early]
    if found_early:
        found["until_off_work"] += found_early


def _check_overlaps(found: dict[str, list[str]], slots: Collection[PlannedSlot], lessons_end_at: dt.time) -> None:
    service = [one for one in slots if one.kind == SlotKind.SERVICE]
    in_lessons = sorted(one.slot for one in service if one.slot.starts_at < lessons_end_at)
    if in_lessons:
        found["after_lessons"].append(f"{'、'.join(slot.name for slot in in_lessons)}，{lessons_end_at:%H:%M}放学")
    others = [one for one in slots if one.kind != SlotKind.SERVICE]
    for one in sorted(service, key=lambda planned: planned.slot):
        for other in others:
            if _at_one_time(one, other):
                starts_at = max(one.slot.starts_at, other.slot.starts_at)
                ends_at = min(one.slot.ends_at, other.slot.ends_at)
                found["only_service_counts"].append(Slot(one.slot.weekday, starts_at, ends_at).name)


def _at_one_time(one: PlannedSlot, other: PlannedSlot) -> bool:
    in_one_season = one.season == other.season or Season.ALL in (one.season, other.season)
    return in_one_season and one.slot.overlaps(other.slot)


def check_nature(nature: str) -> NationalRule | None:
    """The rule against a course of this nature: new lessons and drill are 集体补课, whatever they are called."""
    return national_rules()["no_lessons"] if nature in NO_SERVICE else None


@dataclass(frozen=True, slots=True)
class Fitness:
    """What makes somebody fit to serve. `admitted_until`: the last day of her body on the county's list; None for
    somebody who belongs to none, or while the list does not end."""

    kind: str
    first_day: dt.date
    last_day: dt.date | None = None
    qualified_until: dt.date | None = None
    admitted_from: dt.date | None = None
    admitted_until: dt.date | None = None


def why_unfit(fitness: Fitness, day: dt.date) -> str:
    """Why somebody may not serve on `day`; empty where she may."""
    if day < fitness.first_day or (fitness.last_day and day > fitness.last_day):
        return "这一天不在课后服务人员名单上"
    if fitness.qualified_until and day > fitness.qualified_until:
        return f"资质{fitness.qualified_until:%Y年%-m月%-d日}到期"
    if fitness.kind != WorkerKind.BODY:
        return ""
    if fitness.admitted_from is None or day < fitness.admitted_from:
        return "所在机构不在县（市、区）准入名单上"
    if fitness.admitted_until and day > fitness.admitted_until:
        return f"所在机构{fitness.admitted_until:%Y年%-m月%-d日}起已不在准入名单上"
    return ""


def first_unfit_day(fitness: Fitness, first_day: dt.date, last_day: dt.date) -> dt.date | None:
    """The first day from `first_day` to `last_day` on which somebody may not serve; None where she may on each.

    What makes her fit begins and ends once, so only the first day and the days after an end need be asked.
    """
    ends = (fitness.last_day, fitness.qualified_until, fitness.admitted_until)
    turns = {first_day, *(end + dt.timedelta(days=1) for end in ends if end)}
    return min((day for day in turns if first_day <= day <= last_day and why_unfit(fitness, day)), default=None)
