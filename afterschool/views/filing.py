"""A plan on its way: sent by the school, returned or filed by the county."""

from collections.abc import Callable
from typing import Any, Literal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest
from accounts.refusals import add_errors
from afterschool.forms.decisions import FileForm, ReturnForm
from afterschool.models import Plan
from afterschool.services import plans as services
from afterschool.views.plans import detail_page, status_of
from schools import access


@login_required
@require_POST
def plan_submit(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """409 where it has been sent already."""
    plan = _plan(request, plan_id)
    access.require(request.user, "arrange_service", plan.school.unit)
    try:
        services.submit_plan(by=request.user, plan=plan)
    except ValidationError as error:
        return _refused(request, plan, error)
    messages.success(request, f"第{plan.version}版已报送，等待备案。")
    return _back(plan)


@login_required
@require_POST
def plan_return(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """409 where somebody has decided already."""
    plan = _to_decide(request, plan_id)
    form = ReturnForm(request.POST)
    refused = _refusal(
        request, plan, "returning", form, lambda: services.return_plan(by=request.user, plan=plan, **form.cleaned_data)
    )
    if refused is None:
        messages.success(request, f"{plan.school}的方案已退回。")
    return refused or _back(plan)


@login_required
@require_POST
def plan_file(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """409 where somebody has decided already."""
    plan = _to_decide(request, plan_id)
    form = FileForm(request.POST)
    refused = _refusal(
        request, plan, "filing", form, lambda: services.file_plan(by=request.user, plan=plan, **form.cleaned_data)
    )
    if refused is None:
        messages.success(request, f"{plan.school}的方案已备案。")
    return refused or _back(plan)


def _plan(request: SignedInRequest, plan_id: int) -> Plan:
    return access.get_visible(Plan.objects.select_related("school__unit"), request.user, pk=plan_id)


def _to_decide(request: SignedInRequest, plan_id: int) -> Plan:
    plan = _plan(request, plan_id)
    if not access.may_file(request.user, plan.school.unit.path_on(timezone.localdate())):
        raise PermissionDenied
    return plan


def _refusal(
    request: SignedInRequest,
    plan: Plan,
    name: Literal["filing", "returning"],
    form: BaseForm,
    act: Callable[[], object],
) -> HttpResponse | None:
    """The page with the form and the reason; None where it was done."""
    if form.is_valid():
        try:
            act()
        except ValidationError as error:
            if status_of(error) == 409:
                return _refused(request, plan, error)
            add_errors(form, error)
        else:
            return None
    sent: dict[str, Any] = {name: form}
    return detail_page(request, plan.school, str(plan.version), status=422, **sent)


def _refused(request: SignedInRequest, plan: Plan, error: ValidationError) -> HttpResponse:
    """In the page as it is now. A draft does not exist for those who do not serve at the school."""
    return detail_page(
        request, plan.school, str(plan.version), refusal="".join(error.messages), status=status_of(error)
    )


def _back(plan: Plan) -> HttpResponse:
    return redirect(f"{reverse('afterschool:plan_detail', args=[plan.school.unit.code])}?version={plan.version}")
