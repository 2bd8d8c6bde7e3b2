"""(g) After-school service of a large city: a day's sums made and read, who served in a week, and the disk of a day."""

import datetime as dt
import random
from collections.abc import Iterator

from django.db import connection, transaction

from afterschool.models import Absence, Course, CourseGroup, Enrolment, Plan, Pupil, Session, Worker
from afterschool.services.sessions import make_sessions
from bench import clock
from reports import rollup, service
from reports.city.copy import copy_rows, reserve
from reports.city.days import SHANGHAI
from reports.city.make import Made
from reports.city.service import ABSENCE_COLUMNS, SESSION_COLUMNS
from reports.models import PLACE, ServiceTally
from schools.models import ClassGroup, Posting, Role, School, SchoolDay

DAYS = 5
EXPECTED = 42  # pupils of a session: 1.5 million a day in 36,000 groups
EXCEPTIONS = 0.03
WEEKLY = '{"[960,1080)","[2400,2520)","[3840,3960)","[5280,5400)","[6720,6840)"}'  # 16:00 to 18:00, Monday to Friday


def measure(made: Made) -> None:
    days = made.days[-DAYS:]
    seconds = clock.seconds(lambda: _make(days))
    _settle()
    sessions, absences = Session.objects.on(days[-1]).count(), Absence.objects.filter(session__day=days[-1]).count()
    clock.keep(
        "service_make",
        f"{len(days)}天，每天{sessions}次、{absences}条缺席请假：{seconds:.0f}秒",
        seconds=seconds,
        sessions=sessions,
        absences=absences,
    )
    _storage(len(days))
    _rebuild(days)
    _read(days[-1])
    _people(days)
    _pupils(days)
    _meet(days[-1])  # last: the rows it takes back stay in the file


def _make(days: list[dt.date]) -> None:
    rng = random.Random(1)
    classes = list(ClassGroup.objects.on(days[-1]).order_by("pk").values_list("pk", "school", "entry_grade"))
    schools = list(School.objects.order_by("pk").values_list("pk", flat=True))
    offices = dict(Posting.objects.filter(role=Role.ACADEMIC_OFFICE).values_list("unit", "user"))
    maker = next(iter(offices.values()))
    first_day, last_day = days[0], days[-1] + dt.timedelta(days=90)
    Plan.objects.bulk_create(
        Plan(
            school_id=school,
            version=1,
            first_day=first_day,
            last_day=last_day,
            lessons_end_at=dt.time(15, 50),
            state=Plan.State.FILED,
            filing_no="1",
            made_by_id=offices[school],
        )
        for school in schools
    )
    courses = Course.objects.bulk_create(
        Course(school_id=school, name="作业辅导", kind="homework", nature="guidance") for school in schools
    )
    course_of = {course.school_id: course.pk for course in courses}
    groups, workers = reserve(CourseGroup, len(classes)), reserve(Worker, len(classes))
    copy_rows(
        Worker,
        ("id", "school_id", "name", "kind", "qualification", "first_day"),
        ((pk, school, "某人", "retired", "", first_day) for pk, (_, school, _) in zip(workers, classes, strict=True)),
    )
    copy_rows(
        CourseGroup,
        *_groups(groups, workers, classes, course_of, first_day, last_day),
    )
    pupils = reserve(Pupil, len(classes) * EXPECTED)
    copy_rows(
        Pupil,
        ("id", "school_id", "class_group_id", "code", "name", "listed_on"),
        (
            (pk, classes[number // EXPECTED][1], classes[number // EXPECTED][0], f"{pk}", "某生", first_day)
            for number, pk in enumerate(pupils)
        ),
    )
    copy_rows(
        Enrolment,
        ("id", "group_id", "pupil_id", "first_day", "last_day", "weekly", "made_by_id"),
        (
            (pk, groups[number // EXPECTED], pupils[number], first_day, last_day, WEEKLY, maker)
            for number, pk in enumerate(reserve(Enrolment, len(pupils)))
        ),
    )
    for day in days:
        _hold(rng, day, classes, groups, pupils, offices)


def _groups(
    groups: range,
    workers: range,
    classes: list[tuple[int, int, int]],
    course_of: dict[int, int],
    first_day: dt.date,
    last_day: dt.date,
) -> tuple[tuple[str, ...], Iterator[tuple[object, ...]]]:
    columns = (
        *("id", "school_id", "course_id", "name", "grades", "worker_id", "capacity", "weekly"),
        *("first_day", "last_day"),
    )
    rows = (
        (group, school, course_of[school], f"班组{class_id}", "{1}", worker, 50, WEEKLY, first_day, last_day)
        for group, worker, (class_id, school, _) in zip(groups, workers, classes, strict=True)
    )
    return columns, rows


def _hold(
    rng: random.Random,
    day: dt.date,
    classes: list[tuple[int, int, int]],
    groups: range,
    pupils: range,
    offices: dict[int, int],
) -> None:
    """A session of each group; of its pupils 3 in 100 are an exception."""
    ids = reserve(Session, len(classes))
    at = dt.datetime.combine(day, dt.time(16, 10), SHANGHAI)
    sessions, absences = [], []
    for number, (session, group, (_, school, _)) in enumerate(zip(ids, groups, classes, strict=True)):
        taken = [pupil for pupil in pupils[number * EXPECTED : (number + 1) * EXPECTED] if rng.random() < EXCEPTIONS]
        kinds = [rng.choice(("absent", "on_leave", "on_leave")) for _ in taken]
        absences += [(session, pupil, kind, None, "") for pupil, kind in zip(taken, kinds, strict=True)]
        head = (session, group, school, day, dt.time(16), dt.time(18), "held", "", None, EXPECTED)
        counts = (kinds.count("absent"), kinds.count("on_leave"), 0)
        sessions.append((*head, *counts, "学生自主完成作业，个别答疑。", offices[school], at))
    copy_rows(Session, SESSION_COLUMNS, sessions)
    copy_rows(Absence, ABSENCE_COLUMNS, absences)


def _meet(last_day: dt.date) -> None:
    """The morning's job: the sessions of the next school day, of all groups of the city. Taken back."""
    day = SchoolDay.objects.held().filter(day__gt=last_day).order_by("day").values_list("day", flat=True)[0]
    with transaction.atomic():
        seconds = clock.seconds(lambda: make_sessions(day))
        made = Session.objects.on(day).count()
        transaction.set_rollback(True)
    clock.keep("service_meet", f"生成一天的安排：{made}次，{seconds:.1f}秒", seconds=seconds, made=made)


def _settle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _storage(days: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_table_size('afterschool_session'), pg_indexes_size('afterschool_session'), "
            "pg_table_size('afterschool_absence'), pg_indexes_size('afterschool_absence')"
        )
        sizes = [size / days / 1e6 for size in cursor.fetchone()]
    clock.keep(
        "service_storage",
        f"每天 {sum(sizes):.1f} MB（点名 {sizes[0]:.1f}＋索引 {sizes[1]:.1f}，"
        f"缺席请假 {sizes[2]:.1f}＋索引 {sizes[3]:.1f}；应≤15）",
        megabytes=sum(sizes),
        parts=sizes,
    )


def _rebuild(days: list[dt.date]) -> None:
    rollup.rebuild_days(days[0], days[-1])
    alone = clock.median_seconds(lambda: rollup.replace_day(rollup.SERVICE, days[-1]), runs=7)
    whole = clock.median_seconds(lambda: rollup.rebuild_day(days[-1]), runs=7)
    clock.keep(
        "service_rebuild",
        f"一天的课后服务汇总 {alone * 1000:.0f}毫秒，连作业一起 {whole * 1000:.0f}毫秒",
        service_seconds=alone,
        all_seconds=whole,
    )


def _read(day: dt.date) -> None:
    """The school totals of a day and of its counties, against the bare statement."""

    def schools() -> list[tuple[object, ...]]:
        return list(ServiceTally.objects.filter(day=day).values_list("school", *ServiceTally.COUNTS))

    def counties() -> list[dict[str, object]]:
        return list(ServiceTally.objects.below(["/"]).between(day, day).sums_by(f"{PLACE}parent"))

    def bare() -> list[tuple[object, ...]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM reports_servicetally WHERE day = %s", [day])
            return cursor.fetchall()

    ours_seconds, bare_seconds = clock.side_by_side(schools, bare, runs=15)
    county_seconds = clock.median_seconds(counties, runs=15)
    present = sum(row[ServiceTally.COUNTS.index("present") + 1] for row in schools())  # type: ignore[misc]
    clock.keep(
        "service_read",
        f"{len(schools())}所学校一天的合计 {ours_seconds * 1000:.1f}毫秒，"
        f"裸SQL {bare_seconds * 1000:.1f}毫秒（应<20）；"
        f"按县 {county_seconds * 1000:.1f}毫秒；到场{present}人次",
        ours_seconds=ours_seconds,
        bare_seconds=bare_seconds,
        county_seconds=county_seconds,
        present=present,
    )


def _people(days: list[dt.date]) -> None:
    """Distinct persons of the city, its counties and each school, as a report asks."""
    schools = list(School.objects.values_list("pk", flat=True))
    groups = [schools, *([school] for school in schools)]
    seconds = clock.median_seconds(lambda: service.people(groups, days[0], days[-1]), runs=3)
    clock.keep("service_people", f"{len(days)}天、{len(groups)}个单位的服务人员：{seconds:.2f}秒", seconds=seconds)


def _pupils(days: list[dt.date]) -> None:
    """Of every school: pupils who came at least once, and on every weekday."""
    schools = list(School.objects.values_list("pk", flat=True))
    found = service.pupils(schools, days[0], days[-1])
    joined, five_days = (
        sum(counts[name] for counts in found.values()) for name in ("pupils_joined", "pupils_five_days")
    )
    seconds = clock.median_seconds(lambda: service.pupils(schools, days[0], days[-1]), runs=3)
    clock.keep(
        "service_pupils",
        f"{len(days)}天、{len(schools)}所学校的参加学生（{joined}人，其中每天参加{five_days}人）：{seconds:.2f}秒",
        seconds=seconds,
        joined=joined,
        five_days=five_days,
    )
