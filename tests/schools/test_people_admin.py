import io
import re

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from schools.models import OrgUnit
from tests import factories as make
from tests.accounts.test_lock_out import activation

pytestmark = pytest.mark.django_db


def make_admin(unit="410900", name="周管理", phone="13700000077", **options) -> str:
    out = io.StringIO()
    call_command("make_admin", unit=unit, name=name, phone=phone, stdout=out, **options)
    return out.getvalue()


def code_in(text: str) -> str:
    return re.search(r"激活码：(\w{5}-\w{5})", text)[1]


def test_it_makes_the_city_and_its_first_administrator(client):
    code = code_in(make_admin(city_name="安平市"))
    admin = User.objects.get(phone="13700000077")
    city = OrgUnit.objects.get(code="410900")
    assert (city.name, city.level) == ("安平市", "city")
    assert [(posting.unit, posting.role) for posting in admin.postings.all()] == [(city, "admin")]
    assert activation(client, code, account="13700000077").status_code == 302
    assert client.get("/schools/people/").status_code == 200


def test_it_takes_the_city_that_is_there():
    city = make.CityFactory(code="410900", name="安平市")
    make_admin(city_name="别的名字")
    city.refresh_from_db()
    assert city.name == "安平市"


def test_the_same_person_again_gets_a_new_code_and_no_second_role(client):
    make.CityFactory(code="410900")
    first, second = code_in(make_admin()), code_in(make_admin())
    assert User.objects.get().postings.count() == 1
    assert activation(client, first, account="13700000077").status_code == 200
    assert activation(client, second, account="13700000077").status_code == 302


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"unit": "419999"}, "没有代码为419999的单位"),
        ({"unit": "600001"}, "不能设在"),
        ({"unit": "419999", "city_name": "安平市", "phone": "123"}, "请输入11位手机号。"),
        ({"unit": "12", "city_name": "安平市"}, "代码只能是数字"),
        ({"phone": "13700000001"}, "请核对姓名或手机号"),
    ],
)
def test_what_it_refuses_leaves_nothing_behind(options, words):
    city = make.CityFactory(code="410900")
    make.CountyFactory(code="600001", parent=city)
    make.UserFactory(phone="13700000001", name="别人")
    before = (User.objects.count(), OrgUnit.objects.count())
    with pytest.raises(CommandError, match=words):
        make_admin(**options)
    assert (User.objects.count(), OrgUnit.objects.count()) == before
