"""What pages of a school's service begin with, and how a refusal comes back to its form."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.shortcuts import get_object_or_404

from accounts.models import User
from schools import access
from schools.models import School


def school_of(user: User, code: str) -> School:
    """Http404 outside her scope."""
    visible = School.objects.inside(access.scope(user)).select_related("unit")
    return get_object_or_404(visible, unit__code=code)


def require_insider(user: User, school: School) -> None:
    """Who serves at the school or oversees it; PermissionDenied for others in scope."""
    if not (access.can(user, "serve", school.unit) or access.can(user, "oversee_school", school.unit)):
        raise PermissionDenied(f"service of {school.unit.code}")


def add_errors(form: BaseForm, error: ValidationError) -> None:
    """The service's words at the fields they speak of; what speaks of none stands above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, problems in error.message_dict.items():
        form.add_error(name if name in form.fields else None, problems)
