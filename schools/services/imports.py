"""Workbooks: sent in, checked, applied, undone. The work itself is done in jobs; see schools.imports."""

import datetime as dt
from collections.abc import Iterator
from itertools import chain

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Min, QuerySet
from django.utils import timezone

from accounts import jobs
from accounts.models import Job, User
from accounts.services import audit
from paper.workbook import WorkbookError, sheet_titles
from schools import access
from schools.imports import classes, staff, teachings, undo, units
from schools.imports.check import Plan, check
from schools.imports.read import read
from schools.imports.trace import Trace
from schools.models import ChangedDay, ClassGroup, ImportBatch, ImportedRow, OrgUnit, School, SchoolDay, Teaching
from schools.services.days import write_planned_days

State = ImportBatch.State


class BatchError(Exception):
    """Carries words for the one who waits for the job."""


@transaction.atomic
def send_in(*, by: User, unit: OrgUnit, name: str, content: bytes) -> ImportBatch:
    """Keep a workbook and ask for its check. Raises ValidationError for a file that is no workbook."""
    try:
        sheet_titles(content)
    except WorkbookError as error:
        raise ValidationError({"file": str(error)}) from error
    batch = ImportBatch.objects.create(unit=unit, name=name[:200], content=content, made_by=by)
    jobs.enqueue("schools.tasks.check_import", key=batch.job_key, arguments={"batch": batch.pk}, by=by)
    return batch


def ask_to_apply(*, by: User, batch: ImportBatch, only_good: bool) -> Job:
    """Raises ValidationError for a batch that does not wait for it, or has bad rows while `only_good` is not said."""
    if batch.state != State.CHECKED:
        raise ValidationError("这个文件不在待导入状态。")
    if batch.bad_rows and not only_good:
        raise ValidationError("还有错误行：请改正后重新上传，或选择只导入没有错误的行。")
    arguments: dict[str, object] = {"batch": batch.pk, "only_good": only_good}
    return jobs.enqueue("schools.tasks.apply_import", key=batch.job_key, arguments=arguments, by=by)


def ask_to_undo(*, by: User, batch: ImportBatch) -> Job:
    """Raises ValidationError, with the rows that stop it, when the batch is in use."""
    if batch.state != State.APPLIED:
        raise ValidationError("只有已导入的文件才能撤销。")
    stopping = undo.obstacles(batch)
    if stopping:
        raise ValidationError(["有数据已被使用，不能撤销：", *stopping])
    return jobs.enqueue("schools.tasks.undo_import", key=batch.job_key, arguments={"batch": batch.pk}, by=by)


def check_batch(batch: ImportBatch) -> Plan | None:
    """The dry run; its findings are kept with the batch. None when the file could not be read."""
    plan = None
    try:
        plan = _plan(batch)
    except WorkbookError as error:
        batch.problems, batch.summary = [["", 0, "", str(error)]], {}
    if plan:
        batch.problems = [[found.sheet, found.line, found.column, found.message] for found in plan.problems]
        batch.summary = plan.summary()
    batch.state = State.CHECKED
    batch.save(update_fields=["problems", "summary", "state"])
    return plan


def _plan(batch: ImportBatch) -> Plan:
    """As things stand now: the importer's scope and the database may have changed since the last look."""
    today = timezone.localdate()
    path = batch.unit.path_on(today)
    return check(read(bytes(batch.content)), path=path, today=today, roles=access.appoints(batch.made_by, path))


def apply_batch(batch: ImportBatch, *, by: User | None, only_good: bool) -> Iterator[tuple[int, int]]:
    """Write the batch in parts, yielding (rows done, rows in all) between them. After a stop, repeating it goes on.

    Raises BatchError when bad rows have turned up since the check and `only_good` was not said, or when somebody else
    writes the same rows meanwhile.
    """
    plan = check_batch(batch)
    if plan is None or (plan.problems and not only_good):
        raise BatchError("检查后数据有变化，出现了错误行，请重新查看。")
    done = 0
    yield done, plan.size
    try:
        for rows in _write(plan, Trace(batch)):
            done += rows
            yield done, plan.size
    except IntegrityError as error:
        raise BatchError("导入时有人改动了相同的数据，请再点一次导入。") from error
    _finish(batch, by)


def _write(plan: Plan, trace: Trace) -> Iterator[int]:
    return chain(
        units.write(plan.units, plan.known, trace),
        staff.write(plan.staff, plan.known, trace),
        classes.write(plan.classes, plan.known, trace),
        teachings.write(plan.teachings, plan.known, trace, plan.named_teachings()),
    )


@transaction.atomic
def _finish(batch: ImportBatch, by: User | None) -> None:
    """The calendar reaches the new schools, the sums learn what has changed, the trail says who did it."""
    _write_days(batch)
    _note_days(batch)
    made = undo.made_counts(batch)
    audit(by=by, action="import.apply", subject=batch, path=batch.unit.path_on(timezone.localdate()), **made)
    batch.state, batch.applied_at = State.APPLIED, timezone.now()
    batch.save(update_fields=["state", "applied_at"])


def _write_days(batch: ImportBatch) -> None:
    new = School.objects.filter(pk__in=_made(batch, "schools.School"))
    opened_on = new.aggregate(day=Min("unit__opened_on"))["day"]
    if opened_on:
        write_planned_days(batch.unit, opened_on)


def _made(batch: ImportBatch, model: str) -> QuerySet:
    return ImportedRow.objects.filter(batch=batch, model=model, before__isnull=True).values("row_id")


def _note_days(batch: ImportBatch) -> None:
    """The planned days of schools whose classes or teachings the batch made, from the first of these on."""
    first_days: dict[int, dt.date] = {}
    groups = ClassGroup.objects.filter(pk__in=_made(batch, "schools.ClassGroup")).values_list("school", "first_day")
    taught = Teaching.objects.filter(pk__in=_made(batch, "schools.Teaching"))
    for school, day in [*groups, *taught.values_list("class_group__school", "first_day").distinct()]:
        first_days[school] = min(day, first_days.get(school, day))
    days = SchoolDay.objects.filter(school__in=first_days).values_list("school", "day")
    ChangedDay.objects.note((school, day) for school, day in days.iterator() if day >= first_days[school])


@transaction.atomic
def undo_batch(batch: ImportBatch, *, by: User | None) -> None:
    """Raises BatchError when its rows have come into use since it was asked for."""
    if undo.obstacles(batch):
        raise BatchError("有数据已被使用，不能撤销。")
    _note_days(batch)
    undo.take_back(batch)
    audit(by=by, action="import.undo", subject=batch, path=batch.unit.path_on(timezone.localdate()))
    batch.state, batch.undone_at = State.UNDONE, timezone.now()
    batch.save(update_fields=["state", "undone_at"])
