"""The dry run: what a workbook would bring, and every row that cannot be brought in with its reason. Writes nothing."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from schools.imports import classes, staff, teachings, units
from schools.imports.known import Known, load
from schools.imports.outcome import Outcome
from schools.imports.rows import (
    CLASSES,
    STAFF,
    TEACHINGS,
    UNITS,
    ClassRow,
    Problem,
    Rows,
    StaffRow,
    TeachingRow,
    UnitRow,
)
from schools.models import Role


@dataclass(slots=True)
class Plan:
    rows: Rows
    known: Known
    units: Outcome[UnitRow]
    staff: Outcome[StaffRow]
    classes: Outcome[ClassRow]
    teachings: Outcome[TeachingRow]

    @property
    def problems(self) -> list[Problem]:
        """By sheet and line; those of cells come first, for a row that cannot be read is not checked further."""
        found = list(self.rows.problems)
        for outcome in self._outcomes():
            found += outcome.problems
        places = {sheet: place for place, sheet in enumerate((UNITS, STAFF, CLASSES, TEACHINGS))}
        return sorted(found, key=lambda problem: (places[problem.sheet], problem.line))

    def summary(self) -> dict[str, dict[str, int]]:
        """Per sheet: rows, new, changed, bad."""
        bad = Counter(sheet for sheet, _ in {(problem.sheet, problem.line) for problem in self.problems})
        return {
            outcome.sheet: {
                "rows": self.rows.counts[outcome.sheet],
                "new": len(outcome.new),
                "changed": len(outcome.changed),
                "bad": bad[outcome.sheet],
            }
            for outcome in self._outcomes()
            if outcome.sheet in self.rows.counts
        }

    @property
    def size(self) -> int:
        """Rows to be written."""
        return sum(len(outcome.new) + len(outcome.changed) for outcome in self._outcomes())

    def named_teachings(self) -> list[TeachingRow]:
        """The good rows of 任课, those that change nothing too."""
        bad = {problem.line for problem in self.teachings.problems}
        return [row for row in self.rows.teachings if row.line not in bad]

    def _outcomes(self) -> tuple[Outcome[UnitRow], Outcome[StaffRow], Outcome[ClassRow], Outcome[TeachingRow]]:
        return self.units, self.staff, self.classes, self.teachings


def check(rows: Rows, *, path: str, today: dt.date, roles: frozenset[Role]) -> Plan:
    """`path`: everything must lie below it. `roles`: those the importer may give. A sheet may speak of those before."""
    known = load(rows, path=path, today=today, roles=roles)
    return Plan(
        rows,
        known,
        units=units.check(rows.units, known),
        staff=staff.check(rows.staff, known),
        classes=classes.check(rows.classes, known),
        teachings=teachings.check(rows.teachings, known),
    )
