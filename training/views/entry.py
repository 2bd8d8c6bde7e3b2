"""Pages that ask for one thing, and the rows that they are about."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.refusals import add_errors
from schools import access
from schools.models import OrgUnit
from training.models import Institution

RowT = TypeVar("RowT", bound=Model)


def entry(
    request: SignedInRequest,
    form: forms.Form,
    save: Callable[[dict[str, Any]], object],
    *,
    title: str,
    back: str,
    done: str,
    note: str = "",
) -> HttpResponse:
    """Ask; what will not do comes back with its words and what was typed; what was saved leads to the address `back`.

    422 for what was typed wrong, 409 where the row stands otherwise by now.
    """
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            save(form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
            status = 409 if getattr(error, "code", None) == "state" else 422
        else:
            messages.success(request, done)
            return redirect(back)
    context = {"form": form, "title": title, "back": back, "note": note}
    return render(request, "training/entry.html", context, status=status)


def institution_of(user: User, institution_id: int, action: access.Action) -> Institution:
    """404 outside her scope, 403 where `action` is not hers."""
    institution = access.get_visible(Institution.objects.select_related("county"), user, pk=institution_id)
    access.require(user, action, institution.county)
    return institution


def kept_counties(user: User) -> QuerySet[OrgUnit]:
    """Those whose register she keeps."""
    counties = OrgUnit.objects.inside(access.scope(user, "keep_register")).filter(level=OrgUnit.Level.COUNTY)
    return counties.order_by("code")


def row_of(rows: QuerySet[RowT], user: User, pk: int, action: access.Action) -> RowT:
    """A row that belongs to an institution: as `institution_of`."""
    row = access.get_visible(rows.select_related("institution__county"), user, pk=pk)
    access.require(user, action, row.institution.county)  # type: ignore[attr-defined]
    return row
