"""The columns of a register in a workbook, whoever made it: which header means what, and what its words mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from paper.workbook import Column, Kind, Row, headers, read_rows, sheet_titles
from schools.credit_code import fault, written
from training.models import Institution

MOST_ROWS = 20_000
YES_NO = {"是": True, "否": False, "有": True, "无": False, "已": True, "未": False, "√": True, "×": False}


def _words(choices: Sequence[tuple[str, Any]], **also: str) -> dict[str, str]:
    return {str(label): value for value, label in choices} | also


@dataclass(frozen=True, slots=True)
class Field:
    """A column that an institution has. `words` are those that its cells may hold; None where any text may stand."""

    key: str
    label: str
    aliases: tuple[str, ...] = ()
    kind: Kind = Kind.TEXT
    words: Mapping[str, Any] | None = None
    is_required: bool = False
    longest: int = 0


FIELDS = (
    Field("name", "名称", ("机构名称", "培训机构名称", "单位名称"), is_required=True, longest=100),
    Field("credit_code", "统一社会信用代码", ("信用代码", "社会信用代码"), Kind.CODE),
    Field("county", "县（市、区）", ("县代码", "县（区）", "县区", "区县", "所属区县", "所在区县"), Kind.CODE),
    Field(
        "subject",
        "类别",
        ("机构类别", "培训类别", "学科类型"),
        words=_words(Institution.Subject.choices, 学科="academic", 非学科="other"),
        is_required=True,
    ),
    Field("form", "形式", ("培训形式", "线上线下"), words=_words(Institution.Form.choices)),
    Field(
        "state", "状态", ("机构状态", "经营状态", "办学状态"), words=_words(Institution.State.choices, 正常="operating")
    ),
    Field(
        "registration",
        "登记",
        ("登记类型", "营利性质", "机构性质"),
        words=_words(Institution.Registration.choices, 营利="profit", 非营利="non_profit"),
    ),
    Field("permit", "许可", ("许可情况",), words=_words(Institution.Permit.choices, 备案="filed", 审批="approved")),
    Field("authority", "主管部门", ("业务主管部门",), longest=40),
    Field("approver", "审批机关", ("审批部门", "发证机关"), longest=60),
    Field("licence_no", "许可证号", ("办学许可证号", "办学许可证编号"), Kind.CODE, longest=40),
    Field("licence_until", "许可证有效期至", ("有效期至", "许可证到期日期"), Kind.DATE),
    Field("founded_on", "成立日期", ("成立时间", "注册日期"), Kind.DATE),
    Field("address", "地址", ("办学地址", "培训地址", "详细地址"), longest=200),
    Field("on_platform", "已入驻全国平台", ("是否入驻平台",), words=YES_NO),
    Field("model_contract", "示范合同", ("使用示范合同",), words=YES_NO),
    Field("guide_price", "政府指导价", ("执行政府指导价",), words=YES_NO),
    Field("rest_days_found", "占用节假日培训", ("曾占用节假日培训",), words=YES_NO),
    Field("rest_days_cleared", "已清理", (), words=YES_NO),
    Field(
        "prepaid_control", "预收费监管", ("预收费监管方式",), words=_words(Institution.Control.choices, 托管="custody")
    ),
)
BY_KEY = {field.key: field for field in FIELDS}
REQUIRED = [field.key for field in FIELDS if field.is_required]

# What an institution without the column has.
DEFAULTS = {"form": "offline", "state": "operating", "registration": "profit", "permit": "none"}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file: the values that it states, by field, and what is wrong with it."""

    number: int  # as Excel counts
    values: dict[str, Any]
    problems: tuple[str, ...]


def first_sheet(content: bytes) -> str:
    """Raises WorkbookError."""
    return sheet_titles(content)[0]


def headers_of(content: bytes) -> list[str]:
    """Raises WorkbookError."""
    return headers(content, first_sheet(content))


def guess(found: Sequence[str]) -> dict[str, str]:
    """Field to header, where a header is a field's label or one of its other names."""
    guessed = {}
    for field in FIELDS:
        header = next((name for name in (field.label, *field.aliases) if name in found), None)
        if header:
            guessed[field.key] = header
    return guessed


def columns_of(mapping: Mapping[str, str]) -> list[Column]:
    return [
        Column(key, mapping[key], BY_KEY[key].kind, 18, BY_KEY[key].is_required) for key in BY_KEY if key in mapping
    ]


def lines(content: bytes, mapping: Mapping[str, str]) -> Iterator[Line]:
    """The rows read by `mapping`. Raises WorkbookError."""
    for row in rows_of(content, mapping):
        yield _line(row)


def rows_of(content: bytes, mapping: Mapping[str, str]) -> Iterator[Row]:
    return read_rows(content, first_sheet(content), columns_of(mapping))


def _line(row: Row) -> Line:
    problems = [f"{error.header}：{error.message}" for error in row.errors]
    values = {}
    for key, value in row.values.items():
        field = BY_KEY[key]
        if value is None:
            continue
        try:
            values[key] = _meant(field, value)
        except ValueError as error:
            problems.append(f"{field.label}：{error}")
    return Line(row.number, values, tuple(problems))


def _meant(field: Field, value: Any) -> Any:
    """Raises ValueError in words."""
    if field.words is not None:
        if value not in field.words:
            raise ValueError(f"“{value}”看不懂，应填{'、'.join(list(field.words)[:6])}之一。")
        return field.words[value]
    if field.key == "credit_code":
        code = written(value)
        if wrong := fault(code):
            raise ValueError(wrong)
        return code
    text = " ".join(value.split()) if isinstance(value, str) else value
    if field.longest and len(text) > field.longest:
        raise ValueError(f"最多{field.longest}字。")
    return text
