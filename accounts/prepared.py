"""Statements written by hand that PostgreSQL plans once per connection: what every page or every posted item asks."""

import re
from typing import Any, TypeVar
from weakref import WeakSet

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

ModelT = TypeVar("ModelT", bound=Model)


class Prepared:
    """A statement with `%(name)s` for each parameter, whose type PostgreSQL infers from its first place.

    It names the columns that it reads: a plan outlives a column added meanwhile, but not a row of another shape. It
    writes to no table that keeps its history.
    """

    def __init__(self, name: str, sql: str) -> None:
        self.names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", sql)))
        places = {parameter: f"${place}" for place, parameter in enumerate(self.names, 1)}
        self.preparation = f"PREPARE {name} AS {sql % places}"
        places_taken = f" ({', '.join(['%s'] * len(self.names))})" if self.names else ""
        self.execution = f"EXECUTE {name}{places_taken}"
        self.known_to: WeakSet[Any] = WeakSet()  # connections to the server, each with plans of its own

    def rows(self, **parameters: Any) -> list[tuple[Any, ...]]:
        with self._run(parameters) as cursor:
            return cursor.fetchall()

    def instances(self, model: type[ModelT], **parameters: Any) -> list[ModelT]:
        """The rows as instances of `model`: the statement reads all its columns and no others, in any order."""
        with self._run(parameters) as cursor:
            names = [column.name for column in cursor.description]
            found = [model(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
        for instance in found:
            instance._state.adding, instance._state.db = False, connection.alias
        return found

    def change(self, **parameters: Any) -> int:
        """Run a statement that returns no rows; how many it has changed."""
        with self._run(parameters) as cursor:
            return cursor.rowcount

    def _run(self, parameters: dict[str, Any]) -> CursorWrapper:
        cursor = connection.cursor()
        if connection.connection not in self.known_to:
            with connection.connection.cursor() as plain:  # it is no query of the page's
                plain.execute(self.preparation)
            self.known_to.add(connection.connection)
        # History's wrapper would put who and why before the statement, which is for tables that keep their history.
        wrappers, connection.execute_wrappers = connection.execute_wrappers, []
        try:
            cursor.execute(self.execution, [parameters[name] for name in self.names])
        finally:
            connection.execute_wrappers = wrappers
        return cursor
