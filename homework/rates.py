"""How often one network address may send what anybody may send without signing in."""

import ipaddress
import logging
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

from accounts.sign_in import client_address

AWAY = (RedisError, OSError)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rate:
    """At most so many from one address in a stretch of time. A whole school, or a town's customers of one mobile net,
    may share it: the figures stop robots, not classes."""

    what: str
    most: int
    seconds: int

    @property
    def minutes(self) -> int:
        return self.seconds // 60


ANSWERS = Rate("time", most=600, seconds=600)
MESSAGES = Rate("feedback", most=60, seconds=3600)
COMPLAINTS = Rate("complaint", most=20, seconds=3600)
# Only codes that do not exist count: any number of families may look for their answers.
WRONG_CODES = Rate("code", most=30, seconds=600)


def is_full(request: HttpRequest, rate: Rate) -> bool:
    """Whether the address has used up its share of the current stretch. Counts nothing."""
    try:
        return int(cache.get(_key(request, rate), 0)) >= rate.most
    except AWAY:
        return _let_through(rate)


def count(request: HttpRequest, rate: Rate) -> bool:
    """Count one; return whether that was one too many."""
    key = _key(request, rate)
    try:
        cache.add(key, 0, timeout=rate.seconds)
        return bool(cache.incr(key) > rate.most)
    except ValueError:  # it went between the two commands: the stretch is over
        return False
    except AWAY:
        return _let_through(rate)


def _let_through(rate: Rate) -> bool:
    """Without Redis nobody is counted and everybody is heard: a lost complaint is worse than some minutes without a
    limit, and what must not exist (a second answer, a guessed code) the database and the code's length refuse."""
    log.warning("No Redis: %s is not limited.", rate.what)
    return False


def _key(request: HttpRequest, rate: Rate) -> str:
    """Names the address by a digest, for as long as the stretch lasts: addresses are kept nowhere."""
    stretch = int(timezone.now().timestamp()) // rate.seconds
    return f"rate:{rate.what}:{salted_hmac('homework.rates', f'{_home(request)}|{stretch}').hexdigest()}"


def _home(request: HttpRequest) -> str:
    """The address; of IPv6 its first half, which is what one home has. An IPv4 address written as IPv6 stays whole."""
    address = ipaddress.ip_address(client_address(request) or "0.0.0.0")  # noqa: S104 - stands for the unknown
    if address.version == 6 and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
