"""The head of an official document (版头, GB/T 9704-2012, 7.2), checked before it is printed by paper/_head.html."""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError

# 机关代字, the whole year in 六角括号, a number without leading zeros or 第: X教〔2026〕5号.
SERIAL = re.compile(r"[^\s\d〔〕第][^\s〔〕第]*〔[12][0-9]{3}〕[1-9][0-9]*号")


@dataclass(frozen=True, slots=True)
class Head:
    """发文机关标志 and 发文字号. Raises ValidationError for a number that is not in form."""

    issuer: str  # as printed in red
    serial: str

    def __post_init__(self) -> None:
        if not SERIAL.fullmatch(self.serial):
            raise ValidationError("发文字号应写成“X教〔2026〕5号”：年份写全，用六角括号，序号不加“第”、前面不加0。")
