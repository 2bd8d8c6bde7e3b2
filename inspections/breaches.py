"""The rules by which the system opens findings; their numbers and words stand in breaches.toml."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Rule:
    """In force from `first_day`. `sql` names the statement in sql/ that finds its breaches."""

    id: str
    name: str
    first_day: dt.date
    sql: str
    days: int
    category: str
    severity: str
    what: str
    demand: str

    @property
    def statement(self) -> str:
        return (HERE / "sql" / f"{self.sql}.sql").read_text(encoding="utf8")

    def words(self, *, name: str, first: dt.date, last: dt.date, days: int) -> str:
        return self.what.format(name=name, first=_day(first), last=_day(last), days=days)


@cache
def rules() -> tuple[Rule, ...]:
    rows = tomllib.loads((HERE / "breaches.toml").read_text(encoding="utf8"))["rule"]
    return tuple(Rule(**row) for row in rows)


def in_force(day: dt.date) -> list[Rule]:
    return [rule for rule in rules() if rule.first_day <= day]


def _day(day: dt.date) -> str:
    return f"{day:%-m月%-d日}"
