"""A report's steps to its issue, and the public page that knows an issued paper again."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.refusals import add_errors
from homework import rates
from reports import documents
from reports.forms import ReportStepForm
from reports.issuing import life, services
from reports.issuing.life import Step
from reports.models import Report
from reports.views import reports
from schools import access

DONE = {
    Step.SEND: "已送审，审核人已收到消息。",
    Step.CHECK: "已审核通过，签发人已收到消息。",
    Step.ISSUE: "已签发。本版不再改动，可以下载打印了。",
    Step.SEND_BACK: "已退回，填表人已收到消息。",
}
CARRY_OUT = {Step.SEND: services.send, Step.CHECK: services.check, Step.SEND_BACK: services.send_back}
UNKNOWN = "没有这个验证码。请照纸上印的再输一次，共12位。"
TRIED_TOO_OFTEN = "输错的次数太多，请{}分钟以后再试。"


@login_required
@require_POST
def report_step(request: SignedInRequest, code: str, period: str, step: str) -> HttpResponse:
    """A step of whoever has the duty at this very unit. 409 where it moved on meanwhile."""
    if step not in list(Step):
        raise Http404
    kind = Step(step)
    unit, reported = reports.report_of(request, code, period)
    if not access.duties_at(request.user, unit.pk) & life.duties_of(kind):
        raise PermissionDenied
    report = Report.objects.of(unit, reported).latest_first().first()
    if report is None:
        raise Http404
    _require_duty(request.user, report, kind)
    form = ReportStepForm(request.POST, step=kind)
    status = 422
    if form.is_valid():
        try:
            _carry_out(request, report, kind, form)
        except ValidationError as error:
            add_errors(form, error)
            status = 409 if getattr(error, "code", None) == "state" else 422
        else:
            messages.success(request, DONE[kind])
            return redirect("reports:report_detail", code, period)
    return reports.detail(request, unit, reported, sent_back=form, status=status)


def _require_duty(user: User, report: Report, step: Step) -> None:
    """Of a step that two duties know, in the state at hand."""
    duty = life.duty_for(report.state, step)
    if duty and duty not in access.duties_at(user, report.unit_id):
        raise PermissionDenied


def _carry_out(request: SignedInRequest, report: Report, step: Step, form: ReportStepForm) -> None:
    said = form.cleaned_data
    if step != Step.ISSUE:
        CARRY_OUT[step](by=request.user, report=report, text=said["text"])
        return
    services.issue(
        by=request.user,
        report=report,
        address=lambda code: request.build_absolute_uri(reverse("reports:verify", args=[code])),
        serial=said["serial"],
        text=said["text"],
    )


@require_safe
def verify_start(request: HttpRequest) -> HttpResponse:
    """Anybody with a paper in her hand types its code."""
    typed = request.GET.get("code", "").strip()
    code = services.bare(typed)
    context = {"typed": typed}
    if not typed:
        return render(request, "reports/verify_start.html", context)
    if rates.is_full(request, rates.WRONG_CODES):
        return render(
            request,
            "reports/verify_start.html",
            context | {"error": TRIED_TOO_OFTEN.format(rates.WRONG_CODES.minutes)},
            status=429,
        )
    if Report.objects.issued().filter(code=code).exists():
        return redirect("reports:verify", code)
    rates.count(request, rates.WRONG_CODES)
    return render(request, "reports/verify_start.html", context | {"error": UNKNOWN}, status=404)


@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """What the code's paper is, and the digests of its files: the browser compares, no file is sent."""
    if rates.is_full(request, rates.WRONG_CODES):
        return redirect("reports:verify_start")
    found = Report.objects.issued().filter(code=code).select_related("unit", "issued_by").defer("snapshot").first()
    if found is None:
        rates.count(request, rates.WRONG_CODES)
        return render(request, "reports/verify_start.html", {"typed": code, "error": UNKNOWN}, status=404)
    later = Report.objects.of(found.unit, found.period).issued().filter(version__gt=found.version)
    context = {
        "report": found,
        "kind": documents.kind_name(found.period),
        "files": found.files.defer("content").order_by("format"),
        "later": later.defer("snapshot").order_by("-version").first(),
    }
    return render(request, "reports/verify.html", context)
