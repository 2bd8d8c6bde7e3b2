"""The only writer of imported rows: it writes in sets and keeps a trace of each, so that the batch can be undone."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from django.db import models

from schools.imports.outcome import Outcome
from schools.models import ImportBatch, ImportedRow

RowT = TypeVar("RowT")
ModelT = TypeVar("ModelT", bound=models.Model)
Write = Callable[[list[RowT]], None]

ROWS_AT_ONCE = 2_000


def chunks(rows: list[RowT]) -> Iterator[list[RowT]]:
    """Parts of the work. Each is written in one transaction of its own, so that a killed worker leaves whole parts."""
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[start : start + ROWS_AT_ONCE]


def write_in_chunks(outcome: Outcome[RowT], add: Write[RowT], change: Write[RowT]) -> Iterator[int]:
    """Write new rows, then changed ones, a chunk at a time; yields the number of rows of each."""
    for write, rows in ((add, outcome.new), (change, outcome.changed)):
        for chunk in chunks(rows):
            write(chunk)
            yield len(chunk)


class Trace:
    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch

    def make(self, rows: Iterable[ModelT]) -> list[ModelT]:
        """Insert rows of one model and return them with their ids."""
        made = list(rows)
        if made:
            type(made[0])._default_manager.bulk_create(made, batch_size=ROWS_AT_ONCE)
            self._keep(ImportedRow(model=made[0]._meta.label, row_id=row.pk) for row in made)
        return made

    def change(self, model: type[models.Model], values_by_id: Mapping[int, Mapping[str, Any]]) -> None:
        """Set these values of these rows; a row with no values stays as it is."""
        wanted = {pk: values for pk, values in values_by_id.items() if values}
        rows = model._default_manager.in_bulk(list(wanted))
        names = sorted({name for values in wanted.values() for name in values})
        self._keep(
            ImportedRow(
                model=model._meta.label,
                row_id=pk,
                before={name: stored(getattr(row, name)) for name in wanted[pk]},
                after={name: stored(value) for name, value in wanted[pk].items()},
            )
            for pk, row in rows.items()
        )
        for pk, row in rows.items():
            for name, value in wanted[pk].items():
                setattr(row, name, value)
        if rows:
            model._default_manager.bulk_update(rows.values(), names, batch_size=ROWS_AT_ONCE)

    def _keep(self, rows: Iterable[ImportedRow]) -> None:
        kept = list(rows)
        for row in kept:
            row.batch = self.batch
        ImportedRow.objects.bulk_create(kept, batch_size=ROWS_AT_ONCE)


def stored(value: Any) -> Any:
    """As the trace's JSON keeps it."""
    return value.isoformat() if isinstance(value, dt.date) else value
