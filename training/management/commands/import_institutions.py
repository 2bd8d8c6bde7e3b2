"""import_institutions: the register and its baseline from one list, CSV or workbook."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from paper.workbook import WorkbookError
from training.services import institution_list


class Command(BaseCommand):
    help = "导入培训机构名单，锁定各县基数：14列见用户手册，另可有状态日期。有一行不对就一行也不导入。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="文件")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            added = institution_list.bring_in(file.read_bytes())
        except OSError as error:
            raise CommandError(f"读不了{file}：{error.strerror}。") from error
        except WorkbookError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"已导入{added}家机构，纳入基数的已锁定。")
