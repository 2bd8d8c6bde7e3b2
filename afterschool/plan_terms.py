"""What a version of a plan says, apart from its row: its timetable by season, and what two versions differ in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from afterschool.models import Dismissal, Plan, PlanSlot, Season, SlotKind
from afterschool.policy import SCHOOL_WEEK, PlannedSlot
from afterschool.week import WEEKDAYS, Slot
from schools.models.classes import GRADE_NAMES

DAY = dt.timedelta(days=1)
Days = tuple[dt.date, dt.date]  # first and last, both included


@dataclass(frozen=True, slots=True)
class TitledSlot:
    """A time of the week in a plan, and what is done in it."""

    slot: Slot
    title: str = ""
    kind: str = SlotKind.SERVICE.value
    season: str = Season.ALL.value

    @property
    def planned(self) -> PlannedSlot:
        return PlannedSlot(self.kind, self.season, self.slot)

    @property
    def name(self) -> str:
        """作业辅导; of what is no service, its kind too."""
        label = str(SlotKind(self.kind).label)
        if self.kind == SlotKind.SERVICE:
            return self.title or label
        return f"{label}：{self.title}" if self.title and self.title != label else label

    @property
    def words(self) -> str:
        return f"{self.slot.starts_at:%H:%M}—{self.slot.ends_at:%H:%M} {self.name}"


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What a version says. `dismissals` are by grade."""

    first_day: dt.date
    last_day: dt.date
    lessons_end_at: dt.time
    winter_first_day: dt.date | None = None
    winter_last_day: dt.date | None = None
    places: str = ""
    fee: str = ""
    fee_published_at: str = ""
    safety: str = ""
    slots: tuple[TitledSlot, ...] = ()
    dismissals: dict[int, dt.time] = field(default_factory=dict)

    @property
    def seasons(self) -> dict[Season, list[Days]]:
        """The timetables that it needs, with the days on which each is in use: ALL, or one or both of the others."""
        if self.winter_first_day is None or self.winter_last_day is None:
            return {Season.ALL: [(self.first_day, self.last_day)]}
        before = (self.first_day, min(self.last_day, self.winter_first_day - DAY))
        winter = (max(self.first_day, self.winter_first_day), min(self.last_day, self.winter_last_day))
        after = (max(self.first_day, self.winter_last_day + DAY), self.last_day)
        days = {Season.SUMMER: [before, after], Season.WINTER: [winter]}
        some = {season: [span for span in spans if span[0] <= span[1]] for season, spans in days.items()}
        return {season: spans for season, spans in some.items() if spans}

    def week(self, season: str) -> dict[int, list[TitledSlot]]:
        """By weekday, what is in use in a season, in the order of the day; Monday to Friday always."""
        found: dict[int, list[TitledSlot]] = {weekday: [] for weekday in SCHOOL_WEEK}
        for one in sorted(self.slots, key=lambda titled: (titled.slot, titled.kind, titled.title)):
            if one.season in (season, Season.ALL):
                found.setdefault(one.slot.weekday, []).append(one)
        return found


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of a comparison; an empty text where a version says nothing of it."""

    what: str
    old: str
    new: str


def terms_of(plan: Plan) -> PlanTerms:
    """Two queries."""
    return terms_from(plan, plan.slots.all(), plan.dismissals.all())


def terms_from(plan: Plan, slots: Iterable[PlanSlot], dismissals: Iterable[Dismissal] = ()) -> PlanTerms:
    return PlanTerms(
        first_day=plan.first_day,
        last_day=plan.last_day,
        lessons_end_at=plan.lessons_end_at,
        winter_first_day=plan.winter_first_day,
        winter_last_day=plan.winter_last_day,
        places=plan.places,
        fee=plan.fee,
        fee_published_at=plan.fee_published_at,
        safety=plan.safety,
        slots=tuple(TitledSlot(one.slot, one.title, one.kind, one.season) for one in slots),
        dismissals={one.grade: one.leaves_at for one in dismissals},
    )


def differences(old: PlanTerms, new: PlanTerms) -> list[Difference]:
    """What has changed, in the order of the plan."""
    before, after = dict(_lines(old)), dict(_lines(new))
    return [
        Difference(what, before.get(what, ""), after.get(what, ""))
        for what in sorted({**before, **after}, key=_order().index)
        if before.get(what, "") != after.get(what, "")
    ]


def _lines(terms: PlanTerms) -> Iterator[tuple[str, str]]:
    yield "起止日期", days_words(terms.first_day, terms.last_day)
    yield "课程结束时间", f"{terms.lessons_end_at:%H:%M}"
    if terms.winter_first_day and terms.winter_last_day:
        yield "冬季作息", days_words(terms.winter_first_day, terms.winter_last_day)
    for season in Season:
        for weekday in WEEKDAYS[1:]:
            of_day = [one for one in terms.slots if one.season == season and WEEKDAYS[one.slot.weekday] == weekday]
            if of_day:
                yield _day_words(season, weekday), "\n".join(one.words for one in sorted(of_day, key=_by_time))
    for grade, leaves_at in terms.dismissals.items():
        yield f"{GRADE_NAMES[grade]}离校", f"{leaves_at:%H:%M}"
    yield "服务场所", terms.places
    yield "收费标准", terms.fee
    yield "收费公示", terms.fee_published_at
    yield "安全保障", terms.safety


def _order() -> list[str]:
    return [
        "起止日期",
        "课程结束时间",
        "冬季作息",
        *(_day_words(season, weekday) for season in Season for weekday in WEEKDAYS[1:]),
        *(f"{GRADE_NAMES[grade]}离校" for grade in range(1, 10)),
        "服务场所",
        "收费标准",
        "收费公示",
        "安全保障",
    ]


def _day_words(season: Season, weekday: str) -> str:
    return weekday if season == Season.ALL else f"{season.label}{weekday}"


def _by_time(one: TitledSlot) -> tuple[Slot, str]:
    return one.slot, one.kind


def days_words(first_day: dt.date, last_day: dt.date) -> str:
    return f"{first_day:%Y年%-m月%-d日}—{last_day:%Y年%-m月%-d日}"
