"""A file beside the register: what is only there, only here, what differs, and what cannot be brought in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from training.models import Institution
from training.sheet import BY_KEY, Line

# A file does not change these: they have a day and a reason, and so are steps.
BY_STEPS = ("state", "registration", "permit")
COMPARED = tuple(key for key in BY_KEY if key not in ("county", *BY_STEPS))


@dataclass(frozen=True, slots=True)
class Differing:
    """A line and the institution that it means: by field, what the register has and what the file says."""

    line: Line
    institution: Institution
    fields: dict[str, tuple[Any, Any]]
    by_steps: dict[str, tuple[Any, Any]]


@dataclass(slots=True)
class Reconciled:
    new: list[tuple[Line, int]] = field(default_factory=list)  # with the county's id
    differing: list[Differing] = field(default_factory=list)
    same: list[Line] = field(default_factory=list)
    broken: dict[int, list[str]] = field(default_factory=dict)  # what is wrong, by line
    only_here: list[Institution] = field(default_factory=list)

    def summary(self) -> dict[str, int]:
        return {
            "new": len(self.new),
            "differing": len(self.differing),
            "same": len(self.same),
            "broken": len(self.broken),
            "only_here": len(self.only_here),
        }


def reconcile(
    lines: Sequence[Line], here: Sequence[Institution], counties: Mapping[str, int], only_county: int | None
) -> Reconciled:
    """`here`: the register of the area. `counties`: id by name and by code. `only_county`: where no county is named.

    A line means the institution with its code; without a code on either side, the one of its name in its county that is
    still there.
    """
    by_code = {row.credit_code: row for row in here if row.credit_code}
    by_name = {(row.county_id, row.name): row for row in here if row.state in ("operating", "suspended")}
    doubled = _doubled(lines)
    found, met = Reconciled(), set()
    for line in lines:
        problems = [*line.problems, *doubled.get(line.number, ())]
        county, problem = _county(line, counties, only_county)
        problems += [problem] if problem else []
        row = _meant(line, county, by_code, by_name)
        if row:
            met.add(row.pk)
            if county and row.county_id != county:
                problems.append(f"登记册里这家机构在{row.county.name}，请核对。")
        elif not problems:
            problems += _not_allowed(line.values)
        if problems or county is None:
            found.broken[line.number] = problems
        elif row is None:
            found.new.append((line, county))
        else:
            _compare(found, line, row)
    found.only_here = [row for row in here if row.pk not in met and row.state in ("operating", "suspended")]
    return found


def _compare(found: Reconciled, line: Line, row: Institution) -> None:
    differing = Differing(line, row, _differences(line, row, COMPARED), _differences(line, row, BY_STEPS))
    if differing.fields:
        merged = {key: getattr(row, key) for key in COMPARED} | {key: line.values[key] for key in differing.fields}
        if problems := _not_allowed(merged):
            found.broken[line.number] = problems
            return
    if differing.fields or differing.by_steps:
        found.differing.append(differing)
    else:
        found.same.append(line)


def _differences(line: Line, row: Institution, keys: Iterable[str]) -> dict[str, tuple[Any, Any]]:
    """Only what the file states: an empty cell says nothing."""
    return {
        key: (getattr(row, key), line.values[key])
        for key in keys
        if key in line.values and getattr(row, key) != line.values[key]
    }


def _meant(
    line: Line,
    county: int | None,
    by_code: Mapping[str, Institution],
    by_name: Mapping[tuple[int, str], Institution],
) -> Institution | None:
    code = line.values.get("credit_code", "")
    if code in by_code:
        return by_code[code]
    row = by_name.get((county or 0, line.values.get("name", "")))
    return row if row and not (code and row.credit_code) else None


def _county(line: Line, counties: Mapping[str, int], only_county: int | None) -> tuple[int | None, str]:
    said = line.values.get("county")
    if said is None:
        return only_county, "" if only_county else "县（市、区）：必填，不能空着。"
    known = counties.get(said)
    return known, "" if known else f"县（市、区）：没有“{said}”，或不在您的范围内。"


def _doubled(lines: Sequence[Line]) -> dict[int, list[str]]:
    """Lines that say the same code, or the same name in a county without a code, as another."""
    codes = Counter(line.values.get("credit_code") for line in lines)
    names = Counter((line.values.get("county"), line.values.get("name")) for line in lines)
    found: dict[int, list[str]] = {}
    for line in lines:
        code = line.values.get("credit_code")
        if code and codes[code] > 1:
            found.setdefault(line.number, []).append("统一社会信用代码：文件里有两行相同。")
        elif names[line.values.get("county"), line.values.get("name")] > 1 and line.values.get("name"):
            found.setdefault(line.number, []).append("名称：文件里有两行相同。")
    return found


def _not_allowed(values: Mapping[str, Any]) -> list[str]:
    """As the register's constraints say, in words about the columns."""
    problems = []
    if values.get("rest_days_cleared") and not values.get("rest_days_found"):
        problems.append("已清理：没有发现占用节假日培训的，不能填已清理。")
    if values.get("guide_price") and values.get("subject") != "academic":
        problems.append("政府指导价：只适用于学科类机构。")
    return problems
