import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.services import set_active
from tests import factories as make
from tests.accounts.people import PASSWORD, PHONE, activated, somebody, staff

pytestmark = pytest.mark.django_db
SIGN_IN = "/accounts/sign-in/"


def sign_in(client, account=PHONE, password=PASSWORD, school_code="", **more):
    return client.post(SIGN_IN, {"account": account, "password": password, "school_code": school_code, **more})


def signed_in_as(client):
    return client.session.get("_auth_user_id")


def test_by_phone(client):
    user = somebody()
    answer = sign_in(client)
    assert (answer.status_code, answer.url) == (302, "/")
    assert signed_in_as(client) == str(user.pk)


@pytest.mark.parametrize("typed", ["139 1234 5678", "139-1234-5678", "139\uff11\uff12345678", " 13912345678 "])
def test_a_phone_may_be_typed_as_people_write_it(client, typed):
    somebody()
    assert sign_in(client, typed).status_code == 302


def test_by_school_code_and_staff_number(client):
    post = staff()
    assert sign_in(client, "A07", school_code="4109020001").status_code == 302
    assert signed_in_as(client) == str(post.user_id)


def test_a_remembered_school_code_does_not_stand_in_the_way_of_a_phone(client):
    user = somebody()
    sign_in(client, school_code="4109020001")
    assert signed_in_as(client) == str(user.pk)


def test_a_staff_number_without_a_school_code_is_asked_for_it(client):
    staff()
    answer = sign_in(client, "A07")
    assert "用工号请填写学校代码" in answer.content.decode()
    assert signed_in_as(client) is None


def test_the_same_staff_number_at_another_school_is_somebody_else(client):
    staff()
    other = staff(school_code="4109020002")
    sign_in(client, "A07", school_code="4109020002")
    assert signed_in_as(client) == str(other.user_id)


def test_who_has_left_the_school_does_not_get_in_by_staff_number(client, clock):
    post = staff()
    post.last_day = make.TODAY
    post.save()
    assert sign_in(client, "A07", school_code="4109020001").status_code == 302
    client.logout()
    post.last_day = make.MONDAY
    post.save()
    assert sign_in(client, "A07", school_code="4109020001").status_code == 200


def test_nobody_learns_which_accounts_exist(client):
    somebody()
    make.UserFactory(phone="13900000001")  # not activated
    set_active(by=None, user=activated(make.UserFactory(phone="13900000002")), is_active=False)
    answers = [
        sign_in(client, PHONE, password="wrong-password"),
        sign_in(client, "13900000001"),
        sign_in(client, "13900000002"),
        sign_in(client, "13900000009"),
        sign_in(client, "A07", school_code="4109020001"),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert {str(answer.context["form"].non_field_errors()) for answer in answers} == {
        str(answers[0].context["form"].non_field_errors())
    }
    assert signed_in_as(client) is None


def test_somebody_unknown_costs_a_password_hash_too(client, monkeypatch):
    hashed = []
    monkeypatch.setattr("accounts.sign_in.make_password", hashed.append)
    sign_in(client, "13900000009", password="any")
    set_active(by=None, user=somebody(), is_active=False)
    sign_in(client)
    assert hashed == ["any", PASSWORD]


def test_the_session_gets_a_new_key(client):
    somebody()
    client.get(SIGN_IN)
    session = client.session
    session["kept"] = True
    session.save()
    before = client.session.session_key
    sign_in(client)
    assert client.session.session_key != before


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("/schools/people/?q=a", "/schools/people/?q=a"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_the_way_on_leads_nowhere_else(client, wanted, given):
    somebody()
    assert client.get(SIGN_IN, {"next": wanted}).context["next"] == given
    assert sign_in(client, next=wanted).url == given


def test_who_is_signed_in_goes_on(client):
    client.force_login(somebody(), "accounts.sign_in.PhoneBackend")
    assert client.get(SIGN_IN, {"next": "/schools/people/"}).url == "/schools/people/"


def test_signing_in_and_out_is_audited(client):
    user = somebody()
    sign_in(client)
    client.post(reverse("accounts:sign_out"))
    entries = AuditEntry.objects.filter(subject=f"accounts.User:{user.pk}", action__startswith="user.sign")
    assert [(entry.action, entry.by) for entry in entries.order_by("pk")] == [
        ("user.sign_in", user),
        ("user.sign_out", user),
    ]
    assert entries.first().detail == {"address": "127.0.0.1"}
    assert signed_in_as(client) is None


def test_a_link_does_not_sign_out(client):
    client.force_login(somebody(), "accounts.sign_in.PhoneBackend")
    assert client.get(reverse("accounts:sign_out")).status_code == 405
    assert signed_in_as(client)


def test_an_account_that_is_shut_loses_its_sessions_at_once(client):
    user = somebody()
    sign_in(client)
    set_active(by=None, user=user, is_active=False)
    assert client.get(reverse("accounts:change_password")).status_code == 302


def test_the_page_is_not_kept_by_browsers(client):
    assert "no-store" in client.get(SIGN_IN)["Cache-Control"]
