"""Cases of paid tutoring: numbers for every officer, names for those alone who were named for the county."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from schools import access
from schools.models import OrgUnit
from training.forms.tutoring import CaseForm, DisposalForm, OfficerForm
from training.models import TutoringCase, TutoringOfficer
from training.services import tutoring as services
from training.views.entry import entry

CASES_ON_A_PAGE = 30


@never_cache
@login_required
@require_safe
def case_list(request: SignedInRequest) -> HttpResponse:
    """How many there are in her counties; with names where she was named, and then the look is written down."""
    paths = access.require_anywhere(request.user, "keep_register")
    counties = OrgUnit.objects.inside(paths).filter(level=OrgUnit.Level.COUNTY).order_by("code")
    counted = {"found": Count("pk"), "disposed": Count("pk", filter=Q(disposed_on__isnull=False))}
    hers = services.counties_of(request.user)
    cases = TutoringCase.objects.filter(county__in=hers).select_related("county", "school__unit")
    page = Paginator(cases, CASES_ON_A_PAGE).get_page(request.GET.get("page"))
    if page.object_list:
        services.note_list(by=request.user, cases=list(page.object_list))
    context = {
        "page": page,
        "is_named": hers.exists(),
        "counties": counties,
        "counts": TutoringCase.objects.inside(paths).aggregate(**counted),
    }
    return render(request, "training/case_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def case_add(request: SignedInRequest) -> HttpResponse:
    access.require_anywhere(request.user, "keep_register")
    hers = services.counties_of(request.user)
    if not hers.exists():
        raise PermissionDenied("not named")
    return entry(
        request,
        CaseForm(request.POST or None, counties=hers),
        lambda said: services.add_case(by=request.user, **said),
        title="登记有偿补课案件",
        back=reverse("training:case_list"),
        done="案件已登记。",
        note="只有专办人员看得到姓名，每次查看都有记录。",
    )


@never_cache
@login_required
@require_safe
def case_detail(request: SignedInRequest, case_id: int) -> HttpResponse:
    case = _case(request.user, case_id)
    services.note_look(by=request.user, case=case)
    return render(request, "training/case_detail.html", {"case": case})


@login_required
@require_http_methods(["GET", "POST"])
def case_dispose(request: SignedInRequest, case_id: int) -> HttpResponse:
    case = _case(request.user, case_id)
    return entry(
        request,
        DisposalForm(request.POST or None),
        lambda said: services.dispose(by=request.user, case=case, **said),
        title=f"{case} · 登记处理",
        back=reverse("training:case_detail", args=[case.pk]),
        done="处理情况已登记。",
    )


@login_required
@require_http_methods(["GET", "POST"])
def case_officers(request: SignedInRequest, code: str) -> HttpResponse:
    """Who may read the county's cases; another is named by somebody else than herself."""
    counties = OrgUnit.objects.filter(level=OrgUnit.Level.COUNTY)
    county = access.get_visible(counties, request.user, code=code)
    access.require(request.user, "keep_register", county)
    form = OfficerForm(request.POST or None, users=services.candidates(county).exclude(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        try:
            services.name_officer(by=request.user, county=county, user=form.cleaned_data["user"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "已指定，并记入操作记录。")
            return redirect("training:case_officers", county.code)
    rows = TutoringOfficer.objects.filter(county=county, last_day=None).select_related("user", "named_by")
    context: dict[str, Any] = {"county": county, "form": form, "officers": rows}
    return render(request, "training/case_officers.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def case_officer_end(request: SignedInRequest, officer_id: int) -> HttpResponse:
    rows = TutoringOfficer.objects.select_related("county")
    officer = access.get_visible(rows, request.user, pk=officer_id)
    access.require(request.user, "keep_register", officer.county)
    try:
        services.end_officer(by=request.user, officer=officer)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, "已取消，对方不能再看案件。")
    return redirect("training:case_officers", officer.county.code)


def _case(user: User, case_id: int) -> TutoringCase:
    """404 outside her scope; 403 for whoever is not named for its county, be she its chief."""
    rows = TutoringCase.objects.select_related("county", "school__unit", "made_by")
    case = access.get_visible(rows, user, pk=case_id)
    if not services.counties_of(user).filter(pk=case.county_id).exists():
        raise PermissionDenied("not named")
    return case
