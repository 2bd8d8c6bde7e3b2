"""One factory per model, with boring valid defaults, through the services that guard the invariants."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import factory

from accounts.models import User
from accounts.services import add_user
from homework import services as homework
from homework.models import Item, LocalLimit
from schools.models import ClassGroup, HeadTeacher, OrgUnit, Posting, School, Staff, Subject, Teaching, Term
from schools.services import classes, days, people, units

TERM_FIRST_DAY = dt.date(2026, 9, 1)
TERM_LAST_DAY = dt.date(2027, 1, 20)
OPENED_ON = dt.date(2020, 9, 1)
MONDAY = dt.date(2026, 10, 12)
TODAY = dt.date(2026, 10, 14)  # a Wednesday: where the clock of the tests stands


class ServiceFactory(factory.Factory):
    """Makes its object by `make`, a service, with the declared values."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: type, *args: Any, **values: Any) -> Any:
        return cls.make(**values)

    make: Callable[..., Any]


class UserFactory(ServiceFactory):
    class Meta:
        model = User

    make = staticmethod(add_user)
    by = None
    name = factory.Sequence(lambda n: f"张{n}")
    phone = factory.Sequence(lambda n: f"139{n:08d}")


class CityFactory(ServiceFactory):
    class Meta:
        model = OrgUnit

    make = staticmethod(units.add_unit)
    by = None
    level = OrgUnit.Level.CITY
    code = factory.Sequence(lambda n: f"{410000 + n * 100}")
    name = "安平市"
    parent = None
    opened_on = OPENED_ON


class CountyFactory(CityFactory):
    level = OrgUnit.Level.COUNTY
    code = factory.Sequence(lambda n: f"{600000 + n}")
    name = "东县"
    parent = factory.SubFactory(CityFactory)


class DepartmentFactory(CountyFactory):
    level = OrgUnit.Level.DEPARTMENT
    code = factory.Sequence(lambda n: f"{800000 + n}")
    name = "市场监督管理局"


class SchoolFactory(ServiceFactory):
    class Meta:
        model = School

    make = staticmethod(units.add_school)
    by = None
    code = factory.Sequence(lambda n: f"{4100000000 + n}")
    name = factory.Sequence(lambda n: f"第{n}小学")
    parent = factory.SubFactory(CountyFactory)
    opened_on = OPENED_ON
    stage = School.Stage.PRIMARY


class ClassGroupFactory(ServiceFactory):
    """A class of grade 5 in the autumn of 2026."""

    class Meta:
        model = ClassGroup

    make = staticmethod(classes.open_class)
    by = None
    school = factory.SubFactory(SchoolFactory)
    entry_year = 2022
    entry_grade = 1
    number = factory.Sequence(lambda n: n % 90 + 1)
    first_day = dt.date(2022, 9, 1)
    pupils = 40


class TermFactory(ServiceFactory):
    class Meta:
        model = Term

    make = staticmethod(days.set_term)
    by = None
    unit = factory.SubFactory(CityFactory)
    school_year = 2026
    half = Term.Half.AUTUMN
    first_day = TERM_FIRST_DAY
    last_day = TERM_LAST_DAY


class StaffFactory(ServiceFactory):
    class Meta:
        model = Staff

    make = staticmethod(people.hire)
    by = None
    school = factory.SubFactory(SchoolFactory)
    name = factory.Sequence(lambda n: f"李{n}")
    staff_no = factory.Sequence(lambda n: f"{n:05d}")
    first_day = OPENED_ON


class PostingFactory(ServiceFactory):
    class Meta:
        model = Posting

    make = staticmethod(people.appoint)
    by = None
    user = factory.SubFactory(UserFactory)
    unit = factory.SubFactory(CountyFactory)
    role = "officer"
    first_day = OPENED_ON


class TeachingFactory(ServiceFactory):
    class Meta:
        model = Teaching

    make = staticmethod(classes.assign_teaching)
    by = None
    class_group = factory.SubFactory(ClassGroupFactory)
    subject = factory.LazyFunction(lambda: subject("语文"))
    teacher = factory.SubFactory(UserFactory)
    first_day = dt.date(2022, 9, 1)


class HeadTeacherFactory(ServiceFactory):
    class Meta:
        model = HeadTeacher

    make = staticmethod(classes.assign_head_teacher)
    by = None
    class_group = factory.SubFactory(ClassGroupFactory)
    user = factory.SubFactory(UserFactory)
    first_day = dt.date(2022, 9, 1)


class LocalLimitFactory(ServiceFactory):
    class Meta:
        model = LocalLimit

    make = staticmethod(homework.add_local_limit)
    by = None
    unit = factory.SubFactory(CountyFactory)
    stage = "primary"
    grade = 5
    minutes = 50
    document = "东县作业管理办法"
    first_day = TERM_FIRST_DAY


class ItemFactory(ServiceFactory):
    """Twenty minutes of written Chinese at home, set today."""

    class Meta:
        model = Item

    make = staticmethod(homework.add_item)
    by = factory.SubFactory(UserFactory)
    class_group = factory.SubFactory(ClassGroupFactory)
    day = TODAY
    subject = factory.LazyFunction(lambda: subject("语文"))
    content = "完成练习册第12页"
    kind = "written"
    place = "home"
    layer = "all"
    minutes = 20


# Kept here too, because a test that ends without a rollback empties the table that the migration filled.
SUBJECT_CODES = {"语文": "chinese", "数学": "maths", "英语": "english"}
HOMEWORK_GRADES = {"语文": range(1, 10), "数学": range(1, 10), "英语": range(3, 10)}


def subject(name: str) -> Subject:
    """One of 语文, 数学, 英语 as the standard list has it."""
    grades = list(HOMEWORK_GRADES[name])
    defaults = {"code": SUBJECT_CODES[name], "homework_grades": grades}
    return Subject.objects.get_or_create(name=name, defaults=defaults)[0]
