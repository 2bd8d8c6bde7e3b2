import pytest
from django.test import Client

from accounts.models import AuditEntry
from tests.accounts.people import PASSWORD, somebody
from tests.accounts.test_sign_in import sign_in, signed_in_as

pytestmark = pytest.mark.django_db
NEW = "battery-staple-9"


def change(client, old=PASSWORD, new=NEW, again=None):
    words = {"old_password": old, "new_password": new, "new_password_again": again or new}
    return client.post("/accounts/password/", words)


@pytest.fixture
def user(client):
    user = somebody()
    sign_in(client)
    return user


def test_the_new_password_holds_and_the_session_goes_on(client, user):
    before = client.session.session_key
    assert change(client).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert signed_in_as(client) == str(user.pk)
    assert client.get("/accounts/password/").status_code == 200
    assert client.session.session_key != before


def test_other_sessions_end(client, user):
    elsewhere = Client()
    sign_in(elsewhere)
    change(client)
    assert elsewhere.get("/accounts/password/").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again", "field"),
    [
        ("wrong", NEW, NEW, "old_password"),
        (PASSWORD, "12345678", "12345678", "new_password"),
        (PASSWORD, NEW, "other-staple-9", "new_password_again"),
    ],
)
def test_what_is_refused(client, user, old, new, again, field):
    assert change(client, old, new, again).context["form"].errors[field]
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_it_is_audited(client, user):
    change(client)
    assert AuditEntry.objects.filter(action="user.change_password", by=user).count() == 1
