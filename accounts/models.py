"""People and what they did: accounts, one-time activation codes, the audit trail, and jobs in the background."""

from __future__ import annotations

import datetime as dt

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class UserQuerySet(models.QuerySet["User"]):
    def not_activated(self) -> UserQuerySet:
        """Accounts whose owner has not set a password, or must set it anew after a reset."""
        return self.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX)


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(phone=username)


@pghistory.track(exclude=["password", "last_login"], level=pghistory.Statement)
class User(AbstractBaseUser):
    """Somebody who may sign in. What she may do is said by her postings (schools.Posting), not here."""

    name = models.CharField("姓名", max_length=40)
    phone = models.CharField(
        "手机号",
        max_length=11,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator(r"^1\d{10}$", "请输入11位手机号。")],
        error_messages={"unique": "这个手机号已有账号。"},
    )
    is_active = models.BooleanField("可以登录", default=True)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "phone"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="accounts_user_has_a_name",
                condition=~Q(name=""),
                violation_error_message="请填写姓名。",
            ),
            models.CheckConstraint(
                name="accounts_user_phone_is_eleven_digits",
                condition=Q(phone=None) | Q(phone__regex=r"^1\d{10}$"),
                violation_error_message="请输入11位手机号。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def short_phone(self) -> str:
        """For lists, which need not give the whole number away: 139****5678."""
        return f"{self.phone[:3]}****{self.phone[-4:]}" if self.phone else ""


class ActivationCodeQuerySet(models.QuerySet["ActivationCode"]):
    def usable(self, at: dt.datetime) -> ActivationCodeQuerySet:
        return self.filter(used_at=None, expires_at__gt=at)


class ActivationCode(models.Model):
    """A one-time code on a paper slip with which its owner sets her password. Only a keyed digest is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="activation_codes")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = ActivationCodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="accounts_activationcode_expires_after_it_is_made", condition=Q(expires_at__gt=F("made_at"))
            ),
            models.UniqueConstraint(
                name="accounts_activationcode_one_open_per_user", fields=["user"], condition=Q(used_at=None)
            ),
        ]


class AuditEntry(models.Model):
    """One thing somebody did that others may later have to answer for. Written by services, never changed."""

    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: the system itself
    action = models.CharField(max_length=60)  # "posting.add", "notice.review", …
    subject = models.CharField(max_length=60)  # "schools.Posting:12"
    path = models.CharField(max_length=200, blank=True)  # the unit's path on that day, for reading within a scope
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(name="accounts_audit_subject", fields=["subject", "at"]),
            models.Index(name="accounts_audit_at", fields=["at"]),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class JobQuerySet(models.QuerySet["Job"]):
    def unfinished(self) -> JobQuerySet:
        return self.filter(state__in=Job.UNFINISHED)

    def lost(self, *, silent_since: dt.datetime) -> JobQuerySet:
        """Jobs that nobody has touched since: queued without being taken, or running without a sign of life."""
        return self.unfinished().filter(heartbeat_at__lt=silent_since)


class Job(models.Model):
    """A unit of work done in the background. The row comes first and is the truth; the message only wakes a worker."""

    class State(models.TextChoices):
        QUEUED = "queued", "等待"
        RUNNING = "running", "进行中"
        DONE = "done", "完成"
        FAILED = "failed", "失败"

    UNFINISHED = (State.QUEUED, State.RUNNING)

    task = models.CharField(max_length=100)  # a Celery task's name; it is called with the job's id alone
    key = models.CharField(max_length=200)  # what it works on; at most one unfinished job has it
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)  # for the one who waits: what it is doing, or why it failed
    tries = models.PositiveSmallIntegerField(default=0)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    heartbeat_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="accounts_job_one_unfinished_per_key",
                fields=["key"],
                condition=Q(state__in=["queued", "running"]),
                violation_error_message="同样的任务正在进行，请等它完成。",
            ),
            models.CheckConstraint(name="accounts_job_part_within_whole", condition=Q(done__lte=F("total"))),
        ]
        indexes = [
            models.Index(
                name="accounts_job_unfinished", fields=["heartbeat_at"], condition=Q(state__in=["queued", "running"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.key}"

    @property
    def percent(self) -> int:
        """How far it is, 0–100; 0 while the total is not known."""
        return self.done * 100 // self.total if self.total else 0


class SentForm(models.Model):
    """A form that was carried out, by the key its page gave it: sent again, by a phone that lost the line, it is not
    done twice. Written in the transaction of the work itself."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.UUIDField()
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="accounts_sentform_once", fields=["user", "key"])]


class NotificationQuerySet(models.QuerySet["Notification"]):
    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at=None)


class Notification(models.Model):
    """A line for one person: what happened, and the page where she can do something about it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notifications")
    key = models.CharField(max_length=100)  # what it is about; the same thing is told once
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [models.UniqueConstraint(name="accounts_notification_told_once", fields=["user", "key"])]
        indexes = [
            models.Index(name="accounts_notification_unread", fields=["user"], condition=Q(read_at=None)),
        ]
