"""What a new version of a report says differently from the one before, figure by figure."""

from collections.abc import Iterable, Iterator, Mapping

from reports.indicators import (
    BY_CODE,
    CATALOGUE,
    H6,
    MONTH_FIGURES,
    NOTHING,
    OVERSIGHT,
    SCHOOL_FIGURES,
    SERVICE,
    TRAINING,
    Indicator,
    oversight,
    service,
    training,
)
from reports.snapshot import Correction, Counts, Snapshot
from schools.models.classes import GRADE_NAMES
from schools.periods import PeriodKind

KEYS = tuple(indicator for indicator in CATALOGUE if indicator is not H6)
SCHOOL_KEYS = (*SCHOOL_FIGURES, *(BY_CODE[code] for code in ("H1", "H7", "H8", "H9", "H10", "H11", "H12")), *SERVICE)


def corrections(old: Snapshot, new: Snapshot) -> list[Correction]:
    """Changed figures: the whole, areas, schools, grades. Empty when only sums moved that no table prints."""
    keys, school_keys = _printed(KEYS, old, new), _printed(SCHOOL_KEYS, old, new)
    return [
        *_changed(old.unit_name, old.counts, new.counts, keys),
        *_lines(_areas(old), _areas(new), keys),
        *_lines(_schools(old), _schools(new), school_keys),
        *_lines(_grades(old), _grades(new), (H6,)),
    ]


def _printed(indicators: Iterable[Indicator], old: Snapshot, new: Snapshot) -> tuple[Indicator, ...]:
    """Those that both state: a figure that the old one did not yet know is none that changed."""
    of_months = {*MONTH_FIGURES, *service.OF_MONTHS, *training.OF_MONTHS, *oversight.OF_MONTHS}
    unstated = set() if new.reported.kind == PeriodKind.MONTH else of_months
    if not (old.has_service or new.has_service):
        unstated.update(SERVICE)
    if not (old.has_oversight or new.has_oversight):
        unstated.update(OVERSIGHT)
    if not (old.has_training or new.has_training):
        unstated.update(TRAINING)
    return tuple(one for one in indicators if one not in unstated and one.is_in(old.counts) and one.is_in(new.counts))


def _areas(snapshot: Snapshot) -> dict[str, Counts]:
    return {line.name: line.counts for line in snapshot.areas}


def _schools(snapshot: Snapshot) -> dict[str, Counts]:
    return {f"{line.area}{line.name}": line.counts for line in snapshot.schools}


def _grades(snapshot: Snapshot) -> dict[str, Counts]:
    junior = {6: "（五四学制）"}
    return {
        GRADE_NAMES[line.grade] + (junior.get(line.grade, "") if line.stage == "junior" else ""): line.counts
        for line in snapshot.grades
    }


def _lines(
    old: Mapping[str, Counts], new: Mapping[str, Counts], indicators: tuple[Indicator, ...]
) -> Iterator[Correction]:
    for name in dict.fromkeys([*old, *new]):
        yield from _changed(name, old.get(name), new.get(name), indicators)


def _changed(
    where: str, old: Counts | None, new: Counts | None, indicators: tuple[Indicator, ...]
) -> Iterator[Correction]:
    for indicator in indicators:
        before, now = _written(indicator, old), _written(indicator, new)
        if before != now:
            yield Correction(where, indicator.name, before, now)


def _written(indicator: Indicator, counts: Counts | None) -> str:
    """The figure with its parts, so that a change too small for two decimals is seen too."""
    if counts is None or indicator.value(counts) is None:
        return NOTHING
    parts = indicator.parts_text(counts)
    return indicator.text(counts) if parts == NOTHING else f"{indicator.text(counts)}（{parts}）"
