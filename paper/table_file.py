"""A table that came as a file, a workbook's first sheet or CSV, taken whole or refused with every reason."""

from collections.abc import Iterable, Sequence

from paper import csv_file, workbook
from paper.workbook import Column, Row, WorkbookError

# Reasons beyond these are counted only: whoever made one mistake made it in every line.
MOST_REASONS = 50
ZIP = b"PK\x03\x04"


def headers(content: bytes) -> list[str]:
    """What stands in the first row, empty cells left out. Raises WorkbookError."""
    if _is_workbook(content):
        return workbook.headers(content, workbook.sheet_titles(content)[0])
    return csv_file.headers(content)


def whole_table(content: bytes, columns: Sequence[Column]) -> list[Row]:
    """All rows, each of them good. Raises WorkbookError for a bad file or header, or with every bad cell."""
    if _is_workbook(content):
        rows = list(workbook.read_rows(content, workbook.sheet_titles(content)[0], columns))
    else:
        rows = list(csv_file.read_csv(content, columns))
    refuse([str(error) for row in rows for error in row.errors])
    if not rows:
        raise WorkbookError("文件里只有表头，没有内容。")
    return rows


def refuse(reasons: Iterable[str]) -> None:
    """Raise WorkbookError with the reasons, a line each; nothing where there are none."""
    lines = list(reasons)
    if not lines:
        return
    left = len(lines) - MOST_REASONS
    shown = lines[:MOST_REASONS] + ([f"还有{left}处问题，没有列出。"] if left > 0 else [])
    raise WorkbookError("\n".join([*shown, "一行也没有导入，请改好后重新导入。"]))


def _is_workbook(content: bytes) -> bool:
    return content.startswith(ZIP)
