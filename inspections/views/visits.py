"""Visits of schools: entered on the spot with a phone, read by the school and everybody above it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
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
from training.models import Institution
from training.views.entry import institution_of

VISITS_ON_A_PAGE = 30
MOST_UNITS = 20


@login_required
@require_safe
def visit_list(request: SignedInRequest) -> HttpResponse:
    """The latest first; an inspector also finds the school that she is about to visit, or a unit of her area."""
    paths = access.require_anywhere(request.user, "see_findings")
    inspected = access.scope(request.user, "inspect")
    rows = (
        Visit.objects.inside(paths)
        .select_related("school__unit", "institution__county", "made_by")
        .annotate(count=Count("findings"))
    )
    asked = request.GET.get("q", "").replace("\0", "").strip()[:40]
    if asked:
        rows = rows.filter(Q(school__unit__name__contains=asked) | Q(institution__name__contains=asked))
    context = {
        "page": Paginator(rows.order_by("-day", "-pk"), VISITS_ON_A_PAGE).get_page(request.GET.get("page")),
        "q": asked,
        "inspects": bool(inspected),
        "units": _units(request.user, inspected, asked) if asked else [],
        "institutions": Institution.objects.inside(inspected).matching(asked)[:MOST_UNITS] if asked else [],
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
    return _add(request, VisitForm(request.POST or None), school=school)


@login_required
@require_http_methods(["GET", "POST"])
def institution_visit_add(request: SignedInRequest, institution_id: int) -> HttpResponse:
    """执法检查 and other visits of a training institution."""
    institution = institution_of(request.user, institution_id, "inspect")
    return _add(request, VisitForm(request.POST or None, at_institution=True), institution=institution)


def _add(
    request: SignedInRequest,
    form: VisitForm,
    *,
    school: School | None = None,
    institution: Institution | None = None,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            visit = services.add_visit(by=request.user, school=school, institution=institution, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return redirect("inspections:visit_detail", visit.pk) if visit else redirect("inspections:visit_list")
    title = f"到校督导：{school}" if school else f"检查机构：{institution}"
    context = {"form": form, "title": title}
    return render(request, "inspections/visit_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def visit_detail(request: SignedInRequest, visit_id: int) -> HttpResponse:
    visit = seen.visit_of(request.user, visit_id)
    context = {
        "visit": visit,
        "findings": visit.findings.with_owner().defer("words"),
        "inspects": seen.inspects(request.user, visit),
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
    form = VisitForm(request.POST or None, visit=visit, at_institution=visit.institution_id is not None)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_visit(by=request.user, visit=visit, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, "已保存。")
            return redirect("inspections:visit_detail", visit.pk)
    context = {"form": form, "visit": visit, "title": f"修改督导记录：{visit.where}"}
    return render(request, "inspections/visit_edit.html", context, status=422 if form.errors else 200)
