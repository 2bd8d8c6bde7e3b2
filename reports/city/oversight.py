"""The demo's oversight: visits with what was found, each finding somewhere in its life, complaints, a letter."""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from accounts.models import User
from inspections import letters as drawing
from inspections.models import Complaint, Finding, FindingStep
from inspections.services import complaints, findings, letters, visits
from reports.city import words
from reports.city.make import Tell
from schools.models import OrgUnit, Posting, Role, School

# What is found, in which category, how grave, and how far it has come.
FOUND = (
    ("三年级两个班连续三天没有公示作业。", "homework", "minor", "closed"),
    ("手机管理没有家长申请，登记不全。", "phones", "minor", "submitted"),
    ("课后服务点名表缺漏，个别班没有看管记录。", "service", "major", "rectifying"),
    ("图书角有两本不在推荐目录的读物。", "reading", "minor", "on_the_spot"),
    ("体育课被语文课占用一节。", "health", "major", "found"),
    ("一校一策没有公布，教师不知道本校限量。", "safeguards", "minor", "closed"),
)
DONE = {
    "plan": "教导处负责，一周内完成。",
    "submit": "已按要求整改，见各班公示。",
    "verify": "现场核查属实。",
    "close": "",
}
ROADS = {"closed": ("plan", "submit", "verify", "close"), "submitted": ("plan", "submit"), "rectifying": ("plan",)}
COMPLAINED = (
    ("homework", "孩子四年级，作业写到晚上九点半。", "closed"),
    ("parents", "老师要求家长批改数学作业并签字。", "replied"),
    ("forced", "班里说课后服务都要报名。", "accepted"),
    ("fees", "课后服务收费没有公示。", "received"),
)


def oversee(first_day: dt.date, last_day: dt.date, tell: Tell) -> None:
    """Two findings a school from visits in these days, and complaints in the first county."""
    tell("督导和举报…")
    schools = list(School.objects.select_related("unit").order_by("unit__code"))
    for number, school in enumerate(schools[:-2]):  # two that nobody has visited
        inspector, officer = _county_people(school)
        day = min(first_day + dt.timedelta(days=7 + 2 * number), last_day)
        visit = visits.add_visit(
            by=inspector,
            school=school,
            day=day,
            kind="round",
            lessons_heard=2,
            books_read=30,
            notes="看公示栏，听课，座谈。",
        )
        for shift in (0, 3):
            what, category, severity, road = FOUND[(number + shift) % len(FOUND)]
            on_the_spot = "已当场改正。" if road == "on_the_spot" else ""
            finding = findings.open_finding(
                by=inspector,
                owner=school.unit,
                category=category,
                severity=severity,
                what=what,
                demand="立即整改，举一反三。",
                found_on=day,
                visit=visit,
                on_the_spot=on_the_spot,
            )
            if finding:
                _live(finding, road, day, _principal(school), officer)
    _complain(schools[0], _county_people(schools[0])[1])
    _write(schools[2], _county_people(schools[2])[1])


def _live(finding: Finding, road: str, day: dt.date, principal: User, officer: User) -> None:
    """Take its steps, then set them back to the days after it was found."""
    for step in ROADS.get(road, ()):
        by = principal if step in ("plan", "submit") else officer
        said = {} if step == "close" else {"text": DONE[step]}
        getattr(findings, step)(by=by, finding=finding, **said)
    closed_on = day if road == "on_the_spot" else day + dt.timedelta(days=6)
    Finding.objects.filter(pk=finding.pk, answered_on__isnull=False).update(answered_on=min(closed_on, _today()))
    Finding.objects.filter(pk=finding.pk, closed_on__isnull=False).update(closed_on=min(closed_on, _today()))
    for place, row in enumerate(finding.steps.order_by("pk")):
        back = min(day + dt.timedelta(days=place * 2), _today())
        at = dt.datetime.combine(back, dt.time(10), timezone.get_current_timezone())
        FindingStep.objects.filter(pk=row.pk).update(day=back, at=at)


def _complain(school: School, officer: User) -> None:
    county = OrgUnit.objects.get(code=words.COUNTIES[0][0])
    for place, (kind, text, state) in enumerate(COMPLAINED):
        complaint = complaints.receive(
            unit=county,
            source=Complaint.Source.WEB,
            kind=kind,
            target_name=school.unit.name,
            text=text,
            received_on=_today() - dt.timedelta(days=12 - 3 * place),
        )
        if state != "received":
            complaints.accept(by=officer, complaint=complaint)
        if state in ("replied", "closed"):
            outcome = "upheld" if state == "replied" else "not_upheld"
            complaints.answer(by=officer, complaint=complaint, outcome=outcome, text="已到校核实，情况已告知学校。")
        if state == "closed":
            complaints.close(by=officer, complaint=complaint)


def _write(school: School, officer: User) -> None:
    rows = list(Finding.objects.open().filter(owner=school.unit))
    unit = _county_of(school)
    first = drawing.draft("advice", unit, school.unit, rows, _today())
    letter = letters.write(
        by=officer,
        unit=unit,
        kind="advice",
        addressee=school.unit,
        issuer=first.issuer,
        title=first.title,
        body=first.body,
        word=first.word,
        findings=rows,
    )
    if letter:
        letters.issue(by=officer, letter=letter)


def _county_people(school: School) -> Sequence[User]:
    """A 责任督学 of its county, or else an officer; and an officer."""
    postings = Posting.objects.filter(unit=_county_of(school)).select_related("user").order_by("pk")
    officer = postings.filter(role=Role.OFFICER)[0].user
    supervisor = postings.filter(role=Role.SUPERVISOR).first()
    return (supervisor.user if supervisor else officer), officer


def _county_of(school: School) -> OrgUnit:
    codes = school.unit.path_on(_today()).strip("/").split("/")
    return OrgUnit.objects.get(code__in=codes, level=OrgUnit.Level.COUNTY)


def _principal(school: School) -> User:
    return Posting.objects.filter(unit=school.pk, role=Role.PRINCIPAL).select_related("user")[0].user


def _today() -> dt.date:
    return timezone.localdate()
