"""Make the sessions of a day: the twin of the task of the same name."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from afterschool.services import sessions


class Command(BaseCommand):
    help = "按班组每周时间生成一天的课后服务安排，并更新还没点名的应到人数。可以重复运行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", type=dt.date.fromisoformat, help="日期，如 2026-10-14；不填为今天")

    def handle(self, *, day: dt.date | None, **options: Any) -> None:
        chosen = day or timezone.localdate()
        made = sessions.make_sessions(chosen)
        refreshed = sessions.refresh_expected(chosen)
        self.stdout.write(f"{chosen}：新生成{made}次，更新应到人数{refreshed}次。")
