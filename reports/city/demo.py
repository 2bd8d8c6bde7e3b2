"""The demo: the city, its sums and reports made by a real worker, and somebody of each role to sign in as."""

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from accounts import jobs
from accounts.models import Job, User
from afterschool.services import sessions
from reports import services
from reports.city import oversight, school_life, service, training, words
from reports.city.make import Tell, make_city
from reports.issuing import services as issuing
from reports.models import HomeworkTally, Report, ReportFile
from schools.models import ClassGroup, HeadTeacher, OrgUnit, Posting, Role, SchoolDay, Staff
from schools.models.people import Duty
from schools.periods import Period, PeriodKind, last_full

SCHOOLS, SEED = 12, 2026
# Six weeks at least, and the whole of the last full month.
DAYS_AT_LEAST = 42
POLL_SECONDS = 0.3
# Where `make run` serves it.
ADDRESS = "http://127.0.0.1:8000"


@dataclass(frozen=True, slots=True)
class SignIn:
    """What somebody types to sign in; the password is the same for all of the demo."""

    role: str
    name: str
    account: str
    school_code: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    path: Path
    pages: int
    seconds: float  # from asking to the file; 0 when it was there already


def load(today: dt.date, tell: Tell) -> None:
    """Make the city up to yesterday, with what today's after-school service has ahead, unless it is there."""
    if OrgUnit.objects.filter(code=words.CITY[0]).exists():
        tell("演示城市已在，不重做。")
        return
    first_day, last_day = days_of_data(today)
    made = make_city(schools=SCHOOLS, first_day=first_day, last_day=last_day, seed=SEED, tell=tell)
    school_life.live(made.days[0], made.days[-1], SEED, tell)
    service.serve(made.days[0], made.days[-1], SEED, tell)
    sessions.make_sessions(today)
    oversight.oversee(last_full(PeriodKind.MONTH, made.days[-1]).first_day, made.days[-1], tell)
    training.train(made.days[-1], tell)


def days_of_data(today: dt.date) -> tuple[dt.date, dt.date]:
    """Until yesterday; in a vacation, until the last days of the term before."""
    last_day = today - dt.timedelta(days=1)
    if (last_day.month, last_day.day) > (7, 3) and last_day.month < 10:
        last_day = dt.date(last_day.year, 7, 3)
    elif (1, 20) < (last_day.month, last_day.day) < (4, 1):
        last_day = dt.date(last_day.year, 1, 20)
    month = last_full(PeriodKind.MONTH, last_day + dt.timedelta(days=1))
    return min(month.first_day, last_day - dt.timedelta(days=DAYS_AT_LEAST)), last_day


def roll_up(tell: Tell) -> None:
    """Have the worker make the sums of every day that has passed, unless they are there."""
    held = SchoolDay.objects.held().filter(day__lt=timezone.localdate())
    summed = Exists(HomeworkTally.objects.filter(school=OuterRef("school"), day=OuterRef("day")))
    missing = held.exclude(summed).order_by("day")
    if not missing.exists():
        tell("汇总已在，不重做。")
        return
    first_day, last_day = missing[0].day, missing.reverse()[0].day
    arguments: dict[str, object] = {"first_day": str(first_day), "last_day": str(last_day)}
    wait(jobs.enqueue("reports.tasks.rebuild_days", key="demo:rebuild_days", arguments=arguments), tell)


def make_reports(folder: Path, tell: Tell) -> Iterator[Printed]:
    """Have the worker make the last full half-month's and month's reports of city and counties into `folder`.

    The half-months' are issued.
    """
    folder.mkdir(parents=True, exist_ok=True)
    day = HomeworkTally.objects.order_by("-day")[0].day + dt.timedelta(days=1)
    officer = Posting.objects.filter(role=Role.OFFICER, unit__code=words.CITY[0])[0].user
    for unit in OrgUnit.objects.areas().order_by("level", "code"):
        for kind in PeriodKind:
            yield _report(unit, last_full(kind, day), officer, folder, tell)


def _report(unit: OrgUnit, period: Period, officer: User, folder: Path, tell: Tell) -> Printed:
    path = folder / f"{unit.name}-{period.name}.pdf"
    started, seconds = time.monotonic(), 0.0
    if not Report.objects.of(unit, period).exists():
        tell(f"{unit.name}{period.name}报告…")
        wait(services.ask_for_report(by=officer, unit=unit, period=period, now=timezone.localtime()), tell)
        seconds = time.monotonic() - started
    report = Report.objects.of(unit, period).latest_first()[0]
    if period.kind == PeriodKind.HALF_MONTH and report.state == Report.State.MADE:
        _issue(report)
    file = report.files.get(format=ReportFile.Format.PDF)
    path.write_bytes(file.content)
    return Printed(path, file.pages or 0, seconds)


def _issue(report: Report) -> None:
    """By its unit's officers. The months' reports are left to whoever looks at the demo."""
    maker, signer = (issuing.holders(report.unit_id, {duty})[0] for duty in (Duty.MAKER, Duty.SIGNER))
    issuing.send(by=maker, report=report)
    issuing.check(by=signer, report=report)
    issuing.issue(by=signer, report=report, address=lambda code: f"{ADDRESS}{reverse('reports:verify', args=[code])}")


def wait(job: Job, tell: Tell) -> None:
    """Until the worker has finished the job, telling its progress. Raises RuntimeError when it failed."""
    told = ""
    while job.state in Job.UNFINISHED:
        time.sleep(POLL_SECONDS)
        jobs.resend_lost(timezone.now())  # here no beat does it
        job.refresh_from_db()
        if job.note and job.note != told:
            told = job.note
            tell(f"  {job.percent}% {told}")
    if job.state == Job.State.FAILED:
        raise RuntimeError(job.note)


def sign_ins(password: str) -> list[SignIn]:
    """One person of each role, with the password set for her."""
    found = [*_school_people(), *_bureau_people()]
    for user, _ in found:
        user.set_password(password)
        user.save(update_fields=["password"])
    return [sign_in for _, sign_in in found]


def _school_people() -> Iterator[tuple[User, SignIn]]:
    """Of the first school: the teachers of its highest class, which takes written work home."""
    in_post = Staff.objects.filter(school__unit__code__startswith=words.COUNTIES[0][0])
    school = in_post.order_by("school__unit__code").select_related("school__unit")[0].school
    staff = Staff.objects.filter(school=school).select_related("user").order_by("staff_no")
    highest = ClassGroup.objects.filter(school=school).in_order().reverse()[0]
    head = HeadTeacher.objects.get(class_group=highest).user
    people = {
        "教师": staff.filter(user__teachings__class_group=highest).exclude(user=head),
        "班主任": staff.filter(user=head),
        "教导处": staff.filter(user__postings__role=Role.ACADEMIC_OFFICE),
        "校长": staff.filter(user__postings__role=Role.PRINCIPAL),
    }
    for role, found in people.items():
        person = found[0]
        yield person.user, SignIn(role, person.user.name, person.staff_no, school.unit.code)


def _bureau_people() -> Iterator[tuple[User, SignIn]]:
    city, county = words.CITY[0], words.COUNTIES[0][0]
    people = {
        "责任督学": (Role.SUPERVISOR, county, []),
        "县（区）教育局填表": (Role.OFFICER, county, [Duty.MAKER]),
        "县（区）教育局审核、签发": (Role.OFFICER, county, [Duty.SIGNER]),
        "市教育局填表": (Role.OFFICER, city, [Duty.MAKER]),
        "市教育局审核、签发": (Role.OFFICER, city, [Duty.SIGNER]),
        "成员单位联络员": (Role.LIAISON, "", []),
        "系统管理员": (Role.ADMIN, city, []),
    }
    for title, (role, code, duties) in people.items():
        postings = Posting.objects.filter(role=role, unit__code__startswith=code, duties__contains=duties)
        user = postings.select_related("user").order_by("pk")[0].user
        yield user, SignIn(title, user.name, user.phone or "")
