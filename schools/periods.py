"""Periods that are reported on: half-months (1–15, 16–end) and months. First and last day are both included."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum


class PeriodKind(StrEnum):
    HALF_MONTH = "half_month"
    MONTH = "month"


class UnknownPeriodError(ValueError):
    """The code names no period."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One half-month or month. Periods of one kind sort by time."""

    kind: PeriodKind
    first_day: dt.date
    last_day: dt.date

    @property
    def code(self) -> str:
        """As written on the command line: 2026-10-H1, 2026-10-H2 or 2026-10."""
        month = f"{self.first_day:%Y-%m}"
        if self.kind == PeriodKind.MONTH:
            return month
        return f"{month}-H{1 if self.first_day.day == 1 else 2}"

    @property
    def name(self) -> str:
        """As printed: 2026年10月, 2026年10月上半月."""
        month = f"{self.first_day.year}年{self.first_day.month}月"
        if self.kind == PeriodKind.MONTH:
            return month
        return month + ("上半月" if self.first_day.day == 1 else "下半月")

    def previous(self) -> "Period":
        """The period of the same kind just before."""
        return containing(self.kind, self.first_day - dt.timedelta(days=1))

    def year_before(self) -> "Period":
        """The same half-month or month of the year before."""
        return containing(self.kind, self.first_day.replace(year=self.first_day.year - 1))

    def closes_on(self, cut_off_days: int) -> dt.date:
        """The last day whose facts this period's report states: `cut_off_days` before the period's end."""
        return self.last_day - dt.timedelta(days=cut_off_days)

    def stated_days(self, cut_off_days: int) -> tuple[dt.date, dt.date]:
        """First and last day of what the report states. Days after a cut-off belong to the next report."""
        opens = self.previous().closes_on(cut_off_days) + dt.timedelta(days=1)
        return opens, self.closes_on(cut_off_days)


def containing(kind: PeriodKind, day: dt.date) -> Period:
    last_of_month = calendar.monthrange(day.year, day.month)[1]
    if kind == PeriodKind.MONTH:
        return Period(kind, day.replace(day=1), day.replace(day=last_of_month))
    if day.day <= 15:
        return Period(kind, day.replace(day=1), day.replace(day=15))
    return Period(kind, day.replace(day=16), day.replace(day=last_of_month))


def last_full(kind: PeriodKind, day: dt.date) -> Period:
    """The latest period that ended before `day`."""
    return containing(kind, day).previous()


def parse(code: str) -> Period:
    """Read 2026-10-H1, 2026-10-H2 or 2026-10. Raises UnknownPeriodError with words for the user."""
    match = re.fullmatch(r"([0-9]{4})-([0-9]{2})(?:-H([12]))?", code)
    if not match or not 1 <= int(match[2]) <= 12 or not 2000 <= int(match[1]) <= 2999:
        raise UnknownPeriodError(f"没有“{code}”这样的期次：半月写作2026-10-H1或2026-10-H2，整月写作2026-10。")
    kind = PeriodKind.HALF_MONTH if match[3] else PeriodKind.MONTH
    return containing(kind, dt.date(int(match[1]), int(match[2]), 16 if match[3] == "2" else 1))
