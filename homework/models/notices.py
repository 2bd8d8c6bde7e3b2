"""Homework in public: the notice of a class's day with its items."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.db.models import Count, F, Q
from django.utils import timezone

from accounts.models import User
from homework import policy
from homework.models.words import Kind, Layer, Place, Rule
from schools.models import ClassGroup, School, Subject

# Days for which a notice that 教导处 has not released stays in her queue.
DAYS_ON_THE_DESK = 14


class NoticeQuerySet(models.QuerySet["Notice"]):
    def on(self, day: dt.date) -> NoticeQuerySet:
        return self.filter(day=day)

    def between(self, first_day: dt.date, last_day: dt.date) -> NoticeQuerySet:
        return self.filter(day__range=(first_day, last_day))

    def inside(self, paths: Iterable[str]) -> NoticeQuerySet:
        return self.filter(school__in=School.objects.inside(paths))

    def public(self) -> NoticeQuerySet:
        """What the public board shows now. What waits for 教导处 has its time of appearance ahead of it; what she sent
        back before that stays hidden until its teachers change something."""
        return self.filter(published_at__lte=timezone.now()).exclude(
            awaits_release=True, review=Notice.Review.RETURNED, reviewed_at__lt=F("published_at")
        )

    def unreleased(self) -> NoticeQuerySet:
        """Where 教导处 looks first and has not yet: before its appearance or, marked, after."""
        return self.filter(awaits_release=True)

    def in_breach(self) -> NoticeQuerySet:
        return self.exclude(breached_rule="")

    def waiting(self) -> NoticeQuerySet:
        """Over the limit, and 教导处 has not decided yet."""
        return self.filter(review=Notice.Review.PENDING)

    def on_the_desk(self, today: dt.date) -> NoticeQuerySet:
        """What 教导处 has to look at: overruns of any day, and what waits for a look before it appears.

        Of the latter those over a fortnight old have long appeared. What she sent back and nobody mended comes up again
        on the next day.
        """
        midnight = timezone.make_aware(dt.datetime.combine(today, dt.time.min))
        is_fresh = ~Q(review=Notice.Review.RETURNED) | Q(reviewed_at__lt=midnight)
        unreleased = Q(awaits_release=True, day__gte=today - dt.timedelta(days=DAYS_ON_THE_DESK)) & is_fresh
        return self.filter(Q(review=Notice.Review.PENDING) | unreleased)

    def counts(self) -> dict[str, int]:
        return self.aggregate(**_counts())

    def counts_by_school(self) -> models.QuerySet[Notice, dict[str, int]]:
        """One dict per school with any notice: its id as "school", and the counts."""
        return self.order_by().values("school").annotate(**_counts())


def _counts() -> dict[str, Count]:
    return {
        "published": Count("pk"),
        "complete": Count("pk", filter=Q(is_complete=True)),
        "on_time": Count("pk", filter=Q(is_on_time=True)),
        "over": Count("pk", filter=~Q(breached_rule="")),
        "waiting": Count("pk", filter=Q(review="pending")),
    }


class Notice(models.Model):
    """One class's homework of one day, as the public sees it, with the verdict of the rules stored at write time.

    The notice of the last school day before days off covers those too, up to `covers_until`.
    """

    class Review(models.TextChoices):
        NOT_NEEDED = "", "无需审核"
        PENDING = "pending", "待审核"
        STANDS = "stands", "已审核，维持"
        RETURNED = "returned", "已退回修改"

    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="notices")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    day = models.DateField()
    covers_until = models.DateField(null=True, blank=True)
    grade = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField(null=True, blank=True)
    awaits_release = models.BooleanField(default=False, db_default=False)
    corrected_at = models.DateTimeField(null=True, blank=True)  # when something public was last changed or withdrawn

    limit_minutes = models.PositiveSmallIntegerField()
    load_minutes = models.PositiveSmallIntegerField(default=0)
    breached_rule = models.CharField(max_length=20, choices=Rule, blank=True)
    subjects_due = models.PositiveSmallIntegerField(default=0)
    subjects_spoken = models.PositiveSmallIntegerField(default=0)  # of those due
    is_complete = models.BooleanField(default=False)
    completed_at = models.DateTimeField(null=True, blank=True)
    is_on_time = models.BooleanField(default=False)

    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    overrun_reason = models.TextField("超量原因", blank=True)  # each teacher's, with her subject
    review = models.CharField(max_length=10, choices=Review, blank=True, default=Review.NOT_NEEDED)
    review_note = models.CharField("审核意见", max_length=200, blank=True)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="homework_notice_one_per_class_and_day", fields=["day", "class_group"]),
            models.CheckConstraint(
                name="homework_notice_breach_is_over_the_limit",
                condition=(Q(breached_rule="") & Q(load_minutes__lte=F("limit_minutes")))
                | (~Q(breached_rule="") & Q(load_minutes__gt=F("limit_minutes"))),
            ),
            models.CheckConstraint(
                # Where 教导处 looks first, she may send back what breaks no rule.
                name="homework_notice_breach_is_reviewed",
                condition=Q(breached_rule="", review__in=["", "returned"]) | (~Q(breached_rule="") & ~Q(review="")),
            ),
            models.CheckConstraint(
                name="homework_notice_spoken_within_due", condition=Q(subjects_spoken__lte=F("subjects_due"))
            ),
            models.CheckConstraint(
                name="homework_notice_covers_later_days", condition=Q(covers_until=None) | Q(covers_until__gt=F("day"))
            ),
            models.CheckConstraint(
                name="homework_notice_complete_since_a_time",
                condition=Q(is_complete=True, completed_at__isnull=False)
                | Q(is_complete=False, completed_at=None, is_on_time=False),
            ),
        ]
        indexes = [
            models.Index(name="homework_notice_of_school", fields=["school", "day"]),
            models.Index(
                name="homework_notice_waiting", fields=["school"], condition=Q(review="pending")
            ),  # the 教导处's queue
        ]

    def __str__(self) -> str:
        return f"{self.class_group_id} {self.day}"

    @property
    def is_hidden(self) -> bool:
        """Waits for 教导处, or was sent back by her, and has not appeared yet."""
        return self.is_held_back or (self.published_at is not None and self.published_at > timezone.now())

    @property
    def is_held_back(self) -> bool:
        """Sent back by 教导处 before it appeared: it does not until its teachers change something."""
        return bool(
            self.awaits_release
            and self.review == self.Review.RETURNED
            and self.reviewed_at
            and self.published_at
            and self.reviewed_at < self.published_at
        )

    @property
    def is_over(self) -> bool:
        return bool(self.breached_rule)

    @property
    def minutes_left(self) -> int:
        """Minutes until the limit; 0 at it or over it."""
        return max(self.limit_minutes - self.load_minutes, 0)


class ItemQuerySet(models.QuerySet["Item"]):
    def live(self) -> ItemQuerySet:
        return self.filter(withdrawn_at=None)

    def shown(self) -> ItemQuerySet:
        """Of a public notice, what the board shows now: by the same rule as the notice, each item that came to it
        after 教导处 had released it waits for her or for the cut-off."""
        has_come = Q(appears_at=None) | Q(appears_at__lte=timezone.now())
        return (
            self.live()
            .filter(has_come)
            .exclude(
                notice__awaits_release=True,
                notice__review=Notice.Review.RETURNED,
                notice__reviewed_at__lt=F("appears_at"),
            )
        )

    def inside(self, paths: Iterable[str]) -> ItemQuerySet:
        return self.filter(school__in=School.objects.inside(paths))


class Item(models.Model):
    """One thing a teacher set for a class on a day. It is withdrawn, never deleted, and a corrected one is replaced:
    the notice as it stood at any moment is the items posted before and not withdrawn until then."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="items")
    school = models.ForeignKey(School, models.PROTECT, related_name="+", db_index=False)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", db_index=False)
    content = models.CharField("作业内容", max_length=500)
    kind = models.CharField("类型", max_length=10, choices=Kind, default=Kind.WRITTEN)
    place = models.CharField("在哪里完成", max_length=10, choices=Place, default=Place.HOME)
    layer = models.CharField("适用学生", max_length=10, choices=Layer, default=Layer.ALL)
    minutes = models.PositiveSmallIntegerField("预计用时（分钟）")
    posted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    posted_at = models.DateTimeField(default=timezone.now)
    appears_at = models.DateTimeField(null=True, blank=True)  # where not with its notice: see ItemQuerySet.shown
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField("更正或撤回原因", max_length=60, blank=True, default="", db_default="")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")

    objects = ItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="homework_item_minutes_are_0_to_240",
                condition=Q(minutes__lte=240),
                violation_error_message="预计用时应在0到240分钟之间。",
            ),
            models.CheckConstraint(
                name="homework_item_written_work_takes_time",
                condition=~Q(kind="written") | Q(minutes__gt=0),
                violation_error_message="书面作业请填写预计用时（至少1分钟）。",
            ),
            models.CheckConstraint(
                name="homework_item_says_something",
                condition=~Q(content=""),
                violation_error_message="请填写作业内容。",
            ),
            models.CheckConstraint(
                name="homework_item_does_not_replace_itself", condition=Q(replaces=None) | ~Q(replaces=F("pk"))
            ),
        ]

    @property
    def is_hidden(self) -> bool:
        """Waits for 教导处 or the cut-off while its notice is public."""
        return self.appears_at is not None and self.appears_at > timezone.now()

    @property
    def work(self) -> policy.Work:
        return policy.Work(self.kind, self.place, self.layer, self.minutes)


class WordingWarning(models.Model):
    """A rule of wording that an item touches; its teacher was told and went on. `rule` is an id of wording.toml."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="wording_warnings")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    rule = models.CharField(max_length=30)

    class Meta:
        constraints = [models.UniqueConstraint(name="homework_wordingwarning_once", fields=["item", "rule"])]


class NoHomeworkQuerySet(models.QuerySet["NoHomework"]):
    def live(self) -> NoHomeworkQuerySet:
        return self.filter(withdrawn_at=None)


class NoHomework(models.Model):
    """A subject's word that it sets nothing today (本科无作业)."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="no_homework")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", db_index=False)
    declared_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    declared_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = NoHomeworkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="homework_nohomework_said_once",
                fields=["notice", "subject"],
                condition=Q(withdrawn_at=None),
                violation_error_message="这个学科今天已报过无作业。",
            ),
        ]


class Decision(models.Model):
    """What 教导处 decided on a notice, and when: written once, never changed."""

    class Verdict(models.TextChoices):
        STANDS = "stands", "维持，记为超量"
        RETURNED = "returned", "退回修改"
        RELEASED = "released", "放行公开"

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=10, choices=Verdict)
    note = models.CharField("审核意见", max_length=200, blank=True)
    load_minutes = models.PositiveSmallIntegerField()  # as it then was
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="homework_decision_return_says_why",
                condition=~Q(verdict="returned") | ~Q(note=""),
                violation_error_message="退回时请写明原因，教师才知道怎么改。",
            ),
        ]


class Reminder(models.Model):
    """The one reminder that went out for a school's day at its cut-off, with what it counted."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    day = models.DateField()
    classes = models.PositiveSmallIntegerField()
    complete = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="homework_reminder_once_a_day", fields=["day", "school"])]


class SavedItem(models.Model):
    """A teacher's own template (常用作业)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_items")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", db_index=False)
    content = models.CharField("作业内容", max_length=500)
    kind = models.CharField("类型", max_length=10, choices=Kind, default=Kind.WRITTEN)
    place = models.CharField("在哪里完成", max_length=10, choices=Place, default=Place.HOME)
    layer = models.CharField("适用学生", max_length=10, choices=Layer, default=Layer.ALL)
    minutes = models.PositiveSmallIntegerField("预计用时（分钟）")
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="homework_saveditem_saved_once",
                fields=["user", "subject", "content", "kind", "place", "layer"],
                violation_error_message="这一条已在常用作业里。",
            ),
            models.CheckConstraint(
                name="homework_saveditem_minutes_are_0_to_240",
                condition=Q(minutes__lte=240),
                violation_error_message="预计用时应在0到240分钟之间。",
            ),
        ]
