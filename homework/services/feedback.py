"""A family's message about homework: sent, answered once, and brought before the county when nobody answers."""

from __future__ import annotations

import datetime as dt
import secrets

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.notifications import tell
from accounts.services import audit
from accounts.sign_in import CODE_ALPHABET
from homework.models import Feedback
from schools.deadlines import school_day_after
from schools.models import ClassGroup, Posting, Role, School

# School days that the school has for an answer; then its county reads the message.
DAYS_TO_ANSWER = 5
# 74 bits: nobody reads another family's message by trying codes.
RECEIPT_LENGTH = 15
GONE = "这条反馈已经答复，不能再改。"


def new_receipt() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(RECEIPT_LENGTH))


@transaction.atomic
def send_feedback(
    *, class_group: ClassGroup, kind: str, text: str, day: dt.date | None, receipt: str, today: dt.date
) -> Feedback:
    """Keep a family's message under the receipt code that its form was given, and tell the school's 教导处.

    The same form sent again is the same message; another one with that code, from a copy of the page, gets its own.
    """
    said = {"class_group": class_group, "kind": kind, "text": text.strip(), "day": day}
    _wait_for_the_same(receipt)
    earlier = Feedback.objects.filter(receipt=receipt).first()
    if earlier:
        if all(getattr(earlier, name) == value for name, value in said.items()):
            return earlier
        receipt = new_receipt()
    message = Feedback(
        school=class_group.school,
        receipt=receipt,
        sent_at=timezone.now(),
        answer_by=school_day_after(class_group.school_id, today, DAYS_TO_ANSWER),
        **said,
    )
    message.full_clean()
    message.save()
    _tell_school(message, today)
    return message


@transaction.atomic
def answer_feedback(*, by: User, message: Feedback, answer: str, is_upheld: bool) -> Feedback:
    """Once: what the family was told stands. Raises ValidationError for a second answer and an empty one."""
    locked = Feedback.objects.select_for_update(of=("self",)).select_related("school__unit").get(pk=message.pk)
    if locked.answered_at:
        raise ValidationError(GONE)
    locked.answer, locked.is_upheld = answer.strip(), is_upheld
    locked.answered_by, locked.answered_at = by, timezone.now()
    locked.full_clean()
    locked.save()
    path = locked.school.unit.path_on(timezone.localdate())
    audit(by=by, action="feedback.answer", subject=locked, path=path, upheld=is_upheld)
    return locked


def note_whole_look(*, by: User, message: Feedback) -> None:
    """Somebody read the message with its phone and id numbers."""
    path = message.school.unit.path_on(timezone.localdate())
    audit(by=by, action="feedback.read_whole", subject=message, path=path)


@transaction.atomic
def escalate_overdue(day: dt.date) -> int:
    """Tell each county's people of the messages that its schools have left unanswered; return how many there are.

    Safe to repeat: a line about a message is told once.
    """
    overdue = list(Feedback.objects.overdue(day).select_related("school__unit", "class_group").order_by("pk"))
    above: dict[int, QuerySet[User]] = {}
    for message in overdue:
        if message.school_id not in above:
            above[message.school_id] = _county_people(message.school, day)
        name = message.class_group.name_on(timezone.localtime(message.sent_at).date())
        text = f"{message.school}{name}有一条家长反馈（{message.get_kind_display()}）过期未答复，请督促或直接答复。"
        tell(above[message.school_id], key=f"feedback-overdue:{message.pk}", text=text, url=_url(message))
    return len(overdue)


def _wait_for_the_same(receipt: str) -> None:
    """A form sent twice at one moment is carried out the second time when the first is done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [receipt])


def _tell_school(message: Feedback, today: dt.date) -> None:
    """Its 教导处. What was said stays on the page, where numbers are masked."""
    office = Posting.objects.on(today).filter(unit=message.school_id, role=Role.ACADEMIC_OFFICE)
    name = message.class_group.name_on(today)
    text = f"{name}有一条新的家长反馈（{message.get_kind_display()}），最晚{message.answer_by:%-m月%-d日}答复。"
    tell(_people(office), key=f"feedback:{message.pk}", text=text, url=_url(message))


def _county_people(school: School, day: dt.date) -> QuerySet[User]:
    """Officers and 责任督学 above the school, those of the city left out: it looks on."""
    path = school.unit.path_on(day)
    units = [path[: place + 1] for place, letter in enumerate(path) if letter == "/" and place]
    overseers = Posting.objects.on(day).filter(role__in=[Role.OFFICER, Role.SUPERVISOR])
    return _people(overseers.placed(day).filter(Q(path__in=units)).exclude(unit__level="city"))


def _people(postings: QuerySet[Posting]) -> QuerySet[User]:
    return User.objects.filter(pk__in=postings.order_by().values("user"), is_active=True)


def _url(message: Feedback) -> str:
    return reverse("homework:feedback_detail", args=[message.pk])
