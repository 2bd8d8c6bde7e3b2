"""Local rules: stricter limits and cut-offs. What they change in days gone by is judged again by a job."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.services import audit
from homework import policy
from homework.models import CutOff, LocalLimit, SchoolRule
from homework.services.reassess import Extent, ask_to_judge_again
from schools.models import OrgUnit
from schools.models.units import codes_in

BY_ITS_OWN_RULE = "学校的规定在“一校一策”中制定，请到那里写新的一版。"


@transaction.atomic
def add_local_limit(
    *,
    by: User | None,
    unit: OrgUnit,
    stage: str,
    grade: int,
    minutes: int,
    document: str,
    first_day: dt.date,
    last_day: dt.date | None = None,
    clause: str = "",
    span: str = LocalLimit.Span.DAY,
    school_rule: SchoolRule | None = None,
) -> LocalLimit:
    """Enter a county's or school's own limit; a job judges the notices from an earlier day on again.

    Raises ValidationError, with the clause, when it is looser than what holds above, and when the unit's own
    stricter one leaves it no day.
    """
    limit = LocalLimit(
        unit=unit,
        school_rule=school_rule,
        span=span,
        stage=stage,
        grade=grade,
        minutes=minutes,
        document=document.strip(),
        clause=clause.strip(),
        first_day=first_day,
        last_day=last_day,
        made_by=by,
    )
    limit.full_clean()
    _require_not_looser(limit)
    _require_effect(limit)
    limit.save()
    audit(by=by, action="limit.add", subject=limit, path=unit.path_on(first_day), minutes=minutes, grade=grade)
    if school_rule is None:  # else the whole rule asks once
        ask_to_judge_again(by=by, extent=Extent.of_limit(limit))
    return limit


@transaction.atomic
def end_local_limit(*, by: User, limit: LocalLimit, last_day: dt.date) -> Extent:
    """Change the last day on which a limit holds; a job judges the days between the old end and the new again.

    Raises ValidationError when the last day lies before the first, and for a limit of a school's rule (一校一策).
    """
    limit = LocalLimit.objects.select_for_update().get(pk=limit.pk)
    if limit.school_rule_id:
        raise ValidationError(BY_ITS_OWN_RULE)
    old_last_day, limit.last_day = limit.last_day, last_day
    limit.full_clean()
    limit.save()
    path = limit.unit.path_on(timezone.localdate())
    audit(by=by, action="limit.end", subject=limit, path=path, last_day=last_day.isoformat())
    ends = [last_day, old_last_day or dt.date.max]
    extent = Extent(limit.unit.pk, min(ends), None if old_last_day is None else max(ends), limit.grade)
    ask_to_judge_again(by=by, extent=extent)
    return extent


@transaction.atomic
def set_cut_off(
    *,
    by: User | None,
    unit: OrgUnit,
    first_day: dt.date,
    until: dt.time,
    reviewed_first: bool = False,
    school_rule: SchoolRule | None = None,
) -> CutOff:
    """Until when homework must be public at `unit` and below, from `first_day` on.

    Raises ValidationError for a second entry of one day, for a time later than what holds above, and for
    先审后公示 anywhere but at a school.
    """
    cut_off = CutOff(
        unit=unit, school_rule=school_rule, first_day=first_day, until=until, reviewed_first=reviewed_first
    )
    cut_off.full_clean()
    if reviewed_first and unit.level != OrgUnit.Level.SCHOOL:
        raise ValidationError({"reviewed_first": "先审后公示由学校自己决定，这里不能设置。"})
    _require_not_later(cut_off)
    cut_off.save()
    path = unit.path_on(first_day)
    audit(by=by, action="cut_off.set", subject=cut_off, path=path, until=until.isoformat("minutes"))
    if school_rule is None:
        ask_to_judge_again(by=by, extent=Extent.of_cut_off(cut_off))
    return cut_off


def _require_not_looser(limit: LocalLimit) -> None:
    try:
        national = policy.national_limit(limit.stage, limit.grade, limit.first_day)
    except policy.NoLimitKnownError:
        raise ValidationError({"grade": "这个学段没有这个年级。"}) from None
    if limit.minutes > national.minutes:
        raise ValidationError({"minutes": f"{national.words}（《{national.document}》{national.clause}）。"})
    above = codes_in(limit.unit.path_on_typed(limit.first_day))[:-1]
    same_grade = (
        LocalLimit.objects.of_units(above).in_force(limit.first_day).filter(stage=limit.stage, grade=limit.grade)
    )
    # Where nothing above speaks of days off, its minutes of one day hold for them together.
    same_span = same_grade.filter(span=limit.span)
    rows = same_span if same_span.exists() or limit.span == LocalLimit.Span.DAY else same_grade
    upper = rows.filter(minutes__lt=limit.minutes).order_by("minutes").select_related("unit").first()
    if upper:
        of_a_day = "每天" if upper.span != limit.span else ""
        source = f"（《{upper.document}》{upper.clause}）"
        raise ValidationError({"minutes": f"{upper.unit}规定为{of_a_day}{upper.minutes}分钟{source}，不得放宽。"})


def _require_effect(limit: LocalLimit) -> None:
    """The strictest rule holds: under a stricter one of the same unit that lasts as long, a rule would never count."""
    lasts_as_long = Q(last_day=None)
    if limit.last_day:
        lasts_as_long |= Q(last_day__gte=limit.last_day)
    own = LocalLimit.objects.of_units([limit.unit.code]).filter(
        lasts_as_long,
        span=limit.span,
        stage=limit.stage,
        grade=limit.grade,
        minutes__lt=limit.minutes,
        first_day__lte=limit.first_day,
    )
    stricter = own.order_by("minutes").first()
    if stricter:
        until = f"至{stricter.last_day:%Y年%-m月%-d日}" if stricter.last_day else ""
        raise ValidationError(
            {
                "minutes": f"{stricter.unit}已有更严的规定（{stricter.minutes}分钟，依据《{stricter.document}》"
                f"{stricter.clause}，自{stricter.first_day:%Y年%-m月%-d日}起{until}），"
                "这一条不会起作用。要放宽，请先结束它。"
            }
        )


def _require_not_later(cut_off: CutOff) -> None:
    above = codes_in(cut_off.unit.path_on_typed(cut_off.first_day))[:-1]
    begun = CutOff.objects.filter(unit__code__in=above, first_day__lte=cut_off.first_day)
    latest_of_each = begun.order_by("unit", "-first_day").distinct("unit").select_related("unit")
    upper = min(latest_of_each, key=lambda row: row.until, default=None)
    if upper and cut_off.until > upper.until:
        raise ValidationError({"until": f"{upper.unit}规定{upper.until:%H:%M}前公示，不得推迟。"})
