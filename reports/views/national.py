"""The national half-month form on the web, and its files."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.services import audit
from reports.compute import NoReportError
from reports.national import papers
from reports.national.form import Form, make_form
from reports.views.reports import CONTENT_TYPES, attachment
from schools import access
from schools.models import OrgUnit
from schools.periods import UnknownPeriodError, parse


@login_required
@require_safe
def national_form(request: SignedInRequest, code: str, period: str) -> HttpResponse:
    return render(request, "reports/national_form.html", papers.context(_form(request, code, period), is_public=False))


@login_required
@require_safe
def national_file(request: SignedInRequest, code: str, period: str, format: str) -> HttpResponse:
    """`?across=1`: the counties down a landscape page; `?public=1`: without the notes on units."""
    if format not in papers.FORMATS:
        raise Http404
    form = _form(request, code, period)
    across, is_public = request.GET.get("across") == "1", request.GET.get("public") == "1"
    content = papers.written(form, format, now=timezone.now(), across=across, is_public=is_public)
    audit(by=request.user, action="form.download", subject=form.unit, format=format, period=period)
    name = f"{form.title}-{form.period.name}{'（公开版）' if is_public else ''}.{format}"
    return attachment(content, CONTENT_TYPES[format], name)


def _form(request: SignedInRequest, code: str, period: str) -> Form:
    unit = access.get_visible(OrgUnit.objects.areas(), request.user, code=code)
    access.require(request.user, "make_report", unit)
    try:
        return make_form(unit, parse(period), decimals=settings.FORM_DECIMALS, now=timezone.now())
    except (UnknownPeriodError, NoReportError) as error:
        raise Http404(str(error)) from error
