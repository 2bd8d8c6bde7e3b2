"""A small world in which each role has its person, inside one school's scope or outside it."""

import datetime as dt
from dataclasses import dataclass, field

from accounts.models import User
from schools.models import ClassGroup, OrgUnit, School, Subject
from tests import factories as make

DUTIES = ["maker", "checker"]


@dataclass
class World:
    """One city with two counties and a school in each. `people` maps a person's part to her account."""

    city: OrgUnit
    county: OrgUnit
    other_county: OrgUnit
    school: School
    other_school: School
    class_group: ClassGroup
    subject: Subject
    days: list[dt.date]
    people: dict[str, User] = field(default_factory=dict)

    @property
    def teacher(self) -> User:
        return self.people["teacher"]


def build() -> World:
    city = make.CityFactory(name="安平市")
    county = make.CountyFactory(parent=city, name="东县")
    other_county = make.CountyFactory(parent=city, name="西县")
    school = make.SchoolFactory(parent=county, name="东县实验小学")
    other_school = make.SchoolFactory(parent=other_county, name="西县实验小学")
    make.TermFactory(unit=city, first_day=dt.date(2026, 10, 1), last_day=dt.date(2026, 10, 31))
    world = World(
        city,
        county,
        other_county,
        school,
        other_school,
        class_group=make.ClassGroupFactory(school=school, number=1),
        subject=make.subject("语文"),
        days=[day.day for day in school.days.order_by("day")],
    )
    world.people = _school_people(world) | _bureau_people(world) | _outsiders(world)
    return world


def _school_people(world: World) -> dict[str, User]:
    teacher, head, office, principal = (
        make.StaffFactory(school=world.school, name=name, staff_no=number, role=role, phone=phone).user
        for name, number, role, phone in (
            ("王语文", "001", "teacher", "13700000001"),
            ("赵数学", "002", "teacher", "13700000002"),
            ("钱主任", "003", "academic_office", "13700000003"),
            ("孙校长", "004", "principal", "13700000004"),
        )
    )
    make.TeachingFactory(class_group=world.class_group, subject=make.subject("语文"), teacher=teacher)
    make.TeachingFactory(class_group=world.class_group, subject=make.subject("数学"), teacher=head)
    make.HeadTeacherFactory(class_group=world.class_group, user=head)
    return {"teacher": teacher, "head_teacher": head, "academic_office": office, "principal": principal}


def _bureau_people(world: World) -> dict[str, User]:
    department = make.DepartmentFactory(parent=world.city)
    parts = {
        "supervisor": ("supervisor", world.county, []),
        "county_officer": ("officer", world.county, DUTIES),
        "city_officer": ("officer", world.city, ["signer"]),
        "liaison": ("liaison", department, []),
        "admin": ("admin", world.city, []),
    }
    return {
        part: make.PostingFactory(unit=unit, role=role, duties=duties).user
        for part, (role, unit, duties) in parts.items()
    }


def _outsiders(world: World) -> dict[str, User]:
    return {
        "outside_teacher": make.StaffFactory(school=world.other_school).user,
        "outside_academic_office": make.StaffFactory(school=world.other_school, role="academic_office").user,
        "outside_officer": make.PostingFactory(unit=world.other_county).user,
    }
