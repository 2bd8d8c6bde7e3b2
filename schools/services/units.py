"""Units and their places in the tree: the only writer of paths."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr

from accounts.models import User
from accounts.services import audit
from schools.dated import not_over
from schools.models import ClassGroup, OrgUnit, Posting, School, UnitPlace
from schools.services.days import write_planned_days

Level = OrgUnit.Level

# Which levels may stand directly below which; None is the root.
BELOW: dict[str | None, tuple[str, ...]] = {
    None: (Level.CITY,),
    Level.CITY: (Level.COUNTY, Level.SCHOOL, Level.DEPARTMENT),
    Level.COUNTY: (Level.DISTRICT, Level.SCHOOL, Level.DEPARTMENT),
    Level.DISTRICT: (Level.SCHOOL,),
}


@transaction.atomic
def add_unit(
    *, by: User | None, level: str, code: str, name: str, parent: OrgUnit | None, opened_on: dt.date
) -> OrgUnit:
    """Add a unit below `parent` (None for a city).

    Raises ValidationError for a level that does not fit there, a taken code, or a date before the parent's.
    """
    require_level_below(level, parent)
    unit = OrgUnit(level=level, code=code, name=name.strip(), opened_on=opened_on)
    unit.full_clean()
    unit.save()
    path = f"{path_of_parent(parent, opened_on)}{code}/"
    UnitPlace.objects.create(unit=unit, parent=parent, path=path, first_day=opened_on)
    audit(by=by, action="unit.add", subject=unit, path=path, code=code, name=unit.name)
    return unit


@transaction.atomic
def add_school(
    *,
    by: User | None,
    code: str,
    name: str,
    parent: OrgUnit,
    opened_on: dt.date,
    stage: str,
    system: str = School.System.SIX_THREE,
    is_public: bool = True,
    area: str = School.Area.TOWN,
) -> School:
    """A unit of level school with what only a school has. Raises ValidationError as `add_unit`."""
    unit = add_unit(by=by, level=Level.SCHOOL, code=code, name=name, parent=parent, opened_on=opened_on)
    school = School(unit=unit, stage=stage, system=system, is_public=is_public, area=area)
    school.full_clean()
    school.save()
    write_planned_days(unit, opened_on)
    return school


@transaction.atomic
def move_unit(*, by: User | None, unit: OrgUnit, parent: OrgUnit, first_day: dt.date) -> None:
    """From `first_day` on, `unit` and all below it stand under `parent`; earlier days keep their tree.

    Raises ValidationError when the level does not fit, or the unit was placed anew on or after that day already.
    """
    require_level_below(unit.level, parent)
    old_path = unit.path_on(first_day)
    above = path_of_parent(parent, first_day)
    if above.startswith(old_path):
        raise ValidationError("不能把单位移到它自己的下级。")
    moved = UnitPlace.objects.on(first_day).filter(path__startswith=old_path)
    if UnitPlace.objects.filter(unit__in=moved.values("unit"), first_day__gte=first_day).exists():
        raise ValidationError("该单位或其下级在这一天或以后已有隶属调整，请先处理。")
    new_path = Concat(Value(f"{above}{unit.code}/"), Substr("path", len(old_path) + 1))
    copies = list(moved.annotate(new_path=new_path).values_list("unit_id", "parent_id", "new_path"))
    moved.update(last_day=first_day - dt.timedelta(days=1))
    UnitPlace.objects.bulk_create(
        UnitPlace(unit_id=pk, parent_id=parent.pk if pk == unit.pk else old, path=path, first_day=first_day)
        for pk, old, path in copies
    )
    audit(by=by, action="unit.move", subject=unit, path=old_path, to=above, first_day=first_day.isoformat())


@transaction.atomic
def close_unit(*, by: User | None, unit: OrgUnit, closed_on: dt.date) -> None:
    """`closed_on` is the first day on which the unit is no longer there; its postings end the day before.

    Raises ValidationError while open units or classes last longer.
    """
    path = unit.path_on(closed_on - dt.timedelta(days=1))
    below = OrgUnit.objects.under_paths([path], closed_on).open_on(closed_on).exclude(pk=unit.pk)
    if below.exists():
        raise ValidationError("还有未停办的下级单位，请先处理。")
    lasting = not_over(closed_on)
    if ClassGroup.objects.filter(lasting, school__unit=unit).exists():
        raise ValidationError("还有未结束的班级，请先结束班级。")
    Posting.objects.filter(lasting, unit=unit, first_day__lt=closed_on).update(
        last_day=closed_on - dt.timedelta(days=1)
    )
    unit.closed_on = closed_on
    unit.full_clean()
    unit.save()
    audit(by=by, action="unit.close", subject=unit, path=path, closed_on=closed_on.isoformat())


def require_level_below(level: str, parent: OrgUnit | None) -> None:
    allowed = BELOW.get(parent.level if parent else None, ())
    if level not in allowed:
        above = parent.get_level_display() if parent else "最上级"
        raise ValidationError(f"{above}之下不能设“{Level(level).label}”。")


def path_of_parent(parent: OrgUnit | None, day: dt.date) -> str:
    """The path to which a child's code is appended. Raises ValidationError when the parent is not there that day."""
    if parent is None:
        return "/"
    try:
        return parent.path_on(day)
    except UnitPlace.DoesNotExist:
        raise ValidationError(f"{parent}在{day:%Y年%-m月%-d日}还没有设立，请把开办日期改晚一些。") from None
