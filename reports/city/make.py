"""Make the city: units through the services, everything else by COPY, in one transaction."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.services import add_user
from homework import policy
from homework import services as homework
from homework.models import LocalLimit
from reports.city import days as city_days
from reports.city import plan as city_plan
from reports.city import words
from schools.calendar import school_year
from schools.models import ChangedDay, Duty, OrgUnit, Role, SchoolDay, Term
from schools.services import days, people, units

CUT_OFF = dt.time(20, 0)
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Made:
    city: OrgUnit
    schools: int
    classes: int
    notices: int
    items: int
    days: list[dt.date]


@transaction.atomic
def make_city(
    *, schools: int, first_day: dt.date, last_day: dt.date, seed: int, counties: int = 3, classes: int = 10, tell: Tell
) -> Made:
    """Make the city of `schools` schools with homework on each school day from first to last, both included.

    The same arguments give the same city. `classes` is the average per school; `tell` is told of each step.
    Raises ValidationError when the city is there already, or when no school day lies in between.
    """
    if OrgUnit.objects.filter(code=words.CITY[0]).exists():
        raise ValidationError(f"{words.CITY[1]}已经在数据库里。要重做，请换一个空的数据库。")
    rng = random.Random(seed)  # noqa: S311 - for play, not for secrets
    tell(f"建立{words.CITY[1]}、{counties}个县（区）、{schools}所学校…")
    city, below = _make_units(counties)
    _appoint_officers(rng, city, below)
    plan = city_plan.draw(rng, counties=below, schools=schools, classes=classes, day=last_day)
    city_plan.write(plan)
    tell("排校历…")
    _make_terms(city, first_day, last_day)
    school_days = _school_days(first_day, last_day)
    notices, items = _make_homework(rng, plan.classes, school_days, _limits(below), tell)
    _note_changes(first_day, last_day)
    return Made(city, schools, len(plan.classes), notices, items, school_days)


def _make_units(counties: int) -> tuple[OrgUnit, list[OrgUnit]]:
    opened_on, level = city_plan.OPENED_ON, OrgUnit.Level
    code, name = words.CITY
    city = units.add_unit(by=None, level=level.CITY, code=code, name=name, parent=None, opened_on=opened_on)
    below = [
        units.add_unit(by=None, level=level.COUNTY, code=code, name=name, parent=city, opened_on=opened_on)
        for code, name in words.COUNTIES[:counties]
    ]
    homework.set_cut_off(by=None, unit=city, first_day=opened_on, until=CUT_OFF)
    homework.add_local_limit(
        by=None,
        unit=below[0],
        stage="primary",
        grade=3,
        minutes=50,
        document="临江区小学生作业管理办法（试行）",
        clause="第三条",
        first_day=dt.date(2022, 9, 1),
    )
    return city, below


def _make_terms(city: OrgUnit, first_day: dt.date, last_day: dt.date) -> None:
    """The terms that the days touch; the first begins with them, as where a city joins in the middle of a term."""
    for year in range(school_year(first_day), school_year(last_day) + 1):
        autumn = (dt.date(year, 9, 1), dt.date(year + 1, 1, 20))
        spring = (dt.date(year + 1, 2, 24), dt.date(year + 1, 7, 3))
        for half, (first, last) in zip((Term.Half.AUTUMN, Term.Half.SPRING), (autumn, spring), strict=True):
            if first <= last_day and last >= first_day:
                start = max(first, first_day)
                days.set_term(by=None, unit=city, school_year=year, half=half, first_day=start, last_day=last)
    for month, time in ((5, dt.time(18, 0)), (10, dt.time(17, 30))):
        days.set_off_work_time(by=None, unit=city, first_day=dt.date(last_day.year, month, 1), off_work_at=time)


def _school_days(first_day: dt.date, last_day: dt.date) -> list[dt.date]:
    held = SchoolDay.objects.held().between(first_day, last_day)
    found = list(held.order_by("day").values_list("day", flat=True).distinct())
    if not found:
        raise ValidationError("这段时间没有上课日，请换一段日期。")
    return found


def _limits(counties: list[OrgUnit]) -> city_days.Limits:
    """The State's limits, with the counties' stricter ones."""
    limits = {
        (county.code, national.stage, grade): national.minutes
        for county in counties
        for national in policy.national_limits()
        for grade in national.grades
    }
    for local in LocalLimit.objects.filter(unit__in=counties).select_related("unit"):
        limits[local.unit.code, local.stage, local.grade] = local.minutes
    return limits


def _make_homework(
    rng: random.Random,
    classes: list[city_plan.ClassPlan],
    school_days: list[dt.date],
    limits: city_days.Limits,
    tell: Tell,
) -> tuple[int, int]:
    notices = items = 0
    for number, day in enumerate(school_days, start=1):
        covers_until = _days_off_after(day)
        more = city_days.write_day(
            rng, classes, day, covers_until=covers_until, limits=limits, cut_off=CUT_OFF, last_day=school_days[-1]
        )
        notices, items = notices + more[0], items + more[1]
        tell(f"作业 {number}/{len(school_days)} 天：{day:%Y年%-m月%-d日}，累计{items}条")
    return notices, items


def _days_off_after(day: dt.date) -> dt.date | None:
    """As homework.services.days_off_after, which asks per school: here all share one calendar."""
    school = SchoolDay.objects.held().filter(day=day).select_related("school")[0].school
    return homework.days_off_after(school, day)


def _note_changes(first_day: dt.date, last_day: dt.date) -> None:
    held = SchoolDay.objects.held().between(first_day, last_day)
    ChangedDay.objects.note(held.values_list("school", "day"))


def _appoint_officers(rng: random.Random, city: OrgUnit, counties: list[OrgUnit]) -> None:
    """Bureau people: few, and through the services. Their phones are 1390000 and a number of four digits."""
    phones = (f"1390000{number:04d}" for number in count(1))

    def appoint(unit: OrgUnit, role: Role, *duties: str) -> None:
        user = add_user(by=None, name=city_plan.person_name(rng), phone=next(phones))
        people.appoint(by=None, user=user, unit=unit, role=role, first_day=city_plan.OPENED_ON, duties=duties)

    department = units.add_unit(
        by=None,
        level=OrgUnit.Level.DEPARTMENT,
        code="419980",
        name=f"{city.name}市场监督管理局",
        parent=city,
        opened_on=city_plan.OPENED_ON,
    )
    appoint(city, Role.ADMIN)
    appoint(department, Role.LIAISON)
    for unit in (city, *counties):
        appoint(unit, Role.OFFICER, Duty.MAKER)
        appoint(unit, Role.OFFICER, Duty.CHECKER, Duty.SIGNER)
        appoint(unit, Role.SUPERVISOR)
