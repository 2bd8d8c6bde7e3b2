"""What the database holds of the things that a workbook speaks of; the check adds what the workbook will bring."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import OuterRef, Subquery

from accounts.models import User
from schools.imports.rows import Rows
from schools.models import (
    ClassGroup,
    HeadTeacher,
    OrgUnit,
    Posting,
    Role,
    School,
    Staff,
    Subject,
    Teaching,
    UnitPlace,
)
from schools.models.units import codes_in

ClassKey = tuple[str, int, int, int]  # school code, entry year, entry grade, number


@dataclass(slots=True)
class KnownUnit:
    """A unit of the database, or of the workbook (then `pk` is 0 until it is written; so below)."""

    pk: int
    code: str
    level: str
    name: str
    path: str
    opened_on: dt.date
    closed_on: dt.date | None = None
    school: School | None = None
    has_classes: bool = False

    @property
    def parent(self) -> str:
        """The code of the unit above; empty for a city."""
        return ["", *codes_in(self.path)][-2]


@dataclass(slots=True)
class KnownStaff:
    pk: int
    user: int
    name: str
    phone: str | None
    first_day: dt.date
    last_day: dt.date | None = None
    roles: set[str] = field(default_factory=set)  # open ones at this school
    elsewhere: str = ""  # the name of another unit where she holds a role


@dataclass(slots=True)
class KnownClass:
    pk: int
    school: str
    first_day: dt.date
    last_day: dt.date | None = None
    pupils: int | None = None
    is_new: bool = False


@dataclass(slots=True)
class KnownPerson:
    """Somebody who has a phone."""

    user: int
    name: str
    places: set[str]  # codes of the units where she is in post or holds a role
    place_names: str


@dataclass(slots=True)
class Held:
    """A dated row that ties a person to a class: a head teacher's or a teaching."""

    pk: int
    user: int
    first_day: dt.date
    last_day: dt.date | None


@dataclass(slots=True)
class Known:
    path: str  # everything in the workbook must lie below the unit with this path
    today: dt.date
    roles: frozenset[Role]  # those that the importer may give
    units: dict[str, KnownUnit] = field(default_factory=dict)
    staff: dict[tuple[str, str], KnownStaff] = field(default_factory=dict)
    classes: dict[ClassKey, KnownClass] = field(default_factory=dict)
    phones: dict[str, KnownPerson] = field(default_factory=dict)
    subjects: dict[str, int] = field(default_factory=dict)
    heads: dict[int, list[Held]] = field(default_factory=lambda: defaultdict(list))
    teachings: dict[tuple[int, int], list[Held]] = field(default_factory=lambda: defaultdict(list))


def load(rows: Rows, *, path: str, today: dt.date, roles: frozenset[Role]) -> Known:
    """Everything the check needs, in about a dozen queries whatever the number of rows."""
    schools = {row.school for sheet in (rows.staff, rows.classes, rows.teachings) for row in sheet}
    codes = schools | {row.code for row in rows.units} | {row.parent for row in rows.units}
    known = Known(path=path, today=today, roles=roles)
    known.units = _units(codes)
    known.staff = _staff(schools, today)
    known.phones = _phones({row.phone for row in rows.staff if row.phone}, today)
    known.classes = _classes(schools, today)
    known.subjects = dict(Subject.objects.values_list("name", "pk"))
    known.heads, known.teachings = _heads(schools, today), _teachings(schools, today)
    return known


def _units(codes: Iterable[str]) -> dict[str, KnownUnit]:
    place = UnitPlace.objects.filter(unit=OuterRef("pk")).order_by("-first_day")
    units = OrgUnit.objects.filter(code__in=codes).annotate(path=Subquery(place.values("path")[:1]))
    schools = School.objects.in_bulk([unit.pk for unit in units])
    with_classes = set(ClassGroup.objects.filter(last_day=None, school__in=schools).values_list("school", flat=True))
    return {
        unit.code: KnownUnit(
            unit.pk,
            unit.code,
            unit.level,
            unit.name,
            unit.path or "",
            unit.opened_on,
            unit.closed_on,
            schools.get(unit.pk),
            unit.pk in with_classes,
        )
        for unit in units
    }


def _staff(schools: set[str], today: dt.date) -> dict[tuple[str, str], KnownStaff]:
    rows = Staff.objects.filter(school__unit__code__in=schools).values_list(
        "school__unit__code", "staff_no", "pk", "user", "user__name", "user__phone", "first_day", "last_day"
    )
    staff = {(school, number): KnownStaff(*values) for school, number, *values in rows}  # type: ignore[arg-type]
    postings: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    users = Staff.objects.filter(school__unit__code__in=schools).values("user")
    open_ones = Posting.objects.not_over(today).filter(user__in=users)
    for user, code, name, role in open_ones.values_list("user", "unit__code", "unit__name", "role"):
        postings[user].append((code, name, role))
    for (school, _), known in staff.items():
        held = postings[known.user]
        known.roles = {role for code, _, role in held if code == school}
        known.elsewhere = next((name for code, name, _ in held if code != school), "")
    return staff


def _phones(phones: set[str], today: dt.date) -> dict[str, KnownPerson]:
    people = {user.pk: user for user in User.objects.filter(phone__in=phones)}
    places: dict[int, dict[str, str]] = defaultdict(dict)
    employed = (
        Staff.objects.not_over(today)
        .filter(user__in=people)
        .values_list("user", "school__unit__code", "school__unit__name")
    )
    posted = Posting.objects.not_over(today).filter(user__in=people).values_list("user", "unit__code", "unit__name")
    for user, code, name in [*employed, *posted]:
        places[user][code] = name
    return {
        user.phone or "": KnownPerson(pk, user.name, set(places[pk]), "、".join(places[pk].values()))
        for pk, user in people.items()
    }


def _classes(schools: set[str], today: dt.date) -> dict[ClassKey, KnownClass]:
    groups = ClassGroup.objects.filter(school__unit__code__in=schools).with_pupils(today)
    columns = ("school__unit__code", "entry_year", "entry_grade", "number", "pk", "first_day", "last_day", "pupils")
    rows = groups.values_list(*columns)
    return {
        (code, year, grade, number): KnownClass(pk, code, first_day, last_day, pupils)
        for code, year, grade, number, pk, first_day, last_day, pupils in rows
    }


def _heads(schools: set[str], today: dt.date) -> dict[int, list[Held]]:
    """The present head teachers of these schools' classes and those to come, the earliest first."""
    heads: dict[int, list[Held]] = defaultdict(list)
    rows = HeadTeacher.objects.not_over(today).filter(class_group__school__unit__code__in=schools)
    for group, pk, user, first_day, last_day in rows.order_by("first_day").values_list(
        "class_group", "pk", "user", "first_day", "last_day"
    ):
        heads[group].append(Held(pk, user, first_day, last_day))
    return heads


def _teachings(schools: set[str], today: dt.date) -> dict[tuple[int, int], list[Held]]:
    """The same of teachings, by class and subject."""
    teachings: dict[tuple[int, int], list[Held]] = defaultdict(list)
    rows = Teaching.objects.not_over(today).filter(class_group__school__unit__code__in=schools)
    for group, subject, pk, user, first_day, last_day in rows.order_by("first_day").values_list(
        "class_group", "subject", "pk", "teacher", "first_day", "last_day"
    ):
        teachings[group, subject].append(Held(pk, user, first_day, last_day))
    return teachings
