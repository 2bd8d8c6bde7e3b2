"""Dashboards: numbers by hand, who sees whose name, rows as files, and few queries."""

import csv
import io

import pytest
from django.urls import reverse

from paper import charts
from reports import rollup
from reports.models import ServiceTally
from schools.models import OrgUnit
from tests import factories as make
from tests.reports.city import MONDAY, TUESDAY, WEDNESDAY, a_city, a_class, counted, post
from tests.reports.make import sent

pytestmark = pytest.mark.django_db


def page(client, name, *args, **query):
    return client.get(reverse(f"reports:{name}", args=args), query)


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def rows_of(response):
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def sign_in(client, unit, role="officer"):
    client.force_login(make.PostingFactory(unit=unit, role=role).user, "accounts.sign_in.PhoneBackend")
    return client


@pytest.fixture
def county():
    """Six schools of five classes: the first silent, the second over the limit, the others faultless."""
    county = make.CountyFactory(parent=a_city(), name="东县")
    for number in range(6):
        school = make.SchoolFactory(parent=county, name=f"第{number}小学")
        for of_class in range(1, 6):
            group = a_class(school, number=of_class)
            for day in (MONDAY, TUESDAY):
                if number:
                    post(group, day, 70 if number == 1 else 30)
    counted()
    return county


def test_a_county_s_numbers_are_those_counted_by_hand(client, county):
    response = page(sign_in(client, county), "insight_map", county.code)
    units = {line.name: [figure.parts for figure, _ in line.figures] for line in response.context["found"].units}
    assert units["第0小学"] == ["0/10", "0/10", "0/0", "0/0"]
    assert units["第1小学"] == ["10/10", "10/10", "10/10", "0/0"]
    whole = response.context["found"].whole
    # Without today, a Wednesday: 6 schools, 5 classes, 2 days; nothing is known of service.
    assert [figure.text for figure, _ in whole.figures] == ["83.33%", "83.33%", "20%", "–"]
    assert [tone for _, tone in whole.figures] == ["short", "short", "short", "few"]
    assert response.context["days"].rows[0] == ["第0小学", "0%", "0%"]
    assert response.context["others"][0].rows == [["10.12", "83.33%", "25/30"], ["10.13", "83.33%", "25/30"]]
    assert [count for _, count in response.context["others"][1].rows] == ["1", "0", "0", "0", "0", "5"]


def test_the_last_and_the_outliers_are_named_to_the_bureau_alone(client, county):
    response = page(sign_in(client, county), "insight_map", county.code, figure="H5", n=1)
    assert [one.name for one in response.context["last"]] == ["第1小学"]
    assert [one.name for one in response.context["apart"]] == ["第1小学"]
    response = page(sign_in(client, county, "supervisor"), "insight_map", county.code, figure="H5")
    assert response.context["apart_count"] == 1
    assert "apart" not in response.context
    assert "1所学校的班级日超限率明显偏离" in text(response)


def test_small_denominators_are_shown_grey_and_not_ranked(client, county):
    small = make.SchoolFactory(parent=county, name="教学点")
    post(a_class(small), MONDAY, 30)
    counted()
    response = page(sign_in(client, county), "insight_map", county.code)
    assert "教学点" not in [one.name for one in (*response.context["last"], *response.context["apart"])]
    assert [one.name for one in response.context["small"]] == ["教学点"]
    assert '<td class="num share-few few">50%<small>1/2</small></td>' in text(response)


def test_a_city_goes_down_to_counties_and_a_county_to_schools(client, county):
    city = OrgUnit.objects.get(level=OrgUnit.Level.CITY)
    direct = make.SchoolFactory(parent=city, name="市直小学")
    post(a_class(direct), MONDAY, 30)
    counted()
    response = page(sign_in(client, city), "insight_map", city.code)
    assert [(line.name, line.is_school) for line in response.context["page"].object_list] == [
        ("东县", False),
        ("市直小学", True),
    ]
    assert response.context["days"].links == [
        f"{reverse('reports:insight_map', args=[county.code])}?day=2026-10-13",
        f"{reverse('reports:insight_unit', args=[direct.unit.code])}?day=2026-10-13",
    ]
    assert [one.above for one in response.context["last"]] == ["东县"]


def test_service_counts_days_held_of_those_without_a_reason(client, county):
    schools = list(ServiceTally.objects.filter(day=MONDAY).order_by("school__unit__code"))
    for number, row in enumerate(schools):
        ServiceTally.objects.filter(pk=row.pk).update(
            planned=1, held=number % 2, served=number % 2, unexcused=int(number == 0), has_break=int(number in (2, 4))
        )
    response = page(sign_in(client, county), "insight_map", county.code, figure="A2a")
    # On Monday three of four; on Tuesday nobody held any, and nobody said why.
    assert response.context["others"][0].rows == [["10.12", "75%", "3/4"], ["10.13", "0%", "0/6"]]


def test_a_principal_sees_her_county_s_median_and_no_other_school(client, county):
    own = OrgUnit.objects.get(name="第1小学")
    response = page(sign_in(client, own, "principal"), "insight_map", own.code, figure="H5")
    shown = [(row.indicator.code, row.mine.text, row.median, row.schools) for row in response.context["found"].rows]
    # Five of the six have a complete day to judge: 100, 0, 0, 0, 0.
    assert shown == [
        ("H2", "100%", "100%", 6),
        ("H3", "100%", "100%", 6),
        ("H5", "100%", "0%", 5),
        ("A2a", "–", "–", 0),
    ]
    assert response.context["picture"].rows == [["10.12", "100%", "0%"]]
    answer = text(response)
    assert not any(f"第{number}小学" in answer for number in (0, 2, 3, 4, 5))
    file = page(client, "insight_data", own.code, "own", figure="H5")
    assert rows_of(file) == [["周一", "本校", "全县中位数"], ["10.12", "100%", "0%"]]
    assert page(client, "insight_map", county.code).status_code == 404
    assert page(client, "insight_data", county.code, "days").status_code == 404


def test_of_fewer_than_five_schools_there_is_no_median(signed_in, world):
    post(world.class_group, MONDAY, 30)
    counted()
    response = page(signed_in("principal"), "insight_map", world.school.unit.code)
    assert {row.median for row in response.context["found"].rows} == {"–"}
    assert "西县实验小学" not in text(response)


def test_a_school_directly_below_the_city_has_no_county_to_compare_with(client):
    school = make.SchoolFactory(parent=a_city())
    post(a_class(school), MONDAY, 30)
    counted()
    response = page(sign_in(client, school.unit, "principal"), "insight_map", school.unit.code)
    assert "学校直属市" in text(response)
    assert response.context["found"].rows[0].mine.parts == "1/2"


def test_the_rows_behind_each_chart_come_as_a_file_that_no_spreadsheet_reckons(client, county):
    OrgUnit.objects.filter(name="第0小学").update(name="=1+1小学")
    client = sign_in(client, county)
    rows = rows_of(page(client, "insight_data", county.code, "days"))
    assert rows[:2] == [["单位", "10.12", "10.13"], ["'=1+1小学", "0%", "0%"]]
    for name in ("run", "bands", "shares", "minutes", "subjects"):
        assert len(rows_of(page(client, "insight_data", county.code, name))) >= 1
    assert page(client, "insight_data", county.code, "own").status_code == 404


def test_the_same_options_are_drawn_on_paper(client, county):
    response = page(sign_in(client, county), "insight_map", county.code)
    for picture in (response.context["days"], *response.context["others"]):
        drawn = charts.svg(picture.option, width=700, height=picture.height)
        assert drawn.startswith("<svg")
    assert "第0小学" in charts.svg(response.context["days"].option, width=700, height=400)


@pytest.mark.parametrize("query", [{"figure": "x", "n": "x", "page": "x"}, {"day": "2001-01-01"}, {"n": "-1"}])
def test_nonsense_and_a_time_without_a_school_have_a_page(client, county, query):
    assert page(sign_in(client, county), "insight_map", county.code, **query).status_code == 200


@pytest.mark.parametrize("schools", [1, 6])
@pytest.mark.parametrize("level", ["city", "county", "school"])
def test_the_queries_do_not_grow_with_the_schools(client, level, schools, django_assert_max_num_queries):
    city = a_city()
    county = make.CountyFactory(parent=city)
    for _ in range(schools):
        school = make.SchoolFactory(parent=county)
        post(a_class(school), MONDAY, 30)
    counted()
    unit = {"city": city, "county": county, "school": school.unit}[level]
    client = sign_in(client, unit, "principal" if level == "school" else "officer")
    with django_assert_max_num_queries(17 if level == "school" else 12):
        text(page(client, "insight_map", unit.code))


def test_many_schools_are_paged_and_the_file_has_them_all(client):
    county = make.CountyFactory(parent=a_city())
    for _ in range(61):
        a_class(make.SchoolFactory(parent=county))
    counted()
    client = sign_in(client, county)
    response = page(client, "insight_map", county.code, page=2)
    assert len(response.context["days"].rows) == 1
    assert len(rows_of(page(client, "insight_data", county.code, "days", page=2))) == 62


# --- Three things today ---


def home(client):
    return client.get(reverse("home")).content.decode()


def test_a_principal_s_page_begins_with_what_presses_most(signed_in, world):
    post(world.class_group, MONDAY, 70, review="pending")
    rollup.rebuild_days(MONDAY, TUESDAY)
    client = signed_in("principal")
    things = [thing.text for thing in client.get(reverse("home")).context["sections"][0].data]
    # Yesterday the only class was silent; the return was due on the 13th.
    assert things == ["上一个上课日有1个班没有公示作业", "1份上报已过截止日", "1个超限的班级日等教导处审核"]
    answer = home(client)
    assert f"{reverse('reports:insight_unit', args=[world.school.unit.code])}?day=2026-10-13" in answer
    assert reverse("reports:return_detail", args=[world.school.unit.code, "2026-10-H1"]) in answer
    assert answer.index("今天三件事") < answer.index("待上报")


def test_a_principal_for_whom_nothing_waits_is_told_so(signed_in, world):
    for day in (TUESDAY, WEDNESDAY):
        post(world.class_group, day, 30)
    rollup.rebuild_days(MONDAY, WEDNESDAY)
    sent(world)
    assert "今天没有要办的事。" in home(signed_in("principal"))


def test_only_a_principal_has_three_things(signed_in):
    for person in ("teacher", "academic_office", "county_officer"):
        assert "今天三件事" not in home(signed_in(person))
