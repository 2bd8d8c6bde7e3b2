"""Make a report without the web: `manage.py report --unit 410900 --period 2026-10-H1 --format pdf --out FILE`.

With `--form half-month`: the national form, of a period that may lie before the system's first day.
"""

import argparse
import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from paper.errors import PaperError
from reports import services
from reports.compute import NoReportError
from reports.models import Report, ReportFile
from reports.national import papers
from reports.national.form import make_form
from schools.models import OrgUnit
from schools.periods import Period, UnknownPeriodError, parse

NATIONAL = "half-month"
FORMS = ("report", NATIONAL)
FORMATS = sorted({*papers.FORMATS, *ReportFile.Format.values})


class Command(BaseCommand):
    help = "生成一个市或县（市、区）一期的报表，写入文件。截止日之前为草稿。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--unit", required=True, help="市或县（市、区）的代码")
        parser.add_argument("--period", required=True, help="期次：2026-10-H1、2026-10-H2或2026-10")
        parser.add_argument("--form", default="report", choices=FORMS, help="report或half-month（国家半月报表）")
        parser.add_argument(
            "--format", default="pdf", choices=sorted({*papers.FORMATS, *ReportFile.Format.values}), help="格式"
        )
        parser.add_argument("--decimals", type=int, choices=(0, 1, 2), help="国家半月报表占比的小数位数")
        parser.add_argument("--across", action="store_true", help="国家半月报表横排：各县一行")
        parser.add_argument("--public", action="store_true", help="国家半月报表公开版：说明里不列单位")
        parser.add_argument("--out", required=True, type=Path, help="写到哪个文件")

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["out"]
        if not target.parent.is_dir():
            raise CommandError(f"文件夹{target.parent}不存在。")
        unit, period = _unit(options["unit"]), _period(options["period"])
        if options["form"] == NATIONAL:
            name, content = self._national(unit, period, options)
        else:
            name, content = self._kept(unit, period, options["format"])
        try:
            write_whole(target, content)
        except OSError as error:
            raise CommandError(f"无法写入{target}：{error.strerror}。") from error
        self.stdout.write(f"{name}已写入{target}。")

    def _kept(self, unit: OrgUnit, period: Period, format: str) -> tuple[str, bytes]:
        if format not in ReportFile.Format.values:
            raise CommandError(f"月报、半月报没有{format}格式，请用{'、'.join(ReportFile.Format.values)}。")
        report = self._make(unit, period)
        state = "草稿" if report.is_draft else f"第{report.version}版"
        return f"{report}（{state}）", bytes(report.files.get(format=format).content)

    def _national(self, unit: OrgUnit, period: Period, options: dict[str, Any]) -> tuple[str, bytes]:
        if options["format"] not in papers.FORMATS:
            raise CommandError(f"国家半月报表没有{options['format']}格式，请用{'、'.join(papers.FORMATS)}。")
        now = timezone.now()
        decimals = settings.FORM_DECIMALS if options["decimals"] is None else options["decimals"]
        try:
            form = make_form(unit, period, decimals=decimals, now=now)
            content = papers.written(
                form, options["format"], now=now, across=options["across"], is_public=options["public"]
            )
        except (NoReportError, PaperError) as error:
            raise CommandError(str(error)) from error
        return f"{form.title}{form.subtitle}{'（草稿）' if form.is_draft else ''}", content

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
