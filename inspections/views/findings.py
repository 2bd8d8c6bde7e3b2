"""A finding: entered, read with its whole life, and each step taken by the side whose step it is."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import step_forms
from accounts.http import SignedInRequest
from accounts.refusals import add_errors
from inspections import life
from inspections.forms.findings import FindingForm, StepForm
from inspections.life import Part, Step
from inspections.models import Finding, FindingStep, Visit
from inspections.services import findings as services
from inspections.views import seen
from schools import access
from schools.models import OrgUnit
from training.models import Institution
from training.views.entry import institution_of

CARRY_OUT: dict[Step, Callable[..., Finding]] = {
    Step.PLAN: services.plan,
    Step.SUBMIT: services.submit,
    Step.SEND_BACK: services.send_back,
    Step.VERIFY: services.verify,
    Step.CLOSE: services.close,
    Step.REOPEN: services.reopen,
    Step.ASK_EXTENSION: services.ask_extension,
    Step.GRANT_EXTENSION: services.grant_extension,
    Step.REFUSE_EXTENSION: services.refuse_extension,
}
DONE = {
    Step.PLAN: "整改方案已保存。",
    Step.SUBMIT: "整改已报送，等待核查。",
    Step.SEND_BACK: "已退回，责任单位已收到消息。",
    Step.VERIFY: "核查通过，可以销号了。",
    Step.CLOSE: "已销号。",
    Step.REOPEN: "已重新立项，责任单位已收到消息。",
    Step.ASK_EXTENSION: "已申请延期，等待答复。",
    Step.GRANT_EXTENSION: "已同意延期。",
    Step.REFUSE_EXTENSION: "已答复不同意延期。",
}


@login_required
@require_http_methods(["GET", "POST"])
def finding_add(request: SignedInRequest, code: str) -> HttpResponse:
    """What was found at a unit; `?visit=`: on this visit of it."""
    owner = access.get_visible(OrgUnit.objects.all(), request.user, code=code)
    if not access.inspects(request.user, owner):
        raise PermissionDenied
    visit = _visit(request.GET.get("visit", ""), school=owner.pk)
    return _add(request, visit, owner=owner)


@login_required
@require_http_methods(["GET", "POST"])
def institution_finding_add(request: SignedInRequest, institution_id: int) -> HttpResponse:
    """What was found at a training institution; `?visit=`: on this visit of it."""
    institution = institution_of(request.user, institution_id, "inspect")
    visit = _visit(request.GET.get("visit", ""), institution=institution.pk)
    return _add(request, visit, institution=institution)


def _add(
    request: SignedInRequest,
    visit: Visit | None,
    *,
    owner: OrgUnit | None = None,
    institution: Institution | None = None,
) -> HttpResponse:
    form = FindingForm(
        request.POST or None, request.FILES or None, found_on=visit.day if visit else timezone.localdate()
    )
    if request.method == "POST" and form.is_valid():
        try:
            finding = services.open_finding(
                by=request.user, owner=owner, institution=institution, visit=visit, **form.cleaned_data
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _opened(finding))
            return _back(visit, finding)
    context = {"form": form, "owner_name": str(owner or institution), "visit": visit}
    return render(request, "inspections/finding_add.html", context, status=422 if form.errors else 200)


def _opened(finding: Finding | None) -> str:
    if finding and finding.on_the_spot:
        return "已登记，当场整改，已销号。"
    return "已登记，责任单位已收到消息。"


def _back(visit: Visit | None, finding: Finding | None) -> HttpResponse:
    if visit:
        return redirect("inspections:visit_detail", visit.pk)
    return redirect("inspections:finding_detail", finding.pk) if finding else redirect("inspections:ledger")


def _visit(text: str, **of: int) -> Visit | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Http404
    return get_object_or_404(Visit, pk=int(text), **of)


@login_required
@require_safe
def finding_detail(request: SignedInRequest, finding_id: int) -> HttpResponse:
    finding = seen.finding_of(request.user, finding_id)
    return _detail(request, finding)


@login_required
@require_POST
def finding_step(request: SignedInRequest, finding_id: int, step: str) -> HttpResponse:
    """Take a step. 409 where the finding has moved on in the meantime."""
    if step not in list(Step):
        raise Http404
    kind = Step(step)
    finding = seen.finding_of(request.user, finding_id)
    if life.PART_OF[kind] not in seen.parts_in(request.user, finding):
        raise PermissionDenied
    form = StepForm(request.POST, request.FILES, step=kind)
    status = 422
    if form.is_valid():
        try:
            CARRY_OUT[kind](by=request.user, finding=finding, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
            status = 409 if getattr(error, "code", None) == "state" else 422
        else:
            messages.success(request, DONE[kind])
            return redirect("inspections:finding_detail", finding.pk)
    return _detail(request, finding, sent_back=form, status=status)


def _detail(
    request: SignedInRequest, finding: Finding, *, sent_back: StepForm | None = None, status: int = 200
) -> HttpResponse:
    parts = seen.parts_in(request.user, finding)
    context = {
        "finding": finding,
        "steps": FindingStep.objects.filter(finding=finding).select_related("by").prefetch_related("files"),
        "forms": _forms(finding, parts, sent_back),
        "is_answerer": Part.OVERSEER in parts and finding.answered_by_id == request.user.pk,
        "is_asker": Part.OVERSEER in parts and services.asked_by(finding) == request.user.pk,
        "may_write": finding.state != life.State.CLOSED
        and finding.owner is not None
        and access.can(request.user, "issue_letters", finding.owner)
        and Part.OVERSEER in parts,
        "overdue": finding.is_overdue(timezone.localdate()),
        "today": timezone.localdate(),
    }
    return render(request, "inspections/finding_detail.html", context, status=status)


def _forms(finding: Finding, parts: list[Part], sent_back: StepForm | None) -> list[step_forms.Entry]:
    steps = [
        step
        for part in parts
        for step in life.allowed(finding.state, part, has_request=finding.asked_until is not None)
    ]
    return step_forms.entries(
        steps,
        make=lambda step: StepForm(step=step),
        sent_back=sent_back,
        label=lambda step: str(FindingStep.Kind(step.value).label),
        url=lambda step: reverse("inspections:finding_step", args=[finding.pk, step]),
    )
