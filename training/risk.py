"""The risk score of institutions: the points of the signals that count, and how near the doors are to closing."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from training import thresholds
from training.models import Institution, Signal


class Level(StrEnum):
    DANGER = "高风险"
    WATCH = "关注"
    LOW = "一般"


@dataclass(frozen=True, slots=True)
class Risk:
    """`signals`: those that count, each with its points."""

    institution: Institution
    score: int
    level: Level
    signals: tuple[tuple[Signal, int], ...]


def risks(rows: Iterable[Signal], day: dt.date) -> list[Risk]:
    """Of the institutions that the counting signals speak of, the highest score first; by the figures of `day`."""
    by_institution: dict[Institution, list[Signal]] = defaultdict(list)
    for signal in rows:
        by_institution[signal.institution].append(signal)
    figures = thresholds.in_force({one.county_id for one in by_institution}, day)
    found = [_risk(one, signals, figures[one.county_id]) for one, signals in by_institution.items()]
    return sorted(found, key=lambda risk: (-risk.score, risk.institution.name))


def _risk(institution: Institution, signals: list[Signal], figures: Mapping[str, int]) -> Risk:
    points = [(signal, figures[signal.kind]) for signal in signals]
    score = sum(number for _, number in points)
    return Risk(institution, score, level(score, figures), tuple(points))


def level(score: int, figures: Mapping[str, int]) -> Level:
    if score >= figures["danger_score"]:
        return Level.DANGER
    return Level.WATCH if score >= figures["watch_score"] else Level.LOW
