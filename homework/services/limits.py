"""Local rules: stricter limits and cut-offs, and what they change in days gone by."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.services import audit
from homework import policy
from homework.models import CutOff, LocalLimit, Notice, NoticeQuerySet
from homework.rules import RuleBook
from homework.services.notices import judge_load, judge_punctuality
from schools.models import ChangedDay, OrgUnit, School
from schools.models.units import codes_in

# Notices written in one statement when many are judged again, and the fields in which a verdict stands.
BATCH = 1000
JUDGED = [
    "limit_minutes",
    "breached_rule",
    "is_on_time",
    "review",
    "overrun_reason",
    "review_note",
    "reviewed_by",
    "reviewed_at",
]


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
) -> LocalLimit:
    """Enter a county's or school's own limit; notices from an earlier day on are judged again.

    Raises ValidationError, with the clause, when it is looser than what holds above, and when the unit's own
    stricter one leaves it no day.
    """
    limit = LocalLimit(
        unit=unit,
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
    _judge_again(_notices_under(limit), first_day, last_day)
    return limit


@transaction.atomic
def end_local_limit(*, by: User, limit: LocalLimit, last_day: dt.date) -> None:
    """Change the last day on which a limit holds; the days between the old end and the new are judged again.

    Raises ValidationError when the last day lies before the first.
    """
    old_last_day, limit.last_day = limit.last_day, last_day
    limit.full_clean()
    limit.save()
    path = limit.unit.path_on(timezone.localdate())
    audit(by=by, action="limit.end", subject=limit, path=path, last_day=last_day.isoformat())
    ends = [last_day, old_last_day or dt.date.max]
    _judge_again(_notices_under(limit), min(ends), max(ends))


@transaction.atomic
def set_cut_off(
    *, by: User | None, unit: OrgUnit, first_day: dt.date, until: dt.time, reviewed_first: bool = False
) -> CutOff:
    """Until when homework must be public at `unit` and below, from `first_day` on.

    Raises ValidationError for a second entry of one day, for a time later than what holds above, and for
    先审后公示 anywhere but at a school.
    """
    cut_off = CutOff(unit=unit, first_day=first_day, until=until, reviewed_first=reviewed_first)
    cut_off.full_clean()
    if reviewed_first and unit.level != OrgUnit.Level.SCHOOL:
        raise ValidationError({"reviewed_first": "先审后公示由学校自己决定，这里不能设置。"})
    _require_not_later(cut_off)
    cut_off.save()
    path = unit.path_on(first_day)
    audit(by=by, action="cut_off.set", subject=cut_off, path=path, until=until.isoformat("minutes"))
    schools = School.objects.under(unit, first_day)
    _judge_again(Notice.objects.filter(school__in=schools), first_day, None)
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
    upper = same_grade.filter(minutes__lt=limit.minutes).order_by("minutes").select_related("unit").first()
    if upper:
        raise ValidationError(
            {"minutes": f"{upper.unit}规定为{upper.minutes}分钟（《{upper.document}》{upper.clause}），不得放宽。"}
        )


def _require_effect(limit: LocalLimit) -> None:
    """The strictest rule holds: under a stricter one of the same unit that lasts as long, a rule would never count."""
    lasts_as_long = Q(last_day=None)
    if limit.last_day:
        lasts_as_long |= Q(last_day__gte=limit.last_day)
    own = LocalLimit.objects.of_units([limit.unit.code]).filter(
        lasts_as_long, stage=limit.stage, grade=limit.grade, minutes__lt=limit.minutes, first_day__lte=limit.first_day
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


def _notices_under(limit: LocalLimit) -> NoticeQuerySet:
    """Of its grade, in schools that stood below its unit at some time; where on which day is the rules' business."""
    schools = School.objects.filter(unit__places__path__contains=f"/{limit.unit.code}/")
    return Notice.objects.filter(school__in=schools, grade=limit.grade)


def _judge_again(notices: NoticeQuerySet, first_day: dt.date, last_day: dt.date | None) -> None:
    """Judge notices by the rules as they now stand, and note the days whose verdict has changed."""
    until = min(last_day or dt.date.max, timezone.localdate())
    rows = list(
        notices.between(first_day, until)
        .select_for_update(of=("self",))
        .select_related("school")
        .order_by("class_group", "day")
    )
    book = RuleBook.read({row.school_id for row in rows}, first_day, until)
    changed = []
    for notice in rows:
        before = (notice.limit_minutes, notice.breached_rule, notice.is_on_time)
        covers_days_off = notice.covers_until is not None
        limit = book.limit(notice.school, notice.grade, notice.day, covers_days_off=covers_days_off)
        judge_load(notice, load=notice.load_minutes, limit=limit)
        judge_punctuality(notice, book.cut_off(notice.school_id, notice.day))
        if before != (notice.limit_minutes, notice.breached_rule, notice.is_on_time):
            changed.append(notice)
    Notice.objects.bulk_update(changed, JUDGED, batch_size=BATCH)
    ChangedDay.objects.note([(notice.school_id, notice.day) for notice in changed])
