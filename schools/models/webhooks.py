"""Where a school wants its messages sent: a group robot of WeCom or DingTalk."""

from __future__ import annotations

from collections.abc import Iterable

import pghistory
from django.db import models
from django.utils import timezone

from accounts.models import User
from schools.models.units import OrgUnit


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def inside(self, paths: Iterable[str]) -> WebhookQuerySet:
        return self.filter(unit__in=OrgUnit.objects.inside(paths))


@pghistory.track(exclude=["url"], level=pghistory.Statement)
class Webhook(models.Model):
    """The robot of a unit's group chat. Its address is a secret: whoever has it may write to the group."""

    class Kind(models.TextChoices):
        WECOM = "wecom", "企业微信群机器人"
        DINGTALK = "dingtalk", "钉钉群机器人"

    unit = models.OneToOneField(OrgUnit, models.PROTECT, related_name="webhook")
    kind = models.CharField("类型", max_length=10, choices=Kind)
    url = models.URLField("机器人地址", max_length=300)
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = "群机器人"

    def __str__(self) -> str:
        return f"{self.unit}：{self.get_kind_display()}"
