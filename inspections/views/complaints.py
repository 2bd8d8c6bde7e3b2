"""Complaints as the bureau handles them: found by state, entered, taken step by step by the officer who handles it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import step_forms
from accounts.http import SignedInRequest
from accounts.models import User
from accounts.refusals import add_errors
from inspections import complaint_life as life
from inspections import named
from inspections.complaint_life import Step
from inspections.forms.complaints import EntryForm, NamedForm, RepeatForm, StepForm, UpheldForm, units_to_route
from inspections.models import Complaint, ComplaintPicture, ComplaintStep, Finding
from inspections.services import complaints as services
from schools import access
from schools.models import OrgUnit, School
from schools.models.units import codes_in

ON_A_PAGE = 50
CARRY_OUT: dict[Step, Callable[..., Complaint]] = {
    Step.ACCEPT: services.accept,
    Step.ROUTE: services.route,
    Step.REJECT: services.reject,
    Step.REPLY: services.answer,
    Step.CLOSE: services.close,
}
DONE = {
    Step.ACCEPT: "已受理，由您承办。",
    Step.ROUTE: "已转办，对方已收到消息。",
    Step.REJECT: "已登记不予受理。",
    Step.REPLY: "已答复，举报人凭查询码看得到。",
    Step.CLOSE: "已办结。",
}


@login_required
@require_safe
def complaint_list(request: SignedInRequest) -> HttpResponse:
    """Of her unit and those below; what presses first. Nothing here says who complained."""
    paths = access.require_anywhere(request.user, "handle_complaints")
    today = timezone.localdate()
    state, kind = request.GET.get("state", "open"), request.GET.get("kind", "")
    school = _school_asked(request)
    rows = Complaint.objects.inside(paths).filter(**{"kind": kind} if kind in Complaint.Kind.values else {})
    rows = rows.filter(target=school.pk) if school else rows
    counts = rows.order_by().aggregate(
        open=Count("pk", filter=Q(state__in=life.OPEN)),
        overdue=Count("pk", filter=Q(state__in=("received", "accepted"), due_on__lt=today)),
        all=Count("pk"),
        **{one: Count("pk", filter=Q(state=one)) for one in Complaint.State.values},
    )
    shown = {"open": "未办结", "overdue": "超期", **dict(Complaint.State.choices), "all": "全部"}
    context = {
        "page": Paginator(_shown(rows, state, today), ON_A_PAGE).get_page(request.GET.get("page")),
        "tabs": [(key, label, counts[key]) for key, label in shown.items()],
        "state": state if state in shown else "all",
        "kind": kind,
        "kinds": Complaint.Kind.choices,
        "school": school,
        "may_enter": _own_unit(request.user) is not None,
        "today": today,
    }
    return render(request, "inspections/complaint_list.html", context)


def _school_asked(request: SignedInRequest) -> School | None:
    """The school that the address names, where she sees it."""
    code = request.GET.get("school", "").replace("\0", "")
    schools = School.objects.select_related("unit").inside(access.scope(request.user))
    return schools.filter(unit__code=code).first() if code else None


def _shown(rows: Any, state: str, today: Any) -> Any:
    rows = rows.select_related("unit", "handler").defer("text", "reply")
    if state == "open":
        return rows.open().order_by("due_on", "pk")
    if state == "overdue":
        return rows.overdue(today).order_by("due_on", "pk")
    return rows.filter(state=state) if state in Complaint.State.values else rows


def _own_unit(user: User) -> OrgUnit | None:
    """Where she enters complaints: the first of her own."""
    mine = (one.unit for one in access.held(user) if one.role in access.ROLES_FOR["handle_complaints"])
    return next(mine, None)


@login_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def complaint_add(request: SignedInRequest) -> HttpResponse:
    access.require_anywhere(request.user, "handle_complaints")
    unit = _own_unit(request.user)
    if unit is None:
        raise PermissionDenied
    form = EntryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            complaint = services.receive(unit=unit, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, f"已登记，编号{complaint.pk}，由{complaint.unit.name}办理。")
            return redirect("inspections:complaint_detail", complaint.pk)
    context = {"form": form, "unit": unit}
    return render(request, "inspections/complaint_add.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_safe
def complaint_detail(request: SignedInRequest, complaint_id: int) -> HttpResponse:
    return _detail(request, _complaint(request.user, complaint_id))


@never_cache
@login_required
@require_POST
def complaint_step(request: SignedInRequest, complaint_id: int, step: str) -> HttpResponse:
    """409 where it has moved on in the meantime."""
    if step not in list(Step):
        raise Http404
    kind = Step(step)
    complaint = _mine(request.user, complaint_id)
    if kind in life.HANDLERS and complaint.handler_id and complaint.handler_id != request.user.pk:
        raise PermissionDenied
    form = StepForm(request.POST, step=kind, units=_units(complaint))
    status = 422
    if form.is_valid():
        try:
            CARRY_OUT[kind](by=request.user, complaint=complaint, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
            status = 409 if getattr(error, "code", None) == "state" else 422
        else:
            messages.success(request, DONE[kind])
            # Once it is another unit's, she sees it no more, unless hers stands above.
            if kind == Step.ROUTE:
                return redirect("inspections:complaint_list")
            return redirect("inspections:complaint_detail", complaint.pk)
    return _detail(request, complaint, sent_back=form, status=status)


@never_cache
@login_required
@require_POST
def complaint_identity(request: SignedInRequest, complaint_id: int) -> HttpResponse:
    """Who complained, to the handling officer; each look is written down."""
    complaint = _mine(request.user, complaint_id)
    try:
        name, phone = services.show_identity(by=request.user, complaint=complaint)
    except ValidationError:
        raise PermissionDenied from None
    return _detail(request, complaint, identity={"name": name, "phone": phone})


@login_required
@require_http_methods(["GET", "POST"])
def complaint_target(request: SignedInRequest, complaint_id: int) -> HttpResponse:
    """Which school or institution is meant: found by `?q=`, by what the complainant wrote until then."""
    complaint = _mine(request.user, complaint_id)
    if complaint.handler_id != request.user.pk:
        raise PermissionDenied
    asked = request.GET.get("q", complaint.target_name).replace("\0", "").strip()[:100] or complaint.target_name
    schools, institutions = named.may_be_about(complaint, asked)
    form = NamedForm(request.POST or None, schools=schools, institutions=institutions)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            services.name_target(by=request.user, complaint=complaint, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
            status = 409
        else:
            messages.success(request, f"已认定为{form.cleaned_data['target'].name}。")
            return redirect("inspections:complaint_detail", complaint.pk)
    context = {
        "form": form,
        "complaint": complaint,
        "q": asked,
        "most": named.MOST_NAMED if named.MOST_NAMED in (len(schools), len(institutions)) else 0,
    }
    return render(request, "inspections/complaint_target.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def complaint_finding(request: SignedInRequest, complaint_id: int) -> HttpResponse:
    """What was upheld becomes a finding of the school or institution."""
    complaint = _mine(request.user, complaint_id)
    if complaint.handler_id != request.user.pk:
        raise PermissionDenied
    form = UpheldForm(request.POST or None, complaint=complaint)
    if request.method == "POST" and form.is_valid():
        try:
            services.open_finding(by=request.user, complaint=complaint, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, "已转为督导问题，责任单位已收到消息。")
            return redirect("inspections:complaint_detail", complaint.pk)
    context = {"form": form, "complaint": complaint}
    return render(request, "inspections/complaint_finding.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def complaint_link(request: SignedInRequest, complaint_id: int) -> HttpResponse:
    complaint = _mine(request.user, complaint_id)
    form = RepeatForm(request.POST)
    first = None
    if form.is_valid():
        paths = access.scope(request.user, "handle_complaints")
        first = Complaint.objects.inside(paths).filter(pk=form.cleaned_data["number"]).first()
    try:
        if first is None:
            raise ValidationError("没有这个编号的举报，请核对。")
        services.link(by=request.user, complaint=complaint, first=first)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, "已认定为重复举报。")
    return redirect("inspections:complaint_detail", complaint.pk)


@login_required
@require_safe
@cache_control(private=True, max_age=600)
def complaint_picture(request: SignedInRequest, picture_id: int) -> HttpResponseBase:
    picture = get_object_or_404(ComplaintPicture, pk=picture_id)
    _complaint(request.user, picture.complaint_id)
    response = FileResponse(picture.file.open("rb"), content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _detail(
    request: SignedInRequest,
    complaint: Complaint,
    *,
    sent_back: StepForm | None = None,
    identity: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    is_mine = access.is_posted_at(request.user, "handle_complaints", complaint.unit_id)
    is_handler = complaint.handler_id == request.user.pk
    finding = Finding.objects.filter(complaint=complaint).only("pk").first()
    context = {
        "complaint": complaint,
        "steps": ComplaintStep.objects.filter(complaint=complaint).select_related("by"),
        "pictures": complaint.pictures.all(),
        "repeats": complaint.repeats.all()[:20],
        "forms": _forms(complaint, is_handler, sent_back) if is_mine else [],
        "is_mine": is_mine,
        "is_handler": is_handler,
        "identity": identity,
        "finding": finding,
        "may_name": is_handler and complaint.may_be_named,
        "may_open": is_handler and complaint.is_upheld and complaint.is_of_ours and not finding,
        "today": timezone.localdate(),
    }
    return render(request, "inspections/complaint_detail.html", context, status=status)


def _forms(complaint: Complaint, is_handler: bool, sent_back: StepForm | None) -> list[step_forms.Entry]:
    units = _units(complaint)
    return step_forms.entries(
        life.open_steps(complaint.state, is_handler=is_handler),
        make=lambda step: StepForm(step=step, units=units),
        sent_back=sent_back,
        label=lambda step: str(ComplaintStep.Kind(step.value).label),
        url=lambda step: reverse("inspections:complaint_step", args=[complaint.pk, step]),
    )


def _units(complaint: Complaint) -> Any:
    today = timezone.localdate()
    city = codes_in(complaint.unit.path_on(today))[0]
    return units_to_route(complaint.unit, f"/{city}/", today)


def _complaint(user: User, complaint_id: int) -> Complaint:
    """Of her unit or one below: whoever has no business with complaints does not learn that it is there."""
    rows = Complaint.objects.inside(access.scope(user, "handle_complaints"))
    return get_object_or_404(
        rows.select_related("unit", "target", "institution__county", "handler", "repeat_of"), pk=complaint_id
    )


def _mine(user: User, complaint_id: int) -> Complaint:
    """One that her own unit is in charge of; PermissionDenied for what she only sees from above."""
    complaint = _complaint(user, complaint_id)
    if not access.is_posted_at(user, "handle_complaints", complaint.unit_id):
        raise PermissionDenied
    return complaint
