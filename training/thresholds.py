"""The figures of early warning: ours from signals.toml, a city's or county's own where it set some, as on a day."""

import datetime as dt
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schools.models import UnitPlace
from schools.models.units import codes_in
from training.models import Threshold
from training.policy import yuan

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Kind:
    """`unit`: cents (分), percent, day (of the month) or points."""

    id: str
    name: str
    unit: str
    value: int

    def words(self, value: int) -> str:
        shown = {"cents": yuan(value), "percent": f"{value}%", "day": f"每月{value}日", "points": f"{value}分"}
        return shown[self.unit]


@cache
def kinds() -> dict[str, Kind]:
    rows = tomllib.loads((HERE / "signals.toml").read_text(encoding="utf8"))["threshold"]
    return {row["id"]: Kind(**row) for row in rows}


def in_force(counties: Collection[int], day: dt.date) -> dict[int, Mapping[str, int]]:
    """By county: each figure by its id. The county's own goes before the city's, a later one before an earlier.

    Two queries.
    """
    paths = dict(UnitPlace.objects.on(day).filter(unit__in=counties).values_list("unit", "path"))
    rows = list(
        Threshold.objects.filter(first_day__lte=day)
        .order_by("unit__level", "first_day", "pk")  # city before county
        .values_list("unit__code", "name", "value")
    )
    ours = {kind.id: kind.value for kind in kinds().values()}
    return {county: ours | _set(rows, codes_in(paths.get(county, ""))) for county in counties}


def _set(rows: list[tuple[str, str, int]], codes: Collection[str]) -> dict[str, int]:
    return {name: value for code, name, value in rows if code in codes}
