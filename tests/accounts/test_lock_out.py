import datetime as dt

import pytest
from axes.models import AccessAttempt
from django.utils import timezone

from accounts.services import give_activation_code, unlock
from accounts.sign_in import locked_among
from schools.sign_in import lock_names
from tests import factories as make
from tests.accounts.people import PASSWORD, PHONE, somebody, staff
from tests.accounts.test_sign_in import sign_in, signed_in_as

pytestmark = pytest.mark.django_db
SCHOOL = "4109020001"


def fail(client, times, account=PHONE, **more):
    return [sign_in(client, account, password="wrong", **more).status_code for _ in range(times)]


def activation(client, code, account=PHONE, **more):
    words = {"new_password": PASSWORD, "new_password_again": PASSWORD}
    return client.post("/accounts/activate/", {"account": account, "activation_code": code, **words, **more})


def test_the_fifth_failure_locks_and_the_right_password_does_not_help(client):
    somebody()
    assert fail(client, 5) == [200, 200, 200, 200, 429]
    assert sign_in(client).status_code == 429
    assert signed_in_as(client) is None


def test_the_page_says_how_long_and_whom_to_ask(client):
    somebody()
    fail(client, 4)
    page = sign_in(client, password="wrong").content.decode()
    assert "15分钟" in page
    assert "教导处" in page
    assert "系统管理员" in page


def test_others_are_not_locked(client):
    somebody()
    other = somebody("13900000001")
    fail(client, 5)
    sign_in(client, "13900000001")
    assert signed_in_as(client) == str(other.pk)


@pytest.mark.parametrize("typed", ["139 1234 5678", "139\uff11\uff12345678"])
def test_writing_the_phone_otherwise_does_not_evade_the_lock(client, typed):
    somebody()
    fail(client, 4)
    assert fail(client, 1, typed, school_code="4109020009") == [429]
    assert sign_in(client).status_code == 429


def test_other_machines_do_not_evade_the_lock(client):
    somebody()
    for number in range(5):
        more = {"REMOTE_ADDR": f"10.0.0.{number}", "HTTP_USER_AGENT": f"browser {number}"}
        client.post("/accounts/sign-in/", {"account": PHONE, "password": "wrong"}, **more)
    assert sign_in(client).status_code == 429


def test_a_staff_number_is_locked_at_its_school_only(client):
    staff()
    other = staff(school_code="4109020002")
    assert fail(client, 5, "A07", school_code=SCHOOL)[-1] == 429
    assert sign_in(client, "A07", school_code=SCHOOL).status_code == 429
    sign_in(client, "A07", school_code="4109020002")
    assert signed_in_as(client) == str(other.user_id)


def test_an_unknown_account_is_locked_like_any_other(client):
    assert fail(client, 5, "13900000009") == [200, 200, 200, 200, 429]


def test_a_success_sets_the_count_back(client):
    somebody()
    assert [fail(client, 4), sign_in(client).status_code] == [[200] * 4, 302]
    client.logout()
    assert [fail(client, 4), sign_in(client).status_code] == [[200] * 4, 302]


def test_a_success_by_staff_number_sets_its_count_back_though_there_is_a_phone(client):
    staff(phone=PHONE)
    fail(client, 4, "A07", school_code=SCHOOL)
    assert sign_in(client, "A07", school_code=SCHOOL).status_code == 302
    client.logout()
    assert fail(client, 4, "A07", school_code=SCHOOL) == [200] * 4


def test_the_lock_ends_after_a_quarter_of_an_hour_even_when_somebody_keeps_knocking(client, clock):
    somebody()
    fail(client, 5)
    locked_at = timezone.now()
    clock(locked_at + dt.timedelta(minutes=14))
    assert sign_in(client).status_code == 429
    clock(locked_at + dt.timedelta(minutes=15, seconds=1))
    assert sign_in(client).status_code == 302


def test_wrong_activation_codes_lock_too(client):
    user = make.UserFactory(phone=PHONE)
    code = give_activation_code(by=None, user=user)
    assert [activation(client, "AAAAABBBBB").status_code for _ in range(5)] == [200, 200, 200, 200, 429]
    assert activation(client, code).status_code == 429


def test_unlocking_lets_her_in_by_each_of_her_names(client):
    post = staff(phone=PHONE)
    fail(client, 5)
    fail(client, 5, "A07", school_code=SCHOOL)
    assert locked_among(lock_names(post.user)) == [PHONE, f"{SCHOOL}/A07"]
    unlock(by=somebody("13900000001"), user=post.user, names=lock_names(post.user))
    assert locked_among(lock_names(post.user)) == []
    assert sign_in(client).status_code == 302
    client.logout()
    assert sign_in(client, "A07", school_code=SCHOOL).status_code == 302


def test_four_failures_are_no_lock(client):
    user = somebody()
    fail(client, 4)
    assert locked_among(lock_names(user)) == []


def test_what_is_secret_is_not_kept_with_a_failure(client):
    make.UserFactory(phone=PHONE)
    activation(client, "AAAAABBBBB")
    sign_in(client, password="wrong-secret")
    kept = "".join(AccessAttempt.objects.values_list("post_data", flat=True))
    assert PHONE in kept
    assert not any(secret in kept for secret in ("AAAAABBBBB", PASSWORD, "wrong-secret"))
