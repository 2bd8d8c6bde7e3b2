"""The rules of a plan, and the documented schools with the verdicts that the policy gives them."""

import datetime as dt
import json
from pathlib import Path

import pytest

from afterschool import policy
from afterschool.policy import Fitness, PlannedSlot, check_plan, service_minutes, service_slots
from afterschool.week import Slot, as_minutes, as_slots, in_words

SCHOOLS = json.loads((Path(__file__).parent / "documented_schools.json").read_text(encoding="utf8"))["schools"]
OFF_WORK = dt.time(17, 30)


def time(text: str) -> dt.time:
    return dt.time.fromisoformat(text)


def week(*times: tuple[str, str], weekdays=(1, 2, 3, 4, 5), kind="service", season="all") -> list[PlannedSlot]:
    return [
        PlannedSlot(kind, season, Slot(weekday, time(starts_at), time(ends_at)))
        for weekday in weekdays
        for starts_at, ends_at in times
    ]


def failed(slots, *, lessons_end_at="15:50", **off_work):
    found = check_plan(slots, lessons_end_at=time(lessons_end_at), off_work_at=off_work or {"all": OFF_WORK})
    return [failure.rule.id for failure in found]


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        (week(("16:00", "18:00")), []),
        (week(("16:00", "17:59")), ["two_hours"]),  # exactly two hours is enough, a minute less is not
        (week(("16:00", "18:00"), weekdays=(1, 2, 3, 4)), ["five_days"]),
        (week(("15:50", "17:30"), ("17:10", "17:50")), []),  # what overlaps itself counts once: 120 minutes
        (week(("15:50", "17:30"), ("17:10", "17:49")), ["two_hours"]),
        (week(("15:20", "17:20")), ["until_off_work", "after_lessons"]),
        (week(("16:00", "18:00")) + week(("17:30", "21:00"), kind="evening"), ["only_service_counts"]),
        (week(("12:00", "13:40"), kind="lunch") + week(("16:00", "17:30")), ["two_hours"]),
        ([], ["five_days"]),
    ],
)
def test_a_plan_breaks_these_rules(slots, expected):
    assert failed(slots) == expected


def test_each_season_is_judged_by_its_own_off_work_time():
    slots = week(("16:00", "18:00"), season="summer") + week(("15:30", "17:30"), season="winter")
    assert failed(slots, lessons_end_at="15:30", summer=dt.time(18), winter=dt.time(17, 30)) == []
    assert failed(slots, lessons_end_at="15:30", summer=dt.time(18), winter=dt.time(18)) == ["until_off_work"]


def test_where_the_county_has_not_said_its_off_work_time_it_is_not_judged():
    assert failed(week(("15:50", "17:50")), all=None) == []


def test_a_failure_says_where():
    [failure] = check_plan(
        week(("16:00", "17:30"), weekdays=(1, 2)) + week(("16:00", "18:00"), weekdays=(3, 4, 5)),
        lessons_end_at=time("15:50"),
        off_work_at={"all": None},
    )
    assert str(failure) == "少于2小时（周一、周二90分钟）"
    assert failure.rule.source.startswith("中共中央办公厅、国务院办公厅《")


def documented(name):
    return next(school for school in SCHOOLS if school["name"] == name)


def slots_of(school):
    service = school["service"]
    return week(*((first, last) for first, last, _ in service["slots"]), weekdays=service["weekdays"])


@pytest.mark.parametrize("name", ["太平镇学区某小学", "寄宿制初中"])
def test_documented_minutes_a_day(name):
    school = documented(name)
    minutes = service_minutes(service_slots(slots_of(school), "all"))
    assert set(minutes.values()) == {school["verdict"]["service_minutes"]}
    assert "two_hours" in failed(slots_of(school))
    assert school["verdict"]["service_time_ok"] is False


def test_documented_eighty_minutes_are_less_than_two_hours():
    [words] = [policy.national_rules()[rule].words for rule in failed(slots_of(documented("太平镇学区某小学")))]
    assert words == documented("太平镇学区某小学")["verdict"]["reason"]


def test_documented_evening_study_overlaps_and_never_counts():
    school = documented("寄宿制初中")
    evening = week(tuple(school["evening_study"]), kind="evening")
    found = check_plan(slots_of(school) + evening, lessons_end_at=time("16:25"), off_work_at={"all": None})
    overlap = next(failure for failure in found if failure.rule.id == "only_service_counts")
    first, last = school["verdict"]["overlap"]
    assert f"周一{first}—{last}" in overlap.detail
    assert set(service_minutes(service_slots(slots_of(school) + evening, "all")).values()) == {95}


def test_documented_four_days_are_less_than_five():
    school = documented("阳光小学")
    found = check_plan(
        week(("16:00", "18:00"), weekdays=school["service"]["weekdays"]),
        lessons_end_at=time("16:00"),
        off_work_at={"all": None},
    )
    assert [failure.rule.words for failure in found] == [school["verdict"]["reason"]]


def test_documented_four_days_that_end_before_people_leave_work():
    school = documented("延时服务方案某小学")
    service = school["service"]
    slots = week(("15:30", service["end_summer"]), weekdays=service["weekdays"], season="summer")
    slots += week(("15:00", service["end_winter"]), weekdays=service["weekdays"], season="winter")
    found = check_plan(
        slots, lessons_end_at=time("15:00"), off_work_at={"summer": dt.time(18), "winter": dt.time(17, 30)}
    )
    assert "；".join(failure.rule.words for failure in found) == school["verdict"]["reason"]


@pytest.mark.parametrize(
    ("nature", "is_refused"), [("guidance", False), ("interest", False), ("new_lesson", True), ("drill", True)]
)
def test_new_lessons_and_drill_are_no_service(nature, is_refused):
    assert (policy.check_nature(nature) is not None) == is_refused


DAY = dt.date(2026, 10, 14)
BEFORE, AFTER = DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("fitness", "is_fit"),
    [
        (Fitness("own", DAY), True),
        (Fitness("own", AFTER), False),
        (Fitness("volunteer", BEFORE, DAY), True),
        (Fitness("volunteer", BEFORE, BEFORE), False),
        (Fitness("outside", BEFORE, qualified_until=DAY), True),
        (Fitness("outside", BEFORE, qualified_until=BEFORE), False),
        (Fitness("body", BEFORE), False),
        (Fitness("body", BEFORE, admitted_from=DAY, admitted_until=DAY), True),
        (Fitness("body", BEFORE, admitted_from=AFTER), False),
        (Fitness("body", BEFORE, admitted_from=BEFORE, admitted_until=BEFORE), False),  # blocked from the day it left
    ],
)
def test_who_may_serve_on_a_day(fitness, is_fit):
    assert (policy.why_unfit(fitness, DAY) == "") == is_fit


def test_slots_and_minutes_of_the_week_are_inverse():
    slots = [
        Slot(1, time("00:00"), time("00:30")),
        Slot(3, time("16:00"), time("17:00")),
        Slot(7, time("23:00"), time("23:59")),
    ]
    assert as_slots(as_minutes(slots)) == slots
    assert as_minutes([slots[1]]) == [(2 * 1440 + 960, 2 * 1440 + 1020)]


@pytest.mark.parametrize(
    ("weekdays", "words"), [((1, 2, 3, 4, 5), "周一至周五"), ((1, 2), "周一、周二"), ((1, 2, 4), "周一、周二、周四")]
)
def test_days_of_one_time_are_said_together(weekdays, words):
    slots = [Slot(weekday, time("17:00"), time("18:00")) for weekday in weekdays]
    assert in_words([*slots, Slot(3, time("16:00"), time("17:00"))]) == ["周三16:00—17:00", f"{words}17:00—18:00"]
