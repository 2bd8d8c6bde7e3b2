"""The first page of each role: what must I do now."""

import datetime as dt

import pytest
from django.urls import reverse

from homework import services as homework
from reports import rollup
from reports.home import sections
from schools.services import classes, people
from tests import factories as make
from tests.fixtures import SHANGHAI
from tests.reports import make as make_returns
from tests.reports.city import MONDAY, TUESDAY, WEDNESDAY, post

pytestmark = pytest.mark.django_db

SUNDAY = dt.datetime(2026, 10, 18, 10, tzinfo=SHANGHAI)


@pytest.fixture
def home(client, world):
    def open_page(person: str) -> str:
        client.force_login(world.people[person], "accounts.sign_in.PhoneBackend")
        return client.get(reverse("home")).content.decode()

    return open_page


def set_homework(world, subject: str, minutes: int, **values) -> None:
    make.ItemFactory(
        by=world.teacher, class_group=world.class_group, subject=make.subject(subject), minutes=minutes, **values
    )


def names(user) -> list[str]:
    return [section.name for section in sections(user, WEDNESDAY)]


def test_a_teacher_sees_which_classes_are_not_posted(home, world):
    page = home("teacher")
    assert "五年级1班" in page
    assert "未公示" in page
    assert "还可布置60分钟" in page
    assert reverse("homework:today") in page


def test_a_teacher_who_has_posted_is_at_rest_while_a_colleague_is_not(home, world):
    set_homework(world, "语文", 20)
    assert "全班书面作业共20分钟" in home("teacher")
    assert "还可布置40分钟" in home("head_teacher")


def test_a_teacher_has_nothing_to_do_on_a_day_off(home, world, clock):
    clock(SUNDAY)
    page = home("teacher")
    assert "今天不是上课日" in page
    assert "未公示" not in page


def test_a_head_teacher_sees_who_is_missing_by_name(home, world):
    set_homework(world, "数学", 20)
    page = home("head_teacher")
    assert "今日未齐全" in page
    assert "语文（王语文）" in page
    assert "数学（赵数学）" not in page


def test_a_head_teacher_sees_a_complete_day(home, world):
    set_homework(world, "数学", 20)
    set_homework(world, "语文", 20)
    assert "今日已齐全" in home("head_teacher")


def test_the_academic_office_sees_what_waits_and_which_classes_are_open(home, world):
    set_homework(world, "数学", 70, overrun_reason="单元复习")
    page = home("academic_office")
    assert "超限，等我决定" in page
    assert "今日还没齐全的班" in page
    assert "语文" in page


def test_what_waits_from_an_earlier_day_is_not_forgotten(home, world, clock):
    set_homework(world, "数学", 70, overrun_reason="单元复习")
    clock(dt.datetime(2026, 10, 18, 9, tzinfo=SHANGHAI))  # a Sunday
    page = home("academic_office")
    assert "超限，等我决定" in page
    assert "没有等待审核的" not in page


def test_the_principal_sees_todays_share_breaches_and_the_heat_map(home, world):
    post(world.class_group, MONDAY, 45)
    set_homework(world, "数学", 70, overrun_reason="单元复习")
    homework.declare_no_homework(
        by=world.teacher, class_group=world.class_group, day=WEDNESDAY, subject=make.subject("语文")
    )
    page = home("principal")
    assert "1 / 1个班" in page
    assert "单元复习" in page
    assert f'data-chart="heat-{world.school.pk}-60"' in page
    assert "限60分钟的班" in page


def test_a_principals_heat_map_is_split_by_limit(world):
    make.LocalLimitFactory(unit=world.county, grade=5, minutes=50)
    lower = make.ClassGroupFactory(school=world.school, entry_year=2026, first_day=dt.date(2026, 9, 1))
    assert lower.grade_on(WEDNESDAY) == 1
    *_, section = sections(world.people["principal"], WEDNESDAY)
    assert [heat.limit for heat in section.data.heats] == [0, 50]


def test_an_officer_sees_counties_or_schools_and_the_reports_that_are_due(home, world, clock):
    for day in (MONDAY, TUESDAY):
        post(world.class_group, day, 30)
        rollup.rebuild_day(day)
    city = home("city_officer")
    assert "2026年10月上半月到10月13日为止" in city
    assert all(name in city for name in ("东县", "西县"))
    county = home("county_officer")
    assert "东县实验小学" in county
    assert "西县" not in county
    assert "2026年10月上半月报表10月15日截止" in county
    assert "东县2026年9月（全月）" in county  # ended, and nobody has made it
    clock(dt.datetime(2026, 10, 16, 9, tzinfo=SHANGHAI))
    assert "东县2026年10月上半月" in home("county_officer").split("接下来")[0]


def test_on_the_first_day_of_a_half_month_the_one_before_stands(world, clock):
    *_, section = sections(world.people["county_officer"], dt.date(2026, 10, 16))
    assert section.data.area.standing.period.code == "2026-10-H1"


def test_liaison_and_admin_are_told_what_there_is_for_them(home):
    assert "目前没有要办的事" in home("liaison")
    assert reverse("schools:import_list") in home("admin")


def test_somebody_without_a_posting_is_told_whom_to_ask(client):
    client.force_login(make.UserFactory(), "accounts.sign_in.PhoneBackend")
    assert "请联系学校教导处" in client.get(reverse("home")).content.decode()


def test_several_roles_are_shown_in_the_order_of_the_day(world):
    everything = world.people["head_teacher"]
    for role, unit in (
        ("principal", world.school.unit),
        ("officer", world.county),
        ("academic_office", world.school.unit),
    ):
        people.appoint(by=None, user=everything, unit=unit, role=role, first_day=MONDAY)
    assert names(everything) == [
        *("three_things", "returns", "teacher", "head_teacher", "academic_office", "principal", "officer"),
    ]


def test_a_former_class_is_gone_from_the_page(world):
    classes.close_class(by=None, class_group=world.class_group, last_day=TUESDAY)
    *_, section = sections(world.teacher, WEDNESDAY)
    assert (section.name, section.data) == ("teacher", [])


@pytest.mark.parametrize("person", ["teacher", "head_teacher", "academic_office", "principal", "city_officer"])
def test_the_queries_do_not_grow_with_classes_or_schools(person, world, client, django_assert_max_num_queries):
    for number in range(2, 8):
        group = make.ClassGroupFactory(school=world.school, number=number)
        for name in ("语文", "数学"):
            make.TeachingFactory(class_group=group, subject=make.subject(name), teacher=world.people["head_teacher"])
        make.HeadTeacherFactory(class_group=group, user=world.people["head_teacher"])
        make.CountyFactory(parent=world.city)
        post(group, TUESDAY, 30)
        post(group, WEDNESDAY, 30)
    rollup.rebuild_days(MONDAY, WEDNESDAY)
    client.force_login(world.people[person], "accounts.sign_in.PhoneBackend")
    with django_assert_max_num_queries(24):
        client.get(reverse("home"))


def test_a_return_that_falls_due_stands_on_the_first_page_until_it_is_sent(world, signed_in):
    page = signed_in("principal").get(reverse("home")).content.decode()
    assert "东县实验小学2026年10月上半月上报" in page
    assert "10月13日已截止" in page
    make_returns.sent(world)
    assert "2026年10月上半月上报" not in signed_in("principal").get(reverse("home")).content.decode()
    assert "待上报" not in signed_in("teacher").get(reverse("home")).content.decode()
