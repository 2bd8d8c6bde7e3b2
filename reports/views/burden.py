"""The burden meter: what a browser asks and sends, a school's choice, and the pages that show the sums."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from homework import rates
from reports.burden import reading, received, services
from reports.insight import paths_then
from reports.models import BurdenChoice, BurdenTally
from reports.views.choice import choose_unit
from schools import access
from schools.models import OrgUnit, School

# A school's people share an address, and each browser sends once a day.
SENDING = rates.Rate("burden", most=600, seconds=600)


@login_required
@never_cache
@require_safe
def burden_asked(request: SignedInRequest) -> JsonResponse:
    """Whether her browser may add up and send, and where her school says what."""
    school = _own_school(request)
    is_shared = school is not None and services.is_shared(school)
    about = reverse("reports:burden_sharing", args=[school.unit.code]) if school else ""
    return JsonResponse({"is_shared": is_shared, "about": about})


@login_required
@require_POST
def burden_add(request: SignedInRequest) -> HttpResponse:
    """Signed in, because else anybody could add; who it is decides the school and is then forgotten."""
    school = _own_school(request)
    if school is None or not services.is_shared(school):
        raise PermissionDenied
    if rates.count(request, SENDING):
        return HttpResponse(status=429)
    try:
        sums = received.read(request.body, BurdenTally.Form.values, timezone.localdate())
    except ValueError:
        return HttpResponse(status=400)
    services.add(school=school, sums=sums)
    return HttpResponse(status=204)


def _own_school(request: SignedInRequest) -> School | None:
    """Where she works. Of two schools nobody could say for which she filled in, so she is of none."""
    schools = {held.unit.pk for held in access.held(request.user) if held.unit.level == OrgUnit.Level.SCHOOL}
    return School.objects.select_related("unit").get(pk=schools.pop()) if len(schools) == 1 else None


@login_required
@require_safe
def burden_start(request: SignedInRequest) -> HttpResponse:
    return choose_unit(request, "see_burden", "填报用时", lambda unit: "reports:burden_unit")


@login_required
@require_safe
def burden_unit(request: SignedInRequest, code: str) -> HttpResponse:
    """A school's sums are its principal's alone; a bureau sees those of a county or city together."""
    units = OrgUnit.objects.exclude(level=OrgUnit.Level.DEPARTMENT)
    unit = access.get_visible(units, request.user, code=code)
    is_school = unit.level == OrgUnit.Level.SCHOOL
    access.require(request.user, "share_burden" if is_school else "see_burden", unit)
    context = {
        "unit": unit,
        "is_school": is_school,
        "least": reading.LEAST_DEVICES,
        "columns": reading.BURDEN,
    }
    context |= _of_school(unit) if is_school else _of_area(unit)
    return render(request, "reports/burden_unit.html", context)


def _of_school(unit: OrgUnit) -> dict[str, object]:
    school = School.objects.get(pk=unit.pk)
    return {
        "burden": reading.of_school(school, timezone.localdate()),
        "is_shared": services.is_shared(school),
    }


def _of_area(unit: OrgUnit) -> dict[str, object]:
    today = timezone.localdate()
    paths = paths_then(unit, today)
    return {
        "burden": reading.of_area(paths, today),
        "sharing": reading.schools_sharing(paths, today),
        "least_schools": reading.LEAST_SCHOOLS,
        "counties": reading.counties(unit, today) if unit.level == OrgUnit.Level.CITY else [],
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def burden_sharing(request: SignedInRequest, code: str) -> HttpResponse:
    """What is added up and sent, for everybody of the school to read; the principal turns it on and off."""
    school = access.get_visible(School.objects.select_related("unit"), request.user, unit__code=code)
    if request.method == "POST":
        access.require(request.user, "share_burden", school.unit)
        is_shared = request.POST.get("is_shared") == "on"
        services.choose(by=request.user, school=school, is_shared=is_shared, today=timezone.localdate())
        messages.success(request, "已开启汇总填报用时。" if is_shared else "已关闭，不再汇总填报用时。")
        return redirect("reports:burden_sharing", code)
    context = {
        "school": school,
        "choice": BurdenChoice.objects.select_related("chosen_by").filter(school=school).first(),
        "may_choose": access.can(request.user, "share_burden", school.unit),
        "forms": BurdenTally.Form.labels,
        "least": reading.LEAST_DEVICES,
        "least_schools": reading.LEAST_SCHOOLS,
    }
    return render(request, "reports/burden_sharing.html", context)
