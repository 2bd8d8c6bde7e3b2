"""What leaders see of after-school service: the day and the term of a school, the month of an area, a line at home."""

import datetime as dt

import pytest
from django.urls import reverse

from afterschool.models import Absence, Incident, ServiceBreak
from reports import rollup, services
from schools.periods import parse
from schools.services import units
from tests import factories
from tests.afterschool import make
from tests.afterschool.make import FIVE, SIX
from tests.fixtures import SHANGHAI

pytestmark = pytest.mark.django_db

TODAY, YESTERDAY = dt.date(2026, 10, 14), dt.date(2026, 10, 13)
AT_SIX = dt.datetime(2026, 10, 14, 18, tzinfo=SHANGHAI)


@pytest.fixture
def served(world):
    """Today at half past four: 作业辅导 runs with its roll called, 书法 has begun without, 足球 begins at five.

    Yesterday 作业辅导 was held with ten expected, one of them absent.
    """
    make.plan(world)
    homework = make.group(world)
    late = make.group(
        world,
        name="书法",
        course=make.course(world.school, "书法", "arts", "interest"),
        worker=make.worker(world, kind="retired", name="周老师"),
    )
    football = make.group(
        world,
        name="足球",
        course=make.course(world.school, "足球", "sport", "interest"),
        worker=homework.worker,
        slots=make.every_day(FIVE, SIX),
    )
    pupils = [make.pupil(world, number) for number in (1, 2, 3)]
    for pupil in pupils:
        make.enrolment(homework, pupil)
    make.enrolment(football, pupils[0])
    held = {"state": "held", "recorded_at": AT_SIX}
    make.session(homework, TODAY, expected=3, absent=1, **held)
    make.session(late, TODAY)
    make.session(football, TODAY)
    before = make.session(homework, YESTERDAY, expected=3, absent=1, **held)
    Absence.objects.create(session=before, pupil=pupils[2], kind="absent")
    rollup.rebuild_days(dt.date(2026, 10, 8), TODAY)
    return homework


@pytest.fixture
def school_page(signed_in, world):
    def open_page(person):
        return signed_in(person).get(reverse("reports:service_school", args=[world.school.unit.code]))

    return open_page


@pytest.fixture
def area_page(signed_in):
    def open_page(person, unit, **query):
        return signed_in(person).get(reverse("reports:service_area", args=[unit.code]), query)

    return open_page


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def test_the_principal_sees_the_day_as_it_goes(school_page, served):
    response = school_page("principal")
    today = response.context["today"]
    assert (today.running, len(today.held), today.absent, today.expected) == (2, 1, 1, 3)
    assert [str(session.group) for session in today.late] == ["书法"]
    assert "周老师" in text(response)


def test_who_is_not_of_the_school_sees_the_group_but_neither_the_teacher_nor_incidents(school_page, world, served):
    an_incident(world)
    page = text(school_page("county_officer"))
    assert "书法" in page
    assert "周老师" not in page
    assert "扭伤" not in page
    assert reverse("afterschool:session_list", args=[world.school.unit.code]) not in page


def test_open_incidents_stand_there_until_they_are_closed(school_page, world, served):
    incident = an_incident(world)
    assert "操场扭伤" in text(school_page("academic_office"))
    Incident.objects.filter(pk=incident.pk).update(closed_at=AT_SIX, closed_by=world.teacher, outcome="已痊愈")
    assert "操场扭伤" not in text(school_page("academic_office"))


def an_incident(world):
    return Incident.objects.create(
        school=world.school, day=TODAY, happened_at=dt.time(16, 10), what="操场扭伤", reported_by=world.teacher
    )


def test_nobody_s_name_is_on_the_page(school_page, served):
    page = text(school_page("principal"))
    assert not any(f"学生{number}" in page for number in (1, 2, 3))


def test_the_term_is_counted_until_yesterday(school_page, world, served):
    term = school_page("principal").context["term"]
    assert [(name, figure.text, figure.parts) for name, figure in term.figures] == [
        ("学生参与率", "5%", "2/40"),  # of three on the list one was absent the only time
        ("每天参加学生占比", "0%", "0/2"),
        ("教师参与率", "25%", "1/4"),
        ("校外人员占比", "0%", "0/1"),
    ]
    (row,) = term.classes
    assert (row.roll, row.joined, row.weekdays) == (40, 3, [3] * 5)
    assert [(mix.name, mix.groups, mix.pupils) for mix in term.courses] == [
        ("作业辅导", 1, 3),
        ("体育", 1, 1),
        ("艺术", 1, 0),
    ]
    assert term.workers == [("本校教师", 1), ("退休教师", 1)]
    assert [(week.monday.day, week.counts["served"], week.minutes, week.present_percent) for week in term.weeks] == [
        (12, 1, 60, 66),
        (5, 0, None, None),
    ]


def test_a_school_without_service_is_told_what_comes_first(school_page):
    assert "本学期还没有课后服务" in text(school_page("academic_office"))


def test_a_day_without_service_says_why(school_page, world, served):
    ServiceBreak.objects.create(school=world.school, day=TODAY, reason="全校体检", made_by=world.teacher)
    assert "今天停止课后服务：全校体检" in text(school_page("principal"))


def test_the_county_sees_its_schools_and_why_they_miss_the_time(area_page, world, served):
    response = area_page("county_officer", world.county)
    (row,) = response.context["found"].rows
    # The days of October until yesterday: 8 to 10 and 12, 13; only on the last something was held.
    assert (row.counts["service_days"], row.counts["service_served"], row.minutes) == (5, 1, 60)
    assert row.reasons == ["4天没有开展、没有说明原因"]
    page = text(response)
    assert reverse("reports:service_school", args=[world.school.unit.code]) in page
    assert "学生和教师参与率要等报表生成后才有" in page


def test_a_plan_that_fails_says_which_rule(area_page, world, served):
    plan = world.school.service_plans.get()
    plan.failures = ["two_hours", "five_days"]
    plan.save()
    rollup.rebuild_days(dt.date(2026, 10, 8), TODAY)
    assert "方案少于2小时、每周不足5天，4天没有开展" in text(area_page("county_officer", world.county))
    whole = area_page("county_officer", world.county).context["found"].whole
    assert whole.reasons == ["方案不符合时间规定1所", "有天数没有开展1所"]


def test_the_city_sees_its_counties(area_page, world, served):
    found = area_page("city_officer", world.city).context["found"]
    assert [(row.name, row.figures[0].text, row.reasons) for row in (*found.rows, found.whole)] == [
        ("东县", "100%", ["有天数没有开展1所"]),
        ("西县", "0%", ["没有已备案的方案1所", "没有开展过1所"]),
        ("合计", "50%", ["没有已备案的方案1所", "没有开展过1所", "有天数没有开展1所"]),
    ]
    assert all(figure.is_grey for row in found.rows for figure in row.figures)


@pytest.mark.slow
def test_shares_are_those_of_the_latest_report(area_page, world, served, clock):
    clock(dt.datetime(2026, 10, 20, 9, tzinfo=SHANGHAI))
    for unit in (world.county, world.city):
        services.make_report(unit=unit, period=parse("2026-10-H1"), now=dt.datetime(2026, 10, 20, 9, tzinfo=SHANGHAI))
    found = area_page("county_officer", world.county).context["found"]
    assert [figure.text for figure in found.rows[0].shares] == ["7.5%", "25%"]
    assert [figure.text for figure in found.whole.shares] == ["7.5%", "25%"]
    assert "取自2026年10月上半月报表" in text(area_page("city_officer", world.city))


def test_another_month_can_be_seen_and_none_to_come(area_page, world, served):
    assert "2026年9月" in text(area_page("county_officer", world.county, day="2026-09-30"))
    assert "2026年10月" in text(area_page("county_officer", world.county, day="2998-01-01"))
    assert area_page("county_officer", world.county, day="abc").status_code == 404


@pytest.mark.slow
def test_a_district_takes_its_schools_shares_from_its_county_s_report(area_page, world, served, clock):
    district = factories.CountyFactory(parent=world.county, level="district", name="第一学区")
    units.move_unit(by=None, unit=world.school.unit, parent=district, first_day=TODAY)
    clock(dt.datetime(2026, 10, 20, 9, tzinfo=SHANGHAI))
    services.make_report(
        unit=world.county, period=parse("2026-10-H1"), now=dt.datetime(2026, 10, 20, 9, tzinfo=SHANGHAI)
    )
    found = area_page("county_officer", district).context["found"]
    assert [figure.text for figure in found.rows[0].shares] == ["7.5%", "25%"]
    assert found.whole.shares == [None, None]


def test_queries_do_not_grow_with_schools_or_groups(signed_in, world, served, django_assert_max_num_queries):
    for number in range(5):
        school = factories.SchoolFactory(parent=world.county, name=f"东{number}小")
        make.plan(world, school=school)
        teacher = factories.StaffFactory(school=school).user
        group = make.group(world, school=school, worker=make.worker(world, school=school, user=teacher))
        make.session(group, YESTERDAY, state="held", recorded_at=AT_SIX)
        other = make.worker(world, kind="volunteer", name=f"志愿者{number}")
        make.session(make.group(world, worker=other, name=f"班组{number}"), TODAY)
    rollup.rebuild_days(dt.date(2026, 10, 8), TODAY)
    officer = signed_in("county_officer")
    with django_assert_max_num_queries(20):
        officer.get(reverse("reports:service_area", args=[world.county.code]))
    principal = signed_in("principal")
    with django_assert_max_num_queries(30):
        principal.get(reverse("reports:service_school", args=[world.school.unit.code]))


@pytest.mark.parametrize("person", ["principal", "academic_office"])
def test_a_school_s_first_page_has_a_line_of_today(signed_in, person, served):
    page = text(signed_in(person).get(reverse("home")))
    assert "今天3个班组，已点名1个，到场2人，未请假缺席" in page


def test_a_county_s_first_page_has_a_line_of_the_last_day(signed_in, served):
    page = text(signed_in("city_officer").get(reverse("home")))
    assert "课后服务（10月13日）：2所学校上课，1所开展" in page
    assert "1所没有开展也没有说明" in page


@pytest.mark.parametrize("person", ["principal", "academic_office", "county_officer"])
def test_where_nothing_is_known_of_service_the_first_page_says_nothing(signed_in, world, person):
    rollup.rebuild_days(YESTERDAY, TODAY)
    assert "课后服务情况" not in text(signed_in(person).get(reverse("home")))


def test_who_oversees_several_units_chooses(signed_in, world):
    factories.PostingFactory(user=world.people["principal"], unit=world.county, role="supervisor")
    page = text(signed_in("principal").get(reverse("reports:service")))
    assert reverse("reports:service_area", args=[world.county.code]) in page
    assert reverse("reports:service_school", args=[world.school.unit.code]) in page
