"""The day that a page is asked for."""

import datetime as dt

from django.http import Http404, HttpRequest
from django.utils import timezone

# Beyond them there is nothing of ours, and at the ends of time no day before or after.
FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2999, 12, 31)


def asked_day(request: HttpRequest, default: dt.date | None = None) -> dt.date:
    """`?day=2026-10-14`, else `default`, else today. Raises Http404 for anything that is no day of ours."""
    text = request.GET.get("day")
    return day_of(text) if text else default or timezone.localdate()


def day_of(text: str) -> dt.date:
    """Of an address. Raises Http404 as `asked_day` does."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Http404
    return day
