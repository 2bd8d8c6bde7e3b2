"""Bringing a workbook of institutions into the register: nothing is overwritten that nobody has decided on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import PROTECT, Exists, ForeignObjectRel, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from accounts.refusals import in_words
from accounts.services import audit
from paper.workbook import ErrorSheet, Kind, Row, WorkbookError, error_workbook
from schools.models import OrgUnit
from training import sheet
from training.models import ImportedInstitution, Institution, RegisterImport
from training.reconcile import Differing, Reconciled, reconcile

State = RegisterImport.State


@transaction.atomic
def send_in(*, by: User, unit: OrgUnit, name: str, content: bytes) -> RegisterImport:
    """Keep a workbook with a first guess at what its columns mean. Raises ValidationError: no workbook, no header."""
    try:
        found = sheet.headers_of(content)
    except WorkbookError as error:
        raise ValidationError({"file": str(error)}) from error
    if not found:
        raise ValidationError({"file": "第一张工作表的第一行是空的：第一行应是列名。"})
    return RegisterImport.objects.create(
        unit=unit, name=name[:200], content=content, mapping=sheet.guess(found), made_by=by
    )


@transaction.atomic
def set_mapping(*, by: User, batch: RegisterImport, mapping: Mapping[str, str]) -> Reconciled:
    """Say what the columns mean, and look at every line. Raises ValidationError: too late, a field without a column."""
    locked = _locked(batch, State.UPLOADED, State.CHECKED)
    missing = [sheet.BY_KEY[key].label for key in sheet.REQUIRED if not mapping.get(key)]
    if missing:
        raise ValidationError(f"请选择“{'”“'.join(missing)}”对应的列。")
    headers = [header for header in mapping.values() if header]
    if len(set(headers)) < len(headers):
        raise ValidationError("同一列不能对应两项内容，请核对。")
    locked.mapping = {key: header for key, header in mapping.items() if header}
    try:
        found = looked_at(locked)
    except WorkbookError as error:
        raise ValidationError(str(error)) from error
    locked.summary, locked.taken, locked.state = found.summary(), [], State.CHECKED
    locked.save(update_fields=["mapping", "summary", "taken", "state"])
    return found


def looked_at(batch: RegisterImport) -> Reconciled:
    """The file beside the register as they stand now. Raises WorkbookError."""
    lines = []
    for line in sheet.lines(bytes(batch.content), batch.mapping):
        lines.append(line)
        if len(lines) > sheet.MOST_ROWS:
            raise WorkbookError(f"超过{sheet.MOST_ROWS:,}行，请分成几个文件导入。")
    counties = _counties(batch.unit)
    here = Institution.objects.filter(county__in=[county.pk for county in counties]).select_related("county")
    by_word = {word: county.pk for county in counties for word in (county.code, county.name)}
    only = batch.unit.pk if batch.unit.level == OrgUnit.Level.COUNTY else None
    return reconcile(lines, list(here), by_word, only)


def _counties(unit: OrgUnit) -> list[OrgUnit]:
    below = OrgUnit.objects.under(unit, timezone.localdate())
    return list(below.filter(level=OrgUnit.Level.COUNTY))


@transaction.atomic
def decide(*, by: User, batch: RegisterImport, numbers: Collection[int], takes: bool) -> None:
    """Whether these lines' values shall replace the register's. Raises ValidationError where it is too late."""
    locked = _locked(batch, State.CHECKED)
    taken = set(locked.taken)
    locked.taken = sorted(taken | set(numbers) if takes else taken - set(numbers))
    locked.save(update_fields=["taken"])


@transaction.atomic
def apply(*, by: User, batch: RegisterImport, only_good: bool) -> Reconciled:
    """Bring in the new lines and those that were decided for; all or nothing. Repeating it does nothing twice.

    Raises ValidationError: broken lines while `only_good` is not said, or somebody entered the same meanwhile.
    """
    locked = _locked(batch, State.CHECKED)
    found = looked_at(locked)
    if found.broken and not only_good:
        raise ValidationError(f"还有{len(found.broken)}行有错误：请改正后重新上传，或选择只导入没有错误的行。")
    with in_words(Institution()):
        made = Institution.objects.bulk_create(_made(by, line.values, county) for line, county in found.new)
    trace = [
        ImportedInstitution(batch=locked, institution=row, after=_as_json(line.values))
        for row, (line, _) in zip(made, found.new, strict=True)
    ]
    taken = set(locked.taken)
    changed = [one for one in found.differing if one.line.number in taken and one.fields]
    trace += [_change(locked, one) for one in changed]
    with in_words(Institution()):
        Institution.objects.bulk_update([one.institution for one in changed], _fields(changed) or ["name"])
    ImportedInstitution.objects.bulk_create(trace)
    locked.summary = found.summary() | {"made": len(made), "changed": len(changed)}
    locked.state, locked.applied_at = State.APPLIED, timezone.now()
    locked.save(update_fields=["summary", "state", "applied_at"])
    _audit(by, "register.import", locked, made=len(made), changed=len(changed))
    return found


def _made(by: User, values: Mapping[str, Any], county: int) -> Institution:
    said = sheet.DEFAULTS | {key: value for key, value in values.items() if key != "county"}
    return Institution(county_id=county, made_by=by, **said)


def _change(batch: RegisterImport, one: Differing) -> ImportedInstitution:
    for key, (_, new) in one.fields.items():
        setattr(one.institution, key, new)
    return ImportedInstitution(
        batch=batch,
        institution=one.institution,
        before=_as_json({key: old for key, (old, _) in one.fields.items()}),
        after=_as_json({key: new for key, (_, new) in one.fields.items()}),
    )


def _fields(changed: Collection[Differing]) -> list[str]:
    return sorted({key for one in changed for key in one.fields})


@transaction.atomic
def undo(*, by: User, batch: RegisterImport) -> None:
    """Take back what it brought in. Raises ValidationError, with their names, while any of its rows are used.

    Used is what something is written down of (a step, the baseline, money, wrongdoing …), or what was corrected since.
    """
    locked = _locked(batch, State.APPLIED)
    rows = list(_traced(locked))
    list(Institution.objects.select_for_update().filter(pk__in=[row.institution_id for row in rows]).order_by("pk"))
    if used := [row.institution.name for row in rows if _is_used(row)]:
        shown = "、".join(used[:5]) + (f"等{len(used)}家" if len(used) > 5 else "")
        raise ValidationError(f"不能撤销：{shown}已有变动、资金、违规等记录，已纳入基数，或导入以后又被修改。")
    changed = [row for row in rows if row.before is not None]
    for row in changed:
        for key, value in row.before.items():
            setattr(row.institution, key, _from_json(key, value))
    if changed:
        Institution.objects.bulk_update(
            [row.institution for row in changed], sorted({key for row in changed for key in row.before})
        )
    made = [row.institution_id for row in rows if row.before is None]
    ImportedInstitution.objects.filter(batch=locked).delete()
    Institution.objects.filter(pk__in=made).delete()
    locked.state = State.UNDONE
    locked.save(update_fields=["state"])
    _audit(by, "register.undo_import", locked, made=len(made), changed=len(changed))


def _traced(batch: RegisterImport) -> Any:
    """Its rows, with `is_held`: whether a row of any app holds on to the institution."""
    holders = [
        relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("institution")})
        for relation in Institution._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel) and relation.on_delete is PROTECT
    ]
    is_held = reduce(or_, (Q(Exists(rows)) for rows in holders))
    return ImportedInstitution.objects.filter(batch=batch).select_related("institution").annotate(is_held=is_held)


def _is_used(row: Any) -> bool:
    now = {key: getattr(row.institution, key) for key in row.after if key != "county"}
    then = {key: value for key, value in row.after.items() if key != "county"}
    return bool(row.is_held or _as_json(now) != then)


def broken_workbook(batch: RegisterImport) -> bytes:
    """The lines that cannot be brought in, as they came, with what is wrong; put right, it can be sent in as it is."""
    content = bytes(batch.content)
    broken = looked_at(batch).broken
    rows = [Row(row.number, row.values, (), row.cells) for row in sheet.rows_of(content, batch.mapping)]
    bad = [row for row in rows if row.number in broken]
    return error_workbook([ErrorSheet(sheet.first_sheet(content), sheet.columns_of(batch.mapping), bad, broken)])


def _locked(batch: RegisterImport, *states: str) -> RegisterImport:
    locked = RegisterImport.objects.select_related("unit").select_for_update(of=("self",)).get(pk=batch.pk)
    if locked.state not in states:
        raise ValidationError(f"这个文件{locked.get_state_display()}，请刷新页面。", code="state")
    return locked


def _as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    encoder = DjangoJSONEncoder()
    return {key: encoder.default(value) if isinstance(value, dt.date) else value for key, value in values.items()}


def _from_json(key: str, value: Any) -> Any:
    is_day = value is not None and sheet.BY_KEY[key].kind == Kind.DATE
    return dt.date.fromisoformat(value) if is_day else value


def _audit(by: User, action: str, batch: RegisterImport, **counts: int) -> None:
    audit(by=by, action=action, subject=batch, path=batch.unit.path_on(timezone.localdate()), **counts)
