"""How long a unit has, and when its delay is passed on; the numbers stand in deadlines.toml."""

import datetime as dt
import tomllib
from functools import cache
from pathlib import Path

from schools.deadlines import school_day_after

FILE = Path(__file__).parent / "deadlines.toml"


@cache
def _numbers() -> dict[str, dict[str, int]]:
    return tomllib.loads(FILE.read_text(encoding="utf8"))


def days_for(severity: str) -> int:
    """School days from the day of finding."""
    return _numbers()["days"][severity]


def passed_on_after(stage: str) -> int:
    """Working days after the deadline: "reminded", "county" or "city"."""
    return _numbers()["passed_on"][stage]


def due_on(owner_id: int, found_on: dt.date, severity: str) -> dt.date:
    """The last day for an answer."""
    return school_day_after(owner_id, found_on, days_for(severity))
