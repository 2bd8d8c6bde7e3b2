"""The reminder at the cut-off: each incomplete class's 班主任 alone, and a summary for the school's 教导处. Once a day.

It names classes and subjects, nobody else's name, and ranks nothing.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from accounts.notifications import Line, tell_lines
from homework.class_days import ClassDay, class_days
from homework.models import CutOff, Notice, Reminder
from homework.rules import RuleBook
from schools.models import ClassGroup, HeadTeacher, Posting, Role, School, SchoolDay, UnitPlace
from schools.services.webhooks import Message, queue_messages

# Schools reminded in one transaction: some 3,000 classes in memory.
SCHOOLS_AT_ONCE = 100
# Class names listed before "等".
NAMES_LISTED = 30
# Names the lock under which reminders are written.
LOCK = "homework.remind"


@dataclass(frozen=True, slots=True)
class SchoolDayEnd:
    """One school at its cut-off."""

    school: School
    cut_off: dt.time
    days: list[ClassDay]

    @property
    def incomplete(self) -> list[ClassDay]:
        return [day for day in self.days if not (day.notice and day.notice.is_complete)]

    @property
    def over(self) -> int:
        return sum(day.notice is not None and day.notice.is_over for day in self.days)

    @property
    def waiting(self) -> int:
        """Classes that wait for a word of 教导处."""
        return sum(
            day.notice is not None and (day.notice.review == Notice.Review.PENDING or day.notice.awaits_release)
            for day in self.days
        )


def remind(now: dt.datetime) -> int:
    """Remind the schools whose cut-off of today has passed and that have not been reminded; return how many.

    Run late it still reminds, but only on the day itself. Two runs at once remind once.
    """
    reminded = 0
    while count := _remind_some(timezone.localtime(now)):
        reminded += count
    return reminded


@transaction.atomic
def _remind_some(now: dt.datetime) -> int:
    if not _locked():
        return 0
    ends = _ends(_schools_past_cut_off(now), now.date())
    Reminder.objects.bulk_create(
        Reminder(
            school=end.school,
            day=now.date(),
            classes=len(end.days),
            complete=len(end.days) - len(end.incomplete),
            sent_at=now,
        )
        for end in ends
    )
    heads = _heads(ends, now.date())
    tell_lines([*_lines_for_heads(ends, heads, now.date()), *_lines_for_offices(ends, now.date())])
    queue_messages(_messages(ends, heads, now.date()))
    return len(ends)


def _locked() -> bool:
    """Whether this transaction may remind; another that does so now will have done it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [LOCK])
        return bool(cursor.fetchone()[0])


def _schools_past_cut_off(now: dt.datetime) -> list[tuple[School, dt.time]]:
    """At most SCHOOLS_AT_ONCE that teach today and were not reminded, with the cut-off that holds there.

    The cut-off's own minute is still in time.
    """
    today, minute = now.date(), now.time().replace(second=0, microsecond=0)
    passed = CutOff.objects.filter(first_day__lte=today, until__lt=minute).values("unit")
    paths = list(UnitPlace.objects.on(today).filter(unit__in=passed).values_list("path", flat=True))
    if not paths:
        return []
    teaches = SchoolDay.objects.held().filter(school=OuterRef("pk"), day=today)
    reminded = Reminder.objects.filter(school=OuterRef("pk"), day=today)
    schools = School.objects.under_paths(paths, today).filter(Exists(teaches), ~Exists(reminded))
    candidates = list(schools.select_related("unit").order_by("pk"))
    book = RuleBook.read([school.pk for school in candidates], today, today)
    cut_offs = ((school, book.cut_off(school.pk, today)) for school in candidates)
    return [(school, until) for school, until in cut_offs if until and until < minute][:SCHOOLS_AT_ONCE]


def _ends(schools: Collection[tuple[School, dt.time]], today: dt.date) -> list[SchoolDayEnd]:
    if not schools:
        return []
    classes = ClassGroup.objects.on(today).filter(school__in=[school for school, _ in schools])
    days: dict[int, list[ClassDay]] = defaultdict(list)
    for day in class_days(list(classes.select_related("school__unit").in_order()), today, Notice.objects.all()):
        days[day.class_group.school_id].append(day)
    return [SchoolDayEnd(school, cut_off, days[school.pk]) for school, cut_off in schools]


def _heads(ends: Iterable[SchoolDayEnd], today: dt.date) -> dict[int, int]:
    """By class, the id of its 班主任, if she can sign in: of the incomplete classes."""
    classes = [day.class_group.pk for end in ends for day in end.incomplete]
    heads = HeadTeacher.objects.on(today).filter(class_group__in=classes, user__is_active=True)
    return dict(heads.values_list("class_group", "user"))


def _lines_for_heads(ends: Iterable[SchoolDayEnd], heads: dict[int, int], today: dt.date) -> Iterable[Line]:
    for end in ends:
        for day in end.incomplete:
            if day.class_group.pk in heads:
                missing = "、".join(subject.name for subject in day.missing)
                what = f"今天还有{missing}未公示" if missing else "今天还没有公示作业"
                yield Line(
                    user_id=heads[day.class_group.pk],
                    key=f"cut-off:{today.isoformat()}:class:{day.class_group.pk}",
                    text=f"{day.name}{what}，截止时间{end.cut_off:%H:%M}已过。",
                    url=reverse("homework:today"),
                )


def _lines_for_offices(ends: Sequence[SchoolDayEnd], today: dt.date) -> Iterable[Line]:
    summaries = {end.school.pk: end for end in ends if end.days}
    offices = Posting.objects.on(today).filter(role=Role.ACADEMIC_OFFICE, unit__in=summaries, user__is_active=True)
    for unit_id, user_id in offices.values_list("unit", "user"):
        end = summaries[unit_id]
        yield Line(
            user_id=user_id,
            key=f"cut-off:{today.isoformat()}:school:{unit_id}",
            text=_summary(end),
            url=reverse("homework:incomplete_list" if end.incomplete else "homework:review_list"),
        )


def _summary(end: SchoolDayEnd) -> str:
    incomplete = end.incomplete
    counts = f"{len(end.days)}个班，公示齐全{len(end.days) - len(incomplete)}个、未齐全{len(incomplete)}个"
    others = f"超量{end.over}个、待审核{end.waiting}个"
    listed = f"未齐全：{_listed(incomplete)}。" if incomplete else ""
    return f"{end.school}今天截止时间{end.cut_off:%H:%M}已过：{counts}，{others}。{listed}"


def _listed(days: Sequence[ClassDay]) -> str:
    names = "、".join(day.name for day in days[:NAMES_LISTED])
    return names if len(days) <= NAMES_LISTED else f"{names}等{len(days)}个班"


def _messages(ends: Iterable[SchoolDayEnd], heads: dict[int, int], today: dt.date) -> Iterable[Message]:
    """To the groups of schools where something is missing. Class names only; their 班主任 are called upon."""
    for end in ends:
        incomplete = end.incomplete
        if incomplete:
            yield Message(
                unit_id=end.school.pk,
                key=today.isoformat(),
                text=f"【作业公示】{end.school}：截止时间{end.cut_off:%H:%M}已过，今天还没公示齐全的有{len(incomplete)}个班："
                f"{_listed(incomplete)}。请班主任提醒任课教师公示。",
                mentions=tuple({heads[day.class_group.pk]: None for day in incomplete if day.class_group.pk in heads}),
            )
