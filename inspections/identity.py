"""Who a complainant is, sealed: the database and its copies say nothing without the key."""

import base64
import hashlib
from functools import cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


@cache
def _seal() -> MultiFernet:
    """The operator's keys first, the first of them seals; then the one that follows from SECRET_KEY."""
    derived = hashlib.scrypt(
        settings.SECRET_KEY.encode(), salt=b"inspections.identity", n=2**14, r=8, p=1, dklen=32, maxmem=2**26
    )
    keys = [*settings.IDENTITY_KEYS, base64.urlsafe_b64encode(derived).decode()]
    return MultiFernet([Fernet(key) for key in keys])


def sealed(text: str) -> str:
    return _seal().encrypt(text.encode()).decode()


def opened(sealed_text: str) -> str:
    """Raises cryptography.fernet.InvalidToken where no key fits."""
    return _seal().decrypt(sealed_text.encode()).decode()


def fingerprint(phone: str) -> str:
    """By which the same phone is known again without being read."""
    return salted_hmac("inspections.identity", phone, algorithm="sha256").hexdigest()
