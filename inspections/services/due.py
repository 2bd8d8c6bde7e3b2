"""Findings that the system opens itself: what the rules find on a day, opened once, reopened when it comes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.notifications import Line, tell_lines
from inspections import deadlines, people
from inspections.breaches import Rule, in_force
from inspections.models import Finding, FindingStep
from inspections.services import findings as services
from schools.calendar import school_year
from schools.models import ClassGroup, OrgUnit, School
from schools.terms import term_on


@dataclass(frozen=True, slots=True)
class Breach:
    """What a rule found: of whom, of what, on which days."""

    rule: Rule
    owner_id: int
    subject: str
    first_day: dt.date
    last_day: dt.date
    what: str


@transaction.atomic
def open_due_findings(day: dt.date) -> int:
    """Open what the rules find on `day`, a day that is over; return how many were opened or reopened.

    Safe to repeat, and by two at once. What is open already is not doubled; what was closed counts by days after its
    closing alone: in the same term it is reopened, later it is a new one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('open_due_findings', 0))")
    return sum(_follow(rule, breaches_of(rule, day)) for rule in in_force(day))


def breaches_of(rule: Rule, day: dt.date) -> list[Breach]:
    """One statement, and one for the names of classes."""
    with connection.cursor() as cursor:
        cursor.execute(rule.statement, {"day": day, "least": rule.days, "school_year": school_year(day)})
        rows = cursor.fetchall()
    classes = ClassGroup.objects.in_bulk([class_id for _, _, class_id, *_ in rows if class_id])
    return [
        Breach(
            rule,
            owner_id,
            subject,
            first_day,
            last_day,
            rule.words(
                name=classes[class_id].name_on(day) if class_id else "", first=first_day, last=last_day, days=days
            ),
        )
        for owner_id, subject, class_id, first_day, last_day, days in rows
    ]


def _follow(rule: Rule, breaches: Sequence[Breach]) -> int:
    known = _latest(rule, [breach.subject for breach in breaches])
    new, again = [], []
    for breach in breaches:
        earlier = known.get(breach.subject)
        if earlier is None:
            new.append(breach)
        elif earlier.closed_on and breach.first_day > earlier.closed_on:
            if _same_term(earlier, breach):
                again.append((earlier, breach))
            else:
                new.append(breach)
    for earlier, breach in again:
        services.reopen(by=None, finding=earlier, text=breach.what)
    return len(again) + len(_open(rule, new))


def _latest(rule: Rule, subjects: Sequence[str]) -> dict[str, Finding]:
    rows = Finding.objects.filter(rule=rule.id, subject__in=subjects).select_related("owner").order_by("pk")
    return {finding.subject: finding for finding in rows.defer("words")}


def _same_term(earlier: Finding, breach: Breach) -> bool:
    school = School.objects.filter(pk=breach.owner_id).first()
    term = term_on(school, breach.last_day) if school else None
    return bool(term and earlier.closed_on and term.first_day <= earlier.closed_on)


def _open(rule: Rule, breaches: Sequence[Breach]) -> list[Finding]:
    owners = OrgUnit.objects.in_bulk([breach.owner_id for breach in breaches])
    today = timezone.localdate()
    due_on = {owner: deadlines.due_on(owner, today, rule.severity) for owner in owners}
    made = []
    for breach in breaches:
        finding = Finding(
            owner=owners[breach.owner_id],
            rule=rule.id,
            subject=breach.subject,
            first_day=breach.first_day,
            last_day=breach.last_day,
            category=rule.category,
            severity=rule.severity,
            what=breach.what,
            demand=rule.demand,
            found_on=today,
            first_due_on=due_on[breach.owner_id],
            due_on=due_on[breach.owner_id],
        )
        finding.words = services.vector(finding)
        made.append(finding)
    Finding.objects.bulk_create(made)
    FindingStep.objects.bulk_create(
        FindingStep(finding=finding, kind=FindingStep.Kind.OPEN, text=rule.demand, until=finding.due_on)
        for finding in made
    )
    _tell(rule, made, today)
    return made


def _tell(rule: Rule, made: Sequence[Finding], today: dt.date) -> None:
    """One line a school and rule, however many classes: a page of lines would be read by nobody."""
    by_owner: dict[int, list[Finding]] = {}
    for finding in made:
        by_owner.setdefault(finding.place.pk, []).append(finding)
    lines = []
    for owner_id, rows in by_owner.items():
        first = rows[0]
        alone = len(rows) == 1
        url = reverse("inspections:finding_detail", args=[first.pk]) if alone else reverse("inspections:ledger")
        text = first.what if alone else f"{rule.name}：新增{len(rows)}个问题"
        said = f"系统按规则{rule.id}立项，最晚{first.due_on:%-m月%-d日}报送整改：{text}"
        for user in people.answering(owner_id, today):
            lines.append(Line(user.pk, f"finding-rule:{first.pk}", said, url))
    tell_lines(lines)
