"""What is done to accounts. Callers at the edge have checked that `by` may."""

import datetime as dt
from collections.abc import Iterable

from axes.utils import reset
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import models, transaction
from django.utils import timezone

from accounts import sign_in
from accounts.models import ActivationCode, AuditEntry, User


def audit(*, by: User | None, action: str, subject: models.Model, path: str = "", **detail: object) -> None:
    """Append to the audit trail. `path` is the unit's place in the tree; `detail` must be JSON."""
    AuditEntry.objects.create(
        by=by, action=action, subject=f"{subject._meta.label}:{subject.pk}", path=path, detail=detail
    )


@transaction.atomic
def add_user(*, by: User | None, name: str, phone: str | None = None) -> User:
    """Make an account that nobody can sign in to until its activation code is used."""
    user = User(name=name, phone=phone or None)
    user.set_unusable_password()
    user.full_clean()
    user.save()
    audit(by=by, action="user.add", subject=user, name=name)
    return user


@transaction.atomic
def correct_user(*, by: User, user: User, name: str, phone: str | None) -> None:
    """Put right a name or a phone number. Raises ValidationError for a bad or taken number."""
    before = {"name": user.name, "phone": user.phone}
    user.name, user.phone = name.strip(), phone or None
    user.full_clean()
    user.save(update_fields=["name", "phone"])
    audit(by=by, action="user.correct", subject=user, before=before, after={"name": user.name, "phone": user.phone})


@transaction.atomic
def give_activation_code(*, by: User | None, user: User) -> str:
    """Return a new one-time code for the paper slip; an earlier one ends.

    The password, if any, ends too, and with it every session: this is the reset.
    """
    User.objects.select_for_update().get(pk=user.pk)
    code = _new_code(by, user)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    audit(by=by, action="user.give_code", subject=user)
    return code


@transaction.atomic
def give_first_codes(*, by: User | None, users: Iterable[User]) -> list[tuple[User, str]]:
    """A new code for each of `users` who has no password yet, in the given order. Passwords stay."""
    order = {user.pk: place for place, user in enumerate(users)}
    waiting = User.objects.not_activated().filter(pk__in=order, is_active=True).select_for_update().order_by("pk")
    given = [(user, _new_code(by, user)) for user in waiting]
    for user, _ in given:
        audit(by=by, action="user.give_code", subject=user)
    return sorted(given, key=lambda pair: order[pair[0].pk])


def _new_code(by: User | None, user: User) -> str:
    code = sign_in.new_code()
    now = timezone.now()
    ActivationCode.objects.filter(user=user, used_at=None).update(used_at=now)
    ActivationCode.objects.create(
        user=user,
        digest=sign_in.code_digest(code),
        made_by=by,
        made_at=now,
        expires_at=now + dt.timedelta(days=settings.ACTIVATION_CODE_DAYS),
    )
    return code


@transaction.atomic
def activate(*, user: User, activation_code: str, password: str) -> None:
    """Set the first password and use up the code.

    Raises ValidationError for a weak password, ActivationCode.DoesNotExist for a code used in the meantime.
    """
    validate_password(password, user)
    # The person first, then her code: the order in which a reset takes them.
    User.objects.select_for_update().get(pk=user.pk)
    code = ActivationCode.objects.usable(timezone.now()).get(user=user, digest=sign_in.code_digest(activation_code))
    code.used_at = timezone.now()
    code.save(update_fields=["used_at"])
    user.set_password(password)
    user.save(update_fields=["password"])
    audit(by=user, action="user.activate", subject=user)


@transaction.atomic
def change_password(*, user: User, password: str) -> None:
    """Raises ValidationError for a weak password."""
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    audit(by=user, action="user.change_password", subject=user)


def note_sign_in(*, user: User, address: str | None) -> None:
    """`address`: the network address she came from, which an inquiry into a stolen account asks for."""
    audit(by=user, action="user.sign_in", subject=user, address=address)


def note_sign_out(*, user: User) -> None:
    audit(by=user, action="user.sign_out", subject=user)


@transaction.atomic
def set_active(*, by: User, user: User, is_active: bool) -> None:
    """Let somebody sign in, or shut her out; being shut out ends her sessions at once."""
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    audit(by=by, action="user.reopen" if is_active else "user.shut_out", subject=user)


def unlock(*, by: User, user: User, names: list[str]) -> None:
    """End the lock-out of these sign-in names (phone, or school code/工号) of `user`."""
    for name in names:
        reset(username=name)
    audit(by=by, action="user.unlock", subject=user)
