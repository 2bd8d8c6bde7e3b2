import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import ActivationCode, AuditEntry
from accounts.services import give_activation_code
from accounts.sign_in import grouped
from tests import factories as make
from tests.accounts.people import PASSWORD, PHONE, activated
from tests.accounts.test_lock_out import activation
from tests.accounts.test_sign_in import signed_in_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return make.UserFactory(phone=PHONE)


@pytest.fixture
def code(user):
    return give_activation_code(by=None, user=user)


def test_the_code_sets_the_password_and_signs_in(client, user, code):
    answer = activation(client, code)
    user.refresh_from_db()
    assert (answer.status_code, answer.url) == (302, "/")
    assert user.check_password(PASSWORD)
    assert signed_in_as(client) == str(user.pk)


def test_it_is_audited(client, user, code):
    activation(client, code)
    actions = AuditEntry.objects.filter(subject=f"accounts.User:{user.pk}").order_by("pk").values_list("action", "by")
    assert list(actions)[-3:] == [("user.give_code", None), ("user.activate", user.pk), ("user.sign_in", user.pk)]


@pytest.mark.parametrize("write", [str.lower, grouped, lambda code: " ".join(code)])
def test_the_code_may_be_typed_as_printed_or_not(client, code, write):
    assert activation(client, write(code)).status_code == 302


def test_a_code_works_once(client, code):
    activation(client, code)
    client.logout()
    assert activation(client, code).status_code == 200
    assert signed_in_as(client) is None


def test_a_code_ends_after_its_thirty_days(client, clock, code):
    given_at = timezone.now()
    clock(given_at + dt.timedelta(days=30))
    assert activation(client, code).status_code == 200
    clock(given_at + dt.timedelta(days=30, seconds=-1))
    assert activation(client, code).status_code == 302


def test_a_new_code_ends_the_one_before(client, user, code):
    newer = give_activation_code(by=None, user=user)
    assert activation(client, code).status_code == 200
    assert activation(client, newer).status_code == 302


def test_the_code_of_somebody_else_does_not_help(client, user, code):
    theirs = give_activation_code(by=None, user=make.UserFactory())
    answer = activation(client, theirs)
    assert answer.context["form"].non_field_errors()
    assert signed_in_as(client) is None


def test_wrong_code_unknown_person_and_used_code_read_the_same(client, user, code):
    answers = [activation(client, "AAAAABBBBB"), activation(client, code, account="13900000009")]
    assert len({str(answer.context["form"].non_field_errors()) for answer in answers}) == 1


@pytest.mark.parametrize("weak", ["12345678", "short1", "password", PHONE])
def test_a_weak_password_is_refused_and_the_code_stays_good(client, user, code, weak):
    answer = activation(client, code, new_password=weak, new_password_again=weak)
    assert answer.context["form"].errors["new_password"]
    assert activation(client, code).status_code == 302


def test_two_different_passwords_are_refused(client, user, code):
    answer = activation(client, code, new_password_again="another-horse-7")
    assert answer.context["form"].errors["new_password_again"] == ["两次输入的新密码不一样。"]
    assert not ActivationCode.objects.exclude(used_at=None).exists()


def test_a_code_given_to_somebody_with_a_password_is_a_reset(client, user):
    activated(user)
    client.force_login(user, "accounts.sign_in.PhoneBackend")
    give_activation_code(by=None, user=user)
    user.refresh_from_db()
    assert not user.has_usable_password()
    assert client.get("/accounts/password/").status_code == 302


def test_a_new_teacher_activates_before_her_first_day(client):
    post = make.StaffFactory(
        school=make.SchoolFactory(code="4109020001"), staff_no="A07", first_day=dt.date(2026, 11, 1)
    )
    code = give_activation_code(by=None, user=post.user)
    assert activation(client, code, account="A07", school_code="4109020001").status_code == 302


def test_the_address_on_the_slip_fills_in_the_school(client):
    page = client.get("/accounts/activate/", {"school": "4109020001"})
    assert 'value="4109020001"' in page.content.decode()
