"""A version of a school's rule put together for a page and for one sheet of A4."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from homework import policy
from homework.models import SchoolRule
from homework.services import school_rules
from homework.services.school_rules import Terms, review_words
from paper.pdf import Printed, render_pdf
from schools.models import School, Subject
from schools.models.classes import GRADE_NAMES

# Of the sheet's letters in points, as text for CSS: the first that leaves one page is taken.
SIZES = ("16", "14", "12.5", "11.5", "10.5", "9.5", "8.5")
MOST_LINES = 18


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A grade's line. Minutes; `days_off` is None where days off together have one day's."""

    grade: str
    limit: int
    is_own: bool  # stricter by the school's own word
    days_off: int | None
    shares: list[int | None]  # in the order of the sheet's subjects


@dataclass(frozen=True, slots=True)
class Sheet:
    school: School
    rule: SchoolRule
    terms: Terms
    review: str
    subjects: list[Subject]
    rows: list[SheetRow]
    national: list[policy.NationalLimit]
    paragraphs: list[str]


def sheet_of(rule: SchoolRule) -> Sheet:
    """As it is on the version's first day."""
    school, terms = rule.school, school_rules.terms_of(rule)
    shared = {subject for _, subject in terms.shares}
    subjects = [subject for subject in Subject.objects.all() if subject.pk in shared]
    above = school_rules.limits_above(school, rule.first_day)
    stages = {(school.stage_of(grade), grade) for grade in school.grades}
    lines = [line.strip() for line in terms.text.splitlines() if line.strip()]
    return Sheet(
        school=school,
        rule=rule,
        terms=terms,
        review=review_words(terms),
        subjects=subjects,
        rows=[_row(grade, terms, above[grade], subjects) for grade in school.grades],
        national=[
            limit
            for limit in policy.national_limits_on(rule.first_day)
            if any((limit.stage, grade) in stages for grade in limit.grades)
        ],
        paragraphs=lines if len(lines) <= MOST_LINES else [" ".join(lines)],
    )


def render_sheet(rule: SchoolRule) -> Printed:
    """One page: in the largest letters that leave one."""
    sheet, made_at = sheet_of(rule), timezone.now()
    for size in SIZES:
        printed = render_pdf("homework/school_rule_pdf.html", {"sheet": sheet, "size": size}, made_at=made_at)
        if printed.pages == 1:
            break
    return printed


def _row(grade: int, terms: Terms, above: int, subjects: list[Subject]) -> SheetRow:
    own = terms.limits.get(grade)
    return SheetRow(
        grade=GRADE_NAMES[grade],
        limit=above if own is None else policy.strictest(above, [own]),
        is_own=own is not None and own < above,
        days_off=terms.days_off.get(grade),
        shares=[terms.shares.get((grade, subject.pk)) for subject in subjects],
    )
