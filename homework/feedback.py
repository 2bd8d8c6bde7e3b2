"""Families' messages (异常反馈): who reads which, who may answer, and how many were found true."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from homework.models import Feedback, FeedbackQuerySet
from schools import access

COUNTED = dt.timedelta(days=30)


def readable(user: User, today: dt.date) -> FeedbackQuerySet:
    """教导处 and principal read their school's messages. Above the school they are read from the day on which
    it was late, and stay so. Subject teachers and 班主任 learn of them from 教导处 only: nobody is blamed unheard."""
    own = Feedback.objects.inside(access.scope(user, "read_feedback"))
    above = Feedback.objects.inside(access.scope(user, "oversee_area")).escalated(today)
    return Feedback.objects.filter(Q(pk__in=own.values("pk")) | Q(pk__in=above.values("pk")))


def may_answer(user: User, message: Feedback, today: dt.date) -> bool:
    """教导处 while it is open; once it is overdue the county and 责任督学 too. The city looks on."""
    if message.answered_at:
        return False
    path = message.school.unit.path_on(today)
    is_overdue = message.answer_by < today
    return access.may(user, "review_homework", path) or (
        is_overdue and access.may_below_the_city(user, "oversee_area", path)
    )


def counts(user: User, today: dt.date) -> dict[str, int]:
    """Of all the schools in the user's scope, the unread ones included: what came, and what waits. One query."""
    paths = access.scope(user, "oversee_school")
    recent = Q(sent_at__gte=timezone.now() - COUNTED)
    is_open = Q(answered_at=None)
    return Feedback.objects.inside(paths).aggregate(
        recent=Count("pk", filter=recent),
        upheld=Count("pk", filter=recent & Q(is_upheld=True)),
        open=Count("pk", filter=is_open),
        overdue=Count("pk", filter=is_open & Q(answer_by__lt=today)),
    )


def upheld(schools: Iterable[int], first_day: dt.date, last_day: dt.date) -> dict[int, dict[str, int]]:
    """By school id and then by kind (a value of Feedback.Kind), how many were found true (属实) in these days.

    A case counts in the period in which it was upheld, not in that of the homework or of the message: only then is it a
    fact, and a report that was issued earlier need not change. Schools and kinds without any are left out. One query.
    """
    begins = timezone.make_aware(dt.datetime.combine(first_day, dt.time.min))
    ends = timezone.make_aware(dt.datetime.combine(last_day + dt.timedelta(days=1), dt.time.min))
    cases = Feedback.objects.filter(
        school__in=list(schools), is_upheld=True, answered_at__gte=begins, answered_at__lt=ends
    )
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    for school, kind, count in cases.order_by().values_list("school", "kind").annotate(Count("pk")):
        counted[school][kind] = count
    return dict(counted)
