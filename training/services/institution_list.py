"""Institutions and the baseline from one plain list, as counties keep it: all of it or nothing."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import audit
from paper.table_file import headers, refuse, whole_table
from paper.workbook import Column, Kind, Row
from schools.models import OrgUnit
from training import life
from training.models import Baseline, BaselineEntry, Institution
from training.services import register

SUBJECTS = {"学科": Institution.Subject.ACADEMIC, "非学科": Institution.Subject.OTHER}
FORMS = {"线上": Institution.Form.ONLINE, "线下": Institution.Form.OFFLINE}
STATES = {
    "在营": life.State.OPERATING,
    "注销": life.State.CLOSED,
    "转型": life.State.CONVERTED,
    "停业": life.State.SUSPENDED,
    "吊销": life.State.REVOKED,
}
REGISTRATIONS = {"营利": life.Registration.PROFIT, "非营利": life.Registration.NON_PROFIT}
# How a state with a date came about.
STEPS = {
    life.State.CLOSED: life.Step.CLOSE,
    life.State.CONVERTED: life.Step.CONVERT,
    life.State.SUSPENDED: life.Step.SUSPEND,
    life.State.REVOKED: life.Step.REVOKE,
}
WORDS: dict[str, dict[str, Any]] = {
    "subject": SUBJECTS,
    "form": FORMS,
    "state": STATES,
    "registration": REGISTRATIONS,
}
COLUMNS = (
    Column("credit_code", "统一社会信用代码", Kind.CODE),
    Column("name", "名称", is_required=True),
    Column("county", "县代码", Kind.CODE, is_required=True),
    Column("subject", "类别", is_required=True),
    Column("form", "形式", is_required=True),
    Column("in_baseline", "纳入基数", Kind.YES_NO, is_required=True),
    Column("state", "状态", is_required=True),
    Column("registration", "登记", is_required=True),
    Column("approved", "备改审", Kind.YES_NO, is_required=True),
    Column("rest_days_found", "占用节假日培训", Kind.YES_NO, is_required=True),
    Column("rest_days_cleared", "已清理", Kind.YES_NO, is_required=True),
    Column("model_contract", "示范合同", Kind.YES_NO, is_required=True),
    Column("guide_price", "政府指导价", Kind.YES_NO, is_required=True),
    Column("prepaid", "预收费监管", Kind.YES_NO, is_required=True),
)
STATE_DAY = Column("state_day", "状态日期", Kind.DATE)
BROUGHT_IN = "由名单导入"


@transaction.atomic
def bring_in(content: bytes, *, by: User | None = None) -> int:
    """Enter every institution, and freeze the baseline of those of 纳入基数 in each county; how many.

    A state without a date held since before every period; 在营 needs none. Raises paper.workbook.WorkbookError with
    every line that will not do; then nothing has been brought in.
    """
    has_day = STATE_DAY.header in headers(content)
    rows = whole_table(content, (*COLUMNS, STATE_DAY) if has_day else COLUMNS)
    counties = OrgUnit.objects.filter(level=OrgUnit.Level.COUNTY).in_bulk(
        {row.values["county"] for row in rows}, field_name="code"
    )
    frozen = set(Baseline.objects.filter(county__in=counties.values()).values_list("county__code", flat=True))
    reasons: list[tuple[int, str]] = []
    basis: dict[str, list[Institution]] = {}
    # Those that are gone first: another of the same name may be there today.
    for row in sorted(rows, key=lambda row: row.values["state"] == "在营"):
        try:
            made = _enter(row, counties, frozen, by)
        except ValidationError as error:
            reasons.append((row.number, f"第 {row.number} 行：{''.join(error.messages)}"))
            continue
        if made and row.values["in_baseline"]:
            basis.setdefault(row.values["county"], []).append(made)
    refuse(words for _, words in sorted(reasons))
    for code, institutions in basis.items():
        _freeze(counties[code], institutions, by)
    return len(rows)


def _enter(row: Row, counties: dict[str, OrgUnit], frozen: set[str], by: User | None) -> Institution | None:
    values = row.values | {key: _meant(row, key) for key in WORDS}
    county = counties.get(values["county"])
    if county is None:
        raise ValidationError(f"没有代码为“{values['county']}”的县（市、区）。")
    is_academic = values["subject"] == Institution.Subject.ACADEMIC
    if values["in_baseline"] and not is_academic:
        raise ValidationError("只有学科类机构纳入基数。")
    if values["in_baseline"] and county.code in frozen:
        raise ValidationError(f"{county.name}的压减基数已经锁定，不能再纳入。")
    state, day = values["state"], values.get("state_day")
    dated = day is not None and state in STEPS
    # A savepoint: what the database refuses here must not end the looking at the other lines.
    with transaction.atomic():
        made = register.add_institution(
            by=by,
            county=county,
            name=values["name"],
            credit_code=values["credit_code"] or "",
            subject=values["subject"],
            form=values["form"],
            registration=values["registration"],
            permit=_permit(values["form"], is_approved=values["approved"]),
            state=life.State.OPERATING if dated else state,
            rest_days_found=values["rest_days_found"],
            rest_days_cleared=values["rest_days_cleared"],
            model_contract=values["model_contract"],
            guide_price=values["guide_price"],
            prepaid_control=Institution.Control.STATED if values["prepaid"] else Institution.Control.NONE,
        )
        if made and dated and day:
            register.take_step(by=by, institution=made, step=STEPS[state], day=day, reason=BROUGHT_IN)
    return made


def _permit(form: str, *, is_approved: bool) -> life.Permit:
    """备改审 speaks of online ones, which were filed before they were approved."""
    if is_approved:
        return life.Permit.APPROVED
    return life.Permit.FILED if form == Institution.Form.ONLINE else life.Permit.NONE


def _meant(row: Row, key: str) -> Any:
    words = WORDS[key]
    if row.values[key] not in words:
        header = next(column.header for column in COLUMNS if column.key == key)
        raise ValidationError(f"{header}应填“{'”“'.join(words)}”，现在是“{row.values[key]}”。")
    return words[row.values[key]]


def _freeze(county: OrgUnit, institutions: list[Institution], by: User | None) -> None:
    day = timezone.localdate()
    baseline = Baseline.objects.create(county=county, day=day, made_by=by)
    BaselineEntry.objects.bulk_create(
        BaselineEntry(baseline=baseline, institution=one, form=one.form, permit=one.permit) for one in institutions
    )
    path = county.path_on(day)
    audit(by=by, action="baseline.freeze", subject=baseline, path=path, day=day.isoformat(), count=len(institutions))
