"""Prove the sums of some days against the facts, put right what differs, and list it."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from reports import rollup
from reports.management.commands.rebuild_days import add_days, days


class Command(BaseCommand):
    help = "用原始记录核对若干天的汇总数字，列出不同之处并改正。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        add_days(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        differences = rollup.reconcile(*days(options))
        for difference in differences:
            self.stdout.write(_words(difference))
        self.stdout.write(f"共{len(differences)}处不同，已改正。" if differences else "没有不同。")


def _words(difference: rollup.Difference) -> str:
    school, *grade = difference.key
    where = f"{difference.day} 学校{school} " + (f"{grade[0]}年级" if grade else "课后服务")
    if difference.stored is None or difference.fresh is None:
        return f"{where}：{'缺少' if difference.stored is None else '多出'}一行"
    changed = [
        f"{name} {old}→{new}"
        for name, old, new in zip(difference.sums.model.COUNTS, difference.stored, difference.fresh, strict=True)
        if old != new
    ]
    return f"{where}：{'、'.join(changed)}"
