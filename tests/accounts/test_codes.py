import re

import pytest

from accounts.models import ActivationCode, AuditEntry, User
from accounts.services import give_activation_code, give_first_codes, set_active
from accounts.sign_in import client_address, code_digest, credentials, grouped, new_code
from tests import factories as make
from tests.accounts.people import PASSWORD, activated


def test_a_code_is_ten_characters_that_are_not_mistaken_for_each_other():
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(re.fullmatch(r"[A-HJKMNP-Z2-9]{10}", code) for code in codes)


def test_a_code_is_printed_in_two_groups():
    assert grouped("ABCDE23456") == "ABCDE-23456"


@pytest.mark.parametrize("typed", ["abcde-23456", "ABCDE 23456", "ABCDE-23456", "abcde23456"])
def test_the_digest_does_not_care_how_a_code_is_typed(typed):
    assert code_digest(typed) == code_digest("ABCDE23456")


@pytest.mark.parametrize(
    ("account", "school_code", "given"),
    [
        ("13912345678", "", {"phone": "13912345678"}),
        ("139 1234 5678", "4109020001", {"phone": "13912345678"}),
        ("23912345678", "4109020001", {"school_code": "4109020001", "staff_no": "23912345678"}),
        ("1391234567", "4109020001", {"school_code": "4109020001", "staff_no": "1391234567"}),
        (" A-07 ", "4109020001", {"school_code": "4109020001", "staff_no": "A-07"}),
    ],
)
def test_what_looks_like_a_phone_is_one(account, school_code, given):
    assert credentials(account, school_code) == given


@pytest.mark.django_db
def test_the_code_itself_is_not_kept():
    code = give_activation_code(by=None, user=make.UserFactory())
    row = ActivationCode.objects.get()
    assert code not in str(vars(row))
    assert row.digest == code_digest(code)


@pytest.mark.django_db
def test_first_codes_leave_passwords_alone():
    waiting, active = make.UserFactory(), activated(make.UserFactory())
    shut = make.UserFactory()
    set_active(by=None, user=shut, is_active=False)
    given = give_first_codes(by=None, users=[active, shut, waiting])
    assert [user for user, _ in given] == [waiting]
    active.refresh_from_db()
    assert active.check_password(PASSWORD)
    assert not ActivationCode.objects.filter(user__in=[active, shut]).exists()


@pytest.mark.django_db
def test_first_codes_keep_the_order_end_earlier_ones_and_are_audited():
    users = [make.UserFactory() for _ in range(3)]
    earlier = give_activation_code(by=None, user=users[0])
    by = make.UserFactory()
    given = give_first_codes(by=by, users=users[::-1])
    assert [user for user, _ in given] == users[::-1]
    assert ActivationCode.objects.get(digest=code_digest(earlier)).used_at is not None
    assert AuditEntry.objects.filter(action="user.give_code", by=by).count() == 3


@pytest.mark.parametrize(("phone", "short"), [("13912345678", "139****5678"), (None, "")])
def test_a_list_does_not_show_the_whole_phone(phone, short):
    assert User(phone=phone).short_phone == short


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "peer", "expected"),
    [
        (False, "6.6.6.6", "10.0.0.1", "10.0.0.1"),
        (True, "6.6.6.6, 192.0.2.7", "10.0.0.1", "192.0.2.7"),
        (True, "2001:DB8::1", "10.0.0.1", "2001:db8::1"),
        (True, "", "10.0.0.1", "10.0.0.1"),
        (True, "unknown", "10.0.0.1", None),
        (False, "", "", None),
    ],
)
def test_the_address_is_the_proxys_word_only_behind_a_proxy(rf, settings, behind_proxy, forwarded, peer, expected):
    settings.BEHIND_PROXY = behind_proxy
    request = rf.get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == expected
