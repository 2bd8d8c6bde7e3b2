"""What is done to homework notices. Callers at the edge have checked that `by` may.

Every write locks the notice's row first, so that two teachers of one class cannot overrun the limit unseen, settles the
verdict, and notes the changed day for the sums, all in one transaction.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from accounts.models import User
from accounts.services import audit
from homework import policy
from homework.models import CutOff, Item, LocalLimit, NoHomework, Notice
from homework.rules import ClassRules, limit_minutes, rules_for, units_above
from schools.models import ChangedDay, ClassGroup, OrgUnit, School, SchoolDay, Subject

# A day may be completed late, but not rewritten after its half-month has been reported.
DAYS_TO_ADD_LATE = 7


@transaction.atomic
def add_item(
    *,
    by: User,
    class_group: ClassGroup,
    day: dt.date,
    subject: Subject,
    content: str,
    kind: str,
    place: str,
    layer: str,
    minutes: int,
    overrun_reason: str = "",
) -> Item:
    """Publish one item of a class's homework.

    Over the limit it is still published, for the public is owed what was really set, but a reason is due and 教导处
    will look at it. Raises ValidationError: no school that day, over the limit without a reason, or a bad field.
    """
    rules = rules_for(class_group, day)
    notice = _locked_notice(class_group, day, rules)
    item = Item(
        notice=notice,
        school_id=notice.school_id,
        subject=subject,
        content=content.strip(),
        kind=kind,
        place=place,
        layer=layer,
        minutes=minutes,
        posted_by=by,
    )
    item.full_clean()
    item.save()
    notice.no_homework.live().filter(subject=subject).update(withdrawn_at=timezone.now())
    if policy.load([item.work]):
        notice.closed_by = notice.closed_at = None
    if overrun_reason:
        notice.overrun_reason = overrun_reason
    _settle(notice, rules, grew=True)
    if notice.is_over and not notice.overrun_reason.strip():
        raise ValidationError(
            f"加上这项,全班书面作业共{notice.load_minutes}分钟,超过{notice.limit_minutes}分钟。请减少用时,或写明原因后公示。",
            code="over_limit",
        )
    return item


@transaction.atomic
def withdraw_item(*, by: User, item: Item) -> None:
    """Take an item off the notice; it stays on record. Withdrawing twice changes nothing."""
    notice, rules = _lock_again(item.notice)
    if not Item.objects.live().filter(pk=item.pk).update(withdrawn_at=timezone.now(), withdrawn_by=by):
        return
    _settle(notice, rules, grew=False)
    audit(by=by, action="item.withdraw", subject=item, path=_path(notice), content=item.content, minutes=item.minutes)


@transaction.atomic
def declare_no_homework(*, by: User, class_group: ClassGroup, day: dt.date, subject: Subject) -> Notice:
    """本科无作业. Raises ValidationError when the subject has set something, or there is no school that day."""
    rules = rules_for(class_group, day)
    notice = _locked_notice(class_group, day, rules)
    if notice.items.live().filter(subject=subject).exists():
        raise ValidationError(f"{subject}今天已公示作业。要改为无作业,请先撤回。")
    NoHomework.objects.get_or_create(notice=notice, subject=subject, withdrawn_at=None, defaults={"declared_by": by})
    _settle(notice, rules, grew=False)
    return notice


@transaction.atomic
def close_day(*, by: User, class_group: ClassGroup, day: dt.date) -> Notice:
    """班主任 or 教导处 closes the day as 今日无书面作业. Raises ValidationError when written work at home has been set."""
    rules = rules_for(class_group, day)
    notice = _locked_notice(class_group, day, rules)
    if notice.load_minutes:
        raise ValidationError(f"今天已公示书面家庭作业{notice.load_minutes}分钟,不能报“今日无书面作业”。请先撤回。")
    notice.closed_by, notice.closed_at = by, timezone.now()
    _settle(notice, rules, grew=False)
    audit(by=by, action="notice.close", subject=notice, path=_path(notice))
    return notice


@transaction.atomic
def review(*, by: User, notice: Notice, stands: bool, note: str) -> Notice:
    """教导处 lets an overrun stand as a breach, or sends it back for correction.

    Raises ValidationError when nothing waits any more, or when a return gives no reason.
    """
    locked = Notice.objects.select_for_update().get(pk=notice.pk)
    if locked.review != Notice.Review.PENDING:
        raise ValidationError("这份作业已不在待审核中,可能已被他人处理或教师已改正。")
    if not stands and not note.strip():
        raise ValidationError("退回时请写明原因,教师才知道怎么改。")
    locked.review = Notice.Review.STANDS if stands else Notice.Review.RETURNED
    locked.review_note, locked.reviewed_by, locked.reviewed_at = note.strip(), by, timezone.now()
    locked.full_clean()
    locked.save()
    ChangedDay.objects.note([(locked.school_id, locked.day)])
    audit(by=by, action=f"notice.{locked.review}", subject=locked, path=_path(locked), note=locked.review_note)
    return locked


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
    """Enter a county's or school's own limit. Raises ValidationError, with the clause, when it is looser than what holds above."""
    national = policy.national_limit(stage, grade, first_day)
    if minutes > national.minutes:
        raise ValidationError({"minutes": f"{national.words}(《{national.document}》{national.clause})。"})
    above = unit.path_on(first_day).strip("/").split("/")[:-1]
    stricter = (
        LocalLimit.objects.of_units(above).in_force(first_day).filter(stage=stage, grade=grade, minutes__lt=minutes)
    )
    upper = stricter.order_by("minutes").select_related("unit").first()
    if upper:
        raise ValidationError(
            {"minutes": f"{upper.unit}规定为{upper.minutes}分钟(《{upper.document}》{upper.clause}),不得放宽。"}
        )
    limit = LocalLimit(
        unit=unit,
        stage=stage,
        grade=grade,
        minutes=minutes,
        document=document.strip(),
        clause=clause,
        first_day=first_day,
        last_day=last_day,
        made_by=by,
    )
    limit.full_clean()
    limit.save()
    audit(by=by, action="limit.add", subject=limit, path=unit.path_on(first_day), minutes=minutes, grade=grade)
    return limit


@transaction.atomic
def end_local_limit(*, by: User, limit: LocalLimit, last_day: dt.date) -> None:
    """Raises ValidationError when the last day lies before the first."""
    limit.last_day = last_day
    limit.full_clean()
    limit.save()
    audit(by=by, action="limit.end", subject=limit, last_day=last_day.isoformat())


@transaction.atomic
def set_cut_off(*, by: User | None, unit: OrgUnit, first_day: dt.date, until: dt.time) -> CutOff:
    """Until when homework must be public at `unit` and below. Raises ValidationError for a second entry of one day."""
    cut_off = CutOff(unit=unit, first_day=first_day, until=until)
    cut_off.full_clean()
    cut_off.save()
    audit(by=by, action="cut_off.set", subject=cut_off, path=unit.path_on(first_day), until=until.isoformat())
    return cut_off


def minutes_left(class_group: ClassGroup, day: dt.date) -> int:
    """Minutes of written work that the class may still be given, before any notice exists or after."""
    notice = Notice.objects.on(day).filter(class_group=class_group).first()
    if notice:
        return notice.minutes_left
    codes = units_above(class_group.school, day)
    return limit_minutes(class_group.school, class_group.grade_on(day), day, codes)


def _locked_notice(class_group: ClassGroup, day: dt.date, rules: ClassRules) -> Notice:
    """The class's notice of `day`, locked until the transaction ends; made when this is its first word."""
    _require_open_day(class_group.school, day)
    notice, _ = Notice.objects.select_for_update().get_or_create(
        class_group=class_group,
        day=day,
        defaults={
            "school": class_group.school,
            "grade": rules.grade,
            "limit_minutes": rules.limit,
            "subjects_due": len(rules.due),
            "covers_until": days_off_after(class_group.school, day),
        },
    )
    return notice


def _lock_again(notice: Notice) -> tuple[Notice, ClassRules]:
    locked = (
        Notice.objects.select_for_update(of=("self",)).select_related("class_group__school__unit").get(pk=notice.pk)
    )
    _require_open_day(locked.class_group.school, locked.day)
    return locked, rules_for(locked.class_group, locked.day)


def _require_open_day(school: School, day: dt.date) -> None:
    today = timezone.localdate()
    if day > today:
        raise ValidationError("不能提前公示以后日期的作业。")
    if day < today - dt.timedelta(days=DAYS_TO_ADD_LATE):
        raise ValidationError(f"只能补报最近{DAYS_TO_ADD_LATE}天的作业。")
    if not SchoolDay.objects.held().filter(school=school, day=day).exists():
        raise ValidationError(f"{day:%Y年%-m月%-d日}不是上课日,无需公示。如有误,请教导处在校历中调整。")


def days_off_after(school: School, day: dt.date) -> dt.date | None:
    """The last of the days off that follow `day`, or None when school goes on the next day or nothing more is planned."""
    following = SchoolDay.objects.held().filter(school=school, day__gt=day, day__lte=day + dt.timedelta(days=14))
    next_day = following.aggregate(next_day=Min("day"))["next_day"]
    if next_day is None or next_day == day + dt.timedelta(days=1):
        return None
    return next_day - dt.timedelta(days=1)


def _settle(notice: Notice, rules: ClassRules, *, grew: bool) -> None:
    """Judge the notice as it now stands, and note the change. `grew`: written work may have been added since the last review."""
    items = list(notice.items.live())
    spoken = {item.subject_id for item in items} | set(notice.no_homework.live().values_list("subject_id", flat=True))
    now = timezone.now()
    notice.published_at = notice.published_at or now
    notice.limit_minutes = rules.limit
    notice.subjects_due, notice.subjects_spoken = len(rules.due), len(rules.due & spoken)
    _judge_load(notice, policy.load(item.work for item in items), grew=grew)
    _judge_completeness(notice, rules, spoken, now)
    notice.full_clean(validate_constraints=False)  # the row is ours and locked; the database checks it once
    notice.save()
    ChangedDay.objects.note([(notice.school_id, notice.day)])


def _judge_load(notice: Notice, load: int, *, grew: bool) -> None:
    heavier = grew and load > notice.load_minutes
    notice.load_minutes = load
    breach = policy.check_load(load, notice.limit_minutes)
    notice.breached_rule = breach.rule if breach else ""
    if breach is None:
        notice.review, notice.overrun_reason, notice.review_note = Notice.Review.NOT_NEEDED, "", ""
        notice.reviewed_by = notice.reviewed_at = None
    elif heavier or notice.review in (Notice.Review.NOT_NEEDED, Notice.Review.RETURNED):
        notice.review = Notice.Review.PENDING


def _judge_completeness(notice: Notice, rules: ClassRules, spoken: set[int], now: dt.datetime) -> None:
    """A day keeps the time at which it first became complete, until it falls incomplete again."""
    notice.is_complete = policy.is_complete(due=rules.due, spoken=spoken, is_closed=notice.closed_at is not None)
    notice.completed_at = (notice.completed_at or now) if notice.is_complete else None
    local = timezone.localtime(notice.completed_at) if notice.completed_at else None
    notice.is_on_time = policy.is_on_time(local, notice.day, rules.cut_off)


def _path(notice: Notice) -> str:
    return notice.school.unit.path_on(notice.day)
