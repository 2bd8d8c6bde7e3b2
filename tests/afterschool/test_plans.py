"""Plans through their services: versions, verdicts, states, and what is refused."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry, Notification
from afterschool import tasks
from afterschool.models import Dismissal, Plan, PlanSlot
from afterschool.off_work import off_work_at
from afterschool.plan_terms import PlanTerms, TitledSlot, differences, terms_of
from afterschool.services import plans as services
from afterschool.week import Slot
from schools.models import ChangedDay
from schools.services.days import set_off_work_time
from schools.services.units import move_unit
from tests import factories
from tests.accounts.test_jobs import together
from tests.afterschool import make
from tests.afterschool.test_policy import SCHOOLS, documented
from tests.fixtures import SHANGHAI

pytestmark = pytest.mark.django_db

TODAY = factories.TODAY
FIRST, LAST = make.FIRST_DAY, make.LAST_DAY
DAY = dt.timedelta(days=1)


def time(text):
    return dt.time.fromisoformat(text)


def week(*times, weekdays=(1, 2, 3, 4, 5), **values):
    return tuple(
        TitledSlot(Slot(weekday, time(starts_at), time(ends_at)), **values)
        for weekday in weekdays
        for starts_at, ends_at in times
    )


def terms(**values):
    defaults = {
        "first_day": FIRST,
        "last_day": LAST,
        "lessons_end_at": time("15:50"),
        "slots": week(("16:00", "17:00"), ("17:00", "18:00"), title="作业辅导"),
    }
    return PlanTerms(**(defaults | values))


def off_work(unit, at, first_day=dt.date(2026, 9, 1)):
    return set_off_work_time(by=None, unit=unit, first_day=first_day, off_work_at=time(at))


def failed(world, **values):
    return [failure.rule.id for failure in services.check(world.school, terms(**values))]


@pytest.fixture
def office(world):
    return world.people["academic_office"]


@pytest.fixture
def officer(world):
    return world.people["county_officer"]


@pytest.fixture
def write(world, office):
    return lambda **values: services.write_plan(by=office, school=world.school, terms=terms(**values))


@pytest.fixture
def send(write, office):
    return lambda **values: services.submit_plan(by=office, plan=write(**values))


@pytest.fixture
def filed(send, officer):
    def with_terms(**values):
        return services.file_plan(
            by=officer, plan=send(**values), filing_no="东教课备〔2026〕1号", despite_failures=True
        )

    return with_terms


def refused(act, *args, **values):
    with pytest.raises(ValidationError) as error:
        act(*args, **values)
    return error.value


# --- Off-work time ---


def test_the_lowest_unit_that_has_said_it_decides(world):
    assert off_work_at(world.school, terms()) == {"all": None}
    off_work(world.city, "17:00")
    assert off_work_at(world.school, terms()) == {"all": time("17:00")}
    off_work(world.county, "18:00")
    assert off_work_at(world.school, terms()) == {"all": time("18:00")}
    assert off_work_at(world.other_school, terms()) == {"all": time("17:00")}
    off_work(world.school.unit, "16:30")
    assert off_work_at(world.school, terms()) == {"all": time("16:30")}


def test_within_a_season_the_latest_time_counts(world):
    off_work(world.county, "18:00")
    off_work(world.county, "17:30", LAST)
    assert off_work_at(world.school, terms()) == {"all": time("18:00")}
    assert off_work_at(world.school, terms(first_day=LAST)) == {"all": time("17:30")}
    off_work(world.county, "18:30", LAST + DAY)
    assert off_work_at(world.school, terms()) == {"all": time("18:00")}
    off_work(world.county, "18:30", LAST)
    assert off_work_at(world.school, terms()) == {"all": time("18:30")}


def test_summer_and_winter_have_their_own(world):
    off_work(world.county, "18:00")
    off_work(world.county, "17:30", dt.date(2026, 10, 16))
    winter = {"winter_first_day": dt.date(2026, 10, 16), "winter_last_day": dt.date(2027, 3, 31)}
    assert off_work_at(world.school, terms(**winter)) == {"summer": time("18:00"), "winter": time("17:30")}
    all_winter = winter | {"winter_first_day": dt.date(2026, 9, 30)}
    assert off_work_at(world.school, terms(**all_winter)) == {"winter": time("18:00")}  # no day is in summer


def test_a_school_that_moves_follows_its_new_county(world):
    off_work(world.county, "17:00")
    off_work(world.other_county, "18:00")
    move_unit(by=None, unit=world.school.unit, parent=world.other_county, first_day=dt.date(2026, 10, 20))
    assert off_work_at(world.school, terms()) == {"all": time("18:00")}
    assert off_work_at(world.school, terms(last_day=dt.date(2026, 10, 19))) == {"all": time("17:00")}


def test_an_entry_of_later_leaves_the_days_before_unjudged(world):
    off_work(world.county, "18:30", LAST + DAY)
    assert failed(world) == []
    off_work(world.county, "18:01", LAST)
    assert failed(world) == ["until_off_work"]


def test_the_off_work_time_itself_is_late_enough(world):
    off_work(world.county, "18:00")
    assert failed(world) == []
    assert failed(world, slots=week(("15:50", "17:59"))) == ["until_off_work"]


# --- Writing ---


def test_a_draft_is_overwritten_with_its_parts(write, world):
    first = write(slots=week(("16:00", "17:00")), dismissals={1: time("17:30")})
    second = write(dismissals={2: time("18:00")}, places="教室\r\n操场 ")
    assert first.pk == second.pk
    assert (second.version, second.state, second.places) == (1, Plan.State.DRAFT, "教室\n操场")
    assert PlanSlot.objects.filter(plan=second).count() == 10
    assert [one.grade for one in Dismissal.objects.filter(plan=second)] == [2]
    assert terms_of(second) == terms(dismissals={2: time("18:00")}, places="教室\n操场")


def test_a_form_sent_twice_is_carried_out_once(world, office):
    key = "0f8fad5b-d9cb-469f-a165-70867728950e"
    once = {"by": office, "key": key, "school": world.school, "terms": terms()}
    assert services.write_plan_once(**once).version == 1
    assert services.write_plan_once(**once) is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"last_day": FIRST - DAY}, "last_day"),
        ({"first_day": TODAY + dt.timedelta(days=367), "last_day": TODAY + dt.timedelta(days=370)}, "first_day"),
        ({"last_day": FIRST + dt.timedelta(days=367)}, "last_day"),
        ({"winter_first_day": FIRST}, "winter_last_day"),
        ({"winter_last_day": FIRST}, "winter_first_day"),
        ({"winter_first_day": LAST, "winter_last_day": FIRST}, "winter_last_day"),
        ({"winter_first_day": LAST + DAY, "winter_last_day": LAST + DAY}, "winter_first_day"),
        ({"slots": week(("16:00", "18:00"), season="winter")}, "winter_first_day"),
        ({"slots": week(("16:00", "16:00"))}, "slots"),
        ({"slots": week(("16:00", "17:00"), ("16:00", "18:00"))}, "slots"),
        ({"slots": week(("16:00", "18:00"), title="社团\ue000")}, "slots"),
        ({"safety": "平安\ue000"}, "safety"),
        ({"fee": "字" * 201}, "fee"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(write, values, field):
    assert set(refused(write, **values).message_dict) == {field}
    assert not Plan.objects.exists()


def test_the_longest_plan_and_the_latest_beginning_are_a_year(write):
    year = dt.timedelta(days=366)
    assert write(first_day=TODAY + year, last_day=TODAY + year + year)


def test_what_was_sent_is_not_written_over(send, write):
    plan = send()
    assert refused(write).code == services.GONE
    assert Plan.objects.get() == plan


# --- Sending ---


def test_a_plan_is_sent_with_its_verdict_and_the_county_is_told(send, world, officer):
    off_work(world.county, "18:30")
    plan = send(slots=week(("16:00", "17:30")))
    assert plan.state == Plan.State.SUBMITTED
    assert Plan.objects.get().failures == ["two_hours", "until_off_work"]
    line = Notification.objects.get(user=officer)
    assert "不达标2项" in line.text
    assert line.url.endswith("?version=1")
    assert not Notification.objects.filter(user=world.people["city_officer"]).exists()
    entry = AuditEntry.objects.get(action="plan.submit")
    assert entry.detail["failures"] == ["two_hours", "until_off_work"]
    assert "全学期周一16:00—17:30 课后服务" in entry.detail["slots"]


def test_the_city_is_told_of_a_school_that_stands_directly_below_it(world):
    school = factories.SchoolFactory(parent=world.city)
    plan = services.write_plan(by=world.teacher, school=school, terms=terms())
    services.submit_plan(by=world.teacher, plan=plan)
    assert Notification.objects.filter(user=world.people["city_officer"]).exists()


def test_sent_twice_it_is_refused(send, office):
    plan = send()
    assert refused(services.submit_plan, by=office, plan=plan).code == services.GONE


def test_a_plan_without_a_time_or_that_is_over_is_not_sent(write, office):
    assert "时段" in refused(services.submit_plan, by=office, plan=write(slots=())).messages[0]
    assert "过去" in refused(services.submit_plan, by=office, plan=write(last_day=TODAY - DAY)).messages[0]
    assert services.submit_plan(by=office, plan=write(last_day=TODAY))


# --- Deciding ---


def test_a_returned_plan_is_written_over_and_sent_again(send, write, office, officer, clock):
    plan = send()
    services.return_plan(by=officer, plan=plan, note=" 请补充安全保障 ")
    assert Notification.objects.get(user=office).text.endswith("请补充安全保障")
    assert write(safety="值班").version == 1
    plan.refresh_from_db()
    assert (plan.state, plan.note) == (Plan.State.DRAFT, "请补充安全保障")
    clock(dt.datetime(2026, 10, 15, 9, tzinfo=SHANGHAI))
    services.submit_plan(by=office, plan=plan)
    assert Plan.objects.get().state == Plan.State.SUBMITTED
    assert Notification.objects.filter(user=officer).count() == 2


def test_a_return_needs_its_reason(send, officer):
    plan = send()
    refused(services.return_plan, by=officer, plan=plan, note="  ")
    assert Plan.objects.get().state == Plan.State.SUBMITTED


def test_a_plan_that_breaks_rules_is_filed_only_by_one_who_says_so(send, officer, world):
    plan = send(slots=week(("16:00", "17:59")))
    said = refused(services.file_plan, by=officer, plan=plan, filing_no="1号")
    assert "1项不达标" in said.message_dict["despite_failures"][0]
    filed = services.file_plan(by=officer, plan=plan, filing_no="1号", despite_failures=True)
    assert (filed.state, filed.failures) == (Plan.State.FILED, ["two_hours"])
    assert not filed.is_compliant


def test_it_is_judged_once_more_when_it_is_filed(send, officer, world):
    plan = send()
    assert plan.failures == []
    off_work(world.county, "18:30")
    refused(services.file_plan, by=officer, plan=plan, filing_no="1号")
    assert services.file_plan(by=officer, plan=plan, filing_no="1号", despite_failures=True).failures == [
        "until_off_work"
    ]


def test_a_filing_needs_its_number(send, officer):
    plan = send()
    assert "请填写备案号。" in refused(services.file_plan, by=officer, plan=plan, filing_no=" ").messages
    assert Plan.objects.get().state == Plan.State.SUBMITTED


def test_the_next_filed_version_ends_the_one_before_the_day_before(filed, world):
    filed()
    second = filed(first_day=TODAY, last_day=LAST)
    first = Plan.objects.get(version=1)
    assert (first.last_day, second.first_day, second.version) == (TODAY - DAY, TODAY, 2)
    for day, version in ((TODAY - DAY, 1), (TODAY, 2), (LAST, 2)):
        assert Plan.objects.in_force(day).get().version == version
    assert not Plan.objects.in_force(LAST + DAY).exists()


def test_the_next_version_begins_after_the_one_before(filed, write):
    filed(first_day=TODAY)
    for first_day in (TODAY, TODAY - DAY):
        assert "应晚于这一天" in refused(write, first_day=first_day).message_dict["first_day"][0]
    assert write(first_day=TODAY + DAY).version == 2
    assert write(first_day=FIRST, last_day=TODAY - DAY).version == 2  # before it: they share no day


def test_one_after_the_other_leaves_the_earlier_as_it_is(filed):
    filed(last_day=TODAY)
    filed(first_day=TODAY + DAY, last_day=LAST)
    assert Plan.objects.get(version=1).last_day == TODAY


def test_only_what_waits_is_decided(write, filed, officer):
    draft = write()
    for act, values in ((services.file_plan, {"filing_no": "1号"}), (services.return_plan, {"note": "请改"})):
        assert refused(act, by=officer, plan=draft, **values).code == services.GONE
    plan = filed()
    assert refused(services.return_plan, by=officer, plan=plan, note="请改").code == services.GONE
    assert refused(services.file_plan, by=officer, plan=plan, filing_no="2号").code == services.GONE


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_decide_at_once_one_is_too_late(send, officer):
    plan = send()
    decisions = [
        lambda: services.file_plan(by=officer, plan=plan, filing_no="1号"),
        lambda: services.return_plan(by=officer, plan=plan, note="请改"),
    ]
    results = together(lambda: decisions.pop()())
    assert sorted(type(result) for result in results if isinstance(result, Exception)) == [ValidationError]
    assert Plan.objects.get().state in (Plan.State.FILED, Plan.State.RETURNED)


@pytest.mark.django_db(transaction=True)
def test_two_who_write_at_once_leave_one_version(write):
    results = together(write)
    assert [result.version for result in results] == [1, 1]
    assert PlanSlot.objects.count() == 10


def test_filing_asks_for_the_days_to_be_counted_again(filed, world):
    ChangedDay.objects.all().delete()
    filed(first_day=TODAY)
    noted = set(ChangedDay.objects.values_list("school", "day"))
    assert noted == {(world.school.pk, day) for day in world.days if day >= TODAY}


# --- Judging again ---


def test_a_change_of_the_off_work_time_is_judged_at_night(filed, world):
    plan = filed()
    off_work(world.county, "18:30")
    ChangedDay.objects.all().delete()
    assert tasks.judge_plans() == 1
    plan.refresh_from_db()
    assert plan.failures == ["until_off_work"]
    assert ChangedDay.objects.filter(school=world.school).exists()
    assert AuditEntry.objects.get(action="plan.judge").detail == {"before": [], "after": ["until_off_work"]}
    assert tasks.judge_plans() == 0


def test_a_plan_that_is_over_keeps_its_verdict(world):
    make.plan(world, last_day=TODAY - DAY)
    other = make.plan(world, first_day=TODAY, school=world.other_school)
    off_work(world.city, "18:30")
    assert services.judge_plans(TODAY) == 1
    assert [plan.pk for plan in Plan.objects.exclude(failures=[])] == [other.pk]


def test_plans_below_one_unit_are_judged_alone(world):
    make.plan(world)
    make.plan(world, school=world.other_school)
    off_work(world.city, "18:30")
    assert services.judge_again(unit=world.county, day=TODAY) == 1
    assert Plan.objects.exclude(failures=[]).get().school == world.school


def test_many_plans_are_judged_with_few_queries(world, django_assert_max_num_queries):
    for _ in range(12):
        make.plan(world, school=factories.SchoolFactory(parent=world.county))
    with django_assert_max_num_queries(8):
        services.judge_plans(TODAY)


# --- Comparing ---


def test_two_versions_differ_in_the_order_of_the_plan(world):
    old = terms(fee="不收费", dismissals={1: time("17:50")})
    new = terms(
        last_day=LAST - DAY,
        slots=week(("16:00", "18:00"), weekdays=(1,)) + old.slots[2:],
        dismissals={1: time("18:00")},
        fee="每课时3元",
    )
    found = {one.what: (one.old, one.new) for one in differences(old, new)}
    assert list(found) == ["起止日期", "周一", "一年级离校", "收费标准"]
    assert found["周一"] == ("16:00—17:00 作业辅导\n17:00—18:00 作业辅导", "16:00—18:00 课后服务")
    assert differences(old, old) == []


# --- The documented schools, through the database ---


def documented_slots(school):
    service = school["service"]
    days = service["weekdays"]
    if "slots" in service:
        slots = week(*((first, last) for first, last, _ in service["slots"]), weekdays=days)
    elif "end_winter" in service:
        slots = week(("15:30", service["end_summer"]), weekdays=days, season="summer")
        slots += week(("15:00", service["end_winter"]), weekdays=days, season="winter")
    else:
        slots = week(("16:00", "18:00"), weekdays=days)
    if "evening_study" in school:
        slots += week(tuple(school["evening_study"]), weekdays=days, kind="evening", title="晚自习")
    return slots


def documented_plan(world, officer, name):
    """Sent and filed, in a county where people leave at 18:00 and in winter at 17:30."""
    entry = documented(name)
    off_work(world.county, "18:00")
    off_work(world.county, "17:30", dt.date(2026, 10, 16))
    school = factories.SchoolFactory(parent=world.county, name=name, stage=entry["stage"])
    is_seasonal = "end_winter" in entry["service"]
    winter = {"winter_first_day": dt.date(2026, 10, 16), "winter_last_day": LAST} if is_seasonal else {}
    what = terms(slots=documented_slots(entry), lessons_end_at=time("15:00"), **winter)
    plan = services.write_plan(by=officer, school=school, terms=what)
    services.submit_plan(by=officer, plan=plan)
    services.file_plan(by=officer, plan=plan, filing_no="1号", despite_failures=True)
    return Plan.objects.get(pk=plan.pk)


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("太平镇学区某小学", ["two_hours", "until_off_work"]),
        ("阳光小学", ["five_days"]),
        ("延时服务方案某小学", ["five_days", "until_off_work"]),
        ("寄宿制初中", ["two_hours", "only_service_counts"]),
    ],
)
def test_documented_schools_come_out_as_written(world, officer, name, broken):
    plan = documented_plan(world, officer, name)
    verdict = documented(name)["verdict"]
    assert plan.failures == broken
    assert plan.is_compliant == verdict["service_time_ok"]
    words = "；".join(failure.rule.words for failure in services.failures_of(plan))
    for reason in verdict.get("reason", "").split("；"):
        assert reason in words


def test_a_documented_school_says_where_its_evening_study_overlaps(world, officer):
    [failure] = [
        one
        for one in services.failures_of(documented_plan(world, officer, "寄宿制初中"))
        if one.rule.id == "only_service_counts"
    ]
    first, last = documented("寄宿制初中")["verdict"]["overlap"]
    assert f"周三{first}—{last}" in failure.detail


def test_every_documented_verdict_on_service_time_is_proved():
    judged = {school["name"] for school in SCHOOLS if "service_time_ok" in school["verdict"]}
    assert judged == {"太平镇学区某小学", "阳光小学", "延时服务方案某小学", "寄宿制初中"}
