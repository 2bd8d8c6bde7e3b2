"""Findings that rules open: once, on days of their own, reopened within the term; and delays that are passed on."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.utils import IntegrityError

from accounts.models import Notification
from afterschool.models import Incident, Session
from homework.models import Feedback, Notice
from inspections import tasks
from inspections.breaches import rules
from inspections.models import Finding, FindingStep
from inspections.services import delays, findings
from inspections.services.due import open_due_findings
from tests import factories
from tests.afterschool import make as service
from tests.fixtures import SHANGHAI
from tests.inspections import make

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (dt.date(2026, 10, 12) + dt.timedelta(days=n) for n in range(5))


def noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), SHANGHAI)


@pytest.fixture
def post(world, clock):
    """`post(day, minutes)`: the class's written homework of that day."""

    def give(day: dt.date, minutes: int = 20, class_group=None) -> None:
        clock(noon(day))
        reason = {"overrun_reason": "单元复习"} if minutes > 60 else {}
        by, group = world.teacher, class_group or world.class_group
        factories.ItemFactory(by=by, class_group=group, day=day, minutes=minutes, **reason)

    return give


def found(rule: str) -> list[tuple[str, dt.date, dt.date, str]]:
    rows = Finding.objects.filter(rule=rule).order_by("pk")
    return [(row.what, row.first_day, row.last_day, row.state) for row in rows]


def close(world, finding: Finding) -> None:
    make.brought_to("closed", finding, owner=world.people["principal"], overseer=world.people["supervisor"])


def test_three_breaches_in_a_week_are_one_finding_of_the_class(world, post, clock):
    for day in (MONDAY, TUESDAY):
        post(day, 90)
    open_due_findings(TUESDAY)
    assert found("1") == []
    post(WEDNESDAY, 90)
    clock(noon(THURSDAY))
    open_due_findings(WEDNESDAY)
    what = "五年级1班一周内3天作业超过规定时长（10月12日至10月14日）。"
    assert found("1") == [(what, MONDAY, WEDNESDAY, "found")]
    finding = Finding.objects.get(rule="1")
    assert (finding.owner, finding.subject) == (world.school.unit, f"class:{world.class_group.pk}")
    assert (finding.found_by, finding.severity, finding.due_on) == (None, "major", dt.date(2026, 10, 26))
    assert finding.steps.get().by is None
    assert Finding.objects.saying("超过规定").get() == finding
    open_due_findings(WEDNESDAY)
    post(THURSDAY, 90)
    open_due_findings(THURSDAY)
    assert len(found("1")) == 1
    told = Notification.objects.get(user=world.people["principal"], key__startswith="finding-rule:")
    assert told.text == f"系统按规则1立项，最晚10月26日报送整改：{what}"


def test_breaches_of_two_weeks_are_not_added_up(post, clock):
    for day in (dt.date(2026, 10, 15), dt.date(2026, 10, 16), dt.date(2026, 10, 19)):
        post(day, 90)
    open_due_findings(dt.date(2026, 10, 19))
    assert found("1") == []


def test_what_was_closed_counts_by_new_days_alone_and_is_reopened_in_the_term(world, post, clock):
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        post(day, 90)
    open_due_findings(WEDNESDAY)
    close(world, Finding.objects.get(rule="1"))
    post(THURSDAY, 90)
    open_due_findings(THURSDAY)  # Monday to Thursday: begins before the closing
    assert Finding.objects.get(rule="1").state == "closed"
    for day in (dt.date(2026, 10, 19), dt.date(2026, 10, 20), dt.date(2026, 10, 21)):
        post(day, 90)
    clock(noon(dt.date(2026, 10, 22)))
    assert open_due_findings(dt.date(2026, 10, 21)) >= 1
    finding = Finding.objects.get(rule="1")
    assert (finding.state, finding.reopened) == ("found", 1)
    step = FindingStep.objects.get(finding=finding, kind="reopen")
    assert (step.by, step.text) == (None, "五年级1班一周内3天作业超过规定时长（10月19日至10月21日）。")


def test_after_the_term_it_is_a_new_one(world, post, clock):
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        post(day, 90)
    open_due_findings(WEDNESDAY)
    close(world, Finding.objects.get(rule="1"))
    Finding.objects.update(closed_on=dt.date(2026, 9, 10), found_on=dt.date(2026, 9, 1))  # before the term
    open_due_findings(WEDNESDAY)
    assert sorted(state for *_, state in found("1")) == ["closed", "found"]


def test_a_second_one_of_the_same_breach_is_refused_by_the_database(world, post):
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        post(day, 90)
    open_due_findings(WEDNESDAY)
    first = Finding.objects.get(rule="1")
    first.pk = None
    first._state.adding = True
    with pytest.raises(ValidationError, match="同一问题已在台账中，还没有销号，不能重复立项。"):
        first.validate_constraints()
    with pytest.raises(IntegrityError, match="one_open_per_breach"), transaction.atomic():
        first.save(force_insert=True)


def test_a_silent_class_beside_one_that_speaks_and_a_silent_school(world, post):
    silent = factories.ClassGroupFactory(school=world.school, number=2)
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        post(day)
    open_due_findings(WEDNESDAY)
    assert found("2") == [("五年级2班连续3个上课日没有公示作业（10月12日至10月14日）。", MONDAY, WEDNESDAY, "found")]
    assert Finding.objects.get(rule="2").subject == f"class:{silent.pk}"
    # The other school has no class: nothing is due there. With one, all of it is silent.
    assert found("3") == []
    factories.ClassGroupFactory(school=world.other_school, number=1)
    open_due_findings(WEDNESDAY)
    assert [(row.owner, row.what) for row in Finding.objects.filter(rule="3")] == [
        (world.other_school.unit, "全校连续3个上课日没有公示作业（10月12日至10月14日）。")
    ]
    assert Notice.objects.exists()


def test_a_week_of_service_that_fell_short_on_every_day(world):
    open_due_findings(THURSDAY)  # the week is not over
    assert found("4") == []
    # With a filed plan and one session held, that day of the school was not short.
    service.plan(world)
    group = service.group(world)
    service.session(group, WEDNESDAY, state=Session.State.HELD, recorded_at=noon(WEDNESDAY), expected=3)
    open_due_findings(FRIDAY)
    (finding,) = Finding.objects.filter(rule="4")
    assert (finding.owner, finding.first_day, finding.last_day) == (world.other_school.unit, MONDAY, FRIDAY)
    assert finding.what.endswith("（10月12日至10月16日，5天）。")


def test_feedback_that_nobody_answered_and_an_incident_left_open(world, clock):
    kept = {"school": world.school, "class_group": world.class_group, "kind": "too_long", "text": "太多"}
    Feedback.objects.create(**kept, receipt="A", sent_at=noon(dt.date(2026, 10, 1)), answer_by=TUESDAY)
    Feedback.objects.create(**kept, receipt="B", sent_at=noon(dt.date(2026, 10, 1)), answer_by=WEDNESDAY)
    about = {"school": world.school, "happened_at": dt.time(16), "reported_by": world.teacher}
    Incident.objects.create(**about, day=dt.date(2026, 10, 8), what="擦伤")
    Incident.objects.create(**about, day=MONDAY, what="扭伤")
    open_due_findings(WEDNESDAY)
    assert [what for what, *_ in found("5")] == [
        "一条家长反馈超过答复期限没有答复（10月1日收到，应在10月13日前答复）。"
    ]
    # School days after the 8th: 9, 10 (made up), 12, 13, 14.
    assert [what for what, *_ in found("6")] == ["10月8日课后服务中的一件突发情况，5个上课日没有办结。"]


def test_the_morning_s_task_looks_at_yesterday(world, post, clock):
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        post(day, 90)
    clock(noon(THURSDAY))
    tasks.open_due_findings()
    assert len(found("1")) == 1


def test_the_number_of_statements_does_not_grow_with_the_findings(world, django_assert_max_num_queries):
    for number in range(2, 14):
        factories.ClassGroupFactory(school=world.school, number=number)
    factories.ItemFactory(class_group=world.class_group, day=MONDAY)
    with django_assert_max_num_queries(45):
        assert open_due_findings(WEDNESDAY) == 12
    assert Notification.objects.filter(user=world.people["principal"], text__contains="新增12个问题").count() == 1


def test_rules_are_numbered_once_and_their_statements_run():
    assert [rule.id for rule in rules()] == ["1", "2", "3", "4", "5", "6"]
    with connection.cursor() as cursor:
        for rule in rules():
            cursor.execute(rule.statement, {"day": MONDAY, "least": rule.days, "school_year": 2026})
            assert [column[0] for column in cursor.description] == [
                *("owner_id", "subject", "class_id", "first_day", "last_day", "days")
            ]


# --- Delays ---


@pytest.fixture
def late(world) -> Finding:
    """Due on Tuesday, 6 October; working days after: 8, 9, 10 (made up), 12, 13, 14, 15, 16, 19, 20."""
    return make.finding(
        world.people["supervisor"],
        world.school.unit,
        found_on=dt.date(2026, 9, 29),
        due_on=dt.date(2026, 10, 6),
    )


def test_a_delay_goes_to_the_owner_then_the_county_then_the_city_each_once(world, late):
    taken = {}
    for day in range(7, 23):
        steps = delays.pass_on(dt.date(2026, 10, day))
        assert delays.pass_on(dt.date(2026, 10, day)) == 0
        if steps:
            late.refresh_from_db()
            taken[day] = late.stage
    assert taken == {8: 1, 10: 2, 20: 3}
    kinds = list(late.steps.exclude(kind="open").values_list("kind", "by"))
    assert kinds == [("remind", None), ("to_county", None), ("to_city", None)]
    told = {
        name: world.people[name].notifications.filter(key__startswith=f"finding-late:{late.pk}").count()
        for name in ("principal", "academic_office", "supervisor", "county_officer", "city_officer", "outside_officer")
    }
    assert told == {
        "principal": 1,
        "academic_office": 1,
        "supervisor": 1,
        "county_officer": 1,
        "city_officer": 1,
        "outside_officer": 0,
    }


def test_a_delay_found_late_takes_all_its_steps_at_once(late):
    assert delays.pass_on(dt.date(2026, 10, 21)) == 3


def test_what_was_answered_or_given_more_time_is_not_passed_on(world, late):
    principal, supervisor = world.people["principal"], world.people["supervisor"]
    findings.ask_extension(by=principal, finding=late, until=dt.date(2026, 11, 2), text="材料未到")
    findings.grant_extension(by=supervisor, finding=late)
    assert delays.pass_on(dt.date(2026, 10, 30)) == 0
    make.brought_to("submitted", late, owner=principal, overseer=supervisor)
    assert delays.pass_on(dt.date(2026, 11, 30)) == 0
