"""The day that a page is asked for."""

import datetime as dt

from django.http import Http404, HttpRequest


def asked_day(request: HttpRequest, default: dt.date) -> dt.date:
    """`?day=2026-10-14`, else `default`. Raises Http404 for anything that is no day."""
    text = request.GET.get("day")
    if not text:
        return default
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
