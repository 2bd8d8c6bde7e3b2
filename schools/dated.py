"""Rows that hold from a first to a last day, both included; an open last day means "until further notice"."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db.models import BigIntegerField, CheckConstraint, F, Func, Q, Value
from django.db.models.expressions import Combinable

if TYPE_CHECKING:
    from typing import Any


def holding_on(day: dt.date | Combinable, prefix: str = "") -> Q:
    """Rows in force on `day`. `prefix` leads to the dated row, as "places__"."""
    return Q(**{f"{prefix}first_day__lte": day}) & not_over(day, prefix)


def is_between(day: dt.date, first_day: dt.date, last_day: dt.date | None) -> bool:
    """Of a row that is loaded: whether it is in force on `day`."""
    return first_day <= day and (last_day is None or day <= last_day)


def holding_between(first_day: dt.date, last_day: dt.date, prefix: str = "") -> Q:
    """Rows in force on any day from first to last."""
    return Q(**{f"{prefix}first_day__lte": last_day}) & not_over(first_day, prefix)


def not_over(day: dt.date | Combinable, prefix: str = "") -> Q:
    """Rows in force on `day` or to begin later."""
    return Q(**{f"{prefix}last_day__gte": day}) | Q(**{f"{prefix}last_day": None})


def in_order(name: str) -> CheckConstraint:
    """A dated row does not end before it begins."""
    return CheckConstraint(
        name=name,
        condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
        violation_error_message="结束日期不能早于开始日期。",
    )


def no_overlap(name: str, *keys: str | Func, message: str, **options: Any) -> ExclusionConstraint:
    """Rows with equal `keys` (integer columns, foreign keys, or `hashed` text) do not share a day.

    Each key is written as a range of one number: GiST compares ranges without the btree_gist extension,
    which the embedded PostgreSQL does not carry.
    """
    one_number = [
        (
            Func(key, key, Value("[]"), function="int8range", output_field=BigIntegerRangeField()),
            RangeOperators.OVERLAPS,
        )
        for key in (F(key) if isinstance(key, str) else key for key in keys)
    ]
    days = Func(F("first_day"), F("last_day"), Value("[]"), function="daterange", output_field=DateRangeField())
    return ExclusionConstraint(
        name=name,
        expressions=[*one_number, (days, RangeOperators.OVERLAPS)],
        violation_error_message=message,
        **options,
    )


def hashed(column: str) -> Func:
    """A text column as a key of `no_overlap`."""
    return Func(F(column), Value(0), function="hashtextextended", output_field=BigIntegerField())
