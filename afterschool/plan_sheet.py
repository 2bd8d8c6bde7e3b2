"""A version of a plan put together for a page, and for one sheet of A4 for the wall."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from afterschool.models import Plan, Season
from afterschool.off_work import off_work_at
from afterschool.plan_terms import PlanTerms, TitledSlot, days_words, terms_of
from afterschool.policy import NationalRule, SlotKind, national_rules, service_minutes
from afterschool.week import WEEKDAYS
from paper.pdf import Printed, render_pdf
from schools.models.classes import GRADE_NAMES

LEAST_MINUTES = national_rules()["two_hours"].minutes
MOST_LINES = 14
PRINTED_RULES = ("two_hours", "until_off_work")
# Of the sheet's letters in points, as text for CSS: the first that leaves one page is taken.
SIZES = ("16", "14", "12.5", "11.5", "10.5", "9.5", "8.5", "7.5")


@dataclass(frozen=True, slots=True)
class SheetDay:
    """A weekday. `minutes` are those that count as service; `ends_at` is None on a day without any."""

    name: str
    slots: list[TitledSlot]
    minutes: int
    ends_at: dt.time | None
    is_short: bool
    is_early: bool


@dataclass(frozen=True, slots=True)
class SheetSeason:
    """One timetable and the days on which it is in use. `off_work_at` is None where nobody has said it."""

    name: str
    days_words: str
    off_work_at: dt.time | None
    days: list[SheetDay]


@dataclass(frozen=True, slots=True)
class Sheet:
    plan: Plan
    terms: PlanTerms
    seasons: list[SheetSeason]
    dismissals: list[tuple[str, dt.time]]
    safety: list[str]  # its lines
    rules: list[NationalRule]  # what every plan must keep

    @property
    def unknown_off_work(self) -> bool:
        return any(season.off_work_at is None for season in self.seasons)


def sheet_of(plan: Plan, terms: PlanTerms | None = None) -> Sheet:
    """`terms` where they are read already."""
    terms = terms or terms_of(plan)
    off_work = off_work_at(plan.school, terms)
    safety = [line.strip() for line in terms.safety.splitlines() if line.strip()]
    return Sheet(
        plan=plan,
        terms=terms,
        seasons=[_season(terms, season, off_work[season]) for season in terms.seasons],
        dismissals=[(GRADE_NAMES[grade], time) for grade, time in sorted(terms.dismissals.items())],
        safety=safety if len(safety) <= MOST_LINES else [" ".join(safety)],
        rules=[national_rules()[name] for name in PRINTED_RULES],
    )


def render_sheet(plan: Plan) -> Printed:
    """One page: in the largest letters that leave one."""
    sheet, made_at = sheet_of(plan), timezone.now()
    for size in SIZES:
        printed = render_pdf("afterschool/plan_pdf.html", {"sheet": sheet, "size": size}, made_at=made_at)
        if printed.pages == 1:
            break
    return printed


def _season(terms: PlanTerms, season: Season, off_work: dt.time | None) -> SheetSeason:
    week = terms.week(season)
    service = {day: [one.slot for one in slots if one.kind == SlotKind.SERVICE] for day, slots in week.items()}
    minutes = service_minutes(slot for slots in service.values() for slot in slots)
    days = []
    for weekday, slots in sorted(week.items()):
        ends_at = max((slot.ends_at for slot in service[weekday]), default=None)
        days.append(
            SheetDay(
                name=WEEKDAYS[weekday],
                slots=slots,
                minutes=minutes.get(weekday, 0),
                ends_at=ends_at,
                is_short=minutes.get(weekday, 0) < LEAST_MINUTES,
                is_early=bool(off_work and ends_at and ends_at < off_work),
            )
        )
    name = "" if season == Season.ALL else f"{season.label}作息"
    spans = "、".join(days_words(*span) for span in terms.seasons[season])
    return SheetSeason(name, spans, off_work, days)
