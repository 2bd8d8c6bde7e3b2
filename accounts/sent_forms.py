"""A form is carried out once, however often a phone that lost the line sends it."""

import datetime as dt
import uuid

from django.utils import timezone

from accounts.models import SentForm, User
from accounts.prepared import Prepared

# A phone may come back to the network days later; a form older than this is not sent again by our pages.
KEPT_FOR = dt.timedelta(days=30)

# One statement where get_or_create takes four: every posted form asks.
NOTE = Prepared(
    "accounts_note_sent_form",
    "INSERT INTO accounts_sentform (user_id, key, at) VALUES (%(user)s, %(key)s, %(at)s) ON CONFLICT DO NOTHING",
)


def is_first(user: User, key: uuid.UUID) -> bool:
    """Whether this form comes for the first time. To be asked inside the transaction that does the work.

    A second sending at the same moment waits for the first to end, and is the first itself if that one fails.
    """
    return NOTE.change(user=user.pk, key=str(key), at=timezone.now()) == 1


def forget_old(now: dt.datetime) -> int:
    """Delete keys that nobody will send again; return how many."""
    return SentForm.objects.filter(at__lt=now - KEPT_FOR).delete()[0]
