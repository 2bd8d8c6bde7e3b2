"""What the courses of an institution break: hours, rest days, and for academic ones the price that was set."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from schools.calendar import statutory_day
from schools.models import Term
from schools.models.units import codes_in
from training import policy
from training.models import Course, CourseSlot, GuidePrice, Institution
from training.policy import Lesson, Problem, yuan

WEEKDAYS = "一二三四五六日"
MOST_DAYS = 400  # of a course that are looked at for rest days


@dataclass(frozen=True, slots=True)
class Checked:
    """A course with its hours in words and what it breaks."""

    course: Course
    hours: str
    problems: tuple[Problem, ...]


def checked(institution: Institution, courses: Sequence[Course], day: dt.date) -> list[Checked]:
    """`courses` with their slots loaded; by the rules and prices in force on `day`. Three queries."""
    codes = codes_in(institution.county.path_on(day))
    prices = {row.size: row for row in GuidePrice.objects.of_area(codes, day).filter(form=institution.form)}
    terms = list(Term.objects.filter(unit__code__in=codes).order_by("first_day").values_list("first_day", "last_day"))
    rules = _Rules(institution, day, tuple(terms))
    return [_checked(rules, course, prices.get(course.size)) for course in courses]


@dataclass(frozen=True, slots=True)
class _Rules:
    """What all courses of an institution are held to. `terms`: the first and last days known, in order."""

    institution: Institution
    day: dt.date
    terms: tuple[tuple[dt.date, dt.date], ...]

    def is_rest_day(self, day: dt.date) -> bool:
        """A weekend that is no make-up day, a holiday, or a vacation: between two terms that are known."""
        return not statutory_day(day).is_workday or self.is_vacation(day)

    def is_vacation(self, day: dt.date) -> bool:
        is_between = any(last < day for _, last in self.terms) and any(day < first for first, _ in self.terms)
        return is_between and not any(first <= day <= last for first, last in self.terms)


def _checked(rules: _Rules, course: Course, price: GuidePrice | None) -> Checked:
    slots = list(course.slots.all())
    problems = [problem for slot in slots for problem in _slot_problems(rules, course, slot, slots)]
    if rules.institution.is_academic and price and (wrong := _price_problem(course, price)):
        problems.append(wrong)
    return Checked(course, "，".join(_hours(slot) for slot in slots), tuple(dict.fromkeys(problems)))


def _slot_problems(rules: _Rules, course: Course, slot: CourseSlot, slots: Sequence[CourseSlot]) -> list[Problem]:
    institution = rules.institution
    before = [one.end_minute for one in slots if one.weekday == slot.weekday and one.end_minute <= slot.start_minute]
    lesson = Lesson(
        start=slot.start_minute,
        end=slot.end_minute,
        is_rest_day=_meets_rest_days(rules, course, slot),
        gap=slot.start_minute - max(before) if before else None,
    )
    is_online = institution.form == Institution.Form.ONLINE
    return policy.lesson_problems(lesson, rules.day, is_academic=institution.is_academic, is_online=is_online)


def _meets_rest_days(rules: _Rules, course: Course, slot: CourseSlot) -> bool:
    """Whether one of its days is one of rest."""
    first = course.first_day + dt.timedelta(days=(slot.weekday - course.first_day.isoweekday()) % 7)
    last = min(course.last_day, course.first_day + dt.timedelta(days=MOST_DAYS))
    days = (first + dt.timedelta(weeks=week) for week in range((last - first).days // 7 + 1))
    return any(rules.is_rest_day(day) for day in days)


def _price_problem(course: Course, price: GuidePrice) -> Problem | None:
    """Compared without a division: what a minute costs here against what it may cost."""
    if course.cents * price.minutes <= price.cents * course.lessons * course.lesson_minutes:
        return None
    per_lesson = course.cents * price.minutes // (course.lessons * course.lesson_minutes)
    words = f"折合{yuan(per_lesson)}／{price.minutes}分钟，超过指导价{price.words}（{price.document}）"
    return Problem("guide_price", words)


def _hours(slot: CourseSlot) -> str:
    return f"周{WEEKDAYS[slot.weekday - 1]}{policy.clock(slot.start_minute)}—{policy.clock(slot.end_minute)}"
