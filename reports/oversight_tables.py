"""The parts of a report on findings and on complaints, as tables of words."""

from collections.abc import Sequence
from dataclasses import dataclass

from inspections.models import Finding
from reports.indicators import Indicator
from reports.indicators.oversight import ALWAYS, C1, COMPLAINTS, FINDINGS, I2, I3, OF_MONTHS, OVERDUE
from reports.snapshot import Snapshot
from reports.tables import KeyFigure, Table, area_table, key_figure, stated

# By county.
COUNTED = {"findings_found": "发现", "findings_closed": "销号", "visits": "督导次数", "complaints_received": "举报"}
ROW_FIGURES = {I2: "整改完成率", I3: "按期整改率", OVERDUE: "超期", C1: "举报办结率"}


@dataclass(frozen=True, slots=True)
class CategoryRow:
    name: str
    found: int


def findings(snapshot: Snapshot) -> list[KeyFigure]:
    return _figures(snapshot, FINDINGS)


def complaints(snapshot: Snapshot) -> list[KeyFigure]:
    return _figures(snapshot, COMPLAINTS) if snapshot.counts.get("complaints_received") else []


def _figures(snapshot: Snapshot, some: Sequence[Indicator]) -> list[KeyFigure]:
    """None where nothing is known of oversight."""
    if not snapshot.has_oversight:
        return []
    return [key_figure(one, snapshot) for one in stated(snapshot, ALWAYS, OF_MONTHS) if one in some]


def categories(snapshot: Snapshot) -> list[CategoryRow]:
    """What was found in the period by category, the most first; those of which there is none left out."""
    found = [(str(label), snapshot.counts.get(f"found_{value}", 0)) for value, label in Finding.Category.choices]
    return [CategoryRow(name, count) for name, count in sorted(found, key=lambda one: -one[1]) if count]


def table(snapshot: Snapshot) -> Table | None:
    """A city's counties. None for a county, or where nothing is known of oversight."""
    return area_table(snapshot, COUNTED, ROW_FIGURES) if snapshot.has_oversight and snapshot.is_city else None
