"""Fill the database with a fictional city: for a demo, a test or a bench."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.city.make import make_city
from schools.calendar import statutory_day


class Command(BaseCommand):
    help = "造一座虚构城市：学校、人员、作业。同样的参数得到同样的城市。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--schools", type=int, default=12, help="学校数")
        parser.add_argument("--days", type=int, default=30, help="上课日天数，到 --until 为止")
        parser.add_argument("--seed", type=int, default=1, help="随机种子")
        parser.add_argument("--classes", type=int, default=10, help="平均每校班级数")
        parser.add_argument("--counties", type=int, default=3, choices=range(1, 9), help="县（区）数")
        parser.add_argument("--until", type=dt.date.fromisoformat, help="最后一天，如2026-10-31；默认昨天")

    def handle(self, **options: Any) -> None:
        until = options["until"] or timezone.localdate() - dt.timedelta(days=1)
        try:
            made = make_city(
                schools=options["schools"],
                first_day=first_of(until, options["days"]),
                last_day=until,
                seed=options["seed"],
                classes=options["classes"],
                counties=options["counties"],
                tell=self.stdout.write,
            )
        except ValidationError as error:
            raise CommandError("".join(error.messages)) from error
        self.stdout.write(
            f"{made.city}：{made.schools}所学校，{made.classes}个班，{made.notices}份公示，{made.items}项作业。"
        )


def first_of(until: dt.date, workdays: int) -> dt.date:
    """The first of that many statutory workdays up to `until`."""
    day, left = until, workdays
    while left := left - statutory_day(day).is_workday:
        day -= dt.timedelta(days=1)
    return day
