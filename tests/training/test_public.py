"""White list and black list: what anybody reads, what nobody does, and how often the database is asked."""

import csv
import datetime as dt
import io

import pytest
from django.core.cache import cache
from django.urls import reverse

from tests.training import make
from training.models import Institution
from training.services import courses, register, wrongdoing

TODAY = dt.date(2026, 10, 14)


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


@pytest.fixture
def officer(world):
    return world.people["county_officer"]


def page(client, unit, query="") -> str:
    return client.get(reverse("training:public_list", args=[unit.code]) + query).content.decode()


@pytest.fixture
def institution(world, officer):
    made = make.institution(
        officer, world.county, "启明培训学校", licence_no="教民14101号", approver="东县行政审批局", credit_code=""
    )
    courses.add_course(
        by=officer, institution=made, slots=[], name="三年级数学", size="small", lessons=30, lesson_minutes=45,
        cents=120_000, first_day=TODAY, last_day=TODAY,
    )  # fmt: skip
    courses.add_employee(by=officer, institution=made, name="王小雨", post="teacher", first_day=TODAY)
    return made


def test_the_white_list_has_licence_approver_fees_and_where_to_complain(client, world, institution):
    text = page(client, world.county)
    for words in ("启明培训学校", "教民14101号", "东县行政审批局审批", "三年级数学（10人以下）：30课时，共1,200元"):
        assert words in text
    assert reverse("inspections:report", args=[world.county.code]) in text
    assert "王小雨" not in text


def test_who_is_not_approved_or_not_open_is_not_on_it(client, world, officer):
    make.institution(officer, world.county, "备案机构", permit="filed")
    resting = make.institution(officer, world.county, "停业机构")
    register.take_step(by=officer, institution=resting, step="suspend", day=TODAY)
    text = page(client, world.county)
    assert "备案机构" not in text
    assert "停业机构" not in text


def test_an_expired_licence_says_so(client, world, institution):
    Institution.objects.update(licence_until=TODAY - dt.timedelta(days=1))
    assert "许可证已过期" in page(client, world.county)
    cache.clear()
    Institution.objects.update(licence_until=TODAY)
    assert "许可证已过期" not in page(client, world.county)


def test_a_city_has_all_of_its_counties_and_a_county_its_own(client, world, institution):
    assert "启明培训学校" in page(client, world.city)
    assert "启明培训学校" not in page(client, world.other_county)


def test_wrongdoing_is_listed_once_it_was_made_known(client, world, officer):
    made = make.decided(officer, make.violation(officer, world.county), decided_on=TODAY)
    assert "阳光小区某培训点" not in page(client, world.county, "?list=black")
    wrongdoing.publish(by=officer, violation=made, day=TODAY, where="官网公告第8号")
    cache.clear()
    text = page(client, world.county, "?list=black")
    for words in ("阳光小区某培训点", "无证无照：责令改正", "第二十条", "官网公告第8号"):
        assert words in text
    assert "居民楼内" not in text  # what was seen there is the file's, not the public's


def test_who_lost_the_licence_is_on_the_black_list(client, world, officer, institution):
    register.take_step(by=officer, institution=institution, step="revoke", day=TODAY, reason="东教罚〔2026〕1号")
    assert "启明培训学校" in page(client, world.county, "?list=black")
    assert "启明培训学校" not in page(client, world.county)


@pytest.mark.parametrize(("asked", "is_found"), [("启明", True), ("没有这家", False), ("\0", True)])
def test_a_search_by_name(client, world, institution, asked, is_found):
    assert ("启明培训学校" in page(client, world.county, f"?q={asked}")) is is_found


def test_the_page_is_made_once_in_five_minutes_and_a_search_anew(client, world, institution, django_assert_num_queries):
    url = reverse("training:public_list", args=[world.county.code])
    with django_assert_num_queries(5):
        first = client.get(url)
    with django_assert_num_queries(0):
        assert client.get(url).content == first.content
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in first.headers.get("Vary", "")
    assert client.get(url, HTTP_IF_NONE_MATCH=first.headers["ETag"]).status_code == 304
    with django_assert_num_queries(5):
        client.get(url + "?q=启明")


def test_what_else_stands_in_an_address_is_carried_nowhere(client, world, officer):
    for number in range(51):
        make.institution(officer, world.county, f"第{number}培训学校")
    text = page(client, world.county, "?utm=evil")
    assert "page=2" in text
    assert "evil" not in text


def test_it_asks_as_often_for_many_as_for_few(client, world, officer, django_assert_num_queries):
    for number in range(30):
        make.institution(officer, world.county, f"第{number}培训学校")
    with django_assert_num_queries(5):
        page(client, world.county)


def test_open_data_is_a_csv_that_no_spreadsheet_runs(client, world, officer, institution):
    make.institution(officer, world.county, "=HYPERLINK(1)", address="@x")
    response = client.get(reverse("training:public_csv", args=[world.county.code]))
    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [row["名称"] for row in rows] == ["'=HYPERLINK(1)", "启明培训学校"]
    assert (rows[0]["地址"], rows[1]["审批机关"], rows[1]["类别"]) == ("'@x", "东县行政审批局", "学科类")


def test_no_school_has_a_list(client, world):
    assert client.get(reverse("training:public_list", args=[world.school.unit.code])).status_code == 404
    assert client.get(reverse("training:public_csv", args=["999999"])).status_code == 404


def test_an_empty_list_says_what_to_do(client, world):
    assert "白名单还没有公布" in page(client, world.county)
    assert "不等于有许可" in page(client, world.county, "?list=black&q=启明")
