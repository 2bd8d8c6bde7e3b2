"""What 教导处 decides: overruns that wait, and notices to be looked at before they appear.

Each decision is a row of its own, written once. Two officers at once: the second is told, and nothing is done twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.notifications import tell
from accounts.services import audit
from homework import board
from homework.models import Decision, Item, Notice
from homework.rules import rules_for
from schools.models import ChangedDay

CHANGED = "这份作业在您查看后有改动，请再看一遍。"
TOO_OLD = "过了补报期，教师不能再改，不能退回。"
NO_REASON = "退回时请写明原因，教师才知道怎么改。"


@dataclass(slots=True)
class Passed:
    """What became of the notices somebody let pass together."""

    passed: list[Notice] = field(default_factory=list)
    gone: list[Notice] = field(default_factory=list)  # somebody else was first, or its teachers mended it
    changed: list[Notice] = field(default_factory=list)  # since she looked


@transaction.atomic
def let_pass(*, by: User, seen: Mapping[int, int]) -> Passed:
    """What waits is let pass: an overrun stands as a breach, what is held for a look appears now.

    `seen`: by notice id the last item on it (id) when she looked. What has an item since is left for another look.
    """
    outcome = Passed()
    locked = _locked(seen)
    last_items = _last_items(seen)
    for notice in locked:
        if not _waits(notice):
            outcome.gone.append(notice)
        elif last_items.get(notice.pk, 0) > seen[notice.pk]:
            outcome.changed.append(notice)
        else:
            _pass(by, notice)
            outcome.passed.append(notice)
    _tell_the_sums(outcome.passed)
    return outcome


@transaction.atomic
def send_back(*, by: User, notice: Notice, note: str, last_item: int | None = None) -> Notice:
    """Send a notice back for correction: an overrun, or whatever still waits for a look before it appears.

    Raises ValidationError when nothing waits any more, when an item has come since `last_item` (the last one she saw),
    when its teachers can change that day no more, and when no reason is given. Its teachers are told.
    """
    if not note.strip():
        raise ValidationError(NO_REASON)
    locked = _waiting(notice)
    if locked.day not in rules_for(locked.class_group, locked.day).days_open:
        raise ValidationError(TOO_OLD)
    if last_item is not None and _last_items([locked.pk]).get(locked.pk, 0) > last_item:
        raise ValidationError(CHANGED)
    _note_review(locked, by, Notice.Review.RETURNED, note.strip())
    decision = _decide(by, locked, Decision.Verdict.RETURNED)
    _tell_the_sums([locked])
    teachers = User.objects.filter(pk__in=locked.items.live().values("posted_by"), is_active=True)
    tell(
        teachers,
        key=f"decision:{decision.pk}",
        text=f"{locked.class_group.name_on(locked.day)}{locked.day:%-m月%-d日}的作业被教导处退回修改：{decision.note}",
        url=f"{reverse('homework:today')}?day={locked.day.isoformat()}#class-{locked.class_group_id}",
    )
    return locked


def _tell_the_sums(notices: list[Notice]) -> None:
    """What they add up to, and what the board shows, is to be made anew."""
    ChangedDay.objects.note([(notice.school_id, notice.day) for notice in notices])
    schools = {notice.school_id for notice in notices}
    transaction.on_commit(lambda: board.forget(schools))


def _locked(ids: Iterable[int]) -> list[Notice]:
    """In the order in which a post to several classes takes them."""
    rows = Notice.objects.select_for_update(of=("self",)).filter(pk__in=list(ids))
    return list(rows.select_related("class_group__school", "school__unit").order_by("class_group", "day"))


def _waiting(notice: Notice) -> Notice:
    """The notice, locked. Raises ValidationError when nothing about it waits."""
    locked = _locked([notice.pk])[0]
    is_sent_back = locked.review == Notice.Review.RETURNED
    if is_sent_back or not (locked.review == Notice.Review.PENDING or locked.awaits_release):
        raise ValidationError(decided_words(locked))
    return locked


def _waits(notice: Notice) -> bool:
    """As on her desk: what was sent back waits for its teachers, and comes up again on the next day."""
    if notice.review == Notice.Review.RETURNED and notice.reviewed_at:
        return notice.awaits_release and timezone.localdate(notice.reviewed_at) < timezone.localdate()
    return notice.review == Notice.Review.PENDING or notice.awaits_release


def _last_items(notice_ids: Iterable[int]) -> dict[int, int]:
    """By notice id, the newest of its items' ids. Taking an item away asks for no second look."""
    items = Item.objects.live().filter(notice__in=list(notice_ids)).order_by()
    return dict(items.values_list("notice").annotate(Max("pk")))


def _pass(by: User, notice: Notice) -> None:
    if notice.review == Notice.Review.PENDING:
        _note_review(notice, by, Notice.Review.STANDS, "")
        verdict = Decision.Verdict.STANDS
    else:
        verdict = Decision.Verdict.RELEASED
    if notice.awaits_release:
        _release(notice)
    _decide(by, notice, verdict)


def _note_review(notice: Notice, by: User, review: Notice.Review, note: str) -> None:
    notice.review, notice.review_note, notice.reviewed_by, notice.reviewed_at = review, note, by, timezone.now()
    notice.full_clean()
    notice.save()


def _release(notice: Notice) -> None:
    """It appears now. Sent back though it broke no rule, it is let pass after all."""
    now = timezone.now()
    notice.published_at = now if notice.is_held_back else min(notice.published_at or now, now)
    notice.awaits_release = False
    notice.items.filter(appears_at__gt=now).update(appears_at=None)
    if notice.review == Notice.Review.RETURNED and not notice.is_over:
        notice.review, notice.review_note = Notice.Review.NOT_NEEDED, ""
        notice.reviewed_by = notice.reviewed_at = None
    notice.save()


def _decide(by: User, notice: Notice, verdict: Decision.Verdict) -> Decision:
    """Written once beside the audit trail, with the load as it is now."""
    note = notice.review_note if verdict != Decision.Verdict.RELEASED else ""
    decision = Decision(
        notice=notice, verdict=verdict, note=note, load_minutes=notice.load_minutes, by=by, at=timezone.now()
    )
    decision.full_clean()
    decision.save()
    action = "release" if verdict == Decision.Verdict.RELEASED else verdict
    path = notice.school.unit.path_on(notice.day)
    audit(by=by, action=f"notice.{action}", subject=notice, path=path, note=note, minutes=notice.load_minutes)
    return decision


def decided_words(notice: Notice) -> str:
    """Why it waits no more: what was decided last, by whom and when."""
    last = notice.decisions.select_related("by").last()
    if last is None or last.verdict == Decision.Verdict.RETURNED != notice.review:
        return "已不在待审核中：教师已经改正。"
    at = timezone.localtime(last.at)
    return f"已不在待审核中：{last.by}{at:%-m月%-d日%H:%M}已处理（{last.get_verdict_display()}）。"
