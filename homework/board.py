"""Pages of the public board, kept in Redis for moments. Without Redis every page is made anew; nothing else changes.

A page is kept with its school's generation. Whoever changes what a school shows calls `forget` on commit: the next
generation begins and no page of the one before is shown again. What changes without such a call (time passing,
midnight, the calendar, teachings, names) is caught by FRESH_SECONDS.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Collection

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# A generation is forgotten when no page of it can be left.
GENERATION_SECONDS = 3600


def forget(school_ids: Collection[int]) -> None:
    """Show no page of these schools that was made before now. To be called on commit; never raises."""
    keys = {generation_key(school_id): _new_generation() for school_id in school_ids}
    try:
        cache.set_many(keys, GENERATION_SECONDS)
    except (RedisError, OSError):
        logger.warning("The board's pages could not be forgotten; they end by themselves in seconds.")


def generation_key(school_id: int) -> str:
    return f"board:generation:{school_id}"


def _new_generation() -> str:
    """Never one that was before, though Redis had lost its memory in between."""
    return secrets.token_hex(8)
