"""一校一策: a school adopts the next version of its own rule; what a version says; what two versions differ in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.services import audit
from homework import policy
from homework.models import CutOff, LocalLimit, SchoolRule, SubjectShare
from homework.rules import RuleBook
from homework.services.limits import add_local_limit, set_cut_off
from homework.services.reassess import Extent, ask_to_judge_again
from schools.dated import not_over
from schools.models import School, Subject
from schools.models.classes import GRADE_NAMES
from schools.models.units import codes_in

DAY = dt.timedelta(days=1)
# A year typed wrong would leave no day for the next version.
FARTHEST = dt.timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a version says. Minutes of written work at home; a grade that is not named follows the rules above."""

    title: str
    first_day: dt.date
    cut_off: dt.time
    reviewed_first: bool = False
    text: str = ""
    limits: dict[int, int] = field(default_factory=dict)  # by grade: of a day
    days_off: dict[int, int] = field(default_factory=dict)  # by grade: of days off together
    shares: dict[tuple[int, int], int] = field(default_factory=dict)  # by grade and subject id


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of a comparison; an empty text where a version says nothing of it."""

    what: str
    old: str
    new: str


@transaction.atomic
def adopt_school_rule(*, by: User, school: School, terms: Terms) -> SchoolRule:
    """Adopt the next version: the one before ends the day before, with its limits; a job judges earlier days again.

    From its first day on it replaces all that the school had ruled otherwise. Raises ValidationError with keys as
    "title", "first_day", "cut_off", "limit_5", "days_off_5", "share_5_12": looser than what holds above (with the
    clause), or shares beyond the grade's limit (with the numbers).
    """
    if terms.first_day > timezone.localdate() + FARTHEST:
        raise ValidationError({"first_day": "最多提前一年制定，请核对年份。"})
    School.objects.select_for_update(no_key=True).get(pk=school.pk)  # one version at a time, and posting goes on
    school.unit.path_on_typed(terms.first_day)
    rule = SchoolRule(
        school=school,
        version=_end_previous(school, terms.first_day) + 1,
        title=terms.title.strip(),
        text="\n".join(terms.text.strip().splitlines()),  # browsers end lines with CRLF
        first_day=terms.first_day,
        made_by=by,
    )
    rule.full_clean()
    rule.save()
    _replace_free_standing(by, school, terms.first_day)
    _write_limits(by, rule, terms)
    _write_cut_off(by, rule, terms)
    _write_shares(rule, terms)
    path = school.unit.path_on(terms.first_day)
    audit(by=by, action="school_rule.adopt", subject=rule, path=path, version=rule.version)
    ask_to_judge_again(by=by, extent=extent_of(rule))
    return rule


def extent_of(rule: SchoolRule) -> Extent:
    return Extent(rule.school_id, rule.first_day, None, None)


def terms_of(rule: SchoolRule) -> Terms:
    """What a version says. Three queries."""
    limits = list(LocalLimit.objects.filter(school_rule=rule))
    cut_off = CutOff.objects.get(school_rule=rule)
    shares = SubjectShare.objects.filter(school_rule=rule)
    return Terms(
        title=rule.title,
        first_day=rule.first_day,
        cut_off=cut_off.until,
        reviewed_first=cut_off.reviewed_first,
        text=rule.text,
        limits={row.grade: row.minutes for row in limits if row.span == LocalLimit.Span.DAY},
        days_off={row.grade: row.minutes for row in limits if row.span == LocalLimit.Span.DAYS_OFF},
        shares={(row.grade, row.subject_id): row.minutes for row in shares},
    )


def limits_above(school: School, day: dt.date) -> dict[int, int]:
    """By grade, the minutes of a day that hold whatever the school itself says. Two queries."""
    above = codes_in(school.unit.path_on_typed(day))[:-1]
    local = list(LocalLimit.objects.of_units(above).in_force(day).filter(span=LocalLimit.Span.DAY))
    found = {}
    for grade in school.grades:
        stage = school.stage_of(grade)
        national = policy.national_limit(stage, grade, day).minutes
        found[grade] = policy.strictest(
            national, [row.minutes for row in local if (row.stage, row.grade) == (stage, grade)]
        )
    return found


def cut_off_above(school: School, day: dt.date) -> dt.time | None:
    """The cut-off that holds for the school on `day`, its own included. One query."""
    return RuleBook.read([school.pk], day, day).cut_off(school.pk, day)


def review_words(terms: Terms) -> str:
    return "先审后公示" if terms.reviewed_first else "即时公示，超量的由教导处审核"


def differences(old: Terms, new: Terms, subjects: dict[int, str]) -> list[Difference]:
    """What has changed, in the order of the rule. `subjects` are names by id."""
    before, after = (dict(_lines(terms, subjects)) for terms in (old, new))
    order = {what: place for place, what in enumerate(_order(subjects))}
    changed = [what for what in {**before, **after} if before.get(what) != after.get(what)]
    return [
        Difference(what, before.get(what, ""), after.get(what, "")) for what in sorted(changed, key=order.__getitem__)
    ]


def _lines(terms: Terms, subjects: dict[int, str]) -> Iterator[tuple[str, str]]:
    yield "名称", terms.title
    for grade, minutes in terms.limits.items():
        yield _limit_words(grade), f"{minutes}分钟"
    for grade, minutes in terms.days_off.items():
        yield _days_off_words(grade), f"{minutes}分钟"
    for (grade, subject), minutes in terms.shares.items():
        yield _share_words(grade, subjects[subject]), f"{minutes}分钟"
    yield "公示截止时间", f"{terms.cut_off:%H:%M}"
    yield "审核方式", review_words(terms)
    yield "其他规定", terms.text


def _order(subjects: dict[int, str]) -> list[str]:
    grades = range(1, 10)
    return [
        "名称",
        *(_limit_words(grade) for grade in grades),
        *(_days_off_words(grade) for grade in grades),
        *(_share_words(grade, name) for grade in grades for name in subjects.values()),
        "公示截止时间",
        "审核方式",
        "其他规定",
    ]


def _limit_words(grade: int) -> str:
    return f"{GRADE_NAMES[grade]}每天限量"


def _days_off_words(grade: int) -> str:
    return f"{GRADE_NAMES[grade]}双休日、节假日合计限量"


def _share_words(grade: int, subject: str) -> str:
    return f"{GRADE_NAMES[grade]}{subject}每天"


def _end_previous(school: School, first_day: dt.date) -> int:
    """End the version before the day before, with its limits; return its number, 0 where there is none."""
    previous = SchoolRule.objects.filter(school=school).order_by("-version").first()
    if previous is None:
        return 0
    if first_day <= previous.first_day:
        raise ValidationError(
            {"first_day": f"第{previous.version}版自{previous.first_day:%Y年%-m月%-d日}起执行，新的一版应晚于这一天。"}
        )
    previous.last_day = first_day - DAY
    previous.save(update_fields=["last_day"])
    LocalLimit.objects.filter(school_rule=previous).update(last_day=previous.last_day)
    return previous.version


def _replace_free_standing(by: User, school: School, first_day: dt.date) -> None:
    """End what the school had entered outside a rule; what would have begun later is taken out, and on record."""
    limits = LocalLimit.objects.filter(not_over(first_day), unit=school.unit, school_rule=None)
    for limit in limits.filter(first_day__lt=first_day):
        limit.last_day = first_day - DAY
        limit.save(update_fields=["last_day"])
        audit(by=by, action="limit.end", subject=limit, last_day=limit.last_day.isoformat())
    to_come: list[QuerySet[LocalLimit] | QuerySet[CutOff]] = [
        limits.filter(first_day__gte=first_day),
        CutOff.objects.filter(unit=school.unit, school_rule=None, first_day__gte=first_day),
    ]
    for rows in to_come:
        for row in rows:
            audit(by=by, action="rule.replaced", subject=row, what=str(row), first_day=row.first_day.isoformat())
            row.delete()


def _write_limits(by: User, rule: SchoolRule, terms: Terms) -> None:
    spans = (("limit", LocalLimit.Span.DAY, terms.limits), ("days_off", LocalLimit.Span.DAYS_OFF, terms.days_off))
    errors: dict[str, list[str]] = {}
    for name, span, minutes_by_grade in spans:
        for grade, minutes in sorted(minutes_by_grade.items()):
            try:
                add_local_limit(
                    by=by,
                    unit=rule.school.unit,
                    school_rule=rule,
                    span=span,
                    stage=rule.school.stage_of(grade),
                    grade=grade,
                    minutes=minutes,
                    document=rule.title,
                    clause=f"第{rule.version}版",
                    first_day=rule.first_day,
                )
            except ValidationError as error:
                errors[f"{name}_{grade}"] = error.messages
    if errors:
        raise ValidationError(errors)


def _write_cut_off(by: User, rule: SchoolRule, terms: Terms) -> None:
    try:
        set_cut_off(
            by=by,
            unit=rule.school.unit,
            school_rule=rule,
            first_day=rule.first_day,
            until=terms.cut_off,
            reviewed_first=terms.reviewed_first,
        )
    except ValidationError as error:
        raise ValidationError({"cut_off": error.messages}) from None


def _write_shares(rule: SchoolRule, terms: Terms) -> None:
    """Each share, and all of a grade together, lie within what holds in the grade once the rule does."""
    book = RuleBook.read([rule.school_id], rule.first_day, rule.first_day)
    subjects = Subject.objects.in_bulk({subject for _, subject in terms.shares})
    errors: dict[str, str] = {}
    for grade in sorted({grade for grade, _ in terms.shares}):
        of_grade = {subject: minutes for (one, subject), minutes in terms.shares.items() if one == grade}
        limit = book.limit(rule.school, grade, rule.first_day)
        errors |= _share_errors(grade, limit, {subjects[pk]: minutes for pk, minutes in of_grade.items()})
    if errors:
        raise ValidationError(errors)
    for (grade, subject), minutes in terms.shares.items():
        share = SubjectShare(school_rule=rule, grade=grade, subject=subjects[subject], minutes=minutes)
        share.full_clean()
        share.save()


def _share_errors(grade: int, limit: int, shares: dict[Subject, int]) -> dict[str, str]:
    """By the name of the field."""
    name, said = GRADE_NAMES[grade], {}
    for subject, minutes in shares.items():
        if grade not in subject.homework_grades:
            said[f"share_{grade}_{subject.pk}"] = f"{name}不布置{subject}作业，请不要分配。"
        elif policy.check_load(minutes, limit):
            said[f"share_{grade}_{subject.pk}"] = f"{subject}{minutes}分钟，超过{name}每天{limit}分钟的限量。"
    total = sum(shares.values())
    if not said and policy.check_load(total, limit):
        parts = "、".join(f"{subject}{minutes}" for subject, minutes in shares.items())
        said[f"limit_{grade}"] = f"{name}各学科合计{total}分钟（{parts}），超过每天{limit}分钟的限量，请减少。"
    return said
