"""What families complain of, counted for those who lead. The pages of each complaint are elsewhere."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count
from django.utils import timezone

from homework.models import Feedback


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
