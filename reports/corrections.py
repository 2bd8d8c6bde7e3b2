"""What a new version of a report says differently from the one before, figure by figure."""

from collections.abc import Iterator, Mapping

from reports.indicators import CATALOGUE, H6, NOTHING, SCHOOL_FIGURES, Indicator
from reports.snapshot import Correction, Counts, Snapshot
from schools.models.classes import GRADE_NAMES

KEYS = tuple(indicator for indicator in CATALOGUE if indicator is not H6)


def corrections(old: Snapshot, new: Snapshot) -> list[Correction]:
    """Changed figures: the whole, areas, schools, grades. Empty when only sums moved that no table prints."""
    return [
        *_changed(old.unit_name, old.counts, new.counts, KEYS),
        *_lines(_areas(old), _areas(new), KEYS),
        *_lines(_schools(old), _schools(new), SCHOOL_FIGURES),
        *_lines(_grades(old), _grades(new), (H6,)),
    ]


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
    if counts is None:
        return NOTHING
    numerator, denominator = indicator.parts(counts)
    return f"{indicator.text(counts)}（{numerator}/{denominator}）"
