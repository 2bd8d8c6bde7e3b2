"""Visits of schools: entered on the spot with a phone, read by the school and everybody above it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.refusals import add_errors
from inspections.forms.findings import VisitForm
from inspections.models import Visit
from inspections.services import visits as services
from inspections.views import seen
from schools import access
from schools.models import OrgUnit, School

VISITS_ON_A_PAGE = 30
MOST_UNITS = 20


@login_required
@require_safe
def visit_list(request: SignedInRequest) -> HttpResponse:
    """The latest first; an inspector also finds the school that she is about to visit, or a unit of her area."""
    paths = access.require_anywhere(request.user, "see_findings")
    inspected = access.scope(request.user, "inspect")
    rows = Visit.objects.inside(paths).select_related("school__unit", "made_by").annotate(count=Count("findings"))
    asked = request.GET.get("q", "").replace("\0", "").strip()[:40]
    if asked:
        rows = rows.filter(school__unit__name__contains=asked)
    context = {
        "page": Paginator(rows.order_by("-day", "-pk"), VISITS_ON_A_PAGE).get_page(request.GET.get("page")),
        "q": asked,
        "inspects": bool(inspected),
        "units": _units(request.user, inspected, asked) if asked else [],
    }
    return render(request, "inspections/visit_list.html", context)


def _units(user: User, paths: list[str], name: str) -> list[OrgUnit]:
    """Those below her whose name holds `name`, schools last."""
    found = OrgUnit.objects.inside(paths).filter(name__contains=name).placed(timezone.localdate())
    units = found.order_by("level", "code")[:MOST_UNITS]
    return [unit for unit in units if access.inspects_at(user, unit.path)]  # type: ignore[attr-defined]


@login_required
@require_http_methods(["GET", "POST"])
def visit_add(request: SignedInRequest, code: str) -> HttpResponse:
    school = access.get_visible(School.objects.select_related("unit"), request.user, unit__code=code)
    if not access.inspects(request.user, school.unit):
        raise PermissionDenied
    form = VisitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            visit = services.add_visit(by=request.user, school=school, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return redirect("inspections:visit_detail", visit.pk) if visit else redirect("inspections:visit_list")
    context = {"form": form, "school": school, "title": f"到校督导：{school}"}
    return render(request, "inspections/visit_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def visit_detail(request: SignedInRequest, visit_id: int) -> HttpResponse:
    visit = seen.visit_of(request.user, visit_id)
    context = {
        "visit": visit,
        "findings": visit.findings.select_related("owner").defer("words"),
        "inspects": access.inspects(request.user, visit.school.unit),
        "is_hers": visit.made_by_id == request.user.pk,
        "today": timezone.localdate(),
    }
    return render(request, "inspections/visit_detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def visit_edit(request: SignedInRequest, visit_id: int) -> HttpResponse:
    """By the one who made it: what was seen is nobody else's to change."""
    visit = seen.visit_of(request.user, visit_id)
    if visit.made_by_id != request.user.pk:
        raise PermissionDenied
    form = VisitForm(request.POST or None, visit=visit)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_visit(by=request.user, visit=visit, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, "已保存。")
            return redirect("inspections:visit_detail", visit.pk)
    context = {"form": form, "school": visit.school, "visit": visit, "title": f"修改督导记录：{visit.school}"}
    return render(request, "inspections/visit_edit.html", context, status=422 if form.errors else 200)
