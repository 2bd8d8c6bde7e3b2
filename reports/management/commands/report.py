"""Make a report without the web: `manage.py report --unit 410900 --period 2026-10-H1 --format pdf --out FILE`."""

import argparse
import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from paper.errors import PaperError
from reports import services
from reports.compute import NoReportError
from reports.models import Report, ReportFile
from schools.models import OrgUnit
from schools.periods import Period, UnknownPeriodError, parse


class Command(BaseCommand):
    help = "生成一个市或县（市、区）一期的报表，写入文件。截止日之前为草稿。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--unit", required=True, help="市或县（市、区）的代码")
        parser.add_argument("--period", required=True, help="期次：2026-10-H1、2026-10-H2或2026-10")
        parser.add_argument("--format", default="pdf", choices=ReportFile.Format.values, help="格式")
        parser.add_argument("--out", required=True, type=Path, help="写到哪个文件")

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["out"]
        if not target.parent.is_dir():
            raise CommandError(f"文件夹{target.parent}不存在。")
        report = self._make(_unit(options["unit"]), _period(options["period"]))
        content = bytes(report.files.get(format=options["format"]).content)
        try:
            write_whole(target, content)
        except OSError as error:
            raise CommandError(f"无法写入{target}：{error.strerror}。") from error
        state = "草稿" if report.is_draft else f"第{report.version}版"
        self.stdout.write(f"{report}（{state}）已写入{target}。")

    def _make(self, unit: OrgUnit, period: Period) -> Report:
        try:
            return services.make_report(
                unit=unit, period=period, now=timezone.now(), told=lambda done, note: self.stderr.write(f"{note}……")
            )
        except (NoReportError, PaperError) as error:
            raise CommandError(str(error)) from error


def write_whole(target: Path, content: bytes) -> None:
    """Write beside the target and rename, so that there is the whole file or none. Raises OSError."""
    with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as part:
        try:
            part.write(content)
            part.close()
            umask = os.umask(0)
            os.umask(umask)
            Path(part.name).chmod(0o666 & ~umask)
            Path(part.name).replace(target)
        except OSError:
            Path(part.name).unlink(missing_ok=True)
            raise


def _unit(code: str) -> OrgUnit:
    unit = OrgUnit.objects.filter(code=code).first()
    if unit is None:
        raise CommandError(f"没有代码为{code}的单位。")
    return unit


def _period(code: str) -> Period:
    try:
        return parse(code)
    except UnknownPeriodError as error:
        raise CommandError(str(error)) from error
