"""Taking a batch back, as long as nothing hangs on its rows."""

from collections.abc import Iterator
from typing import Any

import pghistory
from django.apps import apps
from django.db import models
from django.db.models import Count

from accounts.models import User
from schools.imports.trace import chunks, stored
from schools.models import (
    ChangedDay,
    ClassGroup,
    ClassSize,
    HeadTeacher,
    ImportBatch,
    ImportedRow,
    OrgUnit,
    Posting,
    School,
    SchoolDay,
    Staff,
    Teaching,
    UnitPlace,
)

# Whatever hangs on a row comes before it.
LAST_FIRST: tuple[type[models.Model], ...] = (
    Teaching,
    HeadTeacher,
    ClassSize,
    ClassGroup,
    Posting,
    Staff,
    User,
    School,
    UnitPlace,
    OrgUnit,
)
# Made by the calendar and for the sums, not by anybody's use of the school.
DERIVED = (SchoolDay, ChangedDay)
MOST_NAMED = 20


def obstacles(batch: ImportBatch) -> list[str]:
    """Why the batch cannot be undone: used rows by name, at most twenty; empty when it can."""
    found: list[str] = []
    for model in LAST_FIRST:
        found += [f"{_name(row)}：{why}" for row, why in _used(batch, model)]
        found += [f"{_name(row)}：导入后又被修改" for row in _changed_since(batch, model)]
        if len(found) >= MOST_NAMED:
            return found[:MOST_NAMED]
    return found


def _made(batch: ImportBatch, model: type[models.Model]) -> models.QuerySet[ImportedRow]:
    return ImportedRow.objects.filter(batch=batch, model=model._meta.label, before__isnull=True)


def _used(batch: ImportBatch, model: type[models.Model]) -> Iterator[tuple[models.Model, str]]:
    """Rows the batch made on which something hangs that it did not make."""
    made = model._default_manager.filter(pk__in=_made(batch, model).values("row_id"))
    if model is User:
        for user in made.exclude(last_login=None)[:MOST_NAMED]:
            yield user, "已登录过"
    for relation in _uses_of(model):
        users = relation.related_model._base_manager.exclude(
            pk__in=_made(batch, relation.related_model).values("row_id")
        ).filter(**{f"{relation.field.name}__in": made})
        ids = users.values_list(relation.field.attname, flat=True).distinct()[:MOST_NAMED]
        for row in model._default_manager.filter(pk__in=list(ids)):
            yield row, _why(relation.related_model)


def _why(user: type[models.Model]) -> str:
    """Models without a Chinese name are those nobody sees as such."""
    name = str(user._meta.verbose_name)
    return "已有其他记录" if name.isascii() else f"已有{name}"


def _uses_of(model: type[models.Model]) -> Iterator[Any]:
    """Relations by which another row stands on one of `model`; not what is deleted with it, nor its history."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
            continue
        other = relation.related_model
        is_part = relation.on_delete is models.CASCADE and other not in LAST_FIRST  # type: ignore[union-attr]
        is_history = issubclass(other, (pghistory.models.Event, pghistory.models.Events))  # type: ignore[arg-type]
        if not is_part and not is_history and other not in DERIVED:
            yield relation


def _changed_since(batch: ImportBatch, model: type[models.Model]) -> Iterator[models.Model]:
    """Rows the batch changed whose fields do not say any more what it wrote."""
    written: dict[int, dict[str, Any]] = {}
    for row in (
        ImportedRow.objects.filter(batch=batch, model=model._meta.label).exclude(before__isnull=True).order_by("pk")
    ):
        written.setdefault(row.row_id, {}).update(row.after or {})
    rows = model._default_manager.in_bulk(list(written))
    for pk, after in written.items():
        if pk not in rows or any(stored(getattr(rows[pk], name)) != value for name, value in after.items()):
            yield rows.get(pk, model(pk=pk))


def _name(row: models.Model) -> str:
    """A class or a member of staff with the school, of which there are many with the same name."""
    kind = str(row._meta.verbose_name)
    school = row.school if isinstance(row, ClassGroup | Staff) else ""
    return f"{'' if kind.isascii() else kind}“{school}{row}”"


def take_back(batch: ImportBatch) -> None:
    """Delete what the batch made, restore what it changed; call it in a transaction. Raises ProtectedError if used."""
    for row in ImportedRow.objects.filter(batch=batch).exclude(before__isnull=True).order_by("-pk"):
        model = apps.get_model(row.model)
        values = {name: model._meta.get_field(name).to_python(value) for name, value in (row.before or {}).items()}
        model._default_manager.filter(pk=row.row_id).update(**values)
    schools = _made(batch, School).values("row_id")
    for derived in DERIVED:
        derived._default_manager.filter(school__in=schools).delete()
    for model in LAST_FIRST:
        for ids in chunks(list(_made(batch, model).values_list("row_id", flat=True))):
            model._default_manager.filter(pk__in=ids).delete()


def made_counts(batch: ImportBatch) -> dict[str, int]:
    """How many rows of each model the batch made."""
    rows = ImportedRow.objects.filter(batch=batch, before__isnull=True).values("model").annotate(rows=Count("pk"))
    return {row["model"]: row["rows"] for row in rows}
