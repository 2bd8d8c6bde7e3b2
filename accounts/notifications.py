"""Lines for people, inside the product. They are told once, and nobody else reads them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Notification, User

# How long what somebody has read is kept for her to find again.
KEPT_FOR = dt.timedelta(days=90)
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Line:
    """What one person is told. `key` says what it is about; the same thing is told once."""

    user_id: int
    key: str
    text: str
    url: str = ""


def tell(users: Iterable[User], *, key: str, text: str, url: str = "") -> None:
    """Give each of `users` the line, unless a line with this `key` was given her before. One statement."""
    tell_lines(Line(user.pk, key, text, url) for user in users)


def tell_lines(lines: Iterable[Line]) -> None:
    """Different lines for different people, each once. One statement; what is too long is cut."""
    now = timezone.now()
    Notification.objects.bulk_create(
        [
            Notification(user_id=line.user_id, key=line.key, text=shortened(line.text), url=line.url, made_at=now)
            for line in lines
        ],
        ignore_conflicts=True,
    )


def shortened(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def mark_read(user: User) -> int:
    """All that she has been told is read now; return how many lines that were."""
    return user.notifications.unread().update(read_at=timezone.now())


def open_line(user: User, pk: int) -> Notification | None:
    """A line of hers, read from now on; None when it is not hers."""
    user.notifications.unread().filter(pk=pk).update(read_at=timezone.now())
    return user.notifications.filter(pk=pk).first()


def forget_old(now: dt.datetime) -> int:
    """Delete what was read long ago; return how many lines. What nobody has read stays."""
    return Notification.objects.filter(read_at__lt=now - KEPT_FOR).delete()[0]


def bell(request: HttpRequest) -> dict[str, object]:
    """Context processor: `unread()`, asked only by the pages that show the bell. One query over a partial index."""
    return {"unread": lambda: Notification.objects.filter(user=request.user.pk, read_at=None).count()}
