"""A teacher's own templates (常用作业)."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from homework.models import SavedItem
from schools.models import Subject

# More would not be found again on a phone.
MOST_SAVED = 60


@transaction.atomic
def save_item(
    *, by: User, subject: Subject, content: str, kind: str, place: str, layer: str, minutes: int
) -> SavedItem:
    """Keep a template; one that says the same gets the new minutes. Raises ValidationError when she has too many."""
    same = {"user": by, "subject": subject, "content": content.strip(), "kind": kind, "place": place, "layer": layer}
    saved = SavedItem.objects.filter(**same).first()
    if saved is None and SavedItem.objects.filter(user=by).count() >= MOST_SAVED:
        raise ValidationError(f"常用作业最多{MOST_SAVED}条，请先删除不用的。")
    saved = saved or SavedItem(**same)
    saved.minutes = minutes
    saved.full_clean()
    saved.save()
    return saved


@transaction.atomic
def change_saved_item(
    *, saved: SavedItem, subject: Subject, content: str, kind: str, place: str, layer: str, minutes: int
) -> None:
    """Raises ValidationError when another of hers says the same."""
    saved.subject, saved.content, saved.kind = subject, content.strip(), kind
    saved.place, saved.layer, saved.minutes = place, layer, minutes
    saved.full_clean()
    saved.save()


def delete_saved_item(*, saved: SavedItem) -> None:
    saved.delete()
