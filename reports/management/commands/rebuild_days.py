"""Make the sums of some days again, in this process."""

import argparse
import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports import rollup
from schools.calendar import days_between


def add_days(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--first", required=True, type=dt.date.fromisoformat, help="第一天，如2026-10-01")
    parser.add_argument("--last", required=True, type=dt.date.fromisoformat, help="最后一天，含当日")


def days(options: dict[str, Any]) -> tuple[dt.date, dt.date]:
    if options["last"] < options["first"]:
        raise CommandError("--last不能早于--first。")
    return options["first"], options["last"]


class Command(BaseCommand):
    help = "重新汇总若干天的作业和课后服务数字。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        add_days(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        first_day, last_day = days(options)
        rows = rollup.rebuild_days(first_day, last_day)
        self.stdout.write(f"已汇总{len(days_between(first_day, last_day))}天，{rows}行。")
