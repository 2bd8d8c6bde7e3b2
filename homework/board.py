"""Pages of the public board, kept in Redis for moments. Without Redis every page is made anew; nothing else changes.

A reader may see what was right at most five seconds ago: a page is shown for FRESH_SECONDS from the moment before it
was read from the database, for GRACE_SECONDS more while one request makes it anew for all, and her browser or a proxy
may keep it for READER_SECONDS. So nothing that changes without a word to us (time passing, midnight, the calendar,
teachings, names) is shown for longer. Whoever changes what a school shows also calls `forget` on commit: then no page
that was begun before is shown again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import threading
import time
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

FRESH_SECONDS, GRACE_SECONDS, READER_SECONDS = 1.5, 1, 2
KEPT_MILLISECONDS = int((FRESH_SECONDS + GRACE_SECONDS) * 1000)
# A mark is needed while a page begun before it may still be kept, or on its way to be.
MARK_SECONDS = 60
# A Redis that hangs is taken for one that is away.
ANSWER_SECONDS = 0.5
AWAY = (RedisError, OSError)

# Few pages share a lock, and those wait for each other a moment at most.
_making = [threading.RLock() for _ in range(256)]
# Whose page a key is of, as far as this process has met it: then the page and its school's mark come in one round trip.
_schools: dict[str, int] = {}
MOST_SCHOOLS = 20_000


class Made(NamedTuple):
    """A page as it is made. `may_be_indexed`: search engines may list it."""

    school_id: int
    html: str
    may_be_indexed: bool = False


class Kept(NamedTuple):
    """A page as it is kept. `begun`: seconds since 1970, before its facts were read; `moment`: the same as Django's
    clock has it, by which its facts were chosen."""

    school_id: int
    begun: float
    moment: float
    etag: str
    may_be_indexed: bool
    body: bytes

    @property
    def age(self) -> float:
        """Seconds, by the clock that went further; without end when ours was set back."""
        by_ours = timezone.now().timestamp() - self.moment
        return max(by_ours, time.time() - self.begun) if by_ours >= 0 else math.inf

    def as_bytes(self) -> bytes:
        return json.dumps(self[:-1]).encode() + b"\n" + self.body

    @classmethod
    def of_bytes(cls, content: bytes) -> Kept:
        head, _, body = content.partition(b"\n")
        return cls._make([*json.loads(head), body])


def forget(school_ids: Collection[int]) -> None:
    """Show no page of these schools that was begun before now. To be called on commit; never raises."""
    now = time.time()
    try:
        for school_id in school_ids:
            _redis().set(_mark_key(school_id), now, ex=MARK_SECONDS)
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


def _redis() -> Redis:
    return _client(settings.CACHES["default"]["LOCATION"])


@lru_cache(maxsize=4)
def _client(location: str) -> Redis:
    """Kept: the cache of Django makes a client for each call, which costs more than the call."""
    return Redis.from_url(location, socket_timeout=ANSWER_SECONDS, retry=Retry(NoBackoff(), 1))


def _key(request: HttpRequest) -> str:
    """Scheme and host belong to it: they stand in the page, in its printed address and its QR code."""
    depends_on = f"{request.scheme}://{request.get_host()}{request.path}?{request.GET.get('day', '')}"
    return cache.make_key(f"board:page:{hashlib.sha256(depends_on.encode()).hexdigest()}")


def _mark_key(school_id: int) -> str:
    return cache.make_key(f"board:mark:{school_id}")


def _find(key: str, *, may_be_stale: bool = True) -> Kept | None:
    """The page as long as it may be shown: fresh, or in its grace while somebody else makes it anew."""
    try:
        kept, mark = _read(key)
        if kept is None or kept.begun <= mark:
            return None
        age = kept.age
        if age < FRESH_SECONDS or (may_be_stale and age < FRESH_SECONDS + GRACE_SECONDS and _somebody_makes(key)):
            return kept
    except AWAY:
        pass
    return None


def _read(key: str) -> tuple[Kept | None, float]:
    """The page, and when its school's pages were last to be forgotten."""
    known = _schools.get(key, 0)
    content, mark = _redis().mget(key, _mark_key(known))
    if content is None:
        return None, 0
    kept = Kept.of_bytes(content)  # type: ignore[arg-type]
    if kept.school_id != known:
        if len(_schools) >= MOST_SCHOOLS:
            _schools.clear()
        _schools[key] = kept.school_id
        mark = _redis().get(_mark_key(kept.school_id))
    return kept, float(mark or 0)


def _somebody_makes(key: str) -> bool:
    """Whether another request has taken it on to make the page anew; the first to ask takes it on itself."""
    return not _redis().set(f"{key}:making", 1, nx=True, px=KEPT_MILLISECONDS)


def _make_once(key: str, make: Callable[[], Made]) -> Kept:
    """Who asks for a page that this process is making waits for it, rather than make it too."""
    with _making[hash(key) % len(_making)]:
        return _find(key, may_be_stale=False) or _make(key, make)


def _make(key: str, make: Callable[[], Made]) -> Kept:
    begun, moment = time.time(), timezone.now().timestamp()
    made = make()
    body = made.html.encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    kept = Kept(made.school_id, begun, moment, etag, made.may_be_indexed, body)
    try:
        _redis().set(key, kept.as_bytes(), px=KEPT_MILLISECONDS)
        _redis().delete(f"{key}:making")
    except AWAY:
        logger.warning("The board's page could not be kept; it is made anew for every reader.")
    return kept
