"""What families and paper samples say of a notice's real minutes is written here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from accounts.models import User
from accounts.services import audit
from homework.models import Notice, TimeSample
from homework.samples import answers_on_paper
from schools.models import ClassSize

ALREADY = "这台设备今天已经填过，谢谢。"
# A class whose roll was never entered: no class is larger.
LARGEST_CLASS = 150


@dataclass(frozen=True, slots=True)
class Count:
    """So many pupils of a paper sample who needed these minutes."""

    minutes: int
    finished: bool
    answers: int


def device_digest(cookie: str, day: dt.date) -> str:
    """HMAC-SHA256 under a key derived from the secret key. It holds the day: two days of a device cannot be linked."""
    return salted_hmac("homework.TimeSample", f"{cookie}|{day.isoformat()}", algorithm="sha256").hexdigest()


def has_answered(cookie: str, day: dt.date) -> bool:
    return TimeSample.objects.filter(device=device_digest(cookie, day), given_on=day).exists()


def record_answer(*, notice: Notice, cookie: str, day: dt.date, minutes: int, finished: bool) -> TimeSample:
    """A family's answer, given on `day`. Nothing of who gave it is kept.

    Raises ValidationError for a second answer of the device on that day, and when as many have answered as the class
    has pupils: more would not be its families.
    """
    if notice.time_samples.exclude(device=None).count() >= pupils_of(notice):
        raise ValidationError("填报人数已达到本班在籍人数，不能再填。谢谢。")
    answer = TimeSample(
        notice=notice,
        school_id=notice.school_id,
        minutes=minutes,
        finished=finished,
        given_on=day,
        device=device_digest(cookie, day),
    )
    answer.full_clean()
    try:
        with transaction.atomic():
            answer.save()
    except IntegrityError:  # the form was sent twice at once
        raise ValidationError(ALREADY) from None
    return answer


@transaction.atomic
def record_paper(
    *, by: User, notice: Notice, counts: Sequence[Count], day: dt.date, replaces: bool = False
) -> list[TimeSample]:
    """A paper sample by counts; entered on `day`. It takes the place of the notice's earlier one only if it `replaces`.

    Raises ValidationError for an empty one, more pupils than the class has, and an earlier one that is not replaced.
    """
    notice = Notice.objects.select_for_update(of=("self",)).select_related("school__unit").get(pk=notice.pk)
    total = sum(count.answers for count in counts)
    pupils = pupils_of(notice)
    if not total:
        raise ValidationError("请至少填一行：用时、是否做完和人数。")
    if total > pupils:
        raise ValidationError(f"人数合计{total}，超过本班{pupils}人，请核对。")
    earlier = answers_on_paper(notice.pk)
    if earlier and not replaces:
        raise ValidationError(f"这一天已录入过纸质抽样（{earlier}人）。确实要替换，请勾选“替换原来录入的”。")
    notice.time_samples.filter(device=None).delete()
    rows = [
        TimeSample(
            notice=notice,
            school_id=notice.school_id,
            minutes=count.minutes,
            finished=count.finished,
            answers=count.answers,
            given_on=day,
            entered_by=by,
        )
        for count in counts
    ]
    for row in rows:
        row.full_clean()
    TimeSample.objects.bulk_create(rows)
    path = notice.school.unit.path_on(day)
    audit(by=by, action="notice.paper_sample", subject=notice, path=path, pupils=total, replaced=earlier)
    return rows


def pupils_of(notice: Notice) -> int:
    """On the class's roll on the notice's day."""
    entries = ClassSize.objects.filter(class_group=notice.class_group_id, first_day__lte=notice.day)
    latest = entries.order_by("-first_day").first()
    return latest.pupils if latest else LARGEST_CLASS
