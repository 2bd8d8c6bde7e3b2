"""Judge notices again by the rules as they now stand: the twin of the task of the same name."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from homework.services.reassess import Extent, judge_again
from schools.models import OrgUnit


class Command(BaseCommand):
    help = "按现行规定重新判定一个单位及以下的作业公示。可以重复运行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--unit", required=True, help="单位代码")
        parser.add_argument("--first", required=True, type=dt.date.fromisoformat, help="第一天，如 2026-09-01")
        parser.add_argument("--last", type=dt.date.fromisoformat, help="最后一天；不填到今天为止")
        parser.add_argument("--grade", type=int, choices=range(1, 10), help="年级，1到9；不填为各年级")

    def handle(self, *, unit: str, first: dt.date, last: dt.date | None, grade: int | None, **options: Any) -> None:
        found = OrgUnit.objects.filter(code=unit).first()
        if found is None:
            raise CommandError(f"没有代码为{unit}的单位。")
        for done, total in judge_again(Extent(found.pk, first, last, grade)):
            self.stdout.write(f"{done} / {total} 所学校")
