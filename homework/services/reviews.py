"""What 教导处 decides: overruns that wait, and notices to be looked at before they appear."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import audit
from homework.models import Notice
from schools.models import ChangedDay


@transaction.atomic
def review(*, by: User, notice: Notice, stands: bool, note: str) -> Notice:
    """教导处 lets an overrun stand as a breach, or sends it back for correction.

    Raises ValidationError when nothing waits any more, or when a return gives no reason.
    """
    locked = Notice.objects.select_for_update().get(pk=notice.pk)
    if locked.review != Notice.Review.PENDING:
        raise ValidationError("这份作业已不在待审核中，可能已被他人处理或教师已改正。")
    if not stands and not note.strip():
        raise ValidationError("退回时请写明原因，教师才知道怎么改。")
    locked.review = Notice.Review.STANDS if stands else Notice.Review.RETURNED
    locked.review_note, locked.reviewed_by, locked.reviewed_at = note.strip(), by, timezone.now()
    locked.full_clean()
    locked.save()
    ChangedDay.objects.note([(locked.school_id, locked.day)])
    path = locked.school.unit.path_on(locked.day)
    audit(by=by, action=f"notice.{locked.review}", subject=locked, path=path, note=locked.review_note)
    return locked


@transaction.atomic
def release_notices(*, by: User, notices: Iterable[Notice]) -> int:
    """先审后公示: 教导处 has looked; they appear now. Returns how many still waited for it."""
    waiting = Notice.objects.select_for_update().filter(pk__in=[notice.pk for notice in notices]).unreleased()
    released = list(waiting.order_by("class_group", "day"))  # as a post to several classes takes them
    now = timezone.now()
    for notice in released:
        notice.awaits_release = False
        notice.published_at = min(notice.published_at or now, now)
        notice.save(update_fields=["awaits_release", "published_at"])
        audit(by=by, action="notice.release", subject=notice)
    ChangedDay.objects.note([(notice.school_id, notice.day) for notice in released])
    return len(released)
