"""Each sign at its threshold and just below it."""

import datetime as dt
import re
from html import unescape

import pytest
from django.urls import reverse

from afterschool.models import Session
from homework.models import Item, Notice
from inspections.models import Complaint, Finding, Visit
from reports import signs
from reports.models import ASKED, Return, ServiceTally
from schools.models import OrgUnit
from schools.periods import parse
from tests import factories as make
from tests.afterschool import make as make_service
from tests.fixtures import SHANGHAI

pytestmark = pytest.mark.django_db

TERM = dt.date(2026, 9, 1)
TODAY = dt.date(2026, 10, 14)
DAYS = signs.Days(TERM, TODAY)


@pytest.fixture
def group(db):
    return make.ClassGroupFactory(school=make.SchoolFactory(), number=1)


def back(days):
    return TODAY - dt.timedelta(days=days)


def notice(group, day, minutes=30, *, limit=60, complete=True, on_time=True):
    posted = dt.datetime.combine(day, dt.time(17), SHANGHAI)
    return Notice.objects.create(
        class_group=group,
        school=group.school,
        day=day,
        grade=5,
        published_at=posted,
        limit_minutes=limit,
        load_minutes=minutes,
        subjects_due=1,
        is_complete=complete,
        completed_at=posted if complete else None,
        is_on_time=complete and on_time,
    )


def item(of, text, *, subject="语文", by=None, at=dt.time(17), day=None, withdrawn=False):
    moment = dt.datetime.combine(day or of.day, at, SHANGHAI)
    return Item.objects.create(
        notice=of,
        school=of.school,
        subject=make.subject(subject),
        content=text,
        minutes=20,
        posted_by=by or make.UserFactory(),
        posted_at=moment,
        withdrawn_at=moment if withdrawn else None,
    )


def found(group, rule):
    return [trace for trace in signs.traces([group.school_id], DAYS) if trace.rule.id == rule]


def test_the_rules_are_numbered_named_and_explained():
    rules = list(signs.sign_rules().values())
    assert [rule.number for rule in rules] == list(range(1, len(rules) + 1))
    assert [rule.name for rule in rules] == [
        *("每天时长一样", "文字照抄", "集中补填", "总量卡在限量上", "半夜公示"),
        *("课后服务到课率过满", "评价全是满意", "督导从没发现问题", "申报与计算不一致", "点名早于开始"),
    ]
    assert all(rule.text and rule.harmless and "{" not in rule.text for rule in rules)
    full = signs.sign_rules()["full_participation"]
    assert f"{full.thresholds['per_mille'] / 10}%" in full.text


# --- 1. The same minutes on 15 of a class's last 20 complete days ---


def test_the_same_minutes_on_15_of_20_days_are_a_sign(group):
    for number in range(20):
        notice(group, back(number), 30 if number < 15 else 31 + number)
    (trace,) = found(group, "same_minutes")
    assert (trace.class_group, trace.minutes, trace.count) == (group.pk, 30, 15)


def test_the_same_minutes_on_14_of_20_days_are_none(group):
    for number in range(20):
        notice(group, back(number), 30 if number < 14 else 31 + number)
    assert found(group, "same_minutes") == []


def test_only_the_last_20_complete_days_count(group):
    for number in range(21):  # 15 alike, one of them the 21st day back
        notice(group, back(number), 30 if number >= 6 else 31 + number)
    assert found(group, "same_minutes") == []
    Notice.objects.filter(day=TODAY).update(is_complete=False, completed_at=None, is_on_time=False)
    assert len(found(group, "same_minutes")) == 1


def test_days_without_written_work_are_no_sign(group):
    for number in range(20):
        notice(group, back(number), 0)
    assert found(group, "same_minutes") == []


# --- 2. The same words on 5 days of a term ---


def test_a_text_copied_on_5_days_is_a_sign(group):
    for number in range(5):
        item(notice(group, back(number)), "抄写生字")
    (trace,) = found(group, "copied_text")
    assert (trace.class_group, trace.subject, trace.text, trace.count) == (
        group.pk,
        make.subject("语文").pk,
        "抄写生字",
        5,
    )


def test_a_text_on_4_days_is_none_however_often_it_stands_there(group):
    notices = [notice(group, back(number)) for number in range(5)]
    for one in notices[:4]:
        item(one, "抄写生字")
    item(notices[0], "抄写生字")  # twice on one day
    item(notices[4], "抄写生字", withdrawn=True)
    item(notices[4], "抄写生字", subject="数学")
    item(notices[4], "抄写生词")
    item(notice(group, TERM - dt.timedelta(days=1)), "抄写生字")  # last term
    assert found(group, "copied_text") == []


# --- 3. Late or in quick succession: 30 % of at least 10 class-days ---


def test_three_late_days_of_ten_are_a_sign(group):
    for number in range(10):
        notice(group, back(number), on_time=number >= 3)
    (trace,) = found(group, "late_or_quick")
    assert (trace.count, trace.of, trace.late, trace.quick, trace.class_group) == (3, 10, 3, 0, None)


def test_three_late_days_of_eleven_are_none(group):
    for number in range(11):
        notice(group, back(number), on_time=number >= 3)
    assert found(group, "late_or_quick") == []


def test_nine_class_days_are_too_few_to_tell(group):
    for number in range(9):
        notice(group, back(number), on_time=False)
    assert found(group, "late_or_quick") == []


def ten_days(group):
    return [notice(group, back(number)) for number in range(10)]


def filled_at_once(notices, seconds):
    """One person posts for three days, so many seconds between each."""
    clerk = make.UserFactory()
    for number, one in enumerate(notices[:3]):
        at = (dt.datetime.combine(TODAY, dt.time(17)) + dt.timedelta(seconds=seconds * number)).time()
        item(one, f"第{number}课", by=clerk, at=at, day=TODAY)


def test_three_days_filled_within_two_minutes_of_each_other_are_a_sign(group):
    notices = ten_days(group)
    filled_at_once(notices, 120)
    (trace,) = found(group, "late_or_quick")
    assert (trace.count, trace.late, trace.quick) == (3, 0, 3)
    assert sorted(trace.notices) == sorted(one.pk for one in notices[:3])


def test_three_days_filled_at_more_than_two_minutes_are_none(group):
    filled_at_once(ten_days(group), 121)
    assert found(group, "late_or_quick") == []


def test_a_late_day_that_was_also_filled_quickly_counts_once(group):
    notices = ten_days(group)
    filled_at_once(notices, 30)
    Notice.objects.filter(pk=notices[0].pk).update(is_on_time=False)
    (trace,) = found(group, "late_or_quick")
    assert (trace.count, trace.late, trace.quick) == (3, 1, 3)


def test_one_form_sent_to_several_classes_is_no_sign(group):
    """It leaves the same words in several classes of one day within a moment; other words are another posting."""
    classes = [group, *(make.ClassGroupFactory(school=group.school, number=number) for number in range(2, 11))]
    notices = [notice(one, TODAY) for one in classes]
    clerk = make.UserFactory()
    items = [item(one, "完成练习册", by=clerk) for one in notices]
    assert found(group, "late_or_quick") == []
    for number, one in enumerate(items[:3]):
        Item.objects.filter(pk=one.pk).update(content=f"第{number}课")
    (trace,) = found(group, "late_or_quick")
    assert trace.quick == 10  # the three, and those posted beside them in other words


def test_two_items_of_one_lesson_and_items_of_two_persons_are_no_sign(group):
    for one in ten_days(group):
        teacher = make.UserFactory()
        item(one, "抄写", by=teacher)
        item(one, "朗读", by=teacher)
        item(one, "口算", subject="数学")
    assert found(group, "late_or_quick") == []


def test_one_person_who_fills_all_subjects_of_a_class_is_a_sign(group):
    for one in ten_days(group)[:3]:
        clerk = make.UserFactory()
        item(one, "抄写", by=clerk)
        item(one, "口算", subject="数学", by=clerk)
    assert len(found(group, "late_or_quick")) == 1


# --- 4. Exactly at the limit on 80 % of at least 10 days ---


def test_8_of_10_days_exactly_at_the_limit_are_a_sign(group):
    for number in range(10):
        notice(group, back(number), 60 if number < 8 else 20 + number)
    (trace,) = found(group, "at_limit")
    assert (trace.class_group, trace.count, trace.of) == (group.pk, 8, 10)


def test_7_of_10_days_and_one_minute_less_are_none(group):
    for number in range(10):
        notice(group, back(number), 60 if number < 7 else 59)
    assert found(group, "at_limit") == []


def test_nine_days_at_the_limit_are_too_few_to_tell(group):
    for number in range(9):
        notice(group, back(number), 60)
    assert found(group, "at_limit") == []


def test_where_no_written_work_is_allowed_none_is_no_sign(group):
    for number in range(20):
        notice(group, back(number), 0, limit=0)
    assert found(group, "at_limit") == []


# --- 5. Five items between midnight and five ---


@pytest.mark.parametrize(
    ("times", "is_sign"),
    [
        ([dt.time(0), dt.time(2), dt.time(3), dt.time(4), dt.time(4, 59)], True),
        ([dt.time(0), dt.time(2), dt.time(3), dt.time(4)], False),
        ([dt.time(0), dt.time(2), dt.time(3), dt.time(4), dt.time(5)], False),
        ([dt.time(0), dt.time(2), dt.time(3), dt.time(4), dt.time(23, 59)], False),
    ],
)
def test_five_items_posted_at_night_are_a_sign(group, times, is_sign):
    for number, time in enumerate(times):
        item(notice(group, back(number)), f"第{number}课", at=time)
    traces = found(group, "odd_hours")
    assert [trace.count for trace in traces] == ([5] if is_sign else [])


def test_what_was_withdrawn_at_night_is_none(group):
    for number in range(5):
        item(notice(group, back(number)), f"第{number}课", at=dt.time(2), withdrawn=number == 0)
    assert found(group, "odd_hours") == []


def test_nights_before_the_last_31_days_are_none(group):
    for number in range(4):
        item(notice(group, back(30 - number)), f"第{number}课", at=dt.time(2))
    item(notice(group, back(31)), "第4课", at=dt.time(2))
    assert found(group, "odd_hours") == []
    item(notice(group, back(0)), "第5课", at=dt.time(2))
    assert [trace.count for trace in found(group, "odd_hours")] == [5]


# --- 6. Of 200 expected at after-school service, 99.5 % came ---


@pytest.mark.parametrize(
    ("expected", "present", "is_sign"), [(200, 199, True), (200, 198, False), (199, 199, False), (1000, 995, True)]
)
def test_a_service_that_hardly_anybody_misses_is_a_sign(group, expected, present, is_sign):
    served(group, back(1), expected, present)
    traces = found(group, "full_participation")
    assert [(trace.count, trace.of) for trace in traces] == ([(present, expected)] if is_sign else [])


def served(group, day, expected, present):
    sums = dict.fromkeys(ServiceTally.COUNTS, 0) | {"days": 1, "planned": 1, "held": 1, "workers": 1, "served": 1}
    counts = sums | {"expected": expected, "present": present, "absent": expected - present}
    ServiceTally.objects.create(school=group.school, day=day, **counts)


def test_pupils_are_added_up_over_the_last_31_days_alone(group):
    served(group, back(0), 100, 100)
    served(group, back(31), 100, 100)
    assert found(group, "full_participation") == []
    served(group, back(30), 100, 99)
    (trace,) = found(group, "full_participation")
    assert (trace.count, trace.of, trace.first_day, trace.last_day) == (199, 200, back(30), TODAY)


# --- 7. Five ratings, all satisfied ---


@pytest.mark.parametrize(
    ("ratings", "is_sign"), [([True] * 5, True), ([True] * 4, False), ([True] * 5 + [False], False)]
)
def test_nothing_but_satisfaction_is_a_sign(group, ratings, is_sign):
    for satisfied in ratings:
        rated(group.school, satisfied)
    assert [trace.count for trace in found(group, "all_satisfied")] == ([5] if is_sign else [])


def rated(school, satisfied, *, replied_on=None, **said):
    """A complaint about the school that was answered, and how it was rated."""
    replied_on = replied_on or back(2)
    values = {
        "unit": school.unit,
        "target": school.unit,
        "target_name": "甲",
        "source": "web",
        "kind": "homework",
        "text": "作业多",
        "received_on": replied_on - dt.timedelta(days=7),
        "due_on": replied_on,
        "state": "replied",
        "handler": make.UserFactory(),
        "outcome": "not_upheld",
        "reply": "已核实",
        "replied_on": replied_on,
        "satisfied": satisfied,
    }
    return Complaint.objects.create(**values | said)


def test_what_nobody_rated_or_another_term_or_school_answers_for_does_not_count(group):
    for number in range(4):
        rated(group.school, True, replied_on=TERM if number else None)
    rated(group.school, None)
    rated(group.school, True, replied_on=TERM - dt.timedelta(days=1))
    rated(group.school, True, target=None)
    rated(group.school, True, target=make.SchoolFactory(parent=make.CountyFactory()).unit)
    assert found(group, "all_satisfied") == []
    rated(group.school, True)
    rated(group.school, False, replied_on=TERM - dt.timedelta(days=1))
    assert [trace.count for trace in found(group, "all_satisfied")] == [5]


# --- 8. Three visits, and never a finding ---


@pytest.mark.parametrize(("visits", "findings", "is_sign"), [(3, 0, True), (2, 0, False), (3, 1, False)])
def test_three_visits_that_never_found_anything_are_a_sign(group, visits, findings, is_sign):
    for number in range(visits):
        visited(group.school, back(number))
    for _ in range(findings):
        found_at(group.school, dt.date(2025, 3, 3))
    assert [trace.count for trace in found(group, "no_finding")] == ([3] if is_sign else [])


def visited(school, day):
    return Visit.objects.create(school=school, day=day, kind="round", made_by=make.UserFactory())


def found_at(school, day):
    values = {"category": "homework", "severity": "minor", "what": "公示不全", "found_by": make.UserFactory()}
    return Finding.objects.create(owner=school.unit, found_on=day, due_on=day, first_due_on=day, **values)


def test_visits_of_the_term_count_and_findings_of_the_school_itself(group):
    for day in (back(0), TERM, TERM - dt.timedelta(days=1)):
        visited(group.school, day)
    assert found(group, "no_finding") == []
    visited(group.school, back(1))
    found_at(make.SchoolFactory(parent=make.CountyFactory()), back(1))
    assert [trace.count for trace in found(group, "no_finding")] == [3]


# --- 9. A return that says other than what is computed ---


def returned(school, period, **said):
    answers = dict.fromkeys(ASKED["school"].values(), False) | said
    values = {"kind": period.kind, "first_day": period.first_day, "last_day": period.last_day}
    return Return.objects.create(
        unit=school.unit, level="school", state="accepted", is_imported=True, **values, **answers
    )


def test_a_return_unlike_what_is_computed_is_a_sign(group):
    make.TermFactory(unit=OrgUnit.objects.get(level="city"), first_day=TERM, last_day=dt.date(2026, 12, 31))
    period = parse("2026-09-H2")
    # Nothing was kept but the days: no rule, nobody within the limit, no service; no word of parents who mark.
    row = returned(group.school, period, parents_spared=True)
    assert found(group, "declared_differs") == []
    row.delete()
    returned(group.school, period, homework_posted=True, homework_in_time=True)
    (trace,) = found(group, "declared_differs")
    assert (trace.count, trace.of, trace.text) == (3, 5, "2026-09-H2")


def test_without_school_days_nothing_is_computed_to_differ_from(group):
    returned(group.school, parse("2026-09-H2"), homework_posted=True)
    assert found(group, "declared_differs") == []


# --- 10. Five rolls written down before their sessions began ---


def rolls(world, *, before, day=None, state="held"):
    """A session for each of `before`, on as many days back from `day`; the roll was written so many seconds earlier."""
    group = make_service.group(world)
    for number, seconds in enumerate(before):
        on = (day or TODAY) - dt.timedelta(days=number)
        begins = dt.datetime.combine(on, dt.time(16), SHANGHAI)
        Session.objects.create(
            group=group,
            school=group.school,
            day=on,
            starts_at=dt.time(16),
            ends_at=dt.time(17),
            state=state,
            reason="停电" if state == "cancelled" else "",
            recorded_by=world.teacher,
            recorded_at=begins - dt.timedelta(seconds=seconds),
        )


@pytest.mark.parametrize(
    ("before", "is_sign"),
    [
        ([1] * 5, True),
        ([1] * 4, False),
        ([1] * 4 + [0], False),  # as it begins
        ([1] * 5 + [0, -60], True),
        ([1] * 4 + [-86400], False),  # added the day after
    ],
)
def test_five_rolls_written_down_before_their_sessions_are_a_sign(world, before, is_sign):
    rolls(world, before=before)
    traces = found(world.class_group, "early_roll")
    assert [(trace.count, trace.of) for trace in traces] == ([(5, len(before))] if is_sign else [])
    assert all(trace.on == [back(number) for number in range(4, -1, -1)] for trace in traces)


@pytest.mark.parametrize("state", ["planned", "cancelled"])
def test_what_was_not_held_may_be_said_in_advance(world, state):
    rolls(world, before=[3600] * 9, state=state)
    assert found(world.class_group, "early_roll") == []


def test_rolls_of_the_last_31_days_count(world):
    rolls(world, before=[1] * 5, day=back(27))  # the fifth is 31 days back
    assert found(world.class_group, "early_roll") == []
    Session.objects.filter(day=back(31)).update(day=back(26))
    assert [trace.count for trace in found(world.class_group, "early_roll")] == [5]


def test_other_schools_are_not_looked_at(group):
    other = make.ClassGroupFactory(school=make.SchoolFactory(parent=make.CountyFactory()))
    for number in range(20):
        notice(other, back(number), 60)
    assert signs.traces([group.school_id], DAYS) == []
    assert {trace.rule.id for trace in signs.traces([other.school_id], DAYS)} == {"same_minutes", "at_limit"}


# --- The pages ---


@pytest.fixture
def suspected(world):
    """The world's school, with a trace of each rule that finds a school once, from the fifth on."""
    group = world.class_group
    for number in range(5):
        item(notice(group, back(number)), f"第{number}课", at=dt.time(2), by=world.teacher)
        rated(group.school, True, unit=world.county, text="某件", handler=world.people["county_officer"])
    served(group, back(1), 200, 200)
    for number in range(3):
        visited(group.school, back(number))
    make.TermFactory(unit=world.city, first_day=TERM, last_day=dt.date(2026, 10, 31))
    returned(group.school, parse("2026-09-H2"), homework_posted=True)
    rolls(world, before=[1] * 5)
    return group.school


def shown(client, unit):
    response = client.get(reverse("reports:insight_signs", args=[unit.code]), {"day": TODAY.isoformat()})
    assert response.status_code == 200
    return response


def links(response):
    """By what they say, the addresses behind the traces."""
    lists = re.findall(r'<ul class="plain-list">(.*?)</ul>', response.content.decode(), re.DOTALL)
    return {text: unescape(url) for part in lists for url, text in re.findall(r'<a href="([^"]+)">([^<]+)</a>', part)}


ALL_MAY_OPEN = {"看这些天", "看课后服务", "看督导档案", *(f"10月{day}日" for day in range(10, 15))}


@pytest.mark.parametrize(
    ("person", "others"),
    [
        ("academic_office", {"看这份上报"}),
        ("principal", {"看这份上报"}),
        ("supervisor", set()),
        ("county_officer", {"看这份上报", "看这些举报"}),
        ("city_officer", {"看这份上报", "看这些举报"}),
    ],
)
def test_each_trace_leads_whoever_sees_it_to_rows_she_may_see(suspected, world, signed_in, person, others):
    client = signed_in(person)
    response = shown(client, suspected.unit)
    assert [len(found) for _, found in response.context["shown"]] == [0] * 4 + [1] * 6
    found = links(response)
    assert set(found) == ALL_MAY_OPEN | others
    assert {text: client.get(url).status_code for text, url in found.items()} == dict.fromkeys(found, 200)
    assert not any(user.name in response.content.decode() for name, user in world.people.items() if name != person)


def test_the_rows_are_those_that_were_counted(suspected, world, signed_in):
    rated(world.other_school, True, unit=world.county, target_name="乙")
    client = signed_in("county_officer")
    found = links(shown(client, suspected.unit))
    assert client.get(found["看这些天"]).context["page"].paginator.count == 5
    complaints = client.get(found["看这些举报"])
    assert complaints.context["page"].paginator.count == 5
    assert complaints.content.decode().count("举报人评价满意") == 5
    assert "10月14日 15:59登记" in client.get(found["10月14日"]).content.decode()


@pytest.mark.parametrize("code", ["none", "\0"])
def test_complaints_of_a_school_that_is_none_are_all(suspected, signed_in, code):
    page = signed_in("county_officer").get(reverse("inspections:complaint_list"), {"state": "all", "school": code})
    assert page.context["page"].paginator.count == 5


def test_a_county_sees_how_many_traces_each_school_has(suspected, world, signed_in):
    rows = shown(signed_in("county_officer"), world.county).context["rows"]
    assert [(school.pk, counts) for school, counts in rows] == [(suspected.pk, [0] * 4 + [1] * 6)]
    other = shown(signed_in("outside_officer"), world.other_county).context["rows"]
    assert [(school.pk, counts) for school, counts in other] == [(world.other_school.pk, [0] * 10)]


@pytest.mark.parametrize(("level", "others", "queries"), [("school", 0, 27), ("county", 0, 29), ("county", 3, 29)])
def test_with_every_sign_the_queries_are_as_many_however_many_schools_sent_returns(
    suspected, world, signed_in, level, others, queries, django_assert_num_queries
):
    for _ in range(others):
        returned(make.SchoolFactory(parent=world.county), parse("2026-09-H2"), homework_posted=True)
    client = signed_in("county_officer")
    with django_assert_num_queries(queries):
        response = shown(client, suspected.unit if level == "school" else world.county)
    if level == "county":
        assert [counts[8] for _, counts in response.context["rows"]] == [1] * (1 + others)
