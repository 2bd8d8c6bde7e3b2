"""Taking back what was published, and putting something right in its place. Nothing is deleted: the notice's earlier
versions are made of what was withdrawn."""

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.sent_forms import is_first
from accounts.services import audit
from homework.models import Item, Notice
from homework.services.notices import lock_again, path_of, put_item, settle
from schools.models import Subject

LONGEST_REASON = 60


@transaction.atomic
def withdraw_item(*, by: User, item: Item, reason: str) -> None:
    """Take an item off the notice; it stays on record. Withdrawing twice changes nothing.

    Raises ValidationError without a reason, or when the day is no longer open.
    """
    rules, notice = lock_again(item.notice)
    if not _take_off(notice, item, by=by, reason=reason, at=timezone.now()):
        return
    settle(notice, rules, items_changed=True)
    _note(by, "item.withdraw", item, notice, reason)


@transaction.atomic
def correct_item(
    *,
    by: User,
    item: Item,
    reason: str,
    subject: Subject,
    content: str,
    kind: str,
    place: str,
    layer: str,
    minutes: int,
    overrun_reason: str = "",
    key: uuid.UUID | None = None,
) -> Item | None:
    """Withdraw an item and publish another in its place, at one moment; None where this form was carried out before.

    The limit is judged without the old item. Raises ValidationError as `add_item` does, without a reason, and when the
    item no longer stands.
    """
    if key and not is_first(by, key):
        return None
    rules, notice = lock_again(item.notice)
    now = timezone.now()
    if not _take_off(notice, item, by=by, reason=reason, at=now):
        raise ValidationError("这一项已撤回或已更正，请刷新页面后再看。")
    new = Item(
        notice=notice,
        school_id=notice.school_id,
        subject=subject,
        content=content.strip(),
        kind=kind,
        place=place,
        layer=layer,
        minutes=minutes,
        posted_by=by,
        posted_at=now,
        replaces=item,
    )
    put_item(new, rules, overrun_reason=overrun_reason.strip(), step="更正后")
    _note(by, "item.correct", item, notice, reason)
    return new


def _take_off(notice: Notice, item: Item, *, by: User, reason: str, at: dt.datetime) -> bool:
    """Whether it still stood. `notice` is locked, and remembers, unsaved, that something public has changed."""
    if not reason.strip():
        raise ValidationError("请写明更正或撤回的原因。", code="reason")
    if len(reason.strip()) > LONGEST_REASON:
        raise ValidationError("原因最多60字。", code="reason")
    gone = {"withdrawn_at": at, "withdrawn_by": by, "withdrawn_reason": reason.strip()}
    if not Item.objects.live().filter(pk=item.pk).update(**gone):
        return False
    if notice.published_at and not notice.is_hidden and not item.is_hidden:
        notice.corrected_at = at
    return True


def _note(by: User, action: str, item: Item, notice: Notice, reason: str) -> None:
    said = {"content": item.content, "minutes": item.minutes, "reason": reason.strip()}
    audit(by=by, action=action, subject=item, path=path_of(notice), **said)
