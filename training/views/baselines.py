"""The baseline of each county, frozen once, and 压减 over its two bases."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.refusals import add_errors
from schools import access
from schools.models import OrgUnit
from training.forms.register import BaselineForm
from training.models import Baseline
from training.reduction import Reduction, by_county
from training.services import register as services


@login_required
@require_safe
def baseline_list(request: SignedInRequest) -> HttpResponse:
    """Counties with their baseline and what became of it until today, and all together."""
    paths = access.require_anywhere(request.user, "see_register")
    today = timezone.localdate()
    counties = list(OrgUnit.objects.inside(paths).filter(level=OrgUnit.Level.COUNTY).order_by("code"))
    found = by_county([county.pk for county in counties], today)
    frozen = {row.county_id: row for row in Baseline.objects.filter(county__in=counties).select_related("made_by")}
    context = {
        "lines": [(county, frozen.get(county.pk), found.get(county.pk)) for county in counties],
        "total": sum(found.values(), Reduction()),
        "today": today,
        "may_keep": bool(access.scope(request.user, "keep_register")),
    }
    return render(request, "training/baseline_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def baseline_freeze(request: SignedInRequest, code: str) -> HttpResponse:
    """First how many it takes in, then frozen."""
    counties = OrgUnit.objects.filter(level=OrgUnit.Level.COUNTY)
    county = access.get_visible(counties, request.user, code=code)
    access.require(request.user, "keep_register", county)
    form = BaselineForm(request.POST or None, initial={"day": timezone.localdate()})
    rows = None
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["day"]
        if "freeze" not in request.POST:
            rows = services.of_baseline(county, day)
        else:
            try:
                services.freeze_baseline(by=request.user, county=county, day=day)
            except ValidationError as error:
                add_errors(form, error)
            else:
                messages.success(request, f"{county.name}的基数已锁定。")
                return redirect("training:baseline_list")
    context = {"form": form, "county": county, "rows": rows}
    return render(request, "training/baseline_freeze.html", context, status=422 if form.errors else 200)
