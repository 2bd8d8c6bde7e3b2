"""A city's units from one plain list (级别, 代码, 名称, 上级代码): all of it or nothing."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from paper.table_file import refuse, whole_table
from paper.workbook import Column, Kind, Row
from schools.models import OrgUnit, School
from schools.services import units

Level = OrgUnit.Level

LEVELS = {"市": Level.CITY, "县": Level.COUNTY, "学校": Level.SCHOOL}
COLUMNS = (
    Column("level", "级别", is_required=True),
    Column("code", "代码", Kind.CODE, is_required=True),
    Column("name", "名称", is_required=True),
    Column("parent", "上级代码", Kind.CODE),
)
# A unit without a date was there before every period.
OPENED_ON = dt.date(2000, 1, 1)


@transaction.atomic
def bring_in(content: bytes, *, by: User | None = None) -> int:
    """Add the units that are not there yet, from the top down; how many. One that is there as listed stays as it is.

    Raises paper.workbook.WorkbookError with every line that will not do; then nothing has been brought in.
    """
    rows = sorted(whole_table(content, COLUMNS), key=lambda row: _depth(row.values["level"]))
    known = OrgUnit.objects.in_bulk([row.values[key] for row in rows for key in ("code", "parent")], field_name="code")
    here = set(known)
    reasons: list[tuple[int, str]] = []
    for row in rows:
        try:
            _take(row, known, here, by)
        except ValidationError as error:
            reasons.append((row.number, f"第 {row.number} 行：{''.join(error.messages)}"))
    refuse(words for _, words in sorted(reasons))
    return len(known) - len(here)


def _depth(level: str) -> int:
    return list(LEVELS).index(level) if level in LEVELS else len(LEVELS)


def _take(row: Row, known: dict[str, OrgUnit], here: set[str], by: User | None) -> None:
    code, name, above = row.values["code"], row.values["name"], row.values["parent"]
    level = LEVELS.get(row.values["level"])
    if level is None:
        raise ValidationError(f"级别应填“市”“县”或“学校”，现在是“{row.values['level']}”。")
    parent = known.get(above) if above else None
    if above and parent is None:
        raise ValidationError(f"没有代码为“{above}”的上级单位。")
    if code in known:
        _require_the_same(known[code], level, name, parent, listed_twice=code not in here)
        return
    known[code] = _add(level, code, name, parent, by)


def _add(level: str, code: str, name: str, parent: OrgUnit | None, by: User | None) -> OrgUnit:
    if level == Level.SCHOOL and parent is not None:
        stage = stage_of(name)
        return units.add_school(by=by, code=code, name=name, parent=parent, opened_on=OPENED_ON, stage=stage).unit
    return units.add_unit(by=by, level=level, code=code, name=name, parent=parent, opened_on=OPENED_ON)


def _require_the_same(unit: OrgUnit, level: str, name: str, parent: OrgUnit | None, *, listed_twice: bool) -> None:
    if listed_twice:
        raise ValidationError(f"代码“{unit.code}”在文件里出现了两次。")
    place = unit.places.on(timezone.localdate()).first()
    if (unit.level, unit.name, place.parent_id if place else None) != (level, name, parent.pk if parent else None):
        raise ValidationError(f"代码“{unit.code}”已是{unit.get_level_display()}“{unit.name}”，与这一行不同。")


def stage_of(name: str) -> str:
    """What a school's name says of its stage; 九年一贯制 where it says nothing."""
    if "小学" in name:
        return School.Stage.PRIMARY
    return School.Stage.JUNIOR if any(word in name for word in ("初中", "中学", "初级")) else School.Stage.NINE_YEAR
