"""Where a menu entry is about one unit: hers, or one that she chooses."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.http import SignedInRequest
from schools import access
from schools.models import OrgUnit
from schools.models.units import codes_in


def choose_unit(
    request: SignedInRequest, action: access.Action, title: str, page_of: Callable[[OrgUnit], str]
) -> HttpResponse:
    """Who may do `action` at one unit goes to its page; who may at several chooses. `page_of` gives a URL's name."""
    paths = access.require_anywhere(request.user, action)
    units = list(OrgUnit.objects.filter(code__in=[codes_in(path)[-1] for path in paths]).order_by("code"))
    if len(units) == 1:
        return redirect(page_of(units[0]), code=units[0].code)
    context = {"title": title, "units": [(unit, page_of(unit)) for unit in units]}
    return render(request, "reports/unit_choice.html", context)
