"""Head and foot of an official document (GB/T 9704-2012, 7.2 and 7.4), checked before they are printed."""

import datetime as dt
import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError

# 机关代字, the whole year in 六角括号, a number without leading zeros or 第: X教〔2026〕5号.
SERIAL = re.compile(r"[^\s\d〔〕第][^\s〔〕第]*〔[12][0-9]{3}〕[1-9][0-9]*号")
COPY_NUMBER = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class Head:
    """版头. `signer` only of a document to a higher body. Raises ValidationError for a number that is not in form."""

    issuer: str
    serial: str
    copy_number: str = ""
    signer: str = ""

    def __post_init__(self) -> None:
        if not self.issuer.strip():
            raise ValidationError("请填发文机关。")
        if not SERIAL.fullmatch(self.serial):
            raise ValidationError("发文字号应写成“X教〔2026〕5号”：年份写全，用六角括号，序号不加“第”、前面不加0。")
        if self.copy_number and not COPY_NUMBER.fullmatch(self.copy_number):
            raise ValidationError("份号应为6位数字。")


@dataclass(frozen=True, slots=True)
class Foot:
    """版记. `copies_to` may be empty."""

    copies_to: str
    issued_by: str
    issued_on: dt.date

    def __post_init__(self) -> None:
        if not self.issued_by.strip():
            raise ValidationError("请填印发机关。")


@dataclass(frozen=True, slots=True)
class BriefHead:
    """The head of a 简报: its name, number, editor and day."""

    name: str
    number: int
    editor: str
    day: dt.date

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.editor.strip():
            raise ValidationError("请填简报名称和编印单位。")
        if self.number < 1:
            raise ValidationError("期数从1开始。")
