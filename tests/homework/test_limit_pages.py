"""The pages of the rules."""

import datetime as dt

import pytest
from django.urls import reverse

from homework.models import CutOff, LocalLimit
from tests import factories as make

pytestmark = pytest.mark.django_db
LIST, ADD, CUT_OFF = (reverse(f"homework:{name}") for name in ("limit_list", "limit_add", "cut_off_set"))


def text(response):
    return response.content.decode()


def limit_data(unit, **values):
    data = {"unit": unit.pk, "grade": "primary-5", "minutes": 50, "document": "本校作业办法", "first_day": "2026-10-14"}
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


def test_a_school_adds_a_stricter_rule_of_its_own(signed_in, world):
    assert signed_in("academic_office").post(ADD, limit_data(world.school.unit)).status_code == 302
    limit = LocalLimit.objects.get()
    assert (limit.unit, limit.stage, limit.grade, limit.minutes) == (world.school.unit, "primary", 5, 50)


def test_a_looser_rule_is_refused_with_the_clause(signed_in, world):
    response = signed_in("academic_office").post(ADD, limit_data(world.school.unit, grade="primary-2", minutes=30))
    assert response.status_code == 422
    assert "国家规定小学一、二年级不布置家庭书面作业，地方规定不得放宽" in text(response)
    assert not LocalLimit.objects.exists()


def test_nobody_makes_rules_for_another_unit(signed_in, world):
    client = signed_in("academic_office")
    assert client.post(ADD, limit_data(world.county)).status_code == 422
    assert client.post(ADD, limit_data(world.other_school.unit)).status_code == 422
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


def test_a_school_later_than_its_county_is_refused_in_words(signed_in, world):
    signed_in("county_officer").post(CUT_OFF, {"unit": world.county.pk, "first_day": "2026-10-14", "until": "18:00"})
    response = signed_in("academic_office").post(
        CUT_OFF, {"unit": world.school.unit.pk, "first_day": "2026-10-14", "until": "19:00"}
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
