"""What is done to accounts. Callers at the edge have checked that `by` may."""

import datetime as dt

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
def give_activation_code(*, by: User | None, user: User) -> str:
    """Return a new one-time code for the paper slip; an earlier one ends. The password, if any, ends too: this is the reset."""
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
    user.set_unusable_password()
    user.save(update_fields=["password"])
    audit(by=by, action="user.give_code", subject=user)
    return code


@transaction.atomic
def activate(*, user: User, activation_code: str, password: str) -> None:
    """Set the first password and use up the code. Raises ValidationError for a weak password, DoesNotExist for a used code."""
    validate_password(password, user)
    code = (
        ActivationCode.objects.usable(timezone.now())
        .select_for_update()
        .get(user=user, digest=sign_in.code_digest(activation_code))
    )
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


def unlock(*, by: User, user: User, names: list[str]) -> None:
    """End the lock-out of these sign-in names (phone, or school code/工号) of `user`."""
    for name in names:
        reset(username=name)
    audit(by=by, action="user.unlock", subject=user)
