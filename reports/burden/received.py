"""What a browser may send: sums per week and form, within bounds. Pure."""

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import dataclass

# Of one browser, one form and one week. What lies beyond was not filled in by hand.
MOST_FILLED = 200
MOST_SECONDS_EACH = 30 * 60
MOST_FIELDS_EACH = 300
MOST_SUMS = 40
# A phone that stayed in a drawer over the holidays may still send.
MOST_WEEKS_BACK = 9
KEYS = {"week", "form", "is_first", "filled", "seconds", "fields"}


@dataclass(frozen=True, slots=True)
class Sum:
    week: dt.date  # Monday
    form: str
    filled: int
    seconds: int
    fields: int
    is_first: bool  # the browser has sent nothing of this week and form before


def read(body: bytes, forms: Collection[str], today: dt.date) -> list[Sum]:
    """Raises ValueError for anything but sums in bounds: then nothing of it is kept, also not the rest."""
    try:
        rows = json.loads(body)
    except (UnicodeDecodeError, RecursionError) as error:
        raise ValueError("no JSON") from error
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_SUMS:
        raise ValueError("not a list of some sums")
    found = [_sum(row, forms, today) for row in rows]
    if len({(one.week, one.form) for one in found}) < len(found):
        raise ValueError("said twice")
    return found


def _sum(row: object, forms: Collection[str], today: dt.date) -> Sum:
    """Nothing beside the keys is taken: a browser that sends more is not ours."""
    if not isinstance(row, dict) or row.keys() != KEYS:
        raise ValueError("other keys")
    if not isinstance(row["form"], str) or row["form"] not in forms or not isinstance(row["is_first"], bool):
        raise ValueError("no form of ours")
    filled = _number(row["filled"], 1, MOST_FILLED)
    seconds = _number(row["seconds"], 0, filled * MOST_SECONDS_EACH)
    fields = _number(row["fields"], 0, filled * MOST_FIELDS_EACH)
    return Sum(_week(row["week"], today), row["form"], filled, seconds, fields, row["is_first"])


def _number(value: object, lowest: int, highest: int) -> int:
    if type(value) is not int or not lowest <= value <= highest:
        raise ValueError("out of bounds")
    return value


def _week(value: object, today: dt.date) -> dt.date:
    if not isinstance(value, str):
        raise ValueError("no day")
    week = dt.date.fromisoformat(value)
    if week.weekday() or not dt.timedelta() <= today - week < dt.timedelta(weeks=MOST_WEEKS_BACK):
        raise ValueError("no week of late")
    return week
