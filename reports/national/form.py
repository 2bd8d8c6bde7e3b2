"""The national form of one unit and period, ready to print: its basis, 21 lines, and what must be said beside them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from reports.compute import NoReportError, cut_off_days, placed
from reports.indicators.figure import percent, plain
from reports.national.counts import Numbers, Place, by_place, total
from reports.national.lines import LINES, Line, Over
from reports.returns.collection import Collected, collected, reopened, reporting
from schools.models import OrgUnit
from schools.periods import Period, PeriodKind


@dataclass(frozen=True, slots=True)
class Side:
    """A count with its printed share (None: a share of nothing), or, of items 19 and 20, 是 or 否."""

    count: int | None = None
    share: str | None = None
    value: str | None = None

    @property
    def text(self) -> str:
        return self.value or str(self.count)

    def as_json(self) -> dict[str, Any]:
        return {"value": self.value} if self.value else {"count": self.count, "share": self.share}


@dataclass(frozen=True, slots=True)
class Item:
    """One line with its two sides; None is unknown."""

    line: Line
    declared: Side | None
    computed: Side | None

    @property
    def printed(self) -> Side | None:
        """What stands in the form: what was declared, else what is computed."""
        return self.declared or self.computed

    @property
    def differs(self) -> bool:
        return self.declared is not None and self.computed is not None and self.declared != self.computed

    @property
    def count_text(self) -> str:
        return self.printed.text if self.printed else ""

    @property
    def share_text(self) -> str:
        return (self.printed and self.printed.share) or ""


@dataclass(frozen=True, slots=True)
class Row:
    """A unit's items; of a county in the form of its city."""

    code: str
    name: str
    numbers: Numbers
    items: list[Item]


@dataclass(frozen=True, slots=True)
class Form:
    unit: OrgUnit
    period: Period
    first_day: dt.date
    cutoff: dt.date
    is_draft: bool
    whole: Row
    areas: list[Row]  # of a city: its counties, then what lies directly below it
    collected: Collected
    reopened: int  # returns that were unlocked after they had been accepted

    @property
    def title(self) -> str:
        return f"{self.unit.name}“双减”工作专项督导半月报"

    @property
    def number(self) -> int:
        """Of the half-month in its year: 第N期."""
        return self.period.first_day.month * 2 - (self.period.first_day.day == 1)

    @property
    def subtitle(self) -> str:
        return f"（{self.period.first_day.year}年第{self.number}期，{self.period.name}）"

    @property
    def differing(self) -> list[Item]:
        return [item for item in self.whole.items if item.differs]


def make_form(unit: OrgUnit, period: Period, *, decimals: int, now: dt.datetime) -> Form:
    """As the facts and returns stand at `now`; shares with at most `decimals` decimals.

    Raises NoReportError: no half-month, a period to come, a unit that does not report or was not there.
    """
    if period.kind != PeriodKind.HALF_MONTH:
        raise NoReportError(f"“{period.code}”不是半月。半月报的期次写作2026-10-H1或2026-10-H2。")
    if unit.level not in (OrgUnit.Level.CITY, OrgUnit.Level.COUNTY):
        raise NoReportError(f"{unit.name}没有半月报，只有市和县（市、区）有。")
    first_day, cutoff = period.stated_days(cut_off_days(period))
    today = timezone.localdate(now)
    if today < first_day:
        raise NoReportError(f"{period.name}还没有开始。")
    last_day = min(cutoff, today)
    span = placed(unit, first_day, last_day)
    if not span.paths:
        raise NoReportError(f"{unit.name}在{period.name}还没有设立，或已经撤销。")
    places = by_place(period, first_day, last_day, span.paths)
    return Form(
        unit=unit,
        period=period,
        first_day=first_day,
        cutoff=cutoff,
        is_draft=today <= cutoff,
        whole=_row(Place(unit.code, unit.name, total(places)), decimals),
        areas=[_row(place, decimals) for place in places if _is_row(place)] if unit.level == OrgUnit.Level.CITY else [],
        collected=collected(span.paths, period, last_day),
        reopened=reopened(reporting(span.paths, last_day), period),
    )


def _is_row(place: Place) -> bool:
    """A county; what lies directly below the city only where a school does."""
    return bool(place.code or place.numbers.schools)


def _row(place: Place, decimals: int) -> Row:
    numbers = place.numbers
    items = [
        Item(
            line,
            _side(line, numbers, numbers.declared, decimals),
            _side(line, numbers, numbers.computed, decimals),
        )
        for line in LINES
    ]
    return Row(place.code, place.name or "市直学校", numbers, items)


def _side(line: Line, numbers: Numbers, side: dict[int, int], decimals: int) -> Side | None:
    if line.no not in side:
        return None
    count = side[line.no]
    if line.over is Over.YES_NO:
        return Side(value="是" if count else "否")
    wholes = {
        Over.SCHOOLS: numbers.schools,
        Over.COUNTIES: numbers.counties,
        Over.BASIS: numbers.institutions.basis,
        Over.OPERATING: numbers.institutions.operating,
        Over.LINE_BEFORE: side.get(line.no - 1, 0),
        Over.NOTHING: 0,
    }
    return Side(count, share(count, wholes[line.over], decimals))


def share(count: int, whole: int, decimals: int) -> str | None:
    """As the form prints it: 4%, 71.28%, 0 without a sign; None where there is no whole. Rounded as `percent`."""
    if not whole:
        return None
    return f"{plain(percent(count, whole, decimals))}%" if count else "0"
