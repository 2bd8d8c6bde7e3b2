"""The part of a report on after-school service, as tables of words."""

from collections.abc import Sequence

from reports.indicators import Indicator
from reports.indicators.service import A1, A2, A3, A4, A5, A6, ALWAYS, GROUPS, OF_MONTHS
from reports.snapshot import Area, SchoolLine, Snapshot
from reports.tables import MOST_ROWS, SHORT_NAMES, KeyFigure, Row, Table, cell, key_figure, stated

# By county and by school.
ROW_FIGURES = (A1, A2, A3, A5, A6)
ROW_FIGURES_OF_MONTHS = (A4,)
# Of an area there is room for one more.
AREA_FIGURES_OF_MONTHS = (A4, GROUPS)


def figures(snapshot: Snapshot) -> list[KeyFigure]:
    """None where nothing is known of service."""
    if not snapshot.has_service:
        return []
    return [key_figure(indicator, snapshot) for indicator in stated(snapshot, ALWAYS, OF_MONTHS)]


def table(snapshot: Snapshot) -> Table | None:
    """A city's counties, a county's schools. None where nothing is known of service."""
    if not snapshot.has_service:
        return None
    indicators = stated(snapshot, ROW_FIGURES, AREA_FIGURES_OF_MONTHS if snapshot.is_city else ROW_FIGURES_OF_MONTHS)
    lines: Sequence[Area | SchoolLine] = snapshot.areas if snapshot.is_city else snapshot.schools
    shown = (
        {"service_schools": "学校数"} if snapshot.is_city else {"service_days": "上课日", "service_served": "开展日"}
    )

    def row(code: str, name: str, counts: dict[str, int], *, is_sum: bool) -> Row:
        cells = tuple(cell(indicator, counts, is_sum=is_sum) for indicator in indicators)
        return Row(code, name, tuple(counts[count] for count in shown), cells)

    return Table(
        columns=(*shown.values(), *(_name(indicator, is_sum=snapshot.is_city) for indicator in indicators)),
        rows=[row(line.code, line.name, line.counts, is_sum=snapshot.is_city) for line in lines[:MOST_ROWS]],
        total=row("", "合计", snapshot.counts, is_sum=True),
        left_out=max(len(lines) - MOST_ROWS, 0),
    )


def _name(indicator: Indicator, *, is_sum: bool) -> str:
    return "服务时间" if indicator is A2 and not is_sum else SHORT_NAMES[indicator.code]
