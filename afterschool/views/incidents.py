"""Incidents: reported by whoever serves, read by 教导处 and principal, open until closed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import F
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.refusals import add_errors
from afterschool.forms.daily import FollowUpForm, IncidentForm, OutcomeForm
from afterschool.models import Incident, Session
from afterschool.services import incidents as services
from afterschool.views import seen
from schools import access
from schools.models import School

INCIDENTS_ON_A_PAGE = 30


@login_required
@require_GET
def incident_list(request: SignedInRequest, code: str) -> HttpResponse:
    """The school's, open ones first."""
    school = seen.school_for(request.user, code, "read_incidents")
    rows = Incident.objects.filter(school=school).select_related("reported_by", "session__group")
    ordered = rows.order_by(F("closed_at").desc(nulls_first=True), "-day", "-happened_at")
    page = Paginator(ordered, INCIDENTS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"school": school, "page": page, "open": Incident.objects.open().filter(school=school).count()}
    return render(request, "afterschool/incident_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def incident_add(request: SignedInRequest, code: str) -> HttpResponse:
    """`?session=`: in which it happened."""
    school = seen.school_for(request.user, code, "serve")
    session = _session(school, request.GET.get("session", ""))
    form = IncidentForm(request.POST or None, initial={"day": session.day} if session else {})
    if request.method == "POST" and form.is_valid():
        try:
            services.report_incident(by=request.user, school=school, session=session, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, "已报告，校长已收到消息。")
            return redirect("afterschool:today")
    context = {"school": school, "session": session, "form": form}
    return render(request, "afterschool/incident_add.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def incident_detail(request: SignedInRequest, incident_id: int) -> HttpResponse:
    return _detail(request, _incident(request.user, incident_id))


@login_required
@require_POST
def incident_follow_up(request: SignedInRequest, incident_id: int) -> HttpResponse:
    incident = _incident(request.user, incident_id)
    form = FollowUpForm(request.POST)
    if form.is_valid():
        try:
            services.add_follow_up(by=request.user, incident=incident, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, "已补充后续处理。")
            return redirect("afterschool:incident_detail", incident_id=incident.pk)
    return _detail(request, incident, follow_up=form)


@login_required
@require_POST
def incident_close(request: SignedInRequest, incident_id: int) -> HttpResponse:
    incident = _incident(request.user, incident_id)
    access.require(request.user, "read_incidents", incident.school.unit)
    form = OutcomeForm(request.POST)
    if form.is_valid():
        try:
            services.close_incident(by=request.user, incident=incident, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, "已办结。")
            return redirect("afterschool:incident_list", code=incident.school.unit.code)
    return _detail(request, incident, outcome=form)


def _detail(
    request: SignedInRequest,
    incident: Incident,
    *,
    follow_up: FollowUpForm | None = None,
    outcome: OutcomeForm | None = None,
) -> HttpResponse:
    """A form that was sent back answers 422; 409 where the incident was closed in the meantime."""
    sent_back: Form | None = follow_up or outcome
    status = 200 if sent_back is None else 409 if incident.closed_at else 422
    context = {
        "incident": incident,
        "follow_up": follow_up or FollowUpForm(),
        "outcome": outcome or OutcomeForm(),
        "may_close": access.can(request.user, "read_incidents", incident.school.unit),
        "today": timezone.localdate(),
    }
    return render(request, "afterschool/incident_detail.html", context, status=status)


def _incident(user: User, incident_id: int) -> Incident:
    """One that she reads in her school, or that she has reported."""
    rows = Incident.objects.select_related("school__unit", "session__group", "reported_by", "closed_by")
    incident = access.get_visible(rows, user, pk=incident_id)
    if incident.reported_by_id != user.pk:
        access.require(user, "read_incidents", incident.school.unit)
    return incident


def _session(school: School, text: str) -> Session | None:
    is_id = text.isascii() and text.isdecimal() and len(text) < 19
    rows = Session.objects.select_related("group").filter(school=school)
    return rows.filter(pk=int(text)).first() if is_id else None
