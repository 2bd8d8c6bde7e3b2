"""CSV files, read whatever encoding an office or a bank wrote them in, and written for a spreadsheet.

Bad cells are named as in workbooks.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from paper.workbook import MAX_BYTES, MAX_ROWS, Column, Row, WorkbookError, table_rows

# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def read_csv(content: bytes, columns: Sequence[Column]) -> Iterator[Row]:
    """The rows below the header, empty ones left out; columns are found by header, in any order.

    Raises WorkbookError at once for a file or a header that will not do.
    """
    return table_rows(lines(content), columns)


def headers(content: bytes) -> list[str]:
    """What stands in the first row, empty cells left out. Raises WorkbookError."""
    return [cell.strip() for cell in lines(content)[0] if cell.strip()]


def lines(content: bytes) -> list[list[str]]:
    """At least one. UTF-8 with or without a byte order mark, else GB18030. Raises WorkbookError."""
    if len(content) > MAX_BYTES:
        raise WorkbookError(f"文件超过 {MAX_BYTES // 1024 // 1024} MB，请分成几个文件导入。")
    try:
        found = list(csv.reader(io.StringIO(_text(content), newline=""), strict=True))
    except csv.Error as error:
        raise WorkbookError("文件里的引号不成对，读不下去。请重新导出CSV再试。") from error
    if not found:
        raise WorkbookError("文件是空的，请检查后重新上传。")
    if len(found) > MAX_ROWS:
        raise WorkbookError(f"文件超过 {MAX_ROWS:,} 行，请分成几个文件导入。")
    return found


def harmless(text: str) -> str:
    """So marked that a spreadsheet shows it and does not reckon it."""
    return f"'{text}" if text.startswith(FORMULA) else text


def write_csv(rows: Iterable[Sequence[str | int]]) -> bytes:
    """UTF-8 with a byte order mark, without which Excel shows no Chinese."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _text(content: bytes) -> str:
    if b"\0" in content:
        raise WorkbookError("这不是CSV文件。请从网银或WPS另存为CSV再试。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WorkbookError("文件编码认不出来。请另存为“CSV UTF-8”再试。")
