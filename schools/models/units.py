"""The tree of cities, counties, districts, schools and member units, and what only a school has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from schools.dated import holding_on, in_order, no_overlap


def codes_in(path: str) -> list[str]:
    """The codes of a unit's path, the city's first."""
    return path.strip("/").split("/")


def beginning_with(field: str, paths: Iterable[str]) -> Q:
    """`field` is one of these paths or lies below one of them. No path matches nothing."""
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{field}__startswith": path})
    return condition


class OrgUnitQuerySet(models.QuerySet["OrgUnit"]):
    def open_on(self, day: dt.date) -> OrgUnitQuerySet:
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=day), opened_on__lte=day)

    def areas(self) -> OrgUnitQuerySet:
        """Cities and counties."""
        return self.filter(level__in=(OrgUnit.Level.CITY, OrgUnit.Level.COUNTY))

    def placed(self, day: dt.date) -> OrgUnitQuerySet:
        """With `path` and `parent_id` as they were on `day`; units without a place that day drop out."""
        places = UnitPlace.objects.on(day).filter(unit=OuterRef("pk"))
        return self.annotate(
            path=models.Subquery(places.values("path")[:1]), parent_id=models.Subquery(places.values("parent")[:1])
        ).exclude(path=None)

    def under_paths(self, paths: Iterable[str], day: dt.date) -> OrgUnitQuerySet:
        """Units at or below these paths on `day`."""
        places = UnitPlace.objects.on(day).filter(beginning_with("path", paths))
        return self.filter(Exists(places.filter(unit=OuterRef("pk"))))

    def under(self, unit: OrgUnit, day: dt.date) -> OrgUnitQuerySet:
        return self.under_paths([unit.path_on(day)], day)

    def inside(self, paths: Iterable[str]) -> OrgUnitQuerySet:
        """Units of today within a user's scope (`schools.access.scope`)."""
        return self.under_paths(paths, timezone.localdate())


class OrgUnit(models.Model):
    """A city, county, district, school or member unit. Where it stands in the tree is dated: see UnitPlace."""

    class Level(models.TextChoices):
        CITY = "city", "市"
        COUNTY = "county", "县（市、区）"
        DISTRICT = "district", "学区（中心校）"
        SCHOOL = "school", "学校"
        DEPARTMENT = "department", "成员单位"

    level = models.CharField("级别", max_length=10, choices=Level)
    code = models.CharField(
        "代码",
        max_length=20,
        unique=True,
        validators=[RegexValidator(r"^\d{4,20}$", "代码只能是数字：市县6位，学校10位。")],
        error_messages={"unique": "这个代码已被使用。"},
    )
    name = models.CharField("名称", max_length=80)
    opened_on = models.DateField("开办日期")
    closed_on = models.DateField("停办日期", null=True, blank=True)  # the first day on which it is no longer there

    objects = OrgUnitQuerySet.as_manager()

    class Meta:
        verbose_name = "单位"
        constraints = [
            models.CheckConstraint(
                name="schools_orgunit_opens_before_it_closes",
                condition=Q(closed_on=None) | Q(closed_on__gt=F("opened_on")),
                violation_error_message="停办日期必须晚于开办日期。",
            ),
            models.CheckConstraint(
                name="schools_orgunit_code_is_digits",
                condition=Q(code__regex=r"^\d{4,20}$"),
                violation_error_message="代码只能是数字：市县6位，学校10位。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_open_on(self, day: dt.date) -> bool:
        return self.opened_on <= day and (self.closed_on is None or day < self.closed_on)

    def path_on(self, day: dt.date) -> str:
        """The codes from the city down to this unit, as "/410900/410902/"; raises UnitPlace.DoesNotExist. One query."""
        return UnitPlace.objects.on(day).get(unit=self).path

    def path_on_typed(self, day: dt.date) -> str:
        """`path_on` of a day that somebody typed. Raises ValidationError where the unit was not there."""
        try:
            return self.path_on(day)
        except UnitPlace.DoesNotExist:
            raise ValidationError(f"{day:%Y年%-m月%-d日}{self.name}还没有开办或已停办，请核对日期。") from None


class UnitPlaceQuerySet(models.QuerySet["UnitPlace"]):
    def on(self, day: dt.date) -> UnitPlaceQuerySet:
        return self.filter(holding_on(day))


@pghistory.track(level=pghistory.Statement)
class UnitPlace(models.Model):
    """Under which parent a unit stood, from a day to a day. `path` lists the codes from the root to the unit itself."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="places")
    parent = models.ForeignKey(OrgUnit, models.PROTECT, null=True, blank=True, related_name="places_below")
    path = models.CharField(max_length=200, db_index=True)
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)

    objects = UnitPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = "隶属关系"
        constraints = [
            in_order("schools_unitplace_begins_before_it_ends"),
            no_overlap("schools_unitplace_one_at_a_time", "unit", message="这段时间该单位已有隶属关系。"),
            models.CheckConstraint(name="schools_unitplace_path_is_codes", condition=Q(path__regex=r"^/(\d{4,20}/)+$")),
            models.CheckConstraint(
                name="schools_unitplace_not_below_itself", condition=Q(parent=None) | ~Q(parent=F("unit"))
            ),
        ]

    def __str__(self) -> str:
        return self.path


class SchoolQuerySet(models.QuerySet["School"]):
    def inside(self, paths: Iterable[str]) -> SchoolQuerySet:
        """Schools of today within a user's scope (`schools.access.scope`)."""
        return self.under_paths(paths, timezone.localdate())

    def under_paths(self, paths: Iterable[str], day: dt.date) -> SchoolQuerySet:
        places = UnitPlace.objects.on(day).filter(beginning_with("path", paths))
        return self.filter(Exists(places.filter(unit=OuterRef("unit_id"))))

    def under(self, unit: OrgUnit, day: dt.date) -> SchoolQuerySet:
        """Schools at or below `unit` on `day`."""
        return self.under_paths([unit.path_on(day)], day)

    def open_on(self, day: dt.date) -> SchoolQuerySet:
        return self.filter(Q(unit__closed_on=None) | Q(unit__closed_on__gt=day), unit__opened_on__lte=day)


class School(models.Model):
    """What only a school has. Its name, code and place are its unit's, whose id is also its id."""

    class Stage(models.TextChoices):
        PRIMARY = "primary", "小学"
        JUNIOR = "junior", "初中"
        NINE_YEAR = "nine_year", "九年一贯制"

    class System(models.TextChoices):
        SIX_THREE = "6-3", "六三学制"
        FIVE_FOUR = "5-4", "五四学制"

    class Area(models.TextChoices):
        URBAN = "urban", "城区"
        TOWN = "town", "镇区"
        RURAL = "rural", "乡村"

    unit = models.OneToOneField(OrgUnit, models.PROTECT, primary_key=True, related_name="school")
    stage = models.CharField("学段", max_length=10, choices=Stage)
    system = models.CharField("学制", max_length=4, choices=System, default=System.SIX_THREE)
    is_public = models.BooleanField("公办", default=True)
    area = models.CharField("城乡", max_length=10, choices=Area, default=Area.TOWN)

    objects = SchoolQuerySet.as_manager()

    class Meta:
        verbose_name = "学校"

    def __str__(self) -> str:
        return str(self.unit)

    @property
    def last_primary_grade(self) -> int:
        return 5 if self.system == self.System.FIVE_FOUR else 6

    @property
    def grades(self) -> range:
        """The grades it teaches, counted 1 to 9 through both stages."""
        first = self.last_primary_grade + 1 if self.stage == self.Stage.JUNIOR else 1
        last = self.last_primary_grade if self.stage == self.Stage.PRIMARY else 9
        return range(first, last + 1)

    def stage_of(self, grade: int) -> str:
        """Stage.PRIMARY or Stage.JUNIOR: grade 6 is junior where primary school lasts five years."""
        return self.Stage.PRIMARY if grade <= self.last_primary_grade else self.Stage.JUNIOR

    def entry_grade_of(self, grade: int) -> int:
        """The grade in which a class that is now in `grade` entered: the first of its stage."""
        return 1 if grade <= self.last_primary_grade else self.last_primary_grade + 1

    def leaves_after(self, grade: int) -> bool:
        """Whether a class ends with this grade: its stage is over."""
        return grade == self.last_primary_grade or grade >= 9
