"""A school's group robot: set, tried out, removed; messages to it are jobs, and each is sent at most once."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import jobs, webhooks
from accounts.models import Job, User
from accounts.services import audit
from schools.models import OrgUnit, Webhook

TASK = "schools.tasks.send_webhook"
# A job found with this note was cut off while the message was on its way: nobody can tell whether it arrived.
ON_ITS_WAY = "正在发送"
SENDS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Message:
    """A text for the group of a unit. Within the unit `key` says what it is; `mentions` are ids of people in it."""

    unit_id: int
    key: str
    text: str
    mentions: tuple[int, ...] = ()


@transaction.atomic
def set_webhook(*, by: User, unit: OrgUnit, kind: str, url: str) -> Webhook:
    """Send the unit's messages to this robot from now on. Raises ValidationError for an address that is no robot's."""
    webhooks.check_address(kind, url)
    webhook = Webhook.objects.select_for_update().filter(unit=unit).first() or Webhook(unit=unit)
    webhook.kind, webhook.url, webhook.set_by, webhook.set_at = kind, url, by, timezone.now()
    webhook.full_clean()
    webhook.save()
    audit(by=by, action="webhook.set", subject=webhook, path=unit.path_on(timezone.localdate()), kind=kind)
    return webhook


@transaction.atomic
def remove_webhook(*, by: User, unit: OrgUnit) -> bool:
    """Send nothing more. Whether there was one."""
    webhook = Webhook.objects.select_for_update().filter(unit=unit).first()
    if webhook is None:
        return False
    audit(by=by, action="webhook.remove", subject=webhook, path=unit.path_on(timezone.localdate()))
    webhook.delete()
    return True


def send_test(*, by: User, unit: OrgUnit) -> Job:
    """Ask for a test message, or return the one that is on its way."""
    text = f"【作业公示】这是测试消息：{unit}到了公示截止时间还没公示齐全的班，会在这里提醒。"
    arguments: dict[str, object] = {"unit": unit.pk, "text": text, "mentions": []}
    return jobs.enqueue(TASK, key=_key(unit.pk, "test"), arguments=arguments, by=by)


def queue_messages(messages: Iterable[Message]) -> None:
    """Ask for these to be sent to the units that have a robot. Two statements."""
    by_unit = {message.unit_id: message for message in messages}
    units = Webhook.objects.filter(unit__in=by_unit).values_list("unit", flat=True)
    wanted: dict[str, dict[str, object]] = {}
    for unit_id in units:
        message = by_unit[unit_id]
        wanted[_key(unit_id, message.key)] = {
            "unit": unit_id,
            "text": message.text,
            "mentions": list(message.mentions),
        }
    if wanted:
        jobs.enqueue_all(TASK, wanted)


def deliver(job: Job) -> None:
    """Send the job's message. Raises jobs.TryAgainError or jobs.GaveUpError; what may have arrived is not repeated."""
    webhook = Webhook.objects.filter(unit=job.arguments["unit"]).first()
    if webhook is None:
        raise jobs.GaveUpError("群机器人已移除，没有发送。")
    if job.note == ON_ITS_WAY:
        raise jobs.GaveUpError("发送时中断，消息可能已送到，不再重发。")
    mentioned = User.objects.filter(pk__in=job.arguments["mentions"], is_active=True).exclude(phone=None)
    phones = [user.phone for user in mentioned.order_by("pk") if user.phone]
    jobs.advance(job, done=0, total=1, note=ON_ITS_WAY)
    try:
        webhooks.send(webhook.kind, webhook.url, job.arguments["text"], phones)
    except webhooks.NotReachedError as error:
        raise jobs.TryAgainError(f"{error}") from error
    except webhooks.SendError as error:
        raise jobs.GaveUpError(f"{error}") from error
    job.note = "已送达"


def last_sends(unit: OrgUnit) -> QuerySet[Job]:
    """The last messages to the unit's robots, the newest first."""
    return Job.objects.filter(task=TASK, key__startswith=_key(unit.pk, "")).order_by("-pk")[:SENDS_SHOWN]


def _key(unit_id: int, of: str) -> str:
    return f"webhook:{unit_id}:{of}"
