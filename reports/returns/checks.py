"""What is looked at before a return is sent: warnings, to be explained or put right. Errors are constraints. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schools.models import OrgUnit

# A number that grew or fell to this many times its last is worth a second look, from this size on.
JUMP, JUMP_FROM = 3, 10
# All leads closed, of this many and more, is rare.
MANY_LEADS = 20
YES_NO = {True: "是", False: "否"}


@dataclass(frozen=True, slots=True)
class Known:
    """What the system finds of the same items, with the reason in words; empty where it knows nothing."""

    items: Mapping[int, Any] = field(default_factory=dict)
    reasons: Mapping[int, str] = field(default_factory=dict)


def warnings(level: str, answers: Mapping[int, Any], known: Known, last: Mapping[int, Any]) -> list[str]:
    """In the order of items, each saying what does not fit. `last` are the answers of the period before."""
    found = [words for item, answer in answers.items() if (words := _against(item, answer, known))]
    found += [words for item, answer in answers.items() if (words := _jump(item, answer, last.get(item)))]
    if level == OrgUnit.Level.SCHOOL and not known.items and all(answers.values()):
        found.append("系统里没有本期的上课日记录，五项全填“是”没有记录支持。")
    leads, closed = answers.get(17) or 0, answers.get(18)
    if leads >= MANY_LEADS and closed == leads:
        found.append(f"第18项：{leads}条线索全部办结（100%），请核对有没有还在办的。")
    return found


def _against(item: int, answer: Any, known: Known) -> str:
    if item not in known.items:
        return ""
    computed = known.items[item]
    reason = f"（{known.reasons[item]}）" if item in known.reasons else ""
    if isinstance(answer, bool):
        if answer == bool(computed):
            return ""
        return f"第{item}项填“{YES_NO[answer]}”，系统计算为“{YES_NO[bool(computed)]}”{reason}。"
    if answer < computed:
        return f"第{item}项填{answer}，少于系统里的{computed}。"
    return ""


def _jump(item: int, answer: Any, before: Any) -> str:
    if isinstance(answer, bool) or before is None or max(answer, before) < JUMP_FROM:
        return ""
    if answer > JUMP * before or before > JUMP * answer:
        return f"第{item}项填{answer}，上期是{before}，相差很大。"
    return ""
