"""Constraints that keep somebody or something from being booked twice at one time."""

from collections.abc import Sequence

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db.models import F, Field, Func, Q, Value
from django.db.models.expressions import Combinable

OVERLAP = RangeOperators.OVERLAPS


class _Multirange(Field):
    """The type of an expression only: nothing is stored in it."""

    def db_type(self, connection: object) -> str:
        return "int4multirange"


def never_at_once(name: str, key: str, *, message: str, condition: Q | None = None) -> ExclusionConstraint:
    """Rows with an equal `key` (a foreign key) that share a day, `first_day` to `last_day`, share no minute.

    Their minutes are those of the week in `weekly`, an array of ranges.
    """
    minutes = Func(F("weekly"), template="int4multirange(VARIADIC %(expressions)s)", output_field=_Multirange())
    days = _days("first_day", "last_day")
    return _excluding(name, [_one_number(key), days, minutes], message=message, condition=condition)


def never_at_once_in_a_day(name: str, key: str, *, message: str, condition: Q | None = None) -> ExclusionConstraint:
    """Rows with an equal `key` and the same `day` share no time from `starts_at` to `ends_at`."""
    seconds = [Func(F(end), template="extract(epoch FROM %(expressions)s)::bigint") for end in ("starts_at", "ends_at")]
    times = Func(*seconds, function="int8range", output_field=BigIntegerRangeField())
    return _excluding(name, [_one_number(key), _days("day", "day"), times], message=message, condition=condition)


def _one_number(key: str) -> Func:
    """As in schools.dated: GiST compares ranges without an extension."""
    return Func(F(key), F(key), Value("[]"), function="int8range", output_field=BigIntegerRangeField())


def _days(first: str, last: str) -> Func:
    return Func(F(first), F(last), Value("[]"), function="daterange", output_field=DateRangeField())


def _excluding(
    name: str, expressions: Sequence[Combinable], *, message: str, condition: Q | None
) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=name,
        expressions=[(expression, OVERLAP) for expression in expressions],
        condition=condition,
        violation_error_message=message,
    )
