"""import_returns: returns of schools, counties or the city, told by the header; CSV or workbook."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from paper.workbook import WorkbookError
from reports.returns import imports
from schools.models import OrgUnit


class Command(BaseCommand):
    help = "导入上报（按表头认学校、县、市），进来就是“接收”。有一行不对就一行也不导入。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="文件")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            brought = imports.bring_in(file.read_bytes())
        except OSError as error:
            raise CommandError(f"读不了{file}：{error.strerror}。") from error
        except WorkbookError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"已导入{brought.count}份{OrgUnit.Level(brought.level).label}上报（接收）。")
