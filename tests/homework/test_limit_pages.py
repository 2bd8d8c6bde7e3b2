"""The pages of the rules."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Job
from homework import tasks
from homework.models import CutOff, LocalLimit, Notice
from homework.services.school_rules import Terms, adopt_school_rule
from tests import factories as make

pytestmark = pytest.mark.django_db
LIST, ADD, CUT_OFF = (reverse(f"homework:{name}") for name in ("limit_list", "limit_add", "cut_off_set"))


def text(response):
    return response.content.decode()


def limit_data(unit, **values):
    data = {"unit": unit.pk, "grade": "primary-5", "span": "day", "minutes": 50, "document": "办法"}
    data["first_day"] = "2026-10-14"
    return data | values


def test_the_list_names_the_states_document_and_clause(signed_in, world):
    page = text(signed_in("principal").get(LIST))
    assert "关于进一步减轻义务教育阶段学生作业负担和校外培训负担的意见" in page
    assert "第4条" in page


def test_the_list_shows_the_rules_above_and_below_me_and_no_others(signed_in, world):
    make.LocalLimitFactory(unit=world.county, document="东县办法")
    make.LocalLimitFactory(unit=world.other_county, document="西县办法")
    page = text(signed_in("academic_office").get(LIST))
    assert "东县办法" in page
    assert "西县办法" not in page
    assert "结束</a>" not in page
    assert "结束</a>" in text(signed_in("county_officer").get(LIST))


def test_a_county_adds_a_stricter_rule_of_its_own(signed_in, world):
    assert signed_in("county_officer").post(ADD, limit_data(world.county, span="days_off")).status_code == 302
    limit = LocalLimit.objects.get()
    assert (limit.unit, limit.stage, limit.grade, limit.minutes) == (world.county, "primary", 5, 50)
    assert limit.span == "days_off"


def test_a_looser_rule_is_refused_with_the_clause(signed_in, world):
    response = signed_in("county_officer").post(ADD, limit_data(world.county, grade="primary-2", minutes=30))
    assert response.status_code == 422
    assert "国家规定小学一、二年级不布置家庭书面作业，地方规定不得放宽" in text(response)
    assert not LocalLimit.objects.exists()


def test_nobody_makes_rules_for_another_unit(signed_in, world):
    client = signed_in("county_officer")
    assert client.post(ADD, limit_data(world.city)).status_code == 422
    assert client.post(ADD, limit_data(world.other_county)).status_code == 422
    assert client.post(ADD, limit_data(world.school.unit)).status_code == 422
    assert signed_in("academic_office").post(ADD, limit_data(world.school.unit)).status_code == 403
    assert not LocalLimit.objects.exists()


def test_a_rule_is_ended_and_not_before_it_began(signed_in, world):
    limit = make.LocalLimitFactory(unit=world.school.unit)
    url = reverse("homework:limit_end", args=[limit.pk])
    client = signed_in("academic_office")
    refused = client.post(url, {"last_day": "2026-08-31"})
    assert "结束日期不能早于开始日期" in text(refused)
    client.post(url, {"last_day": "2026-10-31"})
    limit.refresh_from_db()
    assert limit.last_day == dt.date(2026, 10, 31)


def test_a_cut_off_is_set_and_shown(signed_in, world):
    data = {"unit": world.county.pk, "first_day": "2026-10-14", "until": "18:00"}
    client = signed_in("county_officer")
    assert client.post(CUT_OFF, data).status_code == 302
    assert CutOff.objects.get().until == dt.time(18)
    assert "18:00" in text(client.get(LIST))


def test_a_county_later_than_its_city_is_refused_in_words(signed_in, world):
    signed_in("city_officer").post(CUT_OFF, {"unit": world.city.pk, "first_day": "2026-10-14", "until": "18:00"})
    response = signed_in("county_officer").post(
        CUT_OFF, {"unit": world.county.pk, "first_day": "2026-10-14", "until": "19:00"}
    )
    assert "不得推迟" in text(response)
    assert CutOff.objects.count() == 1


def test_a_cut_off_from_before_the_unit_was_there_is_sent_back_in_words(signed_in, world):
    sent = {"unit": world.county.pk, "first_day": "1990-01-01", "until": "17:00"}
    response = signed_in("county_officer").post("/homework/limits/cut-off/", sent)
    assert response.status_code == 422
    assert "还没有开办或已停办" in response.content.decode()


def test_grades_are_named_as_people_say_them(signed_in, world):
    county = world.county
    client = signed_in("county_officer")
    page = text(client.post(ADD, limit_data(county), follow=True))
    assert f"已增加：{county} 五年级 50分钟。" in page
    assert '<td class="text-nowrap">五年级</td>' in page
    assert "小学三、四、五、六年级" in page
    make.LocalLimitFactory(unit=county, stage="junior", grade=6)
    assert "六年级（五四学制）</td>" in text(client.get(LIST))


def test_a_rule_without_effect_is_sent_back_at_its_minutes(signed_in, world):
    make.LocalLimitFactory(unit=world.county, minutes=45)
    response = signed_in("county_officer").post(ADD, limit_data(world.county))
    assert response.status_code == 422
    assert "请先结束它" in response.context["form"].errors["minutes"][0]
    assert LocalLimit.objects.count() == 1


def an_item(world):
    return make.ItemFactory(class_group=world.class_group, minutes=45)


def test_a_limit_that_touches_homework_is_shown_first_and_written_when_confirmed(signed_in, world):
    an_item(world)
    client = signed_in("county_officer")
    response = client.post(ADD, limit_data(world.county, minutes=40))
    assert response.status_code == 200
    page = text(response)
    assert "还没有保存" in page
    assert "五年级1班" in page
    assert "60 → 40分钟" in page
    assert not LocalLimit.objects.exists()
    assert not Job.objects.exists()
    assert client.post(ADD, limit_data(world.county, minutes=40, confirmed="1")).status_code == 302
    assert LocalLimit.objects.get().minutes == 40
    assert "等待重新判定" in text(client.get(LIST))
    tasks.reassess(Job.objects.get().pk)
    assert Notice.objects.get().breached_rule == "daily_total"
    assert "等待重新判定" not in text(client.get(LIST))


def test_going_back_keeps_what_was_typed_and_writes_nothing(signed_in, world):
    an_item(world)
    response = signed_in("county_officer").post(ADD, limit_data(world.county, minutes=40, edit="1"))
    assert response.status_code == 200
    assert 'value="40"' in text(response)
    assert not LocalLimit.objects.exists()


def test_ending_a_limit_earlier_is_shown_first(signed_in, world):
    limit = make.LocalLimitFactory(unit=world.county, minutes=40)
    make.ItemFactory(class_group=world.class_group, minutes=45, overrun_reason="复习")
    client, url = signed_in("county_officer"), reverse("homework:limit_end", args=[limit.pk])
    assert "不再超量" in text(client.post(url, {"last_day": "2026-10-13"}))
    limit.refresh_from_db()
    assert limit.last_day is None
    client.post(url, {"last_day": "2026-10-13", "confirmed": "1"})
    limit.refresh_from_db()
    assert limit.last_day == dt.date(2026, 10, 13)


def test_a_cut_off_that_touches_homework_is_shown_first(signed_in, world):
    an_item(world)
    data = {"unit": world.county.pk, "first_day": "2026-10-14", "until": "12:00"}
    client = signed_in("county_officer")
    assert "还没有保存" in text(client.post(CUT_OFF, data))
    assert not CutOff.objects.exists()
    client.post(CUT_OFF, data | {"confirmed": "1"})
    assert CutOff.objects.get().until == dt.time(12)


def test_progress_is_for_those_below_or_above_the_unit(signed_in, world):
    an_item(world)
    make.LocalLimitFactory(unit=world.county, minutes=40)
    url = reverse("homework:reassess_progress")
    for person in ("county_officer", "city_officer", "academic_office"):
        response = signed_in(person).get(url)
        assert "等待重新判定" in text(response)
        assert "HX-Refresh" not in response
    response = signed_in("outside_officer").get(url)
    assert "等待重新判定" not in text(response)
    assert response["HX-Refresh"] == "true"


def test_a_limit_of_a_schools_rule_leads_there(signed_in, world):
    terms = Terms(title="本校办法", first_day=make.TODAY, cut_off=dt.time(18), limits={5: 50})
    adopt_school_rule(by=make.UserFactory(), school=world.school, terms=terms)
    client = signed_in("academic_office")
    page = text(client.get(LIST))
    assert "本校办法" in page
    assert "结束</a>" not in page
    refused = client.post(reverse("homework:limit_end", args=[LocalLimit.objects.get().pk]), {"last_day": "2026-10-31"})
    assert refused.status_code == 422
    assert "请到那里写新的一版" in text(refused)


def test_the_list_takes_the_same_queries_for_many_rules(signed_in, world):
    client = signed_in("city_officer")
    make.LocalLimitFactory(unit=world.county, minutes=50)
    client.get(LIST)
    with CaptureQueriesContext(connection) as for_one:
        client.get(LIST)
    for grade in (3, 4, 6):
        make.LocalLimitFactory(unit=world.county, minutes=50, grade=grade)
        make.LocalLimitFactory(unit=world.other_county, minutes=50, grade=grade)
    with CaptureQueriesContext(connection) as for_many:
        client.get(LIST)
    assert len(for_many) == len(for_one) <= 10
