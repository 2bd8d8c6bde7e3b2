"""What anybody may do without signing in: complain to a city's or county's bureau, and follow it by the receipt code.

No page knows a session, not even that of somebody who has signed in. None is kept by anybody, and what was typed stands
in no address and no log.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import nameless
from accounts.refusals import add_errors
from accounts.sign_in import grouped
from homework import rates
from homework.forms.families import CodeForm
from inspections.forms.complaints import PublicForm, RateForm
from inspections.models import Complaint
from inspections.services import complaints as services
from schools.models import OrgUnit

FULL = "这个网络地址提交得太多，请过{}分钟再试，或换用手机流量。您填的内容还在下面，图片要重新选。"
TRIED_TOO_OFTEN = "这个网络地址试错太多次，请过{}分钟再查。"
UNKNOWN_CODE = "没有这个查询码，请核对：15位字母和数字，没有0、1、I、L、O。"


@never_cache
@require_safe
def report_index(request: HttpRequest) -> HttpResponse:
    """Where one complains: the cities and counties."""
    areas = OrgUnit.objects.open_on(timezone.localdate()).areas().order_by("level", "code")
    return render(request, "inspections/report_index.html", {"areas": areas})


@nameless
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, code: str) -> HttpResponse:
    """A complaint to this bureau. The answer to the form shows the receipt code, once."""
    units = OrgUnit.objects.open_on(timezone.localdate()).areas()
    unit = get_object_or_404(units, code=code)
    form = PublicForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        is_valid = form.is_valid()
        if rates.count(request, rates.COMPLAINTS):
            form.add_error(None, FULL.format(rates.COMPLAINTS.minutes))
            status = 429
        elif is_valid:
            return _sent(request, unit, form.cleaned_data)
    return render(request, "inspections/report.html", {"form": form, "unit": unit}, status=status)


def _sent(request: HttpRequest, unit: OrgUnit, said: dict[str, Any]) -> HttpResponse:
    names = ("kind", "target_name", "text", "name", "phone", "pictures", "receipt")
    complaint = services.receive(unit=unit, source=Complaint.Source.WEB, **{name: said[name] for name in names})
    context = {
        "complaint": complaint,
        "code": grouped(said["receipt"]),
        "address": request.build_absolute_uri(reverse("inspections:report_follow")),
    }
    return render(request, "inspections/report_sent.html", context)


@nameless
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def report_follow(request: HttpRequest) -> HttpResponse:
    """State and answer of the complaint with the typed code. A POST that writes nothing: the code stands nowhere."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    complaint, status = _looked_up(request, form) if request.method == "POST" else (None, 200)
    rate = RateForm(initial={"code": request.POST.get("code", "")}) if complaint else None
    context = {"form": form, "complaint": complaint, "rate": rate}
    return render(request, "inspections/report_follow.html", context, status=status)


@nameless
@never_cache
@sensitive_post_parameters()
@require_POST
def report_rate(request: HttpRequest) -> HttpResponse:
    """Whether the complainant is satisfied with the answer."""
    form = RateForm(request.POST)
    complaint, status = _looked_up(request, form)
    if complaint and form.is_valid():
        try:
            said = form.cleaned_data
            complaint = services.rate(complaint=complaint, satisfied=said["satisfied"], note=said["note"])
        except ValidationError as error:
            add_errors(form, error)
            status = 422
    context = {"form": CodeForm(), "complaint": complaint, "rate": form}
    return render(request, "inspections/report_follow.html", context, status=status)


def _looked_up(request: HttpRequest, form: CodeForm) -> tuple[Complaint | None, int]:
    """The complaint of the code in the form, and the status to answer with."""
    is_valid = form.is_valid()
    if rates.is_full(request, rates.WRONG_CODES):
        form.add_error(None, TRIED_TOO_OFTEN.format(rates.WRONG_CODES.minutes))
        return None, 429
    code = form.cleaned_data.get("code")
    complaint = services.by_receipt(code) if code else None
    if code and complaint is None:
        rates.count(request, rates.WRONG_CODES)
        form.add_error("code", UNKNOWN_CODE)
    return complaint, 200 if complaint and is_valid else 422
