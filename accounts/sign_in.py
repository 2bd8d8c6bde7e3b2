"""How a person proves who she is: by phone here, by school code and 工号 in schools.sign_in; with a password or a one-time code."""

import secrets

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User

# Without 0 O 1 I L: the code is read from paper. 32^10 guesses against five tries in a quarter of an hour.
CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 10


def new_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def code_digest(code: str) -> str:
    """Digest under the secret key: the table alone does not give the codes away. Blanks, dashes and case do not matter."""
    plain = code.replace(" ", "").replace("-", "").upper()
    return salted_hmac("accounts.ActivationCode", plain, algorithm="sha256").hexdigest()


def proven(user: User | None, *, password: str | None, activation_code: str | None) -> User | None:
    """`user` if she may sign in with what was given, else None. Takes as long for somebody unknown as for a wrong password."""
    if user is None:
        User().set_password(password or "")
        return None
    if not user.is_active:
        return None
    if activation_code is not None:
        codes = user.activation_codes.usable(timezone.now())  # type: ignore[attr-defined]
        return user if codes.filter(digest=code_digest(activation_code)).exists() else None
    return user if password and user.check_password(password) else None


class AccountBackend(BaseBackend):
    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()


class PhoneBackend(AccountBackend):
    def authenticate(  # type: ignore[override]
        self, request: HttpRequest, *, phone: str, password: str | None = None, activation_code: str | None = None
    ) -> User | None:
        user = User.objects.filter(phone=phone).first()
        return proven(user, password=password, activation_code=activation_code)


def attempted_name(request: HttpRequest, credentials: dict[str, str] | None = None) -> str:
    """The account that a sign-in aims at, for the lock-out: the phone, or school code and 工号."""
    given = credentials if credentials and "username" not in credentials else request.POST
    school_code = given.get("school_code", "")
    name = given.get("staff_no") or given.get("phone") or given.get("account") or ""
    return f"{school_code}/{name}" if school_code else name
