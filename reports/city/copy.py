"""Rows into tables by COPY, with ids set aside beforehand so that rows can name each other."""

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from django.db import connection
from django.db.models import Model

# Rows formatted at a time: some megabytes of text.
CHUNK = 50_000


def reserve(model: type[Model], count: int) -> range:
    """Set aside `count` ids (at least one) of the model's sequence."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        sequence = cursor.fetchone()[0]
        cursor.execute("SELECT setval(%s, nextval(%s) + %s)", [sequence, sequence, count - 1])
        last = cursor.fetchone()[0]
    return range(last - count + 1, last + 1)


def endless_ids(model: type[Model]) -> Iterator[int]:
    """Ids set aside as they are asked for, a block at a time; the last block's rest is never used."""
    while True:
        yield from reserve(model, 1000)


def copy_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write rows, whose values stand in the order of `columns`, and return their number. None is NULL."""
    quoted = ", ".join(f'"{column}"' for column in columns)
    sql = f'COPY "{model._meta.db_table}" ({quoted}) FROM STDIN'
    count, source = 0, iter(rows)
    with connection.cursor() as cursor:
        while chunk := list(islice(source, CHUNK)):
            cursor.copy_expert(sql, io.StringIO("".join(map(_line, chunk))))
            count += len(chunk)
        # Else the foreign keys and triggers of the next tables are planned for an empty one.
        cursor.execute(f'ANALYZE "{model._meta.db_table}"')
    return count


def _line(row: Sequence[object]) -> str:
    return "\t".join(map(_text, row)) + "\n"


def _text(value: object) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.replace("\\", "\\\\").replace("\t", " ").replace("\n", "\\n")
    return str(value)
