"""What each role finds on its first page: what must I do now. Reads today's notices and sums, in few queries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse

from accounts.models import User
from homework.class_days import Cell, ClassDay, DaySum, class_days, day_sums, grid, last_school_days, total
from homework.models import Notice
from homework.policy import NoLimitKnownError
from homework.rules import RuleBook
from inspections.life import OWING
from inspections.models import Complaint, Finding
from paper import charts
from reports import shelf
from reports import today as pressing
from reports.indicators import H2
from reports.models import Return
from reports.returns.due import LEVELS, due_on
from reports.service_area import Line, line_of_area, lines_of_schools
from reports.standing import Standing, standing
from schools import access
from schools.models import ClassGroup, HeadTeacher, OrgUnit, Role, School, SchoolDay, Subject, Teaching
from schools.periods import Period, PeriodKind, containing

HEAT_DAYS = 10
# Days before and after its due day that a return not sent stands on the first page.
SHOWN_BEFORE, SHOWN_AFTER = 5, 10
# More classes than this are a list for the overview page.
MOST_CLASSES_LISTED = 12


@dataclass(frozen=True, slots=True)
class Section:
    """A role's part of the page; the template is reports/home/_<name>.html."""

    name: str
    data: Any

    @property
    def template(self) -> str:
        return f"reports/home/_{self.name}.html"


@dataclass(frozen=True, slots=True)
class Owed:
    """A return of hers that is not sent yet."""

    unit: OrgUnit
    period: Period
    due_on: dt.date
    today: dt.date

    @property
    def is_late(self) -> bool:
        return self.today > self.due_on


def sections(user: User, today: dt.date) -> list[Section]:
    """What presses at a principal's schools, then what waits, then each role's own, teacher to administrator."""
    units: dict[Role, list[OrgUnit]] = defaultdict(list)
    for posting in access.held(user):
        units[posting.role].append(posting.unit)
    makers: dict[Role, tuple[str, Callable[[Sequence[OrgUnit], dt.date], Sequence[Any]]]] = {
        Role.ACADEMIC_OFFICE: ("academic_office", _offices),
        Role.PRINCIPAL: ("principal", _principals),
        Role.SUPERVISOR: ("supervisor", _areas),
        Role.OFFICER: ("officer", _bureaus),
    }
    found = _own_classes(user, today)
    for role, (name, make) in makers.items():
        found += [Section(name, data) for data in make(units[role], today)] if role in units else []
    found += [Section(role.value, units[role]) for role in (Role.LIAISON, Role.ADMIN) if role in units]
    waiting = _oversight(user, today)
    owed = _returns(user, today)
    return [
        *_three_things(found, owed, today),
        *([Section("returns", owed)] if owed else []),
        *([Section("oversight", waiting)] if waiting else []),
        *found,
    ]


# --- Returns ---


def _returns(user: User, today: dt.date) -> list[Owed]:
    """Of her own units: what is not sent and about to fall due, or fell due lately. One query; none for who reports
    nothing."""
    own = {one.unit.pk: one.unit for one in access.held(user) if one.role in access.ROLES_FOR["file_return"]}
    running = containing(PeriodKind.HALF_MONTH, today)
    found = [
        Owed(unit, period, due_on(unit.level, period), today)
        for unit in own.values()
        if unit.level in LEVELS
        for period in (running.previous(), running)
    ]
    near = [one for one in found if -SHOWN_BEFORE <= (today - one.due_on).days <= SHOWN_AFTER]
    if not near:
        return []
    rows = Return.objects.stands().filter(unit__in=own, kind=PeriodKind.HALF_MONTH)
    sent = set(rows.filter(first_day__in={one.period.first_day for one in near}).values_list("unit", "first_day"))
    return [one for one in near if (one.unit.pk, one.period.first_day) not in sent]


def _three_things(found: Sequence[Section], owed: Sequence[Owed], today: dt.date) -> list[Section]:
    """Of the schools that she is principal of, together."""
    days = [section.data.today for section in found if section.name == "principal"]
    if not days:
        return []
    ids = {day.school.pk for day in days}
    hers = [one for one in owed if one.unit.pk in ids]
    late = [one for one in hers if one.is_late]
    first = next(iter(late or hers), None)
    url = reverse("reports:return_detail", args=[first.unit.code, first.period.code]) if first else ""
    silent = sum(day.classes - day.published for day in days)
    counted = pressing.Owed(len(late), len(hers) - len(late), url)
    return [Section("three_things", pressing.three_things([day.school for day in days], silent, counted, today))]


# --- Findings and complaints ---


@dataclass(frozen=True, slots=True)
class Oversight:
    """What waits for her: answers that her unit owes, answers that she may verify, complaints of her unit."""

    owed: int
    due_on: dt.date | None  # the nearest deadline of those owed
    overdue: int  # of those owed; else of those below her
    to_verify: int
    complaints: int

    @property
    def is_nothing(self) -> bool:
        return not (self.owed or self.overdue or self.to_verify or self.complaints)


def _oversight(user: User, today: dt.date) -> Oversight | None:
    """None where nothing waits. At most three queries, none for who has no part in it."""
    held = access.held(user)
    own = [one.unit.pk for one in held if one.role in access.ROLES_FOR["answer_findings"]]
    inspected = access.scope(user, "inspect")
    handled = [one.unit.pk for one in held if one.role in access.ROLES_FOR["handle_complaints"]]
    owed = overdue = to_verify = complaints = 0
    due_on = None
    if own:
        mine = Finding.objects.owing().filter(owner__in=own)
        sums = mine.aggregate(count=Count("pk"), nearest=Min("due_on"), late=Count("pk", filter=Q(due_on__lt=today)))
        owed, due_on, overdue = sums["count"], sums["nearest"], sums["late"]
    if inspected:
        below = Finding.objects.inside(inspected).exclude(owner__in=own)
        sums = below.aggregate(
            late=Count("pk", filter=Q(state__in=OWING, due_on__lt=today)),
            answered=Count("pk", filter=Q(state=Finding.State.SUBMITTED)),
        )
        overdue, to_verify = overdue + sums["late"], sums["answered"]
    if handled:
        complaints = Complaint.objects.filter(unit__in=handled, state__in=("received", "accepted")).count()
    found = Oversight(owed, due_on, overdue, to_verify, complaints)
    return None if found.is_nothing else found


# --- Teachers and 班主任 ---


@dataclass(frozen=True, slots=True)
class TaughtClass:
    """A class of hers today, and those of her subjects in it that nobody has spoken for."""

    day: ClassDay
    subjects: list[Subject]
    unspoken: list[Subject]
    teaches: bool  # the school teaches today


@dataclass(frozen=True, slots=True)
class HeadedClass:
    """Her own class today, and whose word is missing: subject with its teacher's name."""

    day: ClassDay
    missing: list[str]
    teaches: bool

    @property
    def is_complete(self) -> bool:
        return self.day.notice is not None and self.day.notice.is_complete


def _own_classes(user: User, today: dt.date) -> list[Section]:
    """One reading of the day for both parts: what she teaches and what she heads."""
    hers = list(Teaching.objects.on(today).filter(teacher=user).select_related("subject"))
    headed = set(HeadTeacher.objects.on(today).filter(user=user).values_list("class_group", flat=True))
    ids = {teaching.class_group_id for teaching in hers} | headed
    if not ids:
        return [Section("teacher", [])] if access.scope(user, "post_homework") else []
    groups = list(ClassGroup.objects.filter(pk__in=ids).on(today).in_order().select_related("school__unit"))
    teaching_schools = _teaching({group.school_id for group in groups}, today)
    days = class_days(groups, today, Notice.objects.all())
    found = []
    taught = [_taught(day, hers, teaching_schools) for day in days]
    if any(row.subjects for row in taught):
        found.append(Section("teacher", [row for row in taught if row.subjects]))
    own = [day for day in days if day.class_group.pk in headed]
    if own:
        found.append(Section("head_teacher", _headed(own, today, teaching_schools)))
    return found


def _teaching(schools: Iterable[int], today: dt.date) -> set[int]:
    return set(SchoolDay.objects.held().filter(day=today, school__in=schools).values_list("school", flat=True))


def _taught(day: ClassDay, hers: list[Teaching], teaching_schools: set[int]) -> TaughtClass:
    mine = {teaching.subject_id for teaching in hers if teaching.class_group_id == day.class_group.pk}
    return TaughtClass(
        day=day,
        subjects=[subject for subject in day.due if subject.pk in mine],
        unspoken=[subject for subject in day.missing if subject.pk in mine],
        teaches=day.class_group.school_id in teaching_schools,
    )


def _headed(days: list[ClassDay], today: dt.date, teaching_schools: set[int]) -> list[HeadedClass]:
    names: dict[tuple[int, int], list[str]] = defaultdict(list)
    colleagues = Teaching.objects.on(today).filter(class_group__in=[day.class_group for day in days])
    for teaching in colleagues.select_related("teacher"):
        names[teaching.class_group_id, teaching.subject_id].append(teaching.teacher.name)
    return [
        HeadedClass(
            day,
            [f"{subject.name}（{'、'.join(names[day.class_group.pk, subject.pk])}）" for subject in day.missing],
            day.class_group.school_id in teaching_schools,
        )
        for day in days
    ]


# --- One school ---


@dataclass(frozen=True, slots=True)
class Office:
    """教导处: what waits for a decision, and which classes are not yet complete."""

    today: DaySum
    waiting: int  # overruns of any day
    unreleased: int
    incomplete: list[ClassDay]
    more: int  # incomplete classes beyond those listed
    service: Line | None


@dataclass(frozen=True, slots=True)
class Heat:
    """Minutes by class and day, for the classes that share a limit."""

    id: str
    limit: int
    option: charts.Option
    height: int  # px


@dataclass(frozen=True, slots=True)
class SchoolView:
    """A principal's day."""

    today: DaySum
    breaches: list[tuple[str, Notice]]  # with the class's name
    heats: list[Heat]
    service: Line | None

    @property
    def complete_share(self) -> str:
        return _share(self.today.complete, self.today.classes)


def _offices(units: Sequence[OrgUnit], today: dt.date) -> list[Office]:
    schools = _schools(units)
    lines = lines_of_schools(schools, today)
    return [_office(counted, today, lines.get(counted.school.pk)) for counted in day_sums(schools, today)]


def _office(counted: DaySum, today: dt.date, line: Line | None) -> Office:
    school = counted.school
    notices = Notice.objects.filter(school=school)
    waiting, unreleased = notices.waiting().count(), notices.unreleased().count()
    if not counted.teaches:
        return Office(counted, waiting, unreleased, [], 0, line)
    done = Notice.objects.on(today).filter(school=school, is_complete=True).values("class_group")
    open_groups = ClassGroup.objects.filter(school=school).on(today).exclude(pk__in=done).in_order()
    groups = list(open_groups.select_related("school")[:MOST_CLASSES_LISTED])
    incomplete = class_days(groups, today, Notice.objects.all())
    return Office(counted, waiting, unreleased, incomplete, max(counted.incomplete - len(incomplete), 0), line)


def _principals(units: Sequence[OrgUnit], today: dt.date) -> list[SchoolView]:
    schools = _schools(units)
    lines = lines_of_schools(schools, today)
    return [_school_view(counted, today, lines.get(counted.school.pk)) for counted in day_sums(schools, today)]


def _school_view(counted: DaySum, today: dt.date, line: Line | None) -> SchoolView:
    school = counted.school
    breaches = Notice.objects.on(today).filter(school=school).in_breach().select_related("class_group")
    named = [
        (notice.class_group.name_on(today), notice) for notice in breaches.order_by("grade", "class_group__number")
    ]
    return SchoolView(counted, named, _heats(school, today), line)


def _share(complete: int, classes: int) -> str:
    return H2.text({H2.numerator: complete, H2.denominator: classes})


def _schools(units: Sequence[OrgUnit]) -> list[School]:
    return list(School.objects.filter(unit__in=units).select_related("unit").order_by("unit__code"))


def _heats(school: School, today: dt.date) -> list[Heat]:
    """One map per limit, the strictest first: a shade means nothing across different limits."""
    days = last_school_days(school, today, HEAT_DAYS)
    if not days:
        return []
    book = RuleBook.read([school.pk], days[-1], days[-1])
    by_limit: dict[int, list[tuple[str, list[Cell | None]]]] = defaultdict(list)
    groups = ClassGroup.objects.filter(school=school).on(days[-1]).in_order()
    for group, row in zip(groups, grid(school, days), strict=True):
        limit = _limit(book, school, group.grade_on(days[-1]), days[-1])
        if limit is not None:
            by_limit[limit].append(row)
    labels = [f"{day.month}.{day.day}" for day in days]
    return [_heat(school, limit, labels, rows) for limit, rows in sorted(by_limit.items())]


def _limit(book: RuleBook, school: School, grade: int, day: dt.date) -> int | None:
    try:
        return book.limit(school, grade, day)
    except NoLimitKnownError:  # a class before or after its nine years
        return None


def _heat(school: School, limit: int, labels: list[str], rows: list[tuple[str, list[Cell | None]]]) -> Heat:
    notices = [[cell.notice if cell else None for cell in cells] for _, cells in rows]
    values = [[notice.load_minutes if notice else None for notice in line] for line in notices]
    # By the limit of its own day, which may have been another.
    over = [[notice is not None and notice.is_over for notice in line] for line in notices]
    option = charts.heatmap(labels, [name for name, _ in rows], values, unit="分钟", limit=limit, over=over)
    return Heat(f"heat-{school.pk}-{limit}", limit, option, 76 + 26 * len(rows))


# --- Counties and cities ---


@dataclass(frozen=True, slots=True)
class AreaView:
    """A unit's day so far, and how it stands in the half-month."""

    unit: OrgUnit
    today: dict[str, int]
    standing: Standing
    service: Line | None

    @property
    def complete_share(self) -> str:
        return _share(self.today["complete"], self.today["classes"])


@dataclass(frozen=True, slots=True)
class BureauView:
    area: AreaView
    due: list[shelf.Entry]  # can be made and are not there yet
    next_due: list[shelf.Entry] = field(default_factory=list)  # of the running periods, our own unit's


def _areas(units: Sequence[OrgUnit], today: dt.date) -> list[AreaView]:
    return [
        AreaView(
            unit,
            total(School.objects.under(unit, today), today),
            standing(unit, today),
            line_of_area(unit.path_on(today), today),
        )
        for unit in units
    ]


def _bureaus(units: Sequence[OrgUnit], today: dt.date) -> list[BureauView]:
    running = [containing(kind, today) for kind in PeriodKind]
    ended = [period.previous() for period in running]
    found = []
    for area in _areas(units, today):
        reporting = list(shelf.reporting_units([area.unit.path_on(today)]))
        entries = shelf.entries(reporting, [*ended, *running], today) if reporting else []
        due = [entry for entry in entries if entry.is_due]
        coming = [entry for entry in entries if not entry.is_closed and entry.unit == area.unit]
        found.append(BureauView(area, due, coming))
    return found
