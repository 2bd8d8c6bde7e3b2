"""The pages of 一校一策, and its sheet for the wall."""

import datetime as dt
import io
from urllib.parse import unquote

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from homework.models import LocalLimit, Notice, SchoolRule
from homework.services.school_rules import Terms, adopt_school_rule
from homework.sheet import render_sheet
from schools.models import Subject
from tests import factories as make

pytestmark = pytest.mark.django_db
LIST = reverse("homework:school_rule_list")


def url(world, name="detail", *args):
    return reverse(f"homework:school_rule_{name}", args=[world.school.unit.code, *args])


def text(response):
    return response.content.decode()


def form_data(**values):
    return {"title": "作业管理办法", "first_day": "2026-10-15", "cut_off": "17:30", "review": "auto"} | values


def adopt(school, **values):
    values = {"title": "作业管理办法", "first_day": make.TODAY, "cut_off": dt.time(18)} | values
    return adopt_school_rule(by=make.UserFactory(), school=school, terms=Terms(**values))


def test_academic_office_writes_the_first_version(signed_in, world):
    chinese = make.subject("语文")
    client = signed_in("academic_office")
    data = form_data(limit_5="50", days_off_5="55", text="不得打卡。", review="first") | {f"share_5_{chinese.pk}": "20"}
    response = client.post(url(world, "write"), data, follow=True)
    assert response.redirect_chain == [(url(world), 302)]
    rule = SchoolRule.objects.get()
    assert (rule.school, rule.version, rule.first_day) == (world.school, 1, dt.date(2026, 10, 15))
    assert LocalLimit.objects.filter(school_rule=rule).count() == 2
    page = text(response)
    assert "尚未执行" in page
    assert "先审后公示" in page
    assert "不得打卡。" in page
    assert 'value="50"' in text(client.get(url(world, "write")))


def test_a_looser_rule_is_sent_back_with_all_that_was_typed(signed_in, world):
    response = signed_in("academic_office").post(url(world, "write"), form_data(limit_2="30", limit_5="45"))
    assert response.status_code == 422
    page = text(response)
    assert "国家规定小学一、二年级不布置家庭书面作业，地方规定不得放宽" in page
    assert 'value="45"' in page
    assert not SchoolRule.objects.exists()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"title": ""}, "请填写或选择这一项"),
        ({"title": "办\0法"}, "空字符"),
        ({"first_day": "2026-02-30"}, "有效"),
        ({"first_day": "1990-01-01"}, "还没有开办"),
        ({"cut_off": "25:00"}, "有效"),
        ({"limit_5": "abc"}, "请填整数分钟"),
        ({"limit_5": "-1"}, "不能小于0"),
        ({"days_off_5": "241"}, "不能超过240"),
        ({"review": "none"}, "有效"),
        ({"text": "字" * 1001}, "1000"),
    ],
)
def test_bad_input_is_sent_back_in_words(signed_in, world, values, said):
    response = signed_in("academic_office").post(url(world, "write"), form_data(**values))
    assert response.status_code == 422
    assert said in text(response)
    assert not SchoolRule.objects.exists()


def test_an_earlier_rule_is_shown_first_and_saved_when_confirmed(signed_in, world):
    make.ItemFactory(class_group=world.class_group, minutes=45)
    client = signed_in("academic_office")
    data = form_data(first_day="2026-10-14", limit_5="40")
    page = text(client.post(url(world, "write"), data))
    assert "还没有保存" in page
    assert "变为超量" in page
    assert not SchoolRule.objects.exists()
    client.post(url(world, "write"), data | {"confirmed": "1"})
    assert SchoolRule.objects.get().first_day == make.TODAY
    assert Notice.objects.get().limit_minutes == 60  # until the job has run
    assert "等待重新判定" in text(client.get(url(world)))


def test_going_back_keeps_what_was_typed(signed_in, world):
    make.ItemFactory(class_group=world.class_group, minutes=45)
    data = form_data(first_day="2026-10-14", limit_5="40", edit="1")
    response = signed_in("academic_office").post(url(world, "write"), data)
    assert response.status_code == 200
    assert 'value="40"' in text(response)
    assert not SchoolRule.objects.exists()


def test_earlier_versions_stay_readable_and_are_compared(signed_in, world):
    adopt(world.school, title="旧办法", first_day=make.MONDAY, limits={5: 50})
    adopt(world.school, title="新办法", limits={5: 45})
    client = signed_in("teacher")
    assert "《新办法》第2版" in text(client.get(url(world)))
    assert "《旧办法》第1版" in text(client.get(url(world), {"version": "1"}))
    page = text(client.get(url(world, "compare")))
    assert "五年级每天限量" in page
    assert "50分钟" in page
    for asked in ({"version": "9"}, {"version": "x"}):
        assert client.get(url(world), asked).status_code == 404
    assert client.get(url(world, "compare"), {"old": "9"}).status_code == 404


def test_a_school_makes_its_rules_only_here(signed_in, world):
    client = signed_in("academic_office")
    assert client.get(reverse("homework:limit_add")).status_code == 403
    assert client.get(reverse("homework:cut_off_set")).status_code == 403
    page = text(client.get(reverse("homework:limit_list")))
    assert url(world) in page
    assert "增加更严的规定</a>" not in page


def test_the_area_sees_which_schools_have_one(signed_in, world):
    adopt(world.school, title="实验小学办法")
    client = signed_in("city_officer")
    page = text(client.get(LIST))
    assert "《实验小学办法》" in page
    assert "50.0%" in page
    missing = text(client.get(LIST, {"show": "missing"}))
    assert "西县实验小学" in missing
    assert "东县实验小学" not in missing
    assert "100.0%" in text(signed_in("county_officer").get(LIST))


def test_a_rule_that_has_not_begun_or_is_over_is_none_in_force(signed_in, world):
    adopt(world.school, first_day=make.TODAY + dt.timedelta(days=1))
    assert "0.0%" in text(signed_in("county_officer").get(LIST))


def test_the_list_takes_the_same_queries_for_many_schools(signed_in, world):
    client = signed_in("city_officer")
    client.get(LIST)
    with CaptureQueriesContext(connection) as for_two:
        client.get(LIST)
    for _ in range(15):
        adopt(make.SchoolFactory(parent=world.county))
    with CaptureQueriesContext(connection) as for_many:
        client.get(LIST)
    assert len(for_many) == len(for_two) <= 10


def test_the_page_of_a_rule_takes_few_queries(signed_in, world):
    adopt(world.school, limits={grade: 50 for grade in (3, 4, 5, 6)})
    client = signed_in("academic_office")
    with CaptureQueriesContext(connection) as queries:
        client.get(url(world))
    assert len(queries) <= 16


def full_terms(school, limit, subjects):
    grades = [grade for grade in school.grades if limit[grade]]
    taught = {grade: [one for one in subjects if grade in one.homework_grades] for grade in grades}
    return {
        "limits": limit,
        "days_off": limit,
        "shares": {(grade, one.pk): limit[grade] // len(taught[grade]) for grade in grades for one in taught[grade]},
        "text": "\n".join("各班每天布置作业前先看全班总量，" * 3 for _ in range(20))[:1000],
        "reviewed_first": True,
    }


@pytest.mark.slow
def test_the_sheet_of_a_full_rule_is_one_page(world):
    school = make.SchoolFactory(parent=world.county, name="东县第一初级中学附属九年一贯制实验学校", stage="nine_year")
    limit = {1: 0, 2: 0} | dict.fromkeys(range(3, 7), 60) | dict.fromkeys(range(7, 10), 90)
    subjects = [make.subject(name) for name in ("语文", "数学", "英语")]
    for place, name in enumerate(("物理", "化学", "道德与法治", "历史", "生物学", "地理")):
        grades = list(range(7, 10))
        defaults = {"code": f"x{place}", "homework_grades": grades}
        subjects.append(Subject.objects.get_or_create(name=name, defaults=defaults)[0])
    printed = render_sheet(adopt(school, title="义务教育阶段作业管理办法", **full_terms(school, limit, subjects)))
    assert printed.pages == 1
    words = pypdf.PdfReader(io.BytesIO(printed.content)).pages[0].extract_text()
    for one in ("九年级", "第1版", "18:00", "先审后公示", "第4条", "各班每天布置作业前"):
        assert one in words


@pytest.mark.slow
def test_the_sheet_of_a_short_rule_is_one_page_in_large_type(signed_in, world):
    adopt(world.school, title=f"{world.school}作业管理办法", limits={5: 50})
    response = signed_in("principal").get(url(world, "pdf", 1))
    assert response["Content-Type"] == "application/pdf"
    assert unquote(response["Content-Disposition"]).endswith(f"''{world.school}作业管理办法第1版.pdf")
    reader = pypdf.PdfReader(io.BytesIO(response.content))
    assert len(reader.pages) == 1
    assert "五年级" in reader.pages[0].extract_text()
    assert signed_in("principal").get(url(world, "pdf", 2)).status_code == 404
