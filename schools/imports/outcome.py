"""What the check says of one sheet: rows that bring something new, rows that change something, and bad ones."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from schools.imports.rows import Problem

RowT = TypeVar("RowT")


@dataclass(slots=True)
class Outcome(Generic[RowT]):
    """Good rows that change nothing appear nowhere."""

    sheet: str
    new: list[RowT] = field(default_factory=list)
    changed: list[RowT] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, line: int, column: str, message: str) -> None:
        self.problems.append(Problem(self.sheet, line, column, message))
