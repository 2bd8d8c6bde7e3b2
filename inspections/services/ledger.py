"""What is done from the ledger: filters kept, many findings reminded of or closed at once, taken away as a workbook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from accounts.refusals import insert
from accounts.services import audit
from inspections.ledger import Asked
from inspections.models import Finding, SavedFilter
from inspections.services import findings as services
from paper.workbook import Column, Kind, Sheet, write_workbook

MOST_FILTERS = 20
MOST_ROWS = 20_000  # of one workbook


@dataclass(slots=True)
class Outcome:
    """How many were done, and why others were not, by reason."""

    done: int = 0
    refused: dict[str, int] = field(default_factory=dict)


@transaction.atomic
def save_filter(*, by: User, name: str, want: Asked) -> SavedFilter:
    """Raises ValidationError: no name, one that she has, too many."""
    if SavedFilter.objects.filter(user=by).count() >= MOST_FILTERS:
        raise ValidationError(f"最多保存{MOST_FILTERS}个筛选，请先删掉不用的。")
    saved = SavedFilter(user=by, name=name.strip(), query=want.query)
    if not saved.name:
        raise ValidationError("请给筛选起一个名称。")
    saved.full_clean(validate_constraints=False)
    insert(saved)
    return saved


def remind(*, by: User, rows: Iterable[Finding]) -> Outcome:
    return _each(rows, lambda finding: services.remind(by=by, finding=finding))


def close(*, by: User, rows: Iterable[Finding]) -> Outcome:
    return _each(rows, lambda finding: services.close(by=by, finding=finding))


def _each(rows: Iterable[Finding], act: Callable[[Finding], object]) -> Outcome:
    """Each for itself: what one is refused for does not hold up the others."""
    outcome = Outcome()
    for finding in rows:
        try:
            act(finding)
        except ValidationError as error:
            why = "".join(error.messages)
            outcome.refused[why] = outcome.refused.get(why, 0) + 1
        else:
            outcome.done += 1
    return outcome


COLUMNS = (
    Column("number", "编号", Kind.INT, 8),
    Column("owner", "责任单位", width=24),
    Column("category", "类别", width=18),
    Column("severity", "程度", width=8),
    Column("what", "问题", width=50),
    Column("demand", "整改要求", width=40),
    Column("found_on", "发现日期", Kind.DATE, 12),
    Column("source", "来源", width=12),
    Column("due_on", "整改期限", Kind.DATE, 12),
    Column("state", "状态", width=10),
    Column("overdue", "超期", width=8),
    Column("answered_on", "报送日期", Kind.DATE, 12),
    Column("closed_on", "销号日期", Kind.DATE, 12),
    Column("reopened", "复发次数", Kind.INT, 10),
)


def export(*, by: User, rows: Iterable[Finding], want: Asked, today: dt.date, path: str) -> bytes:
    """A workbook of these findings, at most MOST_ROWS; who took it away is written down."""
    lines = [_line(finding, today) for finding in rows]
    audit(by=by, action="ledger.export", subject=by, path=path, query=want.query, rows=len(lines))
    return write_workbook([Sheet("问题台账", COLUMNS, lines)])


def _line(finding: Finding, today: dt.date) -> list[str | int | dt.date | None]:
    return [
        finding.pk,
        finding.owner_name,
        finding.get_category_display(),
        finding.get_severity_display(),
        finding.what,
        finding.demand,
        finding.found_on,
        finding.source_words,
        finding.due_on,
        finding.get_state_display(),
        "是" if finding.is_overdue(today) else "",
        finding.answered_on,
        finding.closed_on,
        finding.reopened,
    ]
