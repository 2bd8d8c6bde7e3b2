"""The rules of training outside school at their edges: what a contract takes, when a lesson is held."""

import datetime as dt

import pytest

from training import policy
from training.policy import Charge, ChargedBy, Lesson

PAID = dt.date(2026, 8, 20)
STARTS = dt.date(2026, 9, 1)
MONDAY = dt.date(2026, 10, 12)


def by_period(last_day: dt.date, *, cents: int = 100_000, starts: dt.date = STARTS, paid_on: dt.date = PAID) -> Charge:
    return Charge(ChargedBy.PERIOD, cents, paid_on, starts, last_day)


def by_lessons(lessons: int, *, cents: int = 100_000, left: int | None = None, starts: dt.date = STARTS) -> Charge:
    return Charge(ChargedBy.LESSONS, cents, PAID, starts, lessons=lessons, lessons_left=left)


def broken(charge: Charge, *, is_academic: bool = True) -> list[str]:
    return [problem.limit for problem in policy.charge_problems(charge, is_academic=is_academic)]


@pytest.mark.parametrize(
    ("charge", "expected"),
    [
        (by_period(dt.date(2026, 11, 30)), []),  # three months to the day
        (by_period(dt.date(2026, 12, 1)), ["months_at_once"]),
        (by_lessons(60), []),
        (by_lessons(61), ["lessons_at_once"]),
        (by_lessons(10, left=20, starts=dt.date(2027, 1, 1)), []),  # a renewal is held to what is left
        (by_lessons(10, left=21), ["lessons_left"]),
        (by_lessons(10, starts=dt.date(2026, 9, 20)), []),  # a month ahead to the day
        (by_lessons(10, starts=dt.date(2026, 9, 21)), ["months_ahead"]),
        (by_period(dt.date(2026, 11, 30), starts=dt.date(2026, 9, 21)), ["months_ahead"]),
        # Before there was a rule, nothing is broken.
        (by_period(dt.date(2022, 9, 1), starts=dt.date(2021, 9, 1), paid_on=dt.date(2021, 8, 25)), []),
    ],
)
def test_what_an_academic_contract_may_take_at_once(charge, expected):
    assert broken(charge) == expected


def test_other_training_may_take_5000_yuan_at_most():
    assert broken(by_lessons(60, cents=500_000), is_academic=False) == []
    assert broken(by_lessons(60, cents=500_001), is_academic=False) == ["other_cents_at_once"]
    assert broken(by_lessons(60, cents=500_001), is_academic=True) == []
    assert broken(by_lessons(61, cents=500_001), is_academic=False) == ["lessons_at_once", "other_cents_at_once"]


def test_the_problem_shows_its_figures():
    (problem,) = policy.charge_problems(by_lessons(10, cents=512_345), is_academic=False)
    assert problem.words == "非学科类一次收费5,123.45元，超过5,000元"


@pytest.mark.parametrize(
    ("end", "is_online", "expected"),
    [
        (20 * 60 + 30, False, []),
        (20 * 60 + 31, False, ["offline_end"]),
        (21 * 60, True, []),
        (21 * 60 + 1, True, ["online_end"]),
    ],
)
def test_lessons_end_at_half_past_eight_in_a_room_and_at_nine_on_line(end, is_online, expected):
    lesson = Lesson(end - 30, end, is_rest_day=False)
    found = policy.lesson_problems(lesson, MONDAY, is_academic=True, is_online=is_online)
    assert [problem.limit for problem in found] == expected


def test_academic_training_alone_keeps_off_rest_days():
    lesson = Lesson(9 * 60, 9 * 60 + 45, is_rest_day=True)
    (problem,) = policy.lesson_problems(lesson, MONDAY, is_academic=True, is_online=False)
    assert problem.limit == "rest_days"
    assert policy.lesson_problems(lesson, MONDAY, is_academic=False, is_online=False) == []


def test_an_online_lesson_takes_30_minutes_at_most_and_10_lie_between_two():
    def found(minutes: int, gap: int | None) -> list[str]:
        lesson = Lesson(600, 600 + minutes, is_rest_day=False, gap=gap)
        return [one.limit for one in policy.lesson_problems(lesson, MONDAY, is_academic=True, is_online=True)]

    assert found(30, 10) == []
    assert found(31, None) == ["online_lesson_minutes"]
    assert found(30, 9) == ["online_gap_minutes"]


def test_an_outflow_is_unusual_by_both_figures():
    assert policy.is_big_outflow(5_000_000, 16_666_666, percent=30, least=5_000_000)
    assert not policy.is_big_outflow(4_999_999, 5_000_000, percent=30, least=5_000_000)
    assert not policy.is_big_outflow(5_000_000, 16_666_667, percent=30, least=5_000_000)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [("2026-11-30", 3, "2027-02-28"), ("2026-10-31", 1, "2026-11-30"), ("2026-03-31", -1, "2026-02-28")],
)
def test_months_end_where_the_month_ends(day, months, expected):
    assert policy.months_after(dt.date.fromisoformat(day), months).isoformat() == expected


def test_every_limit_names_its_source():
    for limit in policy.limits(MONDAY).values():
        assert "《" in limit.source
        assert limit.clause
