"""How a person proves who she is: a name (phone, or school code and 工号) with a password or a one-time code.

The phone is looked up here, school code and 工号 in schools.sign_in.
"""

import ipaddress
import re
import secrets
import unicodedata
from collections.abc import Iterable

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import ActivationCode, User

# Without 0 O 1 I L: the code is read from paper. 31^10 guesses against five tries in a quarter of an hour.
CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 10
CODE_GROUP = 5

PHONE = re.compile(r"1\d{10}")


def new_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def grouped(code: str) -> str:
    """As printed: XXXXX-XXXXX."""
    return "-".join(code[start : start + CODE_GROUP] for start in range(0, len(code), CODE_GROUP))


def code_digest(code: str) -> str:
    """Digest under the secret key: the table alone does not give the codes away.

    Blanks, dashes, case and full-width letters do not matter.
    """
    plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", code)).upper()
    return salted_hmac("accounts.ActivationCode", plain, algorithm="sha256").hexdigest()


def credentials(account: str, school_code: str) -> dict[str, str]:
    """What the backends are asked about: what looks like a phone number is one, all else is a 工号 of that school."""
    account = unicodedata.normalize("NFKC", account).strip()
    phone = re.sub(r"[\s-]", "", account)
    if PHONE.fullmatch(phone):
        return {"phone": phone}
    return {"school_code": unicodedata.normalize("NFKC", school_code).strip(), "staff_no": account}


def attempted_name(request: HttpRequest, credentials_given: dict[str, str] | None = None) -> str:
    """The name by which axes counts failures: the phone, or school code/工号.

    Read from what was posted, because what axes hands over differs: after a success it knows the phone alone.
    """
    return lock_name(credentials(request.POST.get("account", ""), request.POST.get("school_code", "")))


def client_address(request: HttpRequest) -> str | None:
    """The network address a request came from, behind our proxy the one it wrote down; None when that is none."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    address: str = forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def lock_name(given: dict[str, str]) -> str:
    return "/".join(given.values())


def locked_among(names: Iterable[str]) -> list[str]:
    """Those of the names that are locked out now."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    failures = AccessAttempt.objects.filter(username__in=list(names), attempt_time__gte=since).values("username")
    counted = failures.annotate(failed=Sum("failures_since_start")).order_by("username")
    return [row["username"] for row in counted if row["failed"] >= settings.AXES_FAILURE_LIMIT]


def proven(user: User | None, *, password: str | None, activation_code: str | None) -> User | None:
    """`user` if she may sign in with what was given, else None.

    Takes as long for somebody unknown or shut out as for a wrong password or code, so that nobody learns who is here.
    """
    if activation_code is not None:
        return _proven_by_code(user, activation_code)
    if user is None or not user.is_active:
        make_password(password)
        return None
    return user if user.check_password(password or "") else None


def _proven_by_code(user: User | None, activation_code: str) -> User | None:
    code = ActivationCode.objects.usable(timezone.now()).filter(digest=code_digest(activation_code)).first()
    return user if code and user and user.is_active and code.user_id == user.pk else None


class AccountBackend(BaseBackend):
    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()


class PhoneBackend(AccountBackend):
    def authenticate(  # type: ignore[override]
        self, request: HttpRequest, *, phone: str, password: str | None = None, activation_code: str | None = None
    ) -> User | None:
        user = User.objects.filter(phone=phone).first()
        return proven(user, password=password, activation_code=activation_code)
