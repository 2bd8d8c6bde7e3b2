"""A bank's statement of a month, read from CSV: each line explains its balance, or it is said which does not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from paper.csv_file import headers, read_csv
from paper.workbook import Column, Kind, Row, WorkbookError
from training.policy import yuan

MOST_PROBLEMS = 20
# Our column, and what banks call it.
NAMES = {
    "day": ("日期", "交易日期", "记账日期", "交易时间"),
    "in": ("收入", "收入金额", "贷方发生额", "贷方金额", "转入金额"),
    "out": ("支出", "支出金额", "借方发生额", "借方金额", "转出金额"),
    "balance": ("余额", "账户余额", "交易后余额"),
    "paid_to": ("对方户名", "对方名称", "收款人", "交易对方"),
}
KINDS = {"day": Kind.DATE, "in": Kind.MONEY, "out": Kind.MONEY, "balance": Kind.MONEY, "paid_to": Kind.TEXT}
OPTIONAL = ("paid_to",)


class StatementError(Exception):
    """The file will not do; `problems` in Chinese, at most MOST_PROBLEMS of them."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(problems[0])
        self.problems = list(problems[:MOST_PROBLEMS])


@dataclass(frozen=True, slots=True)
class Line:
    """`cents`: in positive, out negative; `balance` after it. Both in 分."""

    number: int
    day: dt.date
    cents: int
    balance: int
    paid_to: str


@dataclass(frozen=True, slots=True)
class Read:
    """All lines of one month, in the order of time."""

    month: dt.date  # its first day
    lines: tuple[Line, ...]

    @property
    def opening(self) -> int:
        return self.lines[0].balance - self.lines[0].cents

    @property
    def closing(self) -> int:
        return self.lines[-1].balance

    @property
    def came_in(self) -> int:
        return sum(line.cents for line in self.lines if line.cents > 0)

    @property
    def went_out(self) -> int:
        return -sum(line.cents for line in self.lines if line.cents < 0)


def read(content: bytes) -> Read:
    """Raises StatementError: a file, a cell or a sum that will not do. Latest-first files are turned round."""
    try:
        rows = list(read_csv(content, _columns(headers(content))))
    except WorkbookError as error:
        raise StatementError([str(error)]) from error
    problems = [str(error) for row in rows for error in row.errors]
    problems += [f"第 {row.number} 行：{wrong}" for row in rows if not row.errors and (wrong := _wrong(row.values))]
    if problems or not rows:
        raise StatementError(problems or ["文件里没有流水，请检查后重新上传。"])
    lines = _in_order([_line(row) for row in rows])
    _require_one_month(lines)
    return Read(lines[0].day.replace(day=1), tuple(lines))


def _columns(found: Sequence[str]) -> list[Column]:
    columns = []
    for key, names in NAMES.items():
        name = next((name for name in names if name in found), None)
        if name is None and key not in OPTIONAL:
            raise StatementError([f"缺少“{names[0]}”一列（也可以叫{'、'.join(names[1:])}）。"])
        if name:
            columns.append(Column(key, name, KINDS[key], is_required=key in ("day", "balance")))
    return columns


def _wrong(values: dict[str, Any]) -> str:
    came_in, went_out = values["in"] or 0, values["out"] or 0
    if came_in < 0 or went_out < 0:
        return "收入和支出都应是正数。"
    if bool(came_in) == bool(went_out):
        return "收入和支出应有一个、也只有一个不是0。"
    return ""


def _line(row: Row) -> Line:
    values = row.values
    went_out = values["out"] or 0
    paid_to = (values.get("paid_to") or "")[:100] if went_out else ""
    return Line(row.number, values["day"], (values["in"] or 0) - went_out, values["balance"], paid_to)


def _in_order(lines: list[Line]) -> list[Line]:
    """The oldest first, as the balances say. Raises StatementError at the first one that is not explained."""
    gaps = [_gap(lines), _gap(lines[::-1])]
    if gaps[0] is None:
        return lines
    if gaps[1] is None:
        return lines[::-1]
    before, line = gaps[0] if lines[0].day <= lines[-1].day else gaps[1]
    expected = before.balance + line.cents
    raise StatementError(
        [
            f"第 {line.number} 行：余额对不上，按上一笔应是{yuan(expected)}，现在是{yuan(line.balance)}。"
            "请核对是否漏了交易。"
        ]
    )


def _gap(lines: Sequence[Line]) -> tuple[Line, Line] | None:
    """The first two of them where the second's balance does not follow from the first's, or its day comes before."""
    return next(((one, two) for one, two in pairwise(lines) if _is_gap(one, two)), None)


def _is_gap(one: Line, two: Line) -> bool:
    return one.balance + two.cents != two.balance or two.day < one.day


def _require_one_month(lines: Sequence[Line]) -> None:
    months = {(line.day.year, line.day.month) for line in lines}
    if len(months) > 1:
        raise StatementError(["一份文件只放一个月的流水，请按月分开导出。"])
