"""The register: institutions entered and corrected, what became of them, the baseline frozen. Callers checked roles."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import asdict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.refusals import in_words, insert
from accounts.sent_forms import is_first
from accounts.services import audit
from schools.credit_code import written
from schools.models import OrgUnit
from training import life
from training.models import Baseline, BaselineEntry, Institution, InstitutionStep
from training.models.register import InstitutionQuerySet


@transaction.atomic
def add_institution(
    *, by: User | None, county: OrgUnit, key: uuid.UUID | None = None, **said: object
) -> Institution | None:
    """Enter an institution; `said` are its other fields. None where the form with this key was carried out before.

    Raises ValidationError: a code whose last character is wrong, a code or name that is there already.
    """
    if key and by and not is_first(by, key):
        return None
    institution = Institution(county=county, made_by=by, **_tidied(said))
    institution.full_clean(validate_constraints=False)
    insert(institution)
    audit(by=by, action="institution.add", subject=institution, path=_path(county), name=institution.name)
    return institution


@transaction.atomic
def correct_institution(*, by: User, institution: Institution, **said: object) -> Institution:
    """Put right what was entered; its state, registration and permit change by steps alone. Raises ValidationError."""
    locked = _locked(institution)
    said = _tidied(said)
    if said.get("subject", locked.subject) != locked.subject and BaselineEntry.objects.filter(institution=locked):
        raise ValidationError({"subject": "这家机构已纳入压减基数，不能改类别。"})
    before = {name: str(getattr(locked, name)) for name, value in said.items() if getattr(locked, name) != value}
    for name, value in said.items():
        setattr(locked, name, value)
    locked.full_clean(validate_constraints=False)
    with in_words(locked):
        locked.save()
    audit(by=by, action="institution.correct", subject=locked, path=_path(locked.county), before=before)
    return locked


@transaction.atomic
def take_step(
    *, by: User | None, institution: Institution, step: str, day: dt.date, reason: str = ""
) -> InstitutionStep:
    """Write down what became of it on `day`: not before what is written down already, not to come.

    Raises ValidationError: a step that its standing does not allow (code "state"), a bad day, no reason for an end.
    """
    locked = _locked(institution)
    kind = life.Step(step)
    before = locked.standing
    after = life.after(before, kind, is_academic=locked.is_academic)
    if after is None:
        label = InstitutionStep.Kind(kind.value).label
        raise ValidationError(f"这家机构现在是“{_words(locked)}”，不能办“{label}”。", code="state")
    _check_day(locked, day)
    if after.state in life.REDUCED and not reason.strip():
        raise ValidationError({"reason": "请写明依据，如文号或办理情况。"})
    row = InstitutionStep(
        institution=locked,
        kind=kind.value,
        day=day,
        reason=reason.strip(),
        by=by,
        **{f"{name}_before": value for name, value in asdict(before).items()},
        **{f"{name}_after": value for name, value in asdict(after).items()},
    )
    row.full_clean()
    row.save()
    _stand(locked, after)
    audit(by=by, action=f"institution.{kind}", subject=locked, path=_path(locked.county), day=day.isoformat())
    return row


@transaction.atomic
def take_back_step(*, by: User, institution: Institution) -> None:
    """The last step was written down by mistake. Raises ValidationError where there is none, or its name is taken."""
    locked = _locked(institution)
    row = InstitutionStep.objects.filter(institution=locked).order_by("day", "pk").last()
    if row is None:
        raise ValidationError("没有可以撤销的变动。", code="state")
    standing = life.Standing(
        life.State(row.state_before), life.Registration(row.registration_before), life.Permit(row.permit_before)
    )
    audit(
        by=by,
        action="institution.take_back",
        subject=locked,
        path=_path(locked.county),
        step=row.kind,
        day=row.day.isoformat(),
        reason=row.reason,
    )
    row.delete()
    _stand(locked, standing)


@transaction.atomic
def freeze_baseline(*, by: User, county: OrgUnit, day: dt.date) -> Baseline:
    """Take the county's academic institutions as they were on `day` for the baseline, once and for all.

    Raises ValidationError: frozen before, a day to come, or no institution.
    """
    OrgUnit.objects.select_for_update(no_key=True).get(pk=county.pk)
    if Baseline.objects.filter(county=county).exists():
        raise ValidationError("这个县（市、区）的基数已经锁定，不能再改。", code="state")
    if day > timezone.localdate():
        raise ValidationError({"day": "基数日期不能晚于今天。"})
    rows = list(of_baseline(county, day))
    if not rows:
        raise ValidationError({"day": "这一天登记册里没有学科类机构，请先录入机构再锁定。"})
    baseline = Baseline.objects.create(county=county, day=day, made_by=by)
    BaselineEntry.objects.bulk_create(
        BaselineEntry(baseline=baseline, institution=row, form=row.form, permit=row.permit_then)  # type: ignore[attr-defined]
        for row in rows
    )
    audit(by=by, action="baseline.freeze", subject=baseline, path=_path(county), day=day.isoformat(), count=len(rows))
    return baseline


def of_baseline(county: OrgUnit, day: dt.date) -> InstitutionQuerySet:
    """The academic institutions that a baseline of `day` takes in: those that were there."""
    return Institution.objects.academic().filter(county=county).there_on(day).order_by("pk")


def _tidied(said: dict[str, object]) -> dict[str, object]:
    """Names without doubled blanks, the code as it is kept."""
    tidy = {name: " ".join(value.split()) if isinstance(value, str) else value for name, value in said.items()}
    if "credit_code" in tidy:
        tidy["credit_code"] = written(str(tidy["credit_code"]))
    return tidy


def _locked(institution: Institution) -> Institution:
    return Institution.objects.select_related("county").select_for_update(of=("self",)).get(pk=institution.pk)


def _stand(institution: Institution, standing: life.Standing) -> None:
    institution.state, institution.registration = standing.state, standing.registration
    institution.permit = standing.permit
    with in_words(institution):
        institution.save(update_fields=["state", "registration", "permit"])


def _check_day(institution: Institution, day: dt.date) -> None:
    if day > timezone.localdate():
        raise ValidationError({"day": "日期不能晚于今天。"})
    if institution.founded_on and day < institution.founded_on:
        raise ValidationError({"day": "日期不能早于成立日期。"})
    last = institution.steps.order_by("-day").values_list("day", flat=True).first()
    if last and day < last:
        raise ValidationError({"day": f"日期不能早于上一次变动（{last:%Y年%-m月%-d日}）。"})


def _words(institution: Institution) -> str:
    return "、".join(
        (
            institution.get_state_display(),
            institution.get_registration_display(),
            f"许可{institution.get_permit_display()}",
        )
    )


def _path(unit: OrgUnit) -> str:
    return unit.path_on(timezone.localdate())
