"""The part of a report on training institutions, as tables of words."""

from dataclasses import dataclass

from reports.indicators.training import ALWAYS, OF_CITIES, OF_MONTHS, T1, T7, TRAINING
from reports.snapshot import Snapshot
from reports.tables import KeyFigure, Table, area_table, key_figure, stated
from training.models import Violation

# By county.
COUNTED = {
    "operating": "在营",
    "baseline": "基数",
    "reduced": "压减",
    "violations_found": "发现违规",
    "violations_decided": "已处理",
    "violations_open": "未办结",
}
ROW_FIGURES = {T1: "压减率", T7: "预收费管控率"}


@dataclass(frozen=True, slots=True)
class DisguiseRow:
    name: str
    count: int


def figures(snapshot: Snapshot) -> list[KeyFigure]:
    """None where nothing is known of training institutions."""
    if not snapshot.has_training:
        return []
    asked = [one for one in TRAINING if snapshot.is_city or one not in OF_CITIES]
    return [key_figure(one, snapshot) for one in stated(snapshot, ALWAYS, OF_MONTHS) if one in asked]


def disguises(snapshot: Snapshot) -> list[DisguiseRow]:
    """What was dealt with in the period by its disguise, the most first; those of which there is none left out."""
    found = [(str(label), snapshot.counts.get(f"disguise_{value}", 0)) for value, label in Violation.Disguise.choices]
    return [DisguiseRow(name, count) for name, count in sorted(found, key=lambda one: -one[1]) if count]


def table(snapshot: Snapshot) -> Table | None:
    """A city's counties. None for a county, or where nothing is known of training institutions."""
    return area_table(snapshot, COUNTED, ROW_FIGURES) if snapshot.has_training and snapshot.is_city else None
