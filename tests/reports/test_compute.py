"""What a report says, against hand counts."""

import datetime as dt

import pytest

from homework.models import Notice
from reports import tables
from reports.compute import NoReportError, compute
from reports.snapshot import from_json
from schools.periods import parse
from schools.services import days, units
from tests import factories as make
from tests.fixtures import SHANGHAI
from tests.reports.city import MONDAY, TUESDAY, WEDNESDAY, a_city, a_class, counted, post

pytestmark = pytest.mark.django_db

AFTER = dt.datetime(2026, 10, 16, 9, tzinfo=SHANGHAI)
H1 = parse("2026-10-H1")


@pytest.fixture
def city():
    return a_city()


@pytest.fixture
def county(city):
    return make.CountyFactory(parent=city, name="东县")


def a_school(county, **values):
    return make.SchoolFactory(parent=county, **values)


def values(snapshot):
    return {figure.code: figure.value for figure in tables.key_figures(snapshot)}


def test_a_county_by_hand(county):
    """Two classes of one school on three days, six due. Posted: 30, 70 (late), 60, 40 minutes; two days silent."""
    school = a_school(county)
    one, two = a_class(school, number=1), a_class(school, number=2)
    post(one, MONDAY, 30)
    post(one, TUESDAY, 70, is_on_time=False)
    post(one, WEDNESDAY, 60)
    post(two, MONDAY, 40)
    counted()
    snapshot = compute(county, H1, AFTER)
    assert values(snapshot) == {
        "H1": "0%",
        "H2": "66.67%",
        "H2a": "66.67%",
        "H3": "50%",
        "H4": "0%",
        "H5": "25%",
        "H7": "100%",
        "H10": "–",
    }
    assert [(line.grade, line.counts["written_minutes"], line.counts["judged"]) for line in snapshot.grades] == [
        (5, 200, 4)
    ]
    assert [(line.day, line.counts["complete"]) for line in snapshot.days] == [
        ("2026-10-12", 2),
        ("2026-10-13", 1),
        ("2026-10-14", 1),
    ]
    assert {band.name: band.class_days for band in snapshot.bands if band.class_days} == {
        "50–90%": 2,
        "90–100%": 1,
        "超1–10分钟": 1,
    }
    assert [shortfall.missed for shortfall in snapshot.shortfalls] == [["H2", "H3", "H5"]]


def test_the_bands_add_up_to_the_judged_and_those_over_to_the_breaches(county):
    group = a_class(a_school(county))
    for day, minutes in zip((MONDAY, TUESDAY, WEDNESDAY), (0, 61, 200), strict=True):
        post(group, day, minutes)
    counted()
    snapshot = compute(county, H1, AFTER)
    assert sum(band.class_days for band in snapshot.bands) == snapshot.counts["judged"] == 3
    assert sum(band.class_days for band in snapshot.bands if band.is_over) == snapshot.counts["over_limit"] == 2


def test_counties_add_up_to_the_city(city, county):
    other = make.CountyFactory(parent=city, name="西县")
    for place, minutes in ((county, 30), (county, 70), (other, 50), (city, 10)):
        post(a_class(a_school(place)), MONDAY, minutes)
    counted()
    whole = compute(city, H1, AFTER)
    assert [(area.name, area.counts["schools"], area.counts["over_limit"]) for area in whole.areas] == [
        ("东县", 2, 1),
        ("西县", 1, 0),
        ("市直学校", 1, 0),
    ]
    for name, count in whole.counts.items():
        assert sum(area.counts[name] for area in whole.areas) == count, name
    parts = [compute(unit, H1, AFTER).counts for unit in (county, other)]
    assert [area.counts for area in whole.areas[:2]] == parts


def test_a_school_silent_for_the_whole_period_fails_the_time_limit_and_is_named(county):
    post(a_class(a_school(county)), MONDAY, 30)
    silent = a_school(county, name="无声小学")
    a_class(silent)
    counted()
    snapshot = compute(county, H1, AFTER)
    assert values(snapshot)["H4"] == "50%"
    assert [(line.name, line.is_silent) for line in snapshot.shortfalls if line.is_silent] == [("无声小学", True)]
    assert any("无声小学" in note for note in snapshot.notes)
    assert tables.shortfalls(snapshot)[-1].words == "整期未公示"


def test_a_school_that_moved_keeps_its_past_in_the_old_county(city, county):
    other = make.CountyFactory(parent=city, name="西县")
    school = a_school(county)
    group = a_class(school)
    post(group, MONDAY, 30)
    post(group, TUESDAY, 70)
    units.move_unit(by=None, unit=school.unit, parent=other, first_day=TUESDAY)
    counted()
    old, new, whole = (compute(unit, H1, AFTER) for unit in (county, other, city))
    assert (old.counts["classes"], old.counts["over_limit"]) == (1, 0)
    assert (new.counts["classes"], new.counts["over_limit"]) == (2, 1)
    assert (whole.counts["classes"], whole.counts["over_limit"]) == (3, 1)
    assert [area.counts["classes"] for area in whole.areas] == [1, 2]
    assert any("调整隶属关系" in note for note in whole.notes)


def test_nothing_due_gives_no_ratios(county):
    snapshot = compute(county, parse("2026-09"), AFTER)
    figures = values(snapshot)
    assert figures.pop("H12") == "0"  # a count, of which there may be none
    assert set(figures.values()) == {"–"}
    assert snapshot.shortfalls == []


def test_the_period_before_stands_beside_this_one(county):
    post(a_class(a_school(county)), MONDAY, 30)
    counted()
    snapshot = compute(county, parse("2026-10-H2"), dt.datetime(2026, 10, 20, 9, tzinfo=SHANGHAI))
    assert snapshot.counts["classes"] == 0
    assert snapshot.previous_counts["complete"] == 1


def test_the_same_month_of_last_year_stands_beside_where_it_is_known(county):
    post(a_class(a_school(county)), MONDAY, 30)
    counted()
    later = compute(county, parse("2027-10"), dt.datetime(2027, 11, 2, 9, tzinfo=SHANGHAI))
    assert {figure.code: figure.year_ago for figure in tables.key_figures(later)}["H2"] == "33.33%"
    this_year = compute(county, parse("2026-10"), AFTER)
    assert this_year.year_ago_counts == {}
    assert {figure.year_ago for figure in tables.key_figures(this_year)} == {"–"}


def test_a_cut_off_moves_the_last_days_to_the_next_return(county, settings):
    settings.HALF_MONTH_CUT_OFF_DAYS = 2  # the first half closes on the 13th
    group = a_class(a_school(county))
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        post(group, day, 30)
    counted()
    assert compute(county, H1, AFTER).counts["classes"] == 2
    assert compute(county, parse("2026-10-H2"), AFTER).counts["classes"] == 1
    assert compute(county, parse("2026-10"), AFTER).counts["classes"] == 3


def test_days_that_have_not_come_are_not_counted(county):
    a_class(a_school(county))
    counted()
    snapshot = compute(county, H1, dt.datetime(2026, 10, 13, 18, tzinfo=SHANGHAI))
    assert snapshot.counts["classes"] == 2
    assert snapshot.is_draft
    assert any("当日数字不完整" in note for note in snapshot.notes)


@pytest.mark.parametrize(("share", "verdict"), [(100, "0%"), (67, "0%"), (66, "100%")])
def test_a_school_keeps_the_limit_from_the_share_that_is_set(county, monkeypatch, share, verdict):
    monkeypatch.setattr("reports.compute.H4_SHARE", share)
    group = a_class(a_school(county))
    for day, minutes in ((MONDAY, 30), (TUESDAY, 60), (WEDNESDAY, 61)):  # two of three within
        post(group, day, minutes)
    counted()
    assert values(compute(county, H1, AFTER))["H4"] == verdict


def test_a_waiting_overrun_counts_as_one_and_is_mentioned(county):
    post(a_class(a_school(county)), MONDAY, 90, review="pending")
    counted()
    snapshot = compute(county, H1, AFTER)
    assert snapshot.counts["over_limit"] == 1
    assert any("1个班级日超限后教导处尚未审核" in note for note in snapshot.notes)


def test_work_before_days_off_and_stricter_rules_are_explained(county):
    notice = post(a_class(a_school(county)), TUESDAY, 90)
    Notice.objects.filter(pk=notice.pk).update(covers_until=WEDNESDAY)
    make.LocalLimitFactory(unit=county)
    counted()
    notes = compute(county, H1, AFTER).notes
    assert any("1个班级日，其中超限1个，不计入班级日超限率" in note for note in notes)
    assert any("按更严的规定判断" in note for note in notes)


def test_nothing_is_explained_that_is_not_there(county):
    post(a_class(a_school(county)), MONDAY, 30)
    counted()
    notes = compute(county, H1, AFTER).notes
    assert not any("周末" in note or "更严" in note for note in notes)


def test_a_cancelled_day_is_neither_due_nor_in_the_distribution(county):
    school = a_school(county)
    post(a_class(school), MONDAY, 30)
    days.change_day(by=None, unit=school.unit, day=MONDAY, teaches=False, reason="停课")
    counted()
    snapshot = compute(county, H1, AFTER)
    assert snapshot.counts["classes"] == 2
    assert sum(band.class_days for band in snapshot.bands) == 0


def test_grade_6_of_two_systems_is_two_lines(county):
    primary = make.ClassGroupFactory(school=a_school(county), entry_year=2021, first_day=dt.date(2021, 9, 1))
    junior = make.ClassGroupFactory(
        school=a_school(county, stage="junior", system="5-4"),
        entry_year=2026,
        entry_grade=6,
        first_day=dt.date(2026, 9, 1),
    )
    for group in (primary, junior):
        make.TeachingFactory(class_group=group, first_day=group.first_day)
        post(group, MONDAY, 50)
    counted()
    rows = tables.by_grade(compute(county, H1, AFTER))
    assert [(row.name, row.limit) for row in rows] == [("六年级", "60"), ("六年级（五四学制）", "90")]


def test_local_limits_stand_beside_the_national_ones(county):
    make.LocalLimitFactory(unit=county, minutes=50)
    words = tables.limits(compute(county, H1, AFTER))
    assert len(words) == 4
    assert words[-1] == "东县：小学五年级每天书面家庭作业不超过50分钟（《东县作业管理办法》）。"


def test_a_snapshot_survives_json(county):
    post(a_class(a_school(county)), MONDAY, 30)
    counted()
    snapshot = compute(county, H1, AFTER)
    assert from_json(snapshot.as_json()) == snapshot


@pytest.mark.parametrize("schools", [1, 6])
def test_the_number_of_queries_does_not_grow_with_the_schools(city, county, schools, django_assert_num_queries):
    for _ in range(schools):
        post(a_class(a_school(county)), MONDAY, 30)
    counted()
    with django_assert_num_queries(60):
        compute(city, H1, AFTER)


def test_a_school_has_no_report(county):
    with pytest.raises(NoReportError, match="只有市和县"):
        compute(a_school(county).unit, H1, AFTER)


def test_a_period_that_has_not_begun_has_no_report(county):
    with pytest.raises(NoReportError, match="2026年11月还没有开始"):
        compute(county, parse("2026-11"), AFTER)


def test_a_period_before_the_unit_was_there_has_no_report(county):
    with pytest.raises(NoReportError, match="还没有设立"):
        compute(county, parse("2019-10"), AFTER)
