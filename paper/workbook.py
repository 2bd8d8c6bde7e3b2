"""Excel workbooks: written with xlsxwriter; read with calamine, every bad cell named by row and column."""

import datetime as dt
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

# An upload above this is refused before it is opened; so is one that unpacks to more.
MAX_BYTES = 12 * 1024 * 1024
MAX_UNPACKED_BYTES = 300 * 1024 * 1024
MAX_ROWS = 100_000
PROBLEM_HEADER = "问题"

# Numbers above this have lost their last digits in Excel already.
EXACT_BELOW = 10**15
EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})
DATE = re.compile(r"(\d{4})(?:[-/.年]?)(\d{1,2})(?:[-/.月]?)(\d{1,2})日?")

Value = str | int | float | dt.date | None


class Kind(StrEnum):
    TEXT = "text"
    CODE = "code"  # digits and letters that are no quantity: read as text, full-width digits made half-width
    INT = "int"
    MINUTES = "minutes"
    PERCENT = "percent"  # a share: 0.95 prints 95.00%
    MONEY = "money"  # a sum of yuan, kept as whole 分
    YES_NO = "yes_no"  # 是 or 否
    DATE = "date"


FORMATS = {
    Kind.TEXT: {"num_format": "@"},
    Kind.CODE: {"num_format": "@"},
    Kind.INT: {"num_format": "#,##0"},
    Kind.MINUTES: {"num_format": "#,##0"},
    Kind.PERCENT: {"num_format": "0.00%"},
    Kind.DATE: {"num_format": "yyyy-mm-dd", "align": "left"},
    Kind.YES_NO: {"num_format": "@"},
    Kind.MONEY: {"num_format": "#,##0.00"},
}


@dataclass(frozen=True, slots=True)
class Column:
    """`key` names the value in a Row; `header` is what the sheet says; `width` is in characters of Excel."""

    key: str
    header: str
    kind: Kind = Kind.TEXT
    width: int = 14
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet to be written; each row holds one value per column, in their order."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]] = ()


@dataclass(frozen=True, slots=True)
class CellError:
    row: int  # as Excel counts: the header is row 1
    header: str
    message: str

    def __str__(self) -> str:
        return f"第 {self.row} 行“{self.header}”：{self.message}"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a sheet: the values by column key (None where empty or bad), its errors, and the cells as they came."""

    number: int  # as Excel counts
    values: dict[str, Any]
    errors: tuple[CellError, ...]
    cells: tuple[Value, ...]  # in the order of the columns asked for


@dataclass(frozen=True, slots=True)
class ErrorSheet:
    """Rows to be given back; `problems` by row number come after each row's own errors."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    problems: Mapping[int, Sequence[str]] = field(default_factory=dict)


class WorkbookError(Exception):
    """The file as a whole cannot be read; the message is for the person who sent it."""


class _BadCellError(Exception):
    """Carries the words of a CellError up to where row and column are known."""


# --- Writing ---


def write_workbook(sheets: Sequence[Sheet]) -> bytes:
    """An .xlsx with a frozen header on each sheet. Text is always written as text, so none can become a formula."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    formats = {kind: book.add_format(style) for kind, style in FORMATS.items()}
    head = book.add_format({"bold": True, "bg_color": "#E4EEF4", "border": 1, "text_wrap": True, "valign": "vcenter"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.title)
        page.freeze_panes(1, 0)
        for place, column in enumerate(sheet.columns):
            page.set_column(place, place, column.width, formats[column.kind])
            page.write_string(0, place, column.header, head)
        for line, row in enumerate(sheet.rows, start=1):
            for place, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
                _write_cell(page, line, place, value, formats[column.kind])
    book.close()
    return target.getvalue()


def _write_cell(page: Any, line: int, place: int, value: Value, style: Any) -> None:
    if value is None:
        return
    if isinstance(value, dt.date):
        page.write_datetime(line, place, value, style)
    elif isinstance(value, int | float):
        page.write_number(line, place, value, style)
    else:
        page.write_string(line, place, str(value), style)


def error_workbook(sheets: Sequence[ErrorSheet]) -> bytes:
    """The given rows as they came, with a last column 问题; corrected, the file can be sent in again as it is."""
    problem = Column("problem", PROBLEM_HEADER, width=60)
    return write_workbook(
        [
            # What came is given back as text: a bad date, for one, is no date.
            Sheet(sheet.title, [*(_as_text(column) for column in sheet.columns), problem], _with_problems(sheet))
            for sheet in sheets
        ]
    )


def _as_text(column: Column) -> Column:
    return Column(column.key, column.header, width=column.width)


def _with_problems(sheet: ErrorSheet) -> Iterator[list[Value]]:
    for row in sheet.rows:
        own = [f"{error.header}：{error.message}" for error in row.errors]
        yield [*(_shown(cell) for cell in row.cells), "；".join([*own, *sheet.problems.get(row.number, ())])]


# --- Reading ---


def read_rows(content: bytes, sheet: str, columns: Sequence[Column]) -> Iterator[Row]:
    """The rows below the header of `sheet`, empty ones left out; columns are found by header, in any order.

    Further columns are passed over. Raises WorkbookError at once for a file, sheet or header that will not do.
    """
    page = _open(content, sheet)
    if page.end is not None and page.end[0] > MAX_ROWS:
        raise WorkbookError(f"工作表“{sheet}”超过 {MAX_ROWS:,} 行，请分成几个文件导入。")
    return table_rows(page.iter_rows(), columns, f"工作表“{sheet}”")


def table_rows(lines: Iterable[Sequence[Any]], columns: Sequence[Column], name: str = "文件") -> Iterator[Row]:
    """As `read_rows`, of lines that were read already; `name` is what its words call them."""
    rest = iter(lines)
    places = _places(next(rest, []), name, columns)
    return _rows(rest, columns, places)


def sheet_titles(content: bytes) -> list[str]:
    """The sheets of a workbook, in order. Raises WorkbookError."""
    return list(_open_workbook(content).sheet_names)


def headers(content: bytes, sheet: str) -> list[str]:
    """What stands in the first row of `sheet`, empty cells left out. Raises WorkbookError."""
    first = next(iter(_open(content, sheet).iter_rows()), [])
    return [str(cell).strip() for cell in first if str(cell).strip()]


def _open(content: bytes, sheet: str) -> CalamineSheet:
    workbook = _open_workbook(content)
    if sheet not in workbook.sheet_names:
        present = "、".join(workbook.sheet_names)
        raise WorkbookError(f"没有名为“{sheet}”的工作表（文件中有：{present}）。请使用下载的模板，不要改工作表名。")
    try:
        return workbook.get_sheet_by_name(sheet)
    except CalamineError as error:
        raise WorkbookError(f"工作表“{sheet}”已损坏，无法读取。请用 Excel 打开后另存为 .xlsx 再试。") from error


def _open_workbook(content: bytes) -> CalamineWorkbook:
    if len(content) > MAX_BYTES:
        raise WorkbookError(f"文件超过 {MAX_BYTES // 1024 // 1024} MB，请分成几个文件导入。")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise WorkbookError("文件展开后过大，请删去多余的工作表和空行，或分成几个文件导入。")
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except (zipfile.BadZipFile, CalamineError) as error:
        raise WorkbookError(
            "这不是 .xlsx 工作簿，或文件已损坏、已加密。请用 Excel 或 WPS 另存为 .xlsx 再试。"
        ) from error


def _places(header: Sequence[Any], name: str, columns: Sequence[Column]) -> list[int]:
    """Where each column stands."""
    found = [str(cell).strip() for cell in header]
    missing = [column.header for column in columns if column.header not in found]
    if missing:
        raise WorkbookError(f"{name}第 1 行缺少列：{'、'.join(missing)}。请使用下载的模板，不要改列名。")
    doubled = [column.header for column in columns if found.count(column.header) > 1]
    if doubled:
        raise WorkbookError(f"{name}有重复的列：{'、'.join(doubled)}。请删去多余的一列。")
    return [found.index(column.header) for column in columns]


def _rows(lines: Iterable[Sequence[Any]], columns: Sequence[Column], places: Sequence[int]) -> Iterator[Row]:
    for number, line in enumerate(lines, start=2):
        cells = tuple(line[place] if place < len(line) else "" for place in places)
        if any(_shown(cell) for cell in cells):
            yield _row(number, columns, cells)


def _row(number: int, columns: Sequence[Column], cells: tuple[Any, ...]) -> Row:
    values: dict[str, Any] = {}
    errors = []
    for column, cell in zip(columns, cells, strict=True):
        try:
            values[column.key] = _parse(column, cell)
        except _BadCellError as error:
            values[column.key] = None
            errors.append(CellError(number, column.header, str(error)))
    return Row(number, values, tuple(errors), cells)


def _parse(column: Column, cell: Any) -> Value:
    text = _shown(cell)
    if not text:
        if column.is_required:
            raise _BadCellError("必填，不能空着。")
        return None
    if text in EXCEL_ERRORS:
        raise _BadCellError(f"公式出错（{text}），请改填实际内容。")
    return PARSERS[column.kind](text, cell)


def _shown(cell: Any) -> str:
    """The cell as Excel would show it, without spaces at its ends: 6.0 is 6, a date is 2026-09-01."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    return "" if cell is None else str(cell).strip()


def _text(text: str, cell: Any) -> str:
    if isinstance(cell, float) and abs(cell) >= EXACT_BELOW:
        raise _BadCellError("数字过长，Excel 已改掉末几位。请先把这一列设为“文本”格式，再重新填写。")
    return text


def _code(text: str, cell: Any) -> str:
    return unicodedata.normalize("NFKC", _text(text, cell)).replace(" ", "")


def _int(text: str, cell: Any) -> int:
    digits = unicodedata.normalize("NFKC", text).replace(",", "")
    if not re.fullmatch(r"-?[0-9]{1,15}", digits):
        raise _BadCellError(f"应填整数，现在是“{text}”。")
    return int(digits)


def _minutes(text: str, cell: Any) -> int:
    minutes = _int(text.removesuffix("分钟").strip(), cell)
    if not 0 <= minutes <= 24 * 60:
        raise _BadCellError(f"应填 0 到 1440 的分钟数，现在是“{text}”。")
    return minutes


def _percent(text: str, cell: Any) -> float:
    if isinstance(cell, float):
        return cell
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)%", unicodedata.normalize("NFKC", text))
    if not match:
        raise _BadCellError(f"应填百分数，如 95%，现在是“{text}”。")
    return float(match[1]) / 100


def _money(text: str, cell: Any) -> int:
    """Whole 分: a bank's "12,345.60" and Excel's 12345.6 alike, never rounded."""
    digits = unicodedata.normalize("NFKC", text).replace(",", "").removeprefix("¥").removesuffix("元").strip()
    if not re.fullmatch(r"-?[0-9]{1,13}(\.[0-9]{1,2})?", digits):
        raise _BadCellError(f"应填以元为单位的金额，如 12,345.60，现在是“{text}”。")
    return int(Decimal(digits) * 100)


def _date(text: str, cell: Any) -> dt.date:
    match = DATE.fullmatch(unicodedata.normalize("NFKC", text).replace(" ", ""))
    try:
        if match:
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise _BadCellError(f"应填日期，如 2026-09-01，现在是“{text}”。")


def _yes_no(text: str, cell: Any) -> bool:
    if text not in ("是", "否"):
        raise _BadCellError(f"应填“是”或“否”，现在是“{text}”。")
    return text == "是"


PARSERS: dict[Kind, Callable[[str, Any], Value]] = {
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.INT: _int,
    Kind.MINUTES: _minutes,
    Kind.PERCENT: _percent,
    Kind.DATE: _date,
    Kind.MONEY: _money,
    Kind.YES_NO: _yes_no,
}
