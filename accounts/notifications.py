"""Lines for people, inside the product. They are told once, and nobody else reads them."""

from collections.abc import Iterable

from django.utils import timezone

from accounts.models import Notification, User


def tell(users: Iterable[User], *, key: str, text: str, url: str = "") -> None:
    """Give each of `users` the line, unless a line with this `key` was given her before. One statement."""
    Notification.objects.bulk_create(
        [Notification(user=user, key=key, text=text, url=url) for user in users], ignore_conflicts=True
    )


def mark_read(user: User) -> int:
    """All that she has been told is read now; return how many lines that were."""
    return user.notifications.unread().update(read_at=timezone.now())
