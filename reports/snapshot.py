"""What a report says, as it is kept: plain data, into JSON and back. Counts only; ratios are made when printed."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from schools.models import OrgUnit
from schools.periods import Period, parse

# Names of HomeworkTally.COUNTS, and per school (1 or 0) or summed: schools, schools_within, schools_silent; names of
# reports.evidence.COUNTS. A report made before a count was introduced does not have it.
Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Area:
    """A county of a city's report; without code: the schools directly below the city."""

    code: str
    name: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """One school as long as it stood in one area; a school that moved has a line in each."""

    code: str
    name: str
    area: str  # name; empty in a county's report
    counts: Counts

    @property
    def is_silent(self) -> bool:
        return bool(self.counts["schools_silent"])


@dataclass(frozen=True, slots=True)
class GradeLine:
    stage: str  # School.Stage.PRIMARY or JUNIOR: grade 6 may be either
    grade: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class DayLine:
    day: str  # ISO 8601
    counts: Counts


@dataclass(frozen=True, slots=True)
class Band:
    """How many class-days had so many minutes, measured by the limit that held for the class."""

    name: str
    class_days: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit in force in the period, the State's or a local one."""

    issued_by: str
    stage: str
    grades: list[int]
    minutes: int
    source: str
    first_day: str
    last_day: str | None


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A school that missed targets, and in which indicators."""

    code: str
    name: str
    area: str
    is_silent: bool
    missed: list[str]  # codes of indicators


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A unit's place in the tree while the period lasted."""

    code: str
    name: str
    level: str
    path: str
    first_day: str
    last_day: str | None


@dataclass(frozen=True, slots=True)
class Definition:
    code: str
    name: str
    source: str
    target: str
    text: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A figure that differs from the version before."""

    where: str
    what: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    unit_code: str
    unit_name: str
    level: str  # OrgUnit.Level.CITY or COUNTY
    period: str  # code, see schools.periods
    first_day: str  # of the days counted, both included
    last_day: str
    school_days: int
    data_until: str  # ISO 8601 with offset
    is_draft: bool
    counts: Counts
    previous_counts: Counts
    areas: list[Area]
    schools: list[SchoolLine]
    grades: list[GradeLine]
    days: list[DayLine]
    bands: list[Band]
    shortfalls: list[Shortfall]
    limits: list[Limit]
    definitions: list[Definition]
    notes: list[str]
    tree: list[PlaceLine]
    version: int = 0  # 0: a draft
    corrections: list[Correction] = field(default_factory=list)
    year_ago_counts: Counts = field(default_factory=dict)  # of the same month of last year; empty where there are none

    @property
    def is_city(self) -> bool:
        return self.level == OrgUnit.Level.CITY

    @property
    def has_service(self) -> bool:
        """Whether anything is known of after-school service: if not, nothing is said of it."""
        return bool(self.counts.get("service_known"))

    @property
    def has_oversight(self) -> bool:
        """Whether there is a finding, a visit, a letter or a complaint in the period."""
        return bool(self.counts.get("oversight_known"))

    @property
    def has_training(self) -> bool:
        """Whether there is an institution in the register, or wrongdoing outside it."""
        return bool(self.counts.get("training_known"))

    @property
    def reported(self) -> Period:
        return parse(self.period)

    @property
    def days_counted(self) -> tuple[dt.date, dt.date]:
        return dt.date.fromisoformat(self.first_day), dt.date.fromisoformat(self.last_day)

    @property
    def data_until_at(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.data_until)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


PARTS: dict[str, type] = {
    "areas": Area,
    "schools": SchoolLine,
    "grades": GradeLine,
    "days": DayLine,
    "bands": Band,
    "shortfalls": Shortfall,
    "limits": Limit,
    "definitions": Definition,
    "tree": PlaceLine,
    "corrections": Correction,
}


def from_json(kept: Mapping[str, Any]) -> Snapshot:
    """The snapshot of a stored report."""
    lists = {name: [part(**line) for line in kept[name]] for name, part in PARTS.items()}
    return Snapshot(**{**kept, **lists})
