"""A small town that lives today, for tests in which several processes share the true time."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from schools.calendar import days_between, school_year
from schools.models import ClassGroup, OrgUnit, School
from schools.services import days
from tests import factories as make

PASSWORD = "jinian-2026-xuexi"
TEACHER, OFFICE, OFFICER = "13700000011", "13700000012", "13700000013"


@dataclass(frozen=True)
class Town:
    """School is held today, whatever the calendar says, and each class has one subject: Chinese."""

    county: OrgUnit
    school: School
    classes: list[ClassGroup]
    teacher: User
    today: dt.date


def build(*, classes: int, days_before: int = 0) -> Town:
    """A county with one school and so many classes of grade 5, taught by the one who signs in as TEACHER.

    School began `days_before` today and is held every day since.
    """
    today = timezone.localdate()
    city = make.CityFactory()
    county = make.CountyFactory(parent=city, name="东县")
    school = make.SchoolFactory(parent=county, name="东县实验小学")
    _hold_school(city, today - dt.timedelta(days=days_before), today)
    teacher = _staff(school, "王语文", "teacher", TEACHER)
    _staff(school, "钱主任", "academic_office", OFFICE)
    officer = make.UserFactory(name="周科长", phone=OFFICER)
    make.PostingFactory(user=officer, unit=county, role="officer", duties=["maker", "checker"])
    _give_password(officer)
    groups = [_class(school, number, teacher, today) for number in range(1, classes + 1)]
    return Town(county, school, groups, teacher, today)


def _hold_school(city: OrgUnit, first_day: dt.date, today: dt.date) -> None:
    """Tomorrow too, or today's homework would cover days off and be judged apart."""
    held = days_between(first_day, today + dt.timedelta(days=1))
    make.TermFactory(unit=city, school_year=school_year(today), first_day=held[0], last_day=held[-1])
    for day in held:
        days.change_day(by=None, unit=city, day=day, teaches=True, reason="测试")


def _staff(school: School, name: str, role: str, phone: str) -> User:
    user = make.StaffFactory(school=school, name=name, role=role, phone=phone).user
    _give_password(user)
    return user


def _give_password(user: User) -> None:
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])


def _class(school: School, number: int, teacher: User, today: dt.date) -> ClassGroup:
    first_year = school_year(today) - 4
    group = make.ClassGroupFactory(
        school=school, entry_year=first_year, number=number, first_day=dt.date(first_year, 9, 1)
    )
    make.TeachingFactory(class_group=group, teacher=teacher, first_day=group.first_day)
    return group
