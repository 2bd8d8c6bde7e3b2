"""Refusals in words: why the database refused a row, and where a form shows what a service says."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.forms import BaseForm


def insert(row: models.Model) -> None:
    """Save a new row; its constraints are checked by the database alone, not once more before.

    Asking each constraint beforehand takes a query and a savepoint apiece. Raises ValidationError as `in_words` does.
    """
    with in_words(row):
        row.save(force_insert=True)


@contextmanager
def in_words(row: models.Model) -> Iterator[None]:
    """Raises ValidationError where a constraint with words of its own is broken by what is done to `row`; the
    transaction is then lost, and the caller lets it end."""
    try:
        yield
    except IntegrityError as error:
        words = _words(row, error)
        if words is None:
            raise
        raise ValidationError(words) from error


def _words(row: models.Model, error: IntegrityError) -> str | None:
    """Those of the broken constraint, if it has any that are not Django's own."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    for constraint in row._meta.constraints:
        if constraint.name == name and constraint.violation_error_message != constraint.default_violation_error_message:
            return str(constraint.violation_error_message)
    return None


def add_errors(form: BaseForm, error: ValidationError, *, plain_at: str | None = None) -> None:
    """The service's words at the fields they speak of; what speaks of none stands at `plain_at`, or above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(plain_at, error)
        return
    for name, problems in error.message_dict.items():
        form.add_error(name if name in form.fields else None, problems)
