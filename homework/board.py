"""Pages of the public board, kept in Redis for moments. Without Redis every page is made anew; nothing else changes.

A reader may see what was right at most five seconds ago: a page is shown for FRESH_SECONDS from the moment before it
was read from the database, for GRACE_SECONDS more while one request makes it anew for all, and her browser or a proxy
may keep it for READER_SECONDS. So nothing that changes without a word to us (time passing, midnight, the calendar,
teachings, names) is shown for longer. Whoever changes what a school shows also calls `forget` on commit: then no page
that was begun before is shown again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import math
import threading
import time
from collections.abc import Callable, Collection
from typing import NamedTuple

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# Few pages share a lock, and those wait for each other a moment at most.
_making = [threading.RLock() for _ in range(256)]

FRESH_SECONDS, GRACE_SECONDS, READER_SECONDS = 2, 0.5, 2
# In Redis, where whole seconds are counted: longer than it is shown.
KEPT_SECONDS = 3
# A mark is needed while a page begun before it may still be kept, or on its way to be.
MARK_SECONDS = 60
AWAY = (RedisError, OSError)


class Made(NamedTuple):
    """A page as it is made. `may_be_indexed`: search engines may list it."""

    school_id: int
    html: str
    may_be_indexed: bool = False


class Kept(NamedTuple):
    """A page as it is kept. `begun`: seconds since 1970, before its facts were read; `moment`: the same as our clock
    has it, by which its facts were chosen."""

    school_id: int
    begun: float
    moment: dt.datetime
    etag: str
    may_be_indexed: bool
    body: bytes

    @property
    def age(self) -> float:
        """Seconds, by the clock that went further; without end when ours was set back."""
        by_ours = (timezone.now() - self.moment).total_seconds()
        return max(by_ours, time.time() - self.begun) if by_ours >= 0 else math.inf


def forget(school_ids: Collection[int]) -> None:
    """Show no page of these schools that was begun before now. To be called on commit; never raises."""
    now = time.time()
    try:
        cache.set_many({_mark_key(school_id): now for school_id in school_ids}, MARK_SECONDS)
    except AWAY:
        logger.warning("The board's pages could not be forgotten; they end by themselves in seconds.")


def answer(request: HttpRequest, make: Callable[[], Made]) -> HttpResponseBase:
    """The page that is kept or that `make` makes, or 304 to who has it already. On a hit PostgreSQL is not asked.

    `make` may depend on nothing but what `_key` says, and may raise Http404, which is not kept.
    """
    key = _key(request)
    kept = _find(key) or _make_once(key, make)
    response = get_conditional_response(request, kept.etag) or HttpResponse(kept.body)
    response["ETag"] = kept.etag
    response["Cache-Control"] = f"public, max-age={READER_SECONDS}"
    if not kept.may_be_indexed:
        response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _key(request: HttpRequest) -> str:
    """Scheme and host belong to it: they stand in the page, in its printed address and its QR code."""
    depends_on = f"{request.scheme}://{request.get_host()}{request.path}?{request.GET.get('day', '')}"
    return f"board:page:{hashlib.sha256(depends_on.encode()).hexdigest()}"


def _mark_key(school_id: int) -> str:
    return f"board:mark:{school_id}"


# Whose page a key is of, as far as this process has met it: then the page and its school's mark come in one round trip.
_schools: dict[str, int] = {}
MOST_SCHOOLS = 20_000


def _find(key: str, *, may_be_stale: bool = True) -> Kept | None:
    """The page as long as it may be shown: fresh, or in its grace while somebody else makes it anew."""
    try:
        kept, mark = _read(key)
        if kept is None or kept.begun <= mark:
            return None
        is_in_grace = may_be_stale and FRESH_SECONDS <= kept.age < FRESH_SECONDS + GRACE_SECONDS
        is_shown = kept.age < FRESH_SECONDS or (is_in_grace and _somebody_makes(key))
    except AWAY:
        return None
    return kept if is_shown else None


def _read(key: str) -> tuple[Kept | None, float]:
    """The page, and when its school's pages were last to be forgotten."""
    mark_key = _mark_key(_schools.get(key, 0))
    found = cache.get_many([key, mark_key])
    kept: Kept | None = found.get(key)
    if kept is None or mark_key == _mark_key(kept.school_id):
        return kept, found.get(mark_key, 0)
    if len(_schools) >= MOST_SCHOOLS:
        _schools.clear()
    _schools[key] = kept.school_id
    return kept, cache.get(_mark_key(kept.school_id), 0)


def _somebody_makes(key: str) -> bool:
    """Whether another request has taken it on to make the page anew; the first to ask takes it on itself."""
    return not cache.add(f"{key}:making", 1, KEPT_SECONDS)


def _make_once(key: str, make: Callable[[], Made]) -> Kept:
    """Who asks for a page that this process is making waits for it, rather than make it too."""
    with _making[hash(key) % len(_making)]:
        return _find(key, may_be_stale=False) or _make(key, make)


def _make(key: str, make: Callable[[], Made]) -> Kept:
    begun, moment = time.time(), timezone.now()
    made = make()
    body = made.html.encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    kept = Kept(made.school_id, begun, moment, etag, made.may_be_indexed, body)
    try:
        cache.set(key, kept, KEPT_SECONDS)
        cache.delete(f"{key}:making")
    except AWAY:
        logger.warning("The board's page could not be kept; it is made anew for every reader.")
    return kept
