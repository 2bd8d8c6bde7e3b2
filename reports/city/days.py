"""The city's homework, day by day: notices judged by the real rules, and their items."""

import datetime as dt
import random
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from homework import policy
from homework.models import Item, Notice
from reports.city import words
from reports.city.copy import copy_rows, reserve
from reports.city.plan import ClassPlan

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOTICE_COLUMNS = (
    "id",
    "class_group_id",
    "school_id",
    "day",
    "covers_until",
    "grade",
    "published_at",
    "limit_minutes",
    "load_minutes",
    "breached_rule",
    "subjects_due",
    "subjects_spoken",
    "is_complete",
    "completed_at",
    "is_on_time",
    "closed_by_id",
    "closed_at",
    "overrun_reason",
    "review",
    "review_note",
    "reviewed_by_id",
    "reviewed_at",
)
ITEM_COLUMNS = (
    "notice_id",
    "school_id",
    "subject_id",
    "content",
    "kind",
    "place",
    "layer",
    "minutes",
    "posted_by_id",
    "posted_at",
)

# An item before it has a notice: subject, content, the work, teacher, and when.
Draft = tuple[int, str, policy.Work, int, dt.datetime]
Limits = dict[tuple[str, str, int], int]  # county code, stage, grade: minutes


def write_day(
    rng: random.Random,
    classes: list[ClassPlan],
    day: dt.date,
    *,
    covers_until: dt.date | None,
    limits: Limits,
    cut_off: dt.time,
    last_day: dt.date,
) -> tuple[int, int]:
    """Write one day's notices and items; return how many of each. `last_day` is the latest that is written."""
    posted = [(group, items) for group in classes if (items := _draw_items(rng, group, limits, day))]
    if not posted:
        return 0, 0
    ids = reserve(Notice, len(posted))
    fresh = (last_day - day).days < 3
    notices = (
        _notice_row(rng, number, group, items, day, covers_until, limits, cut_off, fresh)
        for number, (group, items) in zip(ids, posted, strict=True)
    )
    count = copy_rows(Notice, NOTICE_COLUMNS, notices)
    rows = (row for number, (group, items) in zip(ids, posted, strict=True) for row in _item_rows(number, group, items))
    return count, copy_rows(Item, ITEM_COLUMNS, rows)


def _draw_items(rng: random.Random, group: ClassPlan, limits: Limits, day: dt.date) -> list[Draft]:
    """What the class's teachers set on a day; nothing when the class stays silent."""
    habits = group.habits
    if rng.random() < habits.silent:
        return []
    speaking = [subject for subject in group.subjects if rng.random() >= habits.forgets]
    limit = limits[group.county, group.stage, group.grade]
    budget = limit * (rng.uniform(1.08, 1.5) if rng.random() < habits.heavy else rng.uniform(0.45, 1.0))
    at = _first_post(rng, day, late=rng.random() < habits.late)
    items = [_draw_item(rng, subject, limit, budget / max(len(speaking), 1), at) for subject in speaking]
    items += [_not_written(rng, subject, at) for subject in speaking if rng.random() < 0.12]
    if items and rng.random() < 0.15:
        content, kind = rng.choice(words.EXTRAS)
        subject_id, _, teacher = rng.choice(speaking)
        items.append((subject_id, content, policy.Work(kind, "home", "all", 20), teacher, at))
    return items


def _first_post(rng: random.Random, day: dt.date, *, late: bool) -> dt.datetime:
    hour = dt.time(20, rng.randrange(1, 59)) if late else dt.time(rng.randrange(15, 18), rng.randrange(60))
    return dt.datetime.combine(day, hour, SHANGHAI)


def _draw_item(rng: random.Random, subject: tuple[int, str, int], limit: int, share: float, at: dt.datetime) -> Draft:
    """One subject's written work: at school where none may be taken home."""
    subject_id, code, teacher = subject
    content = rng.choice(words.CONTENTS[code][0]).format(n=rng.randrange(2, 90), m=rng.choice((150, 200, 300)))
    minutes = max(int(share), 1)
    place, layer = ("home", "all") if limit else ("school", "all")
    if limit and minutes > 12 and rng.random() < 0.06:
        layer = rng.choice(("basic", "higher"))
    if not limit:
        minutes = rng.choice((10, 15))
    return subject_id, content, policy.Work("written", place, layer, minutes), teacher, _later(rng, at)


def _not_written(rng: random.Random, subject: tuple[int, str, int], at: dt.datetime) -> Draft:
    subject_id, code, teacher = subject
    content, kind = rng.choice(words.CONTENTS[code][1])
    work = policy.Work(kind, "home", "all", rng.choice((10, 15, 20)))
    return subject_id, content.format(n=rng.randrange(2, 60)), work, teacher, _later(rng, at)


def _later(rng: random.Random, at: dt.datetime) -> dt.datetime:
    return at + dt.timedelta(seconds=rng.randrange(0, 3000))


def _notice_row(
    rng: random.Random,
    number: int,
    group: ClassPlan,
    items: list[Draft],
    day: dt.date,
    covers_until: dt.date | None,
    limits: Limits,
    cut_off: dt.time,
    fresh: bool,
) -> tuple[object, ...]:
    limit = limits[group.county, group.stage, group.grade]
    load = policy.load(work for _, _, work, _, _ in items)
    breach = policy.check_load(load, limit)
    due, spoken = {subject for subject, _, _ in group.subjects}, {item[0] for item in items}
    first, last = min(item[4] for item in items), max(item[4] for item in items)
    is_complete = policy.is_complete(due=due, spoken=spoken, is_closed=False)
    completed_at = last if is_complete else None
    return (
        *(number, group.id, group.school_id, day, covers_until, group.grade, first, limit, load),
        *(breach.rule if breach else "", len(due), len(due & spoken), is_complete, completed_at),
        *(policy.is_on_time(completed_at, day, cut_off), None, None),
        *_review(rng, is_over=breach is not None, fresh=fresh, at=last),
    )


def _review(rng: random.Random, *, is_over: bool, fresh: bool, at: dt.datetime) -> tuple[object, ...]:
    """Reason, state, note, reviewer and time of the review; recent overruns still wait."""
    if not is_over:
        return "", "", "", None, None
    reason = rng.choice(words.REASONS)
    if fresh and rng.random() < 0.7:
        return reason, "pending", "", None, None
    return reason, "stands", rng.choice(words.NOTES), None, at + dt.timedelta(hours=1)


def _item_rows(number: int, group: ClassPlan, items: list[Draft]) -> Iterator[tuple[object, ...]]:
    for subject, content, work, teacher, at in items:
        yield number, group.school_id, subject, content, work.kind, work.place, work.layer, work.minutes, teacher, at
