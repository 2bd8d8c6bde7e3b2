"""H1 to H12 of a small city, against figures worked out by hand.

Two weeks of October 2026, Monday 12 to Friday 23; the weekend of 17 and 18 lies between. Minutes of written homework
each class was set (limit 60 in grade 5, none in grade 2):

    October          12   13   14   15   16*    19   20   21   22   23
    东一小 5-1 语文    30   30   30   30   40     none 20   20   20   20
              数学    20   40   20   -    30     none 20   20   20   20      on the 14th first 90, withdrawn
          together   50   70!  50  (30)  70!    0    40   40   40   40
    东一小 5-2 语文    20   20~  20   20   50     -    20   20   20   20
    东二小 2-1 语文    oral  5!  oral oral oral   oral oral oral oral oral
    西小   5-1 语文    -    -    -    -    -      60   30   30   30   30

    * covers the weekend   ! over the limit   ~ posted only on the next morning   - silent   ( ) incomplete
"""

import datetime as dt

import pytest

from homework import services as homework
from homework.models import Feedback, Notice, SchoolRule, TimeSample
from reports import rollup, tables
from reports.compute import compute
from schools.periods import parse
from tests import factories as make
from tests.fixtures import SHANGHAI

pytestmark = pytest.mark.django_db

MONTH = parse("2026-10")
AFTER = dt.datetime(2026, 11, 2, 9, tzinfo=SHANGHAI)
DAYS = [dt.date(2026, 10, day) for day in (12, 13, 14, 15, 16, 19, 20, 21, 22, 23)]
SILENT, NONE, ORAL = None, "none", "oral"


class City:
    """The places, the classes, and a clerk in whose name everything is posted."""

    def __init__(self):
        self.unit = make.CityFactory(name="安平市", code="410900")
        make.TermFactory(unit=self.unit, first_day=DAYS[0], last_day=DAYS[-1])
        self.east = make.CountyFactory(parent=self.unit, name="东县", code="410901")
        self.west = make.CountyFactory(parent=self.unit, name="西县", code="410902")
        self.one, self.two, self.three = (
            make.SchoolFactory(parent=county, name=name)
            for county, name in ((self.east, "东一小"), (self.east, "东二小"), (self.west, "西小"))
        )
        self.a1 = self._class(self.one, 1, "语文", "数学")
        self.a2 = self._class(self.one, 2, "语文")
        self.b1 = self._class(self.two, 1, "语文", entry_year=2025, first_day=dt.date(2025, 9, 1))
        self.c1 = self._class(self.three, 1, "语文")
        self.clerk = make.UserFactory()

    def _class(self, school, number, *subjects, **values):
        group = make.ClassGroupFactory(school=school, number=number, **values)
        for name in subjects:
            make.TeachingFactory(class_group=group, subject=make.subject(name), first_day=group.first_day)
        return group

    def say(self, group, day, subject, what):
        if what is SILENT:
            return None
        if what is NONE:
            return homework.declare_no_homework(
                by=self.clerk, class_group=group, day=day, subject=make.subject(subject)
            )
        oral = what is ORAL
        return make.ItemFactory(
            by=self.clerk,
            class_group=group,
            day=day,
            subject=make.subject(subject),
            kind="oral" if oral else "written",
            minutes=10 if oral else what,
            overrun_reason="单元复习",
        )


@pytest.fixture
def city(clock):
    city = City()
    plan = [
        (city.a1, "语文", [30, 30, 30, 30, 40, NONE, 20, 20, 20, 20]),
        (city.a1, "数学", [20, 40, 20, SILENT, 30, NONE, 20, 20, 20, 20]),
        (city.a2, "语文", [20, SILENT, 20, 20, 50, SILENT, 20, 20, 20, 20]),
        (city.b1, "语文", [ORAL, 5, ORAL, ORAL, ORAL, ORAL, ORAL, ORAL, ORAL, ORAL]),
        (city.c1, "语文", [SILENT, SILENT, SILENT, SILENT, SILENT, 60, 30, 30, 30, 30]),
    ]
    for number, day in enumerate(DAYS):
        clock(dt.datetime.combine(day, dt.time(9)))
        if day == DAYS[2]:
            city.say(city.a2, DAYS[1], "语文", 20)
            mistyped = city.say(city.a1, day, "数学", 90)
            homework.withdraw_item(by=city.clerk, item=mistyped, reason="填错")
        clock(dt.datetime.combine(day, dt.time(17)))
        for group, subject, minutes in plan:
            city.say(group, day, subject, minutes[number])
    _rules(city)
    _feedback(city)
    _samples(city)
    rollup.rebuild_days(DAYS[0], DAYS[-1])
    return city


def _rules(city):
    """东一小's is in force, 东二小's has ended before the month did, 西小 has none."""
    for school, last_day in ((city.one, None), (city.two, dt.date(2026, 10, 30))):
        SchoolRule.objects.create(
            school=school,
            version=1,
            title="作业管理办法",
            first_day=dt.date(2026, 9, 1),
            last_day=last_day,
            made_by=city.clerk,
        )


def _feedback(city):
    def case(school, kind, upheld, answered_on=dt.date(2026, 10, 20)):
        answered = upheld is not None
        Feedback.objects.create(
            school=school,
            class_group=school.classes.first(),
            kind=kind,
            text="情况说明",
            receipt=f"R{Feedback.objects.count()}",
            answer_by=dt.date(2026, 10, 20),
            answer="已核实" if answered else "",
            is_upheld=upheld,
            answered_by=city.clerk if answered else None,
            answered_at=dt.datetime.combine(answered_on, dt.time(10), SHANGHAI) if answered else None,
        )

    case(city.one, "parents", False)
    case(city.two, "parents", True, dt.date(2026, 10, 31))
    case(city.three, "parents", None)
    case(city.three, "parents", True, dt.date(2026, 11, 1))  # belongs to November
    case(city.one, "repetitive", True, dt.date(2026, 10, 1))
    case(city.one, "punitive", True)
    case(city.one, "too_long", True)  # upheld, but none of the three kinds
    case(city.two, "phone", False)
    case(city.three, "phone", True)


def _samples(city):
    """Minutes beyond what was declared. 东一小: -10, 5, 10, 15, 0, 30, 30; 东二小: 0; 西小: 1, 0."""

    def answer(group, day, minutes, *, finished=True, answers=1):
        notice = Notice.objects.get(class_group=group, day=day)
        paper = answers > 1
        TimeSample.objects.create(
            notice=notice,
            school=notice.school,
            minutes=minutes,
            finished=finished,
            answers=answers,
            given_on=day,
            device=None if paper else f"device {TimeSample.objects.count()}",
            entered_by=city.clerk if paper else None,
        )

    for minutes in (40, 55, 60, 65):  # of 50 declared; three within the limit of 60
        answer(city.a1, DAYS[0], minutes)
    answer(city.a1, DAYS[0], 50, finished=False)  # given up
    answer(city.a1, DAYS[6], 70, answers=2)  # of 40 declared, two pupils counted on paper
    answer(city.b1, DAYS[1], 5)  # of 5 declared, where nothing is allowed: no limit to finish in
    answer(city.c1, DAYS[5], 61)  # of 60 declared
    answer(city.c1, DAYS[5], 60)


def figures(unit):
    return {figure.code: figure.value for figure in tables.key_figures(compute(unit, MONTH, AFTER))}


def test_the_city_s_figures(city):
    assert figures(city.unit) == {
        "H1": "33.33%",  # 东一小 of three schools
        "H2": "82.5%",  # 4 classes on 10 days are 40; 9 + 9 + 10 + 5 = 33 complete
        "H2a": "86%",  # 5 subjects in 4 classes on 10 days are 50; 19 + 9 + 10 + 5 = 43 spoke
        "H3": "80%",  # of the 33 one came a day late: 32 of 40
        "H4": "33.33%",  # 西小 alone: 东一小 overran twice (once before a weekend), 东二小 once
        "H5": "6.67%",  # 33 complete less 3 before the weekend are 30; two of them over
        "H7": "66.67%",  # all but 东二小
        "H8": "44.44%",  # 7 + 2 answers where there is a limit, 3 + 1 of them within it and done
        "H9": "3",  # -10 0 0 0 1 5 10 15 30 30: between 1 and 5
        "H10": "66.67%",  # 70, 50 and 0 minutes before the weekend: two of three within 60
        "H11": "16.67%",  # 6 class-weeks without grade 2, which has no written homework anyway; 5-1 on the 19th: 1
        "H12": "3",  # repetitive, punitive, phone
    }


def test_h6_is_by_grade(city):
    rows = {row.name: (row.class_days, row.minutes) for row in tables.by_grade(compute(city.unit, MONTH, AFTER))}
    # Grade 2: 5 minutes in 9 days. Grade 5: 5-1 330 in 8 days, 5-2 160 in 8, 西小 180 in 5: 670 in 21.
    assert rows == {"二年级": (9, "0.6"), "五年级": (21, "31.9")}


def test_each_county_s_figures(city):
    assert figures(city.east) == {
        "H1": "50%",
        "H2": "93.33%",  # 28 of 30
        "H2a": "95%",  # 38 of 40
        "H3": "90%",  # 27 of 30
        "H4": "0%",
        "H5": "8%",  # 2 of 8 + 8 + 9
        "H7": "50%",
        "H8": "42.86%",  # 3 of 7
        "H9": "7.5",  # -10 0 0 5 10 15 30 30: between 5 and 10; not the middle of the schools' 10 and 0
        "H10": "66.67%",
        "H11": "25%",  # 1 of 4
        "H12": "2",
    }
    assert figures(city.west) == {
        "H1": "0%",
        "H2": "50%",
        "H2a": "50%",
        "H3": "50%",
        "H4": "100%",
        "H5": "0%",
        "H7": "100%",
        "H8": "–",  # two answers are too few to show
        "H9": "–",
        "H10": "–",  # silent on the Friday
        "H11": "0%",
        "H12": "1",
    }


def test_the_schools_of_a_county(city):
    table = tables.beside(compute(city.east, MONTH, AFTER))
    assert table.columns[:2] == ("公示制度", "不要求家长批改")
    assert {row.name: [cell.text for cell in row.cells] for row in [*table.rows, table.total]} == {
        "东一小": ["已建立", "达标", "42.86%", "10", "50%", "25%", "2"],
        "东二小": ["未建立", "不达标", "–", "–", "100%", "–", "0"],
        "合计": ["50%", "50%", "42.86%", "7.5", "66.67%", "25%", "2"],
    }


def test_a_half_month_states_what_is_stated_every_half_month(city):
    snapshot = compute(city.unit, parse("2026-10-H1"), AFTER)
    figures = {figure.code: figure.value for figure in tables.key_figures(snapshot)}
    assert list(figures) == ["H1", "H2", "H2a", "H3", "H4", "H5", "H7", "H10"]
    assert (figures["H1"], figures["H7"]) == ("66.67%", "100%")  # on the 15th 东二小's rule still held; no case yet
    assert tables.beside(snapshot).columns == ("公示制度", "不要求家长批改", "周末节假日达标率")
