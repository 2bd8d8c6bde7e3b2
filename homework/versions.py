"""A notice as it stood earlier, rebuilt from when its items were posted and withdrawn. Nothing is stored twice."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from homework import policy
from homework.models import Item, Kind, Layer, Notice, Place


@dataclass(frozen=True, slots=True)
class PublicChange:
    """One thing that the public could read and that no longer stands. Words only: no name and no reason, which is
    free text, leaves the school through it."""

    at: dt.datetime
    subject: str
    before: str
    after: str  # empty when it was withdrawn and nothing stands in its place

    @property
    def is_correction(self) -> bool:
        return bool(self.after)


@dataclass(frozen=True, slots=True)
class Change:
    """What one step did to one item: added (no `before`), removed (no `after`), or changed."""

    before: Item | None
    after: Item | None

    @property
    def by(self) -> User | None:
        """Who did it."""
        return self.after.posted_by if self.after else self.before.withdrawn_by if self.before else None

    @property
    def why(self) -> str:
        return self.before.withdrawn_reason if self.before else ""


@dataclass(frozen=True, slots=True)
class Version:
    """A notice from one change until the next. Numbers count from 1."""

    number: int
    at: dt.datetime
    items: list[Item]
    changes: list[Change]
    was_public: bool  # whether the public could read it at once

    @property
    def load(self) -> int:
        return policy.load([item.work for item in self.items])


def words(item: Item) -> str:
    """What the public reads of an item, in one line: 练习册第12页（书面，在家，20分钟）."""
    tags = [Kind(item.kind).label, Place(item.place).label]
    if item.layer != Layer.ALL:
        tags.append(Layer(item.layer).label)
    if item.minutes:
        tags.append(f"{item.minutes}分钟")
    return f"{item.content}（{'，'.join(tags)}）"


def public_changes(notices: Iterable[Notice]) -> dict[int, list[PublicChange]]:
    """By notice id, what the public read earlier and does not any more, the latest first. One query.

    What was withdrawn before it appeared was never public, and is not among them; nor is what waits for 教导处.
    """
    appeared = {notice.pk: notice.published_at for notice in notices}
    changes: dict[int, list[PublicChange]] = defaultdict(list)
    gone = Item.objects.filter(notice__in=list(appeared)).exclude(withdrawn_at=None)
    for item in gone.select_related("subject", "replaced_by").order_by("-withdrawn_at", "-pk"):
        published_at = appeared[item.notice_id]
        if (
            published_at
            and item.withdrawn_at
            and max(published_at, item.appears_at or published_at) <= item.withdrawn_at
        ):
            after = getattr(item, "replaced_by", None)
            new = words(after) if after and not after.is_hidden else ""
            changes[item.notice_id].append(PublicChange(item.withdrawn_at, item.subject.name, words(item), new))
    return dict(changes)


def notice_versions(notice: Notice) -> list[Version]:
    """The first version first. What was done at one moment makes one version. One query."""
    items = list(notice.items.select_related("subject", "posted_by", "withdrawn_by").order_by("subject__rank", "pk"))
    moments = sorted({item.posted_at for item in items} | {item.withdrawn_at for item in items if item.withdrawn_at})
    return [
        Version(
            number=number,
            at=moment,
            items=[item for item in items if _stood(item, moment)],
            changes=_changes(items, moment),
            was_public=notice.published_at is not None and notice.published_at <= moment,
        )
        for number, moment in enumerate(moments, start=1)
    ]


def differences(versions: Iterable[Version], older: Version, newer: Version) -> list[Change]:
    """What stands in only one of two of the `versions`; what was corrected several times between them is one change."""
    replaces = {item.pk: item.replaces_id for version in versions for item in version.items}
    gone = {item.pk: item for item in older.items if item not in newer.items}
    changes = []
    for item in newer.items:
        if item in older.items:
            continue
        earlier = item.replaces_id
        while earlier and earlier not in gone:
            earlier = replaces.get(earlier)
        changes.append(Change(gone.pop(earlier, None) if earlier else None, item))
    return changes + [Change(item, None) for item in gone.values()]


def _stood(item: Item, moment: dt.datetime) -> bool:
    return item.posted_at <= moment and (item.withdrawn_at is None or item.withdrawn_at > moment)


def _changes(items: list[Item], moment: dt.datetime) -> list[Change]:
    by_id = {item.pk: item for item in items}
    posted = [item for item in items if item.posted_at == moment]
    replaced = {item.replaces_id for item in posted}
    removed = [item for item in items if item.withdrawn_at == moment and item.pk not in replaced]
    added = [Change(by_id.get(item.replaces_id) if item.replaces_id else None, item) for item in posted]
    return added + [Change(item, None) for item in removed]
