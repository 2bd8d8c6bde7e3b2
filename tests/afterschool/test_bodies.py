"""The county's list of admitted bodies: who is put on it, who is taken off it, who reads it."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry, Notification
from afterschool import policy
from afterschool.models import AdmittedBody, Worker
from afterschool.services import bodies as services
from tests import factories
from tests.accounts.test_jobs import together
from tests.afterschool import make

pytestmark = pytest.mark.django_db

TODAY = factories.TODAY
DAY = dt.timedelta(days=1)
LIST, ADD = reverse("afterschool:body_list"), reverse("afterschool:body_add")
CODE = "91410100MA3X7K2W13"


@pytest.fixture
def admit(world):
    def with_values(**values):
        values = {"unit": world.county, "name": "东县少儿艺术中心", "first_day": TODAY} | values
        return services.admit_body(by=world.people["county_officer"], **values)

    return with_values


def end(world, body, last_day=TODAY, reason="合同到期"):
    return services.end_body(by=world.people["county_officer"], body=body, last_day=last_day, reason=reason)


def refused(act, *args, **values):
    with pytest.raises(ValidationError) as error:
        act(*args, **values)
    return error.value


def text(response):
    return response.content.decode()


def test_a_body_is_admitted_from_a_day_on(admit):
    body = admit(name=" 东县  少儿艺术中心 ", credit_code=CODE.lower(), first_day=TODAY + DAY)
    assert (body.name, body.credit_code) == ("东县 少儿艺术中心", CODE)
    assert not AdmittedBody.objects.on(TODAY).exists()
    assert AdmittedBody.objects.on(TODAY + DAY).get() == body
    assert AuditEntry.objects.get(action="body.admit").path


@pytest.mark.parametrize("code", ["9141", CODE + "1", CODE[:-1] + "I", CODE[:-1] + "Q", "九" * 18])
def test_a_bad_code_is_refused(admit, code):
    assert set(refused(admit, credit_code=code).message_dict) == {"credit_code"}


def test_a_year_typed_wrong_is_refused(admit):
    year = dt.timedelta(days=366)
    assert set(refused(admit, first_day=TODAY + year + DAY).message_dict) == {"first_day"}
    assert admit(first_day=TODAY + year)


def test_the_same_body_is_not_on_a_list_twice(admit, world):
    admit(credit_code=CODE)
    assert set(refused(admit).message_dict) == {"name"}
    assert "少儿艺术中心" in refused(admit, name="另一个名字", credit_code=CODE).message_dict["credit_code"][0]
    assert admit(unit=world.other_county, credit_code=CODE)


def test_a_body_that_left_may_come_back_the_day_after(admit, world):
    end(world, admit())
    assert set(refused(admit).message_dict) == {"name"}
    assert admit(first_day=TODAY + DAY)


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_admit_it_at_once_one_is_refused(admit):
    results = together(admit)
    assert sorted(type(one).__name__ for one in results) == ["AdmittedBody", "ValidationError"]


def test_its_last_day_still_counts_and_the_next_does_not(admit, world):
    body = admit(first_day=TODAY - DAY)
    worker = make.worker(world, kind="body", body=body, qualification="教师资格", first_day=TODAY - DAY)
    end(world, body)
    worker = Worker.objects.select_related("body").get(pk=worker.pk)
    assert policy.why_unfit(worker.fitness, TODAY) == ""
    assert "准入名单" in policy.why_unfit(worker.fitness, TODAY + DAY)


def test_the_schools_that_have_its_people_are_told(admit, world):
    body = admit()
    make.worker(world, kind="body", body=body, qualification="教师资格")
    assert services.serving(body, TODAY) == (1, 1)
    end(world, body, reason="违规收费")
    assert "违规收费" in Notification.objects.get(user=world.people["academic_office"]).text
    assert Notification.objects.count() == 1


def test_what_makes_no_sense_is_refused(admit, world):
    body = admit()
    assert set(refused(end, world, body, TODAY - DAY).message_dict) == {"last_day"}
    assert set(refused(end, world, body, TODAY + dt.timedelta(days=367)).message_dict) == {"last_day"}
    assert set(refused(end, world, body, reason=" ").message_dict) == {"reason"}
    end(world, body)
    assert refused(end, world, body).code == services.GONE


# --- Pages ---


def test_an_officer_keeps_the_list_and_the_schools_read_it(signed_in, world):
    client = signed_in("county_officer")
    data = {"unit": world.county.pk, "name": "东县少儿艺术中心", "services": "舞蹈", "first_day": "2026-10-14"}
    page = text(client.post(ADD, data, follow=True))
    assert "已列入准入名单" in page
    assert "舞蹈" in page
    body = AdmittedBody.objects.get()
    read = text(signed_in("academic_office").get(LIST))
    assert "东县少儿艺术中心" in read
    assert reverse("afterschool:body_end", args=[body.pk]) not in read
    assert "东县少儿艺术中心" not in text(signed_in("outside_academic_office").get(LIST))
    assert "东县少儿艺术中心" in text(signed_in("city_officer").get(LIST))
    address = reverse("afterschool:body_end", args=[body.pk])
    client = signed_in("county_officer")
    client.post(address, {"last_day": "2026-10-13", "reason": "合同到期"})
    assert AdmittedBody.objects.get().last_day is None
    client.post(address, {"last_day": "2026-10-14", "reason": "合同到期"})
    assert "将退出" in text(client.get(LIST))
    assert client.post(address, {"last_day": "2026-10-14", "reason": "合同到期"}).status_code == 409


def test_those_that_left_are_listed_apart_with_the_reason(signed_in, world):
    make.body(world, last_day=TODAY - DAY, leave_reason="违规收费")
    client = signed_in("principal")
    assert "东县少儿艺术中心" not in text(client.get(LIST))
    page = text(client.get(LIST, {"show": "left"}))
    assert "违规收费" in page
    assert "已退出1家" in page


def test_a_phone_that_sends_twice_admits_once(signed_in, world):
    client = signed_in("county_officer")
    key = client.get(ADD).context["form"].initial["key"]
    data = {"unit": world.county.pk, "name": "乒乓球俱乐部", "first_day": "2026-10-14", "key": str(key)}
    assert [client.post(ADD, data).status_code for _ in range(2)] == [302, 302]
    assert AdmittedBody.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": ""}, "请填写机构名称。"),
        ({"name": "字" * 81}, "最多80字，现在有81字。"),
        ({"first_day": ""}, "请填写准入日期。"),
        ({"first_day": "x"}, "准入日期不对，请重新选择。"),
        ({"first_day": "1990-01-01"}, "还没有开办"),
        ({"credit_code": "123"}, "18位"),
        ({"unit": "0"}, "请选择列出的单位。"),
    ],
)
def test_bad_input_is_sent_back_in_words(signed_in, world, values, said):
    data = {"unit": world.county.pk, "name": "俱乐部", "first_day": "2026-10-14"} | values
    response = signed_in("county_officer").post(ADD, data)
    assert response.status_code == 422
    assert said in text(response)
    assert not AdmittedBody.objects.exists()


def test_an_officer_keeps_no_other_countys_list(signed_in, world):
    data = {"unit": world.other_county.pk, "name": "俱乐部", "first_day": "2026-10-14"}
    assert signed_in("county_officer").post(ADD, data).status_code == 422
    body = make.body(world, unit=world.other_county)
    assert signed_in("county_officer").get(reverse("afterschool:body_end", args=[body.pk])).status_code == 404


def test_the_city_keeps_a_list_where_schools_stand_directly_below_it(signed_in, world):
    assert signed_in("city_officer").get(ADD).status_code == 403
    factories.SchoolFactory(parent=world.city)
    data = {"unit": world.city.pk, "name": "市少年宫", "first_day": "2026-10-14"}
    assert signed_in("city_officer").post(ADD, data).status_code == 302


def test_the_list_takes_the_same_queries_for_many_bodies(signed_in, world):
    client = signed_in("county_officer")
    make.body(world)
    client.get(LIST)
    with CaptureQueriesContext(connection) as for_one:
        client.get(LIST)
    for number in range(15):
        body = make.body(world, name=f"机构{number}")
        make.worker(world, kind="body", body=body, qualification="教师资格")
    with CaptureQueriesContext(connection) as for_many:
        client.get(LIST)
    assert len(for_many) == len(for_one) <= 10
