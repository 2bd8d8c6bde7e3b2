"""Writing a class's notice of a day: items, 本科无作业, closing and reopening.

Every write locks the notice's row first, so that two teachers of one class cannot overrun the limit unseen, settles the
verdict, and notes the changed day for the sums, all in one transaction.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.prepared import Prepared
from accounts.refusals import in_words
from accounts.sent_forms import is_first
from accounts.services import audit
from homework import board, policy, wording
from homework.models import Item, NoHomework, Notice, WordingWarning
from homework.rules import SCHOOL_DAYS_TO_ADD_LATE, ClassRules, rules_for
from homework.services.saved_items import save_item
from homework.suggestions import FIELDS
from schools.dated import is_between
from schools.models import ClassGroup, SchoolDay, Subject

# What stands on a notice now: each item's subject and work, and the subjects that said they set nothing.
SAID = Prepared(
    "homework_said",
    """
    SELECT subject_id, kind, place, layer, minutes
    FROM homework_item WHERE notice_id = %(notice)s AND withdrawn_at IS NULL
    UNION ALL
    SELECT subject_id, NULL, NULL, NULL, NULL
    FROM homework_nohomework WHERE notice_id = %(notice)s AND withdrawn_at IS NULL
    """,
)
LOCK = Prepared(
    "homework_lock_notice",
    """
    SELECT id, class_group_id, school_id, day, covers_until, grade, published_at, awaits_release,
        corrected_at, limit_minutes, load_minutes, breached_rule, subjects_due, subjects_spoken,
        is_complete, completed_at, is_on_time, closed_by_id, closed_at, overrun_reason, review,
        review_note, reviewed_by_id, reviewed_at
    FROM homework_notice WHERE class_group_id = %(class_group)s AND day = %(day)s FOR UPDATE
    """,
)
# An item more, and what then stands on its notice. The rest of the statement does not see the new one, which alone has
# an id.
ADD = Prepared(
    "homework_add_item",
    """
    WITH added AS (
        INSERT INTO homework_item (
            notice_id, school_id, subject_id, content, kind, place, layer, minutes, posted_by_id, posted_at,
            appears_at, replaces_id
        ) VALUES (
            %(notice_id)s, %(school_id)s, %(subject_id)s, %(content)s, %(kind)s, %(place)s, %(layer)s, %(minutes)s,
            %(posted_by_id)s, %(posted_at)s, %(appears_at)s, %(replaces_id)s
        )
        RETURNING id, subject_id, kind, place, layer, minutes
    )
    SELECT id, subject_id, kind, place, layer, minutes FROM added
    UNION ALL
    SELECT NULL, subject_id, kind, place, layer, minutes
    FROM homework_item WHERE notice_id = %(notice_id)s AND withdrawn_at IS NULL
    UNION ALL
    SELECT NULL, subject_id, NULL, NULL, NULL, NULL
    FROM homework_nohomework WHERE notice_id = %(notice_id)s AND withdrawn_at IS NULL
    """,
)
# What settling may change of a notice, kept together with the mark that the sums of its day must be made again.
KEEP = Prepared(
    "homework_keep_notice",
    """
    WITH marked AS (
        INSERT INTO schools_changedday (school_id, day, at) VALUES (%(school_id)s, %(day)s, %(now)s)
    )
    UPDATE homework_notice SET
        covers_until = %(covers_until)s, published_at = %(published_at)s, awaits_release = %(awaits_release)s,
        corrected_at = %(corrected_at)s, limit_minutes = %(limit_minutes)s, load_minutes = %(load_minutes)s,
        breached_rule = %(breached_rule)s, subjects_due = %(subjects_due)s, subjects_spoken = %(subjects_spoken)s,
        is_complete = %(is_complete)s, completed_at = %(completed_at)s, is_on_time = %(is_on_time)s,
        closed_by_id = %(closed_by_id)s, closed_at = %(closed_at)s, overrun_reason = %(overrun_reason)s,
        review = %(review)s, review_note = %(review_note)s, reviewed_by_id = %(reviewed_by_id)s,
        reviewed_at = %(reviewed_at)s
    WHERE id = %(id)s
    """,
)
# Rows of other tables that an item names: the caller loaded them, and the database checks them once more.
NAMED_BY_AN_ITEM = {"notice", "school", "subject", "posted_by", "replaces"}


@dataclass(frozen=True, slots=True)
class Said:
    """What a notice's teachers have said."""

    works: list[policy.Work]
    spoken: set[int]  # ids of the subjects that set something or said they set nothing
    none: set[int]  # of those, the ones that said they set nothing

    @classmethod
    def on(cls, notice: Notice) -> Said:
        """One query."""
        return cls.of(SAID.rows(notice=notice.pk))

    @classmethod
    def of(cls, rows: Iterable[Sequence[Any]]) -> Said:
        """Of rows of subject, kind, place, layer and minutes; without a kind the subject sets nothing."""
        return cls(
            works=[policy.Work(*work) for _, *work in rows if work[0]],
            spoken={subject for subject, *_ in rows},
            none={subject for subject, kind, *_ in rows if not kind},
        )


@transaction.atomic
def add_item(*, by: User, class_group: ClassGroup, day: dt.date, **what: Any) -> Item:
    """Publish one item of a class's homework: `subject, content, kind, place, layer, minutes`, and `overrun_reason`.

    Over the limit it is still published, for the public is owed what was really set, but whoever adds to the load
    gives a reason and 教导处 will look at it. A wording that a rule speaks against is noted beside it. Raises
    ValidationError: no school that day, over the limit without a reason (code "over_limit"), or a bad field.
    """
    return _add_item(by, class_group, day, **what)


@transaction.atomic
def add_item_to_classes(
    *,
    by: User,
    class_groups: Iterable[ClassGroup],
    day: dt.date,
    key: uuid.UUID | None = None,
    keeps: bool = False,
    **what: Any,
) -> list[Item]:
    """`add_item` for several classes: for all of them or, when one raises, for none.

    In the order of their ids, so that two teachers who share classes never wait for each other. With the `key` of a
    form that was carried out before, nothing is done and nothing returned. What she `keeps` is 常用作业 from now on.
    """
    if key and not is_first(by, key):
        return []
    in_order = sorted(class_groups, key=lambda class_group: class_group.pk)
    items = [_add_item(by, class_group, day, **what) for class_group in in_order]
    if keeps:
        save_item(by=by, **{name: what[name] for name in FIELDS})
    return items


def _add_item(
    by: User,
    class_group: ClassGroup,
    day: dt.date,
    *,
    subject: Subject,
    content: str,
    kind: str,
    place: str,
    layer: str,
    minutes: int,
    overrun_reason: str = "",
) -> Item:
    rules, notice = locked_notice(class_group, day)
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
        posted_at=timezone.now(),
    )
    put_item(item, rules, overrun_reason=overrun_reason.strip(), step="加上这项")
    return item


def put_item(item: Item, rules: ClassRules, *, overrun_reason: str, step: str) -> None:
    """Save a new item on its notice, which the caller has locked, and settle. `step` begins a refusal's sentence."""
    notice, load_before = item.notice, item.notice.load_minutes
    item.clean_fields(exclude=NAMED_BY_AN_ITEM)
    item.appears_at = _when_it_appears(notice, rules)
    with in_words(item):
        rows = ADD.rows(**item.__dict__)
    [item.pk], said = [row[0] for row in rows if row[0]], Said.of([row[1:] for row in rows])
    WordingWarning.objects.bulk_create(
        [WordingWarning(item=item, school_id=item.school_id, rule=rule.id) for rule in wording.check(item.content)]
    )
    if item.subject_id in said.none:
        notice.no_homework.live().filter(subject=item.subject).update(withdrawn_at=timezone.now())
    if policy.load([item.work]):
        notice.closed_by = notice.closed_at = None
    reason = f"{item.subject}：{overrun_reason}" if overrun_reason else ""
    settle(notice, rules, said, reason=reason, items_changed=True, at=item.posted_at)
    if notice.is_over and notice.load_minutes > load_before and not overrun_reason:
        raise ValidationError(
            f"{step}，{notice.class_group.name_on(notice.day)}书面作业共{notice.load_minutes}分钟，"
            f"超过{notice.limit_minutes}分钟。请减少用时，或写明原因后公示。",
            code="over_limit",
        )


@transaction.atomic
def declare_no_homework(*, by: User, class_group: ClassGroup, day: dt.date, subject: Subject) -> Notice:
    """本科无作业. Saying it twice changes nothing. Raises ValidationError when the subject has set something,
    or there is no school that day."""
    rules, notice = locked_notice(class_group, day)
    if notice.items.live().filter(subject=subject).exists():
        raise ValidationError(f"{subject}这一天已公示作业。要改为无作业，请先撤回。")
    NoHomework.objects.get_or_create(notice=notice, subject=subject, withdrawn_at=None, defaults={"declared_by": by})
    settle(notice, rules)
    return notice


@transaction.atomic
def withdraw_no_homework(*, class_group: ClassGroup, day: dt.date, subject: Subject) -> None:
    """Take 本科无作业 back. Where it was not said, nothing changes."""
    rules, notice = locked_notice(class_group, day)
    if notice.no_homework.live().filter(subject=subject).update(withdrawn_at=timezone.now()):
        settle(notice, rules)


@transaction.atomic
def close_day(*, by: User, class_group: ClassGroup, day: dt.date) -> Notice:
    """班主任 or 教导处 closes the day as 今日无书面作业. Closing twice changes nothing.

    Raises ValidationError when written work at home has been set.
    """
    rules, notice = locked_notice(class_group, day)
    if notice.load_minutes:
        raise ValidationError(f"已公示书面家庭作业{notice.load_minutes}分钟，不能报“今日无书面作业”。请先撤回。")
    if notice.closed_at:
        return notice
    notice.closed_by, notice.closed_at = by, timezone.now()
    settle(notice, rules)
    audit(by=by, action="notice.close", subject=notice, path=path_of(notice))
    return notice


@transaction.atomic
def reopen_day(*, by: User, class_group: ClassGroup, day: dt.date) -> Notice:
    """Take 今日无书面作业 back. An open day stays as it is."""
    rules, notice = locked_notice(class_group, day)
    if notice.closed_at is None:
        return notice
    notice.closed_by = notice.closed_at = None
    settle(notice, rules)
    audit(by=by, action="notice.reopen", subject=notice, path=path_of(notice))
    return notice


def judge_load(notice: Notice, *, load: int, limit: int, reason: str = "") -> None:
    """Write the verdict on `load` minutes into the notice, unsaved.

    An overrun waits for 教导处 when it is new, heavier than what she let stand, or changed since she sent it back.
    What she sent back though it breaks no rule stays so: only a change by its teachers ends that.
    """
    breach = policy.check_load(load, limit)
    if breach is None and notice.review == Notice.Review.RETURNED and not notice.is_over:
        pass
    elif breach is None:
        notice.review, notice.overrun_reason, notice.review_note = Notice.Review.NOT_NEEDED, "", ""
        notice.reviewed_by = notice.reviewed_at = None
    else:
        changed = load != notice.load_minutes if notice.review == Notice.Review.RETURNED else load > notice.load_minutes
        if changed or notice.review == Notice.Review.NOT_NEEDED:
            notice.review = Notice.Review.PENDING
        notice.overrun_reason = "；".join(filter(None, [notice.overrun_reason, reason]))
    notice.breached_rule = breach.rule if breach else ""
    notice.load_minutes, notice.limit_minutes = load, limit


def locked_notice(class_group: ClassGroup, day: dt.date) -> tuple[ClassRules, Notice]:
    """The class's notice of `day`, locked until the transaction ends; made when this is its first word."""
    rules = _rules_of_open_day(class_group, day)
    for notice in LOCK.instances(Notice, class_group=class_group.pk, day=day):
        return rules, notice
    notice, _ = Notice.objects.select_for_update().get_or_create(
        class_group=class_group,
        day=day,
        defaults={
            "school": class_group.school,
            "grade": rules.grade,
            "limit_minutes": rules.limit,
            "subjects_due": len(rules.due),
        },
    )
    return rules, notice


def lock_again(notice: Notice) -> tuple[ClassRules, Notice]:
    class_group = ClassGroup.objects.select_related("school").get(pk=notice.class_group_id)
    return _rules_of_open_day(class_group, notice.day), Notice.objects.select_for_update().get(pk=notice.pk)


def _rules_of_open_day(class_group: ClassGroup, day: dt.date) -> ClassRules:
    """Raises ValidationError when nothing may be published for the class on `day` now."""
    if day > timezone.localdate():
        raise ValidationError("不能提前公示以后日期的作业。")
    if not is_between(day, class_group.first_day, class_group.last_day) or not 1 <= class_group.grade_on(day) <= 9:
        raise ValidationError(f"{class_group}这一天不在册，不能公示作业。")
    rules = rules_for(class_group, day)
    if day in rules.days_open:
        return rules
    if SchoolDay.objects.held().filter(school=class_group.school_id, day=day).exists():
        raise ValidationError(f"只能补报最近{SCHOOL_DAYS_TO_ADD_LATE}个上课日的作业。")
    raise ValidationError(f"{day:%Y年%-m月%-d日}不是上课日，无需公示。如有误，请教导处在校历中调整。")


def settle(
    notice: Notice,
    rules: ClassRules,
    said: Said | None = None,
    *,
    reason: str = "",
    items_changed: bool = False,
    at: dt.datetime | None = None,
) -> None:
    """Judge the notice as it now stands, keep it, and note the change. `reason` is for going over the limit.

    What was sent back waits again once its items have changed, be the minutes the same. `at` is when an item was
    posted, else now: the notice appears at that very moment, not a little later.
    """
    said = said or Said.on(notice)
    now = at or timezone.now()
    notice.covers_until = rules.covers_until
    notice.subjects_due, notice.subjects_spoken = len(rules.due), len(rules.due & said.spoken)
    was_held_back = notice.is_held_back
    if notice.review == Notice.Review.RETURNED and (items_changed or not notice.is_over):
        notice.review = Notice.Review.NOT_NEEDED
    judge_load(notice, load=policy.load(said.works), limit=rules.limit, reason=reason)
    _judge_completeness(notice, rules, said.spoken, now)
    if was_held_back and not notice.is_held_back:
        notice.published_at = None
    _publish(notice, rules, now)
    KEEP.change(**notice.__dict__, now=now)  # the row is ours and locked; the database checks it once
    transaction.on_commit(lambda: board.forget([notice.school_id]))


def _judge_completeness(notice: Notice, rules: ClassRules, spoken: set[int], now: dt.datetime) -> None:
    """A day keeps the time at which it first became complete, until it falls incomplete again."""
    notice.is_complete = policy.is_complete(due=rules.due, spoken=spoken, is_closed=notice.closed_at is not None)
    notice.completed_at = (notice.completed_at or now) if notice.is_complete else None
    judge_punctuality(notice, rules.cut_off)


def judge_punctuality(notice: Notice, cut_off: dt.time | None) -> None:
    notice.is_on_time = is_punctual(notice.completed_at, notice.day, cut_off)


def is_punctual(completed_at: dt.datetime | None, day: dt.date, cut_off: dt.time | None) -> bool:
    local = timezone.localtime(completed_at) if completed_at else None
    return policy.is_on_time(local, day, cut_off)


def _publish(notice: Notice, rules: ClassRules, now: dt.datetime) -> None:
    """Public at once; where 教导处 looks first, at the cut-off unless she releases it earlier."""
    if rules.reviewed_first:
        notice.awaits_release = True
    if notice.published_at is None:
        notice.published_at = now
        notice.published_at = max(now, _cut_off_of(notice, rules) or now)


def _cut_off_of(notice: Notice, rules: ClassRules) -> dt.datetime | None:
    """Until when 教导处 may look first; None where she does not."""
    if not (rules.reviewed_first and rules.cut_off):
        return None
    return timezone.make_aware(dt.datetime.combine(notice.day, rules.cut_off))


def _when_it_appears(notice: Notice, rules: ClassRules) -> dt.datetime | None:
    """Of a new item: with its notice (None), but where that is public already, not before 教导处 could look at it."""
    cut_off, now = _cut_off_of(notice, rules), timezone.now()
    is_public = notice.published_at is not None and not notice.is_hidden
    return cut_off if is_public and cut_off and cut_off > now else None


def path_of(notice: Notice) -> str:
    return notice.school.unit.path_on(notice.day)
