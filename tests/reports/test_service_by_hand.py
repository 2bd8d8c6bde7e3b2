"""A1 to A11 of a small city, against figures worked out by hand.

Two weeks of October 2026, Monday 12 to Friday 23. In post at the end of the month: 甲 乙 丙 in 东一小, 丁 and again 甲
in 东二小, 戊 in 西小; 己 left 东一小 on the 20th.

    东一小  filed plan, every rule kept. On Tuesday the 20th no service, with a reason.
            作业辅导, Monday to Friday, 甲; on the 15th 己 stands in.    书法, Monday and Wednesday, a retired teacher.
            20 pupils on the roll; seven on the lists:
            1 came to 作业辅导 each time                                    took part, on every weekday
            2 was absent from 作业辅导 each time                            did not
            3 joined 作业辅导 on the 19th, after which no Tuesday was held   took part
            4 in 书法, on leave on both Mondays                            took part
            5 in 作业辅导 until the 13th, in 书法 from the 19th              took part
            6 absent from 作业辅导 on both Fridays, fetched early on a Monday  took part
            7 joins 作业辅导 only on the 26th, after the last day            did not
    东二小  filed plan of less than two hours a day. 作业辅导 on each day, 丁; on the 22nd 甲 stands in.
            Nobody entered the roll; two pupils came each time.
    西小    has sent a plan, which is not filed, and held nothing. 30 pupils on the roll.
"""

import datetime as dt
from types import SimpleNamespace

import pytest

from afterschool.models import Absence, ServiceBreak
from afterschool.week import Slot
from reports import documents, rollup, service_tables, tables
from reports.compute import compute
from reports.corrections import corrections
from schools.models import ClassSize, Staff
from schools.periods import parse
from tests import factories
from tests.afterschool import make
from tests.afterschool.make import FIVE, SIX
from tests.fixtures import SHANGHAI

pytestmark = pytest.mark.django_db

MONTH = parse("2026-10")
AFTER = dt.datetime(2026, 11, 2, 9, tzinfo=SHANGHAI)
DAYS = [dt.date(2026, 10, day) for day in (12, 13, 14, 15, 16, 19, 20, 21, 22, 23)]
BREAK = dt.date(2026, 10, 20)


class City:
    def __init__(self):
        self.unit = factories.CityFactory(name="安平市", code="410900")
        factories.TermFactory(unit=self.unit, first_day=DAYS[0], last_day=DAYS[-1])
        self.east = factories.CountyFactory(parent=self.unit, name="东县", code="410901")
        self.west = factories.CountyFactory(parent=self.unit, name="西县", code="410902")
        self.clerk = factories.UserFactory()
        self.one = self._school(self.east, "东一小", roll=20)
        self.two = self._school(self.east, "东二小", roll=None)
        self.three = self._school(self.west, "西小", roll=30)
        self._first_school()
        self._second_school()
        make.plan(self.three, school=self.three.school, state="submitted")
        factories.StaffFactory(school=self.three.school, name="戊")

    def _school(self, county, name, roll):
        """What the makers of after-school service take for a world."""
        school = factories.SchoolFactory(parent=county, name=name)
        group = factories.ClassGroupFactory(school=school, number=1, pupils=roll)
        return SimpleNamespace(
            school=school, class_group=group, people={"academic_office": self.clerk, "teacher": self.clerk}
        )

    def _teacher(self, at, name, phone=None):
        """On the staff and on the list of those who serve; known by her phone in a second school."""
        return make.worker(at, user=factories.StaffFactory(school=at.school, name=name, phone=phone).user)

    def _first_school(self):
        at = self.one
        make.plan(at)
        ServiceBreak.objects.create(school=at.school, day=BREAK, reason="运动会", made_by=self.clerk)
        jia = self._teacher(at, "甲", "13700000099")
        ji = self._teacher(at, "己")
        Staff.objects.filter(user=ji.user).update(last_day=dt.date(2026, 10, 20))
        self.teacher = jia.user
        for name in ("乙", "丙"):
            factories.StaffFactory(school=at.school, name=name)
        retired = make.worker(at, kind="retired", name="周老师")
        homework = make.group(at, school=at.school, worker=jia, name="作业辅导一班")
        writing = make.group(
            at,
            school=at.school,
            worker=retired,
            name="书法一班",
            course=make.course(at.school, "书法", "arts", "interest"),
            slots=[Slot(1, FIVE, SIX), Slot(3, FIVE, SIX)],
        )
        days = [day for day in DAYS if day != BREAK]
        guided = {day: self._hold(homework, day, worker=ji if day.day == 15 else None) for day in days}
        written = {day: self._hold(writing, day) for day in days if day.isoweekday() in (1, 3)}
        pupils = [make.pupil(at, number, school=at.school, class_group=at.class_group) for number in range(1, 8)]
        for number, group, first, last in (
            (1, homework, 1, 31),
            (2, homework, 1, 31),
            (3, homework, 19, 31),
            (4, writing, 1, 31),
            (5, homework, 1, 13),
            (5, writing, 19, 31),
            (6, homework, 1, 31),
            (7, homework, 26, 31),
        ):
            self._enrol(group, pupils[number - 1], first, last)
        self._exceptions(guided, written, pupils)

    def _exceptions(self, guided, written, pupils):
        for day, session in guided.items():
            self._absent(session, pupils[1], "absent")
            if day.isoweekday() == 5:
                self._absent(session, pupils[5], "absent")
        for day, session in written.items():
            if day.isoweekday() == 1:
                self._absent(session, pupils[3], "on_leave")
        self._absent(guided[DAYS[0]], pupils[5], "left_early", left_at=dt.time(16, 30), fetched_by="母亲")

    def _second_school(self):
        at = self.two
        make.plan(at, school=at.school, failures=["two_hours"])
        ding = self._teacher(at, "丁")
        jia = self._teacher(at, "甲", "13700000099")
        group = make.group(at, school=at.school, worker=ding)
        for number in (1, 2):
            self._enrol(group, make.pupil(at, number, school=at.school, class_group=at.class_group), 1, 31)
        for day in DAYS:
            self._hold(group, day, worker=jia if day.day == 22 else None)

    def _hold(self, group, day, **values):
        recorded_at = dt.datetime.combine(day, SIX, SHANGHAI)
        return make.session(group, day, state="held", recorded_at=recorded_at, expected=10, **values)

    def _enrol(self, group, pupil, first, last):
        days = {"first_day": dt.date(2026, 10, first), "last_day": dt.date(2026, 10, last)}
        make.enrolment(group, pupil, made_by=self.clerk, **days)

    def _absent(self, session, pupil, kind, **values):
        Absence.objects.create(session=session, pupil=pupil, kind=kind, **values)


@pytest.fixture
def city():
    city = City()
    rollup.rebuild_days(DAYS[0], DAYS[-1])
    return city


def figures(unit, period=MONTH):
    return {figure.code: figure.value for figure in service_tables.figures(compute(unit, period, AFTER))}


def rows(unit):
    table = service_tables.table(compute(unit, MONTH, AFTER))
    return {row.name: [*row.counts, *(cell.text for cell in row.cells)] for row in [*table.rows, table.total]}


def test_the_city_s_figures(city):
    assert figures(city.unit) == {
        "A1": "66.67%",  # all but 西小
        "A2": "33.33%",  # 东一小 alone
        "A3": "10%",  # five of 20 + 30: 东二小's roll is unknown
        "A4": "42.86%",  # 1 of five and 2 of two: three of seven
        "A5": "40%",  # 甲 and 丁 of 甲 乙 丙 丁 戊
        "A6": "25%",  # 甲 丁 己 and the retired teacher
        "A11": "2",  # homework, arts
        "A11a": "3",
    }


def test_a_county_s_figures_and_its_schools(city):
    assert figures(city.east) == {
        "A1": "100%",
        "A2": "50%",
        "A3": "25%",
        "A4": "42.86%",
        "A5": "50%",  # 甲 and 丁 of 甲 乙 丙 丁
        "A6": "25%",
        "A11": "2",
        "A11a": "3",
    }
    assert service_tables.table(compute(city.east, MONTH, AFTER)).columns == (
        *("上课日", "开展日", "覆盖率", "服务时间", "学生参与率", "每天参加占比", "教师参与率", "校外人员占比"),
    )
    assert rows(city.east) == {
        "东一小": [10, 9, "已覆盖", "达标", "25%", "20%", "33.33%", "33.33%"],
        "东二小": [10, 10, "已覆盖", "不达标", "–", "100%", "100%", "0%"],
        "合计": [20, 19, "100%", "50%", "25%", "42.86%", "50%", "25%"],
    }


def test_the_city_s_counties(city):
    assert rows(city.unit) == {
        "东县": [2, "100%", "50%", "25%", "42.86%", "50%", "25%", "3"],
        "西县": [1, "0%", "0%", "0%", "–", "0%", "–", "0"],
        "合计": [3, "66.67%", "33.33%", "10%", "42.86%", "40%", "25%", "3"],
    }


def test_a_half_month_states_what_is_stated_every_half_month(city):
    assert list(figures(city.unit, parse("2026-10-H1"))) == ["A1", "A2", "A3", "A5", "A6"]


def test_who_misses_the_time_is_listed_with_the_reason(city):
    words = {row.name: row.words.split("；")[-1] for row in tables.shortfalls(compute(city.unit, MONTH, AFTER))}
    assert words["东二小"] == "课后服务方案不符合时间规定"
    assert words["西小"] == "课后服务没有已备案的方案，没有开展过"
    assert "课后服务" not in words["东一小"]


def test_a_county_without_plan_or_session_says_nothing_of_service(city):
    snapshot = compute(city.west, MONTH, AFTER)
    assert service_tables.figures(snapshot) == []
    assert service_tables.table(snapshot) is None
    assert not any(definition.code.startswith("A") for definition in snapshot.definitions)
    assert not any("课后服务" in heading for heading in tables.school_headings(snapshot))
    assert not any("课后服务" in row.words for row in tables.shortfalls(snapshot))


def test_before_the_first_school_day_nothing_is_a_share(city):
    snapshot = compute(city.unit, parse("2026-09"), AFTER)
    assert {figure.value for figure in tables.key_figures(snapshot) if figure.code.startswith("A")} == set()
    assert snapshot.counts["service_open"] == snapshot.counts["teachers_in_post"] == 0


def test_a_roll_call_that_comes_late_is_a_correction(city):
    before = compute(city.unit, MONTH, AFTER)
    assert corrections(before, compute(city.unit, MONTH, AFTER)) == []
    make.plan(city.three, school=city.three.school)
    changed = corrections(before, compute(city.unit, MONTH, AFTER))
    assert changed == []  # a plan alone holds no session
    group = make.group(city.three, school=city.three.school, worker=make.worker(city.three, user=city.teacher))
    city._hold(group, DAYS[0])
    rollup.rebuild_day(DAYS[0])
    changed = {
        (line.where, line.what): (line.old, line.new) for line in corrections(before, compute(city.unit, MONTH, AFTER))
    }
    assert changed["安平市", "课后服务学校覆盖率"] == ("66.67%（2/3）", "100%（3/3）")
    assert ("安平市", "教师参与率") not in changed  # 甲 is one person, and not in post at 西小


def test_who_lets_nobody_stay_away_is_asked(city):
    ClassSize.objects.filter(class_group=city.one.class_group).update(pupils=5)
    notes = "".join(compute(city.east, MONTH, AFTER).notes)
    assert "课后服务学生参与率达到99.5%的学校1所（东一小），请核实学生是否自愿参加" in notes


def test_the_files_have_every_count(city):
    snapshot = compute(city.east, MONTH, AFTER)
    headings = tables.school_headings(snapshot)
    first = dict(zip(headings, tables.school_rows(snapshot)[0], strict=True))
    assert (first["学校"], first["已开展日"], first["说明停止日"], first["课后服务时间"]) == ("东一小", 9, 1, "达标")
    # 60 minutes on nine days, 60 more on two Mondays and two Wednesdays.
    assert (first["课后服务分钟"], first["参加学生"], first["每天参加学生"], first["服务人员"]) == (780, 5, 1, 3)
    assert "课后服务" in documents.school_csv(snapshot).decode("utf-8-sig")


def test_each_group_of_schools_is_asked_for_at_once(city, django_assert_max_num_queries):
    with django_assert_max_num_queries(73):
        compute(city.unit, MONTH, AFTER)
