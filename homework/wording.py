"""Wordings of homework that a national rule speaks against, found in a text. Pure: no database, no clock, no settings.

A rule warns and never refuses: a pattern cannot know what was meant.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PHRASE = r"[^,.。;:!?、》”]"  # what P stands for in wording.toml
# What a text itself forbids or spares is no demand: 不要用手机, 无需家长签字. But 不要忘记签字 is one.
SPARED = re.compile(
    r"(?:不得|不要(?!忘|漏)|不用|不必|不需要?|不许|不准|无需|无须|勿|禁止|严禁|避免|别(?=用|让|找|请|叫)|少(?=用))[^,.。;:!?、]*"
)
DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
UNITS = {"十": 10, "百": 100}


@dataclass(frozen=True, slots=True)
class WordingRule:
    """A wording that warns, with where it is written."""

    id: str
    name: str  # in lists and heat maps
    words: str  # what the teacher is told that her text does
    advice: str
    issued_by: str
    document: str
    document_no: str
    clause: str
    patterns: tuple[re.Pattern[str], ...]
    from_times: int = 0

    @property
    def source(self) -> str:
        return f"《{self.document}》{f'（{self.document_no}）' if self.document_no else ''}：{self.clause}"

    def touches(self, plain_text: str) -> bool:
        return any(
            "times" not in found.groupdict() or number(found["times"]) >= self.from_times
            for pattern in self.patterns
            for found in pattern.finditer(plain_text)
        )


@cache
def wording_rules() -> dict[str, WordingRule]:
    """By id, in the order of the file."""
    data = tomllib.loads((Path(__file__).parent / "wording.toml").read_text(encoding="utf8"))
    rules = []
    for entry in data["rule"]:
        patterns = tuple(re.compile(pattern.replace("P{", PHRASE + "{")) for pattern in entry["patterns"])
        rules.append(WordingRule(**(entry | {"patterns": patterns})))
    return {rule.id: rule for rule in rules}


def check(text: str) -> list[WordingRule]:
    """The rules that `text` touches, in the order of the file."""
    plain_text = SPARED.sub("", plain(text))
    return [rule for rule in wording_rules().values() if rule.touches(plain_text)]


def plain(text: str) -> str:
    """Half-width marks, digits and letters, small letters, no white space: however a phone's keyboard wrote it."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower()


def number(text: str) -> int:
    """A number below 1000 in digits or as one says it: 10, 十, 十二, 二十, 一百二十."""
    if text.isdecimal():
        return int(text)
    total = digit = 0
    for letter in text:
        if letter in DIGITS:
            digit = DIGITS[letter]
        else:
            total += (digit or 1) * UNITS[letter]
            digit = 0
    return total + digit
