"""The day that a page is asked for."""

import datetime as dt

from django.http import Http404, HttpRequest

# Beyond them there is no homework, and at the ends of time no day before or after.
FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2999, 12, 31)


def asked_day(request: HttpRequest, default: dt.date) -> dt.date:
    """`?day=2026-10-14`, else `default`. Raises Http404 for anything that is no day of ours."""
    text = request.GET.get("day")
    if not text:
        return default
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Http404
    return day
