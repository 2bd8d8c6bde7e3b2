"""A small world in which each role has its person, inside one school's scope or outside it."""

import datetime as dt
import io
import pickle
from dataclasses import dataclass, field

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model
from pghistory.models import Event

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


@dataclass
class Kept:
    """The world as it was built first in this process: its rows as COPY writes them, and itself."""

    rows: dict[str, str]
    subjects: list[tuple[int, str]]
    subject_rows: str
    world: bytes


_kept: list[Kept] = []


def ready() -> World:
    """A world in an empty database: built once in a process, then put back, which takes a twentieth of the time."""
    if not _is_empty():
        return build()
    if not _kept:
        world = build()
        _kept.append(_keep(world))
        return world
    kept = _kept[0]
    if not _put_back(kept):
        return build()
    return pickle.loads(kept.world)  # noqa: S301 - our own


def _models() -> list[type[Model]]:
    """Those that a world fills, parents before children; the tables of history are filled by triggers."""
    of_apps = [model for app in ("accounts", "schools") for model in apps.get_app_config(app).get_models()]
    return [model for model in of_apps if model is not Subject and not issubclass(model, Event)]


def _is_empty() -> bool:
    return not User.objects.exists() and not OrgUnit.objects.exists()


def _keep(world: World) -> Kept:
    rows = {model._meta.db_table: _copied_from(model._meta.db_table) for model in _models()}
    return Kept(
        rows={table: text for table, text in rows.items() if text},
        subjects=list(Subject.objects.order_by("pk").values_list("pk", "code")),
        subject_rows=_copied_from(Subject._meta.db_table),
        world=pickle.dumps(world),
    )


def _put_back(kept: Kept) -> bool:
    """False where other subjects stand in the way: a test that ends without a rollback empties their table."""
    there = list(Subject.objects.order_by("pk").values_list("pk", "code"))
    if there and there != kept.subjects:
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        rows = kept.rows if there else {Subject._meta.db_table: kept.subject_rows} | kept.rows
        for table, text in rows.items():
            cursor.copy_expert(f'COPY "{table}" FROM STDIN', io.StringIO(text))
    return True


def _copied_from(table: str) -> str:
    text = io.StringIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(f'COPY "{table}" TO STDOUT', text)
    return text.getvalue()


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
