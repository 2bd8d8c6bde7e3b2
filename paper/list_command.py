"""A management command that brings in one file whole, or says why not."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from paper.workbook import WorkbookError


class ListCommand(BaseCommand):
    """Of an app's list, CSV or workbook; `bring_in` is the app's own."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="文件")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            said = self.bring_in(file.read_bytes())
        except OSError as error:
            raise CommandError(f"读不了{file}：{error.strerror}。") from error
        except WorkbookError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(said)

    def bring_in(self, content: bytes) -> str:
        """What was done, in words. Raises paper.workbook.WorkbookError with every line that will not do."""
        raise NotImplementedError
