"""import_units: a city's counties and schools from one list, CSV or workbook."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from paper.workbook import WorkbookError
from schools.imports import unit_list


class Command(BaseCommand):
    help = "导入市、县、学校名单：级别,代码,名称,上级代码（级别：市|县|学校）。CSV或Excel，有一行不对就一行也不导入。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="文件")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            added = unit_list.bring_in(file.read_bytes())
        except OSError as error:
            raise CommandError(f"读不了{file}：{error.strerror}。") from error
        except WorkbookError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"已导入{added}个单位。")
